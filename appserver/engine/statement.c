/*
 * Typed rows: api/foobar/statement.h. A struct of a row is a list of members
 * of eight bytes each, a number or a pointer, in the order of its columns.
 */

#include <foobar/request.h>
#include <foobar/statement.h>

#include <string.h>

#include "database.h"
#include "request.h"

union member {
    int64_t integer;
    const char *text;
};
_Static_assert(sizeof(union member) == sizeof(int64_t) &&
                   sizeof(const char *) == sizeof(int64_t),
               "members of rows have eight bytes");

static const struct fb_row_type *row_type(struct fb_request *request,
                                          unsigned statement,
                                          const struct fb_rows *rows)
{
    const struct fb_statement *row =
        database_statement(request->database, statement);
    const struct fb_row_type *type = row->row;

    size_t described = type != NULL ? type->count : 0;

    if (described == 0) {
        request_fail(request, "statement %s: its row is not described",
                     row->name);
    }
    if (described != fb_column_count(rows)) {
        request_fail(request,
                     "statement %s returns %u columns, and its row has %zu; "
                     "run make check-sql",
                     row->name, fb_column_count(rows), described);
    }
    return type;
}

static void fill(const struct fb_rows *rows, const struct fb_row_type *type,
                 union member *members)
{
    unsigned i;

    for (i = 0; i < type->count; i++) {
        switch (type->columns[i].kind) {
        case FB_COLUMN_INT:
            members[i].integer = fb_column_int(rows, i);
            break;
        case FB_COLUMN_TEXT:
            members[i].text = fb_column_text(rows, i);
            break;
        case FB_COLUMN_MAYBE_TEXT:
            members[i].text =
                fb_column_is_null(rows, i) ? NULL : fb_column_text(rows, i);
            break;
        }
    }
}

/* Into the caller's pointer, whatever struct it points to. */
static void give(void *pointer, const void *rows)
{
    memcpy(pointer, &rows, sizeof(rows));
}

enum fb_result fb_list_values(struct fb_request *request, unsigned statement,
                              void *rows, size_t *row_count,
                              const struct fb_value *values, size_t count)
{
    const struct fb_row_type *type;
    struct fb_rows *found;
    union member *members;
    enum fb_result result;

    give(rows, NULL);
    *row_count = 0;
    result = fb_select_values(request, statement, &found, values, count);
    if (result != FB_OK) {
        return result;
    }
    type = row_type(request, statement, found);
    /* One more, so that no rows are an array too. */
    members = fb_alloc(request, (fb_row_count(found) + 1) * type->count *
                                    sizeof(*members));
    give(rows, members);
    for (; fb_next(found); members += type->count) {
        fill(found, type, members);
        ++*row_count;
    }
    return FB_OK;
}

enum fb_result fb_find_values(struct fb_request *request, unsigned statement,
                              void *row, const struct fb_value *values,
                              size_t count)
{
    const struct fb_row_type *type;
    struct fb_rows *found;
    union member *members;
    enum fb_result result;

    give(row, NULL);
    result = fb_select_values(request, statement, &found, values, count);
    if (result != FB_OK) {
        return result;
    }
    type = row_type(request, statement, found);
    if (!fb_next(found)) {
        return FB_NOT_FOUND;
    }
    members = fb_alloc(request, type->count * sizeof(*members));
    fill(found, type, members);
    give(row, members);
    return FB_OK;
}
