/*
 * The instance's own database: its data are made at the first start, by
 * MariaDB's own bootstrap from the SQL files that come with it.
 */

#ifndef FOOBARCTL_DATABASE_H
#define FOOBARCTL_DATABASE_H

#include "instance.h"
#include "lines.h"
#include "parts.h"

#define DATABASE_PROGRAM "/usr/sbin/mariadbd"

/* The data are there already. */
bool database_exists(const struct instance *instance);

/* Prepares the program that makes them, in VAR/mysql.new. */
bool database_prepare(const struct instance *instance, struct part *job);

/* That program has ended well: the data become VAR/mysql. */
bool database_adopt(const struct instance *instance);

/* Prepares the program that says its version, in a line of its own. */
void database_ask_version(struct part *job);

/*
 * Whether the version that it said may use the data, which then are its own.
 * MariaDB takes over the data of an older version by itself; one that is older
 * than the data does not notice, and would damage them.
 */
bool database_suits(const struct instance *instance, const struct tail *said);

/* Whether it accepts connections. */
bool database_listens(const struct instance *instance);

/* Looks whether its program is there. */
bool database_is_installed(void);

#endif
