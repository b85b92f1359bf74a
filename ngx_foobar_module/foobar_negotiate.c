/*
 * Accept-Encoding: see foobar_negotiate.h. The grammar, with white space
 * allowed around "," and ";":
 *
 *     header   item , item , ...
 *     item     coding  or  coding ; q=weight
 *     weight   0 or 1, and up to three digits behind a dot; at most 1
 */

#include <stdbool.h>
#include <string.h>

#include "foobar_negotiate.h"


#define WEIGHT_MAX 1000


#define NAME(text) text, sizeof(text) - 1

static const struct {
    const char *name;
    size_t length;
    enum foobar_coding coding;
} names[] = {
    {NAME("br"), FOOBAR_BR},
    {NAME("zstd"), FOOBAR_ZSTD},
    {NAME("gzip"), FOOBAR_GZIP},
    {NAME("x-gzip"), FOOBAR_GZIP}, /* its name of old times */
    {NAME("identity"), FOOBAR_IDENTITY},
};

#undef NAME

static const char *const suffixes[FOOBAR_CODINGS] = {
    [FOOBAR_BR] = ".br", [FOOBAR_ZSTD] = ".zst", [FOOBAR_GZIP] = ".gz"};


/* What is still to be read. */
struct cursor {
    const char *at;
    const char *end;
};


const char *
foobar_coding_name(enum foobar_coding coding)
{
    size_t i = 0;

    while (names[i].coding != coding) {
        i++;
    }

    return names[i].name;
}


const char *
foobar_coding_suffix(enum foobar_coding coding)
{
    return suffixes[coding];
}


/* The RFC's tchar: what the name of a coding is made of. */

static bool
is_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9')
           || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}


static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}


static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}


/* `name` is as long, and in lower case. */

static bool
is_name(const char *text, size_t length, const char *name)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (lower(text[i]) != name[i]) {
            return false;
        }
    }

    return true;
}


static void
skip_space(struct cursor *item)
{
    while (item->at < item->end && (*item->at == ' ' || *item->at == '\t')) {
        item->at++;
    }
}


static bool
take(struct cursor *item, char c)
{
    if (item->at == item->end || lower(*item->at) != c) {
        return false;
    }

    item->at++;
    return true;
}


/* "0.25" is 250. FOOBAR_UNSAID: this is no weight. */

static int
take_weight(struct cursor *item)
{
    int weight;
    int place;

    if (take(item, '0')) {
        weight = 0;
    } else if (take(item, '1')) {
        weight = WEIGHT_MAX;
    } else {
        return FOOBAR_UNSAID;
    }

    if (take(item, '.')) {
        for (place = WEIGHT_MAX / 10;
             place > 0 && item->at < item->end && is_digit(*item->at);
             place /= 10) {
            weight += (*item->at++ - '0') * place;
        }
    }

    return weight <= WEIGHT_MAX ? weight : FOOBAR_UNSAID;
}


/* What stands behind the name of a coding, up to the end of its item. */

static int
take_parameters(struct cursor *item)
{
    int weight = WEIGHT_MAX;

    skip_space(item);

    if (take(item, ';')) {
        skip_space(item);

        if (!take(item, 'q') || !take(item, '=')) {
            return FOOBAR_UNSAID;
        }

        weight = take_weight(item);
        skip_space(item);
    }

    return item->at == item->end ? weight : FOOBAR_UNSAID;
}


static void
raise(int *weight, int to)
{
    if (to > *weight) {
        *weight = to;
    }
}


static void
read_item(struct foobar_accept *accept, struct cursor item)
{
    const char *name;
    size_t length;
    size_t i;
    int weight;

    skip_space(&item);
    name = item.at;

    while (item.at < item.end && is_token(*item.at)) {
        item.at++;
    }

    length = (size_t) (item.at - name);
    weight = take_parameters(&item);

    if (length == 1 && *name == '*') {
        raise(&accept->others, weight);
        return;
    }

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (length == names[i].length && is_name(name, length, names[i].name)) {
            raise(&accept->weights[names[i].coding], weight);
        }
    }
}


void
foobar_accept_init(struct foobar_accept *accept)
{
    size_t i;

    for (i = 0; i <= FOOBAR_CODINGS; i++) {
        accept->weights[i] = FOOBAR_UNSAID;
    }

    accept->others = FOOBAR_UNSAID;
}


void
foobar_accept_read(struct foobar_accept *accept, const char *value,
                   size_t length)
{
    struct cursor item;
    const char *end = value + length;

    for (item.at = value; item.at < end; item.at = item.end + 1) {
        item.end = memchr(item.at, ',', (size_t) (end - item.at));

        if (item.end == NULL) {
            item.end = end;
        }

        read_item(accept, item);
    }
}


/* What is neither named nor covered by "*" is the last that is wanted. */

static int
weight_of(const struct foobar_accept *accept, enum foobar_coding coding)
{
    int weight = accept->weights[coding];

    if (weight == FOOBAR_UNSAID) {
        weight = accept->others;
    }

    return weight == FOOBAR_UNSAID ? 0 : weight;
}


size_t
foobar_negotiate(const struct foobar_accept *accept,
                 const enum foobar_coding *offered, size_t count,
                 enum foobar_coding wanted[FOOBAR_CODINGS])
{
    int identity = weight_of(accept, FOOBAR_IDENTITY);
    size_t found = 0;
    size_t i;
    size_t place;

    for (i = 0; i < count; i++) {
        int weight = weight_of(accept, offered[i]);

        if (weight == 0 || weight < identity) {
            continue;
        }

        for (place = found;
             place > 0 && weight_of(accept, wanted[place - 1]) < weight;
             place--) {
            wanted[place] = wanted[place - 1];
        }

        wanted[place] = offered[i];
        found++;
    }

    return found;
}
