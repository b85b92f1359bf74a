# shellcheck shell=bash
# For tests of the application server behind a web server other than nginx:
# what each of them must pass through. Sourced behind engine.sh; the web server
# listens on $HTTP_SOCKET.

# Packages that are unpacked have their libraries beside them.
needs_program() { # path, package
    [ -x "$1" ] || {
        echo "$2 is not there: run \`make test\`, which unpacks it"
        exit 77
    }
    "$1" -v >/dev/null 2>&1 || {
        echo "$2 does not start here: $("$1" -v 2>&1 | head -n 1)"
        exit 77
    }
}

peer_answers() {
    [ "$(status /plain)" = 200 ]
}

# How many FastCGI connections the application server has open.
fastcgi_connections() {
    awk -v path="$APP_SOCKET" '$6 == "03" && $8 == path { count++ }
        END { print count + 0 }' /proc/net/unix
}

header() { # name, path, curl's options...
    local name=$1
    shift
    get "$@" --include | tr -d '\r' | sed -n "s/^$name: //Ip"
}

check_pages() {
    expect "a page" "$(get /plain)" "Hello"
    expect "HEAD, its length" "$(header Content-Length /plain --head)" 6
    expect "HEAD, its status" "$(status /plain --head)" 200
    expect "a page after HEAD" "$(get /plain)" "Hello"
    expect "a status" "$(status /headers)" 201
    expect "a header" "$(header X-One /headers)" 1
    expect "a redirect" "$(header Location '/redirect?to=/plain')" /plain
    expect "an unknown path" "$(status /nothing)" 404
    expect "a wrong method" "$(status /form)" 405
    expect "its Allow" "$(header Allow /form)" POST
    expect "a handler's mistake" "$(status /fail)" 500
    expect "the page of the mistake" "$(get /fail)" "error 500"
}

check_bodies() {
    expect "a form" "$(get '/form?b=2' --data 'a=x+y%21')" "a=x y! b=2"
    expect "an empty form" "$(get /form --data '')" "a=- b=-"
    expect "a body over its page's limit" \
        "$(head -c 1001 /dev/zero | status /form --data-binary @-)" 413
    head -c 1000003 /dev/zero >"$TMPDIR/body"
    expect "an upload" \
        "$(get /upload -X POST --data-binary "@$TMPDIR/body")" 1000003
    expect "a large reply" "$(get '/large?bytes=3000003' | wc -c)" 3000003
    expect "its last bytes" "$(get '/large?bytes=3000003' | tail -c 3)" qrs
    expect "a reply in pieces" "$(get '/download?mib=4' | wc -c)" $((4 << 20))
}

# Connections go from worker to worker, and the peer must not notice.
check_while_workers_leave() {
    local before
    before=$(workers)
    disturb TERM 0.1
    load "${FOOBAR_LOAD:-20000}" 16 || fail "requests were lost"
    # shellcheck disable=SC2154 # disturb() sets it
    kill "$disturber"
    wait "$disturber" || true
    [ "$(workers)" != "$before" ] || fail "no worker left under the load"
    ! grep -q 'was ended by signal\|ended with status' "$APP_LOG" ||
        fail "a worker died"
}
