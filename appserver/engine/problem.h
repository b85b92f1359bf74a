/* Errors as programs like to read them: RFC 9457. */

#ifndef ENGINE_PROBLEM_H
#define ENGINE_PROBLEM_H

struct fb_request;

/*
 * Writes the reply for a status as application/problem+json: what the status
 * means, the reason when the client may know it, the request's id, and what
 * was wrong with the fields of its form (form.h) or those that the handler has
 * read (json.h).
 */
void problem_write(struct fb_request *request, int status);

#endif
