/*
 * Where the migrations of the engine lie: its own tables (the journal of tags,
 * the answers of forms ...), which every application has. They come with the
 * program, so that an application gets what a newer engine needs by installing
 * it, and keeps no copies in its own folder.
 */

#ifndef TOOLS_MIGRATE_ENGINE_H
#define TOOLS_MIGRATE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the folder into `folder`; false with `problem` when there is none.
 * Beside an installed PREFIX/bin/foobar-migrate it is
 * PREFIX/share/foobar/sql/engine, for the build/release/ of a checkout
 * sql/engine.
 */
bool find_engine_migrations(char *folder, size_t folder_size, char *problem,
                            size_t size);

#endif
