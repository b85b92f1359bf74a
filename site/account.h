/* The forms of the account's pages: signing up, logging in, what mails lead to, one's own page. */

#ifndef SITE_ACCOUNT_H
#define SITE_ACCOUNT_H

#include <foobar/form.h>
#include <foobar/messages.h>

/* clang-format off */
#define SIGNUP_FIELDS(FIELD)                                                   \
    FIELD(SIGNUP_NAME, .name = "name", .kind = FB_LINE,                        \
        .label = FB_WORDS("Your name"), .required = true, .most = 80,          \
        .hint = FB_WORDS("It stands beside what you write."),                  \
        .missing = FB_WORDS("Enter your name"), .autocomplete = "name")        \
    FIELD(SIGNUP_HANDLE, .name = "handle", .kind = FB_SLUG,                    \
        .label = FB_WORDS("Short name"), .required = true, .least = 2,         \
        .most = 30,                                                            \
        .hint = FB_WORDS("Nobody else has it, and it stands in addresses: "    \
            "a-z, 0-9 and hyphens."),                                          \
        .missing = FB_WORDS("Enter a short name"),                             \
        .autocomplete = "username")                                            \
    FIELD(SIGNUP_EMAIL, .name = "email", .kind = FB_EMAIL,                     \
        .label = FB_WORDS("E-mail address"), .required = true,                 \
        .hint = FB_WORDS("It is shown to nobody."),                            \
        .missing = FB_WORDS("Enter your e-mail address"),                      \
        .autocomplete = "email")                                               \
    FIELD(SIGNUP_PASSWORD, .name = "password", .kind = FB_PASSWORD,            \
        .label = FB_WORDS("Password"), .required = true, .most = 1024,         \
        .hint = FB_WORDS("8 characters or more; several words are best."),     \
        .missing = FB_WORDS("Enter a password"),                               \
        .autocomplete = "new-password")

#define LOGIN_FIELDS(FIELD)                                                    \
    FIELD(LOGIN_EMAIL, .name = "email", .kind = FB_EMAIL,                      \
        .label = FB_WORDS("E-mail address"), .required = true,                 \
        .missing = FB_WORDS("Enter your e-mail address"),                      \
        .autocomplete = "username")                                            \
    FIELD(LOGIN_PASSWORD, .name = "password", .kind = FB_PASSWORD,             \
        .label = FB_WORDS("Password"), .required = true, .most = 1024,         \
        .missing = FB_WORDS("Enter your password"),                            \
        .autocomplete = "current-password")                                    \
    FIELD(LOGIN_REMEMBER, .name = "remember", .kind = FB_CHECKBOX,             \
        .label = FB_WORDS("Stay logged in on this device"))

#define PASSWORD_FIELDS(FIELD)                                                 \
    FIELD(PASSWORD_OLD, .name = "old", .kind = FB_PASSWORD,                    \
        .label = FB_WORDS("Your password now"), .required = true,              \
        .most = 1024, .missing = FB_WORDS("Enter your password"),              \
        .autocomplete = "current-password")                                    \
    FIELD(PASSWORD_NEW, .name = "new", .kind = FB_PASSWORD,                    \
        .label = FB_WORDS("New password"), .required = true, .most = 1024,     \
        .hint = FB_WORDS("8 characters or more; several words are best."),     \
        .missing = FB_WORDS("Enter a password"),                               \
        .autocomplete = "new-password")

#define PICTURE_FIELDS(FIELD)                                                  \
    FIELD(PICTURE_FILE, .name = "picture", .kind = FB_PICTURE,                 \
        .label = FB_WORDS("A picture of you"), .required = true,               \
        .most = 10 << 20, .widths = widths,                                    \
        .hint = FB_WORDS("JPEG, PNG or WebP, of 10 MiB or less. Where and when " \
            "it was taken is removed."),                                       \
        .missing = FB_WORDS("Choose a picture"))

/* Where a mail is sent to. */
#define ADDRESS_FIELDS(FIELD)                                                  \
    FIELD(ADDRESS_EMAIL, .name = "email", .kind = FB_EMAIL,                    \
        .label = FB_WORDS("E-mail address"), .required = true,                 \
        .missing = FB_WORDS("Enter your e-mail address"),                      \
        .autocomplete = "email")

#define VERIFY_FIELDS(FIELD)                                                   \
    FIELD(VERIFY_HANDLE, .name = "handle", .kind = FB_SLUG,                    \
        .label = FB_WORDS("Short name"), .required = true, .least = 2,         \
        .most = 30,                                                            \
        .hint = FB_WORDS("Nobody else has it, and it stands in addresses: "    \
            "a-z, 0-9 and hyphens."),                                          \
        .missing = FB_WORDS("Enter a short name"),                             \
        .autocomplete = "username")

#define RESET_FIELDS(FIELD)                                                    \
    FIELD(RESET_PASSWORD, .name = "password", .kind = FB_PASSWORD,             \
        .label = FB_WORDS("New password"), .required = true, .most = 1024,     \
        .hint = FB_WORDS("8 characters or more; several words are best."),     \
        .missing = FB_WORDS("Enter a password"),                               \
        .autocomplete = "new-password")

/* A button: which session it ends, "" for all others. */
#define SESSION_FIELDS(FIELD)                                                  \
    FIELD(SESSION_NUMBER, .name = "number", .kind = FB_HIDDEN, .most = 20)

/* The second step of a log-in: a code of the app, or a recovery code. */
#define STEP_FIELDS(FIELD)                                                     \
    FIELD(STEP_CODE, .name = "code", .kind = FB_LINE,                          \
        .label = FB_WORDS("Code"), .required = true, .most = 40,               \
        .hint = FB_WORDS("The 6 digits that your app shows now; or one of "    \
            "your recovery codes."),                                           \
        .missing = FB_WORDS("Enter a code"), .autocomplete = "one-time-code")

/* The first code of a new second factor. */
#define FACTOR_FIELDS(FIELD)                                                   \
    FIELD(FACTOR_CODE, .name = "code", .kind = FB_LINE,                        \
        .label = FB_WORDS("Code"), .required = true, .most = 40,               \
        .hint = FB_WORDS("The 6 digits that your app shows now."),             \
        .missing = FB_WORDS("Enter a code"), .autocomplete = "one-time-code")

/* Before a second factor is changed the password is asked for again. */
#define AGAIN_FIELDS(FIELD)                                                    \
    FIELD(AGAIN_PASSWORD, .name = "password", .kind = FB_PASSWORD,             \
        .label = FB_WORDS("Your password"), .required = true, .most = 1024,    \
        .missing = FB_WORDS("Enter your password"),                            \
        .autocomplete = "current-password")
/* clang-format on */

FB_FORM_FIELDS(signup_field, SIGNUP_FIELDS);
FB_FORM_FIELDS(login_field, LOGIN_FIELDS);
FB_FORM_FIELDS(password_field, PASSWORD_FIELDS);
FB_FORM_FIELDS(picture_field, PICTURE_FIELDS);
FB_FORM_FIELDS(address_field, ADDRESS_FIELDS);
FB_FORM_FIELDS(verify_field, VERIFY_FIELDS);
FB_FORM_FIELDS(reset_field, RESET_FIELDS);
FB_FORM_FIELDS(session_field, SESSION_FIELDS);
FB_FORM_FIELDS(step_field, STEP_FIELDS);
FB_FORM_FIELDS(factor_field, FACTOR_FIELDS);
FB_FORM_FIELDS(again_field, AGAIN_FIELDS);
extern const struct fb_form_type signup_form;
extern const struct fb_form_type login_form;
extern const struct fb_form_type password_form;
extern const struct fb_form_type picture_form;
extern const struct fb_form_type address_form;
extern const struct fb_form_type verify_form;
extern const struct fb_form_type reset_form;
extern const struct fb_form_type session_form;
extern const struct fb_form_type step_form;
extern const struct fb_form_type factor_form;
extern const struct fb_form_type factor_begin_form;
extern const struct fb_form_type factor_codes_form;
extern const struct fb_form_type factor_off_form;

#endif
