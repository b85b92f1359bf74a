/* What a file was called by who sent it: see file_name.h. */

#include "file_name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "characters.h"

#define CUT "..."
#define CUT_BACK 20 /* characters behind the cut: the ending is among them */

/* Browsers send a bare name; others have sent paths of both kinds. */
static const char *without_folders(const char *name)
{
    const char *c;

    for (c = name; *c != '\0'; c++) {
        if (*c == '/' || *c == '\\') {
            name = c + 1;
        }
    }
    return name;
}

static void strip_ends(char *name)
{
    size_t blank = strspn(name, ". \t");
    size_t length = strlen(name) - blank;

    memmove(name, name + blank, length + 1);
    while (length > 0 && strchr(". \t", name[length - 1]) != NULL) {
        name[--length] = '\0';
    }
}

/* `count` characters on. */
static const char *forward(const char *text, size_t count)
{
    while (count > 0 && *text != '\0') {
        do {
            text++;
        } while (((unsigned char)*text & 0xC0) == 0x80);
        count--;
    }
    return text;
}

static const char *shorten(struct arena *arena, const char *name)
{
    size_t count = characters_count(name);
    size_t front = FILE_NAME_CHARACTERS - CUT_BACK - strlen(CUT);
    const char *cut = forward(name, front);
    const char *back;
    size_t size;
    char *text;

    if (count <= FILE_NAME_CHARACTERS) {
        return name;
    }
    back = forward(name, count - CUT_BACK);
    size = (size_t)(cut - name) + strlen(CUT) + strlen(back) + 1;
    text = arena_alloc(arena, size);
    if (text != NULL) {
        snprintf(text, size, "%.*s" CUT "%s", (int)(cut - name), name, back);
    }
    return text;
}

const char *file_name_clean(struct arena *arena, const char *name)
{
    char *clean = characters_without_controls(arena, without_folders(name));
    const char *composed;

    if (clean == NULL) {
        return NULL;
    }
    strip_ends(clean);
    composed = characters_compose(arena, clean);
    return composed != NULL ? shorten(arena, composed) : NULL;
}

const char *file_name_with_ending(struct arena *arena, const char *name,
                                  const char *ending)
{
    const char *dot = strrchr(name, '.');
    size_t size = strlen(name) + strlen(ending) + 2;
    char *text;

    if (dot != NULL && strcasecmp(dot + 1, ending) == 0) {
        return name;
    }
    text = arena_alloc(arena, size);
    if (text != NULL) {
        snprintf(text, size, "%s.%s", name, ending);
    }
    return text;
}
