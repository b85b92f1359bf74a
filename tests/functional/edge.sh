# shellcheck shell=bash
# For tests of the module that ask the same over HTTP/1.1 and HTTP/2: one
# server with a socket for each, and curl. Sourced by *.test; nginx.sh runs
# nginx and the application that echoes.
#
#   routes LINES          the route file, without its first line
#   serve LINES [BEFORE]  writes what stands in server {}, and what goes
#                         before it in http {}; and starts nginx
#   over_both FUNCTION    calls it once for each protocol, and says which one
#   ask PATH [curl's options...]    asks; then these look at the answer:
#   is STATUS, has NAME VALUE, has_not NAME, body_has LINE, forwarded, not_...
#
# Over HTTP/2 nginx ends an upload that it does not want by RST_STREAM, which
# curl 7.88 now and then takes for an error of the network. So what is refused
# is asked for without a body here (--request POST), and bodies that are too
# long are the matter of a .vtc.

set -euo pipefail

home=${TMPDIR:?}
run=${TOP:?}/tests/functional/nginx.sh
echoes=${BUILD:?}/tests/functional/fcgi_echo
protocol=--http1.1
socket=$home/nginx.sock
asked=

fail() {
    echo "failed over ${protocol#--}: $*"
    if [ -n "$asked" ]; then
        echo "--- $asked was answered:"
        head -n 20 "$home/head" "$home/body" 2>/dev/null || true
    fi
    echo "--- the log of nginx:"
    tail -n 20 "$home/error.log" 2>/dev/null || true
    exit 1
}

routes() { # LINES
    printf 'foobar-routes 1\n%s\n' "$1" >"$home/routes"
}

write_server() { # LINES [BEFORE]
    cat >"$home/http.conf" <<CONF
${2:-}
server {
    listen unix:$home/nginx.sock;
    listen unix:$home/http2.sock http2;
    server_name test;
    root $home/static;
    add_header Action "\$foobar_action" always;
    $1
}
CONF
    mkdir -p "$home/static"
}

serve() { # LINES [BEFORE]
    write_server "$@"
    "$run" start "$home" "${NGINX:?}" "${MODULE:?}" "$echoes"
    trap '"$run" stop "$home"' EXIT
}

reload() {
    local pid workers
    pid=$(<"$home/nginx.pid")
    workers=$(<"/proc/$pid/task/$pid/children")
    kill -HUP "$pid"
    for _ in {1..200}; do
        # shellcheck disable=SC2086 # one word a process
        kill -0 $workers 2>/dev/null || return 0
        sleep 0.05
    done
    fail "the old workers of nginx do not leave"
}

over_both() { # FUNCTION
    protocol=--http1.1
    socket=$home/nginx.sock
    "$1"
    protocol=--http2-prior-knowledge
    socket=$home/http2.sock
    "$1"
}

ask() { # PATH [curl's options...]
    local path=$1
    shift
    asked="$path $*"
    : >"$home/body"
    curl --silent --show-error --max-time 20 "$protocol" --path-as-is \
        --unix-socket "$socket" --dump-header "$home/head" \
        --output "$home/body" "$@" "http://test$path" ||
        fail "curl ended with status $?"
    tr -d '\r' <"$home/head" >"$home/lines"
}

is() { # STATUS
    local got
    # After a "100 Continue" comes the answer itself.
    got=$(sed -nE 's|^HTTP/[0-9.]+ ([0-9]+).*|\1|p' "$home/lines" | tail -n 1)
    [ "$got" = "$1" ] || fail "$got instead of $1"
}

values_of() { # NAME
    sed -nE "s/^$1: (.*)/\\1/Ip" "$home/lines"
}

has() { # NAME VALUE
    local got
    got=$(values_of "$1")
    [ "$got" = "$2" ] || fail "$1 is \"$got\" instead of \"$2\""
}

has_not() { # NAME
    ! grep -qi "^$1:" "$home/lines" || fail "there is a header $1"
}

body_has() { # LINE
    grep -qxF -- "$1" "$home/body" || fail "the body lacks the line $1"
}

forwarded() {
    is 200
    has Action pass
    grep -qi '^Connection-Number:' "$home/lines" ||
        fail "the application did not answer"
}

not_forwarded() {
    has_not Connection-Number
}
