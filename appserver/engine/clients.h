/*
 * Who may connect over TCP: a list of addresses and networks, such as
 * "127.0.0.1, ::1, 10.1.0.0/16". FastCGI knows no password: whoever reaches
 * the socket is believed every word, REMOTE_ADDR and all.
 */

#ifndef ENGINE_CLIENTS_H
#define ENGINE_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define CLIENTS_MOST 64

struct clients {
    struct {
        unsigned char address[16]; /* IPv4 as ::ffff:a.b.c.d */
        unsigned bits;             /* of it, that must be the same */
    } networks[CLIENTS_MOST];
    size_t count; /* 0: everybody may */
};

/* false: `problem` says what is wrong with the list. */
bool clients_read(struct clients *clients, const char *list, char *problem,
                  size_t size);

/* A peer that is no TCP peer may always: files have rights of their own. */
bool clients_allow(const struct clients *clients,
                   const struct sockaddr_storage *peer);

#endif
