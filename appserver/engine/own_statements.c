/* The tables of the engine's own statements: see own_statements.h. */

#include "own_statements.h"

#include <stdlib.h>
#include <string.h>

#include "account_statements.h"
#include "clean_ups.h"
#include "files.h"
#include "jobs.h"
#include "limit.h"
#include "mail.h"
#include "once.h"

static const struct {
    const struct fb_statement *statements;
    size_t count;
} tables[] = {
    {once_statements, ONCE_STATEMENTS},
    {limit_statements, LIMIT_STATEMENTS},
    {account_statements, ACCOUNT_STATEMENTS},
    {job_statements, JOB_STATEMENTS},
    {mail_statements, MAIL_STATEMENTS},
    {file_statements, FILE_STATEMENTS},
    {clean_up_statements, CLEAN_UP_COUNT},
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

size_t own_statement_count(void)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < TABLES; i++) {
        count += tables[i].count;
    }
    return count;
}

void own_statements_copy(struct fb_statement *to)
{
    size_t i;

    for (i = 0; i < TABLES; i++) {
        memcpy(to, tables[i].statements, tables[i].count * sizeof(*to));
        to += tables[i].count;
    }
}

size_t own_statement_number(const struct fb_statement *statement)
{
    size_t before = 0;
    size_t i;

    for (i = 0; i < TABLES; i++) {
        size_t n;

        for (n = 0; n < tables[i].count; n++) {
            if (&tables[i].statements[n] == statement) {
                return before + n;
            }
        }
        before += tables[i].count;
    }
    abort(); /* a table that does not stand above */
}
