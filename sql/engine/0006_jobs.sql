-- What is done later, outside of a visitor's request (appserver/engine/jobs.h).
-- A job is added in the transaction of whoever wants it, so that it is there
-- if and only if that commits, and it ends in the transaction of its own
-- effects, so that these happen once.
--
-- `due` is when a waiting job may be taken; all others have none, and the
-- index on it is as long as the queue. `claim` counts how often it was taken:
-- a runner that has lost a job to another one cannot end it any more.
CREATE TABLE jobs (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    payload TEXT NOT NULL,
    waits_as VARCHAR(128) COLLATE utf8mb4_bin,
    state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
        DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    due DATETIME(6),
    runner VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
    claim INT UNSIGNED NOT NULL DEFAULT 0,
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    most_tries INT UNSIGNED NOT NULL,
    pause_seconds INT UNSIGNED NOT NULL,
    error VARCHAR(1000) NOT NULL DEFAULT '',
    request VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
        DEFAULT '',
    added_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    changed_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    UNIQUE KEY jobs_waits_as (name, waits_as),
    KEY jobs_due (due),
    KEY jobs_state (state, changed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO foobar_application;

-- Who runs jobs, on all hosts. A runner says again and again that it lives,
-- by the clock of the database; the jobs of one that does not are taken from
-- it. (In a table of its own, because a row of `jobs` that changes while its
-- job runs would make the transaction of that job start anew.)
CREATE TABLE job_runners (
    id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    alive_until DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY job_runners_alive_until (alive_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON job_runners TO foobar_application;

-- When each job that comes by itself is next; who moves the time on adds the
-- job, in one transaction, so that one host does.
CREATE TABLE job_schedule (
    name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    rule VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    next_at DATETIME(6) NOT NULL,
    PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON job_schedule TO foobar_application;
