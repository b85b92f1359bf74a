/*
 * Fuzzes a worker's connection with whatever a FastCGI peer may send.
 *
 * An input is what the peer sends. It goes over a socket pair to
 * connection_serve(), one request after the other as a web server does, with
 * the application of the engine's tests behind it; what comes back is read
 * and dropped. Then the peer hangs up. Nothing may crash, leak, or wait: the
 * connection must have ended when the peer has gone, and the memory of the
 * request must have been given back.
 *
 * Where a worker would wait for bytes up to a time limit the socket here says
 * at once that the time is over.
 */

#include <fcgiapp.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "arena.h"
#include "clock.h"
#include "connection.h"
#include "head.h"
#include "log.h"
#include "routes.h"
#include "overload.h"
#include "settings.h"

/*
 * So that every answer finds room in the socket: the shortest record that is
 * answered has 16 bytes.
 */
#define INPUT_MAX ((size_t)4096)
#define MEMORY ((size_t)4 << 20)
#define RECORD_HEAD ((size_t)8)

enum type {
    BEGIN_REQUEST = 1,
    PARAMS = 4,
    STDIN = 5
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static struct app app;
static struct arena arena;
static struct settings settings;
static unsigned char head_buffer[HEAD_BYTES_MAX];

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* --- the application ---------------------------------------------------- */

/* The others crash or sleep on purpose, or fill the memory or the log. */
static bool is_wanted(const char *name)
{
    static const char *const wanted[] = {"plain",  "who",    "once",   "form",
                                         "upload", "whoami", "headers"};
    size_t i;

    for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (strcmp(name, wanted[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void set_up(void)
{
    char problem[256];
    size_t i;

    must(FCGX_Init() == 0);
    settings_init(&settings);
    must(settings_set(&settings, "log-level", "error", problem,
                      sizeof(problem)));
    log_use(&settings);
    settings.request_memory_mib = 1;
    arena_init(&arena, MEMORY);
    app.table = &foobar_app;
    app.pages = calloc(foobar_app.page_count, sizeof(*app.pages));
    must(app.pages != NULL);
    for (i = 0; i < foobar_app.page_count; i++) {
        if (is_wanted(foobar_app.pages[i].name)) {
            app.pages[app.page_count++] = foobar_app.pages[i];
        }
    }
    app.routes =
        routes_make(app.pages, app.page_count, problem, sizeof(problem));
    must(app.routes != NULL);
}

/* --- what the peer does ------------------------------------------------- */

struct record {
    unsigned type;
    unsigned id;
    size_t length; /* all of it; more than there is when it is cut off */
    size_t content_length;
};

static bool read_record(const uint8_t *bytes, size_t length,
                        struct record *record)
{
    if (length < RECORD_HEAD) {
        return false;
    }
    record->type = bytes[1];
    record->id = (unsigned)bytes[2] << 8 | bytes[3];
    record->content_length = (size_t)bytes[4] << 8 | bytes[5];
    record->length = RECORD_HEAD + record->content_length + bytes[6];
    return true;
}

/*
 * Up to the end of a request's body, which is where a web server waits for
 * the answer. libfcgi drops what is sent before.
 */
static size_t next_piece(const uint8_t *bytes, size_t length)
{
    struct record record;
    size_t at = 0;

    while (read_record(bytes + at, length - at, &record)) {
        if (record.length >= length - at) {
            return length;
        }
        at += record.length;
        if (record.type == STDIN && record.content_length == 0) {
            return at;
        }
    }
    return length;
}

static void drop_answers(int fd)
{
    char trash[16384];

    while (recv(fd, trash, sizeof(trash), MSG_DONTWAIT) > 0) {
    }
}

static bool has_more(int fd)
{
    struct pollfd event = {.fd = fd, .events = POLLIN};

    return fd >= 0 && poll(&event, 1, 0) > 0;
}

/* Serves what has come; returns the last state. */
static enum connection_state serve(struct connection *connection, int peer,
                                   const struct connection_worker *worker)
{
    enum connection_state state = CONNECTION_READY;
    size_t rounds;

    /* A round takes at least a record's head. */
    for (rounds = 0;
         state == CONNECTION_READY && has_more(connection_fd(connection));
         rounds++) {
        must(rounds <= INPUT_MAX / RECORD_HEAD + 1);
        state = connection_serve(connection, worker, clock_now_us());
        must(arena.first == arena.current);
        drop_answers(peer);
    }
    return state;
}

static void play(const uint8_t *data, size_t size)
{
    struct overload overload = {0};
    struct connection_worker worker = {.app = &app,
                                       .overload = &overload,
                                       .arena = &arena,
                                       .settings = &settings,
                                       .head_buffer = head_buffer};
    enum connection_state state = CONNECTION_READY;
    struct connection_list list = {0};
    struct connection *connection;
    int pair[2];

    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    connection = connection_open(&list, pair[1], &settings);
    must(connection != NULL);
    while (size > 0 && state != CONNECTION_ENDED) {
        size_t piece = next_piece(data, size);

        must(send(pair[0], data, piece, MSG_NOSIGNAL) == (ssize_t)piece);
        state = serve(connection, pair[0], &worker);
        data += piece;
        size -= piece;
    }
    shutdown(pair[0], SHUT_WR);
    if (state != CONNECTION_ENDED) {
        must(serve(connection, pair[0], &worker) == CONNECTION_ENDED);
    }
    connection_close(&list, connection);
    must(list.first == NULL && list.count == 0);
    close(pair[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX) {
        return -1;
    }
    if (app.routes == NULL) {
        set_up();
    }
    play(data, size);
    return 0;
}

/* --- mutations that a record survives ----------------------------------- */

static size_t put_record(uint8_t *at, enum type type, const void *content,
                         size_t length)
{
    const uint8_t head[8] = {1, (uint8_t)type,          0, 1,
                             0, (uint8_t)(length & 255)};

    memcpy(at, head, sizeof(head));
    if (length > 0) {
        memcpy(at + sizeof(head), content, length);
    }
    return sizeof(head) + length;
}

/* An ordinary request: what there is to begin with. */
static size_t put_request(uint8_t *at, unsigned which)
{
    static const char *const params[] = {
        "\016\3REQUEST_METHODGET"
        "\014\006DOCUMENT_URI/plain"
        "\014\3QUERY_STRINGb=1",
        "\016\4REQUEST_METHODPOST"
        "\013\5REQUEST_URI/form"
        "\014\041CONTENT_TYPEapplication/x-www-form-urlencoded"
        "\016\3CONTENT_LENGTH7",
        "\016\4REQUEST_METHODPOST"
        "\013\7REQUEST_URI/upload"
        "\016\1CONTENT_LENGTH7",
        "\016\4REQUEST_METHODHEAD"
        "\013\7REQUEST_URI/whoami"
        "\020\5HTTP_REMOTE_USERadmin",
        "\016\3REQUEST_METHODGET"
        "\013\024REQUEST_URI/redirect?to=/plain"
        "\014\011QUERY_STRINGto=/plain",
    };
    static const uint8_t begin[8] = {0, 1, 1};
    const char *text = params[which % (sizeof(params) / sizeof(params[0]))];
    size_t length = 0;

    length += put_record(at + length, BEGIN_REQUEST, begin, sizeof(begin));
    length += put_record(at + length, PARAMS, text, strlen(text));
    length += put_record(at + length, PARAMS, NULL, 0);
    length += put_record(at + length, STDIN, "a=%41&b", 7);
    length += put_record(at + length, STDIN, NULL, 0);
    return length;
}

#define REQUEST_MAX ((size_t)256)

/* Gives each record the version, and a length that is there. */
static void mend(uint8_t *data, size_t size)
{
    struct record record;
    size_t at = 0;

    while (read_record(data + at, size - at, &record)) {
        size_t left = size - at - RECORD_HEAD;

        data[at] = 1;
        if (record.content_length + data[at + 6] > left) {
            size_t length = record.content_length % (left + 1);

            data[at + 4] = (uint8_t)(length >> 8);
            data[at + 5] = (uint8_t)length;
            data[at + 6] = 0;
            read_record(data + at, size - at, &record);
        }
        at += record.length;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed)
{
    if (seed % 16 == 0 && size + REQUEST_MAX < max_size) {
        return size + put_request(data + size, seed / 16);
    }
    size = LLVMFuzzerMutate(data, size, max_size);
    if (seed % 4 != 1) {
        mend(data, size);
    }
    return size;
}
