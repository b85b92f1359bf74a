/*
 * Asks an HTTP server many times over kept connections and checks every
 * answer to the last byte; a third of the requests are POSTs that must not be
 * executed twice.
 *
 *     load SOCKET REQUESTS CONNECTIONS [LOG]
 *
 * SOCKET is a Unix socket. LOG is the file to which the test application
 * appends the token of each POST that it executes: afterwards each token that
 * was answered must stand there exactly once, and none twice.
 *
 * A request fails when its answer is a 5xx, is cut off or wrong, or the
 * connection is reset. A kept connection that was closed before any byte of an
 * answer may be tried once more on a new connection, as every HTTP client
 * does; that is counted apart.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define BODY_MAX 20000
#define HEAD_MAX 8192
#define CONNECTIONS_MAX 1024
#define FAILURES_SHOWN 10

static struct sockaddr_un address;
static long requests;
static _Atomic long next_token = 1;
static _Atomic long failed;
static _Atomic long repeated;
static unsigned char *answered; /* by token: a POST that was acknowledged */

struct client {
    int fd;        /* -1: not connected */
    bool is_fresh; /* nothing was asked on this connection yet */
    char buffer[HEAD_MAX + BODY_MAX];
    char reply[HEAD_MAX];
    char body[BODY_MAX];
};

enum outcome {
    GOOD,
    CLOSED_BEFORE_ANSWER,
    BAD
};

static void complain(long token, const char *what, const char *detail)
{
    if (atomic_fetch_add(&failed, 1) < FAILURES_SHOWN) {
        fprintf(stderr, "request %ld: %s: %.300s\n", token, what, detail);
    }
}

static bool connect_client(struct client *client)
{
    struct timeval limit = {.tv_sec = 60};

    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    client->is_fresh = true;
    if (client->fd < 0) {
        return false;
    }
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    return connect(client->fd, (struct sockaddr *)&address, sizeof(address)) ==
           0;
}

static void disconnect(struct client *client)
{
    close(client->fd);
    client->fd = -1;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = send(fd, bytes, length, MSG_NOSIGNAL);

        if (written <= 0) {
            return false;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* Reads one answer with a Content-Length into client->reply, NUL behind. */
static enum outcome read_answer(struct client *client, const char **problem)
{
    size_t length = 0;
    char *end = NULL;
    char *field;
    size_t whole;

    while (end == NULL) {
        ssize_t got = recv(client->fd, client->reply + length,
                           sizeof(client->reply) - 1 - length, 0);

        if (got <= 0) {
            *problem = got < 0 ? strerror(errno) : "closed in its head";
            return length == 0 && !client->is_fresh ? CLOSED_BEFORE_ANSWER
                                                    : BAD;
        }
        length += (size_t)got;
        client->reply[length] = '\0';
        end = strstr(client->reply, "\r\n\r\n");
    }
    field = strcasestr(client->reply, "\r\nContent-Length:");
    if (field == NULL || field > end) {
        *problem = client->reply;
        return BAD;
    }
    whole = (size_t)(end + 4 - client->reply) + strtoul(field + 17, NULL, 10);
    while (length < whole && whole < sizeof(client->reply)) {
        ssize_t got = recv(client->fd, client->reply + length,
                           sizeof(client->reply) - 1 - length, 0);

        if (got <= 0) {
            *problem = "cut off in its body";
            return BAD;
        }
        length += (size_t)got;
    }
    client->reply[length] = '\0';
    *problem = client->reply;
    return strncmp(client->reply, "HTTP/1.1 200 ", 13) == 0 ? GOOD : BAD;
}

static uint32_t checksum(const char *bytes, size_t length)
{
    uint32_t sum = 2166136261U;
    size_t i;

    for (i = 0; i < length; i++) {
        sum = (sum ^ (unsigned char)bytes[i]) * 16777619U;
    }
    return sum;
}

/* What is asked depends on the token alone, so a repetition is the same. */
static size_t make_request(struct client *client, long token, char *expected,
                           size_t size)
{
    size_t body_length = (size_t)(token * 7919 % BODY_MAX);
    size_t i;
    int head;

    if (token % 3 != 0) {
        snprintf(expected, size, "Hello\n");
        return (size_t)snprintf(client->buffer, sizeof(client->buffer),
                                "GET /plain HTTP/1.1\r\nHost: test\r\n\r\n");
    }
    for (i = 0; i < body_length; i++) {
        client->body[i] = (char)(token + (long)i * 31);
    }
    snprintf(expected, size, "token=%ld bytes=%zu sum=%08x\n", token,
             body_length, checksum(client->body, body_length));
    head = snprintf(client->buffer, sizeof(client->buffer),
                    "POST /once?token=%ld HTTP/1.1\r\nHost: test\r\n"
                    "Content-Length: %zu\r\n\r\n",
                    token, body_length);
    memcpy(client->buffer + head, client->body, body_length);
    return (size_t)head + body_length;
}

static enum outcome ask(struct client *client, long token, const char **problem)
{
    char expected[256];
    size_t length = make_request(client, token, expected, sizeof(expected));
    enum outcome outcome;
    const char *body;

    if (client->fd < 0 && !connect_client(client)) {
        *problem = strerror(errno);
        return BAD;
    }
    if (!write_all(client->fd, client->buffer, length) && client->is_fresh) {
        *problem = "the request could not be sent";
        return BAD;
    }
    outcome = read_answer(client, problem);
    client->is_fresh = false;
    if (outcome != GOOD) {
        return outcome;
    }
    body = strstr(client->reply, "\r\n\r\n") + 4;
    if (strcmp(body, expected) != 0) {
        *problem = client->reply;
        return BAD;
    }
    if (token % 3 == 0) {
        answered[token] = 1;
    }
    if (strcasestr(client->reply, "\r\nConnection: close") != NULL) {
        disconnect(client);
    }
    return GOOD;
}

static void *run_client(void *argument)
{
    struct client *client = calloc(1, sizeof(*client));
    long token;

    (void)argument;
    if (client == NULL) {
        return NULL;
    }
    client->fd = -1;
    while ((token = atomic_fetch_add(&next_token, 1)) <= requests) {
        const char *problem = "";
        enum outcome outcome = ask(client, token, &problem);

        if (outcome == CLOSED_BEFORE_ANSWER) {
            disconnect(client);
            atomic_fetch_add(&repeated, 1);
            outcome = ask(client, token, &problem);
        }
        if (outcome != GOOD) {
            complain(token, "failed", problem);
            disconnect(client);
        }
    }
    if (client->fd >= 0) {
        close(client->fd);
    }
    free(client);
    return NULL;
}

/* Each token that was answered must have been executed once, none twice. */
static long check_log(const char *file)
{
    unsigned char *executed = calloc((size_t)requests + 1, 1);
    FILE *stream = fopen(file, "re");
    uint64_t token;
    long wrong = 0;
    long i;

    if (executed == NULL || stream == NULL) {
        fprintf(stderr, "%s: %s\n", file, strerror(errno));
        free(executed);
        if (stream != NULL) {
            fclose(stream);
        }
        return 1;
    }
    while (fread(&token, sizeof(token), 1, stream) == 1) {
        if (token == 0 || token > (uint64_t)requests || executed[token]) {
            fprintf(stderr, "token %llu was executed twice\n",
                    (unsigned long long)token);
            wrong++;
        } else {
            executed[token] = 1;
        }
    }
    fclose(stream);
    for (i = 1; i <= requests; i++) {
        if (answered[i] && !executed[i]) {
            fprintf(stderr, "token %ld was answered, not executed\n", i);
            wrong++;
        }
    }
    free(executed);
    return wrong;
}

int main(int argc, char **argv)
{
    pthread_t threads[CONNECTIONS_MAX];
    long connections = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    long wrong = 0;
    long i;

    requests = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    if (requests < 1 || connections < 1 || connections > CONNECTIONS_MAX ||
        strlen(argv[1]) >= sizeof(address.sun_path)) {
        fprintf(stderr, "usage: load SOCKET REQUESTS CONNECTIONS [LOG]\n");
        return 2;
    }
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
    answered = calloc((size_t)requests + 1, 1);
    if (answered == NULL) {
        return 2;
    }
    for (i = 0; i < connections; i++) {
        if (pthread_create(&threads[i], NULL, run_client, NULL) != 0) {
            fprintf(stderr, "cannot start a thread\n");
            return 2;
        }
    }
    for (i = 0; i < connections; i++) {
        pthread_join(threads[i], NULL);
    }
    if (argc > 4) {
        wrong = check_log(argv[4]);
    }
    free(answered);
    printf("requests=%ld failed=%ld repeated=%ld twice_or_lost=%ld\n", requests,
           (long)failed, (long)repeated, wrong);
    return failed == 0 && wrong == 0 ? 0 : 1;
}
