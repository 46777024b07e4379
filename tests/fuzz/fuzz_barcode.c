/*
 * Byte 0 chooses the symbology and the ratio, byte 1 the check, byte 2 the other options and how to
 * draw; the rest is the text. What is accepted is whole, fits, says its check again, and is drawn.
 */
#include <assert.h>
#include <string.h>

#include "barcode/barcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
draw_svg(const struct barcode_symbol *symbol, bool text, unsigned scale)
{
    static char svg[32 * 1024];
    struct barcode_svg_options options = {.id_prefix = "fuzz", .scale = scale, .text = text};
    size_t length = barcode_svg(symbol, &options, svg, sizeof svg);

    assert(length < sizeof svg && strlen(svg) == length);
    assert(barcode_svg(symbol, &options, svg, length) == length && svg[0] == '\0');
}

static void
draw_png(const struct barcode_symbol *symbol, bool text, unsigned scale)
{
    static uint8_t png[32 * 1024];
    struct barcode_png_options options = {
        .scale = scale * symbol->units, .height = 20, .text = text};
    size_t length = barcode_png(symbol, &options, png, sizeof png);

    assert(length > 8 && length <= sizeof png && memcmp(png, "\x89PNG", 4) == 0);
}

static void
look_at_linear(const struct barcode_symbol *symbol)
{
    unsigned width = 0;

    assert(symbol->run_count % 2 == 1 && symbol->run_count <= BARCODE_LINEAR_RUNS_MAX);
    for (unsigned i = 0; i < symbol->run_count; i++) {
        assert(symbol->run[i] >= 1 && symbol->run[i] <= 9);
        width += symbol->run[i];
    }
    assert(symbol->width == width);
    assert(width + 2 * symbol->quiet <= BARCODE_LINEAR_MODULES_MAX * symbol->units);
    assert(strlen(symbol->human) <= BARCODE_LINEAR_TEXT_MAX);
}

static void
look_at_matrix(const struct barcode_symbol *symbol)
{
    assert(symbol->width == symbol->height && symbol->width <= BARCODE_QR_SIZE_MAX);
    for (unsigned y = 0; y < symbol->height; y++)
        assert(symbol->row[y] >> symbol->width == 0);
}

/* The symbol's own text, check included, gives the same symbol. */
static void
encode_again(const struct barcode_symbol *symbol, struct barcode_options options)
{
    struct barcode_symbol again;

    options.check_given = true;
    assert(barcode_encode(symbol->type, symbol->text, strlen(symbol->text), &options, &again,
                          NULL) == BARCODE_OK);
    assert(again.width == symbol->width && strcmp(again.text, symbol->text) == 0 &&
           strcmp(again.human, symbol->human) == 0);
    assert(memcmp(again.run, symbol->run, symbol->run_count) == 0);
}

/* A number and its check digit, put in its place, are right. */
static void
check(enum barcode_check check, const char *text, size_t n)
{
    char whole[64];
    char digit;
    size_t at = check == BARCODE_CHECK_MOD16 ? n - 1 : n;

    barcode_check_verify(check, text, n, NULL);
    if (barcode_check_compute(check, text, n, &digit, NULL) || n >= sizeof whole)
        return;
    memcpy(whole, text, at);
    whole[at] = digit;
    memcpy(whole + at + 1, text + at, n - at);
    assert(barcode_check_verify(check, whole, n + 1, NULL) == BARCODE_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct barcode_options options;
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    enum barcode_type type;
    const char *text = (const char *)data + 3;

    if (n < 3)
        return 0;
    n -= 3;
    type = (enum barcode_type)(data[0] % BARCODE_TYPES);
    options = (struct barcode_options){
        .ratio = (enum barcode_ratio)(data[0] / BARCODE_TYPES % (BARCODE_RATIO_3 + 1)),
        .check = (enum barcode_check)(data[1] % BARCODE_CHECKS),
        .check_given = data[2] & 1,
        .hide_check = data[2] >> 1 & 1,
        .start_stop = (enum barcode_start_stop)((data[2] >> 2 & 3) % 3),
    };
    check(options.check, text, n);
    if (barcode_encode(type, text, n, &options, &symbol, &why)) {
        assert(why.at <= n && memchr(why.text, '.', sizeof why.text) != NULL);
        return 0;
    }
    if (symbol.height == 1)
        look_at_linear(&symbol);
    else
        look_at_matrix(&symbol);
    draw_svg(&symbol, data[2] & 16, data[2] >> 5 & 1);
    if (data[2] & 64)
        draw_png(&symbol, data[2] & 16, 1 + (data[2] >> 5 & 1));
    if (symbol.height == 1)
        encode_again(&symbol, options);
    return 0;
}
