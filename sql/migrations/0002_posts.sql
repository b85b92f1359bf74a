-- What members write. Times are UTC, here and everywhere.
--
-- posts_newest is the order of the home page, newest first; the id settles
-- the order of posts of one moment, so that pages neither skip nor repeat.
-- Nothing is deleted by cascade: a cascade runs no triggers, so the audit
-- log would not hear of it.

CREATE TABLE posts (
    id BIGINT NOT NULL AUTO_INCREMENT,
    member_id BIGINT NOT NULL,
    title VARCHAR(200) NOT NULL,
    body MEDIUMTEXT NOT NULL,
    published_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY posts_newest (published_at, id),
    KEY posts_member (member_id, published_at, id),
    CONSTRAINT posts_member FOREIGN KEY (member_id) REFERENCES members (id),
    CONSTRAINT posts_title_given CHECK (CHAR_LENGTH(title) > 0),
    CONSTRAINT posts_body_bounded
        CHECK (CHAR_LENGTH(body) BETWEEN 1 AND 40000)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON posts TO foobar_application;
