/*
 * Asking another server, by libcurl. Names are looked up here and not by
 * libcurl, which would start threads for it that the sandbox forbids; it is
 * told the addresses. Each of them, also after a redirection, goes through
 * open_socket() before anything is sent, so that no second look at DNS leads
 * anywhere else (ASVS 1.3.6).
 */

#include "fetch.h"

#include <foobar/fetch.h>
#include <foobar/request.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "database.h"
#include "log.h"
#include "request.h"

#define SECONDS_DEFAULT 10
#define BYTES_DEFAULT ((size_t)1024 * 1024)
#define REDIRECTIONS_MOST 5
#define HOST_MAX 253
#define ADDRESSES_MAX 8

/* --- whom --------------------------------------------------------------- */

static bool is_host(const char *pattern, size_t length, const char *host)
{
    size_t host_length = strlen(host);

    if (length > 2 && pattern[0] == '*' && pattern[1] == '.') {
        return host_length > length - 1 &&
               strncasecmp(host + host_length - (length - 1), pattern + 1,
                           length - 1) == 0;
    }
    return host_length == length && strncasecmp(host, pattern, length) == 0;
}

bool fetch_is_allowed(const char *list, const char *host, unsigned port,
                      bool *is_local)
{
    static const char local[] = "local:";

    while (*(list += strspn(list, ", \t")) != '\0') {
        size_t length = strcspn(list, ", \t");
        const char *end = list + length;
        const char *colon;
        bool may_be_local = strncmp(list, local, sizeof(local) - 1) == 0;

        list += may_be_local ? sizeof(local) - 1 : 0;
        colon = memchr(list, ':', (size_t)(end - list));
        if (is_host(list, (size_t)((colon != NULL ? colon : end) - list),
                    host) &&
            (colon != NULL ? strtoul(colon + 1, NULL, 10) == port
                           : port == 80 || port == 443)) {
            *is_local = may_be_local;
            return true;
        }
        list = end;
    }
    return false;
}

/* Networks that are nobody's in the world: RFC 6890 and its followers. */
static const struct {
    uint32_t network;
    unsigned bits;
} not_public[] = {
    {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
    {0xa9fe0000, 16}, {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24},
    {0xc0586300, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xc6336400, 24},
    {0xcb007100, 24}, {0xe0000000, 3},
};

static bool is_public_4(uint32_t address)
{
    size_t i;

    for (i = 0; i < sizeof(not_public) / sizeof(not_public[0]); i++) {
        if ((address ^ not_public[i].network) >> (32 - not_public[i].bits) ==
            0) {
            return false;
        }
    }
    return true;
}

/* Of IPv6 only 2000::/3 is the world's; and what carries an IPv4 is that. */
static bool is_public_6(const unsigned char *a)
{
    uint32_t inner;

    if (IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)a)) {
        memcpy(&inner, a + 12, sizeof(inner));
        return is_public_4(ntohl(inner));
    }
    if (a[0] == 0x20 && a[1] == 0x02) { /* 6to4 */
        memcpy(&inner, a + 2, sizeof(inner));
        return is_public_4(ntohl(inner));
    }
    if (a[0] == 0x20 && a[1] == 0x01 &&
        (a[2] < 2 || (a[2] == 0x0d && a[3] == 0xb8))) {
        return false; /* Teredo and its neighbours; documentation */
    }
    return (a[0] & 0xe0) == 0x20;
}

bool fetch_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        return is_public_4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, address, sizeof(in6));
        return is_public_6(in6.sin6_addr.s6_addr);
    }
    return false;
}

/* --- one question ------------------------------------------------------- */

struct asking {
    struct fb_request *request;
    const struct fb_fetch *fetch;
    CURL *curl;
    struct curl_slist *headers;
    struct curl_slist *addresses;
    char problem[CURL_ERROR_SIZE];
    char host[HOST_MAX + 1];
    unsigned port;
    bool is_local;
    bool
        was_led; /* by a redirection: what was for the first host is not said */
    bool met_refusal; /* an address that nobody may ask */
    char *body;       /* grown by malloc: the handler cannot be left here */
    size_t length;
    size_t most;
};

static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct asking *asking = context;

    (void)purpose;
    if (!asking->is_local && !fetch_is_public(&address->addr)) {
        asking->met_refusal = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct asking *asking = context;
    size_t length = size * count;
    char *grown;

    if (length > asking->most - asking->length) {
        snprintf(asking->problem, sizeof(asking->problem),
                 "the answer is longer than %zu bytes", asking->most);
        return 0;
    }
    grown = realloc(asking->body, asking->length + length + 1);
    if (grown == NULL) {
        return 0;
    }
    asking->body = grown;
    memcpy(asking->body + asking->length, bytes, length);
    asking->length += length;
    return length;
}

/* Host and port of the URL; false when it is none of http. */
static bool read_url(struct asking *asking, const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL;
    char *host = NULL;
    char *port = NULL;
    bool good =
        parts != NULL &&
        curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) ==
            CURLUE_OK &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
        strlen(host) <= HOST_MAX;

    if (good) {
        snprintf(asking->host, sizeof(asking->host), "%s", host);
        asking->port = (unsigned)strtoul(port, NULL, 10);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parts);
    return good;
}

/* "host:port:address,address", as CURLOPT_RESOLVE has it. */
static bool look_up(struct asking *asking)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    struct addrinfo *at;
    char list[HOST_MAX + 16 + ADDRESSES_MAX * (INET6_ADDRSTRLEN + 3)];
    size_t length;
    size_t count = 0;
    int error = getaddrinfo(asking->host, NULL, &hints, &found);

    if (error != 0) {
        snprintf(asking->problem, sizeof(asking->problem), "%.100s: %s",
                 asking->host, gai_strerror(error));
        return false;
    }
    length = (size_t)snprintf(list, sizeof(list), "%s:%u:", asking->host,
                              asking->port);
    for (at = found; at != NULL && count < ADDRESSES_MAX; at = at->ai_next) {
        char text[INET6_ADDRSTRLEN];

        if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof(text), NULL,
                        0, NI_NUMERICHOST) == 0) {
            length +=
                (size_t)snprintf(list + length, sizeof(list) - length,
                                 at->ai_family == AF_INET6 ? "%s[%s]" : "%s%s",
                                 count > 0 ? "," : "", text);
            count++;
        }
    }
    freeaddrinfo(found);
    asking->addresses = curl_slist_append(asking->addresses, list);
    return asking->addresses != NULL;
}

static void add_header(struct asking *asking, const char *name,
                       const char *value)
{
    char *line = NULL;

    if (value != NULL && asprintf(&line, "%s: %s", name, value) >= 0) {
        asking->headers = curl_slist_append(asking->headers, line);
        free(line);
    }
}

static bool prepare(struct asking *asking, const char *url)
{
    const struct fb_fetch *fetch = asking->fetch;
    CURL *curl = asking->curl;
    unsigned seconds = fetch->seconds != 0 ? fetch->seconds : SECONDS_DEFAULT;

    if (fetch->body != NULL) {
        add_header(asking, "Content-Type",
                   fetch->content_type != NULL ? fetch->content_type
                                               : "application/json");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, fetch->body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)strlen(fetch->body));
    }
    add_header(asking, "Authorization",
               asking->was_led ? NULL : fetch->authorization);
    add_header(asking, "Accept", fetch->accept);
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)seconds) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, asking->headers) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_RESOLVE, asking->addresses) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, asking) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, asking) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, asking->problem) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT,
                            "foobar/" FOOBAR_VERSION) == CURLE_OK;
}

static enum fb_result ask(struct asking *asking, const char *url,
                          const char *list)
{
    if (!read_url(asking, url)) {
        snprintf(asking->problem, sizeof(asking->problem),
                 "it is no URL of http or https");
        return FB_FORBIDDEN;
    }
    if (!fetch_is_allowed(list, asking->host, asking->port,
                          &asking->is_local)) {
        snprintf(asking->problem, sizeof(asking->problem),
                 "fetch-allow does not name %.150s:%u", asking->host,
                 asking->port);
        return FB_FORBIDDEN;
    }
    if (!look_up(asking) || !prepare(asking, url)) {
        return FB_UNAVAILABLE;
    }
    asking->length = 0;
    if (curl_easy_perform(asking->curl) != CURLE_OK) {
        if (asking->met_refusal) {
            snprintf(asking->problem, sizeof(asking->problem),
                     "%.150s has an address of this machine or of a private "
                     "network",
                     asking->host);
        }
        return asking->met_refusal ? FB_FORBIDDEN : FB_UNAVAILABLE;
    }
    return FB_OK;
}

/* Each step is looked at as the first one was. */
static enum fb_result ask_and_follow(struct asking *asking, const char *list)
{
    char *url = strdup(asking->fetch->url);
    int left = asking->fetch->follows && asking->fetch->body == NULL
                   ? REDIRECTIONS_MOST
                   : 0;
    enum fb_result result = FB_UNAVAILABLE;

    while (url != NULL) {
        char *next = NULL;

        result = ask(asking, url, list);
        if (result != FB_OK || left-- == 0 ||
            curl_easy_getinfo(asking->curl, CURLINFO_REDIRECT_URL, &next) !=
                CURLE_OK ||
            next == NULL) {
            break;
        }
        free(url);
        url = strdup(next);
        asking->was_led = true;
        curl_slist_free_all(asking->headers);
        asking->headers = NULL;
    }
    free(url);
    return result;
}

/* Of the request; NULL at its limit: it cannot be left here by a long jump. */
static char *copy(struct fb_request *request, const char *text, size_t length)
{
    char *own = arena_alloc(request->arena, length + 1);

    if (own != NULL && length > 0) {
        memcpy(own, text, length);
    }
    return own;
}

static enum fb_result keep_answer(struct asking *asking,
                                  struct fb_fetched *fetched)
{
    long status = 0;
    char *type = NULL;

    curl_easy_getinfo(asking->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(asking->curl, CURLINFO_CONTENT_TYPE, &type);
    type = type != NULL ? type : "";
    fetched->status = (int)status;
    fetched->type = copy(asking->request, type, strlen(type));
    fetched->length = asking->length;
    fetched->body = copy(asking->request, asking->body, asking->length);
    if (fetched->type == NULL || fetched->body == NULL) {
        snprintf(asking->problem, sizeof(asking->problem),
                 "its answer is more than the request has memory for");
        return FB_UNAVAILABLE;
    }
    return FB_OK;
}

enum fb_result fb_fetch(struct fb_request *request,
                        const struct fb_fetch *fetch,
                        struct fb_fetched *fetched)
{
    struct asking asking = {.request = request,
                            .fetch = fetch,
                            .most =
                                fetch->most != 0 ? fetch->most : BYTES_DEFAULT};
    enum fb_result result;

    *fetched = (struct fb_fetched){.type = "", .body = ""};
    if (request->job == NULL) {
        request_fail(request, "fb_fetch(): a page does not wait for another "
                              "server; add a job that asks");
    }
    if (database_in_transaction(request->database)) {
        request_fail(request, "fb_fetch() inside of a transaction, which "
                              "would keep its locks meanwhile");
    }
    asking.curl = curl_easy_init();
    if (asking.curl == NULL) {
        return FB_UNAVAILABLE;
    }
    result = ask_and_follow(&asking,
                            database_settings(request->database)->fetch_allow);
    if (result == FB_OK) {
        result = keep_answer(&asking, fetched);
    }
    if (result != FB_OK) {
        log_request(LOG_WARN, request, "%.200s was not fetched: %s", fetch->url,
                    asking.problem);
    }
    curl_easy_cleanup(asking.curl);
    curl_slist_free_all(asking.headers);
    curl_slist_free_all(asking.addresses);
    free(asking.body);
    return result;
}
