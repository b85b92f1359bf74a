/* The handlers of the bench's pages, mostly one a file. */

#ifndef BENCH_PAGES_H
#define BENCH_PAGES_H

#include <foobar/foobar.h>

/* plaintext.c: the engine alone */
fb_handler plaintext_page;

/* json.c: the same, as JSON */
fb_handler json_page;

/* world.c: one row by its key; ?queries= of them; and these changed */
fb_handler db_page;
fb_handler queries_page;
fb_handler updates_page;

/* fortunes.c: a dozen rows, sorted, escaped, through a template */
fb_handler fortunes_page;

/* neighbours.c: 100 ms of waiting; the hash of a password */
fb_handler sleep_page;
fb_handler hash_page;

#endif
