/*
 * A FastCGI application for tests: it answers with the parameters that it
 * got, a line each, and then the body.
 *
 *     fcgi_echo SOCKET [DEATHS]
 *
 * The query says how else to answer: status=503, accel=/path (the header
 * X-Accel-Redirect), allow=GET (the header Allow), retry=7 (Retry-After),
 * bytes=1000 (so many more), hold=/path (not before that file is gone; a line in
 * /path.held says that it waits), header=Name:value (as often as wanted; a "+"
 * is a space), stderr=1000 (so many bytes for the error log), cut=yes (the
 * connection is closed in the middle). The header Connection-Number of an answer
 * counts the connections that were made, and so shows which ones were kept;
 * there are as many threads as may be kept at a time.
 *
 * With DEATHS, it never answers: it reads a request to its end, adds a line
 * with its method to that file, and closes the connection.
 */

#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS 24
#define CONNECTIONS_MAX 1024
#define BACKLOG 128

#define HOLD_US 10000
#define HOLDS_MAX 3000

static int listener;
static const char *deaths;

/* Each connection is a socket with an inode of its own. */
static unsigned connection_number(int fd)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static ino_t seen[CONNECTIONS_MAX];
    static unsigned count;
    struct stat status;
    unsigned i;

    if (fstat(fd, &status) != 0) {
        return 0;
    }
    pthread_mutex_lock(&lock);
    for (i = 0; i < count && seen[i] != status.st_ino; i++) {
    }
    if (i == count && count < CONNECTIONS_MAX) {
        seen[count++] = status.st_ino;
    }
    pthread_mutex_unlock(&lock);
    return i + 1;
}

/* What follows "key=" in the query, or NULL. */
static const char *from_query(FCGX_Request *request, const char *key)
{
    const char *query = FCGX_GetParam("QUERY_STRING", request->envp);
    const char *at = query != NULL ? strstr(query, key) : NULL;

    return at != NULL ? at + strlen(key) : NULL;
}

/* The value of a key of the query as a header, if it is there. */
static void header_from_query(FCGX_Request *request, const char *key,
                              const char *header)
{
    const char *at = from_query(request, key);

    if (at != NULL) {
        FCGX_FPrintF(request->out, "%s: ", header);
        FCGX_PutStr(at, (int)strcspn(at, "&"), request->out);
        FCGX_PutS("\r\n", request->out);
    }
}

/* Each "header=Name:value" of the query. */
static void any_headers(FCGX_Request *request)
{
    const char *at = from_query(request, "header=");

    while (at != NULL) {
        for (; *at != '\0' && *at != '&'; at++) {
            FCGX_PutChar(*at == '+' ? ' ' : *at, request->out);
        }
        FCGX_PutS("\r\n", request->out);
        at = strstr(at, "header=");
        at = at != NULL ? at + strlen("header=") : NULL;
    }
}

static void add_line(const char *path, const char *line)
{
    FILE *file = fopen(path, "a");

    if (file != NULL) {
        fprintf(file, "%s\n", line);
        fclose(file);
    }
}

static void hold(FCGX_Request *request)
{
    const char *at = from_query(request, "hold=");
    char path[512];
    char held[520];
    int i;

    if (at != NULL) {
        snprintf(path, sizeof(path), "%.*s", (int)strcspn(at, "&"), at);
        snprintf(held, sizeof(held), "%s.held", path);
        add_line(held, "held");
        for (i = 0; i < HOLDS_MAX && access(path, F_OK) == 0; i++) {
            usleep(HOLD_US);
        }
    }
}

/* As many bytes as the value of that key says. */
static void fill(FCGX_Request *request, const char *key, FCGX_Stream *stream)
{
    static const char line[] = "0123456789abcdef0123456789abcdef\n";
    const char *at = from_query(request, key);
    long left = at != NULL ? strtol(at, NULL, 10) : 0;

    while (left > 0) {
        int part =
            left < (long)sizeof(line) - 1 ? (int)left : (int)sizeof(line) - 1;

        FCGX_PutStr(line, part, stream);
        left -= part;
    }
}

static void answer(FCGX_Request *request)
{
    char bytes[4096];
    char **param;
    int length;

    hold(request);
    fill(request, "stderr=", request->err);
    FCGX_FPrintF(request->out,
                 "Content-Type: text/plain\r\nConnection-Number: %u\r\n",
                 connection_number(request->ipcFd));
    header_from_query(request, "status=", "Status");
    header_from_query(request, "accel=", "X-Accel-Redirect");
    header_from_query(request, "allow=", "Allow");
    header_from_query(request, "retry=", "Retry-After");
    any_headers(request);
    FCGX_PutS("\r\n", request->out);
    for (param = request->envp; *param != NULL; param++) {
        FCGX_FPrintF(request->out, "%s\n", *param);
    }
    FCGX_PutS("\n", request->out);
    if (from_query(request, "cut=") != NULL) {
        FCGX_FFlush(request->out);
        shutdown(request->ipcFd, SHUT_RDWR);
        return;
    }
    while ((length = FCGX_GetStr(bytes, sizeof(bytes), request->in)) > 0) {
        FCGX_PutStr(bytes, length, request->out);
    }
    fill(request, "bytes=", request->out);
}

static void die(FCGX_Request *request)
{
    const char *method = FCGX_GetParam("REQUEST_METHOD", request->envp);
    char bytes[4096];

    while (FCGX_GetStr(bytes, sizeof(bytes), request->in) > 0) {
    }
    add_line(deaths, method != NULL ? method : "?");
    shutdown(request->ipcFd, SHUT_RDWR);
}

static void *serve(void *unused)
{
    FCGX_Request request;

    (void)unused;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        if (deaths != NULL) {
            die(&request);
        } else {
            answer(&request);
        }
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int i;

    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: fcgi_echo SOCKET [DEATHS]\n");
        return EXIT_FAILURE;
    }
    deaths = argc == 3 ? argv[2] : NULL;
    FCGX_Init();
    signal(SIGTERM, SIG_DFL); /* libfcgi would only take note of it */
    listener = FCGX_OpenSocket(argv[1], BACKLOG);
    if (listener < 0) {
        fprintf(stderr, "fcgi_echo: cannot listen on %s\n", argv[1]);
        return EXIT_FAILURE;
    }
    for (i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, serve, NULL) != 0) {
            fprintf(stderr, "fcgi_echo: cannot start a thread\n");
            return EXIT_FAILURE;
        }
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return EXIT_SUCCESS;
}
