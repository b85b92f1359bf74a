/* The ids of a request and its arrival; trace.h says where they come from. */

#include "trace.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

#include "foobar_wire.h"

#define ID_BYTES 16
#define PARENT_BYTES (FOOBAR_PARENT_ID_LENGTH / 2)
#define TRACE_ID_AT 3 /* in a traceparent, behind the version */

/* A date as this is enough for seconds, and fits whatever follows. */
#define SECONDS_DIGITS_MAX 11

_Static_assert(REQUEST_ID_MAX >= 2 * ID_BYTES, "an id of our own must fit");

static const char hex[] = "0123456789abcdef";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Random bytes for many ids at once, because asking the kernel for those of
 * one costs as much as reading a request does. The kernel gives the key of a
 * stream of random bytes, once; each stock begins with the key of the next
 * one, so that what was used up cannot be computed again. Nobody uses this
 * before a worker was forked: no two of them have the same key.
 */
#define STOCK_BYTES ((size_t)1024)
#define KEY_BYTES ((size_t)crypto_stream_chacha20_KEYBYTES)

static struct {
    unsigned char bytes[STOCK_BYTES];
    size_t left; /* of them, behind the key */
    bool has_key;
} stock;

static void fill_stock(void)
{
    static const unsigned char nonce[crypto_stream_chacha20_NONCEBYTES];
    unsigned char key[KEY_BYTES];

    if (stock.has_key) {
        memcpy(key, stock.bytes, KEY_BYTES);
    } else {
        randombytes_buf(key, KEY_BYTES);
        stock.has_key = true;
    }
    crypto_stream_chacha20(stock.bytes, STOCK_BYTES, nonce, key);
    stock.left = STOCK_BYTES - KEY_BYTES;
}

static const unsigned char *take_random(size_t bytes)
{
    if (stock.left < bytes) {
        fill_stock();
    }
    stock.left -= bytes;
    return stock.bytes + KEY_BYTES + stock.left;
}

/* An id of zeros alone would be none, hence the last digit. */
static char *put_random(char *text, size_t bytes)
{
    const unsigned char *random = take_random(bytes);
    size_t i;

    for (i = 0; i < bytes; i++) {
        *text++ = hex[random[i] >> 4];
        *text++ = hex[random[i] & 15];
    }
    if (strspn(text - 2 * bytes, "0") >= 2 * bytes) {
        text[-1] = '1';
    }
    return text;
}

/* One of FOOBAR_REQUEST_ID_CHARACTERS; strspn() would build a table of them. */
static bool is_id_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) ||
           c == '.' || c == '_' || c == '-';
}

static void take_id(struct fb_request *request)
{
    const char *given = request_param(request, "FOOBAR_REQUEST_ID");
    size_t length = 0;

    while (given != NULL && length <= REQUEST_ID_MAX &&
           is_id_character(given[length])) {
        length++;
    }
    if (length > 0 && length <= REQUEST_ID_MAX && given[length] == '\0') {
        memcpy(request->id, given, length + 1);
        return;
    }
    *put_random(request->id, ID_BYTES) = '\0';
}

static bool is_hex(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (!is_digit(text[i]) && (text[i] < 'a' || text[i] > 'f')) {
            return false;
        }
    }
    return true;
}

static bool is_id(const char *text, size_t length)
{
    return is_hex(text, length) && strspn(text, "0") < length;
}

/* Version 00 alone: our own nginx module writes no other. */
static bool is_trace_parent(const char *text)
{
    const char *parent_id = text + TRACE_ID_AT + FOOBAR_TRACE_ID_LENGTH + 1;
    const char *flags = parent_id + FOOBAR_PARENT_ID_LENGTH + 1;

    return strlen(text) == FOOBAR_TRACEPARENT_LENGTH &&
           strncmp(text, "00-", TRACE_ID_AT) == 0 &&
           is_id(text + TRACE_ID_AT, FOOBAR_TRACE_ID_LENGTH) &&
           parent_id[-1] == '-' && is_id(parent_id, FOOBAR_PARENT_ID_LENGTH) &&
           flags[-1] == '-' && is_hex(flags, 2);
}

/* A trace that begins here: nobody has asked that it be recorded. */
static void make_trace(struct fb_request *request)
{
    char *at = request->trace_parent;

    *at++ = '0';
    *at++ = '0';
    *at++ = '-';
    at = put_random(at, ID_BYTES);
    *at++ = '-';
    at = put_random(at, PARENT_BYTES);
    memcpy(at, "-00", sizeof("-00"));
}

static void take_trace(struct fb_request *request)
{
    const char *given = request_param(request, "FOOBAR_TRACEPARENT");
    const char *state = request_param(request, "FOOBAR_TRACESTATE");

    if (given != NULL && is_trace_parent(given)) {
        memcpy(request->trace_parent, given, sizeof(request->trace_parent));
        if (state != NULL && state[0] != '\0' &&
            strlen(state) <= FOOBAR_TRACESTATE_MAX) {
            request->trace_state = state;
        }
    } else {
        make_trace(request);
    }
    memcpy(request->trace_id, request->trace_parent + TRACE_ID_AT,
           FOOBAR_TRACE_ID_LENGTH);
}

/* Seconds and three digits, and nothing else. */
int64_t trace_arrival(const char *text)
{
    int64_t ms = 0;
    size_t seconds;
    size_t i;

    for (seconds = 0; is_digit(text[seconds]); seconds++) {
        if (seconds == SECONDS_DIGITS_MAX) {
            return -1;
        }
        ms = ms * 10 + (text[seconds] - '0');
    }
    if (seconds == 0 || text[seconds] != '.') {
        return -1;
    }
    for (i = seconds + 1; i <= seconds + 3; i++) {
        if (!is_digit(text[i])) {
            return -1;
        }
        ms = ms * 10 + (text[i] - '0');
    }
    return text[i] == '\0' ? ms : -1;
}

/* Clocks may be set back, and those of two hosts differ: never below 0. */
static void take_arrival(struct fb_request *request)
{
    const char *given = request_param(request, "FOOBAR_ARRIVAL");
    int64_t arrival = given != NULL ? trace_arrival(given) : -1;
    struct timespec now;
    int64_t waited;

    request->waited_ms = -1;
    if (arrival >= 0) {
        clock_gettime(CLOCK_REALTIME, &now);
        waited = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 - arrival;
        request->waited_ms = waited > 0 ? waited : 0;
    }
}

void trace_begin(struct fb_request *request)
{
    take_id(request);
    take_trace(request);
    take_arrival(request);
}

const char *fb_trace_parent(const struct fb_request *request)
{
    return request->trace_parent;
}

const char *fb_trace_state(const struct fb_request *request)
{
    return request->trace_state;
}
