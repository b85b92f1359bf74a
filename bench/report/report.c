/*
 * bench-report: turns what bench/run measured into what people read.
 *
 *     bench-report --lanes        the table of lanes, for bench/run
 *     bench-report --disturbed    DISTURBED_PERCENT, for bench/run
 *     bench-report text MEASURED CONDITIONS        tables for a terminal
 *     bench-report markdown MEASURED CONDITIONS
 *     bench-report svg MEASURED CONDITIONS         a drawing
 *
 * Each writes to standard output. It ends with 0, or with 1 and a sentence.
 */

#include "plot.h"
#include "results.h"
#include "tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int complain(const char *problem)
{
    fprintf(stderr, "bench-report: %s\n", problem);
    return EXIT_FAILURE;
}

static void print_lanes(void)
{
    unsigned i;

    for (i = 0; i < LANE_COUNT; i++) {
        printf("%s\t%s\t%s\t%s\t%s\n", lanes[i].name, lanes[i].path,
               party_names[lanes[i].party], lanes[i].quick ? "quick" : "full",
               lanes[i].contains);
    }
}

static bool write_report(const char *form, const struct results *results,
                         FILE *conditions)
{
    char first[512] = "";

    if (strcmp(form, "text") == 0) {
        tables_write(stdout, TABLES_TEXT, results, conditions);
    } else if (strcmp(form, "markdown") == 0) {
        tables_write(stdout, TABLES_MARKDOWN, results, conditions);
    } else if (strcmp(form, "svg") == 0) {
        if (fgets(first, sizeof(first), conditions) != NULL) {
            first[strcspn(first, "\n")] = '\0';
        }
        plot_write(stdout, results, first);
    } else {
        return false;
    }
    return true;
}

static int report(const char *form, const char *measured, const char *file)
{
    static struct results results; /* a megabyte: not for the stack */
    char problem[1024];
    FILE *conditions;
    bool good;

    if (!results_read(&results, measured, problem, sizeof(problem))) {
        return complain(problem);
    }
    conditions = fopen(file, "re");
    if (conditions == NULL) {
        snprintf(problem, sizeof(problem), "%s: %s", file, strerror(errno));
        return complain(problem);
    }
    good = write_report(form, &results, conditions);
    fclose(conditions);
    if (!good) {
        snprintf(problem, sizeof(problem),
                 "a form is text, markdown or svg, not \"%s\"", form);
        return complain(problem);
    }
    return EXIT_SUCCESS;
}

int main(int count, char **words)
{
    int status = EXIT_SUCCESS;

    if (count == 2 && strcmp(words[1], "--lanes") == 0) {
        print_lanes();
    } else if (count == 2 && strcmp(words[1], "--disturbed") == 0) {
        printf("%.0f\n", DISTURBED_PERCENT);
    } else if (count == 4) {
        status = report(words[1], words[2], words[3]);
    } else {
        return complain(
            "usage: bench-report --lanes|--disturbed, or bench-report "
            "text|markdown|svg MEASURED CONDITIONS");
    }
    if (fflush(stdout) != 0) {
        return complain("cannot write the report");
    }
    return status;
}
