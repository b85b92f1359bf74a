/*
 * Settings that contradict each other, or name what is not there. A value
 * that no single setting can have is found when it is read (settings.h).
 */

#ifndef ENGINE_SETTINGS_CHECK_H
#define ENGINE_SETTINGS_CHECK_H

#include "findings.h"
#include "settings.h"

/* Looks at nothing but the settings, so that the master may call it. */
void settings_check(const struct settings *settings, struct findings *findings);

/* What they name outside of us: files, users and calls of the kernel. */
void settings_check_names(const struct settings *settings,
                          struct findings *findings);

#endif
