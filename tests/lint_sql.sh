#!/bin/bash
#
# tests/lint_sql.sh - SQL stands in the table of statements, and nowhere else.
#
#   tests/lint_sql.sh [FILE]...    the sources of site/ and bench/app/
#
# A statement that a handler puts together may carry a visitor's words into the
# database as SQL. The table is made of literals, which the compiler insists
# on, and a handler names its rows; so a literal that begins like SQL has no
# business in a handler. The database's own client has none either. Prints
# FILE:LINE: and what is wrong; exits 1 when anything is.

set -euo pipefail
export LC_ALL=C

if [ $# -gt 0 ]; then
    files=("$@")
else
    cd "${BASH_SOURCE[0]%/*}/.."
    files=(site/*.c bench/app/*.c)
fi

words='SELECT|INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|CALL|SET|WITH'
sql="\"[[:space:]]*($words)[[:space:]]"
found=$(grep -nHE "$sql" "${files[@]}" |
    sed -E 's/^([^:]*:[0-9]+):.*/\1: SQL stands in the table of statements; add a row there and name it here/') || true
found+=$(grep -nHE '(^|[^A-Za-z0-9_])mysql_[a-z_]+[[:space:]]*\(' "${files[@]}" |
    sed -E 's/^([^:]*:[0-9]+):.*/\1: the database is asked by fb_find(), fb_list() and fb_execute() alone/') || true
[ -z "$found" ] || {
    printf '%s\n' "$found"
    exit 1
}
