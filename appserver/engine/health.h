/*
 * /healthz: a page of the engine itself. It answers 200 when nginx, a worker
 * and the database all answered, and names the part that did not.
 */

#ifndef ENGINE_HEALTH_H
#define ENGINE_HEALTH_H

#include <foobar/app.h>

extern const struct fb_page health_page;

#endif
