# shellcheck shell=bash
# For tests of what foobar_status tells: a nginx with four workers, the module,
# and an application that echoes. Sourced by *.test; the runner ends what a
# test started, and gives it a folder of its own ($TMPDIR).
#
# What a test gives is $TMPDIR/server.conf, which is read inside of http {}.
# There is a server on $STATUS that tells; it is none of those that count.

set -euo pipefail

HTTP=$TMPDIR/nginx.sock
# shellcheck disable=SC2034 # for the tests
HTTP2=$TMPDIR/http2.sock
STATUS=$TMPDIR/status.sock
ACCESS=$TMPDIR/access.log
nginx_sh=$TOP/tests/functional/nginx.sh
echo_app=$BUILD/tests/functional/fcgi_echo

mkdir -p "$TMPDIR/static" "$TMPDIR/temp"

fail() {
    echo "failed: $*"
    tail -n 20 "$TMPDIR/error.log" || true
    exit 1
}

wait_for() { # seconds, command...
    local tries=$(($1 * 20))
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "waited in vain for: $*"
        sleep 0.05
    done
}

write_conf() {
    cat >"$TMPDIR/nginx.conf" <<CONF
load_module $MODULE;
$([ "$(id -u)" != 0 ] || echo 'user root;')
worker_processes 4;
pid $TMPDIR/nginx.pid;
error_log $TMPDIR/error.log info;
events { worker_connections 256; }
http {
    client_body_temp_path $TMPDIR/temp/body;
    fastcgi_temp_path $TMPDIR/temp/fastcgi;
    proxy_temp_path $TMPDIR/temp/proxy;
    scgi_temp_path $TMPDIR/temp/scgi;
    uwsgi_temp_path $TMPDIR/temp/uwsgi;
    root $TMPDIR/static;
    fastcgi_param REQUEST_METHOD \$request_method;
    fastcgi_param QUERY_STRING \$query_string;
    fastcgi_param CONTENT_LENGTH \$content_length;
    log_format line '\$pid \$status \$request_method \$request_uri';
    access_log $ACCESS line;
    include $TMPDIR/server.conf;
    server {
        listen unix:$STATUS;
        access_log off;
        location / { foobar_status; }
    }
}
CONF
}

start_nginx() {
    write_conf
    "$nginx_sh" start "$TMPDIR" "$NGINX" "$MODULE" "$echo_app"
    # Which asks for / until that is answered.
    wait_for 10 settled
}

stop_nginx() {
    "$nginx_sh" stop "$TMPDIR"
}

# A reload is over when no worker of before is left.
reload() {
    local old
    old=$(workers)
    kill -HUP "$(cat "$TMPDIR/nginx.pid")"
    wait_for 20 none_left "$old"
}

workers() {
    local master
    master=$(cat "$TMPDIR/nginx.pid")
    tr ' ' '\n' <"/proc/$master/task/$master/children" | grep .
}

none_left() { # pids
    local pid
    for pid in $1; do
        [ ! -e "/proc/$pid" ] || return 1
    done
}

ask() { # options and URL of curl, of which it prints the status
    curl -s -o /dev/null -w '%{http_code}\n' --unix-socket "$HTTP" "$@" ||
        true
}

# shellcheck disable=SC2120 # most want the default
report() { # form
    curl -s --fail --max-time 10 --unix-socket "$STATUS" \
        "http://test/?format=${1:-text}"
}

# The value of a sample, by its name with its labels; 0 if it is not there.
value() {
    report | awk -v name="$1" '
        $1 == name { found = $2 }
        END { print found == "" ? 0 : found }'
}

# The sum of all samples that begin like this.
sum() {
    report | awk -v name="$1" 'index($1, name) == 1 { n += $2 }
        END { printf "%d\n", n }'
}

requests() { # class, code
    value "foobar_requests_total{class=\"$1\",code=\"$2\"}"
}

is_value() { # sample, value
    [ "$(value "$1")" = "$2" ]
}

expect_value() { # sample, value
    wait_for 5 is_value "$1" "$2"
}

expect_requests() { # class, code, number
    expect_value "foobar_requests_total{class=\"$1\",code=\"$2\"}" "$3"
}

# nginx counts a request after its answer has gone out, and logs it just before.
# (Of its lines, `uncounted` are not of requests that are counted.)
uncounted=0
settled() {
    [ "$(($(sum foobar_requests_total) + uncounted))" = \
        "$(wc -l <"$ACCESS")" ]
}

expect() { # what, value, expected
    [ "$2" = "$3" ] || fail "$1 is $2 and not $3"
}
