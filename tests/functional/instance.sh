# shellcheck shell=bash
# What the tests of foobarctl share. A test sources this file and has:
#
#   var, port, out   an instance's folder, its port, what foobarctl said
#   ctl COMMAND...   foobarctl with all that it needs to know
#   begin, end       `foobarctl run` in the background, until it answers; and
#                    its end by a signal (SIGINT unless another is named)
#   ...              the checks below, which say what they miss
#
# Everything lives in TMPDIR, and the runner ends what a test leaves running.

set -euo pipefail
export LC_ALL=C

top=${TOP:?}
build=${BUILD:?}
var=${TMPDIR:?}/v
out=$TMPDIR/out
supervisor=

fail() {
    printf '%s\n' "$*"
    if [ -s "$out" ]; then
        echo "foobarctl said:"
        tail -n 30 "$out"
    fi
    exit 1
}

skip() { # REASON
    printf '%s\n' "$*"
    exit 77
}

need_root() {
    ((EUID == 0)) || skip "this needs root, for $1"
}

# Namespaces of one's own, as foobarctl makes them.
need_namespaces() { # OPTION...
    need_root "namespaces of its own"
    unshare --propagation unchanged "$@" true 2>/dev/null ||
        skip "this machine does not allow namespaces: unshare $*"
}

# Whether an ordinary user gets to a file.
can_nobody() { # TEST FILE
    setpriv --reuid nobody --regid nogroup --clear-groups test "$@"
}

# shellcheck source=tests/functional/port.sh
. "$TOP/tests/functional/port.sh"
port=$(free_port)

# Puts the words of a call of foobarctl into call.
make_call() { # COMMAND [OPTION VALUE]...
    call=("${FOOBARCTL:?}" "$1" --top "$top" --build "$build"
        --nginx "${NGINX:?}" --var "$var" --port "$port" "${@:2}")
}

ctl() { # COMMAND [OPTION VALUE]...
    make_call "$@"
    "${call[@]}"
}

# The same in the background, as a process that Ctrl-C reaches: the shell
# itself would have it ignore SIGINT.
start() { # COMMAND [OPTION VALUE]...
    make_call "$@"
    : >"$out"
    env --default-signal=INT,QUIT "${call[@]}" >"$out" 2>&1 &
    supervisor=$!
}

get() { # PATH
    curl --silent --show-error --fail --max-time 5 "http://127.0.0.1:$port$1"
}

# Whether a page holds a text; in no pipe, where curl would trip over grep.
page_has() { # PATH TEXT
    local page
    page=$(get "$1") && [[ $page == *"$2"* ]]
}

answers() {
    get /healthz >/dev/null 2>&1
}

# Waits until a command succeeds, at most this many seconds.
within() { # SECONDS COMMAND...
    local limit=$((SECONDS + $1 + 1))
    shift
    until "$@"; do
        ((SECONDS < limit)) || return 1
        sleep 0.05
    done
}

has_said() { # TEXT
    grep -qF -- "$1" "$out"
}

# shellcheck disable=SC2120 # the options may well be none
begin() { # [OPTION VALUE]...
    start run "$@"
    within 40 is_ready || fail "the site did not come up"
    has_said "the site answers at" || fail "foobarctl ended while it started"
}

is_ready() {
    has_said "the site answers at" || ! kill -0 "$supervisor" 2>/dev/null
}

# shellcheck disable=SC2120
end() { # [SIGNAL]
    kill -"${1:-INT}" "$supervisor"
    wait "$supervisor" || fail "foobarctl ended with status $?"
}

# The process of a part, as `status` tells it.
part() { # mariadb | app | nginx
    ctl status | sed -nE "s/^$1 +\| runs \(process ([0-9]+)\)\$/\1/p"
}

# What works in the instance's folder, wherever it was started.
left_running() {
    local link
    for link in /proc/[0-9]*/cwd; do
        if [[ $link -ef $var || $link -ef $var/mysql ||
            $link -ef $var/mysql.new ]]; then
            link=${link%/cwd}
            printf '%s ' "${link##*/}"
            tr '\0' ' ' <"$link/cmdline"
            echo
        fi
    done 2>/dev/null
}

expect_nothing_left() {
    local left
    left=$(left_running)
    [ -z "$left" ] || fail "these processes are left: $left"
    [ -d "$var" ] || return 0
    left=$(find "$var" -type s -o -name '*.pid' -o -path "$var/run/*" ! -name lock)
    [ -z "$left" ] || fail "these files are left: $left"
}

# foobarctl must fail, and say this.
expect_failure() { # TEXT COMMAND [OPTION VALUE]...
    local text=$1
    shift
    if ctl "$@" >"$out" 2>&1; then
        fail "\"$*\" did not fail"
    fi
    has_said "$text" || fail "\"$*\" did not say: $text"
}

# A build of one's own that differs from the real one in what the test puts
# there: links to everything else.
make_own_build() {
    local own=$TMPDIR/b
    mkdir -p "$own"
    ln -s "$build"/{foobar-appserver,foobar-migrate,demo.sql,share} "$own"
    ln -s "$build"/{site.so,ngx_http_foobar_module.so} "$own"
    build=$own
}

# A checkout of one's own, likewise.
make_own_top() {
    local own=$TMPDIR/t
    mkdir -p "$own/sql" "$own/build/deps/etc"
    cp "$top/nginx.conf.example" "$own"
    cp -r "$top/sql/migrations" "$own/sql"
    cp -r "$top/build/deps/etc/nginx" "$own/build/deps/etc"
    top=$own
}
