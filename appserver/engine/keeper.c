/*
 * The keeper. Ids of the journal are given out when a row is written and seen
 * when its transaction commits, so a lower id may appear after a higher one.
 * So the keeper looks again and again at all rows of the last minute, which is
 * longer than any transaction may last, and the mapping remembers which of
 * them were applied. Applying a row twice makes pages stale once more and does
 * no harm.
 */

#include "keeper.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "database.h"
#include "log.h"
#include "tags.h"

#define LOOK_MS 200
#define PRUNE_MS 60000
#define SETTLED_SECONDS 60
#define ROWS_A_LOOK 5000
#define PRUNED_AT_ONCE 1000
#define PRUNES_A_TURN 100
#define PAUSE_MOST_MS 5000

struct keeper {
    const struct settings *settings;
    struct tags *tags;
    MYSQL *connection;
    int signals;
    int pause_ms; /* before it looks again */
    int64_t prune_at;
};

static MYSQL_RES *ask(struct keeper *keeper, const char *sql)
{
    if (mysql_query(keeper->connection, sql) != 0) {
        return NULL;
    }
    return mysql_store_result(keeper->connection);
}

/* One number; false when there is no answer. A NULL counts as 0. */
static bool ask_number(struct keeper *keeper, const char *sql, uint64_t *number)
{
    MYSQL_RES *result = ask(keeper, sql);
    MYSQL_ROW row = result != NULL ? mysql_fetch_row(result) : NULL;
    bool good = row != NULL;

    *number = good && row[0] != NULL ? strtoull(row[0], NULL, 10) : 0;
    mysql_free_result(result);
    return good;
}

/* No transaction is still open that wrote a row so long ago. */
static int settled_seconds(const struct keeper *keeper)
{
    int longest = 2 * keeper->settings->db_query_seconds;

    return longest > SETTLED_SECONDS ? longest : SETTLED_SECONDS;
}

/*
 * Where to begin. A new mapping, and one that was away for so long that rows
 * it never saw were pruned, cannot tell what is stale: so everything is.
 */
static bool find_beginning(struct keeper *keeper)
{
    uint64_t journal = tags_journal(keeper->tags);
    uint64_t oldest;
    uint64_t settled;
    char sql[256];

    snprintf(sql, sizeof(sql),
             "SELECT MAX(id) FROM tag_bumps"
             " WHERE at < UTC_TIMESTAMP(6) - INTERVAL %d SECOND",
             settled_seconds(keeper));
    if (!ask_number(keeper, "SELECT MIN(id) FROM tag_bumps", &oldest) ||
        !ask_number(keeper, sql, &settled)) {
        return false;
    }
    if (journal == 0 || oldest > journal) {
        tags_bump_all(keeper->tags);
        tags_set_journal(keeper->tags, settled + 1);
    }
    return true;
}

/* Applies the rows from *from on, up to ROWS_A_LOOK; *from comes behind. */
static bool apply_some(struct keeper *keeper, uint64_t *from, int *count)
{
    char sql[256];
    MYSQL_RES *result;
    MYSQL_ROW row;
    uint64_t settled = 0;

    *count = 0;
    snprintf(sql, sizeof(sql),
             "SELECT id, tag, at < UTC_TIMESTAMP(6) - INTERVAL %d SECOND"
             " FROM tag_bumps WHERE id >= %llu ORDER BY id LIMIT %d",
             settled_seconds(keeper), (unsigned long long)*from, ROWS_A_LOOK);
    result = ask(keeper, sql);
    if (result == NULL) {
        return false;
    }
    while ((row = mysql_fetch_row(result)) != NULL) {
        const unsigned long *lengths = mysql_fetch_lengths(result);
        uint64_t id = strtoull(row[0], NULL, 10);

        if (!tags_is_applied(keeper->tags, id)) {
            tags_bump(keeper->tags, row[1], lengths[1]);
            tags_note_applied(keeper->tags, id);
            log_line(LOG_DEBUG, "the tag %s was bumped from the journal",
                     row[1]);
        }
        if (row[2][0] == '1') {
            settled = id;
        }
        *from = id + 1;
        ++*count;
    }
    mysql_free_result(result);
    if (settled > 0) {
        tags_set_journal(keeper->tags, settled + 1);
    }
    return true;
}

static bool apply_rows(struct keeper *keeper)
{
    uint64_t from = tags_journal(keeper->tags);
    int count;

    do {
        if (!apply_some(keeper, &from, &count)) {
            return false;
        }
    } while (count == ROWS_A_LOOK);
    return true;
}

/* Other hosts have a day to see a row. In small pieces: no big transaction. */
static bool prune(struct keeper *keeper)
{
    char sql[160];
    int turn;

    if (clock_now_ms() < keeper->prune_at) {
        return true;
    }
    keeper->prune_at = clock_now_ms() + PRUNE_MS;
    snprintf(sql, sizeof(sql),
             "DELETE FROM tag_bumps WHERE at < UTC_TIMESTAMP(6) - INTERVAL 1 "
             "DAY ORDER BY id LIMIT %d",
             PRUNED_AT_ONCE);
    for (turn = 0; turn < PRUNES_A_TURN; turn++) {
        if (mysql_query(keeper->connection, sql) != 0) {
            return false;
        }
        if (mysql_affected_rows(keeper->connection) < PRUNED_AT_ONCE) {
            break;
        }
    }
    return true;
}

/* By the password as it is now. */
static MYSQL *connect_keeper(const struct keeper *keeper, char *problem,
                             size_t size)
{
    char password[SETTINGS_SECRET_MAX];
    MYSQL *connection = NULL;

    if (settings_read_secret(keeper->settings->db_password_file, password,
                             sizeof(password), problem, size)) {
        connection =
            database_connect(keeper->settings, password, problem, size);
    }
    explicit_bzero(password, sizeof(password));
    return connection;
}

static void look(struct keeper *keeper)
{
    char problem[512];
    bool is_new = keeper->connection == NULL;

    if (is_new) {
        keeper->connection = connect_keeper(keeper, problem, sizeof(problem));
        if (keeper->connection == NULL) {
            log_line(LOG_ERROR, "the journal of tags: %s", problem);
            keeper->pause_ms = keeper->pause_ms * 2 > PAUSE_MOST_MS
                                   ? PAUSE_MOST_MS
                                   : keeper->pause_ms * 2;
            return;
        }
    }
    if ((!is_new || find_beginning(keeper)) && apply_rows(keeper) &&
        prune(keeper)) {
        keeper->pause_ms = LOOK_MS;
        return;
    }
    log_line(LOG_ERROR, "the journal of tags: %s (%u)",
             mysql_error(keeper->connection), mysql_errno(keeper->connection));
    mysql_close(keeper->connection);
    keeper->connection = NULL;
    keeper->pause_ms = PAUSE_MOST_MS;
}

static bool set_up(struct keeper *keeper)
{
    char problem[512];
    sigset_t set;

    keeper->tags =
        tags_open(keeper->settings->tags_file, problem, sizeof(problem));
    if (keeper->tags == NULL) {
        log_line(LOG_ERROR, "the journal of tags is not followed: %s", problem);
        return false;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    keeper->signals = signalfd(-1, &set, SFD_CLOEXEC);
    return keeper->signals >= 0;
}

int keeper_run(const struct settings *settings)
{
    struct keeper keeper = {.settings = settings, .pause_ms = LOOK_MS};
    struct pollfd end;

    log_name_process("keeper");
    if (!set_up(&keeper)) {
        tags_close(keeper.tags);
        return EXIT_FAILURE;
    }
    end = (struct pollfd){.fd = keeper.signals, .events = POLLIN};
    do {
        look(&keeper);
    } while (poll(&end, 1, keeper.pause_ms) == 0);
    if (keeper.connection != NULL) {
        mysql_close(keeper.connection);
    }
    tags_close(keeper.tags);
    return EXIT_SUCCESS;
}
