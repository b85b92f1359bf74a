/*
 * A mail server for tests:
 *
 *     smtp_server FOLDER [CERTIFICATE KEY]
 *
 * listens on a free port of loopback, which it writes into FOLDER/port, and
 * keeps each mail that it takes as FOLDER/mail.PID.N, with its envelope in the
 * first two lines. With a certificate it offers STARTTLS.
 *
 * FOLDER/mode, read anew at each command, says how it fails: "ok"; a
 * command and an answer to it, as in "RCPT 550 5.1.1 nobody"; or "cut WHERE",
 * "hang WHERE", where WHERE is a command, GREETING, CONTENT (within it) or
 * TAKEN (the mail was kept, and nobody hears of it). Ends by a signal.
 */

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

static const char *folder;
static SSL_CTX *context;

struct session {
    int fd;
    SSL *tls; /* NULL: not yet */
    char mode[256];
    char from[256];
    char to[256];
    char input[LINE_MAX_BYTES];
    size_t have;
    unsigned mails;
};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void say(struct session *session, const char *words)
{
    char line[512];
    int length = snprintf(line, sizeof(line), "%s\r\n", words);

    if (session->tls != NULL) {
        SSL_write(session->tls, line, length);
    } else if (write(session->fd, line, (size_t)length) != length) {
        exit(0);
    }
}

static void read_line(struct session *session, char *line)
{
    char *end;
    size_t length;

    while ((end = memchr(session->input, '\n', session->have)) == NULL) {
        size_t room = sizeof(session->input) - session->have;
        char *at = session->input + session->have;
        ssize_t got = session->tls != NULL
                          ? SSL_read(session->tls, at, (int)room)
                          : read(session->fd, at, room);

        if (got <= 0) {
            exit(0);
        }
        session->have += (size_t)got;
    }
    length = (size_t)(end - session->input) + 1;
    memcpy(line, session->input, length);
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    session->have -= length;
    memmove(session->input, session->input + length, session->have);
}

/* Does at this place what the mode says; returns when it says nothing. */
static void meet(const struct session *session, const char *where)
{
    if (strncmp(session->mode, "cut ", 4) == 0 &&
        strcmp(session->mode + 4, where) == 0) {
        exit(0);
    }
    if (strncmp(session->mode, "hang ", 5) == 0 &&
        strcmp(session->mode + 5, where) == 0) {
        sleep(600);
    }
}

static void keep_mail(struct session *session)
{
    char name[512];
    char done[512];
    char line[LINE_MAX_BYTES];
    FILE *out;

    snprintf(name, sizeof(name), "%s/new.%d", folder, (int)getpid());
    snprintf(done, sizeof(done), "%s/mail.%d.%u", folder, (int)getpid(),
             session->mails++);
    out = fopen(name, "w");
    if (out == NULL) {
        fail(name);
    }
    fprintf(out, "%s\n%s\n", session->from, session->to);
    for (;;) {
        read_line(session, line);
        if (strcmp(line, ".") == 0) {
            break;
        }
        fprintf(out, "%s\r\n", line[0] == '.' ? line + 1 : line);
        meet(session, "CONTENT");
    }
    if (strncmp(session->mode, "CONTENT ", 8) == 0) {
        fclose(out);
        unlink(name);
        say(session, session->mode + 8);
        return;
    }
    if (fclose(out) != 0 || rename(name, done) != 0) {
        fail(done);
    }
    meet(session, "TAKEN");
    say(session, "250 2.0.0 taken");
}

static void begin_tls(struct session *session)
{
    say(session, "220 go on");
    session->tls = SSL_new(context);
    SSL_set_fd(session->tls, session->fd);
    if (SSL_accept(session->tls) != 1) {
        exit(0);
    }
}

static void answer(struct session *session, const char *line)
{
    size_t word = strcspn(line, " ");

    if (strncmp(session->mode, line, word) == 0 && session->mode[word] == ' ') {
        say(session, session->mode + word + 1);
    } else if (strncmp(line, "EHLO", 4) == 0) {
        say(session, "250-test");
        if (context != NULL && session->tls == NULL) {
            say(session, "250-STARTTLS");
        }
        say(session, "250-AUTH PLAIN");
        say(session, "250 8BITMIME");
    } else if (strncmp(line, "STARTTLS", 8) == 0 && context != NULL) {
        begin_tls(session);
    } else if (strncmp(line, "AUTH PLAIN", 10) == 0) {
        if (line[10] == '\0') {
            char credentials[LINE_MAX_BYTES];

            say(session, "334 ");
            read_line(session, credentials);
        }
        say(session, "235 2.7.0 welcome");
    } else if (strncmp(line, "MAIL ", 5) == 0) {
        snprintf(session->from, sizeof(session->from), "%.200s", line);
        say(session, "250 2.1.0 well");
    } else if (strncmp(line, "RCPT ", 5) == 0) {
        snprintf(session->to, sizeof(session->to), "%.200s", line);
        say(session, "250 2.1.5 well");
    } else if (strncmp(line, "DATA", 4) == 0) {
        say(session, "354 go on");
        keep_mail(session);
    } else if (strncmp(line, "QUIT", 4) == 0) {
        say(session, "221 2.0.0 bye");
        exit(0);
    } else if (strncmp(line, "RSET", 4) == 0) {
        say(session, "250 2.0.0 well");
    } else {
        say(session, "502 5.5.2 not here");
    }
}

static void read_mode(struct session *session)
{
    char name[512];
    FILE *mode;

    snprintf(name, sizeof(name), "%s/mode", folder);
    mode = fopen(name, "r");
    if (mode == NULL ||
        fgets(session->mode, sizeof(session->mode), mode) == NULL) {
        fail(name);
    }
    fclose(mode);
    session->mode[strcspn(session->mode, "\n")] = '\0';
}

static void serve(int fd)
{
    struct session session = {.fd = fd};
    char line[LINE_MAX_BYTES + 1];
    char word[16];

    read_mode(&session);
    meet(&session, "GREETING");
    say(&session, "220 test ESMTP");
    for (;;) {
        read_line(&session, line);
        read_mode(&session);
        snprintf(word, sizeof(word), "%.*s", (int)strcspn(line, " "), line);
        meet(&session, word);
        answer(&session, line);
    }
}

static void write_port(int listener)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof(address);
    char name[512];
    char fresh[520];
    FILE *out;

    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        fail("getsockname");
    }
    snprintf(name, sizeof(name), "%s/port", folder);
    snprintf(fresh, sizeof(fresh), "%s.new", name);
    out = fopen(fresh, "w");
    if (out == NULL || fprintf(out, "%d\n", (int)ntohs(address.sin_port)) < 0 ||
        fclose(out) != 0 || rename(fresh, name) != 0) {
        fail(name);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (argc != 2 && argc != 4) {
        fprintf(stderr, "usage: smtp_server FOLDER [CERTIFICATE KEY]\n");
        return 2;
    }
    folder = argv[1];
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (argc == 4) {
        context = SSL_CTX_new(TLS_server_method());
        if (context == NULL ||
            SSL_CTX_use_certificate_file(context, argv[2], SSL_FILETYPE_PEM) !=
                1 ||
            SSL_CTX_use_PrivateKey_file(context, argv[3], SSL_FILETYPE_PEM) !=
                1) {
            fail(argv[2]);
        }
    }
    if (listener < 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 16) != 0) {
        fail("listen");
    }
    write_port(listener);
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0 && fork() == 0) {
            close(listener);
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(fd);
        }
        close(fd);
    }
}
