-- Second factors of accounts (appserver/engine/account_factor.c): an app that
-- shows another code each 30 seconds (TOTP, RFC 6238), and codes for the day on
-- which its telephone is gone.
--
-- The secret of a factor must be read again, so it is no hash: it is encrypted
-- with a key that is made of the server's secret-file and stands in no table.
-- Who has a dump or a backup alone can make no code. It belongs to its account:
-- copied to another row it is unreadable.
--
-- secret is NULL until the first right code was typed; pending is the one of
-- an enrolment, beside which an earlier one goes on to work. last_step is the
-- last span of 30 seconds whose code was taken: no code is taken twice.

CREATE TABLE second_factors (
    account_id BIGINT NOT NULL,
    secret VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
    confirmed_at DATETIME(6) NULL,
    last_step BIGINT NOT NULL DEFAULT 0,
    pending VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
    pending_at DATETIME(6) NULL,
    PRIMARY KEY (account_id),
    CONSTRAINT second_factors_account
        FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON second_factors TO foobar_application;

-- Each works once. code is a hash: of 80 random bits, which nobody tries out.
CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL,
    code CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (account_id, code),
    CONSTRAINT recovery_codes_account
        FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, DELETE ON recovery_codes TO foobar_application;
