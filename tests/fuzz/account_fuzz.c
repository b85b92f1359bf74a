/*
 * Fuzzes what a stranger sends about an account: the cookie of a session, an
 * address, a password, the page to go on to, and where he comes from.
 *
 * An input is one text, which is taken for each of them. Nothing may be read
 * beyond it; what is taken for a token has 43 characters; what is an address
 * stays the same when it is made normal again; and where one goes is one "/" and
 * no control character behind it.
 */

#include <foobar/account.h>
#include <foobar/limit.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "cookie.h"
#include "limit.h"
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX ((size_t)4096)

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_cookie(const char *header)
{
    char hash[ACCOUNT_TOKEN_TEXT];
    struct cookie_part value;
    char *text;

    if (!cookie_find(header, ACCOUNT_COOKIE, &value)) {
        return;
    }
    text = strndup(value.bytes, value.length);
    must(text != NULL);
    if (account_token_hash(text, hash)) {
        must(value.length == ACCOUNT_TOKEN_TEXT - 1);
        must(strlen(hash) == ACCOUNT_TOKEN_TEXT - 1);
    }
    free(text);
}

static void check_email(struct fb_request *request, const char *text)
{
    const char *key = account_email_key(request, text);
    const char *again;

    if (key != NULL) {
        must(strlen(key) <= 254);
        again = account_email_key(request, key);
        must(again == NULL || strcmp(key, again) == 0);
    }
}

static void check_next(struct fb_request *request, const char *text)
{
    const char *next;
    size_t i;

    request->query = (struct form){0};
    if (form_decode(&request->query, request->arena, text, strlen(text)) !=
        NULL) {
        return;
    }
    next = fb_safe_next(request, "/");
    must(next[0] == '/' && next[1] != '/' && next[1] != '\\');
    for (i = 0; next[i] != '\0'; i++) {
        must(next[i] > 0x20 && next[i] < 0x7f);
    }
    must(strncmp(fb_keep_next(request, "/login"), "/login", 6) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fb_accounts accounts = {.roles = "member"};
    static const struct fb_app app = {.accounts = &accounts};
    char network[LIMIT_ADDRESS_TEXT];
    struct fb_request request;
    struct arena arena;
    char *text;

    if (size > TEXT_MAX) {
        return 0;
    }
    text = malloc(size + 1);
    must(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    arena_init(&arena, (size_t)1 << 20);
    request_init(&request, &arena, &app, NULL);
    check_cookie(text);
    check_email(&request, text);
    check_next(&request, text);
    (void)account_password_check(&accounts, text, "anna@example.org");
    limit_network_of(text, network);
    must(strlen(network) < sizeof(network));
    arena_free(&arena);
    free(text);
    return 0;
}
