/* The files of the template compiler: see template_files.h. */

#include "template_files.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const char *what, const char *path)
{
    fprintf(stderr, "foobar-template: error: %s %s: %s\n", what, path,
            strerror(errno));
    return false;
}

bool read_file(const char *path, size_t limit, struct text *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail("cannot open", path);
    char block[65536];
    size_t length;
    text_add(bytes, "", 0);
    do {
        length = fread(block, 1, sizeof(block), file);
        text_add(bytes, block, length);
    } while (length == sizeof(block) && bytes->length <= limit);
    bool ok = !ferror(file) || fail("cannot read", path);
    fclose(file);
    return ok;
}

static bool is_unchanged(const char *path, const struct text *text)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        (size_t)status.st_size != text->length)
        return false;
    struct text old = {0};
    bool same = read_file(path, text->length, &old) &&
                old.length == text->length &&
                memcmp(old.bytes, text->bytes, old.length) == 0;
    text_free(&old);
    return same;
}

/* The file's permissions are those that any new file gets. */
bool write_file(const char *path, const struct text *text)
{
    struct text beside = {0};
    text_printf(&beside, "%s.new.%ld", path, (long)getpid());
    FILE *file = fopen(beside.bytes, "wb");
    bool ok = file || fail("cannot write", beside.bytes);
    if (file) {
        bool whole = fwrite(text->bytes, 1, text->length, file) == text->length;
        ok = (fclose(file) == 0 && whole) || fail("cannot write", path);
        if (ok && rename(beside.bytes, path) != 0)
            ok = fail("cannot replace", path);
        if (!ok)
            unlink(beside.bytes);
    }
    text_free(&beside);
    return ok;
}

bool update_file(const char *path, const struct text *text)
{
    return is_unchanged(path, text) || write_file(path, text);
}

/* ---- assets ---- */

bool find_asset(const char *folder, struct slice name, struct text *url)
{
    struct text path = {0};
    struct text bytes = {0};
    struct stat status;
    text_printf(&path, "%s/%.*s", folder, (int)name.length, name.at);
    bool ok = stat(path.bytes, &status) == 0 && S_ISREG(status.st_mode) &&
              read_file(path.bytes, ASSET_FILE_MAX, &bytes) &&
              bytes.length <= ASSET_FILE_MAX;
    if (ok)
        asset_url(name, bytes.bytes, bytes.length, url);
    text_free(&bytes);
    text_free(&path);
    return ok;
}

/* Makes the folders of a path that ends in a file's name. */
static bool make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool ok = mkdir(path, 0777) == 0 || errno == EEXIST ||
                  fail("cannot make the folder", path);
        *slash = '/';
        if (!ok)
            return false;
    }
    return true;
}

static bool copy_asset(const char *path, const char *name, const char *to)
{
    struct text bytes = {0};
    struct text target = {0};
    struct slice slice = {name, strlen(name)};
    bool ok = read_file(path, ASSET_FILE_MAX, &bytes);
    if (ok && bytes.length > ASSET_FILE_MAX) {
        errno = EFBIG;
        ok = fail("cannot copy", path);
    }
    if (ok) {
        text_printf(&target, "%s", to);
        asset_url(slice, bytes.bytes, bytes.length, &target);
        ok = make_folders(target.bytes) && update_file(target.bytes, &bytes);
    }
    text_free(&target);
    text_free(&bytes);
    return ok;
}

bool copy_assets(const char *from, const char *to)
{
    char *const roots[] = {(char *)from, NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    if (!tree)
        return fail("cannot open", from);
    bool ok = true;
    for (FTSENT *entry = fts_read(tree); ok && entry; entry = fts_read(tree)) {
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ||
            entry->fts_info == FTS_NS) {
            errno = entry->fts_errno;
            ok = fail("cannot open", entry->fts_path);
        } else if (entry->fts_info == FTS_F) {
            ok = copy_asset(entry->fts_path, entry->fts_path + strlen(from) + 1,
                            to);
        }
    }
    fts_close(tree);
    return ok;
}
