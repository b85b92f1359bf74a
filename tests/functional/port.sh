# shellcheck shell=bash
# For tests that listen on TCP. Who sources this has a function fail().

# A port that nobody listens on, below those that clients get by themselves.
free_port() {
    local candidate
    for _ in {1..50}; do
        candidate=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! (exec 8<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "there is no free port"
}
