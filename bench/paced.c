/*
 * A client that keeps to a timetable: it asks RATE times a second, whether
 * the answers come or not, and counts the time of a request from the moment
 * when it was due. A server that stalls cannot make its own figures better by
 * being asked less often, as it can with a client that waits for each answer.
 *
 *     paced PORT PATH RATE SECONDS CONNECTIONS
 *
 * asks 127.0.0.1:PORT over kept connections. RATE 0: each connection asks
 * again as soon as it has its answer. Prints one line:
 *
 *     measured REQUESTS P50 P90 P99 P999 MOST FAILED FAILED_MOST TOOK
 *
 * the times in microseconds. FAILED counts answers that are not a 200, and
 * FAILED_MOST is the longest time of one; the other times are those of
 * answers that are; TOOK is until the last answer. A broken connection ends the run: nothing is measured.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define REPLY_MAX ((size_t)256 * 1024)
#define SAMPLES_MAX ((size_t)64 * 1024 * 1024)
#define LAST_ANSWERS_US 5000000 /* how long the last ones may take */

struct connection {
    int fd;
    bool is_busy;
    int64_t due; /* of the request that it carries */
    size_t length;
    char reply[REPLY_MAX];
};

static struct {
    char request[2048];
    size_t request_length;
    double rate; /* 0: in a closed loop */
    int64_t begin;
    int64_t end;
    size_t sent;
    size_t failed;
    int64_t failed_most;
    uint32_t *samples;
    size_t sample_count;
    size_t sample_space;
    struct connection *connections;
    size_t connection_count;
    size_t busy;
    int epoll;
} load;

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "paced: %s\n", what);
    exit(EXIT_FAILURE);
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static double number(const char *text, double least, double most)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end != '\0' || !(value >= least && value <= most)) {
        fprintf(stderr, "paced: \"%s\" is no number from %g to %g\n", text,
                least, most);
        exit(EXIT_FAILURE);
    }
    return value;
}

static void open_connections(unsigned short port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    size_t i;

    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    for (i = 0; i < load.connection_count; i++) {
        struct connection *connection = &load.connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        int one = 1;

        connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connection->fd < 0 ||
            connect(connection->fd, (struct sockaddr *)&address,
                    sizeof(address)) != 0 ||
            setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one,
                       sizeof(one)) != 0 ||
            epoll_ctl(load.epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
            die(strerror(errno));
        }
    }
}

/* When the next request is due; in a closed loop that is always now. */
static int64_t next_due(int64_t now)
{
    return load.rate > 0
               ? load.begin + (int64_t)((double)load.sent * 1e6 / load.rate)
               : now;
}

static void ask(struct connection *connection, int64_t due)
{
    if (send(connection->fd, load.request, load.request_length, MSG_NOSIGNAL) !=
        (ssize_t)load.request_length) {
        die("a connection broke while a request was sent");
    }
    connection->due = due;
    connection->length = 0;
    connection->is_busy = true;
    load.busy++;
    load.sent++;
}

/* Sends what is due, as long as there are free connections. */
static void ask_what_is_due(int64_t now)
{
    size_t i;

    for (i = 0; i < load.connection_count; i++) {
        int64_t due = next_due(now);

        if (due > now || due >= load.end) {
            return;
        }
        if (!load.connections[i].is_busy) {
            ask(&load.connections[i], due);
        }
    }
}

/* The length of the whole reply, or 0 while its head is not whole. */
static size_t whole_length(const struct connection *connection)
{
    static const char name[] = "\r\nContent-Length:";
    const char *head = connection->reply;
    const char *head_end = strstr(head, "\r\n\r\n");
    const char *at = strcasestr(head, name);

    if (head_end == NULL) {
        return 0;
    }
    if (at == NULL || at > head_end) {
        die("an answer has no Content-Length");
    }
    return (size_t)(head_end + 4 - head) +
           strtoul(at + sizeof(name) - 1, NULL, 10);
}

static void note(const struct connection *connection)
{
    int64_t took = now_us() - connection->due;

    if (strncmp(connection->reply, "HTTP/1.1 200 ", 13) != 0) {
        load.failed++;
        load.failed_most = took > load.failed_most ? took : load.failed_most;
        return;
    }
    if (load.sample_count == load.sample_space) {
        size_t space = load.sample_space * 2 + 65536;
        uint32_t *samples =
            realloc(load.samples, space * sizeof(*load.samples));

        if (samples == NULL || space > SAMPLES_MAX) {
            die("too many requests to keep their times");
        }
        load.samples = samples;
        load.sample_space = space;
    }
    load.samples[load.sample_count++] = (uint32_t)took;
}

static void hear(struct connection *connection)
{
    size_t space = REPLY_MAX - 1 - connection->length;
    ssize_t got = recv(connection->fd, connection->reply + connection->length,
                       space, MSG_DONTWAIT);
    size_t wanted;

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0 || !connection->is_busy) {
        die("the server closed a connection");
    }
    connection->length += (size_t)got;
    connection->reply[connection->length] = '\0';
    wanted = whole_length(connection);
    if (wanted >= REPLY_MAX || (wanted > 0 && connection->length > wanted)) {
        die("an answer is longer than it may be");
    }
    if (wanted > 0 && connection->length == wanted) {
        note(connection);
        connection->is_busy = false;
        load.busy--;
    }
}

static void run(void)
{
    struct epoll_event events[64];
    int64_t now = now_us();

    while (now < load.end || load.busy > 0) {
        int64_t wait;
        struct timespec pause;
        int count;
        int i;

        if (now > load.end + LAST_ANSWERS_US) {
            die("an answer did not come");
        }
        ask_what_is_due(now);
        wait = next_due(now) - now;
        if (wait <= 0 || now >= load.end) {
            wait = 1000; /* all connections are busy */
        }
        pause = (struct timespec){wait / 1000000, wait % 1000000 * 1000};
        count = epoll_pwait2(load.epoll, events, 64, &pause, NULL);
        for (i = 0; i < count; i++) {
            hear(events[i].data.ptr);
        }
        now = now_us();
    }
}

static int compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;

    return left < right ? -1 : left > right;
}

static unsigned percentile(double part)
{
    return load.samples[(size_t)((double)(load.sample_count - 1) * part)];
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        die("usage: paced PORT PATH RATE SECONDS CONNECTIONS");
    }
    load.rate = number(argv[3], 0, 1e6);
    load.connection_count = (size_t)number(argv[5], 1, CONNECTIONS_MAX);
    load.connections = calloc(load.connection_count, sizeof(struct connection));
    load.request_length = (size_t)snprintf(
        load.request, sizeof(load.request),
        "GET %.1900s HTTP/1.1\r\nHost: bench\r\n\r\n", argv[2]);
    if (load.connections == NULL) {
        die("out of memory");
    }
    open_connections((unsigned short)number(argv[1], 1, 65535));
    load.begin = now_us();
    load.end = load.begin + (int64_t)(number(argv[4], 0.1, 600) * 1e6);
    run();
    if (load.sample_count == 0) {
        die("no request was answered");
    }
    qsort(load.samples, load.sample_count, sizeof(*load.samples), compare);
    printf("measured %zu %u %u %u %u %u %zu %lld %lld\n",
           load.sample_count + load.failed, percentile(0.5), percentile(0.9),
           percentile(0.99), percentile(0.999), percentile(1), load.failed,
           (long long)load.failed_most, (long long)(now_us() - load.begin));
    free(load.samples);
    free(load.connections);
    return EXIT_SUCCESS;
}
