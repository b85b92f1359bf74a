# shellcheck shell=bash
# For tests of second factors: the application tests/app/factors.c, and the app
# on a telephone, which is oathtool. Sourced by *.test.
#
#   member NAME [ROLE]     signs NAME@example.org up, as $EMAIL, and logs him in,
#                          as $WHO
#   enrol                  gives $WHO a second factor: its key goes to $KEY,
#                          his recovery codes to $TMPDIR/codes, one a line
#   code [SECONDS]         what the app shows now, or so many seconds later; now
#                          is $NOW if that is set
#   half [PATH?QUERY]      logs $EMAIL in as far as the password goes, as $WHO
#   later                  as if the next 30 seconds had begun: no code was
#                          taken in these

# shellcheck source=tests/functional/accounts.sh
. "$TOP/tests/functional/accounts.sh"

# shellcheck disable=SC2034 # for accounts.sh
APP=$BUILD/tests/factors.so
KEY=
EMAIL=
NOW=
# shellcheck disable=SC2034 # for who sources this
WRONG='422 This code is not right, or it was used already'

member() {
    WHO=$1 EMAIL=$1@example.org
    send /signup "email=$EMAIL" "password=$GOOD" ${2:+"word=$2"} >/dev/null
    expect "$1 logs in" "$(send /login "email=$EMAIL" "password=$GOOD")" "303 "
}

# shellcheck disable=SC2120 # tests do pass one
code() {
    oathtool --totp --base32 --now "@$((${NOW:-$(date +%s)} + ${1:-0}))" "$KEY"
}

key() {
    page /enrolment | sed -n 's/^200 //p' | tr -d ' ' | tr '[:lower:]' '[:upper:]'
}

later() {
    sql 'UPDATE second_factors SET last_step = 0'
}

enrol() {
    expect "it is begun" "$(send /begin)" "200 done"
    KEY=$(key)
    send /confirm "code=$(code)" | sed 's/^200 //' >"$TMPDIR/codes"
    expect "there are codes" "$(grep -cE '^([0-9a-z]{4}-){3}[0-9a-z]{4}$' "$TMPDIR/codes")" 10
    later
}

half() {
    expect "the password is right" \
        "$(send "${1:-/login}" "email=$EMAIL" "password=$GOOD")" "303 "
}
