/*
 * {{ asset("style.css") }}: the URL of a static file with a fingerprint of
 * its content in it, so that browsers may keep it for ever. Which file that
 * is, is settled when the template is compiled: what is not there does not
 * build, and what is sent is a literal.
 */

#include "template_parser.h"

#include <string.h>

bool is_asset(struct slice code, struct slice *name)
{
    static const char word[] = "asset(";
    size_t length = sizeof(word) - 1;
    if (code.length <= length || memcmp(code.at, word, length) != 0 ||
        code.at[code.length - 1] != ')')
        return false;
    *name =
        slice_trim((struct slice){code.at + length, code.length - length - 1});
    return true;
}

static bool is_asset_name(struct slice name)
{
    if (name.length < 3 || *name.at != '"' || name.at[name.length - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < name.length; i++) {
        char byte = name.at[i];
        bool begins = name.at[i - 1] == '"' || name.at[i - 1] == '/';
        /* No empty part, and none that begins with a dot: no "..". */
        if (begins && (byte == '.' || byte == '/'))
            return false;
        if (!is_name(byte) && byte != '.' && byte != '-' && byte != '/')
            return false;
    }
    return true;
}

bool parse_asset(struct parser *p, const char *at, struct slice name)
{
    const struct surroundings *around = p->unit->around;
    if (!is_asset_name(name))
        return template_refuse(
            p->source, name.at,
            "asset() names one static file between quotes, of letters, "
            "digits, '.', '-', '_' and '/'; write asset(\"style.css\")");
    if (p->html.state != HTML_QUOTED || p->html.value == VALUE_REFUSED ||
        (p->html.value != VALUE_PLAIN && p->html.url != URL_START)) {
        char where[128];
        html_describe(&p->html, where, sizeof(where));
        return template_refuse(
            p->source, at,
            "the URL of asset() cannot stand here %s; it begins with '/' and "
            "is all of a quoted value, as in href=\"{{ asset(...) }}\"",
            where);
    }
    struct slice file = {name.at + 1, name.length - 2};
    struct text url = {0};
    bool found = around && around->asset(around->context, file, &url);
    if (!found)
        template_refuse(p->source, name.at,
                        "there is no static file %.*s; correct the name, or "
                        "add the file",
                        (int)file.length, file.at);
    else if (p->html.value != VALUE_PLAIN)
        p->html.url = URL_PATH;
    if (found)
        feed_bytes(p, at, url.bytes, url.length);
    text_free(&url);
    return found;
}

void asset_url(struct slice name, const char *bytes, size_t length,
               struct text *url)
{
    unsigned char digest[TEXT_SHA256];
    const char *dot = NULL;
    for (size_t i = 0; i < name.length; i++) {
        if (name.at[i] == '.')
            dot = name.at + i;
        else if (name.at[i] == '/')
            dot = NULL;
    }
    size_t stem = dot ? (size_t)(dot - name.at) : name.length;
    text_sha256(bytes, length, digest);
    text_printf(url, "/%.*s.", (int)stem, name.at);
    for (size_t i = 0; i < ASSET_DIGITS / 2; i++)
        text_printf(url, "%02x", digest[i]);
    text_add(url, name.at + stem, name.length - stem);
}
