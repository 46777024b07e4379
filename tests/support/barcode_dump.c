/*
 * barcode_dump - draws symbols for other programs to judge.
 *
 * Reads lines of "name text" (name as in settings: ean13, code128, qr) and either prints the rows
 * of each symbol as # and . ("rows") or writes each as an image PREFIX000.pgm, PREFIX001.pgm ...
 * with its quiet zone ("images"). A line that is refused ends the program with status 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barcode/barcode.h"

enum { LINEAR_HEIGHT = 60 };

static bool
module_is_dark(const struct barcode_symbol *symbol, unsigned x, unsigned y)
{
    if (symbol->height > 1)
        return symbol->row[y] >> x & 1;
    for (unsigned i = 0;; i++) {
        if (x < symbol->run[i])
            return i % 2 == 0;
        x -= symbol->run[i];
    }
}

static void
print_rows(const struct barcode_symbol *symbol)
{
    for (unsigned y = 0; y < symbol->height; y++) {
        for (unsigned x = 0; x < symbol->width; x++)
            putchar(module_is_dark(symbol, x, y) ? '#' : '.');
        putchar('\n');
    }
}

static void
write_image(const struct barcode_symbol *symbol, unsigned scale, const char *path)
{
    unsigned height = symbol->height > 1 ? symbol->height : LINEAR_HEIGHT / scale;
    unsigned columns = symbol->width + 2 * symbol->quiet;
    unsigned rows = height + 2 * symbol->quiet;
    FILE *file = fopen(path, "wb");

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    fprintf(file, "P5 %u %u 255\n", columns * scale, rows * scale);
    for (unsigned y = 0; y < rows * scale; y++) {
        for (unsigned x = 0; x < columns * scale; x++) {
            unsigned column = x / scale - symbol->quiet; /* far beyond the symbol if below 0 */
            unsigned row = y / scale - symbol->quiet;
            bool dark = column < symbol->width && row < height &&
                        module_is_dark(symbol, column, symbol->height > 1 ? row : 0);

            putc(dark ? 0 : 255, file);
        }
    }
    if (fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static struct barcode_symbol
encode_line(char *line)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    enum barcode_type type;
    char *text = strchr(line, ' ');

    line[strcspn(line, "\n")] = '\0';
    if (text != NULL)
        *text++ = '\0';
    if (text == NULL || !barcode_type_by_name(line, &type)) {
        fprintf(stderr, "barcode_dump: not \"name text\": %s\n", line);
        exit(1);
    }
    if (barcode_encode(type, text, strlen(text), NULL, &symbol, &why) != BARCODE_OK) {
        fprintf(stderr, "barcode_dump: %s: %s\n", text, why.text);
        exit(1);
    }
    return symbol;
}

int
main(int argc, char **argv)
{
    char line[BARCODE_TEXT_MAX + 16];
    char path[4096];
    bool rows = argc == 2 && strcmp(argv[1], "rows") == 0;
    bool images = argc == 4 && strcmp(argv[1], "images") == 0;
    unsigned scale = images ? (unsigned)strtoul(argv[2], NULL, 10) : 0;

    if (!rows && (scale < 1 || scale > 20)) {
        fprintf(stderr, "usage: barcode_dump rows | barcode_dump images SCALE PREFIX\n");
        return 2;
    }
    for (unsigned i = 0; fgets(line, sizeof line, stdin) != NULL; i++) {
        struct barcode_symbol symbol = encode_line(line);

        if (rows) {
            print_rows(&symbol);
            continue;
        }
        snprintf(path, sizeof path, "%s%03u.pgm", argv[3], i);
        write_image(&symbol, scale, path);
    }
    return 0;
}
