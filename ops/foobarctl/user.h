/* Accounts from the command line: `foobarctl user`. */

#ifndef USER_H
#define USER_H

#include "instance.h"

#define USER_WORDS_MAX 64

/*
 * Hands the words of the options over to foobar-appserver, with the settings of
 * the instance or those that were named; comes back only with a failure.
 */
int user_run(const struct options *options);

#endif
