#!/bin/bash
#
# tests/check_sql.sh - the statements of an application against its schema.
#
#   tests/check_sql.sh [SITE.so SOURCE...]    build/release/site.so unless said
#
# Starts a database of its own, applies the migrations and the demo data, and
# lets foobar-appserver prepare, explain and run each statement of the table
# (--check-statements). Prints SOURCE:LINE: and what is wrong, where SOURCE is
# the file that has the statement; exits 1 when anything is.

set -euo pipefail
export LC_ALL=C

top=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
build=${BUILD:-$top/build/release}
site=${1:-$build/site.so}
sources=("$top/site/statements.h")
[ $# -lt 2 ] || sources=("${@:2}")

own=$(mktemp -d)
TMPDIR=$own
# shellcheck source=tests/functional/database.sh
. "$top/tests/functional/database.sh"
trap 'stop_database; rm -rf "$own"' EXIT

start_database
sql 'CREATE ROLE foobar_application'
"$build/foobar-migrate" "${DB_OPTIONS[@]}" --dir "$top/sql/migrations" \
    --demo "$build/demo.sql" >"$own/migrate.log" 2>&1 ||
    { cat "$own/migrate.log" && exit 1; }
sql 'ANALYZE TABLE posts, comments, members, products, categories' >/dev/null

place_of() { # the statement's name: SOURCE:LINE
    grep -HnF "\"$1\"" "${sources[@]}" | grep -oE '^[^:]+:[0-9]+' | head -n 1
}

status=0
"$build/foobar-appserver" --site "$site" --check-statements "${DB_OPTIONS[@]}" \
    >"$own/said" 2>"$own/problem" || status=1
while IFS= read -r line; do
    name=${line#statement }
    name=${name%%:*}
    place=$(place_of "$name") || place=
    printf '%s%s\n' "${place:+${place#"$top/"}: }" "$line"
done <"$own/said"
cat "$own/problem"
[ "$status" -ne 0 ] || echo "statements: all of $(basename "$site") are right"
exit "$status"
