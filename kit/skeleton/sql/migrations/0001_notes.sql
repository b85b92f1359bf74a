-- The notes of @NAME@. The application's own user may read and add them, and
-- do nothing else.
CREATE TABLE notes (
    id BIGINT NOT NULL AUTO_INCREMENT,
    title VARCHAR(80) NOT NULL,
    body VARCHAR(2000) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

GRANT SELECT, INSERT ON notes TO foobar_application;
