/*
 * foobar-demo: makes the demo data.
 *
 *     foobar-demo --sql SOURCE               prints SQL
 *     foobar-demo --pictures SOURCE FOLDER   writes the products' pictures
 *
 * SOURCE is the folder of the text files, sql/demo.
 */

#include "demo.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void demo_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--sql") == 0) {
        demo_print_sql(demo_read(argv[2]));
    } else if (argc == 4 && strcmp(argv[1], "--pictures") == 0) {
        demo_write_pictures(demo_read(argv[2]), argv[3]);
    } else {
        demo_fail("usage: foobar-demo --sql SOURCE\n"
                  "       foobar-demo --pictures SOURCE FOLDER");
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        demo_fail("foobar-demo: the output cannot be written");
    }
    return 0;
}
