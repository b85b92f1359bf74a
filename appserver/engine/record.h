/* FastCGI's records: what their heads look like. */

#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include <stddef.h>
#include <string.h>

#define FCGI_VERSION 1
#define FCGI_BEGIN_REQUEST 1
#define FCGI_END_REQUEST 3
#define FCGI_PARAMS 4
#define FCGI_STDIN 5
#define FCGI_STDOUT 6

#define RECORD_HEAD_BYTES ((size_t)8)
#define RECORD_CONTENT_MAX ((size_t)0xffff)

static inline void record_put_head(unsigned char *at, unsigned type,
                                   unsigned request_id, size_t length)
{
    at[0] = FCGI_VERSION;
    at[1] = (unsigned char)type;
    at[2] = (unsigned char)(request_id >> 8);
    at[3] = (unsigned char)request_id;
    at[4] = (unsigned char)(length >> 8);
    at[5] = (unsigned char)length;
    at[6] = 0; /* no padding */
    at[7] = 0;
}

/* A whole record; returns where the next one goes. */
static inline unsigned char *record_put(unsigned char *at, unsigned type,
                                        unsigned request_id,
                                        const void *content, size_t length)
{
    record_put_head(at, type, request_id, length);
    if (length > 0) {
        memcpy(at + RECORD_HEAD_BYTES, content, length);
    }
    return at + RECORD_HEAD_BYTES + length;
}

#endif
