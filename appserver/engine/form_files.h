/*
 * Fields of forms that are files: what is wrong with a row of the table, and
 * with what was sent for it.
 */

#ifndef ENGINE_FORM_FILES_H
#define ENGINE_FORM_FILES_H

#include "forms.h"
#include "uploads.h"
#include "words.h"

/* NULL, or what contradicts itself in the row of a field of any kind. */
const char *form_files_check_row(const struct fb_field *field);

/* What the files of a form add to its body; 0: it has none. */
size_t form_files_bytes(const struct fb_form_type *type);

/* Brings what was sent for a field into its value. */
void form_files_take(const struct fb_request *request, unsigned field,
                     struct forms_value *value);

/* What is wrong with a file that was sent: words of the engine, and values. */
struct form_fault {
    const char *words; /* NULL: nothing is */
    struct words_value values[2];
};
struct form_fault form_files_fault(struct fb_request *request,
                                   const struct fb_field *field,
                                   const struct forms_value *value);

#endif
