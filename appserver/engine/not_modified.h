/* The parts of conditional requests that know no request. */

#ifndef ENGINE_NOT_MODIFIED_H
#define ENGINE_NOT_MODIFIED_H

#include <stdbool.h>
#include <stdint.h>

#define HTTP_DATE_BYTES 30

/* "Thu, 05 Mar 2026 14:02:11 GMT"; false for FB_NO_TIME. */
bool http_date_write(int64_t time, char text[HTTP_DATE_BYTES]);

/* The other way round; FB_NO_TIME for what is none. */
int64_t http_date_read(const char *text);

/* Whether an If-None-Match names this tag (given without quotes), or "*". */
bool etag_matches(const char *list, const char *etag);

#endif
