/*
 * Every SQL statement of the site, and what a row of each is:
 * STATEMENT(id, name in logs, row, SQL, example).
 *
 * They stand together so that one file answers "what does the site ask the
 * database?" and which index serves it (sql/schema.sql). Each has a bound on
 * its rows. Placeholders are filled in the order of the question marks; the
 * comment above a row names them. `make check-sql` holds all of it against the
 * migrated schema.
 */

#ifndef SITE_STATEMENTS_H
#define SITE_STATEMENTS_H

#include <foobar/statement.h>

/* clang-format off */

/* `place` is where the row stands in the list, for the cursor of a page. */
#define CARD_ROW(COLUMN)                                                       \
    COLUMN(INT, id)                                                            \
    COLUMN(TEXT, title)                                                        \
    COLUMN(TEXT, excerpt)                                                      \
    COLUMN(TEXT, published)                                                    \
    COLUMN(TEXT, place)                                                        \
    COLUMN(TEXT, author)                                                       \
    COLUMN(INT, comments)
FB_ROW(card_row, CARD_ROW);

#define POST_PLACE_ROW(COLUMN)                                                 \
    COLUMN(TEXT, place)                                                        \
    COLUMN(INT, id)
FB_ROW(post_place_row, POST_PLACE_ROW);

#define FEED_ROW(COLUMN)                                                       \
    COLUMN(INT, id)                                                            \
    COLUMN(TEXT, title)                                                        \
    COLUMN(TEXT, body)                                                         \
    COLUMN(TEXT, published)                                                    \
    COLUMN(TEXT, author)
FB_ROW(feed_row, FEED_ROW);

#define POST_ROW(COLUMN)                                                       \
    COLUMN(TEXT, title)                                                        \
    COLUMN(TEXT, body)                                                         \
    COLUMN(TEXT, published)                                                    \
    COLUMN(TEXT, author)                                                       \
    COLUMN(TEXT, author_bio)                                                   \
    COLUMN(INT, comments)
FB_ROW(post_row, POST_ROW);

/* A comment is a member's, or a guest's who gave a name. */
#define COMMENT_ROW(COLUMN)                                                    \
    COLUMN(INT, id)                                                            \
    COLUMN(MAYBE_TEXT, member)                                                 \
    COLUMN(MAYBE_TEXT, guest)                                                  \
    COLUMN(TEXT, body)                                                         \
    COLUMN(TEXT, created)
FB_ROW(comment_row, COMMENT_ROW);

#define MEMBER_ROW(COLUMN)                                                     \
    COLUMN(INT, id)                                                            \
    COLUMN(TEXT, name)                                                         \
    COLUMN(TEXT, picture)
FB_ROW(member_row, MEMBER_ROW);

#define HANDLE_ROW(COLUMN) COLUMN(INT, id)
FB_ROW(handle_row, HANDLE_ROW);

#define SIGNUP_ROW(COLUMN)                                                     \
    COLUMN(TEXT, handle)                                                       \
    COLUMN(TEXT, name)
FB_ROW(signup_row, SIGNUP_ROW);

#define LOCKED_POST_ROW(COLUMN) COLUMN(INT, id)
FB_ROW(locked_post_row, LOCKED_POST_ROW);

#define COMMENT_BEFORE_ROW(COLUMN) COLUMN(INT, id)
FB_ROW(comment_before_row, COMMENT_BEFORE_ROW);

#define CATALOGUE_ROW(COLUMN)                                                  \
    COLUMN(TEXT, category_slug)                                                \
    COLUMN(TEXT, category_name)                                                \
    COLUMN(TEXT, category_description)                                         \
    COLUMN(TEXT, slug)                                                         \
    COLUMN(TEXT, name)                                                         \
    COLUMN(TEXT, description)                                                  \
    COLUMN(INT, price_cents)                                                   \
    COLUMN(INT, stock)
FB_ROW(catalogue_row, CATALOGUE_ROW);

/* A time as text that C and <time> understand; columns hold UTC. */
#define SQL_TIME(column) "DATE_FORMAT(" column ", '%Y-%m-%dT%H:%i:%sZ')"

/*
 * The cards of the posts that an inner query has chosen from the index alone,
 * so that no post beside them is read.
 */
#define SQL_CARDS(chosen, order)                                               \
    "SELECT post.id, post.title, LEFT(post.body, 400) AS excerpt, "            \
    SQL_TIME("post.published_at") " AS published, "                            \
    "CAST(post.published_at AS CHAR) AS place, member.name AS author, "        \
    "(SELECT COUNT(*) FROM comments WHERE comments.post_id = post.id) "        \
    "AS comments "                                                             \
    "FROM (" chosen ") chosen "                                                \
    "JOIN posts post ON post.id = chosen.id "                                  \
    "JOIN members member ON member.id = post.member_id "                       \
    "ORDER BY post.published_at " order ", post.id " order

#define SQL_COMMENT_COLUMNS                                                    \
    "SELECT comment.id, member.name AS member, comment.guest_name AS guest, "  \
    "comment.body, " SQL_TIME("comment.created_at") " AS created "             \
    "FROM comments comment "                                                   \
    "LEFT JOIN members member ON member.id = comment.member_id "

#define SITE_STATEMENTS(STATEMENT)                                             \
    /* time, time, id, limit: the posts older than that place, newest first */ \
    STATEMENT(SQL_OLDER_POSTS, "older_posts", card_row,                        \
        SQL_CARDS("SELECT id FROM posts WHERE published_at < ? "               \
            "OR (published_at = ? AND id < ?) "                                \
            "ORDER BY published_at DESC, id DESC LIMIT ?", "DESC"),            \
        FB_EXAMPLE("2026-04-01", "2026-04-01", "100", "21"))                   \
    /* the same: the posts newer than that place, oldest first */              \
    STATEMENT(SQL_NEWER_POSTS, "newer_posts", card_row,                        \
        SQL_CARDS("SELECT id FROM posts WHERE published_at > ? "               \
            "OR (published_at = ? AND id > ?) "                                \
            "ORDER BY published_at, id LIMIT ?", "ASC"),                       \
        FB_EXAMPLE("2026-04-01", "2026-04-01", "100", "21"))                   \
    /* number: the place of the post that has so many newer ones */            \
    STATEMENT(SQL_POST_PLACE, "post_place", post_place_row,                    \
        "SELECT CAST(published_at AS CHAR) AS place, id FROM posts "           \
        "ORDER BY published_at DESC, id DESC LIMIT 1 OFFSET ?",                \
        FB_EXAMPLE("99"),                                                      \
        FB_SCANS("links of old to a page by its number; the index alone, and " \
            "as far as that page"))                                            \
    /* limit: the newest posts, whole; they are chosen in the index alone */    \
    STATEMENT(SQL_FEED, "feed", feed_row,                                      \
        "SELECT post.id, post.title, post.body, "                              \
        SQL_TIME("post.published_at") " AS published, "                        \
        "member.name AS author "                                               \
        "FROM (SELECT id FROM posts ORDER BY published_at DESC, id DESC "      \
        "LIMIT ?) newest JOIN posts post ON post.id = newest.id "              \
        "JOIN members member ON member.id = post.member_id "                   \
        "ORDER BY post.published_at DESC, post.id DESC",                       \
        FB_EXAMPLE("20"))                                                      \
    /* post */                                                                 \
    STATEMENT(SQL_POST, "post", post_row,                                      \
        "SELECT post.title, post.body, "                                       \
        SQL_TIME("post.published_at") " AS published, "                        \
        "member.name AS author, member.bio AS author_bio, "                    \
        "(SELECT COUNT(*) FROM comments WHERE comments.post_id = post.id) "    \
        "AS comments "                                                         \
        "FROM posts post JOIN members member ON member.id = post.member_id "   \
        "WHERE post.id = ?",                                                   \
        FB_EXAMPLE("7"))                                                       \
    /* post, id, limit: the comments after that one */                         \
    STATEMENT(SQL_COMMENTS, "comments", comment_row,                           \
        SQL_COMMENT_COLUMNS                                                    \
        "WHERE comment.post_id = ? AND comment.id > ? "                        \
        "ORDER BY comment.id LIMIT ?",                                         \
        FB_EXAMPLE("7", "0", "101"))                                           \
    /* post, id, limit: the comments before that one, the last first */        \
    STATEMENT(SQL_COMMENTS_BEFORE, "comments_before", comment_row,             \
        SQL_COMMENT_COLUMNS                                                    \
        "WHERE comment.post_id = ? AND comment.id < ? "                        \
        "ORDER BY comment.id DESC LIMIT ?",                                    \
        FB_EXAMPLE("7", "999999", "101"))                                      \
    /* post, number: the comment that has so many before it */                 \
    STATEMENT(SQL_COMMENT_PLACE, "comment_place", comment_before_row,          \
        "SELECT id FROM comments WHERE post_id = ? "                           \
        "ORDER BY id LIMIT 1 OFFSET ?",                                        \
        FB_EXAMPLE("7", "1"),                                                  \
        FB_SCANS("links of old to a page by its number; the index alone, and " \
            "as far as that page"))                                            \
    /* post: two comments on one post are added one after the other */         \
    STATEMENT(SQL_LOCK_POST, "lock_post", locked_post_row,                     \
        "SELECT id FROM posts WHERE id = ? FOR UPDATE",                        \
        FB_EXAMPLE("7"))                                                       \
    /* post, guest's name, body */                                             \
    STATEMENT(SQL_ADD_COMMENT, "add_comment", fb_no_row,                       \
        "INSERT INTO comments (post_id, guest_name, body, created_at) "        \
        "VALUES (?, ?, ?, UTC_TIMESTAMP(6))",                                  \
        FB_EXAMPLE("7", "A guest", "Some words"))                              \
    /* post, member, body */                                                   \
    STATEMENT(SQL_ADD_MEMBERS_COMMENT, "add_members_comment", fb_no_row,       \
        "INSERT INTO comments (post_id, member_id, body, created_at) "         \
        "VALUES (?, ?, ?, UTC_TIMESTAMP(6))",                                  \
        FB_EXAMPLE("7", "1", "Some words"))                                    \
    /* account */                                                              \
    STATEMENT(SQL_MEMBER_OF_ACCOUNT, "member_of_account", member_row,          \
        "SELECT id, name, picture FROM members WHERE account_id = ?",          \
        FB_EXAMPLE("1"))                                                       \
    /* picture, member */                                                      \
    STATEMENT(SQL_SET_PICTURE, "set_picture", fb_no_row,                       \
        "UPDATE members SET picture = ? WHERE id = ?",                         \
        FB_EXAMPLE("/files/none", "7"))                                        \
    /* handle, name, account; IGNORE: a handle that is taken is no error, but  \
       a row that was not added */                                             \
    STATEMENT(SQL_ADD_MEMBER, "add_member", fb_no_row,                         \
        "INSERT IGNORE INTO members (handle, name, joined_at, account_id) "    \
        "VALUES (?, ?, UTC_TIMESTAMP(6), ?)",                                  \
        FB_EXAMPLE("ada", "A name", "1"))                                      \
    /* handle */                                                               \
    STATEMENT(SQL_HANDLE, "handle", handle_row,                                \
        "SELECT id FROM members WHERE handle = ?", FB_EXAMPLE("ada"))          \
    /* account, handle, name: in place of what was said before */              \
    STATEMENT(SQL_KEEP_SIGNUP, "keep_signup", fb_no_row,                       \
        "INSERT INTO signups (account_id, handle, name) VALUES (?, ?, ?) "     \
        "ON DUPLICATE KEY UPDATE "                                            \
        "handle = VALUES(handle), name = VALUES(name)",                       \
        FB_EXAMPLE("1", "ada", "A name"))                                      \
    /* account */                                                              \
    STATEMENT(SQL_SIGNUP, "signup", signup_row,                                \
        "SELECT handle, name FROM signups WHERE account_id = ?",               \
        FB_EXAMPLE("1"))                                                       \
    STATEMENT(SQL_END_SIGNUP, "end_signup", fb_no_row,                         \
        "DELETE FROM signups WHERE account_id = ?", FB_EXAMPLE("1"))           \
    /* post, id, number: the comment that stands so many before that one */    \
    STATEMENT(SQL_COMMENT_BEFORE, "comment_before", comment_before_row,        \
        "SELECT id FROM comments WHERE post_id = ? AND id < ? "                \
        "ORDER BY id DESC LIMIT 1 OFFSET ?",                                   \
        FB_EXAMPLE("7", "999999", "1"),                                        \
        FB_SCANS("one page of comments, in the index alone"))                  \
    STATEMENT(SQL_CATALOGUE, "catalogue", catalogue_row,                       \
        "SELECT category.slug AS category_slug, "                              \
        "category.name AS category_name, "                                     \
        "category.description AS category_description, "                       \
        "product.slug, product.name, product.description, "                    \
        "product.price_cents, product.stock "                                  \
        "FROM categories category "                                            \
        "JOIN products product ON product.category_id = category.id "          \
        "ORDER BY category.position, category.id, product.name, product.id "   \
        "LIMIT 500",                                                           \
        FB_SCANS("the whole catalogue is shown, 500 products at most"))
/* clang-format on */

FB_STATEMENTS(site_statement, SITE_STATEMENTS);

#endif
