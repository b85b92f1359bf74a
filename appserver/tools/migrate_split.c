/* Cuts a migration's file into its statements. */

#include "migrate_split.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct cursor {
    const char *text;
    size_t length;
    size_t at;
    int line;
};

static char peek(const struct cursor *cursor, size_t ahead)
{
    return cursor->length - cursor->at > ahead
               ? cursor->text[cursor->at + ahead]
               : '\0';
}

static void step(struct cursor *cursor)
{
    if (cursor->text[cursor->at] == '\n') {
        cursor->line++;
    }
    cursor->at++;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool begins_line_comment(const struct cursor *cursor)
{
    return peek(cursor, 0) == '#' ||
           (peek(cursor, 0) == '-' && peek(cursor, 1) == '-' &&
            (is_space(peek(cursor, 2)) || cursor->length - cursor->at == 2));
}

static void skip_line(struct cursor *cursor)
{
    while (cursor->at < cursor->length && peek(cursor, 0) != '\n') {
        step(cursor);
    }
}

static bool skip_block_comment(struct cursor *cursor)
{
    step(cursor);
    step(cursor);
    while (cursor->at < cursor->length) {
        if (peek(cursor, 0) == '*' && peek(cursor, 1) == '/') {
            step(cursor);
            step(cursor);
            return true;
        }
        step(cursor);
    }
    return false;
}

/* A doubled quote is one inside; '\' escapes but in `names`. */
static bool skip_quoted(struct cursor *cursor)
{
    char quote = peek(cursor, 0);

    step(cursor);
    while (cursor->at < cursor->length) {
        char c = peek(cursor, 0);

        step(cursor);
        if (c == '\\' && quote != '`' && cursor->at < cursor->length) {
            step(cursor);
        } else if (c == quote) {
            if (peek(cursor, 0) != quote) {
                return true;
            }
            step(cursor);
        }
    }
    return false;
}

static bool add(struct statements *statements, const struct cursor *cursor,
                size_t begin, int line)
{
    struct statement *list;

    if (statements->count == MIGRATE_STATEMENTS_MAX) {
        return false;
    }
    list = realloc(statements->list, (statements->count + 1) * sizeof(*list));
    if (list == NULL) {
        return false;
    }
    statements->list = list;
    list[statements->count++] = (struct statement){.text = cursor->text + begin,
                                                   .length = cursor->at - begin,
                                                   .end = cursor->at + 1,
                                                   .line = line};
    return true;
}

bool split_statements(struct statements *statements, const char *text,
                      size_t length, const char **problem, int *line)
{
    struct cursor cursor = {.text = text, .length = length, .line = 1};
    bool inside = false;
    size_t begin = 0;
    int begin_line = 1;

    *statements = (struct statements){0};
    while (cursor.at < length) {
        char c = peek(&cursor, 0);

        *line = cursor.line;
        if (begins_line_comment(&cursor)) {
            skip_line(&cursor);
            continue;
        }
        if (c == '/' && peek(&cursor, 1) == '*' && peek(&cursor, 2) != '!') {
            if (!skip_block_comment(&cursor)) {
                *problem = "a comment is not closed";
                goto failed;
            }
            continue;
        }
        if (is_space(c) || c == ';') {
            if (c == ';' && inside) {
                if (!add(statements, &cursor, begin, begin_line)) {
                    *problem = "there are too many statements";
                    goto failed;
                }
                inside = false;
            }
            step(&cursor);
            continue;
        }
        if (!inside) {
            inside = true;
            begin = cursor.at;
            begin_line = cursor.line;
        }
        if (c != '\'' && c != '"' && c != '`') {
            step(&cursor);
        } else if (!skip_quoted(&cursor)) {
            *problem = "a quote is not closed";
            goto failed;
        }
    }
    if (inside) {
        *line = begin_line;
        *problem = "the last statement does not end with ';'";
        goto failed;
    }
    return true;

failed:
    free_statements(statements);
    return false;
}

void free_statements(struct statements *statements)
{
    free(statements->list);
    *statements = (struct statements){0};
}

bool is_data_statement(const struct statement *statement)
{
    static const char *const words[] = {"INSERT", "UPDATE", "DELETE",
                                        "REPLACE"};
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);

        if (statement->length > length &&
            strncasecmp(statement->text, words[i], length) == 0 &&
            is_space(statement->text[length])) {
            return true;
        }
    }
    return false;
}
