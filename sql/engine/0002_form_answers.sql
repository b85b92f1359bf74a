-- Which forms were sent, and where their senders were led, so that a form
-- that is sent twice is done once (appserver/engine/once.c). The id is a hash
-- of page, session and key, and the content one of what was typed: nothing of
-- either can be read here. Rows are kept for a day.
CREATE TABLE form_answers (
    id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    content CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    location VARCHAR(2000) NOT NULL DEFAULT '',
    at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    KEY form_answers_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON form_answers TO foobar_application;
