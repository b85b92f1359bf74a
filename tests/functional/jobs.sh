# shellcheck shell=bash
# For tests of jobs, behind engine.sh and database.sh: a database with the
# engine's tables and the table of marks of tests/app/jobs.c.

# shellcheck disable=SC2034 # for who sources this
APP=$BUILD/tests/jobs.so

start_jobs_database() {
    start_database || fail "the database does not start"
    sed 's/^GRANT.*//' "$TOP"/sql/engine/????_jobs.sql \
        "$TOP"/sql/engine/????_tag_bumps.sql |
        mariadb --no-defaults -u root -S "$DB_SOCKET" foobar
    sql 'CREATE TABLE marks (id BIGINT AUTO_INCREMENT PRIMARY KEY,
        word VARCHAR(80) NOT NULL, attempt INT NOT NULL) ENGINE=InnoDB'
}

add() { # the page's query: the status
    status "/add?$1" -X POST
}

has() { # SQL, what it should print
    [ "$(sql "$1")" = "$2" ]
}

marks() { # word: how many there are
    sql "SELECT COUNT(*) FROM marks WHERE word = '$1'"
}

is_marked() { # word
    has "SELECT COUNT(*) FROM marks WHERE word = '$1'" 1
}

# shellcheck disable=SC2120 # others give it an argument
runners() { # process ids of the runners of the server $1, or of the last one
    local pid
    for pid in $(tr ' ' '\n' <"/proc/${1:-$app_pid}/task/${1:-$app_pid}/children"); do
        # A runner has the pulse beside its own thread, and a connection.
        grep -aq "jobs\[$pid\]" "$APP_LOG" && echo "$pid"
    done
}

a_runner() { # the process id of the one that there is
    runners | grep .
}
