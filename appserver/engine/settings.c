/* Settings from files and from the command line; settings.h has the table. */

#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

_Static_assert(ROW_COUNT <= SETTINGS_MOST, "each has a place in given_at");

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
        free(settings->given_at[i]);
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

static const struct row *find_row(const char *key)
{
    size_t i;

    for (i = 0; i < ROW_COUNT; i++) {
        if (same_key(key, rows[i].key)) {
            return &rows[i];
        }
    }
    return NULL;
}

static bool set_value(struct settings *settings, const struct row *row,
                      const char *value, char *problem, size_t size)
{
    char *end;
    long number;

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

/* `where` is kept, and is NULL for the command line. */
static bool set_at(struct settings *settings, const char *where,
                   const char *key, const char *value, char *problem,
                   size_t size)
{
    const struct row *row = find_row(key);
    char **given_at;

    if (row == NULL) {
        snprintf(problem, size, "there is no setting \"%s\"", key);
        return false;
    }
    if (!set_value(settings, row, value, problem, size)) {
        return false;
    }
    given_at = &settings->given_at[row - rows];
    free(*given_at);
    if (where != NULL) {
        *given_at = strdup(where);
    } else if (asprintf(given_at, "--%s", row->key) < 0) {
        *given_at = NULL;
    }
    return true;
}

bool settings_set(struct settings *settings, const char *key, const char *value,
                  char *problem, size_t size)
{
    return set_at(settings, NULL, key, value, problem, size);
}

/* ------------------------------------------------------------------- where */

static const struct row *row_of(const struct settings *settings,
                                const void *field)
{
    size_t offset = (size_t)((const char *)field - (const char *)settings);
    size_t i = 0;

    while (rows[i].offset != offset) {
        i++;
    }
    return &rows[i];
}

bool settings_is_given(const struct settings *settings, const void *field)
{
    return settings->given_at[row_of(settings, field) - rows] != NULL;
}

const char *settings_where(const struct settings *settings, const void *field)
{
    const struct row *row = row_of(settings, field);
    const char *given_at = settings->given_at[row - rows];

    return given_at != NULL ? given_at : row->key;
}

const char *settings_where_of(const struct settings *settings,
                              const void *field, const void *other)
{
    return settings_where(settings, settings_is_given(settings, field) ||
                                            !settings_is_given(settings, other)
                                        ? field
                                        : other);
}

/* ------------------------------------------------------------------- files */

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

static bool read_line(struct settings *settings, const char *where, char *line,
                      char *problem, size_t size)
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
    return set_at(settings, where, trim(key), trim(equals + 1), problem, size);
}

/* The rest of a line that is longer than any that means something. */
static void skip_line(FILE *stream)
{
    int c;

    do {
        c = getc(stream);
    } while (c != EOF && c != '\n');
}

/* A pipe would make the master wait for whoever writes it. */
static FILE *open_file(const char *file, char *problem, size_t size)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;

    if (fd < 0) {
        snprintf(problem, size, "%s", strerror(errno));
        return NULL;
    }
    if (fstat(fd, &status) != 0 ||
        (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode))) {
        snprintf(problem, size, "it is no ordinary file");
        close(fd);
        return NULL;
    }
    return fdopen(fd, "r");
}

void settings_read(struct settings *settings, const char *file,
                   struct findings *findings)
{
    char line[SETTINGS_TEXT_MAX + 256];
    char reason[256] = "out of memory";
    char where[PATH_MAX + 16];
    FILE *stream = open_file(file, reason, sizeof(reason));
    int number = 0;

    if (stream == NULL) {
        findings_add(findings, file, "%s", reason);
        return;
    }
    while (!feof(stream) && !ferror(stream) &&
           fgets(line, sizeof(line), stream) != NULL) {
        snprintf(where, sizeof(where), "%s:%d", file, ++number);
        if (strchr(line, '\n') == NULL && !feof(stream)) {
            findings_add(findings, where, "the line is too long");
            skip_line(stream);
        } else if (!read_line(settings, where, line, reason, sizeof(reason))) {
            findings_add(findings, where, "%s", reason);
        }
    }
    if (ferror(stream)) {
        findings_add(findings, file, "cannot be read");
    }
    fclose(stream);
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

/* "credential:NAME" is a file of that name in a folder that systemd names. */
static bool find_secret(const char *file, char *path, size_t path_size,
                        char *problem, size_t size)
{
    static const char prefix[] = "credential:";
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    if (strncmp(file, prefix, sizeof(prefix) - 1) != 0) {
        snprintf(path, path_size, "%s", file);
        return true;
    }
    file += sizeof(prefix) - 1;
    if (folder == NULL || strchr(file, '/') != NULL) {
        snprintf(problem, size, "credential:%s: %s", file,
                 folder == NULL ? "systemd hands over no credentials: write "
                                  "LoadCredential= into the unit"
                                : "the name of a credential has no /");
        return false;
    }
    snprintf(path, path_size, "%s/%s", folder, file);
    return true;
}

bool settings_read_secret(const char *file, char *secret, size_t secret_size,
                          char *problem, size_t size)
{
    char path[PATH_MAX];
    FILE *stream;
    bool good;

    secret[0] = '\0';
    if (file[0] == '\0') {
        return true;
    }
    if (!find_secret(file, path, sizeof(path), problem, size)) {
        return false;
    }
    stream = open_file(path, problem, size);
    if (stream == NULL) {
        char reason[256];

        snprintf(reason, sizeof(reason), "%s", problem);
        snprintf(problem, size, "%s: %s", path, reason);
        return false;
    }
    setvbuf(stream, NULL, _IONBF, 0); /* no copy of it stays behind */
    good = fgets(secret, (int)secret_size, stream) != NULL;
    if (good) {
        good = strlen(secret) < secret_size - 1 || feof(stream);
        secret[strcspn(secret, "\r\n")] = '\0';
    }
    if (!good) {
        snprintf(problem, size,
                 "%s: its first line must be a secret of less than %zu bytes",
                 path, secret_size - 1);
    }
    fclose(stream);
    return good;
}
