/* Who may connect over TCP; clients.h says what is compared. */

#include "clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS ", \t"
#define IPV4_OFFSET 96 /* bits before an IPv4 address */

static void map_ipv4(unsigned char *address, const struct in_addr *ipv4)
{
    memset(address, 0, 10);
    memset(address + 10, 0xff, 2);
    memcpy(address + 12, ipv4, 4);
}

static bool read_bits(const char *text, unsigned most, unsigned *bits)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    *bits = (unsigned)number;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && number <= most;
}

static bool read_network(struct clients *clients, const char *word)
{
    unsigned char *address = clients->networks[clients->count].address;
    unsigned *bits = &clients->networks[clients->count].bits;
    char text[INET6_ADDRSTRLEN + 1];
    const char *slash = strchr(word, '/');
    size_t length = slash != NULL ? (size_t)(slash - word) : strlen(word);
    struct in_addr ipv4;

    if (length >= sizeof(text)) {
        return false;
    }
    memcpy(text, word, length);
    text[length] = '\0';
    if (inet_pton(AF_INET, text, &ipv4) == 1) {
        map_ipv4(address, &ipv4);
        *bits = 32;
        if (slash != NULL && !read_bits(slash + 1, 32, bits)) {
            return false;
        }
        *bits += IPV4_OFFSET;
        return true;
    }
    *bits = 128;
    return inet_pton(AF_INET6, text, address) == 1 &&
           (slash == NULL || read_bits(slash + 1, 128, bits));
}

bool clients_read(struct clients *clients, const char *list, char *problem,
                  size_t size)
{
    char *copy = strdup(list);
    char *rest = NULL;
    char *word;
    bool good = copy != NULL;

    clients->count = 0;
    for (word = good ? strtok_r(copy, SEPARATORS, &rest) : NULL;
         good && word != NULL; word = strtok_r(NULL, SEPARATORS, &rest)) {
        if (clients->count == CLIENTS_MOST) {
            snprintf(problem, size, "allowed-clients names more than %d",
                     CLIENTS_MOST);
            good = false;
        } else if (!read_network(clients, word)) {
            snprintf(problem, size,
                     "allowed-clients: \"%.100s\" is no address like "
                     "192.0.2.1 or ::1, and no network like 10.0.0.0/8",
                     word);
            good = false;
        } else {
            clients->count++;
        }
    }
    free(copy);
    return good;
}

static bool same_bits(const unsigned char *a, const unsigned char *b,
                      unsigned bits)
{
    unsigned rest = bits % 8;
    unsigned mask = (0xffU << (8 - rest)) & 0xffU;

    return memcmp(a, b, bits / 8) == 0 &&
           (rest == 0 || ((a[bits / 8] ^ b[bits / 8]) & mask) == 0);
}

bool clients_allow(const struct clients *clients,
                   const struct sockaddr_storage *peer)
{
    unsigned char address[16];
    size_t i;

    if (peer->ss_family == AF_INET) {
        map_ipv4(address, &((const struct sockaddr_in *)peer)->sin_addr);
    } else if (peer->ss_family == AF_INET6) {
        memcpy(address, &((const struct sockaddr_in6 *)peer)->sin6_addr, 16);
    } else {
        return true;
    }
    for (i = 0; i < clients->count; i++) {
        if (same_bits(address, clients->networks[i].address,
                      clients->networks[i].bits)) {
            return true;
        }
    }
    return clients->count == 0;
}
