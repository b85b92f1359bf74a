/* A worker has a picture drawn anew: see picture_ask.h. */

#include "picture_ask.h"

#include <fcntl.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "pictures.h"
#include "request.h"
#include "settings.h"

#define PIECE_BYTES ((size_t)16 * 1024)
#define GRACE_MS 1000 /* the helper itself ends who takes too long */

/* No encoder makes more of a picture than this. */
#define BYTES_A_PIXEL 8
#define BYTES_BESIDES ((uint64_t)64 * 1024)

struct answer {
    struct fb_request *request;
    const struct picture_order *order;
    int fd;         /* the pipe */
    int64_t end_by; /* until then something must have come */
    struct upload *sizes[PICTURE_SIZES_MAX]; /* the largest first */
    size_t count;
    bool was_begun;
    const char *reason; /* why it is refused for now: 503 */
};

union control {
    char bytes[CMSG_SPACE(2 * sizeof(int))];
    struct cmsghdr align;
};

static bool send_order(const struct pictures *pictures,
                       struct picture_order *order, const int fds[2])
{
    union control control;
    struct iovec data = {.iov_base = order, .iov_len = sizeof(*order)};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    struct cmsghdr *header;

    memset(&control, 0, sizeof(control));
    header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(header), fds, 2 * sizeof(int));
    return sendmsg(pictures->ask_fd, &message, MSG_NOSIGNAL) ==
           (ssize_t)sizeof(*order);
}

/* How many bytes came, at most `size`; 0: none will come any more. */
static size_t read_some(const struct answer *answer, void *buffer, size_t size)
{
    struct pollfd pipe = {.fd = answer->fd, .events = POLLIN};
    ssize_t got;

    do {
        int64_t left = answer->end_by - clock_now_ms();
        int ready = left > 0 ? poll(&pipe, 1, (int)left) : 0;

        if (ready == 0) {
            return 0;
        }
        got = ready > 0 ? read(answer->fd, buffer, size) : -1;
    } while (got < 0 && errno == EINTR);
    return got > 0 ? (size_t)got : 0;
}

static bool read_whole(const struct answer *answer, void *buffer, size_t size)
{
    char *at = buffer;

    while (size > 0) {
        size_t got = read_some(answer, at, size);

        if (got == 0) {
            return false;
        }
        at += got;
        size -= got;
    }
    return true;
}

/* The sizes come one below the other, and none is one that nobody wants. */
static bool is_likely(const struct answer *answer,
                      const struct picture_note *note)
{
    uint64_t pixels = (uint64_t)note->width * note->height;
    unsigned before = answer->count > 0
                          ? answer->sizes[answer->count - 1]->file.width
                          : answer->order->widths[answer->order->count - 1] + 1;

    return note->width > 0 && note->width < before && note->height > 0 &&
           note->height <= (uint64_t)note->width * PICTURE_RATIO_MOST + 1 &&
           note->bytes > 0 &&
           note->bytes <= pixels * BYTES_A_PIXEL + BYTES_BESIDES &&
           answer->count < answer->order->count;
}

static bool read_size(struct answer *answer, const struct picture_note *note)
{
    struct fb_request *request = answer->request;
    char *piece = request_alloc_raw(request, PIECE_BYTES);
    size_t left = note->bytes;
    struct upload *upload;

    if (!is_likely(answer, note)) {
        return false;
    }
    upload = uploads_begin(request, (int64_t)note->bytes);
    while (left > 0 && answer->reason == NULL) {
        size_t got =
            read_some(answer, piece, left < PIECE_BYTES ? left : PIECE_BYTES);

        if (got == 0) {
            return false;
        }
        answer->reason = uploads_add(request, upload, piece, got);
        left -= got;
    }
    uploads_finish(request, upload);
    upload->file.width = note->width;
    upload->file.height = note->height;
    answer->sizes[answer->count++] = upload;
    return answer->reason == NULL &&
           strcmp(upload->file.type, "image/webp") == 0;
}

/* What came of it; PICTURE_DAMAGED also when the child has died. */
static enum picture_result read_answer(struct answer *answer)
{
    const struct settings *settings = answer->request->settings;
    struct picture_note note;

    answer->end_by = clock_now_ms() + settings->picture_wait_ms;
    while (read_whole(answer, &note, sizeof(note))) {
        if (note.kind == PICTURES_BEGUN) {
            answer->was_begun = true;
            answer->end_by = clock_now_ms() + GRACE_MS +
                             (int64_t)settings->picture_seconds * 1000;
        } else if (note.kind == PICTURES_SIZE) {
            if (!read_size(answer, &note)) {
                return PICTURE_DAMAGED;
            }
        } else {
            return note.kind == PICTURES_DONE &&
                           (note.result != PICTURE_OK || answer->count > 0)
                       ? (enum picture_result)note.result
                       : PICTURE_DAMAGED;
        }
    }
    if (!answer->was_begun) {
        answer->reason = clock_now_ms() < answer->end_by
                             ? "the process for a picture ended before it began"
                             : "a picture found nobody to draw it in time";
    }
    return PICTURE_DAMAGED;
}

static void order_sizes(struct fb_request *request, struct upload *upload,
                        const struct answer *answer)
{
    const struct fb_file **sizes =
        fb_alloc(request, answer->count * sizeof(*sizes));
    size_t i;

    for (i = 0; i < answer->count; i++) {
        struct upload *size = answer->sizes[answer->count - 1 - i];

        size->file.name = upload->file.name;
        sizes[i] = &size->file;
    }
    upload->picture =
        (struct fb_picture){.sizes = sizes, .count = answer->count};
}

static void fill_order(const struct fb_request *request,
                       const struct upload *upload, const unsigned *widths,
                       struct picture_order *order)
{
    *order = (struct picture_order){
        .length = (uint64_t)upload->file.size,
        .pixels = (uint64_t)request->settings->picture_megapixels * 1000000};
    while (*widths != 0 && order->count < PICTURE_SIZES_MAX) {
        order->widths[order->count++] = *widths++;
    }
}

enum picture_result picture_ask(struct fb_request *request,
                                struct upload *upload, const unsigned *widths)
{
    struct picture_order order;
    struct answer answer = {.request = request, .order = &order, .fd = -1};
    enum picture_result result = PICTURE_DAMAGED;
    int pipe_fds[2];

    if (request->pictures == NULL || request->settings == NULL) {
        request_fail(request, "there is nobody here who draws pictures");
    }
    request_step_aside(request);
    fill_order(request, upload, widths, &order);
    answer.reason = uploads_to_spool(request, upload);
    if (answer.reason == NULL && pipe2(pipe_fds, O_CLOEXEC) != 0) {
        answer.reason = "no pipe can be made for a picture";
    }
    if (answer.reason == NULL) {
        int fds[2] = {upload->fd, pipe_fds[1]};

        if (!send_order(request->pictures, &order, fds)) {
            answer.reason = "too many pictures wait to be drawn";
        }
        close(pipe_fds[1]);
        upload->pipe = pipe_fds[0]; /* is closed with the request */
        answer.fd = pipe_fds[0];
        if (answer.reason == NULL) {
            result = read_answer(&answer);
        }
    }
    if (answer.reason != NULL) {
        log_request(LOG_ERROR, request, "%s", answer.reason);
        request_refuse(request, 503, "the picture is refused");
    }
    if (result == PICTURE_OK) {
        order_sizes(request, upload, &answer);
    }
    return result;
}
