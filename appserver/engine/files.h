/*
 * Files that are kept in the database, and the page that sends those that are
 * published. api/foobar/upload.h is what handlers see of it; the tables are
 * explained in sql/engine/NNNN_uploads.sql.
 */

#ifndef ENGINE_FILES_H
#define ENGINE_FILES_H

#include <foobar/app.h>

#include "own_statements.h"

#define FILES_CHUNK ((size_t)256 * 1024)

enum file_statement {
    FILE_ADD,
    FILE_ADD_CHUNK,
    FILE_ADD_USE,
    FILE_LET_GO,
    FILE_DROP_USES,
    FILE_FIND,
    FILE_FIND_PUBLIC,
    FILE_CHUNKS,
    FILE_STATEMENTS
};
extern const struct fb_statement file_statements[FILE_STATEMENTS];

/* /files/{name}, of every application with a form that takes files. */
extern const struct fb_page files_page;

#endif
