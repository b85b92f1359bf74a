/*
 * Every SQL statement of the site: STATEMENT(id, name in logs, SQL).
 *
 * They stand together so that one file answers "what does the site ask the
 * database?" and which index serves it (sql/schema.sql). Each has a bound on
 * its rows. Placeholders are filled in the order of the question marks; the
 * comment above a row names them and the columns that come back.
 */

#ifndef SITE_STATEMENTS_H
#define SITE_STATEMENTS_H

/* A time as text that C and <time> understand; columns hold UTC. */
#define SQL_TIME(column) "DATE_FORMAT(" column ", '%Y-%m-%dT%H:%i:%sZ')"

/* clang-format off */
#define SITE_STATEMENTS(STATEMENT)                                             \
    /*                                                                         \
     * limit, offset -> id, title, beginning of the body, time, author,        \
     * number of comments. The inner query walks the index alone, so that the  \
     * posts before the offset are never read.                                 \
     */                                                                        \
    STATEMENT(SQL_NEWEST_POSTS, "newest_posts",                                \
        "SELECT post.id, post.title, LEFT(post.body, 400), "                   \
        SQL_TIME("post.published_at") ", member.name, "                        \
        "(SELECT COUNT(*) FROM comments WHERE comments.post_id = post.id) "    \
        "FROM (SELECT id FROM posts ORDER BY published_at DESC, id DESC "      \
        "LIMIT ? OFFSET ?) newest "                                            \
        "JOIN posts post ON post.id = newest.id "                              \
        "JOIN members member ON member.id = post.member_id "                   \
        "ORDER BY post.published_at DESC, post.id DESC")                       \
    /* limit -> id, title, body, time, author; the newest first */             \
    STATEMENT(SQL_FEED, "feed",                                                \
        "SELECT post.id, post.title, post.body, "                              \
        SQL_TIME("post.published_at") ", member.name "                         \
        "FROM posts post JOIN members member ON member.id = post.member_id "   \
        "ORDER BY post.published_at DESC, post.id DESC LIMIT ?")               \
    /* post -> title, body, time, author, author's bio, number of comments */  \
    STATEMENT(SQL_POST, "post",                                                \
        "SELECT post.title, post.body, " SQL_TIME("post.published_at") ", "    \
        "member.name, member.bio, "                                            \
        "(SELECT COUNT(*) FROM comments WHERE comments.post_id = post.id) "    \
        "FROM posts post JOIN members member ON member.id = post.member_id "   \
        "WHERE post.id = ?")                                                   \
    /* post, limit, offset -> id, member's name, guest's name, body, time */   \
    STATEMENT(SQL_COMMENTS, "comments",                                        \
        "SELECT comment.id, member.name, comment.guest_name, comment.body, "   \
        SQL_TIME("comment.created_at") " "                                     \
        "FROM comments comment "                                               \
        "LEFT JOIN members member ON member.id = comment.member_id "           \
        "WHERE comment.post_id = ? ORDER BY comment.id LIMIT ? OFFSET ?")      \
    /* post -> id; two comments on one post are added one after the other */   \
    STATEMENT(SQL_LOCK_POST, "lock_post",                                      \
        "SELECT id FROM posts WHERE id = ? FOR UPDATE")                        \
    /*                                                                         \
     * post, guest's name, body -> id of the same comment, if it is among the  \
     * post's newest and fresh: then a button was pressed twice.               \
     */                                                                        \
    STATEMENT(SQL_SAME_COMMENT, "same_comment",                                \
        "SELECT newest.id FROM (SELECT id, guest_name, body, created_at "      \
        "FROM comments WHERE post_id = ? ORDER BY id DESC LIMIT 20) newest "   \
        "WHERE newest.guest_name COLLATE utf8mb4_bin = ? "                     \
        "AND newest.body COLLATE utf8mb4_bin = ? "                             \
        "AND newest.created_at > UTC_TIMESTAMP(6) - INTERVAL 10 MINUTE "       \
        "LIMIT 1")                                                             \
    /* post, guest's name, body */                                             \
    STATEMENT(SQL_ADD_COMMENT, "add_comment",                                  \
        "INSERT INTO comments (post_id, guest_name, body, created_at) "        \
        "VALUES (?, ?, ?, UTC_TIMESTAMP(6))")                                  \
    /* post, comment -> the comment's place among the post's, from 1 */        \
    STATEMENT(SQL_COMMENT_PLACE, "comment_place",                              \
        "SELECT COUNT(*) FROM comments WHERE post_id = ? AND id <= ?")         \
    /* -> category's slug, name, description; product's slug, name,            \
     * description, price in cents, stock */                                   \
    STATEMENT(SQL_CATALOGUE, "catalogue",                                      \
        "SELECT category.slug, category.name, category.description, "          \
        "product.slug, product.name, product.description, "                    \
        "product.price_cents, product.stock "                                  \
        "FROM categories category "                                            \
        "JOIN products product ON product.category_id = category.id "          \
        "ORDER BY category.position, category.id, product.name, product.id "   \
        "LIMIT 500")
/* clang-format on */

#define STATEMENT_ID(id, name, sql) id,
enum site_statement {
    SITE_STATEMENTS(STATEMENT_ID)
};
#undef STATEMENT_ID

#endif
