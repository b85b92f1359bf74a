#!/bin/bash
#
# tests/nginx-source.sh [BUILD] - makes an nginx that AddressSanitizer and
# UndefinedBehaviourSanitizer watch, as BUILD/nginx-asan/nginx. BUILD is
# build/sanitize. Does nothing when that nginx is already there.
#
# Debian's nginx is no sanitized program: loaded into it, our module is
# watched, but not what nginx does with the memory that it got from us. And
# nginx-dev ships no .c files. So this takes Debian's source package of the
# very version that is unpacked under build/deps, with Debian's patches and
# Debian's configuration. The module comes from BUILD, as with Debian's nginx:
# there it has all checks, of which nginx's own code cannot bear two.
#
# NGX_DEBUG_PALLOC makes each small allocation of a pool one of malloc():
# otherwise they lie side by side in a page, and ASan sees no overrun.
#
# Nothing on the machine changes: apt's lists and the source are kept under
# build/deps/.apt-src. Needs dpkg-dev (group "full" of ops/packages.txt).

set -euo pipefail
export LC_ALL=C

TOP=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
cd "$TOP"

deps=$TOP/build/deps
apt=$deps/.apt-src
out=$(realpath -m "${1:-build/sanitize}")/nginx-asan

# What of UBSan nginx's own code cannot bear:
#   nonnull-attribute  an empty string of nginx is often NULL, and is copied by
#                      memcpy(to, NULL, 0)
#   alignment          on processors that allow it, numbers in requests and
#                      HTTP/2 frames are read and written where they stand
unbearable=nonnull-attribute,alignment
options="-O1 -g -fno-omit-frame-pointer -DNGX_DEBUG_PALLOC=1
    -fsanitize=address,undefined -fno-sanitize=$unbearable
    -fno-sanitize-recover=all"
options=$(tr -s '\n ' ' ' <<<"$options")

die() {
    printf 'tests/nginx-source.sh: %s\n' "$*" >&2
    exit 1
}

# The version of the source package that was unpacked: nginx's own version,
# but for the +bN of a package that was only built again.
unpacked_version() {
    local deb
    for deb in "$deps"/.debs/*/nginx_*.deb; do
        [ -r "$deb" ] ||
            die "nginx is not unpacked under build/deps; run \`ops/deps run\`"
        deb=$(dpkg-deb -f "$deb" Version)
        echo "${deb%+b[0-9]*}"
    done
}

# The Debian archives that this machine's apt knows, as sources of source
# packages. Who may not update the machine's lists has some from ops/deps.
known_archives() { # options of apt-get...
    # shellcheck disable=SC2016 # apt-get's own words
    apt-get "$@" indextargets 'Created-By: Packages' 'Origin: Debian' \
        --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' | sort -u
}

write_sources() {
    local uri release component key=/usr/share/keyrings/debian-archive-keyring
    for key in "$key".pgp "$key".gpg; do
        [ ! -r "$key" ] || break
    done
    {
        known_archives
        known_archives -o "Dir::State::lists=$deps/.apt/lists"
    } | sort -u | while read -r uri release component; do
        echo "deb-src [signed-by=$key] $uri $release $component"
    done >"$apt/sources.list"
    [ -s "$apt/sources.list" ] || die "this machine's apt knows no archive" \
        "of Debian; run \`apt-get update\` as root, then this again"
}

apt_get() {
    (cd "$apt" && apt-get -q -o "Dir::Etc::sourcelist=$apt/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$apt/lists" \
        -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User="$(id -un)" \
        "$@") </dev/null >"$apt/apt.log" 2>&1
}

fetch() {
    local dsc=$apt/nginx_$version.dsc
    [ ! -r "$dsc" ] || return 0
    echo "fetching Debian's source of nginx $version"
    rm -rf "$apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    write_sources
    # An archive that does not answer is no reason to stop: another may.
    apt_get update || true
    apt_get source --download-only "nginx=$version" || {
        tail -n 5 "$apt/apt.log" >&2
        die "the source of nginx $version cannot be fetched: connect this" \
            "machine to the network; or, when Debian has a newer nginx by" \
            "now, remove build/deps and run \`make test\` first"
    }
    # The file is called without the epoch, so by what came.
    [ -r "$dsc" ] || mv "$apt"/nginx_*.dsc "$dsc"
}

unpack() {
    rm -rf "$out"
    mkdir -p "$out"
    dpkg-source --no-check -x "$apt/nginx_$version.dsc" "$out/src" \
        >"$out/unpack.log" 2>&1 || {
        tail -n 5 "$out/unpack.log" >&2
        die "the source of nginx $version cannot be unpacked"
    }
}

# What nginx itself cannot do otherwise: it keeps memory until it ends, which
# is no leak, and its program and each module have a table of the same name.
make_defaults() {
    gcc -c -x c -o "$out/defaults.o" - <<'END'
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0:detect_odr_violation=0";
}
END
}

# Debian's own flags, and some modules that Debian makes loadable only.
configure() {
    local NGX_CONF_FLAGS=()
    # shellcheck source=/dev/null
    . "$deps/usr/share/nginx/src/conf_flags"
    ./configure --builddir="$out/objs" "${NGX_CONF_FLAGS[@]}" \
        --with-http_sub_module --with-http_gzip_static_module \
        --with-http_gunzip_module --with-http_addition_module \
        --with-cc-opt="$options" \
        --with-ld-opt="-fsanitize=address,undefined $out/defaults.o"
}

build() {
    echo "building nginx $version with the sanitizers, some minutes"
    (cd "$out/src" && make_defaults && configure &&
        make -j2 -f "$out/objs/Makefile" "$out/objs/nginx") \
        >"$out/build.log" 2>&1 || {
        tail -n 20 "$out/build.log" >&2
        die "nginx $version cannot be built; the log: $out/build.log"
    }
    mv "$out/objs/nginx" "$out/nginx"
    echo "$state" >"$out/state"
}

for tool in dpkg-source gcc; do
    command -v "$tool" >/dev/null ||
        die "$tool is not installed; \`make test-full\` installs it"
done
version=$(unpacked_version)
state="$version $(cksum <"${BASH_SOURCE[0]}")"
if [ -x "$out/nginx" ] && [ "$(cat "$out/state")" = "$state" ]; then
    exit 0
fi
fetch
unpack
build
