# Turns nginx.conf.example, which is written for nginx before 1.25.1, into the
# form for newer ones: HTTP/2 is a directive of its own there. Used by
# `make install` and by the tests of the example.
s/^\( *listen .*ssl\) http2/\1/
s/^\( *\)# http2 on;$/\1http2 on;/
/^ *# HTTP\/2 is switched on by the word/,/^ *# (`make install`/c\
    # HTTP/2 for all that can speak it, beside HTTP/1.1.
