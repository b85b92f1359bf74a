-- Files that are kept (appserver/engine/files.c), by the SHA-256 of what is in
-- them, so that every host has them and none is kept twice. The content lies
-- in pieces of 256 KiB, each of which is one small statement.
--
-- A file lives as long as somebody uses it. Who lets go of the last use sets
-- idle_at, and an hour later the file is removed, unless somebody took it up
-- again in between. Whoever adds or removes a use changes the row of the file
-- first, so that nobody, on no other host either, does both at a time.
CREATE TABLE files (
    sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    size INT UNSIGNED NOT NULL,
    width INT UNSIGNED NOT NULL DEFAULT 0,
    height INT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    kept_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    idle_at DATETIME(6) NULL,
    PRIMARY KEY (sha256),
    KEY files_idle_at (idle_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- No foreign key leads to the file: both are removed by one statement, in the
-- order that the server likes.
CREATE TABLE file_chunks (
    sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    number INT UNSIGNED NOT NULL,
    content MEDIUMBLOB NOT NULL,
    PRIMARY KEY (sha256, number),
    CONSTRAINT file_chunks_content CHECK (OCTET_LENGTH(content) <= 262144)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Who uses a file: a word and a number of the application's, as in
-- ("post", 7). Only a file with a public use has an address.
CREATE TABLE file_uses (
    owner VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    owner_id BIGINT NOT NULL,
    sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    is_public TINYINT NOT NULL,
    PRIMARY KEY (owner, owner_id, sha256),
    KEY file_uses_sha256 (sha256, is_public),
    CONSTRAINT file_uses_sha256 FOREIGN KEY (sha256)
        REFERENCES files (sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT, UPDATE, DELETE ON files TO foobar_application;
GRANT SELECT, INSERT, DELETE ON file_chunks TO foobar_application;
GRANT SELECT, INSERT, UPDATE, DELETE ON file_uses TO foobar_application;
