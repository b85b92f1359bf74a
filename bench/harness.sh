# shellcheck shell=bash disable=SC2154
# What the programs of bench/ share: one nginx, one MariaDB and the application
# server, in a temporary folder, on Unix sockets and one free port
# of the loopback; all as the user who calls, and ended by their process ids.
#
# Who sources this has set top, and sets build and workers.

export LC_ALL=C
unset NGINX # listening sockets that an nginx around us would hand over

deps=$top/build/deps
nginx=$deps/usr/sbin/nginx

var=
processes=() # in the order in which they were started
under=()     # see start_web

say() {
    printf 'bench: %s\n' "$*" >&2
}

die() {
    local log
    say "$*"
    if [[ -n $var ]]; then
        for log in "$var"/log/*; do
            [[ -s $log ]] || continue
            say "the end of ${log##*/}:"
            tail -n 5 "$log" >&2
        done
    fi
    exit 1
}

need_number() {
    if [[ ! $2 =~ ^[1-9][0-9]{0,4}$ ]] || (($2 > $3)); then
        die "$1 takes a number from 1 to $3, not \"$2\""
    fi
}

# ----------------------------------------------------------------- programs

# What every measurement needs.
find_nginx() {
    local program module=$build/ngx_http_foobar_module.so
    [[ -x $nginx && -r $module ]] || die "$module or nginx is missing; type: make"
    for program in wrk curl; do
        command -v "$program" >/dev/null ||
            die "the program $program is missing; type: ops/deps bench"
    done
    ! grep -q __asan_init "$module" ||
        die "$build was built with sanitizers: its speed says nothing"
}

find_programs() {
    local program
    find_nginx
    mariadbd=/usr/sbin/mariadbd
    for program in "$mariadbd" "$build/foobar-appserver" \
        "$build/bench-report" "$build/bench-paced" "$build/bench-limit"; do
        [[ -x $program ]] ||
            die "$program is missing; type: make bench"
    done
}

# What a program says first.
first_line() {
    "$@" 2>&1 | head -n 1
}

# The version of an installed package, and of one under build/deps.
version_of() {
    dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo unknown
}

version_of_deb() {
    local deb
    for deb in "$deps"/.debs/*/"$1"_*.deb; do
        dpkg-deb -f "$deb" Version
    done
}

# ------------------------------------------------------- starting and ending

# The folder in which everything lives, until this script ends.
make_folders() {
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    var=$(mktemp -d /tmp/foobar-bench.XXXXXX)
    mkdir "$var"/{run,log,tmp,conf,mysql,static,secret}
    mkdir "$var"/tmp/mysql
    printf 'Hello, World!' >"$var/static/static.txt"
    head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$var/secret/bench"
    user=$(id -un)
}

# Fills in the @NAMES@ of a file: fill FROM TO NAME VALUE...
fill() {
    local text to=$2
    text=$(<"$1")
    shift 2
    while (($#)); do
        text=${text//"@$1@"/"$2"}
        shift 2
    done
    printf '%s\n' "$text" >"$to"
}

is_alive() {
    local pid fields
    { read -r pid fields <"/proc/$1/stat"; } 2>/dev/null || return 1
    fields=${fields##*) }
    [[ -n $pid && ${fields%% *} != [ZX] ]]
}

# Starts a program in the background: start NAME COMMAND...; sets started.
# It ends with this script, even when that is killed.
start() {
    local name=$1
    shift
    setpriv --pdeathsig TERM "$@" >"$var/log/$name.out" 2>&1 </dev/null &
    started=$!
    processes+=("$started")
}

# Waits for a condition while a process lives: await WHAT PID COMMAND...
await() {
    local what=$1 pid=$2 turn
    shift 2
    for ((turn = 0; turn < 600; turn++)); do
        if "$@" >/dev/null 2>&1; then
            return 0
        fi
        is_alive "$pid" || break
        sleep 0.05
    done
    die "$what did not start"
}

# Ends a process that start() started. nginx under valgrind may miss a signal:
# so it is told again.
stop() {
    local turn i
    for ((turn = 0; turn < 200; turn++)); do
        is_alive "$1" || break
        ((turn % 20)) || kill -TERM "$1" 2>/dev/null || true
        sleep 0.05
    done
    ! is_alive "$1" || kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    for i in "${!processes[@]}"; do
        [[ ${processes[i]} != "$1" ]] || unset "processes[i]"
    done
}

# Ends all that was started, the last one first, and forgets the folder.
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    local status=$?
    trap '' INT TERM
    while ((${#processes[@]})); do
        stop "${processes[-1]}"
    done
    [[ -z $var ]] || rm -rf "$var"
    exit "$status"
}

# The system's tables from MariaDB's own files, then ours.
start_database() {
    local sql
    # Debian 13 renamed the folder and its files.
    sql=/usr/share/mariadb/mariadb
    [[ -r ${sql}_system_tables.sql ]] || sql=/usr/share/mysql/mysql
    [[ -r ${sql}_system_tables.sql ]] ||
        die "${sql}_system_tables.sql of mariadb-server-core is missing"
    fill "$top/bench/my.cnf" "$var/conf/my.cnf" DATA "$var/mysql" \
        SOCKET "$var/run/mysql.sock" PID "$var/run/mysql.pid" \
        LOG "$var/log/mysql.log" TMP "$var/tmp/mysql"
    {
        printf "%s\n" "CREATE DATABASE mysql;" "USE mysql;"
        echo "SET @auth_root_socket = '$user';"
        cat "${sql}_system_tables.sql" "${sql}_performance_tables.sql" \
            "${sql}_system_tables_data.sql"
    } >"$var/tmp/system.sql"
    "$mariadbd" --defaults-file="$var/conf/my.cnf" --user="$user" --bootstrap \
        <"$var/tmp/system.sql" >"$var/log/bootstrap.out" 2>&1 ||
        die "MariaDB cannot make a database"
    {
        echo "CREATE DATABASE bench DEFAULT CHARACTER SET utf8mb4;"
        echo "CREATE USER bench@localhost" \
            "IDENTIFIED BY '$(<"$var/secret/bench")';"
        echo "GRANT SELECT, UPDATE ON bench.* TO bench@localhost;"
        echo "USE bench;"
        cat "$top/bench/sql/schema.sql" "$top/bench/sql/data.sql"
    } >"$var/secret/init.sql"
    start mysql "$mariadbd" --defaults-file="$var/conf/my.cnf" \
        --user="$user" --init-file="$var/secret/init.sql"
    database=$started
    await MariaDB "$database" test -S "$var/run/mysql.sock"
}

start_application() { # further options...
    start foobar "$build/foobar-appserver" --site "$build/bench.so" \
        --listen "unix:$var/run/foobar.sock" --workers "$workers" \
        --db-socket "$var/run/mysql.sock" --db-name bench --db-user bench \
        --db-password-file "$var/secret/bench" "$@"
    foobar=$started
    await "the application server" "$foobar" \
        grep -q "workers are ready" "$var/log/foobar.out"
}

# Starts an nginx: start_web NAME TEMPLATE [NAME VALUE]...; sets started, and
# free_port, which is the PORT of the template; NEXT is the port after it. The
# program is started by what stands in under (valgrind, for example). A port
# that is free now may be taken a moment later: then another is tried.
start_web() {
    local name=$1 template=$2 try directives=()
    shift 2
    ((EUID != 0)) || directives=(-g "user root;")
    mkdir -p "$var/tmp/$name"
    for ((try = 0; try < 20; try++)); do
        free_port=$((20000 + RANDOM % 12000))
        fill "$template" "$var/conf/$name.conf" RUN "$var/run" \
            LOG "$var/log/$name.log" TMP "$var/tmp/$name" \
            PORT "$free_port" NEXT $((free_port + 1)) "$@"
        rm -f "$var/run/$name.pid"
        start "$name" "${under[@]}" "$nginx" -e "$var/log/$name.log" -p "$var" \
            -c "$var/conf/$name.conf" "${directives[@]}"
        while is_alive "$started"; do
            if [[ -s $var/run/$name.pid ]]; then
                return 0
            fi
            sleep 0.05
        done
        stop "$started"
        grep -q "Address already in use" "$var/log/$name.log" || break
        : >"$var/log/$name.log"
    done
    die "$name did not start"
}

start_nginx() {
    start_web nginx "$top/bench/nginx.conf" \
        MODULE "$build/ngx_http_foobar_module.so" \
        STATIC "$var/static" PEERS "$top/bench/peers" \
        ROUTES "$build/share/bench-routes"
    # shellcheck disable=SC2034 # for who sources this
    nginx_master=$started
    # shellcheck disable=SC2034 # the same
    port=$free_port
}

# ------------------------------------------------------- counting instructions

# A virtual machine may hide the processor's counters, and the system may keep
# them for root.
can_count() {
    command -v perf >/dev/null &&
        perf stat -x, -e instructions:u true 2>&1 | grep -q '^[0-9]'
}

# run_counted PID COMMAND...: sets counted, the instructions of a process while
# a command runs, without those of the kernel.
run_counted() {
    local pid=$1
    shift
    perf stat -x, -e instructions:u -p "$pid" -o "$var/perf" -- "$@" ||
        die "failed while instructions were counted: $*"
    counted=$(sed -n 's/^\([0-9]*\),.*instructions.*/\1/p' "$var/perf")
    [[ -n $counted ]] || die "perf has counted nothing"
}
