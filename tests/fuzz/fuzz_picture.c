/*
 * Byte 0 chooses symbology and ratio, bytes 1 to 3 scale, height, text and whether it is a card;
 * the rest is the text, for a card up to a 0 byte and behind that what its QR holds. Every picture
 * is one that libpng reads without a complaint, of the width that quiet zones ask for, and they are
 * white.
 */
#include <assert.h>
#include <png.h>
#include <string.h>

#include "barcode/barcode.h"

enum { PNG_MAX = 1024 * 1024, PIXELS_MAX = 16 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
look_at(const uint8_t *png, size_t n, unsigned width_least, unsigned quiet)
{
    static uint8_t grey[PIXELS_MAX];
    png_image image = {.version = PNG_IMAGE_VERSION};

    assert(n > 0 && n <= PNG_MAX);
    assert(png_image_begin_read_from_memory(&image, png, n) && image.warning_or_error == 0);
    assert(image.width >= width_least);
    image.format = PNG_FORMAT_GRAY;
    if (PNG_IMAGE_SIZE(image) > sizeof grey) {
        png_image_free(&image);
        return;
    }
    assert(png_image_finish_read(&image, NULL, grey, 0, NULL) && image.warning_or_error == 0);
    for (unsigned y = 0; y < image.height; y++)
        for (unsigned x = 0; x < quiet; x++)
            assert(grey[(size_t)y * image.width + x] == 255 &&
                   grey[(size_t)(y + 1) * image.width - 1 - x] == 255);
}

static void
draw(const struct barcode_symbol *symbol, const struct barcode_symbol *matrix,
     const struct barcode_png_options *options)
{
    static uint8_t png[PNG_MAX];
    unsigned unit = options->scale / symbol->units;
    bool card = matrix != NULL && symbol->height == 1;
    bool text = symbol->height == 1 && options->text; /* may stand below the quiet zones */
    size_t n = card ? barcode_card_png(symbol, matrix, options, png, sizeof png)
                    : barcode_png(symbol, options, png, sizeof png);

    look_at(png, n, (symbol->width + 2 * symbol->quiet) * unit,
            card || text ? 0 : symbol->quiet * unit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct barcode_options how = {0};
    struct barcode_png_options options;
    struct barcode_symbol symbol, matrix, *qr = NULL;
    const char *text = (const char *)data + 4, *end;

    if (n < 5)
        return 0;
    n -= 4;
    how.ratio = (enum barcode_ratio)(data[0] / BARCODE_TYPES % 3);
    end = data[3] & 2 ? memchr(text, '\0', n) : NULL;
    if (end != NULL && barcode_encode(BARCODE_QR, end + 1, n - (size_t)(end + 1 - text), NULL,
                                      &matrix, NULL) == BARCODE_OK)
        qr = &matrix;
    if (barcode_encode((enum barcode_type)(data[0] % BARCODE_TYPES), text,
                       end != NULL ? (size_t)(end - text) : n, &how, &symbol, NULL))
        return 0;
    options.scale = 1 + data[1] % (BARCODE_SCALE_MAX / symbol.units);
    options.scale *= symbol.units;
    options.height = 1 + data[2] % BARCODE_HEIGHT_MAX;
    options.text = data[3] & 1;
    draw(&symbol, qr, &options);
    return 0;
}
