#!/bin/bash
# Rules for migrations that can be seen without a database.
#
#     sql/check.sh [FOLDER]...   sql/engine and sql/migrations unless said
#
# Every breach is said as FILE:LINE: what is wrong; what to do. The exit
# status is 1 when there was one. What the rules are for: every table can be
# replicated and clustered (InnoDB, a primary key, no named locks), users and
# rights stay out of the application's reach, and a migration that has once
# been applied somewhere keeps its number.

set -euo pipefail
shopt -s nullglob # a new application may have none

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folders=("$@")
[ $# -gt 0 ] || folders=("$here/engine" "$here/migrations")
breaches=0

complain() { # FILE:LINE SENTENCE
    printf '%s: %s\n' "$1" "$2"
    breaches=$((breaches + 1))
}

# The names: NNNN_what.sql, numbered from 0001 without a gap.
check_names() { # FOLDER
    local file name number expected=1

    for file in "$1"/*; do
        name=${file##*/}
        if [[ ! $name =~ ^([0-9]{4})_[a-z0-9_]+\.sql$ ]]; then
            complain "$file:1" \
                'a migration is called NNNN_what.sql (a-z 0-9 _); rename it'
            continue
        fi
        number=$((10#${BASH_REMATCH[1]}))
        if [ "$number" -ne "$expected" ]; then
            complain "$file:1" "$(printf 'the next number is %04d; %s' \
                "$expected" 'numbers have no gap and no double')"
        fi
        expected=$((number + 1))
    done
}

# Blanks out comments and texts between quotes, and keeps the line numbers,
# so that the rules look at the SQL alone. Also says whether the file ends
# within a quote or without ';'.
strip() {
    awk '
    {
        out = ""
        for (i = 1; i <= length($0); i++) {
            c = substr($0, i, 1)
            two = substr($0, i, 2)
            if (block) {
                if (two == "*/") { block = 0; i++ }
                continue
            }
            if (quote != "") {
                if (c == quote) quote = ""
                continue
            }
            if (two == "--" || c == "#") break
            if (two == "/*") { block = 1; i++; continue }
            if (c == "\047" || c == "\"") { quote = c; out = out "T"; continue }
            out = out c
        }
        if (out ~ /[^ \t]/) last = out
        print out
    }
    END {
        sub(/[ \t]+$/, "", last)
        if (quote != "" || block) print "@open"
        else if (last !~ /;$/) print "@unended"
    }' "$1"
}

# A rule is a pattern that must not occur, as a whole word, in any case.
rules() {
    cat <<'RULES'
GET_LOCK|RELEASE_LOCK|IS_FREE_LOCK	named locks do not exist in a cluster; lock a row
LOCK[[:space:]]+TABLES?|UNLOCK[[:space:]]+TABLES?	a lock on a table stops the site; lock rows in a transaction
ENGINE[[:space:]]*=[[:space:]]*(MYISAM|ARIA|MEMORY|CSV|ARCHIVE)	this storage is not transactional; use ENGINE=InnoDB
ENUM	adding a value to an ENUM rebuilds its meaning; use a VARCHAR with a CHECK, or a table
TIMESTAMP	TIMESTAMP ends in 2038 and depends on a time zone; use DATETIME(6) in UTC
FLOAT|DOUBLE|REAL	a sum of these is not exact; use whole numbers or DECIMAL
(CREATE|ALTER|DROP|RENAME)[[:space:]]+(USER|ROLE)|SET[[:space:]]+PASSWORD	users and roles are made by the operator and not by a migration
GRANT[[:space:]]+ALL	grant the rights that are needed, one by one
ON[[:space:]]+(DELETE|UPDATE)[[:space:]]+(CASCADE|SET[[:space:]]+NULL)	a cascade runs no triggers, so the audit log misses it; delete in the application
DELIMITER	a migration is plain statements; make the trigger one statement
USE	the database is chosen by who migrates; write no name of a database
RULES
}

check_rules() { # FILE TEXT
    local pattern sentence hit

    while IFS=$'\t' read -r pattern sentence; do
        while IFS= read -r hit; do
            complain "$1:${hit%%:*}" "$sentence"
        done < <(grep -nEi "(^|[^[:alnum:]_])($pattern)([^[:alnum:]_]|\$)" \
            <<<"$2" || true)
    done < <(rules)
}

# Each CREATE TABLE names InnoDB and a primary key before its ';', and a
# GRANT goes to the application's role.
check_statements() { # FILE TEXT
    local line sentence

    while IFS=$'\t' read -r line sentence; do
        complain "$1:$line" "$sentence"
    done < <(awk '
    function judge(sql) {
        if (sql ~ /CREATE[ \t]+TABLE/) {
            if (sql !~ /ENGINE[ \t]*=[ \t]*INNODB/)
                print start "\ta table says ENGINE=InnoDB"
            if (sql !~ /PRIMARY[ \t]+KEY/)
                print start "\ta table has a PRIMARY KEY"
        }
        if (sql ~ /^[ \t]*GRANT/ && sql !~ /TO[ \t]+FOOBAR_APPLICATION/)
            print start "\trights are granted to foobar_application alone"
    }
    /^@/ { next }
    {
        text = toupper($0)
        if (sql == "" && text ~ /[^ \t]/) start = NR
        while ((at = index(text, ";")) > 0) {
            judge(sql " " substr(text, 1, at - 1))
            text = substr(text, at + 1)
            sql = ""
        }
        if (text ~ /[^ \t]/) sql = sql " " text
    }' <<<"$2")
}

check_file() {
    local text lines

    text=$(strip "$1")
    lines=$(awk 'END { print NR ? NR : 1 }' "$1")
    case $text in
    *@open) complain "$1:$lines" 'a text or a comment is not closed' ;;
    *@unended) complain "$1:$lines" "the last statement does not end in ';'" ;;
    esac
    check_rules "$1" "$text"
    check_statements "$1" "$text"
}

for folder in "${folders[@]}"; do
    if [ ! -d "$folder" ]; then
        printf 'sql/check.sh: there is no folder %s\n' "$folder" >&2
        exit 1
    fi
    check_names "$folder"
    for file in "$folder"/*.sql; do
        [ ! -f "$file" ] || check_file "$file"
    done
done
if [ "$breaches" -gt 0 ]; then
    printf 'sql/check.sh: %d breaches of the rules for migrations\n' \
        "$breaches" >&2
    exit 1
fi
