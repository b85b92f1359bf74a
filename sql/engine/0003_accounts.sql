-- Accounts and their sessions (appserver/engine/account*.c). An application's
-- own table of people refers to accounts.id.
--
-- email_key is the address in the one form by which two are the same. A token
-- is never stored, only its hash, so that who reads the tables can log in as
-- nobody. All times are the database's own.

CREATE TABLE accounts (
    id BIGINT NOT NULL AUTO_INCREMENT,
    email VARCHAR(254) NOT NULL,
    email_key VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    password VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    role VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    verified_at DATETIME(6) NULL,
    suspended_until DATETIME(6) NULL,
    suspended_for VARCHAR(500) NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    UNIQUE KEY accounts_email (email_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON accounts TO foobar_application;

-- number is what a page may show; token is the hash of the cookie. strength
-- is what the session has shown: 0 nothing yet, 1 the password.
CREATE TABLE sessions (
    token CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    number BIGINT NOT NULL AUTO_INCREMENT,
    account_id BIGINT NOT NULL,
    strength TINYINT NOT NULL,
    remembered TINYINT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    seen_at DATETIME(6) NOT NULL,
    confirmed_at DATETIME(6) NULL,
    ends_at DATETIME(6) NOT NULL,
    address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    agent VARCHAR(200) NOT NULL,
    PRIMARY KEY (token),
    UNIQUE KEY sessions_number (number),
    KEY sessions_account (account_id, seen_at),
    KEY sessions_end (ends_at),
    CONSTRAINT sessions_account
        FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO foobar_application;

-- Links in mails: each works once.
CREATE TABLE account_tokens (
    token CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    purpose VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_id BIGINT NOT NULL,
    detail VARCHAR(500) NOT NULL,
    ends_at DATETIME(6) NOT NULL,
    PRIMARY KEY (token),
    UNIQUE KEY account_tokens_account (account_id, purpose),
    KEY account_tokens_end (ends_at),
    CONSTRAINT account_tokens_account
        FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON account_tokens TO foobar_application;

-- What happened to accounts. Without an account: a log-in to none, which is
-- written down as well, so that both take the same time. Kept for 90 days.
CREATE TABLE account_events (
    id BIGINT NOT NULL AUTO_INCREMENT,
    account_id BIGINT NULL,
    event VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    at DATETIME(6) NOT NULL,
    address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    agent VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    KEY account_events_account (account_id, id),
    KEY account_events_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, DELETE ON account_events TO foobar_application;
