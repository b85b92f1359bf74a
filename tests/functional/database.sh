# shellcheck shell=bash
# A MariaDB of a test's own, empty but for the database "foobar", which its
# root may do everything with. Sourced by *.test; needs $TMPDIR.
#
#   start_database, stop_database
#   sql STATEMENT    runs it in "foobar"; prints rows, columns apart by tabs
#   DB_OPTIONS       what our programs need to reach it

DB_SOCKET=$TMPDIR/mysql.sock
# shellcheck disable=SC2034 # for who sources this
DB_OPTIONS=(--db-socket "$DB_SOCKET" --db-user root --db-name foobar)
db_pid=

start_database() {
    local as=() tries=200
    [ "$(id -u)" != 0 ] || as=(--user=root)
    if [ ! -d "$TMPDIR/mysql" ]; then
        mariadb-install-db --no-defaults "${as[@]}" \
            --datadir="$TMPDIR/mysql" --skip-test-db --skip-name-resolve \
            --auth-root-authentication-method=normal >"$TMPDIR/install.log" ||
            { cat "$TMPDIR/install.log" && return 1; }
    fi
    mariadbd --no-defaults "${as[@]}" --datadir="$TMPDIR/mysql" \
        --socket="$DB_SOCKET" --skip-networking --skip-log-bin \
        --pid-file="$TMPDIR/mysql.pid" --character-set-server=utf8mb4 \
        --innodb-buffer-pool-size=32M 2>"$TMPDIR/mariadb.log" &
    db_pid=$!
    until mariadb --no-defaults -u root -S "$DB_SOCKET" \
        -e 'CREATE DATABASE IF NOT EXISTS foobar' 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { tail -n 20 "$TMPDIR/mariadb.log" && return 1; }
        sleep 0.05
    done
}

stop_database() {
    [ -z "$db_pid" ] || { kill "$db_pid" 2>/dev/null && wait "$db_pid"; } || true
    db_pid=
}

sql() {
    mariadb --no-defaults -u root -S "$DB_SOCKET" -N foobar -e "$1"
}
