/*
 * Counts that last: a row for each thing that is counted for somebody, and one
 * statement to count. It begins a new window when the last one is over, tells
 * the count by LAST_INSERT_ID(), and is atomic: of a hundred requests at once
 * no more get through than may.
 *
 * A window begins with the first that is counted in it and is not moved on by
 * those that come later, so that whoever keeps trying is let in again in time.
 */

#include "limit.h"

#include <foobar/database.h>

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "csrf.h"
#include "database.h"
#include "log.h"
#include "request.h"

#define ID_BYTES ((size_t)24)
#define ID_TEXT ((size_t)33)

const struct fb_statement limit_statements[LIMIT_STATEMENTS] = {
    [LIMIT_TAKE] =
        {.name = "limit_take",
         .sql = "INSERT INTO rate_limits (id, used, ends_at) "
                "VALUES (?, 1, UTC_TIMESTAMP(6) + INTERVAL ? SECOND) "
                "ON DUPLICATE KEY UPDATE "
                "used = LAST_INSERT_ID(IF(ends_at <= UTC_TIMESTAMP(6), 1, "
                "LEAST(used + 1, 1000000000))), "
                "ends_at = IF(ends_at <= UTC_TIMESTAMP(6), VALUES(ends_at), "
                "ends_at)",
         .example = (const char *const[]){"none", "60", NULL}},
    [LIMIT_WAIT] =
        {.name = "limit_wait",
         .sql = "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), ends_at) "
                "FROM rate_limits WHERE id = ?",
         .example = (const char *const[]){"none", NULL}},
    [LIMIT_GIVE_BACK] = {.name = "limit_give_back",
                         .sql = "UPDATE rate_limits SET used = used - 1 "
                                "WHERE id = ? AND used > 0",
                         .example = (const char *const[]){"none", NULL}},
};

static unsigned own(const struct fb_request *request,
                    enum limit_statement statement)
{
    return database_own(request->database, &limit_statements[statement]);
}

void limit_network_of(const char *address, char *text)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    unsigned char bytes[16];

    if (inet_pton(AF_INET6, address, bytes) != 1) {
        snprintf(text, LIMIT_ADDRESS_TEXT, "%s", address);
    } else if (memcmp(bytes, mapped, sizeof(mapped)) == 0) {
        inet_ntop(AF_INET, bytes + sizeof(mapped), text, LIMIT_ADDRESS_TEXT);
    } else {
        memset(bytes + 8, 0, 8);
        inet_ntop(AF_INET6, bytes, text, LIMIT_ADDRESS_TEXT);
    }
}

const char *fb_address(const struct fb_request *request)
{
    const char *address = request_param(request, "REMOTE_ADDR");
    unsigned char bytes[16];

    return address != NULL && (inet_pton(AF_INET, address, bytes) == 1 ||
                               inet_pton(AF_INET6, address, bytes) == 1)
               ? address
               : "";
}

/* Keyed, so that nobody who reads the table can try addresses out. */
static const char *id_of(struct fb_request *request, const struct limit *limit)
{
    const struct csrf *csrf = request->csrf;
    bool is_keyed = csrf != NULL && csrf->is_set;
    crypto_generichash_state state;
    char network[LIMIT_ADDRESS_TEXT];
    unsigned char bytes[ID_BYTES];
    const char *key = limit->key;
    char *text = fb_alloc(request, ID_TEXT);

    if (key == NULL) {
        limit_network_of(fb_address(request), network);
        key = network;
    }
    crypto_generichash_init(&state, is_keyed ? csrf->key : NULL,
                            is_keyed ? sizeof(csrf->key) : 0, sizeof(bytes));
    crypto_generichash_update(&state, (const unsigned char *)limit->name,
                              strlen(limit->name) + 1);
    crypto_generichash_update(&state, (const unsigned char *)key, strlen(key));
    crypto_generichash_final(&state, bytes, sizeof(bytes));
    return sodium_bin2base64(text, ID_TEXT, bytes, sizeof(bytes),
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static enum fb_result write_row(struct fb_request *request,
                                enum limit_statement statement,
                                const struct fb_value *values, size_t count)
{
    return database_write(request, own(request, statement), values, count);
}

/* Until when the client is to wait; the end itself is waited for too. */
static void note_wait(struct fb_request *request, const char *id,
                      const struct limit *limit)
{
    struct fb_rows *rows;

    request->retry_after = limit->seconds;
    if (fb_select(request, own(request, LIMIT_WAIT), &rows, fb_text(id)) ==
            FB_OK &&
        fb_next(rows)) {
        int64_t seconds = fb_column_int(rows, 0);

        request->retry_after = seconds < 0 ? 1 : (unsigned)seconds + 1;
    }
}

enum fb_result limit_take(struct fb_request *request, const struct limit *limit)
{
    const char *id = id_of(request, limit);
    const struct fb_value values[] = {{0}, fb_text(id), fb_int(limit->seconds)};
    enum fb_result result = write_row(request, LIMIT_TAKE, values, 3);
    int64_t used = fb_insert_id(request);

    if (result != FB_OK) {
        return result;
    }
    /* A new row has no LAST_INSERT_ID(): 0. */
    if (used <= (int64_t)limit->most) {
        return FB_OK;
    }
    note_wait(request, id, limit);
    log_request(LOG_INFO, request, "limit %s: more than %u in %u seconds",
                limit->name, limit->most, limit->seconds);
    return FB_TOO_MANY;
}

void limit_give_back(struct fb_request *request, const struct limit *limit)
{
    const struct fb_value values[] = {{0}, fb_text(id_of(request, limit))};

    (void)write_row(request, LIMIT_GIVE_BACK, values, 2);
}

bool fb_limit(struct fb_request *request, const char *name, const char *key,
              unsigned most, unsigned seconds)
{
    const struct limit limit = {
        .name = name, .key = key, .most = most, .seconds = seconds};

    if (seconds == 0 || name == NULL || name[0] == '\0') {
        request_fail(request, "fb_limit(): a limit has a name and seconds");
    }
    if (limit_take(request, &limit) != FB_TOO_MANY) {
        return true;
    }
    fb_header(request, "Retry-After",
              fb_printf(request, "%u", request->retry_after));
    return false;
}
