# shellcheck shell=bash
# For tests of what the module forwards: runs an application that echoes, and
# nginx with the module in front of it. Sourced by *.test; the runner ends what
# a test started, and gives it a folder of its own ($TMPDIR).
#
#   start_nginx WORKERS   the configuration of http {} comes on standard input;
#                         the server listens on $SOCKET, for HTTP/2 on $SOCKET2
#   get PATH, status PATH with options of curl; both take h2 as the first word
#   hold NAME, release    requests that are with the application until then

set -euo pipefail
export LC_ALL=C

ECHO=$BUILD/tests/functional/fcgi_echo
export APP=$TMPDIR/app.sock
SOCKET=$TMPDIR/nginx.sock
SOCKET2=$TMPDIR/http2.sock
ERROR_LOG=$TMPDIR/error.log
HOLD=$TMPDIR/hold
nginx_pid=

end_all() {
    local status=$? pid
    trap - EXIT
    rm -f "$HOLD"
    for pid in $(jobs -p); do
        kill "$pid" 2>/dev/null || true
    done
    wait
    exit "$status"
}
trap end_all EXIT

fail() {
    echo "failed: $*"
    [ ! -s "$ERROR_LOG" ] || { echo "--- $ERROR_LOG" && tail -n 40 "$ERROR_LOG"; }
    exit 1
}

wait_for() { # seconds, command...
    local tries=$(($1 * 50))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "waited in vain for: $*"
        sleep 0.02
    done
}

expect() { # what, got, wanted
    [ "$2" = "$3" ] || fail "$1: \"$2\" instead of \"$3\""
}

# shellcheck source=tests/functional/port.sh
. "$TOP/tests/functional/port.sh"

start_echo() { # socket, deaths
    "$ECHO" "$@" &
    wait_for 10 test -S "$1"
}

write_conf() { # workers
    mkdir -p "$TMPDIR/temp"
    {
        [ "$(id -u)" != 0 ] || echo "user root;"
        cat <<CONF
load_module $MODULE;
worker_processes $1;
daemon off;
pid $TMPDIR/nginx.pid;
error_log $ERROR_LOG info;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path $TMPDIR/temp/body;
    fastcgi_temp_path $TMPDIR/temp/fastcgi;
    proxy_temp_path $TMPDIR/temp/proxy;
    scgi_temp_path $TMPDIR/temp/scgi;
    uwsgi_temp_path $TMPDIR/temp/uwsgi;
    fastcgi_param REQUEST_METHOD \$request_method;
    fastcgi_param REQUEST_URI \$request_uri;
    fastcgi_param QUERY_STRING \$query_string;
    fastcgi_param CONTENT_LENGTH \$content_length;
    fastcgi_param FOOBAR_REQUEST_ID \$foobar_request_id;
    fastcgi_param FOOBAR_TRACEPARENT \$foobar_traceparent;
    fastcgi_param FOOBAR_TRACESTATE \$foobar_tracestate if_not_empty;
    fastcgi_param FOOBAR_ARRIVAL \$foobar_arrival;
    add_header Worker \$pid always;
$(cat)
}
CONF
    } >"$TMPDIR/nginx.conf"
}


start_nginx() { # workers
    write_conf "$1"
    env -u NGINX "$NGINX" -p "$TMPDIR" -c "$TMPDIR/nginx.conf" \
        -e "$ERROR_LOG" &
    nginx_pid=$!
    wait_for 10 workers_are "$1"
}

children() { # title
    local pid title
    # Inside of valgrind a process keeps its first title; all workers count.
    if [ "${MEMCHECK:-0}" = 1 ]; then
        for pid in $(<"/proc/$nginx_pid/task/$nginx_pid/children"); do
            ! grep -q "start worker process $pid\$" "$ERROR_LOG" || echo "$pid"
        done
        return
    fi
    for pid in $(<"/proc/$nginx_pid/task/$nginx_pid/children"); do
        title=$({ tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null) || continue
        [[ ! $title =~ ^"nginx: $1"\ *$ ]] || echo "$pid"
    done
}

workers() {
    children "worker process"
}

leaving_workers() {
    children "worker process is shutting down"
}

workers_are() { # how many
    [ -S "$SOCKET" ] && [ "$(workers | wc -l)" = "$1" ]
}

# The configuration on standard input replaces the one before.
reload() { # workers
    local before
    before=$(grep -c 'start worker process ' "$ERROR_LOG" || true)
    write_conf "$1"
    kill -HUP "$nginx_pid"
    wait_for 10 started "$((before + $1))"
    wait_for 10 workers_are "$1" # the old ones are leaving, or gone
}

started() { # how many since the beginning
    [ "$(grep -c 'start worker process ' "$ERROR_LOG")" -ge "$1" ]
}

get() { # [h2] path, options of curl...
    local protocol=--http1.1 socket=$SOCKET path
    if [ "$1" = h2 ]; then
        protocol=--http2-prior-knowledge
        socket=$SOCKET2
        shift
    fi
    path=$1
    shift
    curl --silent --max-time 20 --unix-socket "$socket" "$protocol" "$@" \
        "http://test$path"
}

status() {
    get "$@" --output /dev/null --write-out '%{http_code}'
}

# A request with ?hold=$HOLD whose answer waits until release; its status will
# be in the file NAME. Returns when it is with the application.
hold() { # name, [h2] path, options of curl...
    local name=$1 before
    shift
    [ -e "$HOLD" ] || : >"$HOLD.held"
    : >"$HOLD"
    before=$(wc -l <"$HOLD.held")
    status "$@" >"$TMPDIR/$name" &
    wait_for 10 held $((before + 1))
}

held() { # how many, since the last release
    [ "$(wc -l <"$HOLD.held")" = "$1" ]
}

release() { # names...
    local name
    rm -f "$HOLD"
    for name in "$@"; do
        wait_for 10 has "$TMPDIR/$name" 200
    done
}

has() { # file, text
    [ -e "$1" ] && [ "$(cat "$1")" = "$2" ]
}
