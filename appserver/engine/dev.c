/* The development mode: its pages; see dev.h. */

#include "dev.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dev_frames.h"

#define PROBLEM_MAX_BYTES ((size_t)64 * 1024)
#define PAGE_MAX_BYTES ((size_t)48 * 1024) /* less than one record takes */

static struct {
    bool is_on;
    const char *problem_file;
    char lines[DEV_FRAMES_TEXT_MAX];
    char page[PAGE_MAX_BYTES];
    size_t length;
} dev;

void dev_begin(const struct settings *settings)
{
    dev.is_on = settings->dev != 0;
    dev.problem_file = settings->dev_problem;
    if (dev.is_on) {
        dev_frames_begin();
    }
}

bool dev_is_on(void)
{
    return dev.is_on;
}

/* ------------------------------------------------------- a build that failed */

static ssize_t read_problem(char *text, size_t size)
{
    int fd = open(dev.problem_file, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0) {
        return 0; /* the usual case: there is no problem */
    }
    length = read(fd, text, size);
    close(fd);
    return length;
}

bool dev_answer_problem(struct fb_request *request)
{
    static const char begin[] =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
        "\n<title>The build failed</title>\n</head>\n<body>\n"
        "<h1>The build failed</h1>\n"
        "<p>Save what mends it, and load this page again.</p>\n<pre>";
    static const char end[] = "</pre>\n</body>\n</html>\n";
    char *text;
    ssize_t length;

    if (!dev.is_on || dev.problem_file[0] == '\0' ||
        access(dev.problem_file, F_OK) != 0) {
        return false;
    }
    text = arena_alloc(request->arena, PROBLEM_MAX_BYTES + 1);
    length = text != NULL ? read_problem(text, PROBLEM_MAX_BYTES) : 0;
    if (length <= 0) {
        return false;
    }
    request_clear_reply(request, 500);
    fb_out_literal(&request->out, begin, sizeof(begin) - 1);
    fb_out_text(&request->out, text);
    fb_out_literal(&request->out, end, sizeof(end) - 1);
    return true;
}

/* ---------------------------------------------------------------- a crash */

static void put(const char *text)
{
    size_t length = strlen(text);

    if (length < sizeof(dev.page) - dev.length) {
        memcpy(dev.page + dev.length, text, length);
        dev.length += length;
    }
}

/* The path is the visitor's, and a template's name may hold anything. */
static void put_escaped(const char *text)
{
    for (; *text != '\0'; text++) {
        char letter[2] = {*text, '\0'};

        put(*text == '<'   ? "&lt;"
            : *text == '>' ? "&gt;"
            : *text == '&' ? "&amp;"
                           : letter);
    }
}

struct dev_page dev_crash_page(const char *what, const char *method,
                               const char *path)
{
    dev_frames_describe(dev.lines, sizeof(dev.lines));
    dev.length = 0;
    put("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
        "\n<title>The page crashed</title>\n</head>\n<body>\n<h1>");
    put_escaped(method);
    put(" ");
    put_escaped(path);
    put(" crashed by ");
    put(what);
    put("</h1>\n<p>The innermost call comes first.</p>\n<pre>");
    put_escaped(dev.lines);
    put("</pre>\n</body>\n</html>\n");
    return (struct dev_page){dev.page, dev.length};
}

const char *dev_crash_lines(void)
{
    return dev.lines;
}
