# Prints a page of docs/ as a manual page (mdoc):
#
#     awk -f docs/manual.awk docs/nginx-module.md \
#         >docs/man/ngx_http_foobar_module.8
#
# so that the web reader and the terminal's have one text. The page's second
# line, "manual: TITLE SECTION, DATE: what it is" in a comment, says what is
# written at its top. Of Markdown this knows what that page uses: headings of
# two depths, paragraphs, lists of one depth, tables, blocks of code, `code` and
# links. tests/docs.sh fails when the manual page is not what this prints.

# Text for roff: what means something to it is escaped.
function plain(text) {
    gsub(/\\/, "\\e", text)
    gsub(/'/, "\\(aq", text)
    gsub(/"/, "\\(dq", text)
    return text
}

# Code is bold, and keeps its hyphens.
function marked(text,    parts, count, i, result) {
    while (match(text, /\[[^]]+\]\([^)]+\)/)) {
        result = substr(text, RSTART, RLENGTH)
        sub(/^\[/, "", result)
        sub(/\]\(.*/, "", result)
        text = substr(text, 1, RSTART - 1) result \
            substr(text, RSTART + RLENGTH)
    }
    count = split(text, parts, "`")
    result = ""
    for (i = 1; i <= count; i++) {
        parts[i] = plain(parts[i])
        if (i % 2 == 0) {
            gsub(/-/, "\\-", parts[i])
            parts[i] = "\\fB" parts[i] "\\fR"
        }
        result = result parts[i]
    }
    return result
}

# A line that begins with a dot or a quote would be a command.
function write(text) {
    if (text ~ /^[.']/) {
        text = "\\&" text
    }
    print text
}

# Paragraphs are written with a sentence a line.
function write_sentences(text,    at) {
    text = marked(text)
    while (match(text, /[.:;?]\)? +[A-Z(\\]/)) {
        at = RSTART + RLENGTH - 1
        if (substr(text, RSTART - 2, 3) ~ /^ ?[ie]\.$/) {
            break
        }
        write(trimmed(substr(text, 1, at - 1)))
        text = substr(text, at)
    }
    write(text)
}

function trimmed(text) {
    gsub(/^ +| +$/, "", text)
    return text
}

function end_text() {
    if (text != "") {
        if (in_list) {
            print ".It"
        } else if (!after_heading) {
            print ".Pp"
        }
        write_sentences(text)
        after_heading = 0
        text = ""
    }
}

function end_list() {
    end_text()
    if (in_list) {
        print ".El"
        in_list = 0
    }
}

function end_table() {
    if (in_table) {
        print ".El"
        in_table = 0
    }
}

function end_all() {
    end_list()
    end_table()
}

# The first cell is the entry; the last one what is said of it; those between
# are named by their column.
function write_row(cells, count,    i, between) {
    print ".It " marked(cells[1])
    write_sentences(cells[count])
    between = ""
    for (i = 2; i < count; i++) {
        if (cells[i] != "") {
            between = between (between == "" ? "(" : "; ") columns[i] ": " \
                cells[i]
        }
    }
    if (between != "") {
        write(marked(between) ")")
    }
}

function cut_row(line, cells,    count, i) {
    gsub(/\\\|/, "\001", line)
    sub(/^\| ?/, "", line)
    sub(/ ?\|$/, "", line)
    count = split(line, cells, / *\| */)
    for (i = 1; i <= count; i++) {
        gsub(/\001/, "|", cells[i])
        cells[i] = trimmed(cells[i])
    }
    return count
}

NR == 1 {
    next
}

NR == 2 {
    if (!match($0, /manual: [a-z_]+ [0-9], [^:]+: /)) {
        print "docs/manual.awk: line 2 says no manual" >"/dev/stderr"
        exit 1
    }
    split(substr($0, RSTART + 8, RLENGTH - 10), head, /, |: /)
    split(head[1], name, " ")
    what = substr($0, RSTART + RLENGTH)
    sub(/ *-->$/, "", what)
    date = substr($0, index($0, ", ") + 2)
    sub(/: .*/, "", date)
    print ".\\\" " name[1] "(" name[2] "), made from " FILENAME \
        " by docs/manual.awk."
    print ".Dd " date
    print ".Dt " toupper(name[1]) " " name[2]
    print ".Os"
    print ".Sh NAME"
    print ".Nm " name[1]
    print ".Nd " what
    next
}

/^```/ {
    if (fenced) {
        print ".Ed"
    } else {
        end_all()
        print ".Bd -literal -offset indent"
    }
    fenced = !fenced
    after_heading = 0
    next
}

fenced {
    line = plain($0)
    gsub(/-/, "\\-", line)
    write(line)
    next
}

/^### / {
    end_all()
    print ".Ss " marked(substr($0, 5))
    after_heading = 1
    next
}

/^## / {
    end_all()
    print ".Sh " toupper(substr($0, 4))
    after_heading = 1
    next
}

/^\|[-| ]*-[-| ]*\|$/ {
    next
}

/^\|/ {
    count = cut_row($0, cells)
    if (!in_table) {
        end_list()
        split("", columns)
        for (i in cells) {
            columns[i] = cells[i]
        }
        in_table = 1
        print cells[1] == "" ? ".Bl -tag -width contextxx -compact" : \
            ".Bl -tag -width Ds"
        after_heading = 0
        next
    }
    write_row(cells, count)
    next
}

/^- / {
    end_text()
    if (!in_list) {
        print ".Bl -bullet"
        in_list = 1
        after_heading = 0
    }
    text = substr($0, 3)
    next
}

/^ *$/ {
    if (in_list) {
        blank_in_list = 1
    } else {
        end_all()
    }
    next
}

{
    if (in_list && blank_in_list && $0 !~ /^ /) {
        end_list()
    }
    blank_in_list = 0
    text = text (text == "" ? "" : " ") trimmed($0)
}

END {
    end_all()
}
