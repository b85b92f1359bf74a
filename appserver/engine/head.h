/*
 * Looks at the head of a FastCGI request before anything of it is taken.
 *
 * libfcgi waits for bytes that are missing, believes every length that it is
 * told (the sum of two lengths near 2^31 overflows in 2.4.2 and makes it
 * write outside of its memory) and knows no limit. So nothing is read that
 * was not looked at: whole records from BEGIN_REQUEST to the end of PARAMS,
 * with lengths that agree, within limits, and none that libfcgi is known to
 * misread.
 */

#ifndef ENGINE_HEAD_H
#define ENGINE_HEAD_H

#include <stdbool.h>
#include <stddef.h>

/* A Unix socket holds somewhat more than this in flight. */
#define HEAD_BYTES_MAX ((size_t)64 * 1024)
#define HEAD_PARAMS_MAX 1000 /* nginx sends some 20, and one a header */

enum head_state {
    HEAD_WHOLE,      /* it may be served */
    HEAD_INCOMPLETE, /* more bytes must come */
    HEAD_TOO_LARGE,  /* too many bytes or parameters */
    HEAD_BROKEN,     /* no FastCGI, lengths that contradict each other, or a
                        record that libfcgi misreads */
    HEAD_MANAGEMENT  /* a record about the connection comes first */
};

struct head {
    enum head_state state;
    unsigned request_id;      /* 0 before BEGIN_REQUEST */
    bool keeps_connection;    /* the peer asks for it */
    bool has_others;          /* records of other requests stand in it */
    size_t length;            /* of a head that is whole */
    size_t param_count;       /* of such a head */
    size_t params_length;     /* of these, as bytes of records */
    size_t management_length; /* of the record, its padding included */
};

/* Looks at the first `length` bytes that wait on a connection. */
struct head head_look(const unsigned char *bytes, size_t length);

/*
 * Behind a head that is whole: the length of a request that ends there, for it
 * has no body and nothing else stands in it; 0 when there may be one.
 */
size_t head_ends_request(const struct head *head, const unsigned char *bytes,
                         size_t length);

/*
 * The value of a parameter among the first `length` bytes of a request that
 * waits: in the first record of them, where web servers put their own. NULL:
 * it is not there, or not whole.
 */
const char *head_find(const unsigned char *bytes, size_t length,
                      const char *name, size_t *value_length);

/*
 * Answers a management record into `reply` (HEAD_REPLY_BYTES); returns how
 * many bytes that are. We serve one request at a time on a connection.
 */
#define HEAD_REPLY_BYTES 128
size_t head_answer_management(const unsigned char *record, size_t length,
                              unsigned char *reply);

#endif
