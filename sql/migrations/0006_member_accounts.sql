-- A member may have an account (sql/engine), with which he logs in. A row is
-- one member's for good: without an account he is one of the demo's, or one
-- whose account was removed and whose words stayed.

ALTER TABLE members
    ADD COLUMN account_id BIGINT NULL,
    ADD UNIQUE KEY members_account (account_id),
    ADD CONSTRAINT members_account
        FOREIGN KEY (account_id) REFERENCES accounts (id);

GRANT INSERT, UPDATE ON members TO foobar_application;
