/*
 * What is counted of requests, how it is counted, and how it is told: as
 * OpenMetrics, in Prometheus's older text form, or as JSON.
 *
 * This code knows nothing of nginx, so that unit tests call it as it is.
 *
 * A class has one record, whichever process counts in it:
 *
 *     requests            by exact status: 200, 404, ...
 *     bytes               received and sent
 *     durations           histograms of the whole time, by 1xx ... 5xx
 *     headers, responses  histograms of the application's time
 *     retries             further servers that were asked
 *
 * Every number only grows, by an atomic instruction that waits for nobody.
 * Who reads them sees each number as it is at that moment, and so a request
 * that is being counted may show in one of them and not yet in another.
 */

#ifndef FOOBAR_METRICS_H
#define FOOBAR_METRICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the name of a class, with its NUL. */
#define FOOBAR_CLASS_SIZE 65

/* Exact statuses of a class; all others are counted together. */
#define FOOBAR_STATUSES_MAX 32

/*
 * The upper bounds of the buckets: milliseconds, and as a label in seconds.
 * nginx's clock has milliseconds and moves when a worker wakes up, so that
 * smaller buckets would tell nothing. A bound belongs to its bucket.
 */
#define FOOBAR_BOUNDS(FOOBAR_BOUND) \
    FOOBAR_BOUND(1, "0.001")        \
    FOOBAR_BOUND(2, "0.002")        \
    FOOBAR_BOUND(5, "0.005")        \
    FOOBAR_BOUND(10, "0.01")        \
    FOOBAR_BOUND(20, "0.02")        \
    FOOBAR_BOUND(50, "0.05")        \
    FOOBAR_BOUND(100, "0.1")        \
    FOOBAR_BOUND(200, "0.2")        \
    FOOBAR_BOUND(500, "0.5")        \
    FOOBAR_BOUND(1000, "1.0")       \
    FOOBAR_BOUND(2000, "2.0")       \
    FOOBAR_BOUND(5000, "5.0")       \
    FOOBAR_BOUND(10000, "10.0")

#define FOOBAR_BOUND(ms, label) +1
enum {
    FOOBAR_BUCKETS = FOOBAR_BOUNDS(FOOBAR_BOUND) + 1
}; /* and +Inf */
#undef FOOBAR_BOUND

/* 1xx to 5xx at 1 to 5; at 0 what is none of these. */
#define FOOBAR_STATUS_CLASSES 6

typedef _Atomic uint64_t foobar_counter;

struct foobar_histogram {
    foobar_counter buckets[FOOBAR_BUCKETS]; /* each for itself */
    foobar_counter sum;                     /* milliseconds */
};

struct foobar_status_count {
    _Atomic uint32_t status; /* 0: free; given once, never taken away */
    foobar_counter requests;
};

struct foobar_class {
    char name[FOOBAR_CLASS_SIZE];
    int64_t created; /* milliseconds since 1970 */
    foobar_counter received;
    foobar_counter sent;
    foobar_counter retries;
    foobar_counter other_requests; /* of statuses that found no place */
    struct foobar_status_count statuses[FOOBAR_STATUSES_MAX];
    struct foobar_histogram durations[FOOBAR_STATUS_CLASSES];
    struct foobar_histogram headers;
    struct foobar_histogram responses;
};

/* What is counted of one request when it has ended. */
struct foobar_request {
    unsigned status;
    uint64_t duration; /* milliseconds, as all times here */
    uint64_t received;
    uint64_t sent;
    bool asked;             /* the application; or else nothing below */
    bool has_header;        /* it answered */
    uint64_t header_time;   /* until the head of its answer was there */
    uint64_t response_time; /* until all of it was there */
    unsigned retries;
};

void foobar_metrics_count(struct foobar_class *counts,
                          const struct foobar_request *request);

/* The bucket of a time: the first whose bound is not below it. */
unsigned foobar_metrics_bucket(uint64_t ms);


/* What a report tells beside the classes. */

struct foobar_application {
    const char *name;
    int64_t created;
    uint64_t in_flight;
    uint64_t refused;
};

struct foobar_connections {
    uint64_t active, reading, writing, waiting;
    uint64_t accepted, handled, requests;
};

struct foobar_report {
    const struct foobar_class *const *classes;
    size_t class_count;
    const struct foobar_application *applications;
    size_t application_count;
    const struct foobar_connections *connections; /* NULL: not known */
    const char *version;
    const char *nginx; /* its version */
    int64_t started;   /* since when is counted: milliseconds since 1970 */
    int64_t loaded;    /* when the configuration was read */
    uint64_t workers;
    uint64_t zone_size;
    uint64_t zone_free;
};

enum foobar_format {
    FOOBAR_FORMAT_TEXT,
    FOOBAR_FORMAT_OPENMETRICS,
    FOOBAR_FORMAT_JSON
};

#define FOOBAR_FORMATS 3

/* Takes pieces of a report in their order; they are its own to keep. */
typedef void (*foobar_metrics_sink)(void *to, const char *text, size_t length);

void foobar_metrics_write(const struct foobar_report *report,
                          enum foobar_format format, foobar_metrics_sink sink,
                          void *to);

/* The value of Content-Type. */
const char *foobar_metrics_type(enum foobar_format format);

/* "text", "openmetrics" or "json"; false: it is none of these. */
bool foobar_metrics_named(const char *name, size_t length,
                          enum foobar_format *format);


/*
 * Which form a client wants most, by its header Accept (RFC 9110, 12.5.1).
 * Begins as {0}, is fed with each such header, and then asked. Parameters
 * of a type are passed over, but for q. Who accepts nothing of ours gets
 * plain text, as does who is indifferent.
 */
struct foobar_wishes {
    struct {
        unsigned exactness; /* 0: not named; 3: by its own name */
        unsigned quality;   /* 0 to 1000 */
    } formats[FOOBAR_FORMATS];
};

void foobar_metrics_accept(struct foobar_wishes *wishes, const char *value,
                           size_t length);
enum foobar_format foobar_metrics_best(const struct foobar_wishes *wishes);

#endif
