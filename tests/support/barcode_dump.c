/*
 * barcode_dump - draws symbols for other programs to read.
 *
 * Reads lines of "type ratio check text" (named as in settings: "nw7 2.5 mod16 A123A") and writes
 * each as an image PREFIX00000.pgm, PREFIX00001.pgm ... with its quiet zone and SCALE pixels per
 * module. An edge between two pixels gives the one it cuts its share of black, as a browser does.
 * A line that is refused ends the program with status 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barcode/barcode.h"

enum { LINEAR_HEIGHT = 60, SCALE_MAX = 20, COLUMNS_MAX = BARCODE_LINEAR_MODULES_MAX * SCALE_MAX };

static void
write_pixels(FILE *file, const unsigned char *pixels, size_t n)
{
    if (fwrite(pixels, 1, n, file) != n) {
        perror("barcode_dump");
        exit(1);
    }
}

/* Edges stand on whole units, a module has at most two: the black in a pixel is counted in halves.
 */
static void
write_linear(const struct barcode_symbol *symbol, unsigned scale, FILE *file)
{
    unsigned char line[COLUMNS_MAX];
    unsigned halves[COLUMNS_MAX] = {0};
    unsigned width = (symbol->width + 2 * symbol->quiet) * scale / symbol->units;
    unsigned half = symbol->quiet * scale * 2 / symbol->units;

    for (unsigned i = 0; i < symbol->run_count; i++)
        for (unsigned end = half + symbol->run[i] * scale * 2 / symbol->units; half < end; half++)
            halves[half / 2] += i % 2 == 0;
    for (unsigned x = 0; x < width; x++)
        line[x] = (unsigned char)(255 - halves[x] * 255 / 2);
    fprintf(file, "P5 %u %d 255\n", width, LINEAR_HEIGHT);
    for (int y = 0; y < LINEAR_HEIGHT; y++)
        write_pixels(file, line, width);
}

static void
write_matrix(const struct barcode_symbol *symbol, unsigned scale, FILE *file)
{
    unsigned char line[COLUMNS_MAX];
    unsigned width = (symbol->width + 2 * symbol->quiet) * scale;

    fprintf(file, "P5 %u %u 255\n", width, width);
    for (unsigned y = 0; y < width; y++) {
        unsigned row = y / scale - symbol->quiet; /* far beyond the symbol if below 0 */

        for (unsigned x = 0; x < width; x++) {
            unsigned column = x / scale - symbol->quiet;
            bool inside = column < symbol->width && row < symbol->height;

            line[x] = inside && symbol->row[row] >> column & 1 ? 0 : 255;
        }
        write_pixels(file, line, width);
    }
}

static struct barcode_symbol
encode_line(char *line)
{
    struct barcode_options options = {0};
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    enum barcode_type type;
    char *rest = line;
    char *name = strsep(&rest, " ");
    char *ratio = strsep(&rest, " ");
    char *check = strsep(&rest, " ");

    if (rest == NULL || !barcode_type_by_name(name, &type) ||
        !barcode_ratio_by_name(ratio, &options.ratio) ||
        !barcode_check_by_name(check, &options.check)) {
        fprintf(stderr, "barcode_dump: not \"type ratio check text\": %s\n", line);
        exit(1);
    }
    rest[strcspn(rest, "\n")] = '\0';
    if (barcode_encode(type, rest, strlen(rest), &options, &symbol, &why) != BARCODE_OK) {
        fprintf(stderr, "barcode_dump: %s: %s\n", rest, why.text);
        exit(1);
    }
    return symbol;
}

int
main(int argc, char **argv)
{
    char line[BARCODE_TEXT_MAX + 64];
    char path[4096];
    unsigned scale = argc == 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;

    if (scale < 1 || scale > SCALE_MAX) {
        fprintf(stderr, "usage: barcode_dump SCALE PREFIX\n");
        return 2;
    }
    for (unsigned i = 0; fgets(line, sizeof line, stdin) != NULL; i++) {
        struct barcode_symbol symbol = encode_line(line);
        FILE *file;

        snprintf(path, sizeof path, "%s%05u.pgm", argv[2], i);
        file = fopen(path, "wb");
        if (file == NULL) {
            perror(path);
            return 1;
        }
        if (symbol.height > 1)
            write_matrix(&symbol, scale, file);
        else
            write_linear(&symbol, scale, file);
        if (fclose(file) != 0) {
            perror(path);
            return 1;
        }
    }
    return 0;
}
