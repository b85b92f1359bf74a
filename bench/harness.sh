# shellcheck shell=bash disable=SC2154
# What the programs of bench/ share: one nginx, one MariaDB, the application
# server and PHP-FPM, in a temporary folder, on Unix sockets and one free port
# of the loopback; all as the user who calls, and ended by their process ids.
#
# Who sources this has set top, and sets build and workers.

export LC_ALL=C

deps=$top/build/deps

var=
processes=() # in the order in which they were started

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

find_programs() {
    local program
    nginx=$deps/usr/sbin/nginx
    mariadbd=/usr/sbin/mariadbd
    for program in "$nginx" "$mariadbd" "$build/foobar-appserver" \
        "$build/bench-report" "$build/bench-paced"; do
        [[ -x $program ]] ||
            die "$program is missing; type: make bench"
    done
    for program in wrk curl; do
        command -v "$program" >/dev/null ||
            die "the program $program is missing; type: ops/deps bench"
    done
    if grep -q __asan_init "$build/foobar-appserver"; then
        die "$build was built with sanitizers: its speed says nothing"
    fi
}

find_php() {
    php=$(echo "$deps"/usr/sbin/php-fpm*)
    php_extensions=$(echo "$deps"/usr/lib/php/20*)
    [[ -x $php ]] || die "$php is missing; type: make bench"
}

# ------------------------------------------------------- starting and ending

# The folder in which everything lives, until this script ends.
make_folders() {
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    var=$(mktemp -d /tmp/foobar-bench.XXXXXX)
    mkdir "$var"/{run,log,tmp,conf,mysql,static,secret}
    mkdir "$var"/tmp/{nginx,mysql}
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

# Ends all that was started, the last one first, and forgets the folder.
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    local status=$? i turn pid
    trap '' INT TERM
    for ((i = ${#processes[@]} - 1; i >= 0; i--)); do
        pid=${processes[i]}
        kill -TERM "$pid" 2>/dev/null || continue
        for ((turn = 0; turn < 200; turn++)); do
            is_alive "$pid" || break
            sleep 0.05
        done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
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
        echo "GRANT SELECT ON bench.* TO bench@localhost;"
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

# -R: allows PHP-FPM to run as root when that is who calls.
start_php() {
    fill "$top/bench/peers/php.ini" "$var/secret/php.ini" \
        EXTENSIONS "$php_extensions" PHP "$top/bench/peers/php" \
        LOG "$var/log/php.log" SOCKET "$var/run/mysql.sock" \
        PASSWORD "$(<"$var/secret/bench")"
    fill "$top/bench/peers/php-fpm.conf" "$var/conf/php-fpm.conf" \
        LOG "$var/log/php-fpm.log" LISTEN "$var/run/php.sock" \
        WORKERS "$workers" USER "$user" GROUP "$(id -gn)"
    start php env PHP_INI_SCAN_DIR= "$php" -R -c "$var/secret/php.ini" \
        -y "$var/conf/php-fpm.conf" -F
    php_fpm=$started
    await PHP-FPM "$php_fpm" test -S "$var/run/php.sock"
}

# A port that is free now may be taken a moment later: then another is tried.
start_nginx() {
    local try directives=()
    ((EUID != 0)) || directives=(-g "user root;")
    for ((try = 0; try < 20; try++)); do
        port=$((20000 + RANDOM % 20000))
        fill "$top/bench/nginx.conf" "$var/conf/nginx.conf" \
            RUN "$var/run" LOG "$var/log/nginx.log" TMP "$var/tmp/nginx" \
            MODULE "$build/ngx_http_foobar_module.so" ETC "$deps/etc/nginx" \
            PORT "$port" STATIC "$var/static" PEERS "$top/bench/peers" \
            ROUTES "$build/share/bench-routes"
        start nginx "$nginx" -e "$var/log/nginx.log" -p "$var" \
            -c "$var/conf/nginx.conf" "${directives[@]}"
        nginx_master=$started
        while is_alive "$nginx_master"; do
            if [[ -s $var/run/nginx.pid ]]; then
                return 0
            fi
            sleep 0.05
        done
        grep -q "Address already in use" "$var/log/nginx.log" || break
        : >"$var/log/nginx.log"
    done
    die "nginx did not start"
}

