-- The two tables of the bench. Its database is made anew for each run and
-- has no history, so there are no migrations here.

CREATE TABLE world (
    id INT NOT NULL PRIMARY KEY,
    random_number INT NOT NULL
) ENGINE = InnoDB;

CREATE TABLE fortune (
    id INT NOT NULL PRIMARY KEY,
    message VARCHAR(2048) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
