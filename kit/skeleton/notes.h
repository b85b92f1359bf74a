/* The form of a note: its fields, which the template draws by their names. */

#ifndef NOTES_H
#define NOTES_H

#include <foobar/form.h>

#define NOTE_FIELDS(FIELD)                                                \
    FIELD(NOTE_TITLE, .name = "title", .kind = FB_LINE, .label = "Title", \
          .required = true, .most = 80)                                   \
    FIELD(NOTE_TEXT, .name = "text", .kind = FB_LINES, .label = "Text",   \
          .hint = "Markdown works, such as **strong** and lists.",        \
          .most = 2000, .lines = 4)

FB_FORM_FIELDS(note_field, NOTE_FIELDS);

#endif
