# shellcheck shell=bash disable=SC2034,SC2154
# The peers of bench/run, each in its best usual form: found, started as the
# application server is, and ended with it. Who sources this has sourced
# bench/harness.sh before.
#
# A peer that is not there is left out, and missing[PARTY] says why: nothing
# takes its place.

peers=(php node go lua)
declare -A missing=() # by the name of the party in bench/report/lanes.c
declare -A master=()  # process ids, of us and of the peers that run
declare -A version=()

find_peers() {
    local peer
    for peer in "${peers[@]}"; do
        "find_$peer"
    done
}

start_peers() {
    local peer
    for peer in "${peers[@]}"; do
        [[ -n ${missing[$peer]:-} ]] || "start_$peer"
    done
}

# ------------------------------------------------------------------ PHP-FPM

find_php() {
    php=$(echo "$deps"/usr/sbin/php-fpm*)
    php_extensions=$(echo "$deps"/usr/lib/php/20*)
    if [[ ! -x $php ]]; then
        missing[php]="PHP-FPM is not unpacked under build/deps"
        return
    fi
    version[php]="$(first_line "$php" -n -v | sed 's/ (built.*//'), opcache \
and JIT, persistent connections, $workers workers"
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
    master[php]=$started
    await PHP-FPM "$started" test -S "$var/run/php.sock"
}

# --------------------------------------------------------------------- Node

find_node() {
    local modules=$deps/usr/share/nodejs
    if ! node=$(command -v nodejs || command -v node); then
        missing[node]="the program nodejs is not installed"
    elif [[ ! -d $modules/mysql ]]; then
        missing[node]="node-mysql is not unpacked under build/deps"
    else
        version[node]="$("$node" --version), its own http server and \
node-mysql $(sed -n 's/^ *"version": "\([0-9][^"]*\)".*/\1/p' \
            "$modules/mysql/package.json") (Debian has neither fastify nor \
mysql2), $processors processes, $peer_connections connections"
    fi
}

start_node() {
    start node env "NODE_PATH=$deps/usr/share/nodejs" NODE_ENV=production \
        "$node" "$top/bench/peers/node/server.js" "$var/run/node.sock" \
        "$var/run/mysql.sock" "$var/secret/bench" "$processors" \
        "$peer_connections"
    master[node]=$started
    await Node "$started" curl --fail --unix-socket "$var/run/node.sock" \
        http://node/db
}

# ----------------------------------------------------------------------- Go

# Built here, with the compiler and the driver that are under build/deps and
# with nothing from the network.
find_go() {
    local go driver=$deps/usr/share/gocode/src/github.com/go-sql-driver/mysql
    go=$(echo "$deps"/usr/lib/go-*/bin/go)
    if [[ ! -x $go ]]; then
        missing[go]="Go's compiler is not unpacked under build/deps"
        return
    elif [[ ! -d $driver ]]; then
        missing[go]="Go's driver for MySQL is not unpacked under build/deps"
        return
    fi
    say "compiling bench/peers/go"
    env "GOROOT=${go%/bin/go}" "GOPATH=$deps/usr/share/gocode" \
        "GOCACHE=$build/go" GO111MODULE=off GOPROXY=off GOTOOLCHAIN=local \
        GOFLAGS= CGO_ENABLED=0 "$go" build -p 2 -o "$build/bench-go" \
        "$top/bench/peers/go/main.go" || die "bench/peers/go cannot be compiled"
    version[go]="$("$go" version | sed 's/^go version //'), net/http, \
database/sql and go-sql-driver, html/template, $processors processors, \
$peer_connections connections"
}

start_go() {
    start go "$build/bench-go" "$var/run/go.sock" "$var/run/mysql.sock" \
        "$var/secret/bench" "$peer_connections"
    master[go]=$started
    await Go "$started" test -S "$var/run/go.sock"
}

# ------------------------------------------------------------ nginx and Lua

# Debian has no client for MySQL that works in nginx without blocking it, so
# this peer has no page that asks the database.
find_lua() {
    lua_binaries=$(echo "$deps"/usr/lib/*/lua/5.1)
    if [[ ! -e $deps/usr/lib/nginx/modules/ngx_http_lua_module.so ]]; then
        missing[lua]="nginx's module for Lua is not unpacked under build/deps"
    elif [[ ! -e $lua_binaries/cjson.so ]]; then
        missing[lua]="lua-cjson is not unpacked under build/deps"
    else
        version[lua]="$(version_of_deb libnginx-mod-http-lua) in an nginx of \
its own, not behind ours; no lanes that ask the database, because Debian has \
no lua-resty-mysql"
    fi
}

start_lua() {
    local LD_LIBRARY_PATH=${lua_binaries%/lua/5.1}
    export LD_LIBRARY_PATH
    start_web lua "$top/bench/peers/lua/nginx.conf" \
        MODULES "$deps/usr/lib/nginx/modules" \
        LIBRARY "$deps/usr/share/lua/5.1" BINARIES "$lua_binaries"
    master[lua]=$started
    lua_port=$free_port
}
