#!/bin/bash
#
# tests/fresh.sh [bookworm|trixie]... - a newcomer's first hour, on a machine
# that has nothing but git and make.
#
# The machine is a folder, made by debootstrap: build/fresh/SUITE.base is kept,
# each run works in a copy of it, in namespaces of its own for mounts and
# processes. tests/fresh_newcomer.sh says what happens inside. What is cloned
# there is HEAD of this repository, so commit first.
#
# The mirror, the proxy and the resolver are those of this machine's own apt;
# its network is used as it is, since the packages come from there.
#
# Exits 77, with the reason, where that cannot be done. The log of a machine
# is build/fresh/SUITE.log. Last line: "N passed, N failed, N skipped".

set -euo pipefail
export LC_ALL=C
umask 022

TOP=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
home=$TOP/build/fresh
limit=7200 # seconds that one machine may take, for all of it

skip() {
    printf 'a fresh machine cannot be made here: %s\n' "$*"
    exit 77
}

die() {
    printf 'tests/fresh.sh: %s\n' "$*" >&2
    exit 1
}

suites=("$@")
[ $# -gt 0 ] || suites=(bookworm trixie)
for suite in "${suites[@]}"; do
    case $suite in
    bookworm | trixie) ;;
    *) die "\"$suite\" is not bookworm or trixie" ;;
    esac
done

# The checkout may belong to an ordinary user, while this is root.
repository() {
    git -c safe.directory="$TOP" -C "$TOP" "$@"
}

# --------------------------------------------------------------- what it needs

((EUID == 0)) || skip "this needs root"
for tool in debootstrap git unshare; do
    command -v "$tool" >/dev/null ||
        skip "$tool is not installed; \`make test-full\` installs it"
done
unshare --mount --pid --fork true 2>/dev/null ||
    skip "this machine does not allow mount and process namespaces"
repository rev-parse --verify -q HEAD >/dev/null ||
    skip "$TOP is no git checkout, so there is nothing to clone"

mkdir -p "$home"
exec 9>"$home/lock"
flock -n 9 || die "another tests/fresh.sh works in $home; wait for it"

# The archives that this machine's apt knows, one line each: URI, label and
# suite. Their labels are known only after an update, made in lists of our own
# where the machine has none.
# shellcheck disable=SC2016 # apt-get's own words
archives() { # options of apt-get...
    apt-get "$@" indextargets --format '$(REPO_URI) $(LABEL) $(CODENAME)' \
        'Created-By: Packages' | sort -u
}

mirror=
security=
find_mirrors() {
    local uri label suite options
    mkdir -p "$home/apt/lists/partial" "$home/apt/cache/archives/partial"
    options=(-q -o "Dir::State::lists=$home/apt/lists"
        -o "Dir::Cache=$home/apt/cache" -o APT::Sandbox::User=root)
    if ! archives | grep -q ' Debian '; then
        apt-get "${options[@]}" update >"$home/apt.log" 2>&1 || true
    else
        options=()
    fi
    while read -r uri label suite; do
        case $label:$suite in
        Debian-Security:*) security=$uri ;;
        Debian:*-*) ;;
        Debian:*) mirror=$uri ;;
        esac
    done < <(archives "${options[@]}")
    [ -n "$mirror" ] ||
        skip "this machine's apt knows no Debian mirror, or the network is away"
}

# ------------------------------------------------------------------ the machine

make_base() { # suite
    local base=$home/$1.base
    [ ! -d "$base" ] || return 0
    echo "making a Debian $1 in build/fresh/$1.base (once, some minutes)"
    rm -rf "$base.new"
    debootstrap --variant=minbase --include=git,make,ca-certificates \
        "$1" "$base.new" "$mirror" >"$home/$1.debootstrap.log" 2>&1 || {
        tail -n 5 "$home/$1.debootstrap.log"
        skip "debootstrap could not make a Debian $1"
    }
    mv "$base.new" "$base"
}

# A service must be kept from starting by us, not by such a file.
copy_base() { # suite
    local root=$home/$1
    rm -rf "$root"
    cp -a --reflink=auto "$home/$1.base" "$root"
    rm -f "$root/usr/sbin/policy-rc.d"
    {
        echo "deb $mirror $1 main"
        [ -z "$security" ] || echo "deb $security $1-security main"
    } >"$root/etc/apt/sources.list"
    rm -rf "$root"/var/lib/apt/lists/*
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
    apt-config dump Acquire | grep -E \
        '^Acquire::(https?::(Proxy|CaInfo)|Check-(Date|Valid-Until)) ' \
        >"$root/etc/apt/apt.conf.d/99fresh" || true
    mkdir "$root/opt/fresh"
    chmod 755 "$root/opt/fresh"
    repository bundle create -q "$root/opt/fresh/foobar.bundle" HEAD
    cp "$TOP/tests/fresh_newcomer.sh" "$root/opt/fresh/newcomer.sh"
}

# Inside of the namespaces: what a Debian finds mounted, with a /dev of its own,
# so that nothing is left in this machine's. The root is moved, not changed:
# below a chroot no further namespaces can be made, and tests make some.
# shellcheck disable=SC2016 # expanded inside
enter='
    set -eu
    root=$1
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys" || true
    mount -t tmpfs -o mode=755 dev "$root/dev"
    for device in null zero full random urandom tty; do
        : >"$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    mount -t tmpfs -o mode=755 run "$root/run"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    ln -s /proc/self/fd/0 "$root/dev/stdin"
    ln -s /proc/self/fd/1 "$root/dev/stdout"
    ln -s /proc/self/fd/2 "$root/dev/stderr"
    mkdir "$root/run/lock"
    shift
    mkdir "$root/run/old"
    cd "$root"
    pivot_root . run/old
    umount -l /run/old
    rmdir /run/old
    exec /usr/bin/env -i HOME=/root TERM=linux \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        "$@" /bin/bash /opt/fresh/newcomer.sh
'

proxies() {
    env | grep -E '^(https?|no)_proxy=' || true
}

# ------------------------------------------------------------------- the runs

passed=0
failed=0
skipped=0
machine=

# What runs in the machine ends with the first of its processes; its mounts
# vanish then, and only after that may the folder go.
end_machine() {
    [ -n "$machine" ] || return 0
    kill -KILL "$machine" 2>/dev/null || true
    wait "$machine" 2>/dev/null || true
    machine=
}

stop() {
    trap '' INT TERM HUP
    end_machine
    [ -z "$suite" ] || rm -rf "${home:?}/$suite"
    exit 130
}
trap stop INT TERM HUP

start_machine() { # suite
    local proxies=()
    mapfile -t proxies < <(env | grep -E '^(https?|no)_proxy=')
    unshare --mount --pid --fork --kill-child bash -c "$enter" fresh \
        "$home/$1" "${proxies[@]}" 9>&- </dev/null >"$home/$1.log" 2>&1 &
    machine=$!
}

# Shows the log while it grows, until the machine has ended.
watch_machine() { # suite
    timeout "$limit" tail --pid="$machine" -n +1 -f "$home/$1.log" 9>&- &
    wait $! || echo "FAIL $1: ended after its limit of $limit s"
    end_machine
}

count() { # suite
    local ok bad not
    if read -r ok bad not 2>/dev/null <"$home/$1/opt/fresh/counts"; then
        passed=$((passed + ok))
        failed=$((failed + bad))
        skipped=$((skipped + not))
    else
        echo "FAIL $1 came to no result; its log: build/fresh/$1.log"
        failed=$((failed + 1))
    fi
}

suite=
find_mirrors
for suite in "${suites[@]}"; do
    make_base "$suite"
    copy_base "$suite"
    printf '\na fresh Debian %s:\n' "$suite"
    start_machine "$suite"
    watch_machine "$suite"
    count "$suite"
    rm -rf "${home:?}/$suite"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
