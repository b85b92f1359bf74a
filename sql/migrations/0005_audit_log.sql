-- Who changed what, and when. It can only grow.
--
-- Triggers write it, with the rights of the user who made them (the one who
-- migrates); the application may read it and has no right to write it, so a
-- broken or captured application can neither forge nor remove a line. USER()
-- is the user of the connection that made the change, not the trigger's.
-- The last two triggers stop everybody else's slips as well; whoever must
-- shorten the log (a law about retention) does it in a migration of its own.

CREATE TABLE audit_log (
    id BIGINT NOT NULL AUTO_INCREMENT,
    happened_at DATETIME(6) NOT NULL,
    actor VARCHAR(288) NOT NULL,
    event VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_id BIGINT NOT NULL,
    detail VARCHAR(255) NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    KEY audit_log_subject (event, subject_id, id),
    KEY audit_log_time (happened_at, id)
) ENGINE=InnoDB;

GRANT SELECT ON audit_log TO foobar_application;

CREATE TRIGGER posts_added AFTER INSERT ON posts FOR EACH ROW
    INSERT INTO audit_log (happened_at, actor, event, subject_id, detail)
    VALUES (UTC_TIMESTAMP(6), USER(), 'post.added', NEW.id,
            CONCAT('by member ', NEW.member_id));

CREATE TRIGGER posts_changed AFTER UPDATE ON posts FOR EACH ROW
    INSERT INTO audit_log (happened_at, actor, event, subject_id, detail)
    VALUES (UTC_TIMESTAMP(6), USER(), 'post.changed', NEW.id,
            CONCAT('by member ', NEW.member_id));

CREATE TRIGGER posts_removed AFTER DELETE ON posts FOR EACH ROW
    INSERT INTO audit_log (happened_at, actor, event, subject_id, detail)
    VALUES (UTC_TIMESTAMP(6), USER(), 'post.removed', OLD.id,
            CONCAT('by member ', OLD.member_id));

CREATE TRIGGER comments_added AFTER INSERT ON comments FOR EACH ROW
    INSERT INTO audit_log (happened_at, actor, event, subject_id, detail)
    VALUES (UTC_TIMESTAMP(6), USER(), 'comment.added', NEW.id,
            CONCAT('on post ', NEW.post_id));

CREATE TRIGGER comments_changed AFTER UPDATE ON comments FOR EACH ROW
    INSERT INTO audit_log (happened_at, actor, event, subject_id, detail)
    VALUES (UTC_TIMESTAMP(6), USER(), 'comment.changed', NEW.id,
            CONCAT('on post ', NEW.post_id));

CREATE TRIGGER comments_removed AFTER DELETE ON comments FOR EACH ROW
    INSERT INTO audit_log (happened_at, actor, event, subject_id, detail)
    VALUES (UTC_TIMESTAMP(6), USER(), 'comment.removed', OLD.id,
            CONCAT('on post ', OLD.post_id));

CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
        'The audit log can only grow: its lines are not changed.';

CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
        'The audit log can only grow: its lines are not removed.';
