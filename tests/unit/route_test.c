/*
 * The route table of the nginx module: ngx_foobar_module/foobar_route.c and
 * foobar_route_file.c
 */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "foobar_route.h"

static struct foobar_routes *parse(const char *text)
{
    struct foobar_route_error error;
    struct foobar_routes *routes =
        foobar_routes_parse(text, strlen(text), &error);

    ck_assert_msg(routes != NULL, "line %u: %s", error.line, error.text);
    return routes;
}

/* A file of that many bytes, made of pieces; the caller frees it. */
static char *repeat(const char *head, const char *piece, size_t count,
                    const char *tail)
{
    size_t length = strlen(piece);
    size_t size = strlen(head) + count * length + strlen(tail) + 1;
    char *text = malloc(size);
    char *at = text;
    size_t i;

    ck_assert_ptr_nonnull(text);
    at += snprintf(at, size, "%s", head);
    for (i = 0; i < count; i++) {
        memcpy(at, piece, length);
        at += length;
    }
    snprintf(at, size - (size_t)(at - text), "%s", tail);
    return text;
}

/* ---------------------------------------------------------------- matching */

static const char site[] =
    "foobar-routes 1\n"
    "# name       methods    path\n"
    "\n"
    "route home     GET,HEAD   /\n"
    "route posts    GET,HEAD   /posts\n"
    "route post     GET,HEAD   /posts/{id:int}\n"
    "login /posts session,remember\n"
    "route newest   GET        /posts/newest cache=10 tags=posts\n"
    "route tag      GET,HEAD   /posts/{tag}   # after the others\n"
    "route comment\tPOST\t/posts/{id:int}/comments\n"
    "route feed     GET,HEAD   /posts/{tag}/feed.atom\n"
    "route edit     PUT,DELETE /posts/{post:int}\n"
    "route retag    PATCH      /posts/{tag}\n"
    "route folder   GET,HEAD   /folder/\n"
    "route acme     GET        /.well-known/acme/{token}\n"
    "route one      GET        /a/{x:int}/c\n"
    "route two      GET        /a/{y}/d\n"
    "route three    GET        /a/5/e\n"
    "route pair     GET        /{first}/{second:int}/pair/{third}\n";

enum {
    READ = FOOBAR_GET | FOOBAR_HEAD,
    EDIT = FOOBAR_PUT | FOOBAR_DELETE
};

static const struct {
    const char *path;
    unsigned method;
    const char *route;  /* NULL: none has path and method */
    unsigned methods;   /* what Allow says when there is none */
    const char *params; /* name=value, joined by commas */
} matches[] = {
    {"/", FOOBAR_GET, "home", 0, ""},
    {"/", FOOBAR_HEAD, "home", 0, ""},
    {"/", FOOBAR_POST, NULL, READ, ""},
    {"/", 0, NULL, READ, ""},
    {"/posts", FOOBAR_GET, "posts", 0, ""},
    {"/posts/", FOOBAR_GET, NULL, 0, ""},
    {"/posts/7", FOOBAR_GET, "post", 0, "id=7"},
    {"/posts/7", FOOBAR_PUT, "edit", 0, "post=7"},
    {"/posts/7", FOOBAR_PATCH, "retag", 0, "tag=7"},
    {"/posts/7", FOOBAR_POST, NULL, READ | EDIT | FOOBAR_PATCH, ""},
    {"/posts/0", FOOBAR_GET, "post", 0, "id=0"},
    {"/posts/00", FOOBAR_GET, "tag", 0, "tag=00"},
    {"/posts/007", FOOBAR_GET, "tag", 0, "tag=007"},
    {"/posts/+7", FOOBAR_GET, NULL, 0, ""},
    {"/posts/-7", FOOBAR_GET, "tag", 0, "tag=-7"},
    {"/posts/7 ", FOOBAR_GET, NULL, 0, ""},
    {"/posts/999999999999999999", FOOBAR_PUT, "edit", 0,
     "post=999999999999999999"},
    {"/posts/9999999999999999999", FOOBAR_PUT, NULL, READ | FOOBAR_PATCH, ""},
    {"/posts/newest", FOOBAR_GET, "newest", 0, ""},
    {"/posts/newest", FOOBAR_HEAD, "tag", 0, "tag=newest"},
    {"/posts/newest", FOOBAR_POST, NULL, READ | FOOBAR_PATCH, ""},
    {"/posts/Wood_work-2.0", FOOBAR_GET, "tag", 0, "tag=Wood_work-2.0"},
    {"/posts/.git", FOOBAR_GET, NULL, 0, ""},
    {"/posts/a b", FOOBAR_GET, NULL, 0, ""},
    {"/posts/a\xc3\xa9", FOOBAR_GET, NULL, 0, ""},
    {"/posts/a%20", FOOBAR_GET, NULL, 0, ""},
    {"/posts/7/comments", FOOBAR_POST, "comment", 0, "id=7"},
    {"/posts/7/comments", FOOBAR_GET, NULL, FOOBAR_POST, ""},
    {"/posts/x/comments", FOOBAR_POST, NULL, 0, ""},
    {"/posts/7/comments/", FOOBAR_POST, NULL, 0, ""},
    {"/posts/7/feed.atom", FOOBAR_GET, "feed", 0, "tag=7"},
    {"/posts/newest/feed.atom", FOOBAR_GET, "feed", 0, "tag=newest"},
    {"/folder/", FOOBAR_GET, "folder", 0, ""},
    {"/folder", FOOBAR_GET, NULL, 0, ""},
    {"/folder//", FOOBAR_GET, NULL, 0, ""},
    {"/.well-known/acme/x", FOOBAR_GET, "acme", 0, "token=x"},
    {"/a/5/c", FOOBAR_GET, "one", 0, "x=5"},
    {"/a/5/d", FOOBAR_GET, "two", 0, "y=5"},
    {"/a/5/e", FOOBAR_GET, "three", 0, ""},
    {"/a/6/e", FOOBAR_GET, NULL, 0, ""},
    {"/a/5/pair/x", FOOBAR_GET, "pair", 0, "first=a,second=5,third=x"},
    {"/a/b/pair/x", FOOBAR_GET, NULL, 0, ""},
    {"", FOOBAR_GET, NULL, 0, ""},
    {"posts", FOOBAR_GET, NULL, 0, ""},
    {"//", FOOBAR_GET, NULL, 0, ""},
    {"//posts", FOOBAR_GET, NULL, 0, ""},
    {"/posts//7", FOOBAR_GET, NULL, 0, ""},
    {"/POSTS", FOOBAR_GET, NULL, 0, ""},
    {"/post", FOOBAR_GET, NULL, 0, ""},
    {"/postss", FOOBAR_GET, NULL, 0, ""},
    {"/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t", FOOBAR_GET, NULL, 0, ""},
};

static void params_of(const struct foobar_match *match, char *text, size_t size)
{
    size_t length = 0;
    unsigned i;

    text[0] = '\0';
    for (i = 0; i < match->route->param_count; i++) {
        const struct foobar_slice *name = &match->route->params[i];
        struct foobar_slice value =
            foobar_match_param(match, name->data, name->length);

        length += (size_t)snprintf(text + length, size - length, "%s%.*s=%.*s",
                                   i > 0 ? "," : "", (int)name->length,
                                   name->data, (int)value.length, value.data);
    }
}

START_TEST(a_path_finds_its_route)
{
    struct foobar_routes *routes = parse(site);
    size_t length = strlen(matches[_i].path);
    char *path = malloc(length + 1); /* its own memory: no byte beyond */
    char name[FOOBAR_NAME_MAX + 1] = "";
    char params[512];
    struct foobar_match match;

    ck_assert_ptr_nonnull(path);
    memcpy(path, matches[_i].path, length);
    path = realloc(path, length ? length : 1);
    ck_assert_ptr_nonnull(path);
    foobar_routes_match(routes, path, length, matches[_i].method, &match);
    if (matches[_i].route == NULL) {
        ck_assert_msg(match.route == NULL, "%s", matches[_i].path);
        ck_assert_msg(match.methods == matches[_i].methods, "%s: 0x%x",
                      matches[_i].path, match.methods);
    } else {
        ck_assert_msg(match.route != NULL, "%s", matches[_i].path);
        snprintf(name, sizeof(name), "%.*s", (int)match.route->name.length,
                 match.route->name.data);
        ck_assert_str_eq(name, matches[_i].route);
        params_of(&match, params, sizeof(params));
        ck_assert_str_eq(params, matches[_i].params);
    }
    free(path);
    foobar_routes_free(routes);
}
END_TEST

static const struct {
    const char *path;
    unsigned method; /* 0: any */
    bool found;
} slashes[] = {
    {"/posts/", FOOBAR_GET, true},
    {"/posts/", FOOBAR_HEAD, true},
    {"/posts/", FOOBAR_POST, false},
    {"/posts/", 0, true},
    {"/posts/7/", FOOBAR_GET, true},
    {"/posts/7/", FOOBAR_PUT, true},
    {"/posts/newest/", FOOBAR_HEAD, true},
    {"/posts/.git/", FOOBAR_GET, false},
    {"/posts/7/comments/", FOOBAR_POST, true},
    {"/posts/7/comments/", FOOBAR_GET, false},
    {"/folder", FOOBAR_GET, true},
    {"/folder", FOOBAR_DELETE, false},
    {"/folder//", FOOBAR_GET, true},
    {"/folder/x", FOOBAR_GET, false},
    {"/a/5/c/", FOOBAR_GET, true},
    {"/a/5/d/", FOOBAR_GET, true},
    {"/a/5/x/", FOOBAR_GET, false},
    {"/nothing", FOOBAR_GET, false},
    {"/nothing/", 0, false},
    {"//", FOOBAR_GET, true},
    {"//posts/", FOOBAR_GET, false},
    {"//evil.example/", FOOBAR_GET, false},
    {"/", FOOBAR_GET, false},
    {"", FOOBAR_GET, false},
    {"folder", FOOBAR_GET, false},
};

START_TEST(a_path_with_the_other_slash_is_found)
{
    struct foobar_routes *routes = parse(site);
    size_t length = strlen(slashes[_i].path);
    char *path = malloc(length > 0 ? length : 1); /* no byte beyond */

    ck_assert_ptr_nonnull(path);
    memcpy(path, slashes[_i].path, length);
    ck_assert_msg(
        foobar_routes_other_slash(routes, path, length, slashes[_i].method) ==
            slashes[_i].found,
        "%s, method %u", slashes[_i].path, slashes[_i].method);
    free(path);
    foobar_routes_free(routes);
}
END_TEST

START_TEST(a_parameter_that_the_route_lacks_has_no_value)
{
    struct foobar_routes *routes = parse(site);
    struct foobar_match match;

    foobar_routes_match(routes, "/posts/7", 8, FOOBAR_GET, &match);
    ck_assert_ptr_null(foobar_match_param(&match, "tag", 3).data);
    ck_assert_ptr_null(foobar_match_param(&match, "i", 1).data);
    ck_assert_ptr_null(foobar_match_param(&match, "", 0).data);
    foobar_routes_match(routes, "/nothing", 8, FOOBAR_GET, &match);
    ck_assert_ptr_null(foobar_match_param(&match, "id", 2).data);
    foobar_routes_free(routes);
}
END_TEST

START_TEST(a_free_parameter_ends_at_its_limit)
{
    struct foobar_routes *routes =
        parse("foobar-routes 1\nroute slug GET /{slug}\n");
    char path[1 + FOOBAR_SLUG_MAX + 1];
    struct foobar_match match;

    memset(path, 'x', sizeof(path));
    path[0] = '/';
    foobar_routes_match(routes, path, sizeof(path) - 1, FOOBAR_GET, &match);
    ck_assert_ptr_nonnull(match.route);
    foobar_routes_match(routes, path, sizeof(path), FOOBAR_GET, &match);
    ck_assert_ptr_null(match.route);
    ck_assert_uint_eq(match.methods, 0);
    foobar_routes_free(routes);
}
END_TEST

/* --------------------------------------------------------------- the file */

#define HEAD "foobar-routes 1\n"

static const struct {
    const char *text;
    unsigned line;
    const char *says; /* a part of the message */
} broken[] = {
    {"", 0, "no route"},
    {HEAD, 0, "no route"},
    {HEAD "# nothing here\n", 0, "no route"},
    {"\n" HEAD, 1, "no route file"},
    {"# a comment first\n" HEAD, 1, "no route file"},
    {"route home GET /\n", 1, "no route file"},
    {"foobar-route 1\n", 1, "no route file"},
    {"foobar-routes\n", 1, "has version \"\""},
    {"foobar-routes 2\n", 1, "has version \"2\" and this module reads"},
    {"foobar-routes 1.0\n", 1, "has version \"1.0\""},
    {"foobar-routes 1 2\n", 1, "something stands after the version"},
    {"foobar-routes 1", 1, "cut off"},
    {HEAD "route home GET /", 2, "cut off"},
    {HEAD "route home GET /\r\n", 2, "control character (0x0d)"},
    {HEAD "route home GET /\f\n", 2, "control character (0x0c)"},
    {HEAD "# \x7f\n", 2, "control character (0x7f)"},
    {HEAD "page home GET /\n", 2, "unknown word \"page\""},
    {HEAD "\n\nroute\n", 4, "ends too early"},
    {HEAD "route home\n", 2, "ends too early"},
    {HEAD "route home GET\n", 2, "ends too early"},
    {HEAD "route home GET # /\n", 2, "ends too early"},
    {HEAD "route Home GET /\n", 2, "\"Home\" is no name"},
    {HEAD "route ho-me GET /\n", 2, "\"ho-me\" is no name"},
    {HEAD "route a GET /\nroute a GET /b\n", 3, "line 2 has a route \"a\""},
    {HEAD "route a get /\n", 2, "unknown method \"get\""},
    {HEAD "route a GET, HEAD /\n", 2, "unknown method \"\""},
    {HEAD "route a ,GET /\n", 2, "unknown method \"\""},
    {HEAD "route a GET,,HEAD /\n", 2, "unknown method \"\""},
    {HEAD "route a GET,HEAD,GET /\n", 2, "GET is listed twice"},
    {HEAD "route a GET,OPTIONS /\n", 2, "OPTIONS is answered"},
    {HEAD "route a TRACE /\n", 2, "unknown method \"TRACE\""},
    {HEAD "route a GET posts\n", 2, "must begin with \"/\""},
    {HEAD "route a GET //\n", 2, "empty segment"},
    {HEAD "route a GET /a//b\n", 2, "empty segment"},
    {HEAD "route a GET /a%20b\n", 2, "\"a%20b\" has a character"},
    {HEAD "route a GET /a?b\n", 2, "has a character"},
    {HEAD "route a GET /\"a\"\n", 2, "has a character"},
    {HEAD "route a GET /a\\b\n", 2, "has a character"},
    {HEAD "route a GET /caf\xc3\xa9\n", 2, "has a character"},
    {HEAD "route a GET /.git\n", 2, "begins with a dot"},
    {HEAD "route a GET /a/.b\n", 2, "begins with a dot"},
    {HEAD "route a GET /a/.well-known\n", 2, "begins with a dot"},
    {HEAD "route a GET /a/..\n", 2, "begins with a dot"},
    {HEAD "route a GET /{\n", 2, "mixes text and braces"},
    {HEAD "route a GET /}\n", 2, "mixes text and braces"},
    {HEAD "route a GET /{a\n", 2, "mixes text and braces"},
    {HEAD "route a GET /a}\n", 2, "mixes text and braces"},
    {HEAD "route a GET /a{b}\n", 2, "mixes text and braces"},
    {HEAD "route a GET /{a}b\n", 2, "mixes text and braces"},
    {HEAD "route a GET /{a}{b}\n", 2, "mixes text and braces"},
    {HEAD "route a GET /{{a}}\n", 2, "mixes text and braces"},
    {HEAD "route a GET /{}\n", 2, "needs a name"},
    {HEAD "route a GET /{:int}\n", 2, "needs a name"},
    {HEAD "route a GET /{A}\n", 2, "needs a name"},
    {HEAD "route a GET /{a.b}\n", 2, "needs a name"},
    {HEAD "route a GET /{a:uuid}\n", 2, "unknown type"},
    {HEAD "route a GET /{a:}\n", 2, "unknown type"},
    {HEAD "route a GET /{a:int:int}\n", 2, "unknown type"},
    {HEAD "route a GET /{x}/{x:int}\n", 2, "two parameters have the name"},
    {HEAD "route a GET /1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7\n", 2,
     "more than 16 segments"},
    {HEAD "route a GET /{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}\n", 2,
     "more than 8 parameters"},
    {HEAD "route a GET / b\n", 2, "\"b\" stands after the path"},
    {HEAD "route a GET / =b\n", 2, "\"=b\" stands after the path"},
    {HEAD "route a GET / B=b\n", 2, "\"B=b\" stands after the path"},
    {HEAD "route a GET / body=\n", 2, "body=: write the number of bytes"},
    {HEAD "route a GET / body=-1\n", 2, "body=-1: write"},
    {HEAD "route a GET / body=64k\n", 2, "body=64k: write"},
    {HEAD "route a GET / body=1099511627777\n", 2, "at most 1099511627776"},
    {HEAD "route a GET / body=99999999999999999999999\n", 2, "at most"},
    {HEAD "route a GET / body=1 body=1\n", 2, "key body= stands there twice"},
    {HEAD "route a GET / class=\n", 2, "class=: a rate class is named"},
    {HEAD "route a GET / class=A\n", 2, "class=A: a rate class is named"},
    {HEAD "route a GET / cache=\n", 2, "cache=: write the number of seconds"},
    {HEAD "route a GET / cache=1h\n", 2, "cache=1h: write"},
    {HEAD "route a GET / cache=31536001\n", 2, "at most 31536000"},
    {HEAD "route a GET / cache=4294967297\n", 2, "at most 31536000"},
    {HEAD "route a POST / cache=1\n", 2, "at a route without GET"},
    {HEAD "route a GET / args=\n", 2, "\"\" is no name of an argument"},
    {HEAD "route a GET / args=a,\n", 2, "\"\" is no name of an argument"},
    {HEAD "route a GET / args=a,b%20\n", 2, "\"b%20\" is no name of"},
    {HEAD "route a GET / args=a,b,a\n", 2, "\"a\" of an argument stands"},
    {HEAD "route a GET / args=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", 2,
     "more than 16 names of an argument"},
    {HEAD "route a GET / members=no\n", 2, "members=no: write members=yes"},
    {HEAD "route a GET / members=yes\n", 2, "no line of the file says where"},
    {HEAD "route a GET / members=yes cache=1\n", 2, "contradict each other"},
    {HEAD "login\nroute a GET /\n", 2, "ends too early; it is written: login"},
    {HEAD "login /\nroute a GET /\n", 2, "ends too early"},
    {HEAD "login / s t\nroute a GET /\n", 2, "something stands after the"},
    {HEAD "login / s\nlogin / t\nroute a GET /\n", 3,
     "line 2 says already where to log in"},
    {HEAD "login a s\nroute a GET /\n", 2, "must begin with one \"/\""},
    {HEAD "login //a s\nroute a GET /\n", 2, "must begin with one \"/\""},
    {HEAD "login /{x} s\nroute a GET /{x}\n", 2, "\"/{x}\" has a character"},
    {HEAD "login /?a s\nroute a GET /\n", 2, "\"/?a\" has a character"},
    {HEAD "login / a=b\nroute a GET /\n", 2, "\"a=b\" is no name of a cookie"},
    {HEAD "login / a,b,a\nroute a GET /\n", 2, "\"a\" of a cookie stands"},
    {HEAD "login / a,b,c,d,e,f,g,h,i\nroute a GET /\n", 2,
     "more than 8 names of a cookie"},
    {HEAD "login /b s\nroute a GET /\n", 2, "no route has the path \"/b\""},
    {HEAD "login / s\nroute a POST /\n", 2, "no route has the path \"/\""},
    {HEAD "login / s\nroute a GET / members=yes\n", 2,
     "the route \"a\" of this path is for members"},
    {HEAD "route a GET /\nroute b HEAD,GET /\n", 3,
     "\"a\" of line 2 has the same path and method"},
    {HEAD "route a GET /{x}\nroute b GET /{y}\n", 3,
     "\"a\" of line 2 has the same path and method"},
};

START_TEST(a_broken_file_is_refused_with_line_and_reason)
{
    struct foobar_route_error error;
    struct foobar_routes *routes =
        foobar_routes_parse(broken[_i].text, strlen(broken[_i].text), &error);

    ck_assert_msg(routes == NULL, "was taken: %s", broken[_i].text);
    ck_assert_msg(error.line == broken[_i].line, "line %u in: %s", error.line,
                  broken[_i].text);
    ck_assert_msg(strstr(error.text, broken[_i].says) != NULL, "%s",
                  error.text);
}
END_TEST

static const struct {
    const char *text;
    size_t count;
} good[] = {
    {HEAD "route a GET /\n", 1},
    {"foobar-routes\t 1  # version\nroute a GET /\n", 1},
    {HEAD "  route\ta  GET\t\t/  \n\n#\n", 1},
    {HEAD "route a GET / x=1 cache_seconds=60 tags=a,b rate= x=2\n", 1},
    {HEAD "route a GET / body=0 cache=0 class=a args=a,b\n", 1},
    {HEAD "route a POST / body=1099511627776 cache=0\n", 1},
    {HEAD "route a GET,POST / cache=31536000\n", 1},
    {HEAD "route a GET /a members=yes\nlogin /b s,t\nroute b GET /b\n", 2},
    {HEAD "login /b s\nroute b GET /{x}\n", 1},
    {HEAD "route a GET /#comment\n", 1},
    {HEAD "route a GET /{x}\nroute b POST /{y}\nroute c PUT /{x}\n", 3},
    {HEAD "route a GET /{x}\nroute b GET /{x:int}\nroute c GET /1\n", 3},
    {HEAD "route a GET,HEAD,POST,PUT,PATCH,DELETE /\n", 1},
    {HEAD "route a GET /~a/!$&'()*+,;=:@-._|\n", 1},
    {HEAD "route 0_9 GET /{0}/{_}\n", 1},
    {HEAD "route a GET /1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6\n", 1},
    {HEAD "route a GET /{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}\n", 1},
};

START_TEST(a_good_file_is_read_whole)
{
    struct foobar_routes *routes = parse(good[_i].text);

    ck_assert_uint_eq(foobar_routes_count(routes), good[_i].count);
    foobar_routes_free(routes);
}
END_TEST

START_TEST(the_keys_of_a_route_are_kept)
{
    struct foobar_routes *routes =
        parse(HEAD "route a GET /a\n"
                   "route b GET,POST /b body=9 class=search cache=60 args=q,p\n"
                   "route c POST /c body=12\n"
                   "login /a session,remember\n");
    const struct foobar_login *login = foobar_routes_login(routes);
    struct foobar_match match;

    foobar_routes_match(routes, "/a", 2, FOOBAR_GET, &match);
    ck_assert(match.route->body_limit == FOOBAR_NO_LIMIT);
    ck_assert_uint_eq(match.route->rate_class.length, strlen("default"));
    ck_assert_mem_eq(match.route->rate_class.data, "default", 7);
    ck_assert_uint_eq(match.route->cache_seconds, 0);
    ck_assert_uint_eq(match.route->arguments.length, 0);
    ck_assert(!match.route->members_only);
    foobar_routes_match(routes, "/b", 2, FOOBAR_GET, &match);
    ck_assert_uint_eq(match.route->body_limit, 9);
    ck_assert_mem_eq(match.route->rate_class.data, "search ", 7);
    ck_assert_uint_eq(match.route->rate_class.length, strlen("search"));
    ck_assert_uint_eq(match.route->cache_seconds, 60);
    ck_assert_uint_eq(match.route->arguments.length, strlen("q,p"));
    ck_assert_mem_eq(match.route->arguments.data, "q,p", 3);
    ck_assert_uint_eq(foobar_routes_largest_body(routes)->body_limit, 12);
    ck_assert_uint_eq(login->line, 5);
    ck_assert_mem_eq(login->path.data, "/a ", 3);
    ck_assert_mem_eq(login->cookies.data, "session,remember\n", 17);
    ck_assert_uint_eq(login->path.length, 2);
    ck_assert_uint_eq(login->cookies.length, 16);
    foobar_routes_free(routes);
}
END_TEST

START_TEST(without_limits_no_body_is_the_largest)
{
    struct foobar_routes *routes = parse(HEAD "route a GET /a\n");

    ck_assert_ptr_null(foobar_routes_largest_body(routes));
    ck_assert_uint_eq(foobar_routes_login(routes)->line, 0);
    foobar_routes_free(routes);
}
END_TEST

START_TEST(a_nul_byte_is_no_text)
{
    static const char text[] = HEAD "route a GET /\0b\n";
    struct foobar_route_error error;

    ck_assert_ptr_null(foobar_routes_parse(text, sizeof(text) - 1, &error));
    ck_assert_uint_eq(error.line, 2);
    ck_assert_ptr_nonnull(strstr(error.text, "control character (0x00)"));
}
END_TEST

/* Just within a limit, and one beyond it. */
static const struct {
    const char *head;
    const char *tail;
    size_t limit; /* how often "x" may stand between them */
    const char *says;
} limits[] = {
    {HEAD "route ", " GET /\n", FOOBAR_NAME_MAX, "is no name of a route"},
    {HEAD "route a GET /{", "}\n", FOOBAR_NAME_MAX, "needs a name"},
    {HEAD "route a GET /", "\n", FOOBAR_PATH_MAX - 1, "longer than 1024"},
    {HEAD "route a GET / class=", "\n", FOOBAR_NAME_MAX, "a rate class"},
    {HEAD "route a GET / args=b,", "\n", FOOBAR_NAME_MAX, "is no name of an"},
    {HEAD "login / ", "\nroute a GET /\n", FOOBAR_NAME_MAX,
     "no name of a cookie"},
    {HEAD "route a GET / x=", "\n", FOOBAR_ROUTE_LINE_MAX - 16,
     "the line is longer than 4096"},
};

START_TEST(each_length_has_a_limit)
{
    char *within =
        repeat(limits[_i].head, "x", limits[_i].limit, limits[_i].tail);
    char *beyond =
        repeat(limits[_i].head, "x", limits[_i].limit + 1, limits[_i].tail);
    struct foobar_route_error error;

    foobar_routes_free(parse(within));
    ck_assert_ptr_null(foobar_routes_parse(beyond, strlen(beyond), &error));
    ck_assert_uint_eq(error.line, 2);
    ck_assert_msg(strstr(error.text, limits[_i].says) != NULL, "%s",
                  error.text);
    free(within);
    free(beyond);
}
END_TEST

START_TEST(a_long_wrong_word_is_said_in_part)
{
    char *text = repeat(HEAD "route a ", "x", 2000, " /\n");
    struct foobar_route_error error;

    ck_assert_ptr_null(foobar_routes_parse(text, strlen(text), &error));
    ck_assert_uint_lt(strlen(error.text), 200);
    ck_assert_ptr_nonnull(strstr(error.text, "separated by commas"));
    free(text);
}
END_TEST

START_TEST(a_file_that_is_too_long_is_not_read)
{
    struct foobar_route_error error;

    ck_assert_ptr_null(
        foobar_routes_parse("", FOOBAR_ROUTE_FILE_MAX + 1, &error));
    ck_assert_uint_eq(error.line, 0);
    ck_assert_ptr_nonnull(strstr(error.text, "longer than"));
}
END_TEST

/* Many routes: those of a file at its limit are all found. */

#define ROUTE_LINE_SPACE 48

static char *many_routes(unsigned count)
{
    size_t size = sizeof(HEAD) + (size_t)count * ROUTE_LINE_SPACE;
    char *text = malloc(size);
    size_t length;
    unsigned i;

    ck_assert_ptr_nonnull(text);
    length = (size_t)snprintf(text, size, HEAD);
    for (i = 0; i < count; i++) {
        length += (size_t)snprintf(text + length, size - length,
                                   "route r%u GET /p%u/{id:int}\n", i, i);
    }
    return text;
}

START_TEST(a_table_at_its_limit_finds_each_route)
{
    char *text = many_routes(FOOBAR_ROUTES_MAX);
    struct foobar_routes *routes = parse(text);
    unsigned i;

    ck_assert_uint_eq(foobar_routes_count(routes), FOOBAR_ROUTES_MAX);
    for (i = 0; i < FOOBAR_ROUTES_MAX; i++) {
        char path[ROUTE_LINE_SPACE];
        int length = snprintf(path, sizeof(path), "/p%u/%u", i, i);
        struct foobar_match match;

        foobar_routes_match(routes, path, (size_t)length, FOOBAR_GET, &match);
        ck_assert_ptr_nonnull(match.route);
        ck_assert_uint_eq(match.route->line, i + 2);
    }
    foobar_routes_free(routes);
    free(text);
}
END_TEST

START_TEST(one_route_more_is_refused)
{
    char *text = many_routes(FOOBAR_ROUTES_MAX + 1);
    struct foobar_route_error error;

    ck_assert_ptr_null(foobar_routes_parse(text, strlen(text), &error));
    ck_assert_uint_eq(error.line, FOOBAR_ROUTES_MAX + 2);
    ck_assert_ptr_nonnull(strstr(error.text, "more than 65536 routes"));
    free(text);
}
END_TEST

/* ------------------------------------------------------------------ Allow */

static const struct {
    unsigned methods;
    bool options;
    const char *text;
} allows[] = {
    {FOOBAR_GET | FOOBAR_HEAD, true, "GET, HEAD, OPTIONS"},
    {FOOBAR_GET | FOOBAR_HEAD, false, "GET, HEAD"},
    {FOOBAR_POST, true, "POST, OPTIONS"},
    {FOOBAR_DELETE | FOOBAR_PATCH | FOOBAR_PUT | FOOBAR_POST | FOOBAR_HEAD |
         FOOBAR_GET,
     true, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
    {0, true, "OPTIONS"},
    {0, false, ""},
};

START_TEST(the_header_allow_lists_methods)
{
    char text[FOOBAR_ALLOW_MAX];
    size_t length =
        foobar_allow_write(allows[_i].methods, allows[_i].options, text);

    ck_assert_str_eq(text, allows[_i].text);
    ck_assert_uint_eq(length, strlen(text));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_path_finds_its_route, 0, UNIT_ROWS(matches));
    tcase_add_loop_test(tests, a_path_with_the_other_slash_is_found, 0,
                        UNIT_ROWS(slashes));
    tcase_add_test(tests, a_parameter_that_the_route_lacks_has_no_value);
    tcase_add_test(tests, a_free_parameter_ends_at_its_limit);
    tcase_add_loop_test(tests, a_broken_file_is_refused_with_line_and_reason, 0,
                        UNIT_ROWS(broken));
    tcase_add_loop_test(tests, a_good_file_is_read_whole, 0, UNIT_ROWS(good));
    tcase_add_test(tests, the_keys_of_a_route_are_kept);
    tcase_add_test(tests, without_limits_no_body_is_the_largest);
    tcase_add_test(tests, a_nul_byte_is_no_text);
    tcase_add_loop_test(tests, each_length_has_a_limit, 0, UNIT_ROWS(limits));
    tcase_add_test(tests, a_long_wrong_word_is_said_in_part);
    tcase_add_test(tests, a_file_that_is_too_long_is_not_read);
    tcase_add_test(tests, a_table_at_its_limit_finds_each_route);
    tcase_add_test(tests, one_route_more_is_refused);
    tcase_add_loop_test(tests, the_header_allow_lists_methods, 0,
                        UNIT_ROWS(allows));
}

UNIT_MAIN("the module's route table", add_tests)
