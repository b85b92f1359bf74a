/*
 * Backtraces with functions, files and lines, for the development mode.
 *
 *     worker, in the handler of a signal        helper, forked before
 *     "site.so 0x1a2b\nsite.so ...\n"   ---->   addr2line -e site.so ...
 *     "post_page at site/post.c:42\n"   <----
 */

#ifndef ENGINE_DEV_FRAMES_H
#define ENGINE_DEV_FRAMES_H

#include <stddef.h>

#define DEV_FRAMES_TEXT_MAX ((size_t)16 * 1024)

/* Forks the helper, which ends with this process. */
void dev_frames_begin(void);

/*
 * In the handler of a signal: describes the calls that led to it, a line each.
 * Without the helper, or when it takes too long, only objects and offsets.
 */
void dev_frames_describe(char *text, size_t size);

#endif
