#!/bin/sh
# Runs a real nginx with the module, and an application that echoes, for one
# functional test.
#
#   nginx.sh start DIR NGINX MODULE ECHO
#       Returns when both answer, or 1 with the reason. The configuration is
#       DIR/nginx.conf; or, if there is a DIR/http.conf, one that has it
#       inside http {}. nginx listens on unix:DIR/nginx.sock, the application
#       on unix:DIR/app.sock; their pids are in DIR/nginx.pid and DIR/app.pid.
#   nginx.sh stop DIR
#       Returns when both are gone. They also end when the folder vanishes,
#       as it does after a test that failed, and after a minute at the most.
#   nginx.sh test DIR NGINX MODULE
#       `nginx -t` of the same configuration.
#
# (varnishtest's own `process` would do, but needs a pseudo-terminal, and a
# fresh machine in a folder may have none.)

set -eu

# By a variable of this name nginx is told of sockets that it inherits.
unset NGINX

# If this is a nginx with AddressSanitizer: each module of nginx defines
# ngx_module_names anew, and nginx leaves some memory to the end of its process.
ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_odr_violation=0:detect_leaks=0"
export ASAN_OPTIONS

write_conf() { # dir, module
    [ -f "$1/http.conf" ] || return 0
    mkdir -p "$1/temp"
    # Who is not root would be warned that nginx cannot change its user.
    cat >"$1/nginx.conf" <<CONF
load_module $2;
$([ "$(id -u)" != 0 ] || echo 'user root;')
worker_processes 1;
pid $1/nginx.pid;
error_log $1/error.log info;
events { worker_connections 256; }
http {
    client_body_temp_path $1/temp/body;
    fastcgi_temp_path $1/temp/fastcgi;
    proxy_temp_path $1/temp/proxy;
    scgi_temp_path $1/temp/scgi;
    uwsgi_temp_path $1/temp/uwsgi;
    types { text/plain txt; text/html html; }
    fastcgi_param REQUEST_METHOD \$request_method;
    fastcgi_param REQUEST_URI \$request_uri;
    fastcgi_param QUERY_STRING \$query_string;
    fastcgi_param CONTENT_LENGTH \$content_length;
    fastcgi_param FOOBAR_ROUTE \$foobar_route;
    access_log off;
    include $1/http.conf;
}
CONF
}

run_nginx() { # dir, nginx, options...
    dir=$1
    nginx=$2
    shift 2
    exec "$nginx" -p "$dir" -c "$dir/nginx.conf" -e "$dir/error.log" "$@"
}

# The parent of both: it ends and reaps them, whatever ends the test.
watch() { # dir, nginx, echo
    exec </dev/null >"$1/watch.log" 2>&1
    "$3" "$1/app.sock" &
    app=$!
    echo $app >"$1/app.pid"
    (run_nginx "$1" "$2" -g 'daemon off;') &
    nginx=$!
    tries=0
    while [ -e "$1/running" ] && [ $tries -lt 1200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    kill $app $nginx 2>/dev/null || true
    wait || true
    if [ -d "$1" ]; then
        : >"$1/stopped"
    fi
}

answers() { # dir
    [ -S "$1/app.sock" ] &&
        curl -s -o /dev/null --unix-socket "$1/nginx.sock" http://test/
}

wait_for() { # words for the error message, command...
    words=$1
    shift
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        if [ $tries -gt 200 ]; then
            echo "nginx.sh: $words" >&2
            exit 1
        fi
        sleep 0.05
    done
}

case ${1:-} in
start)
    write_conf "$2" "$4"
    (run_nginx "$2" "$3" -t 2>&1) >"$2/said" || {
        cat "$2/said" >&2
        exit 1
    }
    rm -f "$2/stopped"
    : >"$2/running"
    watch "$2" "$3" "$5" &
    wait_for "nothing answers on $2/nginx.sock" answers "$2"
    ;;
stop)
    rm "$2/running"
    wait_for "nginx did not end" test -e "$2/stopped"
    ;;
test)
    write_conf "$2" "$4"
    run_nginx "$2" "$3" -t 2>&1
    ;;
*)
    echo "usage: nginx.sh start|stop|test DIR ..." >&2
    exit 2
    ;;
esac
