/*
 * The versions of tags: what a cached page depends on. wire/foobar_tags.h
 * has the layout and says what is fresh.
 *
 * Who may do what, and when:
 * - a transaction that changes what a page shows writes a row for each of its
 *   tags into the table tag_bumps, the journal (database.c);
 * - after COMMIT the same worker bumps the tags here, and notes the rows as
 *   applied. It does so too when it does not know whether COMMIT took effect;
 * - the keeper (keeper.h) applies the rows that a killed worker left behind,
 *   and those that other hosts wrote.
 *
 * The file outlives every process, is never unlinked or truncated, and is
 * allocated on the disk in full before it is mapped, so that a full disk is
 * an error at the start and no SIGBUS later.
 */

#ifndef ENGINE_TAGS_H
#define ENGINE_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tags;

/* Opens or makes the file; NULL with `problem` when it cannot be used. */
struct tags *tags_open(const char *file, char *problem, size_t size);
void tags_close(struct tags *tags);

/* Everything that depends on the tag is stale from now on. */
void tags_bump(struct tags *tags, const char *tag, size_t length);

/* Everything is stale from now on: what happened meanwhile is not known. */
void tags_bump_all(struct tags *tags);

uint64_t tags_version(const struct tags *tags, const char *tag, size_t length);
uint64_t tags_clock(const struct tags *tags);

/* Rows of the journal: applied by whoever wrote them, or by the keeper. */
void tags_note_applied(struct tags *tags, uint64_t row);
bool tags_is_applied(const struct tags *tags, uint64_t row);

/* All rows below this one are applied; 0: nothing is known. */
uint64_t tags_journal(const struct tags *tags);
void tags_set_journal(struct tags *tags, uint64_t row);

#endif
