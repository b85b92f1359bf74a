/*
 * The layout of the mapping that holds the versions of tags.
 *
 * The application server writes it, whoever caches pages reads it. A page
 * that was made when the clock showed C and that depends on some tags is fresh
 * if the version of each of them, and the epoch, are not above C.
 *
 *     offset  bytes
 *     0       8      magic, FOOBAR_TAGS_MAGIC
 *     8       8      layout, FOOBAR_TAGS_LAYOUT
 *     16      8      number of slots, FOOBAR_TAGS_SLOTS
 *     24      8      clock: raised by each bump; begins at the time of day
 *     32      8      epoch: a version that counts for every tag
 *     40      8      journal: rows of the journal below this one are applied
 *     4096    8 each versions, at (h ^ h >> 32) modulo slots, where h is the
 *                    FNV-1a hash of the tag in 64 bits
 *     then    8 each ids of rows of the journal that were applied lately
 *
 * All are 64 bits in the order of the machine, aligned, and read and written
 * atomically. Two tags with the same slot only make pages stale too early.
 * A file with another magic, layout or size is not used: nothing is cached.
 */

#ifndef FOOBAR_TAGS_H
#define FOOBAR_TAGS_H

#define FOOBAR_TAGS_MAGIC 0x31736761746f6f66ULL /* "footags1" */
#define FOOBAR_TAGS_LAYOUT 1
#define FOOBAR_TAGS_SLOTS 65536
#define FOOBAR_TAGS_RECENT 8192
#define FOOBAR_TAGS_HEAD_BYTES 4096
#define FOOBAR_TAGS_BYTES \
    (FOOBAR_TAGS_HEAD_BYTES + 8 * (FOOBAR_TAGS_SLOTS + FOOBAR_TAGS_RECENT))

#define FOOBAR_TAG_MAX 128 /* bytes of a tag */

#endif
