# shellcheck shell=bash
# For tests of accounts: the application tests/app/accounts.c on a database of
# its own, behind nginx. Sourced by *.test.
#
#   start_accounts OPTIONS...   of foobar-appserver
#   WHO=anna                    whose browser sends the next request: a cookie
#                               jar of that name; ADDRESS=192.0.2.1 from where
#   send PATH NAME=VALUE...     posts a form, with the session's token if there
#                               is one: prints the status and what was said
#   page PATH [curl's options]  prints the status and the body

# shellcheck source=tests/functional/engine.sh
. "$TOP/tests/functional/engine.sh"
# shellcheck source=tests/functional/database.sh
. "$TOP/tests/functional/database.sh"

APP=$BUILD/tests/accounts.so
WHO=anna
ADDRESS=192.0.2.1
# shellcheck disable=SC2034 # for who sources this
GOOD='a fine long password'

start_accounts() {
    local file
    start_database || fail "the database does not start"
    for file in "$TOP"/sql/engine/*_{accounts,limits,factors}.sql; do
        grep -v '^GRANT' "$file"
    done >"$TMPDIR/tables.sql"
    mariadb --no-defaults -u root -S "$DB_SOCKET" foobar <"$TMPDIR/tables.sql"
    start_app --workers 4 "${DB_OPTIONS[@]}" "$@"
    # shellcheck disable=SC2016 # nginx's variable
    start_nginx 'set_real_ip_from unix:; real_ip_header X-Test-Address;
        fastcgi_param HTTPS $http_x_test_tls if_not_empty;'
}

browse() { # path, curl's options...
    local path=$1
    shift
    get "$path" -b "$TMPDIR/$WHO.jar" -c "$TMPDIR/$WHO.jar" -A "$WHO's browser" \
        -H "X-Test-Address: $ADDRESS" -D "$TMPDIR/head" \
        -w '\n%{http_code}' "$@" >"$TMPDIR/page" || true
    printf '%s %s\n' "$(tail -n 1 "$TMPDIR/page")" "$(sed '$d' "$TMPDIR/page")"
}

page() {
    browse "$@"
}

send() { # path, fields...
    local path=$1 field options=() token
    shift
    token=$(browse /token)
    [ "$token" = '200 none' ] || options+=(-H "X-CSRF-Token: ${token#200 }")
    for field in "$@"; do
        options+=(--data-urlencode "$field")
    done
    [ $# -gt 0 ] || options+=(--data '')
    browse "$path" "${options[@]}"
}

header() { # name: of the last answer
    sed -nE "s/^$1: (.*)\r\$/\1/Ip" "$TMPDIR/head"
}

cookie() { # name: its value in the jar
    awk -v name="$1" '$6 == name { print $7 }' "$TMPDIR/$WHO.jar"
}
