/*
 * Tests of an application, without a server and without nginx.
 *
 *     #include <foobar/test.h>
 *
 *     START_TEST(a_note_is_shown)
 *     {
 *         const struct fb_test_reply *reply;
 *
 *         reply = fb_test_post("/notes", {"title", "Milk"}, {"text", "Two"});
 *         fb_assert_status(reply, 303);
 *         reply = fb_test_get(fb_test_header_of(reply, "Location"));
 *         fb_assert_status(reply, 200);
 *         fb_assert_has(reply, "Milk");
 *     }
 *     END_TEST
 *
 *     FB_TEST_MAIN("notes", a_note_is_shown)
 *
 * The tests are of check (START_TEST, ck_assert_int_eq, ...), each in a process
 * of its own. A request goes through the table of pages as in the server: path
 * and method are matched, fields decoded, errors drawn. What nginx does before
 * (files, limits, compression) is not part of it.
 *
 * The database is the one that `foobarctl test -- PROGRAM` starts for the run
 * and fills by the migrations. What a test writes is seen by that test alone,
 * and is gone with its end, however it ends: all of it happens in a transaction
 * that is rolled back. (So the numbers of AUTO_INCREMENT go on rising, and a
 * FULLTEXT index does not yet find what the same test has written.)
 *
 * A program that does not fit (a table of pages that the engine refuses, no
 * database where one is asked for) ends with one sentence that says why.
 *
 * All that these functions return lives until the end of the test.
 */

#ifndef FOOBAR_TEST_H
#define FOOBAR_TEST_H

#include <foobar/foobar.h>

#include <check.h>
#include <stdbool.h>
#include <stddef.h>

/* At most so many headers and cookies at a time; more end the test. */
#define FB_TEST_NAMES_MAX 32

/* A field of a form. */
struct fb_test_field {
    const char *name;
    const char *value;
};

struct fb_test_reply {
    int status;
    const char *type; /* the content type */
    const char *body; /* ended by NUL, which is not counted */
    size_t length;
    const void *headers; /* see fb_test_header_of() */
};

/*
 * Asks for a page: "/notes?page=2". The visitor is like a browser: it sends
 * the cookies that the test's replies have set, and comes from a page of the
 * site itself. Redirects are not followed.
 */
FB_API const struct fb_test_reply *fb_test_get(const char *path)
    __attribute__((returns_nonnull));

/* Sends a form: fb_test_post("/notes", {"title", "Milk"}, {"text", "Two"}). */
#define fb_test_post(path, ...)                                              \
    fb_test_post_fields((path),                                              \
                        (const struct fb_test_field[]){{0}, __VA_ARGS__},    \
                        sizeof((struct fb_test_field[]){{0}, __VA_ARGS__}) / \
                            sizeof(struct fb_test_field))

/*
 * Sends a form with a file, and fields behind it, as a browser does:
 *
 *     const struct fb_test_file photo = {"photo", "me.png", png, sizeof(png)};
 *
 *     reply = fb_test_upload("/me", &photo, {"title", "Me"});
 */
struct fb_test_file {
    const char *field;
    const char *name; /* what its sender calls it */
    const void *bytes;
    size_t size;
};
#define fb_test_upload(path, file, ...)                                     \
    fb_test_upload_fields(                                                  \
        (path), (file), (const struct fb_test_field[]){{0}, ##__VA_ARGS__}, \
        sizeof((struct fb_test_field[]){{0}, ##__VA_ARGS__}) /              \
            sizeof(struct fb_test_field))

/* Any method, any body: fb_test_send("PUT", "/api/notes/7", type, body). */
FB_API const struct fb_test_reply *
fb_test_send(const char *method, const char *path, const char *type,
             const char *body) __attribute__((returns_nonnull));

/*
 * For all further requests of this test: a header that the visitor sends
 * ("Accept-Language"), and a cookie. NULL takes it away again.
 */
FB_API void fb_test_header(const char *name, const char *value);
FB_API void fb_test_cookie(const char *name, const char *value);

/*
 * Logs the visitor in: all further requests of this test are his. The account
 * is made if there is none with this address; NULL is the first role of the
 * application, and a role that is given is his from now on. Returns the id of
 * the account, for rows of the application's own. He is as somebody who has
 * just typed his password, and a code if the application has second factors.
 *
 * From then on whatever changes something is sent with the token of his
 * session, as by a page of the site; a test that wants to see it refused sends
 * another one: fb_test_header("X-CSRF-Token", "wrong").
 */
FB_API int64_t fb_test_log_in(const char *email, const char *role);

/*
 * What was left for later: does the jobs that wait and whose time has come, one
 * after the other, also those that they add; returns how many. One that fails
 * ends the test with its last words. Jobs that come by themselves (.every, .at)
 * do not.
 */
FB_API unsigned fb_test_run_jobs(void);

/* A mail of the outbox; texts are as fb_mail() was given them. */
struct fb_test_mail {
    const char *to; /* with the host in ASCII */
    const char *to_name;
    const char *subject;
    const char *text;
    const char *html; /* NULL: none */
    const char *kind;
};

/*
 * The last mail that this test has added for this address, or for anybody
 * (NULL); NULL: there is none. How many there are, in the same way.
 */
FB_API const struct fb_test_mail *fb_test_mail(const char *to);
FB_API unsigned fb_test_mail_count(const char *to);

/*
 * The first link in its text to a path of this site that begins so: with
 * "/verify" it is "/verify?token=...", for fb_test_get(). NULL: there is none.
 */
FB_API const char *fb_test_link_of(const struct fb_test_mail *mail,
                                   const char *path);

/* A header of the reply, by its name in any case; NULL: it has none. */
FB_API const char *fb_test_header_of(const struct fb_test_reply *reply,
                                     const char *name);

/* What the reply has set a cookie to, or an earlier one; NULL: none has. */
FB_API const char *fb_test_cookie_of(const char *name);

/*
 * The value of the page's first <input> of this name, decoded: how a test
 * sends the hidden fields of a form back. NULL: there is no such input.
 */
FB_API const char *fb_test_input_of(const struct fb_test_reply *reply,
                                    const char *name);

/*
 * A reply that a test draws itself, with a template: its function takes the
 * fb_body() of fb_test_request(), and what it wrote is fb_test_drawn().
 *
 *     note_html(fb_body(fb_test_request()), &note);
 *     fb_assert_has(fb_test_drawn(), "<h1>Milk</h1>");
 *
 * fb_test_render() does both in one: fb_test_render(note_html, &note).
 */
FB_API struct fb_request *fb_test_request(void)
    __attribute__((returns_nonnull));
FB_API const struct fb_test_reply *fb_test_drawn(void)
    __attribute__((returns_nonnull));
#define fb_test_render(template, ...) \
    (template(fb_body(fb_test_request()), ##__VA_ARGS__), fb_test_drawn())

/*
 * One statement of SQL, to prepare what a page will find. It is run with the
 * rights of the application; one that fails ends the test.
 */
FB_API void fb_test_sql(const char *sql);

/* The first column of the first row, as text; NULL: no row, or NULL. */
FB_API const char *fb_test_sql_value(const char *sql);

/* Checks that show the reply when they fail. */
#define fb_assert_status(reply, expected)                             \
    ck_assert_msg((reply)->status == (expected),                      \
                  "the status is %d, expected %d; the reply is:\n%s", \
                  (reply)->status, (expected), (reply)->body)
#define fb_assert_has(reply, text)              \
    ck_assert_msg(fb_test_has((reply), (text)), \
                  "\"%s\" is not in the reply:\n%s", (text), (reply)->body)
#define fb_assert_has_not(reply, text)           \
    ck_assert_msg(!fb_test_has((reply), (text)), \
                  "\"%s\" is in the reply:\n%s", (text), (reply)->body)

FB_API bool fb_test_has(const struct fb_test_reply *reply, const char *text);

/* The main function of a test program: its name, then its tests. */
#define FB_TEST_MAIN(name, ...)                                         \
    int main(void)                                                      \
    {                                                                   \
        const TTest *const tests[] = {__VA_ARGS__};                     \
        Suite *suite = suite_create(name);                              \
        TCase *group = tcase_create(name);                              \
        SRunner *runner;                                                \
        int failed;                                                     \
                                                                        \
        tcase_add_checked_fixture(group, fb_test_begin, fb_test_end);   \
        for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) { \
            tcase_add_test(group, tests[i]);                            \
        }                                                               \
        suite_add_tcase(suite, group);                                  \
        runner = srunner_create(suite);                                 \
        srunner_run_all(runner, CK_ENV);                                \
        failed = srunner_ntests_failed(runner);                         \
        srunner_free(runner);                                           \
        return failed == 0 ? 0 : 1;                                     \
    }

/* Before and after each test, for whoever writes a main function instead. */
FB_API void fb_test_begin(void);
FB_API void fb_test_end(void);

/* fields[0] is a place-holder of the macro; count includes it. */
FB_API const struct fb_test_reply *
fb_test_post_fields(const char *path, const struct fb_test_field *fields,
                    size_t count) __attribute__((returns_nonnull));
FB_API const struct fb_test_reply *
fb_test_upload_fields(const char *path, const struct fb_test_file *file,
                      const struct fb_test_field *fields, size_t count)
    __attribute__((returns_nonnull));

#endif
