/*
 * A request and its reply, as a handler sees them.
 *
 * All memory that these functions hand out belongs to the request: it lives
 * until the handler's reply was sent, and nothing is freed by hand. None of
 * the allocating functions returns NULL: when a request uses up its memory
 * limit, the engine ends the handler itself and answers 500.
 */

#ifndef FOOBAR_REQUEST_H
#define FOOBAR_REQUEST_H

#include <foobar/app.h>

#include <stdarg.h>
#include <stdbool.h>

struct fb_out;

/* What was asked for. */

/* The method as one of enum fb_method. */
FB_API unsigned fb_method(const struct fb_request *request);

/* The path, percent-decoded and without the query: "/posts/7". */
FB_API const char *fb_path(const struct fb_request *request);

/* A header that the client sent, by its name: "Origin". NULL if it did not. */
FB_API const char *fb_request_header(const struct fb_request *request,
                                     const char *name);

/* The id that the access log, the error log and the error page share. */
FB_API const char *fb_request_id(const struct fb_request *request);

/*
 * The trace that this request is a part of (W3C Trace Context), for calls that
 * the handler makes to others: what to send as the headers traceparent and
 * tracestate. There is always a traceparent; the state is NULL if there is
 * none. Never take them from fb_request_header(): anybody may send those.
 */
FB_API const char *fb_trace_parent(const struct fb_request *request);
FB_API const char *fb_trace_state(const struct fb_request *request);

/*
 * A parameter of the page's path. Asking for one that the path of the
 * page's row does not declare is a programming error and ends the handler
 * with a 500.
 */
FB_API int64_t fb_path_int(struct fb_request *request, const char *name);
FB_API const char *fb_path_text(struct fb_request *request, const char *name);

/*
 * A field of the query, decoded. NULL when it was not sent. When a name was
 * sent several times the first one counts. The text is valid UTF-8 without
 * NUL; a request that sent anything else was already answered 400. For what
 * was posted see form.h.
 */
FB_API const char *fb_query(struct fb_request *request, const char *name);

/*
 * For an error page: why the request was refused, in sentences for the
 * visitor. NULL when the status alone says it.
 */
FB_API const char *fb_refusal(const struct fb_request *request);

/*
 * What proves that a request which changes something comes from a page of
 * ours: a token, to be sent as the header X-CSRF-Token by a script; forms of
 * form.h have theirs. New for each call. NULL when the visitor has no session,
 * who needs none. Whoever shows it says "Cache-Control: private, no-store".
 */
FB_API const char *fb_token(struct fb_request *request);

/*
 * What is answered. The status is 200 and the type HTML unless said; a type
 * "text/..." that names no charset gets UTF-8's.
 */

FB_API void fb_status(struct fb_request *request, int status);
FB_API void fb_content_type(struct fb_request *request, const char *type);

/*
 * Adds a header. Characters that would end the header are an error of the
 * program: the handler is ended with a 500, nothing is smuggled.
 */
FB_API void fb_header(struct fb_request *request, const char *name,
                      const char *value);

/*
 * 303 See Other to a path of this site, for the answer to a POST. The path
 * must begin with one "/", so that no visitor is sent to a foreign host. Of
 * what was answered before only the cookies stay.
 */
FB_API void fb_redirect(struct fb_request *request, const char *path);

/*
 * Where the reply leads, as its header Location says; NULL: it has none. A
 * program that wants JSON may be told so in its own way (201).
 */
FB_API const char *fb_location(const struct fb_request *request);

/* The body of the reply; see html.h for what writes to it. */
FB_API struct fb_out *fb_body(struct fb_request *request);

/*
 * Bodies that are too large for memory, in pieces.
 *
 * fb_read_body() is for a page whose row says streams_body: it fills `buffer`
 * with the next bytes of the body and returns how many; 0 is the end. A body
 * that breaks off or passes the row's limit ends the handler by itself: the
 * client gets a 400 or a 413, and whatever was begun in the database is rolled
 * back.
 *
 * fb_send() sends what was written to fb_body() up to now and forgets it. The
 * first call sends the status and the headers too, which cannot be changed
 * from then on. A handler that fails after it cannot be answered properly any
 * more: the connection is cut, so that the client sees a broken reply and
 * not one that looks whole.
 */
FB_API size_t fb_read_body(struct fb_request *request, void *buffer,
                           size_t size);
FB_API void fb_send(struct fb_request *request);

/*
 * Work that needs much memory or a whole processor, such as the hash of a
 * password: only so many of all workers do such work at a time (the setting
 * expensive-slots). FB_UNAVAILABLE when none became free in time; then the
 * work was not done.
 */
FB_API enum fb_result fb_expensive(struct fb_request *request,
                                   void (*work)(void *context), void *context);

/* Memory of the request, zeroed; and a string made like printf's. */
FB_API void *fb_alloc(struct fb_request *request, size_t size)
    __attribute__((alloc_size(2), returns_nonnull));
FB_API const char *fb_printf(struct fb_request *request, const char *format,
                             ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));

/* One line in the error log, with the request's id and URL. */
FB_API void fb_log(struct fb_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
