-- Who has signed up and has not shown yet that the address is his: what he
-- wants to be called. He is a member when he has; until then his short name is
-- still anybody's, so that nobody can tell from it whether an address that
-- somebody else signed up with had an account already.

CREATE TABLE signups (
    account_id BIGINT NOT NULL,
    handle VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(80) NOT NULL,
    PRIMARY KEY (account_id),
    CONSTRAINT signups_account
        FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON signups TO foobar_application;

-- Who has signed up before was believed his address, and logs in as he did.

UPDATE accounts
JOIN members ON members.account_id = accounts.id
SET accounts.verified_at = accounts.created_at
WHERE accounts.verified_at IS NULL;
