/* The words behind a status of HTTP. */

#ifndef ENGINE_REASON_H
#define ENGINE_REASON_H

/* "Not Found"; "Other" for one that the engine does not know. */
const char *reason_of(int status);

#endif
