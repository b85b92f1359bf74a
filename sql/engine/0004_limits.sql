-- How often something was done, within a window of time that the first of them
-- has begun (appserver/engine/limit.c). The id is a hash of what is counted and
-- for whom, so that no address stands here. A row whose window is over means
-- nothing, and is cleared away by those who add new ones.
CREATE TABLE rate_limits (
    id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    used INT NOT NULL,
    ends_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY rate_limits_end (ends_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO foobar_application;
