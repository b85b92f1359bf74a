/* For tests of the site: somebody becomes a member, as people do. */

#ifndef TESTS_SITE_MEMBERS_H
#define TESTS_SITE_MEMBERS_H

#include <foobar/test.h>

/* From the form over the mailbox to the first log-in. */
static inline void join(const char *name, const char *handle, const char *email,
                        const char *password)
{
    fb_assert_status(fb_test_post("/signup", {"name", name}, {"handle", handle},
                                  {"email", email}, {"password", password}),
                     303);
    ck_assert_uint_eq(fb_test_run_jobs(), 1);
    fb_assert_status(
        fb_test_post(fb_test_link_of(fb_test_mail(NULL), "/verify?token="),
                     {"handle", handle}),
        303);
    fb_assert_status(
        fb_test_post("/login", {"email", email}, {"password", password}), 303);
}

#endif
