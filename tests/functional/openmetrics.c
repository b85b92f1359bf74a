/*
 * Reads a report in the text form OpenMetrics 1.0 and refuses what the
 * specification does not allow, line by line.
 *
 *     openmetrics <REPORT
 *
 * Prints "LINE: what is wrong" and exits 1, or says how many samples it saw.
 * It knows the types counter, gauge, histogram and info, and takes no
 * timestamps and no exemplars: our reports have none.
 *
 * What is checked: the grammar of names, labels, escapes and numbers; that
 * the lines of a family stand together, its description first and each line
 * of that once; that the endings of names fit the type, and the name to the
 * unit; that no sample comes twice; that counters and histograms are not
 * negative; that the buckets of a histogram rise, never fall, end in +Inf and
 * agree with the count; that all samples of one set of labels stand together;
 * that the report ends in "# EOF" and nothing follows.
 */

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 4096
#define SAMPLES_MAX 100000
#define FAMILIES_MAX 256
#define LABELS_MAX 16
#define NAME_BYTES 128

static const char *const types[] = {"counter", "gauge", "histogram", "info"};

static const char *const endings[] = {"_total", "_created", "_bucket",
                                      "_count", "_sum",     "_info"};

struct family {
    char name[NAME_BYTES];
    const char *type; /* NULL: not said yet */
    bool has_unit;
    bool has_help;
    bool has_samples;
};

struct label {
    char name[NAME_BYTES];
    char value[LINE_MAX_BYTES]; /* as it is written */
};

struct sample {
    char name[NAME_BYTES];
    struct label labels[LABELS_MAX];
    size_t label_count;
    double value;
};

/* One set of labels of a histogram or counter, while its lines come. */
struct point {
    char labels[LINE_MAX_BYTES]; /* without le */
    double bound, in_bucket, count, sum;
    bool has_buckets, has_inf, has_count, has_sum, has_total;
};

static long line_number;
static struct family families[FAMILIES_MAX];
static size_t family_count;
static char *samples[SAMPLES_MAX]; /* names with their labels */
static size_t sample_count;
static char *points[SAMPLES_MAX]; /* families with a set of labels */
static size_t point_count;
static struct point point;

__attribute__((format(printf, 1, 2), noreturn)) static void
refuse(const char *format, ...)
{
    va_list args;

    printf("line %ld: ", line_number);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
    exit(1);
}

static void remember(char **list, size_t *count, const char *text,
                     const char *twice)
{
    size_t i;

    for (i = 0; i < *count; i++) {
        if (strcmp(list[i], text) == 0) {
            refuse("%s: %s", twice, text);
        }
    }
    if (*count == SAMPLES_MAX || (list[*count] = strdup(text)) == NULL) {
        refuse("too many samples for this program");
    }
    (*count)++;
}

/* ------------------------------------------------------------------ parsing */

/* Takes a name off the beginning of `at`, and returns what follows. */
static const char *take_name(const char *at, char name[NAME_BYTES], bool colon)
{
    size_t length = 0;

    while (isalpha((unsigned char)at[length]) || at[length] == '_' ||
           (colon && at[length] == ':') ||
           (length > 0 && isdigit((unsigned char)at[length]))) {
        length++;
    }
    if (length == 0 || length >= NAME_BYTES) {
        refuse("a name is expected here: %s", at);
    }
    memcpy(name, at, length);
    name[length] = '\0';
    return at + length;
}

static const char *expect(const char *at, char c)
{
    if (*at != c) {
        refuse("'%c' is expected here: %s", c, at);
    }
    return at + 1;
}

static const char *take_value(const char *at, char *value)
{
    at = expect(at, '"');
    while (*at != '"') {
        if ((unsigned char)*at < ' ' || (unsigned char)*at > '~') {
            refuse("this byte does not belong into a label: %s", at);
        }
        if (*at == '\\') {
            *value++ = *at++;
            if (*at != '\\' && *at != '"' && *at != 'n') {
                refuse("there is no such escape: \\%s", at);
            }
        }
        *value++ = *at++;
    }
    *value = '\0';
    return at + 1;
}

static const char *take_labels(const char *at, struct sample *sample)
{
    size_t i;

    if (*at != '{') {
        return at;
    }
    do {
        struct label *label = &sample->labels[sample->label_count++];

        if (sample->label_count > LABELS_MAX) {
            refuse("too many labels for this program");
        }
        at = take_name(at + 1, label->name, false);
        at = take_value(expect(at, '='), label->value);
        for (i = 0; i + 1 < sample->label_count; i++) {
            if (strcmp(sample->labels[i].name, label->name) == 0) {
                refuse("the label %s comes twice", label->name);
            }
        }
    } while (*at == ',');
    return expect(at, '}');
}

static double number(const char *text)
{
    char *end;
    double value;

    if (strcmp(text, "+Inf") == 0) {
        return INFINITY;
    }
    if (text[strspn(text, "0123456789.eE+-")] != '\0') {
        refuse("this is no number: %s", text);
    }
    value = strtod(text, &end);
    if (end == text || *end != '\0') {
        refuse("this is no number: %s", text);
    }
    return value;
}

/* ----------------------------------------------------------------- families */

static struct family *find_family(const char *name)
{
    size_t i;

    for (i = 0; i < family_count; i++) {
        if (strcmp(families[i].name, name) == 0) {
            return &families[i];
        }
    }
    return NULL;
}

static bool ends_in(const char *name, const char *ending)
{
    size_t length = strlen(name);

    return length > strlen(ending) &&
           strcmp(name + length - strlen(ending), ending) == 0;
}

static void end_point(void)
{
    const struct family *family;
    bool is_histogram;

    if (family_count == 0 || !families[family_count - 1].has_samples) {
        return;
    }
    family = &families[family_count - 1];
    is_histogram = strcmp(family->type, "histogram") == 0;
    if (strcmp(family->type, "counter") == 0 && !point.has_total) {
        refuse("before this line, %s has no _total", family->name);
    }
    if (is_histogram &&
        (!point.has_inf || !point.has_count || !point.has_sum)) {
        refuse("before this line, %s{%s} has no +Inf, _count or _sum",
               family->name, point.labels);
    }
    if (is_histogram && point.count != point.in_bucket) {
        refuse("before this line, the _count of %s{%s} is not its +Inf",
               family->name, point.labels);
    }
}

static struct family *begin_family(const char *name)
{
    struct family *family;
    size_t i;

    end_point();
    memset(&point, 0, sizeof(point));
    if (find_family(name) != NULL) {
        refuse("the family %s was told before", name);
    }
    if (family_count == FAMILIES_MAX) {
        refuse("too many families for this program");
    }
    for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (ends_in(name, endings[i])) {
            refuse("the family %s has the ending of a sample", name);
        }
    }
    family = &families[family_count++];
    (void)snprintf(family->name, sizeof(family->name), "%s", name);
    return family;
}

static void set_type(struct family *family, const char *type)
{
    size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(type, types[i]) == 0 && family->type == NULL) {
            family->type = types[i];
            return;
        }
    }
    refuse("TYPE comes twice, or is none: %s", type);
}

static void set_unit(struct family *family, const char *unit)
{
    char ending[NAME_BYTES];

    (void)snprintf(ending, sizeof(ending), "_%s", unit);
    if (family->has_unit || !ends_in(family->name, ending)) {
        refuse("UNIT comes twice, or %s does not end in it", family->name);
    }
    family->has_unit = true;
}

/* "# TYPE name rest", and UNIT and HELP */
static void read_description(const char *line)
{
    char what[NAME_BYTES];
    char name[NAME_BYTES];
    const char *rest = take_name(line + 2, what, false);
    struct family *family;

    rest = expect(take_name(expect(rest, ' '), name, true), ' ');
    family = family_count > 0 ? &families[family_count - 1] : NULL;
    if (family == NULL || strcmp(family->name, name) != 0) {
        family = begin_family(name);
    }
    if (family->has_samples) {
        refuse("%s of %s comes after its samples", what, name);
    }
    if (strcmp(what, "TYPE") == 0) {
        set_type(family, rest);
    } else if (strcmp(what, "UNIT") == 0) {
        set_unit(family, rest);
    } else if (strcmp(what, "HELP") == 0 && !family->has_help) {
        family->has_help = true;
    } else {
        refuse("HELP comes twice, or there is no such line: %s", what);
    }
}

/* ------------------------------------------------------------------ samples */

/* All labels but le, as text. */
static void write_labels(const struct sample *sample, bool with_le, char *text,
                         size_t size)
{
    size_t length = 0;
    size_t i;

    text[0] = '\0';
    for (i = 0; i < sample->label_count; i++) {
        const struct label *label = &sample->labels[i];

        if ((with_le || strcmp(label->name, "le") != 0) && length < size) {
            length += (size_t)snprintf(text + length, size - length,
                                       "%s=\"%s\",", label->name, label->value);
        }
    }
}

static const char *value_of_le(const struct sample *sample)
{
    size_t i;

    for (i = 0; i < sample->label_count; i++) {
        if (strcmp(sample->labels[i].name, "le") == 0) {
            return sample->labels[i].value;
        }
    }
    return NULL;
}

static void read_bucket(const struct sample *sample)
{
    const char *le = value_of_le(sample);
    double bound;

    if (le == NULL) {
        refuse("a bucket has no label le");
    }
    if (strcmp(le, "+Inf") != 0 && strchr(le, '.') == NULL) {
        refuse("le is not written as a fraction: %s", le);
    }
    bound = number(le);
    if (point.has_buckets &&
        (bound <= point.bound || sample->value < point.in_bucket)) {
        refuse("buckets must rise, and what is in them must not fall");
    }
    if (point.has_count || point.has_sum) {
        refuse("a bucket comes after _count or _sum");
    }
    point.has_buckets = true;
    point.bound = bound;
    point.in_bucket = sample->value;
    point.has_inf = isinf(bound);
}

static void read_of_type(const struct family *family,
                         const struct sample *sample)
{
    const char *ending = sample->name + strlen(family->name);
    bool is_counter = strcmp(family->type, "counter") == 0;
    bool is_histogram = strcmp(family->type, "histogram") == 0;

    if (isnan(sample->value) ||
        ((is_counter || is_histogram) && sample->value < 0)) {
        refuse("%s cannot have this value", sample->name);
    }
    if (value_of_le(sample) != NULL && strcmp(ending, "_bucket") != 0) {
        refuse("le is a label of buckets alone");
    }
    if (is_counter && strcmp(ending, "_total") == 0) {
        point.has_total = true;
    } else if (is_histogram && strcmp(ending, "_bucket") == 0) {
        read_bucket(sample);
    } else if (is_histogram && strcmp(ending, "_count") == 0) {
        point.has_count = true;
        point.count = sample->value;
    } else if (is_histogram && strcmp(ending, "_sum") == 0) {
        point.has_sum = true;
    } else if (!((is_counter || is_histogram) &&
                 strcmp(ending, "_created") == 0) &&
               !(strcmp(family->type, "gauge") == 0 && *ending == '\0') &&
               !(strcmp(family->type, "info") == 0 && sample->value == 1 &&
                 strcmp(ending, "_info") == 0)) {
        refuse("%s is no sample of a %s, or not with this value", sample->name,
               family->type);
    }
}

static void read_sample(const char *line)
{
    static struct sample sample;
    struct family *family;
    char labels[LINE_MAX_BYTES];
    char key[2 * LINE_MAX_BYTES];
    const char *rest;

    memset(&sample, 0, sizeof(sample));
    rest = take_labels(take_name(line, sample.name, true), &sample);
    sample.value = number(expect(rest, ' '));
    if (family_count == 0) {
        refuse("a sample comes before any family");
    }
    family = &families[family_count - 1];
    if (strncmp(sample.name, family->name, strlen(family->name)) != 0 ||
        family->type == NULL || !family->has_help) {
        refuse("%s does not belong to the family %s, or that has no TYPE and "
               "HELP",
               sample.name, family->name);
    }
    write_labels(&sample, false, labels, sizeof(labels));
    if (!family->has_samples || strcmp(labels, point.labels) != 0) {
        end_point();
        memset(&point, 0, sizeof(point));
        (void)snprintf(point.labels, sizeof(point.labels), "%s", labels);
        (void)snprintf(key, sizeof(key), "%s{%s}", family->name, labels);
        remember(points, &point_count, key,
                 "its samples do not stand together");
        family->has_samples = true;
    }
    read_of_type(family, &sample);
    write_labels(&sample, true, labels, sizeof(labels));
    (void)snprintf(key, sizeof(key), "%s{%s}", sample.name, labels);
    remember(samples, &sample_count, key, "this sample comes twice");
}

int main(void)
{
    char line[LINE_MAX_BYTES];
    bool ended = false;

    while (fgets(line, sizeof(line), stdin) != NULL) {
        size_t length = strlen(line);

        line_number++;
        if (ended) {
            refuse("something follows # EOF");
        }
        if (length == 0 || line[length - 1] != '\n') {
            refuse("the line has no end, or is too long");
        }
        line[length - 1] = '\0';
        if (strcmp(line, "# EOF") == 0) {
            end_point();
            ended = true;
        } else if (strncmp(line, "# ", 2) == 0) {
            read_description(line);
        } else {
            read_sample(line);
        }
    }
    if (!ended) {
        refuse("the report has no # EOF");
    }
    printf("%zu samples of %zu families\n", sample_count, family_count);
    return 0;
}
