/*
 * The parameters behind the value of a header, as in
 *
 *     multipart/form-data; boundary=abc
 *     form-data; name="picture"; filename="me.jpg"
 *
 * Where programs read these differently, an attacker shows each of them what
 * it should see. So whatever can be read in two ways is broken: a parameter
 * that comes twice, a quotation without an end, the continuations of RFC 2231
 * (name*0=, name*1=).
 */

#ifndef ENGINE_HEADER_PARAMS_H
#define ENGINE_HEADER_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

#define PARAM_NAME_MAX 31
#define PARAM_VALUE_MAX 1024

struct param {
    char name[PARAM_NAME_MAX + 1]; /* in small letters */
    char value[PARAM_VALUE_MAX + 1];
    size_t length;
};

enum param_result {
    PARAM_END,
    PARAM_TAKEN,
    PARAM_BROKEN
};

/*
 * Takes the next parameter from *at, which is moved behind it. Of a quoted
 * value \" and \\ mean the second character; any other backslash stands for
 * itself, because browsers sent whole paths of Windows once.
 */
enum param_result param_next(const char **at, struct param *param);

/*
 * The value of name* (RFC 8187: UTF-8''%c3%a4.txt) in its place; false when it
 * is none.
 */
bool param_decode_extended(struct param *param);

/* Whether the value before the parameters is `word`; then *at is behind it. */
bool param_value_is(const char **at, const char *word);

#endif
