/*
 * A report as text: OpenMetrics 1.0, Prometheus's text form 0.0.4, or JSON
 * with the same figures. See foobar_metrics.h.
 *
 * The two text forms differ little. OpenMetrics has units, the times since
 * which is counted (_created), and an end (# EOF) that tells a whole report
 * from one that was cut off.
 *
 * Each number is read once. The buckets of a histogram are added up here, so
 * that they never fall and always end in its count.
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "foobar_metrics.h"


#define LABELS_MAX 1024

struct text {
    foobar_metrics_sink sink;
    void *to;
    enum foobar_format format;
};

struct family {
    const char *name; /* as OpenMetrics has it */
    const char *type;
    const char *unit; /* NULL: none */
    const char *help;
};

static const struct family requests = {
    "foobar_requests", "counter", NULL,
    "Requests that met foobar_pass, by class and exact status."};
static const struct family received = {
    "foobar_received_bytes", "counter", "bytes",
    "Bytes of those requests: heads and bodies."};
static const struct family sent = {"foobar_sent_bytes", "counter", "bytes",
                                   "Bytes of the answers: heads and bodies."};
static const struct family duration = {
    "foobar_request_duration_seconds", "histogram", "seconds",
    "From a request's first byte until its answer was sent."};
static const struct family header_time = {
    "foobar_upstream_header_seconds", "histogram", "seconds",
    "Until the head of the application's answer was there."};
static const struct family response_time = {
    "foobar_upstream_response_seconds", "histogram", "seconds",
    "Until all of the application's answer was there, or it failed."};
static const struct family retries = {
    "foobar_upstream_retries", "counter", NULL,
    "Further servers that were asked after one had failed."};
static const struct family in_flight = {
    "foobar_in_flight", "gauge", NULL,
    "Requests that are with the application now."};
static const struct family refused = {
    "foobar_in_flight_refused", "counter", NULL,
    "Requests refused because of foobar_in_flight."};
static const struct family connections = {"foobar_nginx_connections", "gauge",
                                          NULL,
                                          "Connections of clients, by state."};
static const struct family accepted = {"foobar_nginx_connections_accepted",
                                       "counter", NULL,
                                       "Connections that nginx accepted."};
static const struct family handled = {
    "foobar_nginx_connections_handled", "counter", NULL,
    "Connections that nginx had room for; the others were closed."};
static const struct family nginx_requests = {
    "foobar_nginx_requests", "counter", NULL,
    "All requests of this nginx, with foobar_pass or without."};
static const struct family workers = {"foobar_worker_processes", "gauge", NULL,
                                      "Worker processes of the configuration."};
static const struct family started = {"foobar_start_time_seconds", "gauge",
                                      "seconds",
                                      "Since when is counted, in Unix time."};
static const struct family loaded = {
    "foobar_load_time_seconds", "gauge", "seconds",
    "When the configuration was read, in Unix time."};
static const struct family zone_size = {"foobar_zone_size_bytes", "gauge",
                                        "bytes",
                                        "Shared memory of foobar_zone."};
static const struct family zone_free = {
    "foobar_zone_free_bytes", "gauge", "bytes",
    "Shared memory in which no record lies yet."};
static const struct family build = {"foobar_build", "info", NULL,
                                    "The versions of the module and nginx."};

static const char *const bounds[FOOBAR_BUCKETS] = {
#define FOOBAR_BOUND(ms, label) label,
    FOOBAR_BOUNDS(FOOBAR_BOUND)
#undef FOOBAR_BOUND
        "+Inf",
};

static const char *const status_classes[FOOBAR_STATUS_CLASSES] = {
    "other", "1xx", "2xx", "3xx", "4xx", "5xx"};


static uint64_t
value_of(const foobar_counter *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}


/* What is put together here is shorter than the buffer, whatever is told. */

__attribute__((format(printf, 2, 3))) static void
put(struct text *text, const char *format, ...)
{
    char line[2 * LABELS_MAX];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(line, sizeof(line), format, args);
    va_end(args);

    if (length > 0 && (size_t) length < sizeof(line)) {
        text->sink(text->to, line, (size_t) length);
    }
}


/*
 * A name as the inside of a string; OpenMetrics and JSON escape the same
 * way what can stand in one here. Anything but printable ASCII is shown as
 * a question mark: names are addresses and words of the configuration.
 */

static void
escape(const char *name, char *escaped, size_t size)
{
    size_t length = 0;

    for (; *name != '\0' && length + 3 <= size; name++) {
        if (*name == '"' || *name == '\\') {
            escaped[length++] = '\\';
        }
        escaped[length++] = *name >= ' ' && *name <= '~' ? *name : '?';
    }
    escaped[length] = '\0';
}


/* Milliseconds as seconds, exactly. */

struct seconds {
    char text[32];
};

static struct seconds
seconds(uint64_t ms)
{
    struct seconds s;

    (void) snprintf(s.text, sizeof(s.text), "%" PRIu64 ".%03u", ms / 1000,
                    (unsigned) (ms % 1000));
    return s;
}


/* What is seen of a class's requests by status, at one moment. */

struct status_seen {
    unsigned status;
    uint64_t requests;
};

static size_t
see_statuses(const struct foobar_class *class,
             struct status_seen seen[FOOBAR_STATUSES_MAX])
{
    size_t count = 0;
    size_t i;
    size_t at;

    for (i = 0; i < FOOBAR_STATUSES_MAX; i++) {
        struct status_seen one;

        one.status = atomic_load(&class->statuses[i].status);
        one.requests = value_of(&class->statuses[i].requests);
        if (one.requests == 0) {
            continue;
        }
        for (at = count; at > 0 && seen[at - 1].status > one.status; at--) {
            seen[at] = seen[at - 1];
        }
        seen[at] = one;
        count++;
    }
    return count;
}


/* The same of a histogram: how many are in a bucket or in one before it. */

struct histogram_seen {
    uint64_t upto[FOOBAR_BUCKETS];
    uint64_t count;
    uint64_t sum;
};

static struct histogram_seen
see_histogram(const struct foobar_histogram *histogram)
{
    struct histogram_seen seen;
    unsigned i;

    seen.count = 0;
    seen.sum = value_of(&histogram->sum);
    for (i = 0; i < FOOBAR_BUCKETS; i++) {
        seen.count += value_of(&histogram->buckets[i]);
        seen.upto[i] = seen.count;
    }
    return seen;
}


/* --------------------------------------------------------- the text forms */

static bool
is_openmetrics(const struct text *text)
{
    return text->format == FOOBAR_FORMAT_OPENMETRICS;
}


/*
 * OpenMetrics describes a family, of which samples have the name with an
 * ending; the older form describes the name that the samples have.
 */

static const char *
ending(const struct family *family)
{
    if (strcmp(family->type, "counter") == 0) {
        return "_total";
    }
    return strcmp(family->type, "info") == 0 ? "_info" : "";
}


static void
describe(struct text *text, const struct family *family)
{
    const char *end = is_openmetrics(text) ? "" : ending(family);
    const char *type = family->type;

    if (!is_openmetrics(text) && strcmp(type, "info") == 0) {
        type = "gauge";
    }
    put(text, "# TYPE %s%s %s\n", family->name, end, type);
    if (is_openmetrics(text) && family->unit != NULL) {
        put(text, "# UNIT %s %s\n", family->name, family->unit);
    }
    put(text, "# HELP %s%s %s\n", family->name, end, family->help);
}


/* `labels` with their braces, or "". */

static void
sample(struct text *text, const struct family *family, const char *labels,
       uint64_t value)
{
    put(text, "%s%s%s %" PRIu64 "\n", family->name, ending(family), labels,
        value);
}


static void
created(struct text *text, const struct family *family, const char *labels,
        int64_t ms)
{
    if (is_openmetrics(text)) {
        put(text, "%s_created%s %s\n", family->name, labels,
            seconds((uint64_t) ms).text);
    }
}


static void
counter(struct text *text, const struct family *family, const char *labels,
        uint64_t value, int64_t since)
{
    sample(text, family, labels, value);
    created(text, family, labels, since);
}


/* A family that has one sample. */

static void
single(struct text *text, const struct family *family, uint64_t value)
{
    describe(text, family);
    sample(text, family, "", value);
}


static void
single_time(struct text *text, const struct family *family, int64_t ms)
{
    describe(text, family);
    put(text, "%s %s\n", family->name, seconds((uint64_t) ms).text);
}


/* `labels` without braces: le follows them. */

static void
histogram(struct text *text, const struct family *family, const char *labels,
          const struct foobar_histogram *counts, int64_t since)
{
    struct histogram_seen seen = see_histogram(counts);
    char braced[LABELS_MAX];
    unsigned i;

    if (seen.count == 0) {
        return;
    }
    for (i = 0; i < FOOBAR_BUCKETS; i++) {
        put(text, "%s_bucket{%s,le=\"%s\"} %" PRIu64 "\n", family->name, labels,
            bounds[i], seen.upto[i]);
    }
    (void) snprintf(braced, sizeof(braced), "{%s}", labels);
    put(text, "%s_count%s %" PRIu64 "\n", family->name, braced, seen.count);
    put(text, "%s_sum%s %s\n", family->name, braced, seconds(seen.sum).text);
    created(text, family, braced, since);
}


static void
write_requests(struct text *text, const struct foobar_class *class,
               const char *name)
{
    struct status_seen seen[FOOBAR_STATUSES_MAX];
    size_t count = see_statuses(class, seen);
    uint64_t others = value_of(&class->other_requests);
    char labels[LABELS_MAX];
    size_t i;

    for (i = 0; i < count; i++) {
        (void) snprintf(labels, sizeof(labels), "{class=\"%s\",code=\"%u\"}",
                        name, seen[i].status);
        counter(text, &requests, labels, seen[i].requests, class->created);
    }
    if (others > 0) {
        (void) snprintf(labels, sizeof(labels), "{class=\"%s\",code=\"other\"}",
                        name);
        counter(text, &requests, labels, others, class->created);
    }
}


static void
write_bytes(struct text *text, const struct foobar_class *class,
            const char *name, const struct family *family)
{
    char labels[LABELS_MAX];

    (void) snprintf(labels, sizeof(labels), "{class=\"%s\"}", name);
    counter(text, family, labels,
            value_of(family == &received ? &class->received
                     : family == &sent   ? &class->sent
                                         : &class->retries),
            class->created);
}


static void
write_times(struct text *text, const struct foobar_class *class,
            const char *name, const struct family *family)
{
    char labels[LABELS_MAX];
    unsigned i;

    if (family != &duration) {
        (void) snprintf(labels, sizeof(labels), "class=\"%s\"", name);
        histogram(text, family, labels,
                  family == &header_time ? &class->headers : &class->responses,
                  class->created);
        return;
    }
    for (i = 0; i < FOOBAR_STATUS_CLASSES; i++) {
        (void) snprintf(labels, sizeof(labels), "class=\"%s\",status=\"%s\"",
                        name, status_classes[i]);
        histogram(text, family, labels, &class->durations[i], class->created);
    }
}


/* The samples of a family stand together: so a family asks all classes. */

static void
write_classes(struct text *text, const struct foobar_report *report)
{
    static const struct family *const families[] = {
        &requests,    &received,      &sent,    &duration,
        &header_time, &response_time, &retries,
    };
    size_t family;
    size_t i;

    for (family = 0; family < sizeof(families) / sizeof(families[0]);
         family++) {
        const struct family *what = families[family];

        describe(text, what);
        for (i = 0; i < report->class_count; i++) {
            const struct foobar_class *class = report->classes[i];
            char name[2 * FOOBAR_CLASS_SIZE];

            escape(class->name, name, sizeof(name));
            if (what == &requests) {
                write_requests(text, class, name);
            } else if (strcmp(what->type, "histogram") == 0) {
                write_times(text, class, name, what);
            } else {
                write_bytes(text, class, name, what);
            }
        }
    }
}


static void
write_applications(struct text *text, const struct foobar_report *report)
{
    static const struct family *const families[] = {&in_flight, &refused};
    size_t family;
    size_t i;

    for (family = 0; family < 2; family++) {
        describe(text, families[family]);
        for (i = 0; i < report->application_count; i++) {
            const struct foobar_application *app = &report->applications[i];
            char labels[LABELS_MAX];
            char name[LABELS_MAX - sizeof("{application=\"\"}")];

            escape(app->name, name, sizeof(name));
            (void) snprintf(labels, sizeof(labels), "{application=\"%s\"}",
                            name);
            if (families[family] == &in_flight) {
                sample(text, &in_flight, labels, app->in_flight);
            } else {
                counter(text, &refused, labels, app->refused, app->created);
            }
        }
    }
}


static void
write_connections(struct text *text, const struct foobar_connections *now)
{
    describe(text, &connections);
    sample(text, &connections, "{state=\"active\"}", now->active);
    sample(text, &connections, "{state=\"reading\"}", now->reading);
    sample(text, &connections, "{state=\"writing\"}", now->writing);
    sample(text, &connections, "{state=\"waiting\"}", now->waiting);
    single(text, &accepted, now->accepted);
    single(text, &handled, now->handled);
    single(text, &nginx_requests, now->requests);
}


static void
write_text(struct text *text, const struct foobar_report *report)
{
    write_classes(text, report);
    write_applications(text, report);
    if (report->connections != NULL) {
        write_connections(text, report->connections);
    }
    single(text, &workers, report->workers);
    single_time(text, &started, report->started);
    single_time(text, &loaded, report->loaded);
    single(text, &zone_size, report->zone_size);
    single(text, &zone_free, report->zone_free);
    describe(text, &build);
    put(text, "%s_info{version=\"%s\",nginx=\"%s\"} 1\n", build.name,
        report->version, report->nginx);
    if (is_openmetrics(text)) {
        put(text, "# EOF\n");
    }
}


/* ------------------------------------------------------------------- JSON */

static void
json_histogram(struct text *text, const struct histogram_seen *seen)
{
    unsigned i;

    put(text, "{\"count\":%" PRIu64 ",\"sum\":%s,\"buckets\":{", seen->count,
        seconds(seen->sum).text);
    for (i = 0; i < FOOBAR_BUCKETS; i++) {
        put(text, "%s\"%s\":%" PRIu64, i > 0 ? "," : "", bounds[i],
            seen->upto[i]);
    }
    put(text, "}}");
}


static void
json_requests(struct text *text, const struct foobar_class *class)
{
    struct status_seen seen[FOOBAR_STATUSES_MAX];
    size_t count = see_statuses(class, seen);
    uint64_t others = value_of(&class->other_requests);
    size_t i;

    put(text, ",\"requests\":{");
    for (i = 0; i < count; i++) {
        put(text, "%s\"%u\":%" PRIu64, i > 0 ? "," : "", seen[i].status,
            seen[i].requests);
    }
    if (others > 0) {
        put(text, "%s\"other\":%" PRIu64, count > 0 ? "," : "", others);
    }
    put(text, "}");
}


static void
json_durations(struct text *text, const struct foobar_class *class)
{
    const char *comma = "";
    unsigned i;

    put(text, ",\"duration_seconds\":{");
    for (i = 0; i < FOOBAR_STATUS_CLASSES; i++) {
        struct histogram_seen seen = see_histogram(&class->durations[i]);

        if (seen.count > 0) {
            put(text, "%s\"%s\":", comma, status_classes[i]);
            json_histogram(text, &seen);
            comma = ",";
        }
    }
    put(text, "}");
}


static void
json_class(struct text *text, const struct foobar_class *class)
{
    struct histogram_seen headers = see_histogram(&class->headers);
    struct histogram_seen responses = see_histogram(&class->responses);
    char name[2 * FOOBAR_CLASS_SIZE];

    escape(class->name, name, sizeof(name));
    put(text, "{\"class\":\"%s\",\"created\":%s", name,
        seconds((uint64_t) class->created).text);
    json_requests(text, class);
    put(text, ",\"received_bytes\":%" PRIu64 ",\"sent_bytes\":%" PRIu64,
        value_of(&class->received), value_of(&class->sent));
    json_durations(text, class);
    put(text, ",\"upstream_header_seconds\":");
    json_histogram(text, &headers);
    put(text, ",\"upstream_response_seconds\":");
    json_histogram(text, &responses);
    put(text, ",\"upstream_retries\":%" PRIu64 "}", value_of(&class->retries));
}


static void
json_application(struct text *text, const struct foobar_application *app)
{
    char name[LABELS_MAX];

    escape(app->name, name, sizeof(name));
    put(text,
        "{\"application\":\"%s\",\"created\":%s,\"in_flight\":%" PRIu64
        ",\"in_flight_refused\":%" PRIu64 "}",
        name, seconds((uint64_t) app->created).text, app->in_flight,
        app->refused);
}


static void
json_connections(struct text *text, const struct foobar_connections *now)
{
    put(text,
        "\"nginx_connections\":{\"active\":%" PRIu64 ",\"reading\":%" PRIu64
        ",\"writing\":%" PRIu64 ",\"waiting\":%" PRIu64 "},\n",
        now->active, now->reading, now->writing, now->waiting);
    put(text,
        "\"nginx_connections_accepted\":%" PRIu64
        ",\"nginx_connections_handled\":%" PRIu64 ",\"nginx_requests\":%" PRIu64
        ",\n",
        now->accepted, now->handled, now->requests);
}


static void
write_json(struct text *text, const struct foobar_report *report)
{
    size_t i;

    put(text, "{\"build\":{\"version\":\"%s\",\"nginx\":\"%s\"},\n",
        report->version, report->nginx);
    put(text, "\"start_time_seconds\":%s,\"load_time_seconds\":%s,\n",
        seconds((uint64_t) report->started).text,
        seconds((uint64_t) report->loaded).text);
    put(text,
        "\"worker_processes\":%" PRIu64 ",\"zone_size_bytes\":%" PRIu64
        ",\"zone_free_bytes\":%" PRIu64 ",\n",
        report->workers, report->zone_size, report->zone_free);
    if (report->connections != NULL) {
        json_connections(text, report->connections);
    }
    put(text, "\"applications\":[");
    for (i = 0; i < report->application_count; i++) {
        put(text, "%s\n", i > 0 ? "," : "");
        json_application(text, &report->applications[i]);
    }
    put(text, "],\n\"classes\":[");
    for (i = 0; i < report->class_count; i++) {
        put(text, "%s\n", i > 0 ? "," : "");
        json_class(text, report->classes[i]);
    }
    put(text, "]}\n");
}


void
foobar_metrics_write(const struct foobar_report *report,
                     enum foobar_format format, foobar_metrics_sink sink,
                     void *to)
{
    struct text text = {sink, to, format};

    if (format == FOOBAR_FORMAT_JSON) {
        write_json(&text, report);
    } else {
        write_text(&text, report);
    }
}
