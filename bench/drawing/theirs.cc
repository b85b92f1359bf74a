/*
 * The page drawn by Google's ctemplate, escaping by context switched on. The
 * strings are not copied into its dictionary, which is its quicker way.
 */

#include "views.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <ctemplate/template.h>

static std::string path;
static std::string page;

extern "C" void theirs_open(const char *template_path)
{
    path = template_path;
    if (!ctemplate::LoadTemplate(path, ctemplate::DO_NOT_STRIP)) {
        std::fprintf(stderr, "drawing: ctemplate cannot load %s\n",
                     template_path);
        std::exit(1);
    }
}

extern "C" struct drawing theirs_draw(const struct drawn_post *post)
{
    ctemplate::TemplateDictionary all("page");
    all.SetValueWithoutCopy("TITLE", post->title);
    all.SetIntValue("ID", static_cast<long>(post->id));
    for (size_t i = 0; i < post->comment_count; i++) {
        const struct drawn_comment *comment = &post->comments[i];
        ctemplate::TemplateDictionary *one =
            all.AddSectionDictionary("COMMENT");
        one->SetIntValue("ID", static_cast<long>(comment->id));
        one->SetValueWithoutCopy("AUTHOR", comment->author);
        one->SetValueWithoutCopy("CREATED", comment->created);
        one->SetValueWithoutCopy("TEXT", comment->text);
    }
    page.clear();
    ctemplate::ExpandTemplate(path, ctemplate::DO_NOT_STRIP, &all, &page);
    return {page.data(), page.size()};
}
