/*
 * A FastCGI application for tests: it answers with the parameters that it
 * got, a line each, and then the body.
 *
 *     fcgi_echo SOCKET
 *
 * The query says how else to answer: status=503, accel=/path (the header
 * X-Accel-Redirect), allow=GET (the header Allow). The header Connection-
 * Number of an answer counts the connections that were made, and so shows
 * which ones were kept; there are as many threads as may be kept at a time.
 */

#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define THREADS 8
#define CONNECTIONS_MAX 1024
#define BACKLOG 128

static int listener;

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

/* The value of a key of the query as a header, if it is there. */
static void header_from_query(FCGX_Request *request, const char *key,
                              const char *header)
{
    const char *query = FCGX_GetParam("QUERY_STRING", request->envp);
    const char *at = query != NULL ? strstr(query, key) : NULL;

    if (at != NULL) {
        at += strlen(key);
        FCGX_FPrintF(request->out, "%s: ", header);
        FCGX_PutStr(at, (int)strcspn(at, "&"), request->out);
        FCGX_PutS("\r\n", request->out);
    }
}

static void answer(FCGX_Request *request)
{
    char bytes[4096];
    char **param;
    int length;

    FCGX_FPrintF(request->out,
                 "Content-Type: text/plain\r\nConnection-Number: %u\r\n",
                 connection_number(request->ipcFd));
    header_from_query(request, "status=", "Status");
    header_from_query(request, "accel=", "X-Accel-Redirect");
    header_from_query(request, "allow=", "Allow");
    FCGX_PutS("\r\n", request->out);
    for (param = request->envp; *param != NULL; param++) {
        FCGX_FPrintF(request->out, "%s\n", *param);
    }
    FCGX_PutS("\n", request->out);
    while ((length = FCGX_GetStr(bytes, sizeof(bytes), request->in)) > 0) {
        FCGX_PutStr(bytes, length, request->out);
    }
}

static void *serve(void *unused)
{
    FCGX_Request request;

    (void)unused;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        answer(&request);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int i;

    if (argc != 2) {
        fprintf(stderr, "usage: fcgi_echo SOCKET\n");
        return EXIT_FAILURE;
    }
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
