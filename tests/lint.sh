#!/bin/bash
#
# tests/lint.sh - what can be found without running anything.
#
#   tests/lint.sh [FILE]...    all files, or only these
#
# Form (clang-format), calls that are banned, mistakes (clang-tidy, cppcheck),
# shell scripts (shellcheck), SQL (sql/check.sh), names in the documentation
# (tests/docs.sh, tests/manual.sh). Prints FILE:LINE: and what is wrong, and goes
# on, so that one run tells all of it; ends with "lint: clean", or exits 1.
#
# `make lint` makes what the headers come from (BUILD) and installs the tools.

set -euo pipefail
export LC_ALL=C

cd "${BASH_SOURCE[0]%/*}/.."

BUILD=${BUILD:-build/release}
NGINX_SRC=build/deps/usr/share/nginx/src
JOBS=2
wrong=0

for tool in clang-format clang-tidy cppcheck shellcheck msgfmt; do
    if ! command -v "$tool" >/dev/null; then
        echo "tests/lint.sh: $tool is not installed; run \`make lint\`" >&2
        exit 1
    fi
done

# ------------------------------------------------------------------ the files

# Everything but what was built or is being run, and but for the skeletons, which
# are linted as the applications that are made of them (kit_refused.test,
# tutorial.test).
list_files() {
    find . \( -path ./.git -o -path ./kit/skeleton -o -path ./kit/empty -o -path ./build -o -path './var*' \) -prune -o \
        -type f "$@" -print | sed 's|^\./||' | sort
}

if [ $# -gt 0 ]; then
    files=("$@")
else
    mapfile -t files < <(list_files)
fi

sources=()
c_files=()
scripts=()
for file in "${files[@]}"; do
    case $file in
    *.c)
        sources+=("$file")
        c_files+=("$file")
        ;;
    *.h) c_files+=("$file") ;;
    *.sh) scripts+=("$file") ;;
    *)
        read -r first <"$file" 2>/dev/null || true
        case ${first:-} in
        '#!'*/bash | '#!'*/sh | '#!'*/sh\ *) scripts+=("$file") ;;
        esac
        ;;
    esac
done 2>/dev/null # binary files

step() { # what, how many
    printf 'lint: %s (%s)\n' "$1" "$2"
}

failed() {
    wrong=1
}

# What make gives to the compiler: the include paths of each room.
includes() { # file
    local api='-I appserver/api' engine
    engine="-DFOOBAR_ENGINE $api -I wire -I appserver/engine -isystem /usr/include/mariadb"
    case $1 in
    appserver/*) echo "$engine -I appserver/tools -I appserver/testing" ;;
    site/*) echo "$api -I $BUILD/site -I site" ;;
    sql/* | ops/*) echo '-isystem /usr/include/mariadb' ;;
    ngx_foobar_module/ngx_*)
        printf -- '-isystem %s ' "$BUILD/nginx" "$NGINX_SRC"/src/{core,event,event/modules,event/quic,os/unix,http,http/modules,http/v2,http/v3}
        echo '-I wire'
        ;;
    ngx_foobar_module/*) echo '-I wire' ;;
    tests/unit/ctl_*) echo '-I tests/unit -I ops/foobarctl' ;;
    tests/site/*) echo "-I appserver/testing $api -I $BUILD/site -I site" ;;
    tests/*) echo "-I tests/unit $engine -I appserver/tools -I appserver/testing -I ngx_foobar_module -I bench/report -I ops/foobarctl" ;;
    bench/limit.c) echo "-isystem /usr/include/mariadb" ;;
    bench/drawing/*) echo "$engine -I $BUILD/bench/drawing -I bench/drawing" ;;
    bench/app/*) echo "$api -I $BUILD/bench/app -I bench/app" ;;
    esac
}

# ------------------------------------------------------------------- the steps

check_format() {
    step clang-format "${#c_files[@]} files"
    printf '%s\0' "${c_files[@]}" |
        xargs -0 -P "$JOBS" -n 20 clang-format --dry-run -Werror || failed
}

# kit/lint.awk says what is banned, and what pages may not do. Safe HTML is the
# engine's to make, and its tests may look at it.
check_banned() {
    local found file
    local engine=() outside=()
    step 'banned calls' "${#c_files[@]} files"
    for file in "${c_files[@]}"; do
        case $file in
        appserver/* | tests/*) engine+=("$file") ;;
        *) outside+=("$file") ;;
        esac
    done
    found=$(awk -f kit/lint.awk "${engine[@]}" /dev/null
        awk -v outside=1 -f kit/lint.awk "${outside[@]}" /dev/null)
    [ -z "$found" ] || {
        printf '%s\n' "$found"
        failed
    }
}

# An application is judged as a whole: a handler and its row are two files.
check_pages() { # folder, options of awk...
    local found
    step "what pages may not do" "$1"
    found=$(awk -v application=1 "${@:2}" -f kit/lint.awk "$1"/*.[ch])
    [ -z "$found" ] || {
        printf '%s\n' "$found"
        failed
    }
}

# Why: /* ... */ is the one form of comments, and a line has 80 columns.
check_lines() {
    local found
    step 'comments and line ends' "${#c_files[@]} files"
    found=$(grep -nHE '(^|[^:"])//[^"]*$' "${c_files[@]}" |
        grep -v '"[^"]*//[^"]*"' | grep -vE '/\*.*//|^[^:]*:[0-9]+: \*.*//' |
        sed -E 's/^([^:]*:[0-9]+):.*/\1: this comment is not of the form \/* ... *\//') || true
    found+=$(grep -nHE '[[:blank:]]$' "${c_files[@]}" "${scripts[@]}" |
        sed -E 's/^([^:]*:[0-9]+):.*/\1: white space ends this line/') || true
    [ -z "$found" ] || {
        printf '%s\n' "$found"
        failed
    }
}

tidy_one() { # file
    local flags said
    read -ra flags <<<"$(includes "$1")"
    said=$(clang-tidy --quiet "$1" -- -std=c17 -D_GNU_SOURCE \
        '-DFOOBAR_VERSION="0"' "${flags[@]}" 2>&1) || {
        printf '%s\n' "$said" |
            grep -vE '^[0-9]+ warnings? |^Suppressed |^Use -header-filter' |
            sed "s|^$PWD/||"
        return 1
    }
}
export -f tidy_one includes
export BUILD NGINX_SRC

check_tidy() {
    step clang-tidy "${#sources[@]} sources"
    # xargs runs all of them, and is 123 when one of them failed.
    # shellcheck disable=SC2016 # $1 is of that shell
    printf '%s\0' "${sources[@]}" |
        xargs -0 -P "$JOBS" -n 1 bash -c 'tidy_one "$1"' tidy || failed
}

cppcheck_room() { # room, files...
    local flags
    read -ra flags <<<"$(includes "$1/")"
    shift
    cppcheck --quiet -j "$JOBS" --std=c11 --inline-suppr \
        --enable=warning,style,performance,portability \
        --suppressions-list=tests/cppcheck.txt --error-exitcode=1 \
        --template='{file}:{line}: {severity}: {message} [{id}]' \
        -D_GNU_SOURCE "${flags[@]//-isystem/-I}" "$@"
}

check_cppcheck() {
    local room chosen
    step cppcheck "${#sources[@]} sources"
    for room in appserver site sql ops ngx_foobar_module tests bench; do
        # Without nginx's headers the module itself cannot be understood;
        # clang-tidy has looked at it with them.
        mapfile -t chosen < <(printf '%s\n' "${sources[@]}" |
            grep "^$room/" | grep -v /ngx_http_ || true)
        [ ${#chosen[@]} -eq 0 ] || cppcheck_room "$room" "${chosen[@]}" || failed
    done
}

# SC2119 asks for "$@" wherever a function of a library can do without it.
check_scripts() {
    step shellcheck "${#scripts[@]} scripts"
    printf '%s\0' "${scripts[@]}" |
        xargs -0 -P "$JOBS" -n 4 shellcheck --external-sources --exclude=SC2119 || failed
}

# Each language is well-formed for gettext too, and translates all there is.
check_translations() {
    step translations "$(list_files -name '*.po' | wc -l) files"
    kit/translations check "$BUILD/site/site.pot" "$BUILD/appserver/foobar.pot" \
        appserver/locale site/locale/*.po || failed
    cmp -s appserver/locale/foobar.pot "$BUILD/appserver/foobar.pot" || {
        echo "appserver/locale/foobar.pot: it is older than the words of the engine; run \`make translations\`"
        failed
    }
    kit/translations check "$BUILD/appserver/engine.pot" /dev/null /dev/null \
        appserver/locale/*.po || failed
}

if [ ${#c_files[@]} -gt 0 ]; then
    check_format
    check_banned
    check_lines
fi
if [ ${#sources[@]} -gt 0 ]; then
    check_tidy
    check_cppcheck
fi
if [ ${#scripts[@]} -gt 0 ]; then
    check_scripts
fi
if [ $# -eq 0 ]; then
    check_pages site
    check_pages bench/app -v plain=1
    step tests/lint_sql.sh "site, bench/app"
    tests/lint_sql.sh || failed
    step sql/check.sh "$(list_files -name '*.sql' | wc -l) files"
    sql/check.sh || failed
    step tests/docs.sh "$(list_files -name '*.md' | wc -l) files"
    tests/docs.sh || failed
    step tests/manual.sh "$(list_files -name '*.3' | wc -l) files"
    tests/manual.sh || failed
    check_translations
fi

if [ "$wrong" -ne 0 ]; then
    echo 'lint: not clean'
    exit 1
fi
echo 'lint: clean'
