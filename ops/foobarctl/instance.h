/*
 * An instance: one site that runs out of one folder, the checkout of Foobar or
 * an application of one's own, with everything that it writes in one folder,
 * VAR (the default is var/ in there):
 *
 *     VAR/conf/    generated configuration: my.cnf, nginx.conf, ...
 *     VAR/log/     foobar.log, of an instance in the background
 *     VAR/mysql/   the database's data
 *     VAR/run/     the lock, sockets, pid files, the state for `status`
 *     VAR/secret/  the database users' passwords, made at the first start
 *     VAR/tmp/     what the parts write to disk for a moment
 *
 * Whoever holds the lock on VAR/run/lock is the instance's supervisor; the
 * kernel forgets the lock with the process, so it is never stale.
 */

#ifndef FOOBARCTL_INSTANCE_H
#define FOOBARCTL_INSTANCE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* As the command line says it; NULL where it says nothing. */
struct options {
    const char *top;
    const char *build;
    const char *var;
    const char *bind;
    const char *port;
    const char *config;
    const char *user;
    const char *nginx;
    const char *nginx_preload;
    const char *app_preload;
    const char *data;
    const char *word;     /* of `maintenance on`, `jobs retry` and their like */
    const char *job;      /* of `jobs retry ID` and `jobs drop ID` */
    const char *settings; /* of `user` */
    char **words;         /* of `user WORD...` */
    char **command; /* of `visit -- COMMAND...` and `test -- COMMAND...` */
};

struct instance {
    /* absolute paths, without links */
    char *top;
    char *kit; /* where Foobar is installed; NULL: top is its checkout */
    char *build;
    char *deps; /* packages that were unpacked; NULL without a checkout */
    char *var;
    char *config; /* further settings of the application server, or NULL */
    char *nginx;
    const char *nginx_preload; /* libraries that nginx loads first, or NULL */
    const char *app_preload;   /* the same of the application server */
    char *programs;            /* the folder of foobar-appserver and others */
    char *module;
    char *nginx_conf; /* the example */
    char *nginx_etc;  /* with mime.types */
    char *migrations;
    /* Of a checkout: foobar-migrate finds them itself, and must reach them. */
    char *engine_migrations;
    char *demo;         /* data for the first start, or NULL */
    bool disposable;    /* for tests: its database begins empty each time */
    bool dev;           /* for an author: what goes wrong is shown */
    char *problem_file; /* of `dev`: what the build said when it failed */

    char *run;
    char *lock_file;
    char *state_file;
    char *mysql;
    char *mysql_socket;
    char *app_socket;
    char *board_socket; /* where the application server tells its status */

    unsigned port;
    char *listen; /* as nginx's listen directive has it */
    char *url;    /* for the browser: never a wildcard address */
    char *host;   /* the URL's host and port */
    struct sockaddr_storage bind;
    struct sockaddr_storage reach; /* where a client reaches it */
    socklen_t address_length;

    uid_t uid; /* of the parts */
    gid_t gid;
    char *user;
    int lock_fd;
};

/* Fills in everything from the options; touches nothing. */
bool instance_describe(struct instance *instance,
                       const struct options *options);

/*
 * Goes in: makes VAR, makes sure that the unprivileged user reaches the
 * checkout, and becomes that user for good. After that a process of the
 * instance has no right to lose but, for a port below 1024, the one to bind.
 */
bool instance_enter(const struct instance *instance);

/* As instance_enter, but root stays root: for `visit`. */
bool instance_open_paths(const struct instance *instance);

/* Makes the folders in VAR. */
bool instance_make_folders(const struct instance *instance);

/* Looks whether everything is built and readable. */
bool instance_check_files(const struct instance *instance);

/* The same for what the database alone needs. */
bool instance_check_database_files(const struct instance *instance);

/* Takes the lock; says who has it when it is taken. */
bool instance_lock(struct instance *instance);

/* The process that holds the lock, or 0 when nothing runs. */
pid_t instance_holder(const struct instance *instance);

/* Looks whether the port is free. */
bool instance_check_port(const struct instance *instance);

/* Looks whether VAR's disk has this much room. */
bool instance_check_room(const struct instance *instance, unsigned mebibytes);

#endif
