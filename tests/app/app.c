/*
 * The application of the engine's own tests: pages that are slow, large,
 * poisonous or exact. It needs no database.
 */

#include <foobar/foobar.h>

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PIECE ((size_t)64 * 1024)

static void say(struct fb_request *request, const char *text)
{
    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_literal(fb_body(request), text, strlen(text));
}

static long number(struct fb_request *request, const char *name, long fallback)
{
    const char *text = fb_query(request, name);

    return text != NULL ? strtol(text, NULL, 10) : fallback;
}

static void sleep_ms(long ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};

    while (nanosleep(&left, &left) != 0) {
    }
}

static enum fb_result plain(struct fb_request *request)
{
    say(request, "Hello\n");
    return FB_OK;
}

/* Who serves this: for tests of reloads and of connections that move. */
static enum fb_result who(struct fb_request *request)
{
    say(request, fb_printf(request, "%d\n", (int)getpid()));
    return FB_OK;
}

static enum fb_result slow(struct fb_request *request)
{
    sleep_ms(number(request, "ms", 100));
    say(request, "slept\n");
    return FB_OK;
}

static enum fb_result crash(struct fb_request *request)
{
    volatile int zero = 0;

    switch (number(request, "signal", SIGSEGV)) {
    case SIGSEGV:
        *(volatile int *)(uintptr_t)(8 + zero) = 1;
        break;
    case SIGABRT:
        abort();
    case SIGKILL:
        kill(getpid(), SIGKILL);
        break;
    default:
        raise((int)number(request, "signal", SIGSEGV));
    }
    return FB_OK;
}

/* What no page does, and a burglar would. */
static enum fb_result burgle(struct fb_request *request)
{
    const char *how = fb_query(request, "how");

    if (strcmp(how, "fork") == 0) {
        /* fork() itself blocks signals, so that nobody would hear of it. */
        if (syscall(SYS_fork) == 0) {
            _exit(0);
        }
    } else if (strcmp(how, "exec") == 0) {
        execl("/bin/true", "true", (char *)NULL);
    } else if (strcmp(how, "packets") == 0) {
        close(socket(AF_PACKET, SOCK_RAW, 0));
    } else if (strcmp(how, "kill") == 0) {
        kill(getppid(), 0);
    } else if (strcmp(how, "mkdir") == 0) {
        mkdir("/", 0700);
    }
    say(request, "done\n");
    return FB_OK;
}

static enum fb_result fail(struct fb_request *request)
{
    fb_path_int(request, "nothing");
    return FB_OK;
}

static enum fb_result eat_memory(struct fb_request *request)
{
    size_t eaten;

    for (eaten = 0; eaten < SIZE_MAX - PIECE; eaten += PIECE) {
        fb_alloc(request, PIECE);
    }
    return FB_OK;
}

static char *volatile leaked;

/* As a library would that knows nothing of requests. */
static enum fb_result hog(struct fb_request *request)
{
    size_t bytes = (size_t)number(request, "mib", 1) << 20;
    char *memory = malloc(bytes);

    if (memory == NULL) {
        say(request, "refused\n");
        return FB_OK;
    }
    memset(memory, 'x', bytes);
    say(request, memory[bytes / 2] == 'x' ? "taken\n" : "wrong\n");
    if (fb_query(request, "keep") != NULL) {
        leaked = memory; /* a leak, which the next one makes worse */
    } else {
        free(memory);
    }
    return FB_OK;
}

static uint32_t checksum(const char *bytes, size_t length, uint32_t sum)
{
    size_t i;

    for (i = 0; i < length; i++) {
        sum = (sum ^ (unsigned char)bytes[i]) * 16777619U;
    }
    return sum;
}

/*
 * Does something that must not be done twice: appends its token to the file
 * that the environment names. The answer proves that the body came whole.
 */
static enum fb_result once(struct fb_request *request)
{
    const char *file = getenv("FOOBAR_TEST_LOG");
    uint64_t token = (uint64_t)number(request, "token", 0);
    uint32_t sum = 2166136261U;
    size_t total = 0;
    char buffer[4096];
    size_t got;
    int log;

    while ((got = fb_read_body(request, buffer, sizeof(buffer))) > 0) {
        sum = checksum(buffer, got, sum);
        total += got;
    }
    if (file != NULL) {
        log = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (log < 0 ||
            write(log, &token, sizeof(token)) != (ssize_t)sizeof(token)) {
            return FB_FAILED;
        }
        close(log);
    }
    say(request, fb_printf(request, "token=%llu bytes=%zu sum=%08x\n",
                           (unsigned long long)token, total, sum));
    return FB_OK;
}

static enum fb_result upload(struct fb_request *request)
{
    char *buffer = fb_alloc(request, PIECE);
    size_t total = 0;
    size_t got;

    while ((got = fb_read_body(request, buffer, PIECE)) > 0) {
        total += got;
    }
    say(request, fb_printf(request, "%zu\n", total));
    return FB_OK;
}

static enum fb_result download(struct fb_request *request)
{
    char *piece = fb_alloc(request, PIECE);
    long pieces = number(request, "mib", 1) * (long)((1 << 20) / PIECE);
    long i;

    memset(piece, 'x', PIECE);
    fb_content_type(request, "application/octet-stream");
    for (i = 0; i < pieces; i++) {
        fb_out_literal(fb_body(request), piece, PIECE);
        fb_send(request);
    }
    return FB_OK;
}

/* A large reply that is made whole before it is sent. */
static enum fb_result large(struct fb_request *request)
{
    long bytes = number(request, "bytes", 1 << 20);
    long i;

    fb_content_type(request, "text/plain; charset=utf-8");
    for (i = 0; i < bytes; i++) {
        char c = (char)('a' + i % 26);

        fb_out_literal(fb_body(request), &c, 1);
    }
    return FB_OK;
}

static enum fb_result cut(struct fb_request *request)
{
    say(request, "half of it");
    fb_send(request);
    return FB_FAILED;
}

static void work(void *context)
{
    sleep_ms(*(long *)context);
}

static enum fb_result expensive(struct fb_request *request)
{
    long ms = number(request, "ms", 50);
    enum fb_result result = fb_expensive(request, work, &ms);

    if (result == FB_OK) {
        say(request, "worked\n");
    }
    return result;
}

/* What a smuggled request would try to reach: it says who it believes. */
static enum fb_result whoami(struct fb_request *request)
{
    const char *user = fb_request_header(request, "Remote-User");

    say(request, fb_printf(request, "user=%s\n", user != NULL ? user : "-"));
    return FB_OK;
}

#define A_FIELDS(FIELD) \
    FIELD(A_FIELD, .name = "a", .kind = FB_LINES, .label = "A", .most = 60)
FB_FORM_FIELDS(a_field, A_FIELDS);
FB_FORM(a_form, A_FIELDS);

static enum fb_result form(struct fb_request *request)
{
    const struct fb_form *sent = fb_form(request);
    const char *b = fb_query(request, "b");

    say(request,
        fb_printf(request, "a=%s b=%s\n",
                  fb_form_has(sent, A_FIELD) ? fb_form_text(sent, A_FIELD)
                                             : "-",
                  b != NULL ? b : "-"));
    return FB_OK;
}

static enum fb_result headers(struct fb_request *request)
{
    fb_status(request, 201);
    fb_header(request, "X-One", "1");
    fb_header(request, "X-Id", fb_request_id(request));
    say(request, "made\n");
    return FB_OK;
}

static enum fb_result header_injection(struct fb_request *request)
{
    fb_header(request, "X-One", fb_query(request, "value"));
    return FB_OK;
}

static enum fb_result redirect(struct fb_request *request)
{
    fb_redirect(request, fb_query(request, "to"));
    return FB_OK;
}

static enum fb_result ask_for_token(struct fb_request *request)
{
    fb_header(request, "X-Token", fb_token(request) != NULL ? "some" : "none");
    return FB_OK;
}

/* A page that may be kept, and what it asks for, as its path says. */
static enum fb_result kept(struct fb_request *request)
{
    const char *what = fb_path_text(request, "what");

    if (strcmp(what, "format") == 0) {
        fb_header(request, "X-Asked",
                  fb_wants(request) == FB_JSON ? "json" : "html");
    } else if (strcmp(what, "locale") == 0) {
        fb_header(request, "X-Asked", fb_locale(request));
    } else if (strcmp(what, "currency") == 0) {
        fb_header(request, "X-Asked", fb_currency(request));
    } else if (strcmp(what, "cookie") == 0) {
        (void)fb_cookie(request, "theme");
    } else if (strcmp(what, "argument") == 0) {
        (void)fb_query(request, "other");
    } else if (strcmp(what, "page") == 0) {
        fb_header(request, "X-Asked", fb_query(request, "page"));
    } else if (strcmp(what, "set") == 0) {
        fb_set_cookie(request, &(struct fb_cookie){.name = "a", .value = "b"});
    } else if (strcmp(what, "own") == 0) {
        fb_header(request, "Cache-Control", "public, max-age=5");
    } else if (strcmp(what, "missing") == 0) {
        return FB_NOT_FOUND;
    } else if (strcmp(what, "token") == 0) {
        ask_for_token(request);
    }
    say(request, what);
    if (strcmp(what, "stream") == 0) {
        fb_send(request);
    }
    return FB_OK;
}

static enum fb_result member(struct fb_request *request)
{
    say(request, "for members\n");
    return FB_OK;
}

/* ----------------------------------------- forms of requests and replies */

/* What was read comes back, as JSON or as text. */
static enum fb_result api(struct fb_request *request)
{
    const struct fb_json *json = fb_json(request);
    const char *name = fb_json_text(json, "name", 1, 20);
    int64_t count = fb_json_int_or(json, "count", 0, 9, 1);
    struct fb_json_out *out;

    if (fb_json_is_wrong(request)) {
        return FB_INVALID;
    }
    out = fb_json_reply(request);
    fb_json_put(out, "name", name);
    fb_json_put(out, "count", count);
    return FB_OK;
}

/* A handler that forgets to close what it has opened. */
static enum fb_result half_json(struct fb_request *request)
{
    struct fb_json_out *out = fb_json_reply(request);

    fb_json_put_list(out, "open");
    return FB_OK;
}

static enum fb_result forms(struct fb_request *request)
{
    if (fb_wants(request) == FB_JSON) {
        fb_json_put(fb_json_reply(request), "form", "json");
    } else {
        fb_out_text(fb_body(request), "html");
    }
    return FB_OK;
}

static enum fb_result locale(struct fb_request *request)
{
    int64_t time = fb_time("2026-03-05T14:02:11Z");

    fb_content_type(request, "text/plain");
    fb_out_text(fb_body(request),
                fb_printf(request, "%s|%s|%s|%s\n", fb_locale(request),
                          fb_format_date_time(request, time),
                          fb_format_number(request, 1234567),
                          fb_format_money(request, 2450, "EUR")));
    return FB_OK;
}

static enum fb_result state(struct fb_request *request)
{
    if (!fb_not_modified(request, "v1", fb_time("2026-03-05T14:02:11Z"))) {
        say(request, "whole\n");
    }
    return FB_OK;
}

/* Sets the cookie that the query names, and says what it was. */
static enum fb_result cookie(struct fb_request *request)
{
    const char *value = fb_cookie(request, "taste");

    fb_set_cookie(request,
                  &(struct fb_cookie){.name = "taste",
                                      .value = fb_query(request, "value"),
                                      .seconds = 60});
    say(request, value != NULL ? value : "none");
    return FB_OK;
}

#define MARKDOWN_FIELDS(FIELD)                                              \
    FIELD(MARKDOWN_TEXT, .name = "text", .kind = FB_LINES, .label = "Text", \
          .most = 40000)
FB_FORM_FIELDS(markdown_field, MARKDOWN_FIELDS);
FB_FORM(markdown_form, MARKDOWN_FIELDS);

/* Markdown from a client, until the memory of the request is used up. */
static enum fb_result markdown(struct fb_request *request)
{
    const char *text = fb_form_text(fb_form(request), MARKDOWN_TEXT);
    long times = number(request, "times", 1);

    for (; times > 0; times--) {
        fb_out_html(fb_body(request), fb_markdown(request, text, NULL));
    }
    return FB_OK;
}

/* A line of the log that holds what the client likes. */
static enum fb_result log_it(struct fb_request *request)
{
    fb_log(request, "said: %s", fb_query(request, "text"));
    say(request, "logged\n");
    return FB_OK;
}

static const struct fb_page pages[] = {
    {.name = "plain", .path = "/plain", .methods = FB_GET, .handler = plain},
    {.name = "who", .path = "/who", .methods = FB_GET, .handler = who},
    {.name = "slow", .path = "/slow", .methods = FB_GET, .handler = slow},
    {.name = "crash",
     .path = "/crash",
     .methods = FB_GET | FB_POST,
     .handler = crash,
     .body_limit = 1 << 20},
    {.name = "burgle", .path = "/burgle", .methods = FB_GET, .handler = burgle},
    {.name = "fail", .path = "/fail", .methods = FB_GET, .handler = fail},
    {.name = "memory",
     .path = "/memory",
     .methods = FB_GET,
     .handler = eat_memory},
    {.name = "hog", .path = "/hog", .methods = FB_GET, .handler = hog},
    {.name = "once",
     .path = "/once",
     .methods = FB_POST,
     .handler = once,
     .body_limit = 1 << 20,
     .streams_body = true},
    {.name = "upload",
     .path = "/upload",
     .methods = FB_POST,
     .handler = upload,
     .body_limit = (size_t)2 << 30,
     .streams_body = true},
    {.name = "download",
     .path = "/download",
     .methods = FB_GET,
     .handler = download},
    {.name = "large", .path = "/large", .methods = FB_GET, .handler = large},
    {.name = "cut", .path = "/cut", .methods = FB_GET, .handler = cut},
    {.name = "expensive",
     .path = "/expensive",
     .methods = FB_GET,
     .handler = expensive},
    {.name = "whoami", .path = "/whoami", .methods = FB_GET, .handler = whoami},
    {.name = "form",
     .path = "/form",
     .methods = FB_POST,
     .handler = form,
     .body_limit = 1000,
     .form = &a_form},
    {.name = "survey",
     .path = "/survey",
     .methods = FB_POST,
     .handler = form,
     .body_limit = 1 << 20,
     .form = &a_form},
    {.name = "headers",
     .path = "/headers",
     .methods = FB_GET,
     .handler = headers},
    {.name = "injection",
     .path = "/injection",
     .methods = FB_GET,
     .handler = header_injection},
    {.name = "kept",
     .path = "/kept/{what}",
     .methods = FB_GET | FB_POST,
     .handler = kept,
     .cache_seconds = 60,
     .arguments = "page",
     .tags = "things,thing-{what}"},
    {.name = "varied",
     .path = "/varied/{what}",
     .methods = FB_GET,
     .handler = kept,
     .cache_seconds = 90,
     .arguments = "other",
     .varies = FB_BY_FORMAT | FB_BY_LOCALE | FB_BY_CURRENCY | FB_BY_AUDIENCE},
    {.name = "unkept",
     .path = "/unkept/{what}",
     .methods = FB_GET,
     .handler = kept},
    {.name = "folder",
     .path = "/folder/",
     .methods = FB_GET | FB_POST,
     .handler = plain,
     .body_limit = 1000},
    {.name = "log_in",
     .path = "/log-in",
     .methods = FB_GET,
     .handler = plain,
     .rate_class = "login"},
    {.name = "member",
     .path = "/member",
     .methods = FB_GET,
     .handler = member,
     .members_only = true},
    {.name = "redirect",
     .path = "/redirect",
     .methods = FB_GET,
     .handler = redirect},
    {.name = "api",
     .path = "/api",
     .methods = FB_POST,
     .handler = api,
     .body_limit = 1 << 20},
    {.name = "half_json",
     .path = "/half-json",
     .methods = FB_GET,
     .handler = half_json},
    {.name = "forms",
     .path = "/forms",
     .methods = FB_GET | FB_POST,
     .handler = forms,
     .body_limit = 1000},
    {.name = "locale", .path = "/locale", .methods = FB_GET, .handler = locale},
    {.name = "state", .path = "/state", .methods = FB_GET, .handler = state},
    {.name = "cookie", .path = "/cookie", .methods = FB_GET, .handler = cookie},
    {.name = "markdown",
     .path = "/markdown",
     .methods = FB_POST,
     .handler = markdown,
     .form = &markdown_form},
    {.name = "log", .path = "/log", .methods = FB_GET, .handler = log_it},
};

static void error_page(struct fb_request *request, int status)
{
    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_text(fb_body(request), "error ");
    fb_out_int(fb_body(request), status);
}

static const char *const locales[] = {"en-GB", "de", NULL};
static const char *const currencies[] = {"EUR", "SEK", NULL};

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "the engine's tests",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .locales = locales,
    .currencies = currencies,
    .error_page = error_page,
    .login_path = "/log-in",
    .session_cookies = "session",
};
