/* Parameters of headers; header_params.h says what is broken, and why. */

#include "header_params.h"

#include <string.h>
#include <strings.h>

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-_*.!#$%&'+^`|~";

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

bool param_value_is(const char **at, const char *word)
{
    const char *begin = skip_blanks(*at);
    size_t length = strlen(word);

    if (strncasecmp(begin, word, length) != 0 ||
        (begin[length] != '\0' && strchr("; \t", begin[length]) == NULL)) {
        return false;
    }
    *at = begin + length;
    return true;
}

static bool take_name(const char **at, struct param *param)
{
    size_t length = strspn(*at, name_characters);
    size_t i;

    if (length == 0 || length > PARAM_NAME_MAX) {
        return false;
    }
    for (i = 0; i < length; i++) {
        char c = (*at)[i];

        param->name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    param->name[length] = '\0';
    *at += length;
    return true;
}

static bool add(struct param *param, char c)
{
    if (param->length == PARAM_VALUE_MAX) {
        return false;
    }
    param->value[param->length++] = c;
    return true;
}

static bool take_quoted(const char **at, struct param *param)
{
    const char *c;

    for (c = *at + 1; *c != '"'; c++) {
        if (*c == '\\' && (c[1] == '"' || c[1] == '\\')) {
            c++;
        }
        if (*c == '\0' || !add(param, *c)) {
            return false;
        }
    }
    *at = c + 1;
    return true;
}

static bool take_token(const char **at, struct param *param)
{
    const char *c;

    for (c = *at; *c != '\0' && strchr("; \t", *c) == NULL; c++) {
        if (*c == '"' || *c == ',' || !add(param, *c)) {
            return false;
        }
    }
    *at = c;
    return param->length > 0;
}

enum param_result param_next(const char **at, struct param *param)
{
    const char *c = skip_blanks(*at);

    if (*c == '\0') {
        return PARAM_END;
    }
    if (*c != ';') {
        return PARAM_BROKEN;
    }
    c = skip_blanks(c + 1);
    if (*c == '\0') {
        return PARAM_END;
    }
    param->length = 0;
    if (!take_name(&c, param) || *c != '=') {
        return PARAM_BROKEN;
    }
    c++;
    if (!(*c == '"' ? take_quoted(&c, param) : take_token(&c, param))) {
        return PARAM_BROKEN;
    }
    param->value[param->length] = '\0';
    *at = c;
    return PARAM_TAKEN;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

    return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

bool param_decode_extended(struct param *param)
{
    const char *from = param->value;
    char *to = param->value;

    if (strncasecmp(from, "utf-8'", 6) != 0) {
        return false;
    }
    from = strchr(from + 6, '\'');
    if (from == NULL) {
        return false;
    }
    for (from++; *from != '\0'; from++) {
        char c = *from;

        if (c == '%') {
            int high = hex_digit(from[1]);
            int low = high >= 0 ? hex_digit(from[2]) : -1;

            if (low < 0 || high * 16 + low == 0) {
                return false;
            }
            c = (char)(high * 16 + low);
            from += 2;
        }
        *to++ = c;
    }
    *to = '\0';
    param->length = (size_t)(to - param->value);
    return true;
}
