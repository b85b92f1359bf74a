/* Who may connect over TCP: appserver/engine/clients.c */

#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "clients.h"

static struct clients clients;
static char problem[256];

static struct sockaddr_storage peer_of(const char *text)
{
    struct sockaddr_storage peer = {0};
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&peer;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&peer;

    if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1) {
        peer.ss_family = AF_INET;
    } else {
        ck_assert_int_eq(inet_pton(AF_INET6, text, &ipv6->sin6_addr), 1);
        peer.ss_family = AF_INET6;
    }
    return peer;
}

static const struct {
    const char *list;
    const char *peer;
    bool may;
} rows[] = {
    {"", "192.0.2.1", true},
    {"127.0.0.1", "127.0.0.1", true},
    {"127.0.0.1", "127.0.0.2", false},
    {"127.0.0.1", "::1", false},
    {"127.0.0.1, ::1", "::1", true},
    {"10.0.0.0/8", "10.255.1.2", true},
    {"10.0.0.0/8", "11.0.0.1", false},
    {"10.128.0.0/9", "10.127.0.1", false},
    {"10.128.0.0/9", "10.128.0.1", true},
    {"0.0.0.0/0", "203.0.113.9", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"2001:db8::/33", "2001:db8:7fff::1", true},
    {"2001:db8::/33", "2001:db8:8000::1", false},
    {"10.0.0.1", "::ffff:10.0.0.1", true},
    {"::/0", "10.0.0.1", true},
    {"192.0.2.1,198.51.100.0/24 2001:db8::1", "198.51.100.77", true},
};

START_TEST(an_address_may_if_the_list_has_it)
{
    struct sockaddr_storage peer = peer_of(rows[_i].peer);

    ck_assert_msg(
        clients_read(&clients, rows[_i].list, problem, sizeof(problem)), "%s",
        problem);
    ck_assert_msg(clients_allow(&clients, &peer) == rows[_i].may, "%s: %s",
                  rows[_i].list, rows[_i].peer);
}
END_TEST

START_TEST(a_unix_socket_is_nobodys_network)
{
    struct sockaddr_storage peer = {.ss_family = AF_UNIX};

    ck_assert(clients_read(&clients, "127.0.0.1", problem, sizeof(problem)));
    ck_assert(clients_allow(&clients, &peer));
}
END_TEST

static const char *const wrong[] = {
    "localhost",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8x",
    "::1/129",
    "10.0.0",
    "10.0.0.0/-1",
    "1.2.3.4;::1",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

START_TEST(what_is_no_address_is_refused_by_its_name)
{
    ck_assert(!clients_read(&clients, wrong[_i], problem, sizeof(problem)));
    ck_assert_msg(strstr(problem, "allowed-clients: \"") != NULL, "%s",
                  problem);
}
END_TEST

START_TEST(the_list_has_an_end)
{
    static const char one[] = "1.1.1.1,";
    char list[(CLIENTS_MOST + 1) * (sizeof(one) - 1) + 1];
    size_t i;

    for (i = 0; i <= CLIENTS_MOST; i++) {
        memcpy(list + i * (sizeof(one) - 1), one, sizeof(one));
    }
    ck_assert(!clients_read(&clients, list, problem, sizeof(problem)));
    ck_assert_msg(strstr(problem, "more than 64") != NULL, "%s", problem);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, an_address_may_if_the_list_has_it, 0,
                        UNIT_ROWS(rows));
    tcase_add_test(tests, a_unix_socket_is_nobodys_network);
    tcase_add_loop_test(tests, what_is_no_address_is_refused_by_its_name, 0,
                        UNIT_ROWS(wrong));
    tcase_add_test(tests, the_list_has_an_end);
}

UNIT_MAIN("Who may connect over TCP", add_tests)
