# shellcheck shell=bash
# What the tests of the kit share: Foobar installed in a folder of the test's
# own, and an application that was made there by `foobarctl new`. A test
# sources this file and has:
#
#   kit, app        where Foobar is installed; the application's folder
#   make_app NAME   makes one, and stands in its folder
#   app_make ...    make, in it, as its author types it
#
# Nothing that the author types names the checkout.

set -euo pipefail
export LC_ALL=C

kit=${TMPDIR:?}/kit
app=
port= # of `make run`: the test takes it from free_port
export PKG_CONFIG_PATH=$kit/lib/pkgconfig

# How the tests themselves were built is nothing to the author of an application.
unset SANITIZE ASAN_OPTIONS UBSAN_OPTIONS

fail() {
    printf '%s\n' "$*"
    exit 1
}

# Built without sanitizers, whatever this build is: an application has none. One
# at a time, since what is not built yet is built here.
install_kit() {
    flock "${TOP:?}/build" make -C "$TOP" install PREFIX="$kit" SANITIZE=0 \
        >"$TMPDIR/install.log" 2>&1 ||
        fail "make install: $(tail -n 20 "$TMPDIR/install.log")"
}

make_app() { # NAME
    app=$TMPDIR/$1
    cd "$TMPDIR"
    "$kit/bin/foobarctl" new "$1" || fail "foobarctl new $1"
    cd "$app"
}

app_make() { # ARGUMENT...
    env -u MAKEFLAGS -u MAKELEVEL make "$@"
}

# make must fail, and say this.
expect_make_fails() { # TEXT ARGUMENT...
    local text=$1
    shift
    if app_make "$@" >"$TMPDIR/said" 2>&1; then
        cat "$TMPDIR/said"
        fail "\`make $*\` did not fail; it was to say: $text"
    fi
    grep -qF -- "$text" "$TMPDIR/said" || {
        cat "$TMPDIR/said"
        fail "\`make $*\` did not say: $text"
    }
}

# shellcheck source=tests/functional/port.sh
. "$TOP/tests/functional/port.sh"

# The foobarctl that a `make` has started; make itself, where it has become it.
foobarctl_of() { # PID
    local child name
    for child in "$1" $(<"/proc/$1/task/$1/children"); do
        read -r name <"/proc/$child/comm" || continue
        if [ "$name" = foobarctl ]; then
            echo "$child"
            return
        fi
    done
    return 1
}

# Waits until a command succeeds, at most this many seconds.
within() { # SECONDS COMMAND...
    local limit=$((SECONDS + $1 + 1))
    shift
    until "$@"; do
        ((SECONDS < limit)) || return 1
        sleep 0.02
    done
}

page_has() { # PATH TEXT
    local page
    page=$(curl --silent --max-time 5 "http://127.0.0.1:$port$1") &&
        [[ $page == *"$2"* ]]
}
