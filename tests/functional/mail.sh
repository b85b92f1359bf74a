# shellcheck shell=bash
# For tests of mail, behind engine.sh and database.sh: a database with the
# engine's tables, and a mail server that fails on command.

# shellcheck disable=SC2034 # for who sources this
APP=$BUILD/tests/mail.so

start_mail_database() {
    start_database || fail "the database does not start"
    sed 's/^GRANT.*//' "$TOP"/sql/engine/????_{jobs,mail,tag_bumps}.sql |
        mariadb --no-defaults -u root -S "$DB_SOCKET" foobar
}

start_smtp() { # folder below $TMPDIR, certificate and key...
    SMTP=$TMPDIR/$1
    shift
    mkdir -p "$SMTP"
    mode ok
    "$BUILD/tests/functional/smtp_server" "$SMTP" "$@" &
    smtp_pid=$!
    wait_for 5 test -s "$SMTP/port"
    smtp_port=$(cat "$SMTP/port")
}

mode() { # how the mail server behaves from now on; see smtp_server.c
    echo "$*" >"$SMTP/mode.new"
    mv "$SMTP/mode.new" "$SMTP/mode"
}

has() { # SQL, what it should print
    [ "$(sql "$1")" = "$2" ]
}

send() { # fields of the query..., as to=a@example.org: the status
    local field words=()
    for field; do
        words+=(--data-urlencode "$field")
    done
    status /send --get "${words[@]}" -X POST
}

state() { # subject: of the mail
    sql "SELECT state FROM outbox WHERE subject = '$1'"
}

is_in_state() { # subject, state
    [ "$(state "$1")" = "$2" ]
}

# Those that the mail server has taken with this subject: their files.
taken() { # subject
    grep -lF "Subject: $1"$'\r' "$SMTP"/mail.* 2>/dev/null || true
}

is_taken() { # subject, times
    [ "$(taken "$1" | grep -c .)" = "$2" ]
}

try_again() { # now, what waits
    sql "UPDATE outbox SET due = UTC_TIMESTAMP(6) WHERE state = 'waiting'"
}
