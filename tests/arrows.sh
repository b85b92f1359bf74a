#!/bin/bash
# The rooms include and link only what the arrows of ARCHITECTURE.md allow
#
#   tests/arrows.sh              the includes, and what was built in BUILD
#   tests/arrows.sh --includes   the includes alone
#
# The arrows are `site -> api`, `engine -> api, wire`, `module -> wire`, and
# nothing points back. Include paths already keep most of them, but a path
# that is added in a hurry, a "../" or a symbol that is found by chance at
# run time passes a compiler; so this looks at every #include, and at every
# symbol that goes from one part to another. Prints FILE:LINE: and what is
# wrong; exits 1 if anything is.

set -euo pipefail
export LC_ALL=C

TOP=${TOP:-$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)}
cd "$TOP"

CC=${CC:-gcc}
wrong=0

complain() { # where, what
    printf '%s: %s\n' "$1" "$2"
    wrong=$((wrong + 1))
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ------------------------------------------------------------------- includes

# What C17 itself has; the site and the API use nothing else of the system.
standard='assert complex ctype errno fenv float inttypes iso646 limits locale
math setjmp signal stdalign stdarg stdatomic stdbool stddef stdint stdio
stdlib stdnoreturn string tgmath threads time uchar wchar wctype'

# A room, the folders whose headers it may include by "...", and its <...>:
# `foobar` for <foobar/...>, `standard`, `system` for any that is not ours.
rooms='
wire                  -                                     -
appserver/api/foobar  -                                     foobar,standard
appserver/engine      appserver/engine,wire                 foobar,system
appserver/tools       appserver/tools,appserver/engine,wire foobar,system
appserver/testing     appserver/engine,wire                 foobar,system
appserver/testing/foobar -                                  foobar,standard,system
ngx_foobar_module     ngx_foobar_module,wire                system
site                  site,generated                        foobar,standard
sql/demo              sql/demo                              system
ops/foobarctl         ops/foobarctl                         system
'

# The headers of the repository, by each end of their paths: neither <log.h>
# nor <engine/log.h> may mean ours.
declare -A own
while read -r header; do
    while true; do
        own[$header]=1
        [[ $header == */* ]] || break
        header=${header#*/}
    done
done < <(find wire appserver ngx_foobar_module site sql ops tests bench \
    -name '*.h' 2>/dev/null)

may_quote() { # header, folders
    local folder
    for folder in ${2//,/ }; do
        if [ "$folder" = generated ]; then
            [ "$1" != templates.h ] || return 0
        elif [ -f "$folder/$1" ]; then
            return 0
        fi
    done
    return 1
}

may_angle() { # header, kinds
    local kind
    for kind in ${2//,/ }; do
        case $kind in
        foobar)
            case $1 in
            foobar/*)
                [ ! -f "appserver/api/$1" ] || return 0
                [ ! -f "appserver/testing/$1" ] || return 0
                ;;
            esac
            ;;
        standard)
            [[ " ${standard//$'\n'/ } " != *" ${1%.h} "* ]] || return 0
            ;;
        system)
            case $1 in
            foobar/*) ;;
            *) [ -n "${own[$1]:-}" ] || return 0 ;;
            esac
            ;;
        esac
    done
    return 1
}

# An #include that names no header but a macro hides what it includes.
check_include() { # where, words after #include, room, folders, kinds
    local header
    case $2 in
    *..*)
        complain "$1" "\"..\" leaves the room $3; include by name alone"
        ;;
    \"*\")
        header=${2#\"}
        may_quote "${header%\"}" "$4" ||
            complain "$1" "$3 may not include $2; its own headers are in: $4"
        ;;
    \<*\>)
        header=${2#<}
        may_angle "${header%>}" "$5" ||
            complain "$1" "$3 may not include $2; allowed are: $5"
        ;;
    *)
        complain "$1" "this #include cannot be read; write the header's name"
        ;;
    esac
}

check_includes() {
    local room folders kinds where words
    local pattern='^[[:space:]]*#[[:space:]]*include(_next)?[[:space:]]*(.*)'
    while read -r room folders kinds; do
        [ -n "$room" ] || continue
        if [ ! -d "$room" ]; then
            complain "$room" "this room is missing"
            continue
        fi
        while IFS=: read -r file line words; do
            where=$file:$line
            [[ $words =~ $pattern ]] || continue
            words=${BASH_REMATCH[2]%%/\**}
            words=${words%"${words##*[![:space:]]}"}
            check_include "$where" "$words" "$room" "$folders" "$kinds"
        done < <(grep -nHE '^[[:space:]]*#[[:space:]]*include' \
            "$room"/*.[ch] 2>/dev/null)
    done <<<"$rooms"
}

check_includes

finish() {
    if [ "$wrong" -gt 0 ]; then
        echo "arrows: $wrong wrong"
        exit 1
    fi
    echo "arrows: all point the right way"
    exit 0
}

case ${1:-} in
--includes) finish ;;
'') ;;
*)
    echo "usage: tests/arrows.sh [--includes]" >&2
    exit 2
    ;;
esac

# ------------------------------------------------------------- what was built

BUILD=${BUILD:-build/release}
for file in site.so libfoobar-engine.a foobar-appserver site/templates.h; do
    if [ ! -e "$BUILD/$file" ]; then
        echo "arrows: $BUILD/$file is not there; run \`make all\` first" >&2
        exit 1
    fi
done

# The site compiles with nothing but the API, its own folder and its generated
# header.
for source in site/*.c; do
    "$CC" -std=c17 -D_GNU_SOURCE -fsyntax-only -I appserver/api -iquote site \
        -I "$BUILD/site" "$source" ||
        complain "$source:1" "does not compile with the API alone"
done

# The functions of the API: what is declared FB_API in its headers.
cat appserver/api/foobar/*.h | tr '\n' ' ' | tr ';' '\n' |
    sed -nE 's/.*FB_API [^(]*[ *]([a-z_][a-z0-9_]*)\(.*/\1/p' |
    sort -u >"$work/api"
[ -s "$work/api" ] || complain appserver/api/foobar "declares no function"

# Where a symbol is used: the first source of the site that has the word.
where_used() { # symbol, folder
    local place
    place=$(grep -nHw -m 1 -- "$1" "$2"/*.[ch] 2>/dev/null | head -n 1 |
        cut -d : -f 1,2)
    printf '%s' "${place:-$2}"
}

# site.so asks for functions of the API and of libc (which have a version),
# and gives foobar_app.
nm -D --undefined-only --format=posix "$BUILD/site.so" | awk '$2 == "U" { print $1 }' |
    grep -vE '@|^__(asan|ubsan|sanitizer|tsan|lsan)_' | sort -u >"$work/asked" || true
# Under a sanitizer the functions of libc come from its library, and have none.
if [ "${SANITIZE:-0}" = 1 ]; then
    nm -D --defined-only --format=posix "$("$CC" -print-file-name=libasan.so)" |
        awk '{ sub(/@.*/, ""); print $1 }' | sort -u |
        comm -23 "$work/asked" - >"$work/ours"
    mv "$work/ours" "$work/asked"
fi
comm -23 "$work/asked" "$work/api" >"$work/strangers"
while read -r symbol; do
    complain "$(where_used "$symbol" site)" \
        "site.so uses $symbol, which no header of appserver/api declares with FB_API"
done <"$work/strangers"

nm -D --defined-only --format=posix "$BUILD/site.so" | awk '{ print $1 }' |
    grep -vE '^(_init|_fini|__bss_start|_edata|_end)$|^__(asan|ubsan|odr_asan)' |
    sort -u >"$work/given" || true
while read -r symbol; do
    [ "$symbol" = foobar_app ] ||
        complain "$(where_used "$symbol" site)" \
            "site.so shows $symbol to the engine; only foobar_app may be seen"
done <"$work/given"

# Each function of the API exists in the application server.
nm -D --defined-only --format=posix "$BUILD/foobar-appserver" |
    awk '{ print $1 }' | sort -u >"$work/server"
while read -r symbol; do
    complain "$(where_used "$symbol" appserver/api/foobar)" \
        "the API declares $symbol, but foobar-appserver does not offer it"
done < <(comm -23 "$work/api" "$work/server")

# The engine asks for nothing that the site defines.
find "$BUILD/site" -name '*.o' -print0 |
    xargs -0 nm --defined-only --format=posix 2>/dev/null |
    awk '$2 ~ /^[TDBRC]$/ { print $1 }' | grep -v '^__' | sort -u >"$work/site"
nm --undefined-only --format=posix "$BUILD/libfoobar-engine.a" |
    awk '$2 == "U" { print $1 }' | sort -u >"$work/engine"
nm --defined-only --format=posix "$BUILD/libfoobar-engine.a" |
    awk '$2 ~ /^[TDBRC]$/ { print $1 }' | sort -u >"$work/engine-own"
while read -r symbol; do
    complain "$(where_used "$symbol" appserver/engine)" \
        "the engine uses $symbol of the site"
done < <(comm -12 "$work/site" "$work/engine" | comm -23 - "$work/engine-own")

# Another application runs on the same engine.
stub=tests/unit/stub_app.c
flags=()
[ "${SANITIZE:-0}" != 1 ] || flags=("-fsanitize=address,undefined")
if ! "$CC" -std=c17 -fPIC -shared -fvisibility=hidden "${flags[@]}" \
    -I appserver/api -o "$work/stub.so" "$stub"; then
    complain "$stub:1" "does not compile with the API alone"
elif ! "$BUILD/foobar-appserver" --site "$work/stub.so" --check \
    >"$work/said" 2>&1; then
    complain "$stub:1" "the engine refuses it: $(tail -n 1 "$work/said")"
fi

finish
