#!/bin/bash
#
# tests/manual.sh - the manual pages of the API against its headers.
#
#   tests/manual.sh [PAGES HEADERS...]    folders; ours unless given
#
# docs/man/foobar_NAME.3 is the page of <foobar/NAME.h>. Looked at is, both
# ways, whether they speak of the same:
#
#   each function and macro of the header stands in NAME and in SYNOPSIS, but
#       for those of which BEHIND THE MACROS says that nobody uses them
#   each type, constant and macro is a word of the text, each member of a
#       struct is explained there as "Va member"
#   no name is gone from the headers, no page is without its header
#   SYNOPSIS declares what the header declares: both are given to the compiler
#       together, and structs are compared as they are written
#   each program in EXAMPLES (what begins with an #include) compiles with the
#       flags of a site
#   each page that is referred to exists, and mandoc finds nothing wrong
#
# Prints FILE: and what is wrong; exits 1 if anything is.

set -euo pipefail
export LC_ALL=C

cd "${BASH_SOURCE[0]%/*}/.."
pages=${1:-docs/man}
shift $(($# > 0))
(($#)) || set -- appserver/*/foobar
headers=()
for folder; do
    headers+=("$folder"/*.h)
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

wrong=0
checked=0

complain() { # file, what
    printf '%s: %s\n' "$1" "$2"
    wrong=$((wrong + 1))
}

# Each line of the first list that the second lacks, in a sentence.
complain_of_lack() { # file, list, other list, words before and behind it
    local line
    checked=$((checked + $(wc -l <"$2")))
    while read -r line; do
        complain "$1" "$4$line$5"
    done < <(comm -23 "$2" "$3")
}

# ------------------------------------------------------------- the headers

# Without comments, each directive in one line. Macros stay what they are.
strip() { # header
    gcc -fpreprocessed -dD -E -P -w -x c "$1" |
        sed -e ':joined' -e '/\\$/{N;s/\\\n *//;b joined' -e '}'
}

words_in() { # file
    grep -oE '[A-Za-z_][A-Za-z0-9_]*' "$1" | sort -u || true
}

# A "_" at the end is a part that ## puts together.
names_in() { # file
    words_in "$1" | grep -E '^(fb|FB)_.*[^_]$' || true
}

# What is called or expanded with arguments, and types of functions.
callables() { # stripped header
    sed -nE 's/^#define ((fb|FB)_[A-Za-z0-9_]+)\(.*/\1/p' "$1"
    sed '/^#/d' "$1" | awk '
        { text = text " " $0 }
        END {
            # Bodies in braces are no declarations.
            while (match(text, /\{[^{}]*\}/))
                text = substr(text, 1, RSTART - 1) ";" \
                    substr(text, RSTART + RLENGTH)
            count = split(text, parts, ";")
            for (i = 1; i <= count; i++)
                if (match(parts[i], /(^|[ *])fb_[a-z0-9_]+\(/)) {
                    name = substr(parts[i], RSTART, RLENGTH - 1)
                    sub(/^[ *]/, "", name)
                    print name
                }
        }'
}

members() { # stripped header
    sed '/^#/d' "$1" | awk '
        !depth && /^struct .*\{$/ { on = 1 }
        on && depth && /;$/ {
            line = $0
            sub(/ FB_[A-Z_]+;$/, ";", line)
            if (match(line, /\(\*[a-z_0-9]+\)/))
                print substr(line, RSTART + 2, RLENGTH - 3)
            else if (match(line, /[a-z_0-9]+(\[[^]]*\])?;$/)) {
                name = substr(line, RSTART, RLENGTH - 1)
                sub(/\[.*/, "", name)
                print name
            }
        }
        { depth += gsub(/\{/, "{") - gsub(/\}/, "}") }
        !depth { on = 0 }' | sort -u
}

# --------------------------------------------------------------- the pages

section() { # page, name of the section
    awk -v name="$2" '/^\.Sh / { on = substr($0, 5) == name; next } on' "$1"
}

# What explains: neither the lists of names nor the programs.
text_of() { # page
    awk '/^\.Sh / { on = $0 !~ /^\.Sh (NAME|SYNOPSIS|EXAMPLES)$/; next }
        on && !/^\.\\"/' "$1"
}

unescape() {
    sed -e 's/\\e/\\/g' -e 's/\\&//g'
}

# The blocks of a section's text, each into FOLDER/N.c.
cut_blocks() { # folder
    unescape | awk -v folder="$1" '
        /^\.Ed/ { on = 0; close(file) }
        on { print >file }
        /^\.Bd -literal/ { on = 1; file = folder "/" ++count ".c" }'
}

# SYNOPSIS in C: what is declared here and there must be of one type.
synopsis_to_c() { # header's name
    printf '#include <foobar/%s.h>\n' "$1"
    awk '
        /^\.Ft / { type = substr($0, 5); next }
        /^\.Fn / {
            name = $2
            arguments = $0
            sub(/^\.Fn [^ ]+ ?/, "", arguments)
            gsub(/" "/, ", ", arguments)
            gsub(/"/, "", arguments)
            if (type == "")
                printf "#ifndef %s\n#error %s is no macro\n#endif\n", name, name
            else
                printf "%s %s(%s);\n", type, name, arguments
            type = ""
        }'
}

# -------------------------------------------------------------- the checks

# shellcheck disable=SC2016 # make expands them
flags=$(make -s --no-print-directory --eval \
    'flags:;@echo $(CPPFLAGS) $(CFLAGS) $(SO_CFLAGS) $(SITE_INC)' flags)
if [[ $flags != *-Wall* || $flags != *-Werror* ]]; then
    echo "manual: these are no flags of the Makefile: $flags"
    exit 1
fi

compile() { # source
    # shellcheck disable=SC2086 # the flags are words
    (cd "$work" && gcc $given $absolute -MF /dev/null -c -o /dev/null "$1") \
        >"$work/said" 2>&1
}

# The folders of the headers stand first, so that others may be looked at.
given=
for folder; do
    given+=" -I $(realpath "$folder/..")"
done
absolute=$(sed -E "s|-I |&$PWD/|g" <<<"$flags")

check_lists() { # page, stripped header
    section "$1" 'BEHIND THE MACROS' >"$work/part"
    words_in "$work/part" >"$work/behind"
    callables "$2" | sort -u | comm -23 - "$work/behind" >"$work/callable"
    section "$1" NAME | sed -nE 's/^\.Nm ([^ ]+).*/\1/p' |
        sort -u >"$work/listed"
    section "$1" SYNOPSIS | sed -nE 's/^\.Fn ([^ ]+).*/\1/p' |
        sort -u >"$work/shown"
    complain_of_lack "$1" "$work/callable" "$work/listed" \
        '' ' is missing in NAME'
    complain_of_lack "$1" "$work/callable" "$work/shown" \
        '' ' is missing in SYNOPSIS'
}

# What all headers use, app.h, is explained by its own page alone.
check_text() { # page, stripped header, its name
    text_of "$1" >"$work/text"
    words_in "$work/text" >"$work/words"
    names_in "$2" >"$work/names"
    if [[ $3 != app ]]; then
        comm -23 "$work/names" "$work/app" >"$work/own"
        mv "$work/own" "$work/names"
    fi
    complain_of_lack "$1" "$work/names" "$work/words" \
        '' ' of the header is not explained'
    grep -E '^\.(It )?Va ' "$work/text" >"$work/part" || true
    words_in "$work/part" >"$work/words"
    members "$2" >"$work/members"
    complain_of_lack "$1" "$work/members" "$work/words" \
        'the member ' ' is not explained'
}

# Templates call NAME_html() without its ending.
check_gone() { # page
    grep -v '^\.\\"' "$1" >"$work/part"
    names_in "$work/part" >"$work/names"
    sed -n 's/_html$//p' "$work/all" | sort -u - "$work/all" >"$work/known"
    complain_of_lack "$1" "$work/names" "$work/known" \
        '' ' is in none of the headers'
}

check_synopsis() { # page, stripped header, its name
    local block text
    section "$1" SYNOPSIS | synopsis_to_c "$3" >"$work/synopsis.c"
    compile "$work/synopsis.c" ||
        complain "$1" "SYNOPSIS and header differ: $(<"$work/said")"
    grep -qxF ".In foobar/$3.h" "$1" ||
        complain "$1" "SYNOPSIS includes another header"
    tr -d '[:space:]' <"$2" >"$work/squeezed"
    rm -rf "$work/blocks"
    mkdir "$work/blocks"
    section "$1" SYNOPSIS | cut_blocks "$work/blocks"
    for block in "$work"/blocks/*.c; do
        [[ -e $block ]] || continue
        # Between two declarations the header may have other ones.
        awk '{ text = text $0 "\n" } /^#|^\}.*;$|^[^ ].*;$/ {
                gsub(/[ \t\n]/, "", text); print text; text = "" }
            END { if (text != "") print text }' "$block" >"$work/declared"
        while read -r text; do
            checked=$((checked + 1))
            [[ $(<"$work/squeezed") == *"$text"* ]] ||
                complain "$1" "the header has no such declaration: $text"
        done <"$work/declared"
    done
}

check_examples() { # page
    local block compiled=0
    rm -rf "$work/blocks"
    mkdir "$work/blocks"
    section "$1" EXAMPLES | cut_blocks "$work/blocks"
    for block in "$work"/blocks/*.c; do
        if [[ ! -e $block || $(head -n 1 "$block") != '#include '* ]]; then
            continue
        fi
        compiled=$((compiled + 1))
        checked=$((checked + 1))
        compile "$block" ||
            complain "$1" "an example does not compile: $(<"$work/said")"
    done
    ((compiled > 0)) || complain "$1" "no program stands in EXAMPLES"
}

check_references() { # page
    local name number
    while read -r name number; do
        checked=$((checked + 1))
        [[ $name != foobar* || -e $pages/$name.$number ||
            -e docs/man/$name.$number ]] ||
            complain "$1" "there is no page $name($number)"
    done < <(sed -nE 's/^\.(It )?Xr ([^ ]+) ([0-9]).*/\2 \3/p' "$1")
}

check_form() { # page
    local report part
    for part in NAME SYNOPSIS DESCRIPTION 'RETURN VALUES' EXAMPLES ERRORS \
        'SEE ALSO'; do
        grep -qxF ".Sh $part" "$1" || complain "$1" "it has no section $part"
    done
    command -v mandoc >/dev/null || return 0
    report=$(mandoc -T lint -W warning "$1" 2>&1) || true
    [[ -z $report ]] || complain "$1" "mandoc: $report"
}

check_page() { # header
    local name=${1##*/} page
    name=${name%.h}
    page=$pages/foobar_$name.3
    if [[ ! -e $page ]]; then
        complain "$1" "it has no manual page $page"
        return 0
    fi
    strip "$1" >"$work/header"
    check_lists "$page" "$work/header"
    check_text "$page" "$work/header" "$name"
    check_gone "$page"
    check_synopsis "$page" "$work/header" "$name"
    check_examples "$page"
    check_references "$page"
    check_form "$page"
}

for header in "${headers[@]}"; do
    strip "$header" >"$work/header"
    [[ ${header##*/} != app.h ]] || names_in "$work/header" >"$work/app"
    names_in "$work/header"
done | sort -u >"$work/all"
for header in "${headers[@]}"; do
    check_page "$header"
done
for page in "$pages"/foobar_*.3; do
    name=${page##*/foobar_}
    [[ " ${headers[*]} " == *"/${name%.3}.h "* ]] ||
        complain "$page" "there is no header ${name%.3}.h"
done

if ((wrong)); then
    printf 'manual: %d of %d are wrong\n' "$wrong" "$checked"
    exit 1
fi
if ((checked == 0)); then
    echo 'manual: nothing was looked at'
    exit 1
fi
printf 'manual: %d names, declarations and programs, all as in the headers\n' \
    "$checked"
