-- The schema that the migrations end in, for reading.
-- Printed by foobar-schema; sql/README.md says how.

CREATE TABLE `accounts` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `email` varchar(254) NOT NULL,
  `email_key` varchar(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `password` varchar(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `role` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `verified_at` datetime(6) DEFAULT NULL,
  `suspended_until` datetime(6) DEFAULT NULL,
  `suspended_for` varchar(500) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `accounts_email` (`email_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `account_events` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `account_id` bigint(20) DEFAULT NULL,
  `event` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `at` datetime(6) NOT NULL,
  `address` varchar(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `agent` varchar(200) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `account_events_account` (`account_id`,`id`),
  KEY `account_events_at` (`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `account_tokens` (
  `token` char(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `purpose` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `account_id` bigint(20) NOT NULL,
  `detail` varchar(500) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  PRIMARY KEY (`token`),
  UNIQUE KEY `account_tokens_account` (`account_id`,`purpose`),
  KEY `account_tokens_end` (`ends_at`),
  CONSTRAINT `account_tokens_account` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `audit_log` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `happened_at` datetime(6) NOT NULL,
  `actor` varchar(288) NOT NULL,
  `event` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `subject_id` bigint(20) NOT NULL,
  `detail` varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  KEY `audit_log_subject` (`event`,`subject_id`,`id`),
  KEY `audit_log_time` (`happened_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `categories` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `slug` varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` varchar(80) NOT NULL,
  `description` varchar(300) NOT NULL,
  `position` int(11) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `categories_slug` (`slug`),
  KEY `categories_position` (`position`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `comments` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `post_id` bigint(20) NOT NULL,
  `member_id` bigint(20) DEFAULT NULL,
  `guest_name` varchar(80) DEFAULT NULL,
  `body` varchar(4000) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `comments_post` (`post_id`,`id`),
  KEY `comments_member` (`member_id`,`id`),
  CONSTRAINT `comments_member` FOREIGN KEY (`member_id`) REFERENCES `members` (`id`),
  CONSTRAINT `comments_post` FOREIGN KEY (`post_id`) REFERENCES `posts` (`id`),
  CONSTRAINT `comments_one_author` CHECK (`member_id` is null <> (`guest_name` is null)),
  CONSTRAINT `comments_guest_named` CHECK (char_length(`guest_name`) > 0),
  CONSTRAINT `comments_body_given` CHECK (char_length(`body`) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `files` (
  `sha256` char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `type` varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `size` int(10) unsigned NOT NULL,
  `width` int(10) unsigned NOT NULL DEFAULT 0,
  `height` int(10) unsigned NOT NULL DEFAULT 0,
  `created_at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  `kept_at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  `idle_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`sha256`),
  KEY `files_idle_at` (`idle_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `file_chunks` (
  `sha256` char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `number` int(10) unsigned NOT NULL,
  `content` mediumblob NOT NULL,
  PRIMARY KEY (`sha256`,`number`),
  CONSTRAINT `file_chunks_content` CHECK (octet_length(`content`) <= 262144)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `file_uses` (
  `owner` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `owner_id` bigint(20) NOT NULL,
  `sha256` char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `is_public` tinyint(4) NOT NULL,
  PRIMARY KEY (`owner`,`owner_id`,`sha256`),
  KEY `file_uses_sha256` (`sha256`,`is_public`),
  CONSTRAINT `file_uses_sha256` FOREIGN KEY (`sha256`) REFERENCES `files` (`sha256`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `form_answers` (
  `id` char(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `content` char(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `location` varchar(2000) NOT NULL DEFAULT '',
  `at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  PRIMARY KEY (`id`),
  KEY `form_answers_at` (`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `jobs` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `name` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `payload` text NOT NULL,
  `waits_as` varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `state` varchar(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'waiting' CHECK (`state` in ('waiting','running','done','failed')),
  `due` datetime(6) DEFAULT NULL,
  `runner` varchar(32) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `claim` int(10) unsigned NOT NULL DEFAULT 0,
  `tries` int(10) unsigned NOT NULL DEFAULT 0,
  `most_tries` int(10) unsigned NOT NULL,
  `pause_seconds` int(10) unsigned NOT NULL,
  `error` varchar(1000) NOT NULL DEFAULT '',
  `request` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `added_at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  `changed_at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  PRIMARY KEY (`id`),
  UNIQUE KEY `jobs_waits_as` (`name`,`waits_as`),
  KEY `jobs_due` (`due`),
  KEY `jobs_state` (`state`,`changed_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `job_runners` (
  `id` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `alive_until` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `job_runners_alive_until` (`alive_until`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `job_schedule` (
  `name` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `rule` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `next_at` datetime(6) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `mail_bounces` (
  `address` varchar(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `error` varchar(1000) NOT NULL,
  `at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  PRIMARY KEY (`address`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `members` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `handle` varchar(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` varchar(80) NOT NULL,
  `bio` varchar(500) NOT NULL DEFAULT '',
  `joined_at` datetime(6) NOT NULL,
  `account_id` bigint(20) DEFAULT NULL,
  `picture` varchar(100) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `members_handle` (`handle`),
  UNIQUE KEY `members_account` (`account_id`),
  CONSTRAINT `members_account` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`),
  CONSTRAINT `members_name_given` CHECK (char_length(`name`) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `outbox` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `state` varchar(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'waiting' CHECK (`state` in ('waiting','sending','sent','failed','bounced','kept')),
  `due` datetime(6) DEFAULT NULL,
  `sender` varchar(32) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `claim` int(10) unsigned NOT NULL DEFAULT 0,
  `tries` int(10) unsigned NOT NULL DEFAULT 0,
  `kind` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `message_id` varchar(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `to_address` varchar(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `to_name` varchar(250) NOT NULL DEFAULT '',
  `reply_to` varchar(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `subject` varchar(250) NOT NULL,
  `language` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `unsubscribe` varchar(2000) NOT NULL DEFAULT '',
  `text` mediumtext NOT NULL,
  `html` mediumtext DEFAULT NULL,
  `error` varchar(1000) NOT NULL DEFAULT '',
  `request` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `added_at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  `changed_at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  PRIMARY KEY (`id`),
  KEY `outbox_due` (`due`),
  KEY `outbox_state` (`state`,`changed_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `posts` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `member_id` bigint(20) NOT NULL,
  `title` varchar(200) NOT NULL,
  `body` mediumtext NOT NULL,
  `published_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `posts_newest` (`published_at`,`id`),
  KEY `posts_member` (`member_id`,`published_at`,`id`),
  CONSTRAINT `posts_member` FOREIGN KEY (`member_id`) REFERENCES `members` (`id`),
  CONSTRAINT `posts_title_given` CHECK (char_length(`title`) > 0),
  CONSTRAINT `posts_body_bounded` CHECK (char_length(`body`) between 1 and 40000)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `products` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `category_id` bigint(20) NOT NULL,
  `slug` varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` varchar(120) NOT NULL,
  `description` varchar(1000) NOT NULL,
  `price_cents` int(11) NOT NULL,
  `stock` int(11) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `products_slug` (`slug`),
  KEY `products_category` (`category_id`,`name`,`id`),
  CONSTRAINT `products_category` FOREIGN KEY (`category_id`) REFERENCES `categories` (`id`),
  CONSTRAINT `products_price_sane` CHECK (`price_cents` between 0 and 100000000),
  CONSTRAINT `products_stock_sane` CHECK (`stock` between 0 and 1000000)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `rate_limits` (
  `id` char(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `used` int(11) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `rate_limits_end` (`ends_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `recovery_codes` (
  `account_id` bigint(20) NOT NULL,
  `code` char(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (`account_id`,`code`),
  CONSTRAINT `recovery_codes_account` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `second_factors` (
  `account_id` bigint(20) NOT NULL,
  `secret` varchar(128) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `confirmed_at` datetime(6) DEFAULT NULL,
  `last_step` bigint(20) NOT NULL DEFAULT 0,
  `pending` varchar(128) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `pending_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`account_id`),
  CONSTRAINT `second_factors_account` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `sessions` (
  `token` char(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `number` bigint(20) NOT NULL AUTO_INCREMENT,
  `account_id` bigint(20) NOT NULL,
  `strength` tinyint(4) NOT NULL,
  `remembered` tinyint(4) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `seen_at` datetime(6) NOT NULL,
  `confirmed_at` datetime(6) DEFAULT NULL,
  `ends_at` datetime(6) NOT NULL,
  `address` varchar(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `agent` varchar(200) NOT NULL,
  PRIMARY KEY (`token`),
  UNIQUE KEY `sessions_number` (`number`),
  KEY `sessions_account` (`account_id`,`seen_at`),
  KEY `sessions_end` (`ends_at`),
  CONSTRAINT `sessions_account` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `signups` (
  `account_id` bigint(20) NOT NULL,
  `handle` varchar(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` varchar(80) NOT NULL,
  PRIMARY KEY (`account_id`),
  CONSTRAINT `signups_account` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `tag_bumps` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `tag` varbinary(128) NOT NULL,
  `at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  PRIMARY KEY (`id`),
  KEY `tag_bumps_at` (`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
        'The audit log can only grow: its lines are not removed.';

CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
        'The audit log can only grow: its lines are not changed.';

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
