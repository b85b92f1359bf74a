-- The people of the community.
--
-- A handle is what stands in addresses, so it is plain ASCII, lower case and
-- unique; a name is what stands on pages, so it may be in any script.
-- The application may only read members until there are accounts to change.

CREATE TABLE members (
    id BIGINT NOT NULL AUTO_INCREMENT,
    handle VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(80) NOT NULL,
    bio VARCHAR(500) NOT NULL DEFAULT '',
    joined_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY members_handle (handle),
    CONSTRAINT members_name_given CHECK (CHAR_LENGTH(name) > 0)
) ENGINE=InnoDB;

GRANT SELECT ON members TO foobar_application;
