-- What is said under a post, by a member or by a guest who gave a name:
-- exactly one of the two columns is filled.
--
-- comments_post gives a post's comments in their order, and counts them
-- without touching the rows.

CREATE TABLE comments (
    id BIGINT NOT NULL AUTO_INCREMENT,
    post_id BIGINT NOT NULL,
    member_id BIGINT NULL,
    guest_name VARCHAR(80) NULL,
    body VARCHAR(4000) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY comments_post (post_id, id),
    KEY comments_member (member_id, id),
    CONSTRAINT comments_post FOREIGN KEY (post_id) REFERENCES posts (id),
    CONSTRAINT comments_member FOREIGN KEY (member_id) REFERENCES members (id),
    CONSTRAINT comments_one_author
        CHECK ((member_id IS NULL) <> (guest_name IS NULL)),
    CONSTRAINT comments_guest_named CHECK (CHAR_LENGTH(guest_name) > 0),
    CONSTRAINT comments_body_given CHECK (CHAR_LENGTH(body) > 0)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON comments TO foobar_application;
