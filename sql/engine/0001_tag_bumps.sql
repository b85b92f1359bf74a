-- The journal of tags. A transaction that changes what a page shows writes a
-- row for each tag of that page; the application server bumps the tag after
-- COMMIT, and follows this table for what was committed elsewhere
-- (appserver/engine/keeper.c). Rows are kept for a day.
CREATE TABLE tag_bumps (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    tag VARBINARY(128) NOT NULL,
    at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    KEY tag_bumps_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, DELETE ON tag_bumps TO foobar_application;
