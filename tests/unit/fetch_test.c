/* Whom jobs may ask: appserver/engine/fetch.c */

#include "unit.h"

#include "fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const struct {
    const char *address;
    bool is_public;
} addresses[] = {
    {"93.184.216.34", true},
    {"8.8.8.8", true},
    {"172.15.0.1", true},
    {"172.32.0.1", true},
    {"100.63.255.255", true},
    {"0.0.0.0", false},
    {"10.1.2.3", false},
    {"100.64.0.1", false},
    {"127.0.0.1", false},
    {"127.255.255.255", false},
    {"169.254.169.254", false},
    {"172.16.0.1", false},
    {"172.31.255.255", false},
    {"192.168.1.1", false},
    {"198.18.0.1", false},
    {"224.0.0.1", false},
    {"255.255.255.255", false},
    {"2606:2800:220:1:248:1893:25c8:1946", true},
    {"::", false},
    {"::1", false},
    {"::ffff:127.0.0.1", false},
    {"::ffff:8.8.8.8", true},
    {"64:ff9b::7f00:1", false},
    {"2001::1", false},
    {"2001:db8::1", false},
    {"2002:7f00:1::", false},
    {"2002:808:808::", true},
    {"fc00::1", false},
    {"fd12:3456::1", false},
    {"fe80::1", false},
    {"ff02::1", false},
};

START_TEST(an_address_is_one_of_the_world_or_not)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in *in = (struct sockaddr_in *)&storage;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;
    const char *text = addresses[_i].address;

    if (strchr(text, ':') == NULL) {
        in->sin_family = AF_INET;
        ck_assert_int_eq(inet_pton(AF_INET, text, &in->sin_addr), 1);
    } else {
        in6->sin6_family = AF_INET6;
        ck_assert_int_eq(inet_pton(AF_INET6, text, &in6->sin6_addr), 1);
    }
    ck_assert_int_eq(fetch_is_public((struct sockaddr *)&storage),
                     addresses[_i].is_public);
}
END_TEST

START_TEST(an_address_of_no_network_is_not)
{
    const struct sockaddr local = {.sa_family = AF_UNIX};

    ck_assert(!fetch_is_public(&local));
}
END_TEST

/* 0: it is not allowed, 1: it is, 2: it may be near, too. */
static const struct {
    const char *list;
    const char *host;
    unsigned port;
    int allowed;
} lists[] = {
    {"", "a.example", 80, 0},
    {"a.example", "a.example", 80, 1},
    {"a.example", "A.Example", 443, 1},
    {"a.example", "a.example", 8080, 0},
    {"a.example:8080", "a.example", 8080, 1},
    {"a.example:8080", "a.example", 80, 0},
    {"a.example", "b.a.example", 80, 0},
    {"*.example", "a.example", 80, 1},
    {"*.example", "b.a.example", 80, 1},
    {"*.example", "example", 80, 0},
    {"*.example", "badexample", 80, 0},
    {"b.example, a.example", "a.example", 80, 1},
    {"b.example,\ta.example:81", "a.example", 81, 1},
    {"local:a.example", "a.example", 80, 2},
    {"local:a.example:81", "a.example", 81, 2},
    {"local:b.example,a.example", "a.example", 80, 1},
    {"*", "a.example", 80, 0},
};

START_TEST(a_list_names_a_host_or_not)
{
    bool is_local = false;
    bool is_allowed = fetch_is_allowed(lists[_i].list, lists[_i].host,
                                       lists[_i].port, &is_local);

    ck_assert_int_eq(is_allowed + (is_allowed && is_local), lists[_i].allowed);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, an_address_is_one_of_the_world_or_not, 0,
                        UNIT_ROWS(addresses));
    tcase_add_test(tests, an_address_of_no_network_is_not);
    tcase_add_loop_test(tests, a_list_names_a_host_or_not, 0, UNIT_ROWS(lists));
}

UNIT_MAIN("fetch", add_tests)
