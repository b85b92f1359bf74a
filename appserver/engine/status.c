/*
 * The status process; status.h says what it answers. A client gets one page
 * and is hung up on; a silent one holds one of a few places, and not for
 * long. Nothing here waits for a worker or for the master.
 */

#include "status.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "queue.h"
#include "status_pages.h"

#define CLIENTS_MAX 16
#define QUESTION_MAX 2048
#define CLIENT_MS 2000

struct client {
    int fd; /* -1: this place is free */
    int64_t until;
    char question[QUESTION_MAX + 1];
    size_t length;
    char *answer; /* NULL: it has not asked yet */
    size_t answer_length;
    size_t sent;
};

struct status {
    const struct status_place *place;
    struct client clients[CLIENTS_MAX];
    int signals;
};

typedef void page_writer(FILE *out, const struct scoreboard *board,
                         const struct status_facts *facts);

static const struct page {
    const char *path;
    const char *type;
    page_writer *write;
} pages[] = {
    {"/", "text/plain; charset=utf-8", status_text},
    {"/json", "application/json", status_json},
    {"/metrics", "application/openmetrics-text; version=1.0.0; charset=utf-8",
     status_metrics},
};

static void hang_up(struct client *client)
{
    close(client->fd);
    free(client->answer);
    client->answer = NULL;
    client->fd = -1;
}

static void write_page(const struct status *status, FILE *out,
                       const struct page *page)
{
    struct status_facts facts = {.queue = -1, .queue_limit = -1};

    queue_look(status->place->served->fd, &facts.queue, &facts.queue_limit);
    fprintf(out,
            "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
            page->type);
    page->write(out, status->place->board, &facts);
}

static void write_refusal(FILE *out, const char *line, const char *text)
{
    fprintf(out,
            "HTTP/1.1 %s\r\nContent-Type: text/plain; "
            "charset=utf-8\r\n"
            "Connection: close\r\n\r\n%s\n",
            line, text);
}

/* The page that a question asks for; NULL with a refusal written. */
static const struct page *page_of(FILE *out, const char *question)
{
    size_t length;
    size_t i;

    if (strncmp(question, "GET /", 5) != 0) {
        write_refusal(out, "405 Method Not Allowed\r\nAllow: GET",
                      "Only GET is answered here.");
        return NULL;
    }
    question += 4;
    length = strcspn(question, " ?\r\n");
    for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (strlen(pages[i].path) == length &&
            memcmp(pages[i].path, question, length) == 0) {
            return &pages[i];
        }
    }
    write_refusal(out, "404 Not Found",
                  "There are / (text), /json and /metrics.");
    return NULL;
}

static void answer(const struct status *status, struct client *client)
{
    FILE *out = open_memstream(&client->answer, &client->answer_length);
    const struct page *page;

    if (out == NULL) {
        hang_up(client);
        return;
    }
    page = page_of(out, client->question);
    if (page != NULL) {
        write_page(status, out, page);
    }
    if (fclose(out) != 0) {
        hang_up(client);
    }
}

static void send_answer(struct client *client)
{
    ssize_t sent =
        send(client->fd, client->answer + client->sent,
             client->answer_length - client->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent > 0) {
        client->sent += (size_t)sent;
    }
    if ((sent < 0 && errno != EAGAIN && errno != EINTR) ||
        client->sent == client->answer_length) {
        hang_up(client);
    }
}

static void hear(const struct status *status, struct client *client)
{
    ssize_t got = recv(client->fd, client->question + client->length,
                       QUESTION_MAX - client->length, MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        hang_up(client);
        return;
    }
    client->length += (size_t)got;
    client->question[client->length] = '\0';
    if (strstr(client->question, "\r\n\r\n") != NULL ||
        strstr(client->question, "\n\n") != NULL) {
        answer(status, client);
    } else if (client->length == QUESTION_MAX) {
        hang_up(client);
    }
}

static struct client *free_place(struct status *status)
{
    size_t i;

    for (i = 0; i < CLIENTS_MAX; i++) {
        if (status->clients[i].fd < 0) {
            return &status->clients[i];
        }
    }
    return NULL;
}

static void welcome(struct status *status)
{
    struct client *client = free_place(status);
    int fd;

    if (client == NULL) {
        return; /* a place is free again within CLIENT_MS */
    }
    fd = accept4(status->place->listener->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) {
        memset(client, 0, sizeof(*client));
        client->fd = fd;
        client->until = clock_now_ms() + CLIENT_MS;
    }
}

/* false: the process is to end. */
static bool wait_and_serve(struct status *status)
{
    struct pollfd polls[CLIENTS_MAX + 2] = {
        {.fd = status->signals, .events = POLLIN},
        {.fd = free_place(status) != NULL ? status->place->listener->fd : -1,
         .events = POLLIN}};
    struct signalfd_siginfo info;
    size_t i;

    for (i = 0; i < CLIENTS_MAX; i++) {
        const struct client *client = &status->clients[i];

        polls[i + 2].fd = client->fd;
        polls[i + 2].events = client->answer != NULL ? POLLOUT : POLLIN;
    }
    if (poll(polls, CLIENTS_MAX + 2, CLIENT_MS / 4) < 0) {
        return errno == EINTR;
    }
    if (read(status->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        return false;
    }
    for (i = 0; i < CLIENTS_MAX; i++) {
        struct client *client = &status->clients[i];

        if (client->fd >= 0 && polls[i + 2].revents != 0 &&
            client->answer == NULL) {
            hear(status, client);
        }
        if (client->fd >= 0 && client->answer != NULL) {
            send_answer(client);
        }
        if (client->fd >= 0 && clock_now_ms() > client->until) {
            hang_up(client);
        }
    }
    if (polls[1].revents != 0) {
        welcome(status);
    }
    return true;
}

static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    /* Ctrl-C and a closed terminal reach the whole group: the master decides. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int status_run(const struct status_place *place)
{
    struct status status = {.place = place};
    size_t i;

    log_name_process("status");
    for (i = 0; i < CLIENTS_MAX; i++) {
        status.clients[i].fd = -1;
    }
    status.signals = open_signals();
    if (status.signals < 0) {
        log_line(LOG_ERROR, "the status is not told: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    while (wait_and_serve(&status)) {
    }
    for (i = 0; i < CLIENTS_MAX; i++) {
        if (status.clients[i].fd >= 0) {
            hang_up(&status.clients[i]);
        }
    }
    close(status.signals);
    return EXIT_SUCCESS;
}
