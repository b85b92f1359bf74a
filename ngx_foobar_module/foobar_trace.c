/* Ids and times in headers; foobar_trace.h says what each function does. */

#include "foobar_trace.h"

#include <string.h>

#define KEY_MAX 256
#define VALUE_MAX 256
#define MEMBERS_MAX 32

/* Larger numbers of an arrival are milliseconds; microseconds; too large. */
#define SECONDS_END ((int64_t) 100000000000)
#define MILLISECONDS_END ((int64_t) 100000000000000)
#define MICROSECONDS_END ((int64_t) 100000000000000000)

static const char digits[] = "0123456789abcdef";

/* --- ids --------------------------------------------------------------- */

static uint64_t
rotate(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

/* The generator xoshiro256**, of Blackman and Vigna: fast, and never repeats
 * within 2^256 - 1 numbers; a state of zeros alone would stay there. */
static uint64_t
next(struct foobar_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;

    if ((s[0] | s[1] | s[2] | s[3]) == 0) {
        s[0] = 1;
    }
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

static void
write_hex(char *text, uint64_t value)
{
    int i;

    for (i = 15; i >= 0; i--) {
        text[i] = digits[value & 15];
        value >>= 4;
    }
}

/* 16 digits that are not all zero: such an id would be no id. */
static void
make_digits(struct foobar_random *random, char *text)
{
    uint64_t value;

    do {
        value = next(random);
    } while (value == 0);
    write_hex(text, value);
}

static bool
is_hex(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (memchr(digits, text[i], 16) == NULL) {
            return false;
        }
    }
    return true;
}

static bool
is_id(const char *text, size_t length)
{
    size_t i;

    if (!is_hex(text, length)) {
        return false;
    }
    for (i = 0; i < length && text[i] == '0'; i++) {
    }
    return i < length;
}

static unsigned
hex_value(const char *text)
{
    const char *high = memchr(digits, text[0], 16);
    const char *low = memchr(digits, text[1], 16);

    return (unsigned) (high - digits) * 16 + (unsigned) (low - digits);
}

bool
foobar_request_id_is_valid(const char *text, size_t length)
{
    static const char allowed[] = FOOBAR_REQUEST_ID_CHARACTERS;
    size_t i;

    if (length == 0 || length > FOOBAR_REQUEST_ID_MAX) {
        return false;
    }
    for (i = 0; i < length; i++) {
        if (memchr(allowed, text[i], sizeof(allowed) - 1) == NULL) {
            return false;
        }
    }
    return true;
}

void
foobar_request_id_make(struct foobar_random *random, char *text)
{
    make_digits(random, text);
    make_digits(random, text + 16);
}

/* --- trace context ------------------------------------------------------ */

enum {
    TRACE_ID_AT = 3,
    PARENT_ID_AT = TRACE_ID_AT + FOOBAR_TRACE_ID_LENGTH + 1,
    FLAGS_AT = PARENT_ID_AT + FOOBAR_PARENT_ID_LENGTH + 1
};

/* Later versions may have more behind what we know; version ff is none. */
static bool
version_is_good(const char *text, size_t length)
{
    if (!is_hex(text, 2) || memcmp(text, "ff", 2) == 0) {
        return false;
    }
    if (memcmp(text, "00", 2) == 0) {
        return length == FOOBAR_TRACEPARENT_LENGTH;
    }
    return length == FOOBAR_TRACEPARENT_LENGTH
           || text[FOOBAR_TRACEPARENT_LENGTH] == '-';
}

bool
foobar_trace_parse(const char *text, size_t length, struct foobar_trace *trace)
{
    if (length < FOOBAR_TRACEPARENT_LENGTH || !version_is_good(text, length)
        || text[TRACE_ID_AT - 1] != '-' || text[PARENT_ID_AT - 1] != '-'
        || text[FLAGS_AT - 1] != '-'
        || !is_id(text + TRACE_ID_AT, FOOBAR_TRACE_ID_LENGTH)
        || !is_id(text + PARENT_ID_AT, FOOBAR_PARENT_ID_LENGTH)
        || !is_hex(text + FLAGS_AT, 2)) {
        return false;
    }
    memcpy(trace->trace_id, text + TRACE_ID_AT, FOOBAR_TRACE_ID_LENGTH);
    memcpy(trace->parent_id, text + PARENT_ID_AT, FOOBAR_PARENT_ID_LENGTH);
    trace->flags = hex_value(text + FLAGS_AT)
                   & (FOOBAR_TRACE_SAMPLED | FOOBAR_TRACE_RANDOM);
    return true;
}

void
foobar_trace_begin(struct foobar_random *random, struct foobar_trace *trace)
{
    make_digits(random, trace->trace_id);
    make_digits(random, trace->trace_id + 16);
    make_digits(random, trace->parent_id);
    trace->flags = 0;
}

void
foobar_trace_step(struct foobar_random *random, struct foobar_trace *trace)
{
    make_digits(random, trace->parent_id);
}

void
foobar_trace_write(const struct foobar_trace *trace, char *text)
{
    memcpy(text, "00-", 3);
    memcpy(text + TRACE_ID_AT, trace->trace_id, FOOBAR_TRACE_ID_LENGTH);
    text[PARENT_ID_AT - 1] = '-';
    memcpy(text + PARENT_ID_AT, trace->parent_id, FOOBAR_PARENT_ID_LENGTH);
    text[FLAGS_AT - 1] = '-';
    text[FLAGS_AT] = digits[trace->flags >> 4 & 15];
    text[FLAGS_AT + 1] = digits[trace->flags & 15];
}

static bool
is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_key(const char *text, size_t length)
{
    size_t i;

    if (length == 0 || length > KEY_MAX || !is_lower_or_digit(text[0])) {
        return false;
    }
    for (i = 1; i < length; i++) {
        if (!is_lower_or_digit(text[i])
            && memchr("_-*/@", text[i], 5) == NULL) {
            return false;
        }
    }
    return true;
}

static bool
is_value(const char *text, size_t length)
{
    size_t i;

    if (length == 0 || length > VALUE_MAX || text[length - 1] == ' ') {
        return false;
    }
    for (i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~' || text[i] == '=') {
            return false;
        }
    }
    return true;
}

static bool
is_member(const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    size_t key_length;

    if (equals == NULL) {
        return false;
    }
    key_length = (size_t) (equals - text);
    return is_key(text, key_length)
           && is_value(equals + 1, length - key_length - 1);
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Members are separated by commas; an empty one is allowed and means nothing.
 */
bool
foobar_tracestate_is_valid(const char *text, size_t length)
{
    const char *end = text + length;
    unsigned members = 0;

    if (length == 0 || length > FOOBAR_TRACESTATE_MAX) {
        return false;
    }
    while (text < end) {
        const char *comma = memchr(text, ',', (size_t) (end - text));
        const char *stop = comma != NULL ? comma : end;
        const char *last = stop;

        while (text < last && is_space(*text)) {
            text++;
        }
        while (last > text && is_space(last[-1])) {
            last--;
        }
        if (last > text) {
            if (!is_member(text, (size_t) (last - text))
                || ++members > MEMBERS_MAX) {
                return false;
            }
        }
        text = comma != NULL ? comma + 1 : end;
    }
    return members > 0;
}

/* --- arrival ------------------------------------------------------------ */

/* Digits at the beginning; how many there are, 0 also if they are too many. */
static size_t
read_digits(const char *text, size_t length, int64_t *value)
{
    size_t i;

    *value = 0;
    for (i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        if (i == 18) {
            return 0;
        }
        *value = *value * 10 + (text[i] - '0');
    }
    return i;
}

/* ".123456": the milliseconds of it; false when it is no fraction. */
static bool
read_fraction(const char *text, size_t length, int64_t *ms)
{
    static const int64_t weights[] = {100, 10, 1};
    size_t i;

    *ms = 0;
    if (length < 2 || length > 10 || text[0] != '.') {
        return false;
    }
    for (i = 1; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        if (i <= 3) {
            *ms += (text[i] - '0') * weights[i - 1];
        }
    }
    return true;
}

static bool
read_time(const char *text, size_t length, int64_t *ms)
{
    int64_t value;
    int64_t fraction = 0;
    size_t count = read_digits(text, length, &value);

    if (count == 0 || value >= MICROSECONDS_END) {
        return false;
    }
    if (value < SECONDS_END) {
        *ms = value * 1000;
        if (count < length
            && !read_fraction(text + count, length - count, &fraction)) {
            return false;
        }
        *ms += fraction;
        return true;
    }
    *ms = value < MILLISECONDS_END ? value : value / 1000;
    return count == length;
}

bool
foobar_arrival_parse(const char *text, size_t length, int64_t now_ms,
                     int64_t *arrival_ms)
{
    int64_t ms;

    if (length > 2 && memcmp(text, "t=", 2) == 0) {
        text += 2;
        length -= 2;
    }
    if (!read_time(text, length, &ms) || ms > now_ms
        || now_ms - ms > FOOBAR_ARRIVAL_AGE_MAX_MS) {
        return false;
    }
    *arrival_ms = ms;
    return true;
}
