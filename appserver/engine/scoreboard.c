/* The scoreboard; scoreboard.h draws it. */

#include "scoreboard.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

/* A reader that meets a change so often has met a worker that was killed. */
#define LOOKS_MOST 100

const int64_t score_borders_us[SCORE_BUCKETS] = {
    100,   250,   500,    1000,   2500,    5000,    10000,
    25000, 50000, 100000, 250000, 1000000, 5000000, 30000000};

static const struct scoreboard *ours;
static struct score *mine;

static size_t bytes_of(size_t slots)
{
    return sizeof(struct scoreboard) + slots * sizeof(struct score);
}

/* What a change of the structs, or of their tables, changes. */
static uint64_t layout(void)
{
    return (uint64_t)sizeof(struct scoreboard) << 32 | sizeof(struct score);
}

static struct scoreboard *map(int fd, size_t slots)
{
    struct scoreboard *board =
        mmap(NULL, bytes_of(slots), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    return board == MAP_FAILED ? NULL : board;
}

struct scoreboard *scoreboard_make(size_t slots)
{
    int fd = memfd_create("foobar-scoreboard", MFD_CLOEXEC);
    struct scoreboard *board = NULL;

    if (fd >= 0 && ftruncate(fd, (off_t)bytes_of(slots)) == 0) {
        board = map(fd, slots);
    }
    if (board == NULL) {
        close(fd);
        return NULL;
    }
    board->layout = layout();
    board->fd = fd;
    board->slots = slots;
    if (getrandom(&board->server, sizeof(board->server), 0) !=
        (ssize_t)sizeof(board->server)) {
        scoreboard_free(board);
        return NULL;
    }
    board->began = (int64_t)time(NULL);
    return board;
}

struct scoreboard *scoreboard_adopt(int fd, size_t slots)
{
    struct scoreboard *board;
    struct stat status;

    if (fstat(fd, &status) != 0 || (size_t)status.st_size != bytes_of(slots)) {
        return NULL;
    }
    board = map(fd, slots);
    if (board != NULL && (board->layout != layout() || board->slots != slots)) {
        munmap(board, bytes_of(slots));
        return NULL;
    }
    return board;
}

void scoreboard_free(struct scoreboard *board)
{
    if (board != NULL) {
        close(board->fd);
        munmap(board, bytes_of(board->slots));
    }
}

/* Between these two, readers wait. A slot has one writer at a time. */
static struct score_now *change(struct score *score)
{
    uint32_t sequence =
        atomic_load_explicit(&score->sequence, memory_order_relaxed);

    atomic_store_explicit(&score->sequence, sequence | 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    return &score->now;
}

static void changed(struct score *score)
{
    uint32_t sequence =
        atomic_load_explicit(&score->sequence, memory_order_relaxed);

    atomic_store_explicit(&score->sequence, sequence + 1, memory_order_release);
}

static void count(_Atomic uint64_t *counter, uint64_t more)
{
    /* Nobody else writes it: an addition need not be locked. */
    atomic_store_explicit(
        counter, atomic_load_explicit(counter, memory_order_relaxed) + more,
        memory_order_relaxed);
}

/* What is too long is cut between two characters of UTF-8. */
static void copy(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);

    while (length > 0 && ((unsigned char)from[length] & 0xc0) == 0x80) {
        length--;
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

void scoreboard_note_refusal(struct scoreboard *board, const char *reason)
{
    copy(board->refusal, sizeof(board->refusal), reason);
}

void scoreboard_take(struct scoreboard *board, size_t slot, unsigned generation)
{
    struct score *score = &board->scores[slot];
    struct score_now *now = change(score);

    *now = (struct score_now){.generation = generation,
                              .state = SCORE_STARTING,
                              .since_us = clock_now_us(),
                              .first_request = atomic_load(&score->requests)};
    now->started_us = now->since_us;
    changed(score);
}

void scoreboard_release(struct scoreboard *board, size_t slot)
{
    struct score_now *now = change(&board->scores[slot]);

    *now = (struct score_now){.state = SCORE_FREE};
    atomic_store(&board->scores[slot].is_waiting, false);
    changed(&board->scores[slot]);
}

bool scoreboard_look(const struct scoreboard *board, size_t slot,
                     struct score_now *now)
{
    const struct score *score = &board->scores[slot];
    uint32_t before;
    uint32_t after;
    int looks = 0;

    do {
        before = atomic_load_explicit(&score->sequence, memory_order_acquire);
        memcpy(now, &score->now, sizeof(*now));
        atomic_thread_fence(memory_order_acquire);
        after = atomic_load(&score->sequence);
    } while ((before != after || before % 2 != 0) && ++looks < LOOKS_MOST);
    /* If it was cut in the middle, at least the texts end. */
    now->id[SCORE_ID_MAX] = '\0';
    now->method[sizeof(now->method) - 1] = '\0';
    now->path[SCORE_PATH_MAX] = '\0';
    now->page[SCORE_NAME_MAX] = '\0';
    now->statement[SCORE_NAME_MAX] = '\0';
    return now->state != SCORE_FREE;
}

const char *score_state_name(enum score_state state)
{
    static const char *const names[] = {
#define SCORE_STATE(id, name) name,
        SCORE_STATES(SCORE_STATE)
#undef SCORE_STATE
    };

    return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state]
                                                            : "unknown";
}

/* --- a worker about itself ---------------------------------------------- */

void score_join(struct scoreboard *board, size_t slot)
{
    ours = board;
    mine = &board->scores[slot];
    change(mine)->pid = getpid();
    changed(mine);
}

static void enter_state(enum score_state state, int64_t since_us)
{
    struct score_now *now = change(mine);

    now->state = state;
    now->since_us = since_us;
    changed(mine);
}

void score_state(enum score_state state)
{
    if (mine != NULL) {
        enter_state(state, clock_now_us());
    }
}

static size_t bucket_of(int64_t us)
{
    size_t i = 0;

    while (i < SCORE_BUCKETS && us > score_borders_us[i]) {
        i++;
    }
    return i;
}

static void note_wait(int64_t ms)
{
    if (ms >= 0) {
        count(&mine->waits, 1);
        count(&mine->waited_ms, (uint64_t)ms);
        count(&mine->wait_buckets[bucket_of(ms * 1000)], 1);
    }
}

void score_request(const char *id, const char *method, const char *path,
                   int64_t waited_ms, int64_t since_us)
{
    if (mine != NULL) {
        struct score_now *now = change(mine);

        now->state = SCORE_BUSY;
        now->since_us = since_us;
        copy(now->id, sizeof(now->id), id);
        copy(now->method, sizeof(now->method), method);
        copy(now->path, sizeof(now->path), path);
        now->page[0] = '\0';
        changed(mine);
        note_wait(waited_ms);
    }
}

void score_page(const char *name)
{
    if (mine != NULL) {
        struct score_now *now = change(mine);

        copy(now->page, sizeof(now->page), name);
        changed(mine);
    }
}

void score_answered(int status, int64_t since_us)
{
    if (mine != NULL) {
        int64_t now = clock_now_us();
        int64_t us = now - since_us;

        count(&mine->requests, 1);
        count(&mine->busy_us, (uint64_t)us);
        count(&mine->buckets[bucket_of(us)], 1);
        if (status >= 100 && status < 100 * (SCORE_CLASSES + 1)) {
            count(&mine->statuses[status / 100 - 1], 1);
        }
        enter_state(SCORE_IDLE, now);
    }
}

void score_statement(const char *name)
{
    if (mine != NULL) {
        struct score_now *now = change(mine);

        copy(now->statement, sizeof(now->statement), name != NULL ? name : "");
        changed(mine);
    }
}

void score_statement_took(int64_t us, bool good)
{
    if (mine != NULL) {
        count(&mine->statements, 1);
        count(&mine->statement_us, (uint64_t)us);
        count(&mine->statement_errors, !good);
        score_statement(NULL);
    }
}

void score_database(bool is_up)
{
    if (mine != NULL) {
        struct score_now *now = change(mine);

        now->database_is_up = is_up;
        changed(mine);
        count(&mine->database_connects, is_up);
    }
}

void score_connections(unsigned number)
{
    if (mine != NULL) {
        struct score_now *now = change(mine);

        now->connections = number;
        changed(mine);
    }
}

void score_refused(void)
{
    if (mine != NULL) {
        count(&mine->refused, 1);
    }
}

void score_waits(bool waits)
{
    if (mine != NULL) {
        atomic_store_explicit(&mine->is_waiting, waits, memory_order_relaxed);
    }
}

bool score_somebody_waits(void)
{
    size_t i;

    for (i = 0; ours != NULL && i < ours->slots; i++) {
        if (atomic_load_explicit(&ours->scores[i].is_waiting,
                                 memory_order_relaxed)) {
            return true;
        }
    }
    return ours == NULL;
}

void score_given(void)
{
    if (mine != NULL) {
        count(&mine->given, 1);
    }
}

void score_taken(void)
{
    if (mine != NULL) {
        count(&mine->taken, 1);
    }
}
