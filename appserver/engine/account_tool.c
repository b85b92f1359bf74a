/*
 * Accounts from the command line; see account_tool.h. It calls what handlers
 * call, on a request that came from nowhere: so the rules for passwords, the
 * sessions that end and what is written down are the same.
 */

#include "account_tool.h"

#include <foobar/database.h>

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "account.h"
#include "arena.h"
#include "database.h"
#include "expensive.h"
#include "log.h"
#include "request.h"
#include "settings.h"

#define MEMORY ((size_t)16 * 1024 * 1024)
#define SLOT_WAIT_MS 60000
#define WORDS_MAX 1024
#define LINE_MAX_BYTES (FB_PASSWORD_MOST + 3)
#define DAY 86400

struct tool {
    struct fb_request *request;
    const char *email;
    const char *role;   /* or how many days */
    const char *reason; /* the rest of the words, "" if there is none */
    int64_t account;
    char *problem;
    size_t size;
};

static bool complain(struct tool *tool, const char *problem)
{
    snprintf(tool->problem, tool->size, "%s", problem);
    return false;
}

/* ----------------------------------------------------------- the password */

static bool read_line(char *line, size_t size)
{
    size_t length;

    if (fgets(line, (int)size, stdin) == NULL) {
        return false;
    }
    length = strcspn(line, "\n");
    if (line[length] != '\n' && !feof(stdin)) {
        return false;
    }
    line[length] = '\0';
    return true;
}

/* Nothing that is typed is shown. */
static bool ask(const char *question, char *line, size_t size)
{
    struct termios shown;
    struct termios hidden;
    bool good;

    if (tcgetattr(STDIN_FILENO, &shown) != 0) {
        return false;
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fprintf(stderr, "%s: ", question);
    fflush(stderr);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0) {
        return false;
    }
    good = read_line(line, size);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return good;
}

/* `line` has LINE_MAX_BYTES bytes. */
static bool get_password(struct tool *tool, char *line)
{
    char again[LINE_MAX_BYTES] = "";
    bool good;

    if (isatty(STDIN_FILENO) == 0) {
        return read_line(line, LINE_MAX_BYTES) ||
               complain(tool, "standard input has no line with a password of "
                              "1024 bytes at most");
    }
    good = ask("Password", line, LINE_MAX_BYTES) &&
           ask("The same again", again, sizeof(again));
    if (!good) {
        complain(tool, "there is no password of 1024 bytes at most");
    } else if (strcmp(line, again) != 0) {
        good = complain(tool, "that was not the same password twice");
    }
    sodium_memzero(again, sizeof(again));
    return good;
}

/* ------------------------------------------------------------- the commands */

static bool is_done(struct tool *tool, enum fb_result result)
{
    switch (result) {
    case FB_OK:
        return true;
    case FB_INVALID:
        return complain(tool,
                        fb_account_message(tool->request,
                                           fb_account_problem(tool->request)));
    case FB_NOT_FOUND:
        snprintf(tool->problem, tool->size,
                 "there is no account %s; see: foobarctl user list",
                 tool->email);
        return false;
    case FB_UNAVAILABLE:
        return complain(tool, "the database does not answer: does it run, and "
                              "are the settings those of it?");
    default:
        return complain(tool, "the database refused that; see above");
    }
}

static bool find(struct tool *tool)
{
    const struct fb_account *account;

    if (!is_done(tool, fb_find_account(tool->request, tool->email, &account))) {
        return false;
    }
    tool->account = account->id;
    return true;
}

static bool role_exists(struct tool *tool)
{
    const char *roles = tool->request->app->accounts->roles;

    if (account_role_is_listed(roles, tool->role)) {
        return true;
    }
    snprintf(tool->problem, tool->size,
             "there is no role \"%s\"; there are: %s", tool->role, roles);
    return false;
}

/* Who makes an account by hand answers for its address. */
static enum fb_result add_row(struct fb_request *request, void *context)
{
    struct tool *tool = context;
    enum fb_result result;

    result = fb_sign_up(request,
                        &(struct fb_credentials){.email = tool->email,
                                                 .password = tool->reason},
                        &tool->account);
    if (result == FB_OK) {
        result = fb_set_verified(request, tool->account);
    }
    return result == FB_OK && tool->role[0] != '\0'
               ? fb_set_role(request, tool->account, tool->role)
               : result;
}

static bool add(struct tool *tool)
{
    char password[LINE_MAX_BYTES];
    bool good;

    if (tool->role[0] != '\0' && !role_exists(tool)) {
        return false;
    }
    good = get_password(tool, password);
    if (good) {
        tool->reason = password;
        good = is_done(tool, fb_transaction(tool->request, add_row, tool));
        tool->reason = ""; /* the password ends here */
    }
    sodium_memzero(password, sizeof(password));
    if (good) {
        printf("account %" PRId64 ": %s\n", tool->account, tool->email);
    }
    return good;
}

static bool set_password(struct tool *tool)
{
    char password[LINE_MAX_BYTES];
    bool good = find(tool) && get_password(tool, password);

    good = good && is_done(tool, fb_set_password(tool->request, tool->account,
                                                 password, NULL, 0));
    sodium_memzero(password, sizeof(password));
    if (good) {
        printf("%s has a new password; all sessions are over\n", tool->email);
    }
    return good;
}

static bool set_role(struct tool *tool)
{
    return role_exists(tool) && find(tool) &&
           is_done(tool,
                   fb_set_role(tool->request, tool->account, tool->role)) &&
           printf("%s is %s\n", tool->email, tool->role) > 0;
}

static bool suspend(struct tool *tool)
{
    char *end;
    long days = strtol(tool->role, &end, 10);

    if (strcmp(tool->role, "forever") == 0) {
        days = -1;
    } else if (*end != '\0' || days < 1 || days > 36500) {
        return complain(tool, "say for how many days, 1 to 36500, or: forever");
    }
    if (strlen(tool->reason) > 500) {
        return complain(tool, "a reason has 500 bytes at most");
    }
    return find(tool) &&
           is_done(tool, fb_suspend(tool->request, tool->account,
                                    days < 0 ? -1 : (int64_t)days * DAY,
                                    tool->reason)) &&
           printf("%s is suspended; all sessions are over\n", tool->email) > 0;
}

static bool restore(struct tool *tool)
{
    return find(tool) &&
           is_done(tool, fb_suspend(tool->request, tool->account, 0, "")) &&
           printf("%s may log in again\n", tool->email) > 0;
}

static bool show_sessions(struct tool *tool)
{
    const struct fb_accounts rules = account_rules(tool->request);
    const struct session_row *rows;
    size_t count;
    size_t i;

    if (!find(tool) ||
        !is_done(tool, account_list(tool->request, SESSION_LIST, &rows, &count,
                                    fb_int(tool->account),
                                    fb_int(rules.remembered_idle_seconds),
                                    fb_int(rules.idle_seconds)))) {
        return false;
    }
    for (i = 0; i < count; i++) {
        printf("%" PRId64 "\t%s\t%s\t%s\t%s\n", rows[i].number, rows[i].created,
               rows[i].seen, rows[i].address, rows[i].agent);
    }
    return true;
}

static enum fb_result end_rows(struct fb_request *request, void *context)
{
    const struct tool *tool = context;

    return account_sessions_end(request, tool->account);
}

static bool end_sessions(struct tool *tool)
{
    return find(tool) &&
           is_done(tool, fb_transaction(tool->request, end_rows, tool)) &&
           printf("all sessions of %s are over\n", tool->email) > 0;
}

static enum fb_result print_account(struct fb_request *request,
                                    const struct fb_rows *row, void *context)
{
    (void)request;
    (void)context;
    printf("%" PRId64 "\t%s\t%s\t%s%s%s\n", fb_column_int(row, 0),
           fb_column_text(row, 1), fb_column_text(row, 2),
           fb_column_int(row, 3) != 0 ? "" : "not verified, ",
           fb_column_int(row, 4) != 0 ? "suspended" : "may log in",
           fb_column_int(row, 5) != 0 ? ", second factor" : "");
    return FB_OK;
}

static bool list(struct tool *tool)
{
    return is_done(tool, fb_each(tool->request,
                                 account_number(tool->request, ACCOUNT_ALL),
                                 print_account, NULL));
}

/* "second-factor off EMAIL": for who has lost his telephone. */
static bool remove_factor(struct tool *tool)
{
    enum fb_result result;

    if (strcmp(tool->email, "off") != 0) {
        return complain(tool, "write: foobarctl user second-factor off EMAIL");
    }
    tool->email = tool->role;
    if (!find(tool)) {
        return false;
    }
    result = fb_remove_second_factor(tool->request, tool->account);
    if (result == FB_NOT_FOUND) {
        snprintf(tool->problem, tool->size, "%s has no second factor",
                 tool->email);
        return false;
    }
    return is_done(tool, result) &&
           printf("%s logs in by the password alone; all sessions are over\n",
                  tool->email) > 0;
}

static const struct {
    const char *name;
    bool (*run)(struct tool *tool);
    bool takes_email;
    bool needs_more;
} commands[] = {
    {"add", add, true, false},
    {"list", list, false, false},
    {"role", set_role, true, true},
    {"password", set_password, true, false},
    {"suspend", suspend, true, true},
    {"restore", restore, true, false},
    {"sessions", show_sessions, true, false},
    {"end-sessions", end_sessions, true, false},
    {"second-factor", remove_factor, true, true},
};

/* ------------------------------------------------------------ the request */

/* The next word, "" if there is none. */
static const char *take_word(char **words)
{
    char *word = strsep(words, " ");

    return word != NULL ? word : "";
}

static bool run_words(struct tool *tool, char *words)
{
    const char *name = take_word(&words);
    size_t i;

    tool->email = take_word(&words);
    tool->role = take_word(&words);
    tool->reason = words != NULL ? words : "";
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(name, commands[i].name) != 0) {
            continue;
        }
        if ((commands[i].takes_email && tool->email[0] == '\0') ||
            (commands[i].needs_more && tool->role[0] == '\0')) {
            return complain(tool, "some words are missing; see: man foobarctl");
        }
        return commands[i].run(tool);
    }
    return complain(tool, "write add, list, role, password, suspend, restore, "
                          "sessions, end-sessions or second-factor off; see: "
                          "man foobarctl");
}

static bool run_request(struct tool *tool, const char *text)
{
    char words[WORDS_MAX];
    volatile bool good = false;

    if (strlen(text) >= sizeof(words)) {
        return complain(tool, "that is too long");
    }
    snprintf(words, sizeof(words), "%s", text);
    tool->request->escape_is_set = true;
    if (sigsetjmp(tool->request->escape, 0) == 0) {
        good = run_words(tool, words);
    } else {
        complain(tool, "it could not be done; see above");
    }
    tool->request->escape_is_set = false;
    database_end_request(tool->request->database);
    return good;
}

static bool run_with(const struct settings *settings,
                     const struct fb_app *table, const char *words,
                     struct tool *tool)
{
    struct expensive expensive;
    struct database *database;
    struct arena arena;
    bool good;

    if (!expensive_open(&expensive, 1, SLOT_WAIT_MS)) {
        return complain(tool, "there is no memory for a slot");
    }
    arena_init(&arena, MEMORY);
    database = database_make(settings, table->statements,
                             table->statement_count, tool->problem, tool->size);
    good = database != NULL;
    if (good) {
        request_init(tool->request, &arena, table, database);
        tool->request->expensive = &expensive;
        tool->request->method_name = "account";
        tool->request->path = "/";
        good = run_request(tool, words);
    }
    database_free(database);
    arena_free(&arena);
    expensive_close(&expensive);
    return good;
}

bool account_tool_run(const struct settings *settings,
                      const struct fb_app *table, const char *words,
                      char *problem, size_t size)
{
    struct tool tool = {.size = size};
    bool good;

    tool.problem = problem;
    if (table->accounts == NULL) {
        return complain(&tool, "the application has no accounts");
    }
    log_use(settings);
    if (sodium_init() < 0) {
        return complain(&tool, "libsodium cannot start: the kernel gives no "
                               "random bytes");
    }
    tool.request = calloc(1, sizeof(*tool.request));
    if (tool.request == NULL) {
        return complain(&tool, "out of memory");
    }
    good = run_with(settings, table, words, &tool);
    free(tool.request);
    return good && fflush(stdout) == 0;
}
