-- Mail that is to be sent, and that was (appserver/engine/mail.h). A mail is
-- added in the transaction of whoever writes it, with the Message-ID that it
-- will have however often it is sent. Once it is sent, its words are removed;
-- they may hold the keys to an account.
--
-- `due` is when somebody may send it: a time of the next try, or the end of
-- the lease of who tries it now. `kept` is mail of a development machine,
-- which nobody sends; pages show it.
CREATE TABLE outbox (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
        DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'bounced',
            'kept')),
    due DATETIME(6),
    sender VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
    claim INT UNSIGNED NOT NULL DEFAULT 0,
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    kind VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    message_id VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    to_address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    to_name VARCHAR(250) NOT NULL DEFAULT '',
    reply_to VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
        DEFAULT '',
    subject VARCHAR(250) NOT NULL,
    language VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    unsubscribe VARCHAR(2000) NOT NULL DEFAULT '',
    text MEDIUMTEXT NOT NULL,
    html MEDIUMTEXT,
    error VARCHAR(1000) NOT NULL DEFAULT '',
    request VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
        DEFAULT '',
    added_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    changed_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    KEY outbox_due (due),
    KEY outbox_state (state, changed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO foobar_application;

-- Addresses of which a mail server has said, once and for all, that they do
-- not exist or take nothing. Nothing is sent there any more, until the row is
-- removed.
CREATE TABLE mail_bounces (
    address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    error VARCHAR(1000) NOT NULL,
    at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (address)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON mail_bounces TO foobar_application;
