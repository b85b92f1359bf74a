# shellcheck shell=bash
# What the tests of nginx.conf.example share: it is run as a whole, as on a
# host of its own, with TLS, behind a certificate that is made here. Only
# ports and paths are other ones. A test sources this file and has:
#
#   make_example     DIR/nginx.conf, and what it names, in the folder DIR
#   replace A B      puts B into that file for A, which must be there
#   begin, end       nginx, and an application that echoes; until both answer
#   ask, ask_plain   a request over TLS, or to port 80; then
#   expect...        what its answer must be
#
# nginx listens on 127.0.0.1 and ::1 where there is IPv6.

set -euo pipefail
export LC_ALL=C

dir=${TMPDIR:?}
conf=$dir/nginx.conf
said=$dir/curl
nginx=
app=
what=

fail() {
    printf '%s\n' "$*"
    [ -z "$what" ] || printf 'after: %.200s\n' "$what"
    [ ! -s "$dir/headers" ] || cat "$dir/headers"
    [ ! -s "$dir/error.log" ] || tail -n 10 "$dir/error.log"
    exit 1
}

# shellcheck source=tests/functional/port.sh
. "$TOP/tests/functional/port.sh"
http=$(free_port)
https=$(free_port)

replace() { # FROM TO
    local text
    text=$(<"$conf")
    [[ $text == *"$1"* ]] || fail "the example lacks: $1"
    printf '%s\n' "${text//"$1"/"$2"}" >"$conf"
}

# The key is of a curve: it is made at once.
make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -days 2 -subj /CN=www.foobar.com \
        -addext subjectAltName=DNS:www.foobar.com,DNS:foobar.com \
        -keyout "$dir/privkey.pem" -out "$dir/fullchain.pem" 2>"$dir/openssl" ||
        fail "no certificate: $(<"$dir/openssl")"
}

make_share() {
    local status
    mkdir -p "$dir"/share/{static,errors} "$dir"/{lib,acme}
    cat >"$dir/routes" <<'END'
foobar-routes 1
route home     GET,HEAD  /
route post     GET,HEAD  /posts/{id:int}
route comment  POST      /posts/{id:int}/comments  body=100
route search   GET,HEAD  /search class=search
route login    POST      /login class=login
END
    for _ in {1..400}; do
        echo "p { color: black; }"
    done >"$dir/share/static/style.css"
    echo '<svg/>' >"$dir/share/static/favicon.svg"
    for status in 400 403 404 405 413 429 500 502 503 504; do
        echo "<p>page $status</p>" >"$dir/share/errors/$status.html"
    done
}

# Whether HTTP/2 is a directive of this nginx, as it is from 1.25.1 on.
has_http2_directive() {
    local version
    version=$(env -u NGINX "${NGINX:?}" -v 2>&1)
    [[ $version =~ /([0-9]+)\.([0-9]+)\.([0-9]+) ]] || fail "$version"
    version=$((BASH_REMATCH[1] * 1000000 + BASH_REMATCH[2] * 1000 +
        BASH_REMATCH[3]))
    ((version >= 1025001))
}

make_example() {
    make_share
    make_certificate
    cp "${TOP:?}/nginx.conf.example" "$conf"
    ! has_http2_directive || sed -i -f "$TOP/ops/http2.sed" "$conf"
    replace 'user www-data;' "$( ((EUID)) || echo 'user root;')"
    replace 'modules/ngx_http_foobar_module.so' "${MODULE:?}"
    replace '/run/nginx.pid' "$dir/nginx.pid"
    replace '/var/log/nginx/' "$dir/"
    replace '/etc/nginx/' "${DEPS:?}/etc/nginx/"
    replace '/etc/foobar/' "$dir/"
    replace '/usr/share/foobar/' "$dir/share/"
    replace '/run/foobar/' "$dir/"
    replace '/var/lib/nginx/' "$dir/lib/"
    replace '/var/lib/foobar/acme' "$dir/acme"
    replace '/etc/letsencrypt/live/www.foobar.com/' "$dir/"
    replace 'listen 443 ' "listen 127.0.0.1:$https "
    replace 'listen 80' "listen 127.0.0.1:$http"
    if grep -qs ' lo$' /proc/net/if_inet6; then
        replace '[::]:443 ' "[::1]:$https "
        replace '[::]:80' "[::1]:$http"
    else
        sed -i '/listen \[::\]:/d' "$conf"
    fi
}

# Runs the configuration's check; its words are in DIR/said.
check_example() {
    env -u NGINX "${NGINX:?}" -t -p "$dir" -c "$conf" -e "$dir/error.log" \
        >"$dir/said" 2>&1
}

answers() {
    [ -S "$dir/app.sock" ] &&
        curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$http/" \
            -H 'Host: www.foobar.com'
}

# Waits until a command succeeds, at most ten seconds.
soon() { # COMMAND...
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        "$@" && return
        sleep 0.05
    done
    return 1
}

begin() {
    check_example || fail "nginx -t says: $(<"$dir/said")"
    "${BUILD:?}/tests/functional/fcgi_echo" "$dir/app.sock" &
    app=$!
    env -u NGINX "$NGINX" -p "$dir" -c "$conf" -e "$dir/error.log" \
        -g 'daemon off;' &
    nginx=$!
    soon answers || fail "nginx does not answer"
}

stop_application() {
    kill "$app"
    wait "$app" || true
    rm -f "$dir/app.sock"
    app=
}

end() {
    kill -QUIT "$nginx"
    wait "$nginx" || fail "nginx ended with status $?"
    [ -z "$app" ] || stop_application
}

# ---------------------------------------------------------------- requests

version=1.1

run_curl() { # PORT URL [OPTION]...
    local target=127.0.0.1:$1 status=0
    shift
    what="curl $*"
    : >"$dir/headers"
    : >"$dir/body"
    curl -sS --max-time 20 --cacert "$dir/fullchain.pem" "--http$version" \
        --connect-to "::$target" -D "$dir/headers" \
        -o "$dir/body" "$@" 2>"$said" || status=$?
    [ $status = 0 ] || cat "$said"
    return $status
}

# Over TLS, by the name of the site.
ask() { # PATH [OPTION]...
    ask_host www.foobar.com "$@"
}

ask_host() { # HOST PATH [OPTION]...
    local host=$1 path=$2
    shift 2
    run_curl "$https" "https://$host$path" "$@" || fail "no answer"
}

# By HTTP alone, to port 80.
ask_plain() { # HOST PATH [OPTION]...
    local host=$1 path=$2
    shift 2
    run_curl "$http" "http://$host$path" "$@" || fail "no answer"
}

status_is() { # STATUS
    grep -qE "^HTTP/[0-9.]+ $1( |"$'\r'")" "$dir/headers"
}

header() { # NAME: prints the values
    sed -nE "s/^$1: (.*)\r\$/\1/Ip" "$dir/headers"
}

expect_status() {
    status_is "$1" || fail "the status is not $1"
}

expect_header() { # NAME VALUE
    [ "$(header "$1")" = "$2" ] || fail "$1 is not \"$2\""
}

expect_no_header() { # NAME
    [ -z "$(header "$1")" ] || fail "there is $1"
}

expect_body() { # TEXT
    grep -qF -- "$1" "$dir/body" || fail "the body lacks: $1"
}

# What the application was told.
expect_told() { # NAME=VALUE
    grep -qxF -- "$1" "$dir/body" || fail "the application was not told $1"
}
