/*
 * Writes a picture of tests/pictures.h to standard output:
 *
 *     make_picture jpeg|progressive|png|interlaced|webp|claim WIDTH HEIGHT
 *         [ORIENTATION]
 */

#include "../pictures.h"

static struct picture_file make(const char *kind, unsigned width,
                                unsigned height, unsigned orientation)
{
    if (strcmp(kind, "jpeg") == 0) {
        return picture_jpeg(width, height, orientation, 0);
    }
    if (strcmp(kind, "progressive") == 0) {
        return picture_jpeg(width, height, orientation, 1);
    }
    if (strcmp(kind, "png") == 0) {
        return picture_png(width, height, 255, 0);
    }
    if (strcmp(kind, "interlaced") == 0) {
        return picture_png(width, height, 255, 1);
    }
    return strcmp(kind, "claim") == 0 ? picture_claim(width, height)
                                      : picture_webp(width, height);
}

int main(int count, char **words)
{
    struct picture_file file;
    size_t written;

    if (count < 4) {
        fputs("make_picture KIND WIDTH HEIGHT [ORIENTATION]\n", stderr);
        return EXIT_FAILURE;
    }
    file = make(words[1], (unsigned)strtoul(words[2], NULL, 10),
                (unsigned)strtoul(words[3], NULL, 10),
                count > 4 ? (unsigned)strtoul(words[4], NULL, 10) : 0);
    written = fwrite(file.bytes, 1, file.length, stdout);
    free(file.bytes);
    return written == file.length && fflush(stdout) == 0 ? EXIT_SUCCESS
                                                         : EXIT_FAILURE;
}
