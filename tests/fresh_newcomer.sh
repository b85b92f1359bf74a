#!/bin/bash
#
# What tests/fresh.sh does on a fresh machine, as root and as an ordinary user:
# clones, types what README.md says, and looks at what came of it.
#
# It uses bash and what a minimal Debian has, no more: neither curl nor ps.
# Each check prints a line; the counts are written to /opt/fresh/counts. The
# first process of the machine is this script, so whatever else runs was
# started by the checks.
#
# shellcheck disable=SC2317 # functions are handed to `check` and `must`

set -uo pipefail
export LC_ALL=C

ours=/opt/fresh # this script and what it writes; no part of the machine
said=$ours/said
passed=0
failed=0
skipped=0

# The figures that the project promises, in seconds.
SECOND_RUN=3
CLEAN_BUILD=60
EDIT=2
WHOLE_TEST=720

# ---------------------------------------------------------------- how to check

finish() {
    echo "$passed $failed $skipped" >"$ours/counts"
    exit 0
}

ok() { # sentence
    passed=$((passed + 1))
    echo "ok   $*"
}

bad() { # sentence
    failed=$((failed + 1))
    echo "FAIL $*"
}

show() { # file, lines
    tail -n "$2" "$1" | sed 's/^/    | /'
}

# A step that all later ones stand on: without it there is no use in going on.
must() { # sentence, command...
    local sentence=$1
    shift
    if "$@"; then
        ok "$sentence"
    else
        bad "$sentence"
        show "$said" 40
        finish
    fi
}

check() { # sentence, command...
    local sentence=$1
    shift
    if "$@" >"$ours/why" 2>&1; then
        ok "$sentence"
    else
        bad "$sentence"
        show "$ours/why" 40
    fi
}

seconds_since() { # EPOCHREALTIME of then
    awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $1 }"
}

check_time() { # sentence, seconds, at most
    if awk "BEGIN { exit !($2 < $3) }"; then
        ok "$1: $2 s (at most $3)"
    else
        bad "$1: $2 s (at most $3)"
    fi
}

# --------------------------------------------------------------- who types what

# The commands of this machine's user: root, or the ordinary one.
as=()
home=
clone=

be_root() {
    as=()
    home=/root
    clone=$home/foobar
}

be_newcomer() {
    home=/home/newcomer
    clone=$home/foobar
    as=(env -i HOME="$home" USER=newcomer TERM=linux
        PATH=/usr/local/bin:/usr/bin:/bin
        setpriv --reuid newcomer --regid newcomer --init-groups)
}

clone_it() {
    (cd "$home" && "${as[@]}" git clone -q "$ours/foobar.bundle" foobar) \
        >"$said" 2>&1
}

make_it() { # arguments of make...
    (cd "$clone" && "${as[@]}" make "$@") >"$said" 2>&1
}

# In a process group of its own, as a terminal's shell starts it, so that
# Ctrl-C reaches all of it and nothing else.
begin_run() {
    : >"$said"
    set -m
    (cd "$clone" && exec "${as[@]}" make run "${at[@]}") >"$said" 2>&1 &
    run=$!
    set +m
}

port_is_open() {
    (exec 7<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The network is this machine's host's, where something else may have taken
# the port that README.md names.
choose_port() {
    port=8080
    at=()
    while port_is_open "$port"; do
        port=$((port + 1))
        at=("PORT=$port")
    done
}

url_is_printed() { # at most so many seconds
    local tries=$(($1 * 20))
    until grep -q 'the site answers at http://' "$said"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ] || ! kill -0 "$run" 2>/dev/null; then
            return 1
        fi
        sleep 0.05
    done
}

ctrl_c() {
    local tries=400
    kill -INT -- "-$run"
    while kill -0 "$run" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
    wait "$run"
    return 0
}

get() { # path
    exec 8<>"/dev/tcp/127.0.0.1/$port" || return 1
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$1" "$port" >&8
    cat <&8
    exec 8>&-
}

page_has() { # path, text...
    local page text
    page=$(get "$1") || return 1
    for text in "${@:2}"; do
        [[ $page == *"$text"* ]] || {
            printf '%s lacks "%s":\n%s\n' "$1" "$text" "$page"
            return 1
        }
    done
}

# ------------------------------------------------------------ what must not be

# Every process but the first one, which is this script.
nothing_runs() {
    local entry words left=0
    for entry in /proc/[0-9]*; do
        [ "$entry" != /proc/1 ] || continue
        words=$(tr '\0' ' ' 2>/dev/null <"$entry/cmdline") || continue
        [ -n "$words" ] || continue # a process that has ended
        echo "process ${entry#/proc/} runs: $words"
        left=1
    done
    return "$left"
}

no_sockets() {
    local found
    found=$(find "$clone" /tmp /run /var/tmp -type s)
    [ -z "$found" ] || echo "sockets are left: $found"
    [ -z "$found" ]
}

# What systemd and init would start at the machine's next start.
services() {
    find /etc/systemd /etc/rc?.d /etc/init.d /usr/lib/systemd/system \
        -name '*nginx*' -o -name '*maria*' -o -name '*mysql*' -o \
        -name '*nsd*' -o -name '*varnish*' 2>/dev/null
    find /etc/systemd/system /etc/rc?.d -type l -printf '%p -> %l\n' | sort
}

same_services() {
    services | diff "$ours/services" -
}

# All that is there outside of the clones, one line each. Folders count when
# they are new, everything else also when it has changed.
list_machine() {
    find / /run -xdev \( -path "$ours" -o -path /root/foobar -o \
        -path /home/newcomer/foobar \) -prune -o \
        \( -type d -printf '%p\n' \) -o -printf '%p\t%s %T@ %C@\n' | sort
}

# What the packages that are installed say that they own. /lib and the like
# are links to /usr/lib in a Debian of today, but not in all packages' lists.
owned_by_packages() {
    sed -E 's,^/(bin|sbin|lib|lib32|lib64|libx32)/,/usr/\1/,' \
        /var/lib/dpkg/info/*.list | sort -u
}

# What the package tools keep for themselves, or make of the packages;
# /etc/networks is netbase's, which perl's packages bring along.
kept_by_tools='^/(var/(lib/(dpkg|apt)|cache|log)|etc/(alternatives|ld.so.cache|networks))(/|$)'

only_packages() {
    local found
    list_machine >"$ours/after"
    found=$(comm -13 "$ours/before" "$ours/after" | cut -f 1 |
        grep -Ev "$kept_by_tools" | sort -u |
        comm -23 - <(owned_by_packages) | not_an_alternative)
    [ -z "$found" ] || printf 'these belong to no package:\n%s\n' "$found"
    [ -z "$found" ]
}

# /usr/bin/cc is a link to /etc/alternatives/cc.
not_an_alternative() {
    local path
    while IFS= read -r path; do
        [[ -L $path && $(readlink "$path") == /etc/alternatives/* ]] ||
            echo "$path"
    done
}

# ------------------------------------------------------------------- the checks

the_command_is_told() { # target
    local status=0
    make_it "$1" || status=$?
    command=$(grep -E "^ +su -c '.*'\$" "$said")
    [ "$status" -ne 0 ] && [ "$(wc -l <<<"$command")" = 1 ] &&
        [[ $command == *"apt-get install"* ]]
}

the_command_was_enough() {
    local words package
    words=${1##*apt-get install}
    for package in ${words%\'*}; do
        [[ $package == -* ]] && continue
        dpkg -s "$package" >/dev/null 2>&1 || {
            echo "$package was named but is not installed"
            return 1
        }
    done
}

see_the_site() {
    check "$who sees the home page, with posts out of the database" \
        page_has / '200 OK' 'href="/posts/'
    check "$who sees a post, the products, the style and the well-being" \
        see_more
}

see_more() {
    page_has /posts/1 '200 OK' '</html>' &&
        page_has /products '200 OK' '</html>' &&
        page_has /style.css '200 OK' 'text/css' &&
        page_has /no-such-page '404 Not Found' '</html>' &&
        page_has /healthz '200 OK' 'nginx: ok' 'worker: ok' 'database: ok'
}

run_the_site() { # seconds that the first time may take
    local started=$EPOCHREALTIME
    choose_port
    begin_run
    must "$who: \`make run\` prints the site's address" url_is_printed "$1"
    echo "     ($(seconds_since "$started") s the first time)"
    check "$who: it is http://127.0.0.1:$port/" \
        grep -q "the site answers at http://127.0.0.1:$port/" "$said"
    see_the_site
    check "$who: Ctrl-C ends it" ctrl_c
    check "$who: no process is left" nothing_runs
    check "$who: no socket is left" no_sockets

    started=$EPOCHREALTIME
    begin_run
    must "$who: \`make run\` works a second time" url_is_printed 60
    check_time "$who: from the second \`make run\` to the address" \
        "$(seconds_since "$started")" "$SECOND_RUN"
    check "$who sees the home page again" page_has / '200 OK' 'href="/posts/'
    check "$who: Ctrl-C ends it again" ctrl_c
    check "$who: no process is left then" nothing_runs
}

tests_passed() {
    local last
    last=$(tail -n 1 "$said")
    [[ $last =~ ^[1-9][0-9]*\ passed,\ 0\ failed,\ [0-9]+\ skipped$ ]]
}

run_the_tests() {
    local started=$EPOCHREALTIME
    make_it test
    if tests_passed; then
        ok "$who: \`make test\` passes: $(tail -n 1 "$said")"
    else
        bad "$who: \`make test\` does not pass"
        awk '/^FAIL/ { on = 1 } on { print "    | " $0 }
            /the whole log:/ { on = 0 }' "$said" | head -n 400
        show "$said" 3
    fi
    grep '^skip' "$said" | sed 's/^/     /'
    check_time "$who: \`make test\`, with what it installs and builds" \
        "$(seconds_since "$started")" "$WHOLE_TEST"
    check "$who: no process is left by the tests" nothing_runs
    check "$who: no socket is left by the tests" no_sockets
}

build_from_clean() {
    local started
    make_it clean
    started=$EPOCHREALTIME
    must "$who: it builds from clean" make_it -j2 all
    check_time "$who: to build from clean" "$(seconds_since "$started")" \
        "$CLEAN_BUILD"
    must "$who: \`make all\` again" make_it all
    check "$who: the second \`make all\` does nothing" test ! -s "$said"
}

edit_a_page() {
    local started
    choose_port
    must "$who: \`make up\` returns" make_it up "${at[@]}"
    sed -i 's,<h1[^>]*>,&Edited just now: ,' "$clone/site/templates/home.html"
    started=$EPOCHREALTIME
    must "$who: \`make reload\`" make_it reload "${at[@]}"
    check "$who sees the edited page" page_has / 'Edited just now: '
    check_time "$who: from an edit to the running site" \
        "$(seconds_since "$started")" "$EDIT"
    must "$who: \`make down\`" make_it down "${at[@]}"
    check "$who: no process is left by make down" nothing_runs
    check "$who: no socket is left by make down" no_sockets
    git -C "$clone" checkout -q .
}

# A network of its own, a DNS server, and curl instead of a browser.
visit() {
    must "$who: \`make visit\` ends well" make_it visit
    check "$who sees http://www.foobar.com/ by its name" \
        grep -q 'HTTP/1.1 200 OK' "$said"
    check "$who: no process is left by the visit" nothing_runs
}

# The clone itself must stay as it was, but for what git is told to ignore.
clone_is_clean() {
    local changed
    changed=$("${as[@]}" git -C "$clone" status --porcelain)
    [ -z "$changed" ] || echo "$changed"
    [ -z "$changed" ]
}

# -------------------------------------------------------------------- the story

useradd --create-home --shell /bin/bash newcomer
chmod 700 /root
services >"$ours/services"
list_machine >"$ours/before"

who="an ordinary user"
be_newcomer
must "$who clones" clone_it
check "$who: \`make\` prints the targets" make_it
check "$who: the targets have lines of their own" \
    grep -Eq '^ +make run +[a-z]' "$said"
must "$who is told the one command that installs what is missing" \
    the_command_is_told run
for_running=$command
check "$who: nothing was started" nothing_runs

who=root
be_root
must "$who clones under /root, which is closed to others" clone_it
run_the_site 900
check "the command that was told would have been enough" \
    the_command_was_enough "$for_running"
visit
check "no service was added or enabled" same_services
check "nothing but packages was written outside of the clone" only_packages
run_the_tests
build_from_clean
edit_a_page
check "$who: git sees no change in the clone" clone_is_clean

who="an ordinary user"
be_newcomer
run_the_site 300
run_the_tests
check "$who: git sees no change in the clone" clone_is_clean
check "no service was added or enabled, to the end" same_services
check "nothing but packages was written outside of the clones, to the end" \
    only_packages
finish
