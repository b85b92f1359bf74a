# shellcheck shell=bash
# For tests of the application server: starts it with the tests' own
# application, and a stock nginx in front of it. Sourced by *.test; the runner
# ends what a test started, and gives it a folder of its own ($TMPDIR).

set -euo pipefail

APP=$BUILD/tests/app.so
APP_SOCKET=$TMPDIR/app.sock
HTTP_SOCKET=$TMPDIR/http.sock
APP_LOG=$TMPDIR/app.log
TOKENS=$TMPDIR/tokens
export FOOBAR_TEST_LOG=$TOKENS

# What the application of the tests needs for its sessions.
SECRET=$TMPDIR/secret
printf '%064d\n' 7 >"$SECRET"
app_pid=
nginx_pid=

# Whatever a test started ends with it.
end_all() {
    local status=$? pid
    trap - EXIT
    for pid in $(jobs -p); do
        kill "$pid" 2>/dev/null || true
    done
    wait
    exit "$status"
}
trap end_all EXIT

fail() {
    echo "failed: $*"
    for log in "$APP_LOG" "$TMPDIR/nginx.log"; do
        [ ! -s "$log" ] || { echo "--- $log" && tail -n 30 "$log"; }
    done
    exit 1
}

wait_for() { # seconds, command...
    local tries=$(($1 * 20))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "waited in vain for: $*"
        sleep 0.05
    done
}

is_ready() { # how often that was said
    [ "$(grep -c 'workers are ready' "$APP_LOG")" -ge "$1" ]
}

start_app() { # options of foobar-appserver...
    local before
    before=$(grep -c 'workers are ready' "$APP_LOG" 2>/dev/null || true)
    "$APPSERVER" --site "$APP" --listen "unix:$APP_SOCKET" \
        --secret-file "$SECRET" --spool "$TMPDIR" "$@" \
        2>>"$APP_LOG" &
    app_pid=$!
    wait_for 10 is_ready $((${before:-0} + 1))
}

start_nginx() { # lines for the location...
    mkdir -p "$TMPDIR/temp"
    {
        [ "$(id -u)" != 0 ] || echo "user root;"
        cat <<CONF
worker_processes 1;
daemon off;
pid $TMPDIR/nginx.pid;
error_log $TMPDIR/nginx.log warn;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $TMPDIR/temp/body;
    fastcgi_temp_path $TMPDIR/temp/fastcgi;
    proxy_temp_path $TMPDIR/temp/proxy;
    scgi_temp_path $TMPDIR/temp/scgi;
    uwsgi_temp_path $TMPDIR/temp/uwsgi;
    client_max_body_size 0;
    client_body_buffer_size 64k;
    keepalive_requests 1000000;
    upstream app { server unix:$APP_SOCKET; keepalive 32; }
    server {
        listen unix:$HTTP_SOCKET;
        location = /nginx-is-up { return 204; }
        location / {
            include $DEPS/etc/nginx/fastcgi_params;
            fastcgi_pass app;
            fastcgi_keep_conn on;
            fastcgi_max_temp_file_size 0;
            $*
        }
    }
}
CONF
    } >"$TMPDIR/nginx.conf"
    env -u NGINX "$NGINX" -p "$TMPDIR" -c "$TMPDIR/nginx.conf" -e "$TMPDIR/nginx.log" &
    nginx_pid=$!
    # Its socket is there a moment before it listens.
    wait_for 10 get /nginx-is-up
}

# It takes its socket away at its very end.
stop_nginx() {
    kill "$nginx_pid"
    wait "$nginx_pid" || true
}

# get PATH [curl's options...]: the body; status PATH...: the status alone.
get() {
    local path=$1
    shift
    curl --silent --max-time 50 --unix-socket "$HTTP_SOCKET" "$@" \
        "http://test$path"
}

status() {
    get "$@" --output /dev/null --write-out '%{http_code}'
}

expect() { # what, got, wanted
    [ "$2" = "$3" ] || fail "$1: \"$2\" instead of \"$3\""
}

workers() { # the workers' process ids
    tr ' ' '\n' <"/proc/$app_pid/task/$app_pid/children" | grep .
}

signal_a_worker() { # signal
    local pids
    mapfile -t pids < <(workers)
    [ ${#pids[@]} -eq 0 ] ||
        kill "-$1" "${pids[RANDOM % ${#pids[@]}]}" 2>/dev/null || true
}

# Sends a signal to a random worker again and again; calm() ends it.
disturb() { # signal, seconds between
    (
        trap 'exit 0' TERM
        while sleep "$2"; do
            signal_a_worker "$1"
        done
    ) &
    disturber=$!
}

calm() {
    kill "$disturber"
    wait "$disturber" || true
}

# load REQUESTS CONNECTIONS: prints the line of counts.
load() {
    rm -f "$TOKENS"
    "$BUILD/tests/functional/load" "$HTTP_SOCKET" "$1" "$2" "$TOKENS"
}
