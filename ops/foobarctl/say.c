/* What foobarctl says; see say.h. */

#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define LOG_MAX_BYTES ((off_t)16 * 1024 * 1024)

static bool colours;
static bool unheard;
static int parent = -1;
static char log_file[PATH_MAX];

void say_set_up(void)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    colours = isatty(STDOUT_FILENO) &&
              (no_colour == NULL || no_colour[0] == '\0') &&
              (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

void say_tell_parent(int fd)
{
    if (parent >= 0) {
        close(parent);
    }
    parent = fd;
}

bool say_is_unheard(void)
{
    return unheard;
}

/* All of it, unless the reader is gone; there is no one else to tell. */
static void put(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, bytes, length);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            unheard = unheard || (fd == STDOUT_FILENO && errno != ENOSPC);
            return;
        }
        bytes += done;
        length -= (size_t)done;
    }
}

static bool open_log(void)
{
    int fd = open(log_file,
                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        return complain("cannot write %s: %s", log_file, strerror(errno));
    }
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    close(fd);
    return true;
}

bool say_to_log(const char *file)
{
    snprintf(log_file, sizeof(log_file), "%s", file);
    colours = false;
    return open_log();
}

static void limit_log(void)
{
    char older[PATH_MAX + 4];
    struct stat status;

    if (log_file[0] == '\0' || fstat(STDOUT_FILENO, &status) != 0 ||
        status.st_size < LOG_MAX_BYTES) {
        return;
    }
    snprintf(older, sizeof(older), "%s.1", log_file);
    if (rename(log_file, older) == 0) {
        open_log();
    }
}

static size_t clean(char *target, const char *line, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)line[i];

        target[i] =
            (byte < 0x20 && byte != '\t') || byte == 0x7f ? '?' : line[i];
    }
    return length;
}

void say_line(const char *label, enum say_colour colour, const char *line,
              size_t length)
{
    char text[LINE_MAX_BYTES + 64];
    size_t used;
    int head;

    if (length > LINE_MAX_BYTES) {
        length = LINE_MAX_BYTES;
    }
    if (colours && colour != SAY_PLAIN) {
        head = snprintf(text, sizeof(text), "\033[%dm%-*s |\033[0m ",
                        (int)colour, SAY_LABEL_WIDTH, label);
    } else {
        head = snprintf(text, sizeof(text), "%-*s | ", SAY_LABEL_WIDTH, label);
    }
    used = (size_t)head;
    used += clean(text + used, line, length);
    text[used++] = '\n';
    put(STDOUT_FILENO, text, used);
    limit_log();
}

static void tell_parent(const char *kind, const char *text)
{
    char line[LINE_MAX_BYTES + 32];
    int length;

    if (parent >= 0) {
        length = snprintf(line, sizeof(line), "%s %s\n", kind, text);
        put(parent, line, (size_t)length);
    }
}

static void format_text(char *text, size_t size, const char *format,
                        va_list arguments)
{
    vsnprintf(text, size, format, arguments);
    clean(text, text, strlen(text));
}

void say(const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list arguments;

    va_start(arguments, format);
    format_text(text, sizeof(text), format, arguments);
    va_end(arguments);
    say_line("foobar", SAY_GREEN, text, strlen(text));
    tell_parent("say", text);
}

static void put_problem(const char *head, const char *text)
{
    char line[LINE_MAX_BYTES + 64];
    int length = snprintf(line, sizeof(line), "%s%s\n", head, text);

    put(STDERR_FILENO, line, (size_t)length);
    tell_parent("problem", line[0] == ' ' ? line + 4 : text);
}

bool complain(const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list arguments;

    va_start(arguments, format);
    format_text(text, sizeof(text), format, arguments);
    va_end(arguments);
    put_problem("foobarctl: ", text);
    return false;
}

void say_detail(const char *line)
{
    put_problem("    | ", line);
}

void say_ready(const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list arguments;

    va_start(arguments, format);
    format_text(text, sizeof(text), format, arguments);
    va_end(arguments);
    say_line("foobar", SAY_GREEN, text, strlen(text));
    tell_parent("ready", text);
}
