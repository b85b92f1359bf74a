/*
 * A line to the database that breaks at the worst moment:
 *
 *     commit_cut LISTEN-SOCKET SERVER-SOCKET COUNT before|after [EVERY]
 *
 * passes everything on, in both directions, and cuts COUNT connections that
 * send COMMIT, all or one of EVERY, by chance: before the server has seen it, or
 * after it has answered and before the client hears of it. Ends by a signal.
 */

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *server_path;
static bool cuts_before;
static int cuts_left;
static long every = 1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    return address;
}

static bool pass(int from, int to, char *buffer, size_t size, ssize_t *got)
{
    ssize_t sent = 0;

    *got = read(from, buffer, size);
    while (sent < *got) {
        ssize_t more = write(to, buffer + sent, (size_t)(*got - sent));

        if (more <= 0) {
            return false;
        }
        sent += more;
    }
    return *got > 0;
}

static bool takes_a_cut(void)
{
    bool cuts;

    pthread_mutex_lock(&lock);
    cuts = cuts_left > 0 && rand() % every == 0; /* NOLINT: no secret */
    cuts_left -= cuts;
    pthread_mutex_unlock(&lock);
    return cuts;
}

/* The client's packet; false when the connection is to be cut. */
static bool pass_command(int client, int server)
{
    static const char commit[] = "\x07\0\0\0\x03"
                                 "COMMIT";
    char buffer[65536];
    ssize_t got = recv(client, buffer, sizeof(buffer), MSG_PEEK);
    bool is_commit = got == (ssize_t)sizeof(commit) - 1 &&
                     memcmp(buffer, commit, sizeof(commit) - 1) == 0;

    if (is_commit && takes_a_cut()) {
        if (!cuts_before) {
            pass(client, server, buffer, sizeof(buffer), &got);
            got = read(server, buffer, sizeof(buffer));
        }
        return false;
    }
    return pass(client, server, buffer, sizeof(buffer), &got);
}

static void *serve(void *context)
{
    int client = *(int *)context;
    struct sockaddr_un address = address_of(server_path);
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pollfd ends[2] = {{.fd = client, .events = POLLIN},
                             {.fd = server, .events = POLLIN}};
    char buffer[65536];
    bool goes_on;
    ssize_t got;

    free(context);
    goes_on = server >= 0 && connect(server, (struct sockaddr *)&address,
                                     sizeof(address)) == 0;
    while (goes_on && poll(ends, 2, -1) > 0) {
        if (ends[0].revents != 0) {
            goes_on = pass_command(client, server);
        }
        if (goes_on && ends[1].revents != 0) {
            goes_on = pass(server, client, buffer, sizeof(buffer), &got);
        }
    }
    close(server);
    close(client);
    return NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_un address;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (argc == 6) {
        every = strtol(argv[5], NULL, 10);
    }
    if ((argc != 5 && argc != 6) || every < 1) {
        fprintf(stderr, "usage: commit_cut LISTEN SERVER COUNT before|after "
                        "[EVERY]\n");
        return 2;
    }
    server_path = argv[2];
    cuts_left = (int)strtol(argv[3], NULL, 10);
    cuts_before = strcmp(argv[4], "before") == 0;
    address = address_of(argv[1]);
    if (listener < 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 16) != 0) {
        fail(argv[1]);
    }
    for (;;) {
        int *client = malloc(sizeof(*client));
        pthread_t thread;

        if (client == NULL) {
            fail("malloc");
        }
        *client = accept(listener, NULL, NULL);
        if (*client < 0 || pthread_create(&thread, NULL, serve, client) != 0) {
            fail("a connection");
        }
        pthread_detach(thread);
    }
}
