/*
 * One kept FastCGI connection: reads a request, has it answered, writes the
 * reply.
 *
 * The head of a request was looked at from end to end (head.h), so its
 * parameters are taken from there. Only what has a body, or other requests'
 * records inside, goes through libfcgi, whose streams cost more than most
 * requests do. Rules for it that were learnt the hard way (docs/decisions):
 * - it only reads when bytes are waiting, so that it never blocks on a
 *   silent peer, and it never accepts: its listening socket is -1;
 * - the body is always read to its end before the request is finished, or
 *   the connection is closed: bytes left over would be parsed as the next
 *   request, which a client could forge;
 * - a peer that stops in the middle of a request is cut off by the socket's
 *   own time-outs.
 */

#include "connection.h"

#include <errno.h>
#include <fcgiapp.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"
#include "dispatch.h"
#include "guard.h"
#include "head.h"
#include "intake.h"
#include "health.h"
#include "log.h"
#include "overload.h"
#include "params.h"
#include "reason.h"
#include "record.h"
#include "reply.h"
#include "request.h"
#include "scoreboard.h"
#include "settings.h"
#include "slow.h"
#include "trace.h"

#define ARRIVAL_BYTES ((size_t)4 * 1024)

/* A body that nobody wants is read and dropped up to here; then we hang up. */
#define DRAIN_MAX ((size_t)64 * 1024 * 1024)

struct connection {
    struct request_channel channel; /* first: it is cast back */
    FCGX_Request fcgi;
    int64_t waiting_since; /* for the rest of a head; 0: it does not */
    int64_t arrival;       /* of the request that waits; 0: not asked */

    /* The request that is being served. */
    unsigned request_id;
    bool is_kept;    /* the connection, behind it */
    bool has_stream; /* libfcgi reads it; else it has no body */
    size_t content_length;

    int fd;
    struct connection *next;
    struct connection *previous;
};

static int channel_read(struct request_channel *channel, void *buffer,
                        size_t size);
static bool channel_send(struct request_channel *channel,
                         struct fb_request *request);

struct connection *connection_open(struct connection_list *list, int fd,
                                   const struct settings *settings)
{
    struct timeval limit = {.tv_sec = settings->io_seconds};
    struct connection *connection = malloc(sizeof(*connection));

    if (connection == NULL ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0 ||
        FCGX_InitRequest(&connection->fcgi, -1, 0) != 0 ||
        fd >= GUARD_FDS_MAX) {
        free(connection);
        close(fd);
        return NULL;
    }
    connection->channel =
        (struct request_channel){.read = channel_read, .send = channel_send};
    connection->fd = fd;
    connection->waiting_since = 0;
    connection->arrival = 0;
    connection->previous = NULL;
    connection->next = list->first;
    if (list->first != NULL) {
        list->first->previous = connection;
    }
    list->first = connection;
    list->count++;
    score_connections(list->count);
    guard_keep(fd);
    return connection;
}

int connection_fd(const struct connection *connection)
{
    return connection->fd;
}

struct connection *connection_next(const struct connection *connection)
{
    return connection->next;
}

void connection_close(struct connection_list *list,
                      struct connection *connection)
{
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        list->first = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    list->count--;
    score_connections(list->count);
    connection_set_waiting(list, connection, false);
    guard_forget(connection->fd);
    /*
     * Closing is not enough to be forgotten by epoll: while a sibling that
     * gave us this connection still has its own copy open, events for it
     * would go on coming, to a connection that is no more.
     */
    epoll_ctl(list->epoll, EPOLL_CTL_DEL, connection->fd, NULL);
    close(connection->fd);
    free(connection);
}

/*
 * Has libfcgi read the head, up to its stream of the body. Closing the
 * connection is never its affair (intake.c), whatever it thinks.
 */
static bool open_stream(struct connection *connection, const struct head *head)
{
    intake_begin(connection->fd, head->request_id, head->length);
    connection->fcgi.ipcFd = connection->fd;
    connection->fcgi.keepConnection = 1;
    connection->has_stream = FCGX_Accept_r(&connection->fcgi) == 0;
    if (!connection->has_stream) {
        intake_end();
    }
    return connection->has_stream;
}

/* All that waits on the connection is this request, or more than that. */
static bool read_whole(struct connection *connection, unsigned char *bytes,
                       size_t there)
{
    connection->has_stream = false;
    return recv(connection->fd, bytes, there, MSG_DONTWAIT) == (ssize_t)there;
}

/* Bytes of the body; fewer at its end, or when it broke off; or -1. */
static int read_stream(struct connection *connection, char *buffer, int size)
{
    return connection->has_stream
               ? FCGX_GetStr(buffer, size, connection->fcgi.in)
               : 0;
}

static bool stream_is_good(const struct connection *connection)
{
    return !connection->has_stream || FCGX_GetError(connection->fcgi.in) == 0;
}

/*
 * Ends the request but never the connection: closing is ours to do, so this
 * is not FCGX_Finish_r(). false: the connection cannot be used again.
 */
static bool close_stream(struct connection *connection)
{
    bool good = stream_is_good(connection);

    if (connection->has_stream) {
        FCGX_Free(&connection->fcgi, 0);
        good = intake_end() && good;
        connection->has_stream = false;
    }
    return good;
}

static bool set_path(struct fb_request *request)
{
    const char *path = request_param(request, "DOCUMENT_URI");
    const char *raw = request_param(request, "REQUEST_URI");

    if (path != NULL) {
        request->path = path;
        return form_is_utf8(path, strlen(path));
    }
    if (raw == NULL) {
        return false;
    }
    path = form_decode_path(request->arena, raw, strcspn(raw, "?"));
    if (path == NULL) {
        return false;
    }
    request->path = path;
    return true;
}

/* The declared length of the body; SIZE_MAX when it makes no sense. */
static size_t content_length(const struct fb_request *request)
{
    const char *text = request_param(request, "CONTENT_LENGTH");
    char *end;
    unsigned long long length;

    if (text == NULL || text[0] == '\0') {
        return 0;
    }
    errno = 0;
    length = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9') {
        return SIZE_MAX;
    }
    return (size_t)length;
}

enum body_state {
    BODY_WHOLE,
    BODY_TOO_LONG,
    BODY_BROKEN
};

static enum body_state read_body(struct connection *connection,
                                 struct fb_request *request, size_t limit)
{
    size_t length = connection->content_length;
    char *body;
    int got;

    if (length == 0) {
        return BODY_WHOLE;
    }
    if (length > limit || length > INT_MAX) {
        return BODY_TOO_LONG;
    }
    body = arena_alloc(request->arena, length + 1);
    if (body == NULL) {
        return BODY_TOO_LONG;
    }
    got = read_stream(connection, body, (int)length);
    if (got != (int)length) {
        return BODY_BROKEN;
    }
    request->body = body;
    request->body_length = length;
    return BODY_WHOLE;
}

enum drained {
    DRAINED,
    DRAIN_TOO_LONG, /* the connection must be closed */
    DRAIN_BROKEN
};

/* Reads what is left of the body. */
static enum drained drain(struct connection *connection)
{
    char trash[4096];
    size_t total = 0;
    int got;

    do {
        got = read_stream(connection, trash, sizeof(trash));
        total += got > 0 ? (size_t)got : 0;
    } while (got == (int)sizeof(trash) && total < DRAIN_MAX);
    if (!stream_is_good(connection)) {
        return DRAIN_BROKEN;
    }
    return total < DRAIN_MAX ? DRAINED : DRAIN_TOO_LONG;
}

/* For fb_read_body(). */
static int channel_read(struct request_channel *channel, void *buffer,
                        size_t size)
{
    struct connection *connection = (struct connection *)channel;
    int wanted = size < INT_MAX ? (int)size : INT_MAX;
    int got;

    slow_waits("the rest of its body", "");
    got = read_stream(connection, buffer, wanted);
    slow_waited();
    if (got < 0 || !stream_is_good(connection)) {
        return -1;
    }
    if ((size_t)got > connection->content_length ||
        (got < wanted && (size_t)got != connection->content_length)) {
        return -1; /* it is not as long as it was said to be */
    }
    connection->content_length -= (size_t)got;
    return got;
}

static void put_header(const char *name, const char *value)
{
    reply_put_text(name);
    reply_put(": ", 2);
    reply_put_text(value);
    reply_put("\r\n", 2);
}

/* By what the reply was chosen, for caches and for readers. */
static void put_choices(const struct fb_request *request)
{
    static const char *const names[] = {"Accept", "Accept-Language", "Cookie"};
    const char *before = "Vary: ";
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((request->vary & 1U << i) != 0) {
            reply_put_text(before);
            reply_put_text(names[i]);
            before = ", ";
        }
    }
    if (request->vary != 0) {
        reply_put("\r\n", 2);
    }
    if (request->locale != NULL) {
        put_header("Content-Language", request->locale);
    }
}

/* The head; a body that is not whole yet has no length. */
static void put_head(const struct fb_request *request, bool is_whole)
{
    unsigned i;

    reply_put_text("Status: ");
    reply_put_number((size_t)request->status);
    reply_put(" ", 1);
    reply_put_text(reason_of(request->status));
    reply_put("\r\n", 2);
    if (request->status != 204 && request->status != 304) {
        put_header("Content-Type", request->content_type);
        if (is_whole) {
            reply_put_text("Content-Length: ");
            reply_put_number(request->out.length);
            reply_put("\r\n", 2);
        }
    }
    for (i = 0; i < request->header_count; i++) {
        put_header(request->headers[i].name, request->headers[i].value);
    }
    put_choices(request);
    reply_put("\r\n", 2);
}

/* For fb_send(), and for the end of every reply. */
static bool send_reply(struct fb_request *request, bool is_last)
{
    size_t length = request->method != FB_HEAD ? request->out.length : 0;

    request->sent += length;
    guard_reply_begins();
    if (!request->reply_has_begun) {
        put_head(request, is_last);
        request->reply_has_begun = true;
    }
    return reply_send(request->out.bytes, length, is_last);
}

static bool channel_send(struct request_channel *channel,
                         struct fb_request *request)
{
    bool good;

    (void)channel;
    slow_waits("its client, to take more of the reply", "");
    good = send_reply(request, false);
    slow_waited();
    return good;
}

/*
 * Reads all of the request before anything is done about it, so that the
 * connection is clean whatever happens to the handler.
 */
static void read_and_dispatch(struct connection *connection,
                              const struct connection_worker *worker,
                              struct fb_request *request, size_t body_limit,
                              enum drained *drained)
{
    enum body_state state = read_body(connection, request, body_limit);

    *drained = state == BODY_BROKEN ? DRAIN_BROKEN : drain(connection);
    if (*drained == DRAIN_BROKEN) {
        return;
    }
    if (connection->has_stream) {
        request->begun_us = clock_now_us();
    }
    /* One that is not to be kept must be seen to end, after a crash too. */
    if (*drained == DRAINED && connection->is_kept) {
        guard_request_is_read();
    }
    if (state == BODY_TOO_LONG || *drained == DRAIN_TOO_LONG) {
        dispatch_too_long(worker->app, request);
    } else {
        dispatch(worker->app, request);
    }
}

/* A balancer that took an overloaded host out would overload the others. */
static bool comes_too_late(const struct connection *connection,
                           const struct connection_worker *worker,
                           const struct fb_request *request)
{
    bool is_known = connection->content_length == 0 &&
                    strcmp(request->path, health_page.path) != 0;

    return overload_refuses(worker->overload, request->waited_ms, is_known);
}

/* Returns whether the connection may be kept. */
static bool answer(struct connection *connection,
                   const struct connection_worker *worker,
                   struct fb_request *request, bool understood)
{
    enum drained drained;
    struct dispatch_body body;

    guard_begin(&(struct guard_request){.fd = connection->fd,
                                        .fcgi_id = (int)connection->request_id,
                                        .id = request->id,
                                        .trace_id = request->trace_id,
                                        .method = request->method_name,
                                        .path = request->path,
                                        .request = request});
    body = dispatch_body(worker->app, request);
    if (!understood) {
        drained = drain(connection);
        dispatch_error(request, 400);
    } else if (comes_too_late(connection, worker, request)) {
        drained = drain(connection);
        score_refused();
        dispatch_error(request, 503);
    } else if (body.streams && connection->content_length <= body.limit) {
        dispatch(worker->app, request);
        drained = drain(connection);
    } else {
        read_and_dispatch(connection, worker, request, body.limit, &drained);
    }
    if (drained == DRAIN_BROKEN || request->is_cut_off) {
        request->end =
            drained == DRAIN_BROKEN ? ACCESS_BROKE_OFF : ACCESS_CUT_OFF;
        log_request(LOG_INFO, request,
                    drained == DRAIN_BROKEN
                        ? "the request broke off in its body"
                        : "the reply was cut off");
        return false;
    }
    if (!send_reply(request, true)) {
        request->end = ACCESS_HUNG_UP;
        return false;
    }
    return drained == DRAINED;
}

/* false: what came cannot be a request; the client gets a 400. */
static bool describe(struct connection *connection,
                     const struct connection_worker *worker,
                     const struct head *head, struct fb_request *request)
{
    const char *method;

    request_init(request, worker->arena, worker->app->table, worker->database);
    request->expensive = worker->expensive;
    request->pace = worker->pace;
    request->csrf = worker->csrf;
    request->spool = worker->spool;
    request->pictures = worker->pictures;
    request->settings = worker->settings;
    request->aside = &worker->aside;
    request->slow_ms = worker->settings->slow_ms;
    server_timing_read(worker->settings->server_timing,
                       &request->server_timing);
    request->channel = &connection->channel;
    request->environment =
        params_read(worker->arena, worker->head_buffer, head);
    method = request_param(request, "REQUEST_METHOD");
    request->method_name = method != NULL ? method : "?";
    request->method = routes_method_of(request->method_name);
    trace_begin(request);
    connection->content_length = content_length(request);
    request->received = connection->content_length;
    return set_path(request);
}

/*
 * A head that is too large is read and dropped, and answered all the same.
 * A peer that goes on sending is hung up on: it must not keep the worker.
 */
static void refuse_head(struct connection *connection, unsigned request_id,
                        int seconds)
{
    static const char text[] = "Status: 400 Bad Request\r\n"
                               "Content-Type: text/plain; "
                               "charset=utf-8\r\n\r\n"
                               "The head of the request is too large.\n";
    static const unsigned char complete[8];
    unsigned char reply[sizeof(text) + 64];
    int64_t until = clock_now_ms() + (int64_t)seconds * 1000;
    unsigned char *at = reply;
    char trash[4096];
    size_t total = 0;
    ssize_t got;

    at = record_put(at, FCGI_STDOUT, request_id, text, sizeof(text) - 1);
    at = record_put(at, FCGI_STDOUT, request_id, NULL, 0);
    at = record_put(at, FCGI_END_REQUEST, request_id, complete, 8);
    if (send(connection->fd, reply, (size_t)(at - reply), MSG_NOSIGNAL) < 0) {
        return;
    }
    shutdown(connection->fd, SHUT_WR);
    do {
        got = recv(connection->fd, trash, sizeof(trash), 0);
        total += got > 0 ? (size_t)got : 0;
    } while (got > 0 && total < DRAIN_MAX && clock_now_ms() < until);
}

static bool answer_management(struct connection *connection,
                              unsigned char *record, size_t length)
{
    unsigned char reply[HEAD_REPLY_BYTES];
    size_t reply_length = head_answer_management(record, length, reply);

    return recv(connection->fd, record, length, MSG_WAITALL) ==
               (ssize_t)length &&
           send(connection->fd, reply, reply_length, MSG_NOSIGNAL) ==
               (ssize_t)reply_length;
}

/*
 * Takes a request whose head is whole off the connection: all of it, or up to
 * where libfcgi reads on. false: it broke off.
 */
static bool take_request(struct connection *connection,
                         const struct connection_worker *worker,
                         const struct head *head, size_t there)
{
    size_t whole = head_ends_request(head, worker->head_buffer, there);

    /* Half read, it is no innocent connection that a sibling could take. */
    guard_forget(connection->fd);
    connection->request_id = head->request_id;
    connection->is_kept = head->keeps_connection;
    if (whole == 0) {
        return open_stream(connection, head);
    }
    /* A peer that does not wait for its answer is not waited for either. */
    connection->is_kept = connection->is_kept && there == whole;
    return read_whole(connection, worker->head_buffer, there);
}

static enum connection_state
serve_request(struct connection *connection,
              const struct connection_worker *worker, const struct head *head,
              size_t there, int64_t since)
{
    struct fb_request request;
    bool understood;
    bool keep;

    if (!take_request(connection, worker, head, there)) {
        log_line(LOG_INFO, "a FastCGI request that broke off was dropped");
        return CONNECTION_ENDED;
    }
    worker->arena->limit =
        (size_t)worker->settings->request_memory_mib * 1024 * 1024;
    understood = describe(connection, worker, head, &request);
    request.begun_us = since;
    request.taken_us = since;
    score_request(request.id, request.method_name,
                  understood ? request.path : "?", request.waited_ms, since);
    reply_begin(connection->fd, connection->request_id);
    keep = answer(connection, worker, &request, understood);
    keep = close_stream(connection) && keep && connection->is_kept;
    guard_end();
    score_answered(request.status, since);
    access_log_write(&request, request.status, request.end);
    arena_reset(worker->arena);
    if (keep) {
        guard_keep(connection->fd);
    }
    return keep ? CONNECTION_READY : CONNECTION_ENDED;
}

/* The rest will never come. */
static bool has_hung_up(int fd)
{
    struct pollfd end = {.fd = fd, .events = POLLRDHUP};

    return poll(&end, 1, 0) > 0;
}

/* Web servers put it among the first of their parameters. */
int64_t connection_arrival(struct connection *connection, unsigned char *buffer)
{
    const char *value;
    char text[32] = "";
    size_t length = 0;
    ssize_t there;
    int64_t arrival = -1;

    if (connection->arrival != 0) {
        return connection->arrival;
    }
    there =
        recv(connection->fd, buffer, ARRIVAL_BYTES, MSG_PEEK | MSG_DONTWAIT);
    value = there > 0
                ? head_find(buffer, (size_t)there, "FOOBAR_ARRIVAL", &length)
                : NULL;
    if (value != NULL && length < sizeof(text)) {
        memcpy(text, value, length);
        arrival = trace_arrival(text);
    }
    connection->arrival = arrival > 0 ? arrival : INT64_MAX;
    return connection->arrival;
}

enum connection_state connection_serve(struct connection *connection,
                                       const struct connection_worker *worker,
                                       int64_t since)
{
    ssize_t there = recv(connection->fd, worker->head_buffer, HEAD_BYTES_MAX,
                         MSG_PEEK | MSG_DONTWAIT);
    struct head head;

    connection->arrival = 0;
    if (there <= 0) {
        return there < 0 && (errno == EAGAIN || errno == EINTR)
                   ? CONNECTION_READY
                   : CONNECTION_ENDED;
    }
    head = head_look(worker->head_buffer, (size_t)there);
    switch (head.state) {
    case HEAD_WHOLE:
        return serve_request(connection, worker, &head, (size_t)there, since);
    case HEAD_INCOMPLETE:
        return has_hung_up(connection->fd) ? CONNECTION_ENDED
                                           : CONNECTION_WAITING;
    case HEAD_MANAGEMENT:
        return answer_management(connection, worker->head_buffer,
                                 head.management_length)
                   ? CONNECTION_READY
                   : CONNECTION_ENDED;
    case HEAD_TOO_LARGE:
        log_line(LOG_INFO, "a request with too large a head was refused");
        refuse_head(connection, head.request_id, worker->settings->io_seconds);
        return CONNECTION_ENDED;
    case HEAD_BROKEN:
        log_line(LOG_INFO, "a peer that speaks no FastCGI was hung up on");
        break;
    }
    return CONNECTION_ENDED;
}

void connection_set_waiting(struct connection_list *list,
                            struct connection *connection, bool waits)
{
    if (waits && connection->waiting_since == 0) {
        connection->waiting_since = clock_now_ms();
        list->waiting++;
    } else if (!waits && connection->waiting_since != 0) {
        connection->waiting_since = 0;
        list->waiting--;
    }
}

bool connection_is_waiting(const struct connection *connection)
{
    return connection->waiting_since != 0;
}

void connection_close_stalled(struct connection_list *list,
                              const struct settings *settings)
{
    int64_t limit = clock_now_ms() - (int64_t)settings->io_seconds * 1000;
    struct connection *connection = list->first;

    while (connection != NULL) {
        struct connection *next = connection->next;

        if (connection->waiting_since != 0 &&
            connection->waiting_since < limit) {
            log_line(LOG_INFO, "a request whose head did not come was dropped");
            connection_close(list, connection);
        }
        connection = next;
    }
}
