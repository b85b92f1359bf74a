# What C may not say, told as FILE:LINE: what is wrong; what to do.
#
#     awk -f kit/lint.awk FILE...                    calls that are banned
#     awk -v application=1 -f kit/lint.awk FILE...   and what pages may not do
#     ... -v plain=1 ...                             of pages that are no HTML
#     awk -v outside=1 ...                           what is the engine's alone
#
# Banned are calls that no length limits, that start a shell, or that cannot
# tell an error. A page has no business with the client library of the
# database, with output that nothing escapes, or with SQL outside of the table
# of statements; and a handler that no row names is one that nobody reaches.
#
# Comments are taken out, and strings where they do not matter; lines stay.

BEGIN {
    begins = "(^|[^A-Za-z0-9_>.])"
    banned = begins "(strcpy|strcat|stpcpy|sprintf|vsprintf|gets|strtok|" \
        "system|popen|alloca|atoi|atol|atoll|atof)[ \t]*\\("
}

function instead(name) {
    if (name ~ /^ato/) return "strtol() and look at its end"
    if (name ~ /^str(cpy|cat)|^stpcpy|printf/) return "snprintf()"
    if (name == "gets") return "fgets()"
    if (name == "strtok") return "strcspn()"
    if (name == "alloca") return "an array with a limit, or malloc()"
    return "fork() and execve(), without a shell"
}

function tell(sentence) {
    print FILENAME ":" FNR ": " sentence
}

# Splits a line into code and the beginnings of its strings.
function read_line(line) {
    code = ""
    strings = ""
    while (line != "") {
        if (comment) {
            end = index(line, "*/")
            if (!end) return
            line = substr(line, end + 2)
            comment = 0
        } else if (match(line, /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|\/\*/)) {
            token = substr(line, RSTART, RLENGTH)
            code = code substr(line, 1, RSTART - 1) \
                (substr(token, 1, 1) == "\"" ? "\"\"" : " ")
            comment = token == "/*"
            if (!comment) strings = strings "\n" token
            line = substr(line, RSTART + RLENGTH)
        } else {
            code = code line
            line = ""
        }
    }
}

FNR == 1 { comment = 0 }

{
    read_line($0)
    if (match(code, banned)) {
        name = substr(code, RSTART, RLENGTH)
        gsub(/[^a-z]/, "", name)
        tell(name "() is banned; use " instead(name))
    }
    # No cast to the type, no pointer to it, through which bytes could be
    # written; and nobody says to be the engine.
    if (outside && code ~ /fb_safe_html[ \t]*[)*]|FOOBAR_ENGINE/)
        tell("only the engine makes safe HTML; write text into a hole, " \
            "which escapes it")
    if (application) check_page()
}

function check_page(   name, rest) {
    if (match(code, begins "(mysql|mariadb)_[a-z_]+[ \t]*\\(") ||
        $0 ~ /^#[ \t]*include[ \t]*[<"](mysql|mariadb)/)
        tell("the client library of the database is the engine's; name a " \
            "statement: fb_select(), fb_execute()")
    if (!plain && match(code, begins "fb_out_(literal|html)[ \t]*\\("))
        tell("nothing escapes what is written so; write it in a template")
    if (FILENAME ~ /\.c$/ &&
        strings ~ /\n"[ \t(]*(SELECT [^ ]|INSERT INTO |UPDATE [a-z_`]+ SET |DELETE FROM |REPLACE INTO )/)
        tell("SQL stands in the table of statements (statements.h), and its " \
            "values beside it as \"?\"")
    if (FILENAME ~ /\.c$/ && code ~ /\.sql[ \t]*=[ \t]*[^ \t"]/)
        tell("the SQL of a statement is a literal in statements.h")

    if (match(code, /^enum fb_result [a-z_0-9]+\(struct fb_request \*[a-z_]*\)[ \t]*;?/)) {
        name = substr(code, 16)
        sub(/\(.*/, "", name)
        if (code !~ /;/) place[name] = FILENAME ":" FNR
        return
    }
    rest = code
    while (match(rest, /[A-Za-z_][A-Za-z0-9_]*/)) {
        named[substr(rest, RSTART, RLENGTH)] = 1
        rest = substr(rest, RSTART + RLENGTH)
    }
}

END {
    for (name in place)
        if (!(name in named))
            print place[name] ": no row of the table of pages names the " \
                "handler " name "(); add one, or make it static"
}
