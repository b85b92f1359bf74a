/*
 * A FastCGI client that can also behave badly: it sends half records, wrong
 * lengths, aborts and interleaved requests, and stalls.
 *
 *     fastcgi_client SOCKET SCENARIO
 *
 * SOCKET is the application server's Unix socket; the application is
 * tests/app. Each scenario ends by asking for /plain in the ordinary way,
 * on a new connection, to see that the server is well. The table at the end
 * of this file names the scenarios. Exit 0: everything was as it should be.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_MAX ((size_t)4 << 20)

enum type {
    BEGIN_REQUEST = 1,
    ABORT_REQUEST = 2,
    END_REQUEST = 3,
    PARAMS = 4,
    STDIN = 5,
    STDOUT = 6,
    GET_VALUES = 9,
    GET_VALUES_RESULT = 10,
    UNKNOWN_TYPE = 11
};

enum protocol_status {
    REQUEST_COMPLETE = 0,
    CANT_MPX_CONN = 1
};

static struct sockaddr_un address;

/* --- what is sent ------------------------------------------------------- */

struct message {
    unsigned char *bytes;
    size_t length;
};

static _Noreturn void die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static _Noreturn void die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static struct message new_message(void)
{
    struct message message = {.bytes = malloc(MESSAGE_MAX)};

    if (message.bytes == NULL) {
        die("out of memory");
    }
    return message;
}

static void put(struct message *message, const void *bytes, size_t length)
{
    if (length > MESSAGE_MAX - message->length) {
        die("the test's own message is too long");
    }
    if (length > 0) {
        memcpy(message->bytes + message->length, bytes, length);
    }
    message->length += length;
}

static void put_record(struct message *message, enum type type, unsigned id,
                       const void *content, size_t length)
{
    unsigned char head[8] = {1,
                             (unsigned char)type,
                             (unsigned char)(id >> 8),
                             (unsigned char)id,
                             (unsigned char)(length >> 8),
                             (unsigned char)length,
                             0,
                             0};

    put(message, head, sizeof(head));
    put(message, content, length);
}

static void put_stream(struct message *message, enum type type, unsigned id,
                       const void *content, size_t length)
{
    const unsigned char *at = content;

    while (length > 0) {
        size_t part = length < 0xffff ? length : 0xffff;

        put_record(message, type, id, at, part);
        at += part;
        length -= part;
    }
    put_record(message, type, id, NULL, 0);
}

static void put_length(struct message *message, size_t length)
{
    unsigned char bytes[4] = {
        (unsigned char)(length >> 24 | 0x80), (unsigned char)(length >> 16),
        (unsigned char)(length >> 8), (unsigned char)length};

    if (length < 128) {
        bytes[0] = (unsigned char)length;
    }
    put(message, bytes, length < 128 ? 1 : 4);
}

static void put_param(struct message *message, const char *name,
                      const char *value)
{
    put_length(message, strlen(name));
    put_length(message, strlen(value));
    put(message, name, strlen(name));
    put(message, value, strlen(value));
}

static void put_begin(struct message *message, unsigned id, bool keep)
{
    unsigned char body[8] = {0, 1, keep, 0, 0, 0, 0, 0};

    put_record(message, BEGIN_REQUEST, id, body, sizeof(body));
}

static struct message params_of(const char *method, const char *path,
                                size_t content_length)
{
    struct message params = new_message();
    char number[24];

    snprintf(number, sizeof(number), "%zu", content_length);
    put_param(&params, "REQUEST_METHOD", method);
    put_param(&params, "REQUEST_URI", path);
    put_param(&params, "CONTENT_TYPE", "application/x-www-form-urlencoded");
    put_param(&params, "CONTENT_LENGTH", number);
    return params;
}

static void put_params(struct message *message, unsigned id,
                       struct message params)
{
    put_stream(message, PARAMS, id, params.bytes, params.length);
    free(params.bytes);
}

static void put_request(struct message *message, unsigned id,
                        const char *method, const char *path, const char *body)
{
    put_begin(message, id, true);
    put_params(message, id, params_of(method, path, strlen(body)));
    put_stream(message, STDIN, id, body, strlen(body));
}

/* --- what comes back ---------------------------------------------------- */

struct record {
    enum type type;
    unsigned id;
    size_t length;
    unsigned char content[0x10000];
};

struct reply {
    char text[65536]; /* what came on STDOUT, NUL behind */
    size_t length;
    unsigned protocol_status;
};

static int connect_server(void)
{
    struct timeval limit = {.tv_sec = 20};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        die("cannot make a socket: %s", strerror(errno));
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        die("cannot connect: %s", strerror(errno));
    }
    return fd;
}

static void send_message(int fd, struct message *message)
{
    size_t at = 0;

    while (at < message->length) {
        ssize_t sent =
            send(fd, message->bytes + at, message->length - at, MSG_NOSIGNAL);

        if (sent <= 0) {
            break; /* the server may hang up on nonsense */
        }
        at += (size_t)sent;
    }
    free(message->bytes);
}

static bool read_exactly(int fd, void *buffer, size_t length)
{
    unsigned char *at = buffer;

    while (length > 0) {
        ssize_t got = recv(fd, at, length, 0);

        if (got < 0) {
            if (errno == ECONNRESET) {
                return false;
            }
            die("no answer: %s", strerror(errno));
        }
        if (got == 0) {
            return false;
        }
        at += got;
        length -= (size_t)got;
    }
    return true;
}

/* false: the connection has ended. */
static bool read_record(int fd, struct record *record)
{
    unsigned char head[8];
    unsigned char padding[256];

    if (!read_exactly(fd, head, sizeof(head))) {
        return false;
    }
    record->type = (enum type)head[1];
    record->id = (unsigned)(head[2] << 8 | head[3]);
    record->length = (size_t)(head[4] << 8 | head[5]);
    return read_exactly(fd, record->content, record->length) &&
           read_exactly(fd, padding, head[6]);
}

/* Reads up to END_REQUEST of `id`; false when the connection ended before. */
static bool read_reply(int fd, unsigned id, struct reply *reply)
{
    static struct record record;

    memset(reply, 0, sizeof(*reply));
    while (read_record(fd, &record)) {
        if (record.id != id) {
            die("a record of request %u instead of %u", record.id, id);
        }
        if (record.type == END_REQUEST) {
            reply->protocol_status = record.content[4];
            return true;
        }
        if (record.type == STDOUT &&
            record.length < sizeof(reply->text) - reply->length) {
            memcpy(reply->text + reply->length, record.content, record.length);
            reply->length += record.length;
        }
    }
    return false;
}

static void expect_reply(int fd, unsigned id, const char *status,
                         const char *body)
{
    struct reply reply;
    const char *found;

    if (!read_reply(fd, id, &reply)) {
        die("the connection ended instead of \"%s\"", status);
    }
    if (strncmp(reply.text, "Status: ", 8) != 0 ||
        strncmp(reply.text + 8, status, strlen(status)) != 0) {
        die("not the status %s:\n%s", status, reply.text);
    }
    found = strstr(reply.text, "\r\n\r\n");
    if (found == NULL || strncmp(found + 4, body, strlen(body)) != 0) {
        die("not the body \"%s\":\n%s", body, reply.text);
    }
}

static void expect_end(int fd)
{
    struct record record;

    if (read_record(fd, &record)) {
        die("a record of type %d instead of the end", (int)record.type);
    }
}

static void ask_plain(int fd, unsigned id)
{
    struct message message = new_message();

    put_request(&message, id, "GET", "/plain", "");
    send_message(fd, &message);
    expect_reply(fd, id, "200", "Hello\n");
}

/* --- the scenarios ------------------------------------------------------ */

static void kept_connection(void)
{
    int fd = connect_server();
    unsigned id;

    for (id = 1; id < 300; id += 50) {
        ask_plain(fd, id);
    }
    close(fd);
}

static void connection_not_kept(void)
{
    struct message message = new_message();
    int fd = connect_server();

    put_begin(&message, 1, false);
    put_params(&message, 1, params_of("GET", "/plain", 0));
    put_stream(&message, STDIN, 1, NULL, 0);
    send_message(fd, &message);
    expect_reply(fd, 1, "200", "Hello\n");
    expect_end(fd);
    close(fd);
}

/* Cuts an ordinary request off after each number of its bytes. */
static void half_requests(void)
{
    size_t cut;
    size_t whole = 1;

    for (cut = 0; cut < whole; cut++) {
        struct message message = new_message();
        int fd = connect_server();

        put_request(&message, 1, "POST", "/form", "a=1");
        whole = message.length;
        message.length = cut;
        send_message(fd, &message);
        shutdown(fd, SHUT_WR);
        if (cut < whole - 8) {
            expect_end(fd);
        }
        close(fd);
    }
}

/* A peer that stops in the middle is hung up on after io-seconds. */
static void stalled_request(void)
{
    struct message message = new_message();
    int fd = connect_server();

    put_begin(&message, 1, true);
    put(&message, "\1\4", 2);
    send_message(fd, &message);
    expect_end(fd);
    close(fd);
}

static void stalled_body(void)
{
    struct message message = new_message();
    int fd = connect_server();

    put_begin(&message, 1, true);
    put_params(&message, 1, params_of("POST", "/form", 3));
    put_record(&message, STDIN, 1, "a=", 2);
    send_message(fd, &message);
    expect_end(fd);
    close(fd);
}

/* Each byte comes in time for io-seconds, and the body never. */
static void trickling_body(void)
{
    static const struct timespec pause = {.tv_nsec = 100 * 1000000L};
    struct message message = new_message();
    int fd = connect_server();
    int i;

    put_begin(&message, 1, true);
    put_params(&message, 1, params_of("POST", "/form", 900));
    send_message(fd, &message);
    for (i = 0; i < 50; i++) {
        unsigned char record[9] = {1, STDIN, 0, 1, 0, 1, 0, 0, 'a'};

        if (send(fd, record, sizeof(record), MSG_NOSIGNAL) < 0) {
            break;
        }
        nanosleep(&pause, NULL);
    }
    if (i == 50) {
        die("a body that trickles in was waited for");
    }
    close(fd);
}

static void body_shorter_than_said(void)
{
    struct message message = new_message();
    int fd = connect_server();

    put_begin(&message, 1, true);
    put_params(&message, 1, params_of("POST", "/form", 100));
    put_stream(&message, STDIN, 1, "a=1", 3);
    send_message(fd, &message);
    expect_end(fd);
    close(fd);
}

/*
 * A body with whole FastCGI records in it, longer than its CONTENT_LENGTH
 * says: were the rest left unread it would become the next request, of a user
 * whom the client chose.
 */
static void smuggled_request(void)
{
    struct message forged = new_message();
    struct message params = params_of("GET", "/whoami", 0);
    struct message message = new_message();
    int fd = connect_server();

    put_param(&params, "HTTP_REMOTE_USER", "admin");
    put_begin(&forged, 1, true);
    put_params(&forged, 1, params);
    put_stream(&forged, STDIN, 1, NULL, 0);

    put_begin(&message, 1, true);
    put_params(&message, 1, params_of("POST", "/form", 3));
    put_record(&message, STDIN, 1, "a=1", 3);
    put_stream(&message, STDIN, 1, forged.bytes, forged.length);
    send_message(fd, &message);
    expect_reply(fd, 1, "200", "a=1 ");

    /* The same for pages that never look at a body. */
    message = new_message();
    put_begin(&message, 1, true);
    put_params(&message, 1, params_of("GET", "/plain", 0));
    put_stream(&message, STDIN, 1, forged.bytes, forged.length);
    put_begin(&message, 1, true);
    put_params(&message, 1, params_of("POST", "/nothing", forged.length));
    put_stream(&message, STDIN, 1, forged.bytes, forged.length);
    free(forged.bytes);
    send_message(fd, &message);
    expect_reply(fd, 1, "200", "Hello\n");
    close(fd);

    fd = connect_server();
    message = new_message();
    put_request(&message, 2, "GET", "/whoami", "");
    send_message(fd, &message);
    expect_reply(fd, 2, "200", "user=-");
    close(fd);
}

static void length_longer_than_the_stream(void)
{
    static const unsigned char lengths[] = {0xff, 0xff, 0xff, 0xf0,
                                            0xff, 0xff, 0xff, 0xf0};
    struct message message = new_message();
    int fd = connect_server();

    put_begin(&message, 1, true);
    put_stream(&message, PARAMS, 1, lengths, sizeof(lengths));
    put_stream(&message, STDIN, 1, NULL, 0);
    send_message(fd, &message);
    shutdown(fd, SHUT_WR);
    expect_reply(fd, 1, "400", "The head of the request is too large.");
    expect_end(fd);
    close(fd);
}

static void too_many_params(void)
{
    struct message params = params_of("GET", "/plain", 0);
    struct message message = new_message();
    char name[32];
    int fd = connect_server();
    int i;

    for (i = 0; i < 10000; i++) {
        snprintf(name, sizeof(name), "HTTP_X_%d", i);
        put_param(&params, name, "x");
    }
    put_begin(&message, 1, true);
    put_params(&message, 1, params);
    put_stream(&message, STDIN, 1, NULL, 0);
    send_message(fd, &message);
    expect_reply(fd, 1, "400", "The head of the request is too large.");
    shutdown(fd, SHUT_WR);
    expect_end(fd);
    close(fd);
}

/* A peer that is refused and goes on sending is hung up on all the same. */
static void refused_and_dripping(void)
{
    static const struct timespec pause = {.tv_nsec = 300 * 1000000L};
    static const unsigned char lengths[] = {0xff, 0xff, 0xff, 0xf0};
    struct message message = new_message();
    int fd = connect_server();
    int drops = 0;

    put_begin(&message, 1, true);
    put_record(&message, PARAMS, 1, lengths, sizeof(lengths));
    send_message(fd, &message);
    expect_reply(fd, 1, "400", "The head of the request is too large.");
    while (send(fd, "x", 1, MSG_NOSIGNAL) == 1) {
        if (++drops > 30) {
            die("the server went on reading");
        }
        nanosleep(&pause, NULL);
    }
    close(fd);
}

static void aborted_request(void)
{
    struct message message = new_message();
    int fd = connect_server();

    put_begin(&message, 1, true);
    put_params(&message, 1, params_of("POST", "/form", 3));
    put_record(&message, ABORT_REQUEST, 1, NULL, 0);
    send_message(fd, &message);
    expect_end(fd);
    close(fd);
}

/* A second request inside the first one is turned away, the first goes on. */
static void interleaved_requests(void)
{
    static struct record record;
    struct message message = new_message();
    int fd = connect_server();

    put_begin(&message, 1, true);
    put_begin(&message, 2, true);
    put_params(&message, 1, params_of("POST", "/form", 3));
    put_stream(&message, STDIN, 1, "a=1", 3);
    send_message(fd, &message);
    if (!read_record(fd, &record) || record.type != END_REQUEST ||
        record.id != 2 || record.content[4] != CANT_MPX_CONN) {
        die("the second request was not turned away");
    }
    expect_reply(fd, 1, "200", "a=1 ");
    ask_plain(fd, 3);
    close(fd);
}

static void management_records(void)
{
    static struct record record;
    struct message values = new_message();
    struct message message = new_message();
    int fd = connect_server();

    put_param(&values, "FCGI_MPXS_CONNS", "");
    put_record(&message, GET_VALUES, 0, values.bytes, values.length);
    free(values.bytes);
    put_record(&message, (enum type)42, 0, NULL, 0);
    put_request(&message, 1, "GET", "/plain", "");
    send_message(fd, &message);
    if (!read_record(fd, &record) || record.type != GET_VALUES_RESULT) {
        die("no answer to GET_VALUES");
    }
    if (!read_record(fd, &record) || record.type != UNKNOWN_TYPE) {
        die("no answer to a record of an unknown type");
    }
    expect_reply(fd, 1, "200", "Hello\n");
    close(fd);
}

/*
 * Inside of a body no web server sends any, and libfcgi cannot be trusted
 * with them: its answer to many values does not fit into its memory.
 */
static void management_in_a_body(void)
{
    struct message values = new_message();
    struct message message = new_message();
    int fd = connect_server();
    int i;

    for (i = 0; i < 100; i++) {
        put_param(&values, "FCGI_MAX_CONNS", "");
    }
    put_begin(&message, 1, true);
    put_params(&message, 1, params_of("POST", "/form", 3));
    put_record(&message, GET_VALUES, 0, values.bytes, values.length);
    free(values.bytes);
    put_stream(&message, STDIN, 1, "a=1", 3);
    send_message(fd, &message);
    expect_end(fd);
    close(fd);
}

static void wrong_version(void)
{
    struct message message = new_message();
    int fd = connect_server();

    put_request(&message, 1, "GET", "/plain", "");
    message.bytes[0] = 2;
    send_message(fd, &message);
    expect_end(fd);
    close(fd);
}

static void unknown_role(void)
{
    struct message message = new_message();
    int fd = connect_server();

    put_request(&message, 1, "GET", "/plain", "");
    message.bytes[9] = 9;
    send_message(fd, &message);
    expect_end(fd);
    close(fd);
}

static void random_bytes(void)
{
    uint32_t state = 1;
    int round;

    for (round = 0; round < 200; round++) {
        struct message message = new_message();
        int fd = connect_server();
        size_t i;

        put_request(&message, 1, "POST", "/form", "a=1&b=2");
        for (i = 0; i < 4; i++) {
            state = state * 1664525U + 1013904223U;
            message.bytes[state % message.length] =
                (unsigned char)(state >> 24);
        }
        send_message(fd, &message);
        shutdown(fd, SHUT_WR);
        close(fd);
    }
}

static const struct {
    const char *name;
    void (*play)(void);
} scenarios[] = {
    {"kept_connection", kept_connection},
    {"connection_not_kept", connection_not_kept},
    {"half_requests", half_requests},
    {"stalled_request", stalled_request},
    {"stalled_body", stalled_body},
    {"trickling_body", trickling_body},
    {"body_shorter_than_said", body_shorter_than_said},
    {"smuggled_request", smuggled_request},
    {"length_longer_than_the_stream", length_longer_than_the_stream},
    {"too_many_params", too_many_params},
    {"refused_and_dripping", refused_and_dripping},
    {"aborted_request", aborted_request},
    {"interleaved_requests", interleaved_requests},
    {"management_records", management_records},
    {"management_in_a_body", management_in_a_body},
    {"wrong_version", wrong_version},
    {"unknown_role", unknown_role},
    {"random_bytes", random_bytes},
};

int main(int argc, char **argv)
{
    size_t i;
    int fd;

    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
            puts(scenarios[i].name);
        }
        return 0;
    }
    if (argc != 3 || strlen(argv[1]) >= sizeof(address.sun_path)) {
        die("usage: fastcgi_client SOCKET SCENARIO | --list");
    }
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
    for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        if (strcmp(scenarios[i].name, argv[2]) == 0) {
            scenarios[i].play();
            fd = connect_server();
            ask_plain(fd, 7);
            close(fd);
            return 0;
        }
    }
    die("there is no scenario %s", argv[2]);
}
