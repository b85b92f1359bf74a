#!/bin/bash
#
# What the documentation names is there.
#
# Text drifts away from code in silence. So each name that a *.md file or a
# manual page puts between backticks, into a code block or into a link is
# looked up:
#
#   a path                          a file or folder of the repository or of a
#                                   new application, unless "(new)" follows it
#                                   there or before: then the reader makes it
#   a link, and its #anchor         a file, and a heading in it
#   make TARGET, NAME=value         a target and a setting of the Makefile
#   foobar-appserver --option ...   an option of that program
#   name(), fb_*, foobar_*, ...     a word in the sources
#
# And the other way round: each option of a program has its entry in the
# program's manual page. Prints FILE:LINE: and what is wrong; exits 1 if
# anything is. Options are read from the sources, so nothing need be built.

set -euo pipefail
export LC_ALL=C

cd "${BASH_SOURCE[0]%/*}/.."

checked=0
wrong=0

complain() { # where, what
    printf '%s: %s\n' "$1" "$2"
    wrong=$((wrong + 1))
}

# ------------------------------------------------------------ what is there

declare -A words targets settings names options

# Everything but what was built or is being run.
list_files() {
    find . \( -path ./.git -o -path ./build -o -path './var*' \) -prune -o \
        "$@" -print
}

read_sources() {
    local word path
    while read -r word; do
        words[$word]=1
    done < <(list_files -type f \( -name '*.[ch]' -o -name '*.html' -o \
        -name '*.sql' -o -name '*.example' \) -exec \
        grep -ohE '[A-Za-z_][A-Za-z0-9_]+' {} + | sort -u)
    # A bare name is a file of the repository, or one that a build writes.
    while read -r path; do
        names[${path##*/}]=1
    done < <(
        list_files -type f
        grep -ohE '[$](\(B\)|out)/[A-Za-z0-9_.-]+' Makefile bench/run
    )
    while read -r word; do
        targets[$word]=1
    done < <(sed -nE 's/^([a-z][a-z -]*):([^=].*)?$/\1/p' Makefile | tr ' ' '\n')
    while read -r word; do
        settings[$word]=1
    done < <(sed -nE 's/^([A-Z][A-Z_]*) *\?=.*/\1/p' Makefile)
}

# The options that stand in these sources as "--option".
literal_options() {
    { grep -ohE '"--[a-z][a-z-]*"' "$@" || true; } | tr -d '"' | sort -u
}

# The rows of the table of settings, which are options too: "--key default".
setting_rows() {
    tr -d '\\\n ' <appserver/engine/settings.h |
        grep -oE 'SETTING_(TEXT|INT)\([a-z_]+,"[a-z-]+",("[^"]*"|[0-9]+)' |
        sed -E 's/.*,"(.*)","?([^"]*)"?$/--\1 \2/'
}

setting_options() {
    setting_rows | cut -d ' ' -f 1
}

read_options() {
    options[foobar-appserver]=$(
        setting_options
        literal_options appserver/engine/main.c
    )
    options[foobar-migrate]=$(
        setting_options
        literal_options appserver/tools/migrate.c
    )
    options[foobar-template]=$(literal_options appserver/tools/template*.c)
    options[foobarctl]=$(literal_options ops/foobarctl/foobarctl.c)
}

# --------------------------------------------------------------- the checks

has_option() { # program, option
    local option
    for option in ${options[$1]}; do
        [[ $option == "$2" ]] && return 0
    done
    return 1
}

check_path() { # where, path
    local folder=${1%%:*}
    folder=${folder%/*}
    [[ -e $2 || -e $folder/$2 || -e kit/empty/$2 || -e kit/skeleton/$2 || -n ${names[$2]:-} ]] && return 0
    [[ $2 == *\** ]] && compgen -G "$2" >/dev/null && return 0
    complain "$1" "there is no file \"$2\""
}

check_make() { # where, words behind "make"
    local word name
    set -f
    for word in $2; do
        name=${word%%=*}
        if [[ $word =~ ^[A-Z][A-Z_]*=.* ]]; then
            [[ -n ${settings[$name]:-} || $name == B ]] ||
                complain "$1" "the Makefile has no setting $name"
        elif [[ $word =~ ^[a-z][a-z-]*$ ]]; then
            [[ -n ${targets[$word]:-} ]] ||
                complain "$1" "the Makefile has no target \"$word\""
        elif [[ $word != -* && $word != */* ]]; then
            break
        fi
    done
    set +f
}

check_options() { # where, command line
    local program word
    for program in "${!options[@]}"; do
        [[ $2 =~ (^|[ /])$program( |$) ]] || continue
        for word in ${2#*"$program"}; do
            [[ $word == -- ]] && break
            [[ $word =~ ^\[?(--[a-z][a-z-]*) ]] || continue
            has_option "$program" "${BASH_REMATCH[1]}" ||
                complain "$1" "$program has no option ${BASH_REMATCH[1]}"
        done
    done
}

# A line of a code block, or what stood between two backticks.
check_command() { # where, text
    local text=${2#\$ } part
    text=${text#\# }
    while IFS= read -r part; do
        part=${part#"${part%%[![:space:]]*}"}
        part=${part#time }
        part=${part#sudo }
        if [[ $part == make\ * ]]; then
            check_make "$1" "${part#make }"
        fi
    done <<<"${text//&&/$'\n'}"
    check_options "$1" "$text"
}

readonly suffixes='\.(c|h|md|sh|html|sql|vtc|test|txt|css|example|svg|3|8|def)'
readonly ours='(fb|FB|foobar|FOOBAR|ngx_http_foobar|SQL)_[A-Za-z0-9_]*[A-Za-z0-9]'

check_code() { # where, text between backticks
    local text=$2 word
    checked=$((checked + 1))
    check_command "$1" "$text"
    case $text in
    about.c | templates/about.html) return 0 ;; # the page that recipes add
    index.html | style.*.css) return 0 ;; # files of a reader
    *NNNN* | *NAME* | \** | *...* | build/* | B/* | var/* | /* | *://*) return 0 ;;
    esac
    if [[ $text =~ ^\$?($ours)$ ]]; then
        # Samples of a metric end in a word that says their type.
        word=${BASH_REMATCH[1]}
        [[ -n ${words[$word]:-} || $word == foobar_param_* ||
            -n ${words[${word%_total}]:-} || -n ${words[${word%_info}]:-} ]] ||
            complain "$1" "no source has the word \"$word\""
    elif [[ $text =~ ^([A-Za-z_][A-Za-z0-9_]*)\(\)$ ]]; then
        [[ -n ${words[${BASH_REMATCH[1]}]:-} ]] ||
            complain "$1" "no source has a function ${BASH_REMATCH[1]}()"
    elif [[ $text =~ ^[A-Za-z0-9_.*-]+/[A-Za-z0-9_./*-]*$ ||
        $text =~ ^[A-Za-z0-9_.*-]+$suffixes$ ]]; then
        check_path "$1" "$text"
    fi
}

# Headings become anchors as on the usual hosts: lower case, "-" for spaces.
anchors_of() {
    sed -nE 's/^#+ +//p' "$1" | tr '[:upper:]' '[:lower:]' |
        sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

check_link() { # where, target
    local file=./${1%%:*} target=${2%%#*} anchor=
    [[ $2 == *#* ]] && anchor=${2#*#}
    checked=$((checked + 1))
    [[ $2 =~ ^[a-z]+: ]] && return 0
    if [[ -n $target ]]; then
        target=${file%/*}/$target
        if [[ ! -e $target ]]; then
            complain "$1" "the link leads to \"$2\", which is not there"
            return 0
        fi
    else
        target=$file
    fi
    [[ -z $anchor ]] || anchors_of "$target" | grep -qxF -- "$anchor" ||
        complain "$1" "${target#./} has no heading for \"#$anchor\""
}

# Cuts a Markdown file into "FILE:LINE <tab> kind <tab> text".
cut_markdown() {
    awk '
        function say(kind, text) {
            printf "%s:%d\t%s\t%s\n", FILENAME, FNR, kind, text
        }
        /^ *```/ { fenced = !fenced; next }
        fenced { say("line", $0); next }
        {
            rest = $0
            while (match(rest, /`[^`]+`/)) {
                text = substr(rest, RSTART + 1, RLENGTH - 2)
                behind = substr(rest, RSTART + RLENGTH)
                if (behind ~ /^ \(new\)/)
                    made[text] = 1
                else if (!(text in made))
                    say("code", text)
                rest = substr(rest, 1, RSTART - 1) \
                    substr(rest, RSTART + RLENGTH)
            }
            while (match(rest, /\]\([^)]+\)/)) {
                say("link", substr(rest, RSTART + 2, RLENGTH - 3))
                rest = substr(rest, RSTART + RLENGTH)
            }
        }
        END { if (fenced) say("open", "") }' "$1"
}

check_markdown() {
    local where kind text
    while IFS=$'\t' read -r where kind text; do
        case $kind in
        line) check_command "$where" "$text" ;;
        code) check_code "$where" "$text" ;;
        link) check_link "$where" "$text" ;;
        open) complain "$where" "a code block is not closed" ;;
        esac
    done < <(cut_markdown "$1")
}

# "Fl -option" in a manual page is --option.
check_manual() {
    local program=${1##*/} line option found
    program=${program%.8}
    # The module has no options; functional/module_docs.test looks at it.
    [[ $program != ngx_http_foobar_module ]] || return 0
    if [[ -z ${options[$program]+known} ]]; then
        complain "$1:1" "there is no program $program"
        return 0
    fi
    found=$(grep -noE 'Fl -[a-z][a-z-]*' "$1" | sed 's/Fl -/--/')
    while IFS=: read -r line option; do
        checked=$((checked + 1))
        has_option "$program" "$option" ||
            complain "$1:$line" "$program has no option $option"
    done <<<"$found"
    for option in ${options[$program]}; do
        grep -qE "^\.It .*Fl ${option#-}( |\$)" "$1" ||
            has_common_option "$program" "$option" ||
            complain "$1:1" "the option $option of $program has no entry"
    done
}

# The entry of a setting says its default.
check_defaults() {
    local option default entry
    while read -r option default; do
        [[ -n $default ]] || continue
        checked=$((checked + 1))
        entry=$(awk -v start=".It Fl ${option#-} " '
            /^\.(It|El)/ { on = 0 }
            index($0, start) == 1 { on = 1 }
            on { printf "%s ", $0 }' "$1")
        [[ $entry =~ default\ is\ (\.Ql\ )?${default}[^0-9a-z_] ]] ||
            complain "$1:1" "the entry of $option does not say its default $default"
    done < <(setting_rows)
}

# foobar-migrate takes the settings of the application server and refers to
# their manual page.
has_common_option() {
    [[ $1 == foobar-migrate ]] && setting_options | grep -qxF -- "$2"
}

check_manual_form() {
    local report
    command -v mandoc >/dev/null || return 0
    report=$(mandoc -T lint -W warning "$1" 2>&1) || true
    [[ -z $report ]] || complain "$1:1" "mandoc: $report"
}

# ---------------------------------------------------------------------- go

read_sources
read_options
while read -r file; do
    check_markdown "${file#./}"
done < <(list_files -name '*.md' | sort)
for file in docs/man/*.8; do
    check_manual "$file"
    check_manual_form "$file"
done
check_defaults docs/man/foobar-appserver.8

if ((wrong)); then
    printf 'docs: %d of %d names are wrong\n' "$wrong" "$checked"
    exit 1
fi
printf 'docs: %d names looked up, all are there\n' "$checked"
