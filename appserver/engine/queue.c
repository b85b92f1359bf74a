/* The queue of a listening socket; queue.h says what that is. */

#include "queue.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static bool look_tcp(int fd, long *waiting, long *limit)
{
    struct tcp_info info;
    socklen_t length = sizeof(info);

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) {
        return false;
    }
    /* Of a listening socket these two hold the queue and its limit. */
    *waiting = info.tcpi_unacked;
    *limit = info.tcpi_sacked;
    return true;
}

static bool take_answer(const char *bytes, size_t length, long *waiting,
                        long *limit)
{
    struct nlmsghdr head;
    const size_t first = NLMSG_LENGTH(sizeof(struct unix_diag_msg));
    size_t at = NLMSG_ALIGN(first);

    if (length < first) {
        return false;
    }
    memcpy(&head, bytes, sizeof(head));
    if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || head.nlmsg_len > length) {
        return false;
    }
    while (at + sizeof(struct rtattr) <= head.nlmsg_len) {
        struct unix_diag_rqlen queue;
        struct rtattr attribute;

        memcpy(&attribute, bytes + at, sizeof(attribute));
        if (attribute.rta_type == UNIX_DIAG_RQLEN &&
            attribute.rta_len >= RTA_LENGTH(sizeof(queue)) &&
            at + attribute.rta_len <= head.nlmsg_len) {
            memcpy(&queue, bytes + at + RTA_LENGTH(0), sizeof(queue));
            *waiting = queue.udiag_rqueue;
            *limit = queue.udiag_wqueue;
            return true;
        }
        if (attribute.rta_len < sizeof(attribute)) {
            return false;
        }
        at += RTA_ALIGN(attribute.rta_len);
    }
    return false;
}

static bool look_unix(int fd, long *waiting, long *limit)
{
    static const struct timeval patience = {.tv_sec = 1};
    struct {
        struct nlmsghdr head;
        struct unix_diag_req body;
    } question = {.head = {.nlmsg_len = sizeof(question),
                           .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                           .nlmsg_flags = NLM_F_REQUEST},
                  .body = {.sdiag_family = AF_UNIX,
                           .udiag_states = UINT32_MAX,
                           .udiag_show = UDIAG_SHOW_RQLEN,
                           .udiag_cookie = {UINT32_MAX, UINT32_MAX}}};
    char answer[1024];
    struct stat status;
    ssize_t got = -1;
    int netlink;

    netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) {
        return false;
    }
    if (fstat(fd, &status) == 0 &&
        setsockopt(netlink, SOL_SOCKET, SO_RCVTIMEO, &patience,
                   sizeof(patience)) == 0) {
        question.body.udiag_ino = (uint32_t)status.st_ino;
        if (send(netlink, &question, sizeof(question), 0) ==
            (ssize_t)sizeof(question)) {
            got = recv(netlink, answer, sizeof(answer), 0);
        }
    }
    close(netlink);
    return got > 0 && take_answer(answer, (size_t)got, waiting, limit);
}

bool queue_look(int listening_fd, long *waiting, long *limit)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof(address);

    if (getsockname(listening_fd, (struct sockaddr *)&address, &length) != 0) {
        return false;
    }
    return address.ss_family == AF_UNIX
               ? look_unix(listening_fd, waiting, limit)
               : look_tcp(listening_fd, waiting, limit);
}
