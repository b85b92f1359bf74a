/* A post with its comments, as both sides of the measurement draw it. */

#ifndef BENCH_DRAWING_VIEWS_H
#define BENCH_DRAWING_VIEWS_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stddef.h>
#include <stdint.h>

struct drawn_comment {
    int64_t id;
    const char *author;
    const char *created;
    const char *text;
};

struct drawn_post {
    int64_t id;
    const char *title;
    const struct drawn_comment *comments;
    size_t comment_count;
};

/* What a side has drawn; it stays until the next call. */
struct drawing {
    const char *bytes;
    size_t length;
};

/* theirs.cc: fills ctemplate's dictionary and expands the template. */
void theirs_open(const char *path);
struct drawing theirs_draw(const struct drawn_post *post);

#ifdef __cplusplus
}
#endif

#endif
