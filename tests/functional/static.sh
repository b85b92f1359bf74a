# shellcheck shell=bash
# For tests of static files: requests over HTTP/1.1 and HTTP/2, and what must
# come back. Sourced; the test has written $TMPDIR/http.conf, whose servers
# listen on unix:$TMPDIR/nginx.sock and, with http2, unix:$TMPDIR/http2.sock.
#
#     ask GET /style.css -H 'Accept-Encoding: br'
#     expect 200 content-encoding=br !accept-ranges body=text

protocol=
asked=()

start_nginx() {
    "$TOP/tests/functional/nginx.sh" start "$TMPDIR" "$NGINX" "$MODULE" \
        "$BUILD/tests/functional/fcgi_echo"
    trap stop_nginx EXIT
}

stop_nginx() {
    trap - EXIT
    "$TOP/tests/functional/nginx.sh" stop "$TMPDIR"
}

# What both listeners have in common: servers ROOT, then its locations.
servers() {
    printf 'server {\n listen unix:%s/nginx.sock;\n' "$TMPDIR"
    printf ' listen unix:%s/http2.sock http2;\n' "$TMPDIR"
    printf ' root %s;\n foobar_routes %s/routes;\n%s\n}\n' "$1" "$TMPDIR" "$2"
}

fail() {
    printf 'failed, over %s: %s\n' "$protocol" "$*"
    printf 'asked: %s\n' "${asked[*]}"
    cat "$TMPDIR/head"
    exit 1
}

# Runs a function for each of the protocols.
over_both() { # function
    local protocol
    for protocol in http1.1 http2; do
        "$1"
    done
}

ask() { # method, path, curl's options...
    local socket=nginx.sock version=--http1.1 path=$2 how
    asked=("$@")
    how=(--request "$1")
    [ "$1" != HEAD ] || how=(--head)
    shift 2
    if [ "$protocol" = http2 ]; then
        socket=http2.sock version=--http2-prior-knowledge
    fi
    : >"$TMPDIR/body"
    curl --silent --show-error --max-time 10 --path-as-is "$version" \
        --unix-socket "$TMPDIR/$socket" "${how[@]}" \
        --dump-header "$TMPDIR/head" --output "$TMPDIR/body" \
        "$@" "http://test$path" || fail "no answer"
}

# The values of a header, with commas between them.
header() { # name
    tr -d '\r' <"$TMPDIR/head" |
        awk -v name="$1:" 'tolower($1) == name {
            sub(/^[^ ]* /, ""); text = text (n++ ? ", " : "") $0 }
            END { print text }'
}

# NAME=VALUE, !NAME for one that is not there, body=TEXT, size=BYTES
expect() { # status, ...
    local found want name
    found=$(awk 'NR == 1 { print $2 }' "$TMPDIR/head")
    [ "$found" = "$1" ] || fail "the status is $found, not $1"
    shift
    for want in "$@"; do
        name=${want%%=*}
        case $want in
        !*)
            found=$(header "${want#!}")
            [ -z "$found" ] || fail "there is a header ${want#!}: $found"
            continue
            ;;
        body=*) found=$(<"$TMPDIR/body") ;;
        size=*) found=$(wc -c <"$TMPDIR/body") ;;
        *) found=$(header "$name") ;;
        esac
        [ "$found" = "${want#*=}" ] ||
            fail "$name is \"$found\", not \"${want#*=}\""
    done
}
