/*
 * The names that the nginx module and the application server share.
 *
 * Two programs that meet over a file and a socket must agree on words. Each
 * word stands here once, as a row of an X-macro table, and both sides expand
 * the tables to what they need. This header includes nothing.
 */

#ifndef FOOBAR_WIRE_H
#define FOOBAR_WIRE_H

/*
 * The route file. The application server prints it, the module reads it:
 *
 *     foobar-routes 1
 *     login /login session
 *     # name         methods   path
 *     route home     GET,HEAD  /                        cache=60 args=page
 *     route post     GET,HEAD  /posts/{id:int}          args=page
 *     route comment  POST      /posts/{id:int}/comments body=65536 class=write
 *     route login    GET,HEAD,POST /login               body=4096 class=login
 *     route profile  GET,HEAD  /me                      members=yes
 *
 * One route a line; '#' begins a comment; fields are separated by spaces or
 * tabs. Fields of the form key=value may follow the path. A path segment is
 * literal, or {name:int} (1 to 18 decimal digits, no sign, no leading zero),
 * or {name} (1 to 128 characters of A-Z a-z 0-9 . _ - that do not begin with
 * a dot). A literal segment is preferred to a parameter, an int parameter to
 * a free one. HEAD stands in the list where it is allowed; OPTIONS is
 * answered by the module itself.
 *
 * The keys, each at most once in a line:
 *
 *     body=BYTES     the most that the body of a request may have, 0: none.
 *                    Without it the route sets no limit of its own.
 *     class=NAME     the rate class, for limits and counts ("default")
 *     cache=SECONDS  how long an answer to GET or HEAD may be kept (0: not)
 *     args=A,B       the arguments of the query that the page reads. On a
 *                    route with cache= all others are taken away.
 *     tags=A,B-{ID}  what makes a kept answer stale (foobar_tags.h), with the
 *                    parameters of the path; it comes with the answer, too, in
 *                    FOOBAR_TAGS_HEADER. Only together with cache=.
 *     members=yes    for members: who has none of the cookies of the login
 *                    line is sent to its path. Not together with cache=.
 *
 * The line "login PATH COOKIE[,COOKIE]..." stands at most once, anywhere;
 * routes with members=yes need it. "session" stands for "__Host-session" too.
 *
 * The number in the first line is raised when an old reader would
 * misunderstand a new file. Keys that a reader does not know are passed over,
 * so that the two programs can be upgraded one after the other.
 */
#define FOOBAR_ROUTES_MAGIC "foobar-routes"
#define FOOBAR_ROUTES_VERSION 1

#define FOOBAR_PATH_MAX 1024     /* bytes of a path pattern */
#define FOOBAR_SEGMENTS_MAX 16   /* segments of a path pattern */
#define FOOBAR_PARAMS_MAX 8      /* parameters of a path pattern */
#define FOOBAR_NAME_MAX 64       /* bytes of a route's or parameter's name */
#define FOOBAR_INT_DIGITS_MAX 18 /* digits of an {x:int}: fits an int64 */
#define FOOBAR_SLUG_MAX 128      /* bytes of a free parameter */
#define FOOBAR_ROUTES_MAX 65536  /* routes of a file */
#define FOOBAR_BODY_MAX (1ULL << 40) /* bytes that body= may allow: 1 TiB */
#define FOOBAR_CACHE_MAX 31536000    /* seconds of cache=: a year */
#define FOOBAR_ARGS_MAX 16           /* names of args= */
#define FOOBAR_COOKIES_MAX 8         /* cookies of the login line */

/*
 * The rate class of a route that names none. Classes are named as routes
 * are; arguments and cookies by 1 to FOOBAR_NAME_MAX of A-Z a-z 0-9 . _ -
 */
#define FOOBAR_CLASS_DEFAULT "default"

/*
 * The tags of an answer that may be kept, separated by commas; how long it may
 * be kept says X-Accel-Expires. Both are for nginx and not for visitors.
 */
#define FOOBAR_TAGS_HEADER "X-Foobar-Tags"

/* Methods that a route may name: FOOBAR_METHOD(name) a row. */
#define FOOBAR_METHODS(FOOBAR_METHOD) \
    FOOBAR_METHOD(GET)                \
    FOOBAR_METHOD(HEAD)               \
    FOOBAR_METHOD(POST)               \
    FOOBAR_METHOD(PUT)                \
    FOOBAR_METHOD(PATCH)              \
    FOOBAR_METHOD(DELETE)

/*
 * FastCGI parameters that the module adds to those of nginx's
 * fastcgi_params: FOOBAR_PARAM(id, name on the wire, nginx variable).
 */
#define FOOBAR_PARAMS(FOOBAR_PARAM)                                       \
    FOOBAR_PARAM(ROUTE, "FOOBAR_ROUTE", "foobar_route")                   \
    FOOBAR_PARAM(REQUEST_ID, "FOOBAR_REQUEST_ID", "foobar_request_id")    \
    FOOBAR_PARAM(TRACEPARENT, "FOOBAR_TRACEPARENT", "foobar_traceparent") \
    FOOBAR_PARAM(TRACESTATE, "FOOBAR_TRACESTATE", "foobar_tracestate")    \
    FOOBAR_PARAM(ARRIVAL, "FOOBAR_ARRIVAL", "foobar_arrival")

/*
 * What these look like. A request id is one to FOOBAR_REQUEST_ID_MAX of the
 * characters below; whoever has none that is well-formed makes one of 32
 * hexadecimal digits. A traceparent is that of W3C Trace Context, version 00:
 *
 *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
 *
 * version, trace id, id of the sender, flags; lower-case digits, no id of
 * zeros alone. A tracestate is a list of key=value, empty if there is none.
 * An arrival is a Unix time with milliseconds: 1700000000.123.
 */
#define FOOBAR_REQUEST_ID_MAX 64
#define FOOBAR_REQUEST_ID_CHARACTERS \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"     \
    "abcdefghijklmnopqrstuvwxyz"     \
    "0123456789._-"
#define FOOBAR_TRACE_ID_LENGTH 32
#define FOOBAR_PARENT_ID_LENGTH 16
#define FOOBAR_TRACEPARENT_LENGTH 55
#define FOOBAR_TRACESTATE_MAX 512

#endif
