/* Settings from files and from the command line; settings.h has the table. */

#include "settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const char *key;
    const char *help;
    const char *default_text; /* NULL for a number */
    int default_int;
    int least;
    int most;
    size_t offset;
};

static const struct row rows[] = {
#define SETTING_TEXT(field, key, default, help) \
    {key, help, default, 0, 0, 0, offsetof(struct settings, field)},
#define SETTING_INT(field, key, default, least, most, help) \
    {key, help, NULL, default, least, most, offsetof(struct settings, field)},
    SETTINGS(SETTING_TEXT, SETTING_INT)
#undef SETTING_TEXT
#undef SETTING_INT
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static char **text_at(struct settings *settings, const struct row *row)
{
    return (char **)((char *)settings + row->offset);
}

static int *int_at(struct settings *settings, const struct row *row)
{
    return (int *)((char *)settings + row->offset);
}

static void set_text(struct settings *settings, const struct row *row,
                     const char *value)
{
    char *copy = strdup(value);

    if (copy == NULL) {
        abort(); /* a start without memory for its settings cannot go on */
    }
    free(*text_at(settings, row));
    *text_at(settings, row) = copy;
}

void settings_init(struct settings *settings)
{
    size_t i;

    memset(settings, 0, sizeof(*settings));
    for (i = 0; i < ROW_COUNT; i++) {
        if (rows[i].default_text != NULL) {
            set_text(settings, &rows[i], rows[i].default_text);
        } else {
            *int_at(settings, &rows[i]) = rows[i].default_int;
        }
    }
}

void settings_free(struct settings *settings)
{
    size_t i;

    for (i = 0; i < ROW_COUNT; i++) {
        if (rows[i].default_text != NULL) {
            free(*text_at(settings, &rows[i]));
        }
    }
    memset(settings, 0, sizeof(*settings));
}

/* "db_socket" and "db-socket" are the same key. */
static bool same_key(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        if (*a != *b && !(*a == '_' && *b == '-')) {
            return false;
        }
    }
    return *a == *b;
}

bool settings_set(struct settings *settings, const char *key, const char *value,
                  char *problem, size_t size)
{
    const struct row *row = NULL;
    char *end;
    long number;
    size_t i;

    for (i = 0; i < ROW_COUNT && row == NULL; i++) {
        if (same_key(key, rows[i].key)) {
            row = &rows[i];
        }
    }
    if (row == NULL) {
        snprintf(problem, size, "there is no setting \"%s\"", key);
        return false;
    }
    if (row->default_text != NULL) {
        if (strlen(value) > SETTINGS_TEXT_MAX) {
            snprintf(problem, size, "the value of %s is too long", row->key);
            return false;
        }
        set_text(settings, row, value);
        return true;
    }
    errno = 0;
    number = strtol(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || number < row->least ||
        number > row->most) {
        snprintf(problem, size, "%s takes a number from %d to %d, not \"%s\"",
                 row->key, row->least, row->most, value);
        return false;
    }
    *int_at(settings, row) = (int)number;
    return true;
}

static char *trim(char *text)
{
    size_t length;

    text += strspn(text, " \t");
    length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL) {
        text[--length] = '\0';
    }
    return text;
}

static bool read_line(struct settings *settings, char *line, char *problem,
                      size_t size)
{
    char *equals;
    char *key = trim(line);

    if (*key == '\0' || *key == '#') {
        return true;
    }
    equals = strchr(key, '=');
    if (equals == NULL) {
        snprintf(problem, size, "a line is \"key = value\"");
        return false;
    }
    *equals = '\0';
    return settings_set(settings, trim(key), trim(equals + 1), problem, size);
}

bool settings_read(struct settings *settings, const char *file, char *problem,
                   size_t size)
{
    char line[SETTINGS_TEXT_MAX + 256];
    char reason[256];
    FILE *stream = fopen(file, "re");
    int number = 0;
    bool good = true;

    if (stream == NULL) {
        snprintf(problem, size, "%s: %s", file, strerror(errno));
        return false;
    }
    while (good && fgets(line, sizeof(line), stream) != NULL) {
        number++;
        if (strchr(line, '\n') == NULL && !feof(stream)) {
            snprintf(reason, sizeof(reason), "the line is too long");
            good = false;
        } else {
            good = read_line(settings, line, reason, sizeof(reason));
        }
    }
    if (!good) {
        snprintf(problem, size, "%s:%d: %s", file, number, reason);
    } else if (ferror(stream)) {
        snprintf(problem, size, "%s: cannot be read", file);
        good = false;
    }
    fclose(stream);
    return good;
}

void settings_help(FILE *stream)
{
    size_t i;

    for (i = 0; i < ROW_COUNT; i++) {
        const struct row *row = &rows[i];

        fprintf(stream, "  --%-20s %s", row->key, row->help);
        if (row->default_text == NULL) {
            fprintf(stream, " (%d)", row->default_int);
        } else if (row->default_text[0] != '\0') {
            fprintf(stream, " (%s)", row->default_text);
        }
        fputc('\n', stream);
    }
}

bool settings_read_secret(const char *file, char *secret, size_t secret_size,
                          char *problem, size_t size)
{
    FILE *stream;
    bool good;

    secret[0] = '\0';
    if (file[0] == '\0') {
        return true;
    }
    stream = fopen(file, "re");
    if (stream == NULL) {
        snprintf(problem, size, "%s: %s", file, strerror(errno));
        return false;
    }
    good = fgets(secret, (int)secret_size, stream) != NULL;
    if (good) {
        good = strlen(secret) < secret_size - 1 || feof(stream);
        secret[strcspn(secret, "\r\n")] = '\0';
    }
    if (!good) {
        snprintf(problem, size,
                 "%s: its first line must be a password of less than %zu bytes",
                 file, secret_size - 1);
    }
    fclose(stream);
    return good;
}
