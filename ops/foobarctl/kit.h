/*
 * Where Foobar's own programs and files are. A foobarctl that was built in a
 * checkout takes them from there and from what was built; one that was
 * installed, as PREFIX/bin/foobarctl, takes them from PREFIX and runs an
 * application of which it knows no more than this:
 *
 *     TOP/sql/migrations/       its migrations (foobar-migrate has the engine's)
 *     TOP/build/site.so         the application
 *     TOP/build/share/          routes, static/ and errors/, for nginx
 *     TOP/build/demo.sql        data for the first start, if it has some
 */

#ifndef FOOBARCTL_KIT_H
#define FOOBARCTL_KIT_H

#include "instance.h"

/* PREFIX of an installed foobarctl; NULL in a checkout. The caller frees it. */
char *kit_find(void);

/* Fills in the paths of programs and files; build and top are known. */
void kit_describe(struct instance *instance, const struct options *options);

#endif
