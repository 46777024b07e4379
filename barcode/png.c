#include <assert.h>
#include <png.h>
#include <stdalign.h>
#include <string.h>

#include "barcode/barcode.h"
#include "barcode/deflater.h"
#include "barcode/font.h"

enum {
    WIDTH_MAX = BARCODE_LINEAR_MODULES_MAX * BARCODE_SCALE_MAX,
    TEXT_SPACE = 2,              /* white dots above and below the line of text */
    WORKSPACE_BYTES = 16 * 1024, /* twice of what libpng 1.6 takes without its own compression */
};

_Static_assert(1 + (WIDTH_MAX + 7) / 8 <= DEFLATER_ROW_MAX, "the widest row is taken");

/* All that libpng asks for, one piece after another; given back together. */
struct workspace {
    size_t used;
    alignas(max_align_t) unsigned char bytes[WORKSPACE_BYTES];
};

/* What has been written is counted even where it does not fit. */
struct sink {
    uint8_t *out;
    size_t cap;
    size_t n;
};

/* What stands where, from top to bottom; lengths are pixels. */
struct picture {
    unsigned width, height;
    unsigned margin;                     /* white above the first and below the last */
    const struct barcode_symbol *linear; /* NULL: none */
    unsigned bar_height;
    unsigned unit;                       /* width of one unit of the bars */
    const char *text;                    /* NULL: none */
    unsigned dot;                        /* of the text */
    unsigned gap;                        /* white between text and matrix */
    const struct barcode_symbol *matrix; /* NULL: none */
    unsigned module;                     /* of the matrix */
};

/* A row of pixels: a bit each, the highest first, 1 is white; in front the filter, which is none.
 */
struct painter {
    struct deflater deflater;
    uint8_t filter_and_row[1 + (WIDTH_MAX + 7) / 8];
    uint8_t *row;
    size_t row_bytes;
};

/* ---------------------------------------------------------------- libpng */

static void *
workspace_take(png_structp png, png_alloc_size_t n)
{
    struct workspace *workspace = png_get_mem_ptr(png);
    size_t room = (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    void *piece = workspace->bytes + workspace->used;

    if (n > WORKSPACE_BYTES || room > WORKSPACE_BYTES - workspace->used)
        return NULL;
    workspace->used += room;
    return piece;
}

static void
workspace_keep(png_structp png, void *piece)
{
    (void)png, (void)piece;
}

static void
sink_write(png_structp png, png_bytep bytes, size_t n)
{
    struct sink *sink = png_get_io_ptr(png);

    if (sink->n + n <= sink->cap)
        memcpy(sink->out + sink->n, bytes, n);
    sink->n += n;
}

static void
sink_flush(png_structp png)
{
    (void)png;
}

static void
fail(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void
ignore(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

/* ---------------------------------------------------------------- rows */

static void
row_clear(struct painter *p)
{
    memset(p->row, 0xff, p->row_bytes);
}

/* Make the n > 0 pixels from x on black. */
static void
row_black(struct painter *p, unsigned x, unsigned n)
{
    unsigned first = x / 8;
    unsigned last = (x + n - 1) / 8;
    uint8_t before = (uint8_t)(0xff00 >> x % 8);         /* white left of x in its byte */
    uint8_t behind = (uint8_t)(0x7f >> (x + n - 1) % 8); /* white right of the last pixel */

    if (first == last) {
        p->row[first] &= before | behind;
        return;
    }
    p->row[first] &= before;
    memset(p->row + first + 1, 0, last - first - 1);
    p->row[last] &= behind;
}

static void
row_write(struct painter *p, unsigned times)
{
    if (times > 0)
        barcode_deflater_row(&p->deflater, p->filter_and_row, times);
}

static void
white_write(struct painter *p, unsigned times)
{
    row_clear(p);
    row_write(p, times);
}

static void
bars_write(struct painter *p, const struct picture *picture)
{
    const struct barcode_symbol *linear = picture->linear;
    unsigned x = (picture->width - linear->width * picture->unit) / 2;

    row_clear(p);
    for (unsigned i = 0; i < linear->run_count; i++) {
        unsigned n = linear->run[i] * picture->unit;

        if (i % 2 == 0)
            row_black(p, x, n);
        x += n;
    }
    row_write(p, picture->bar_height);
}

static unsigned
text_width(const char *text, unsigned dot)
{
    return ((unsigned)strlen(text) * FONT_ADVANCE - (FONT_ADVANCE - FONT_WIDTH)) * dot;
}

static void
text_write(struct painter *p, const struct picture *picture)
{
    unsigned dot = picture->dot;

    white_write(p, TEXT_SPACE * dot);
    for (unsigned row = 0; row < FONT_HEIGHT; row++) {
        unsigned x = (picture->width - text_width(picture->text, dot)) / 2;

        row_clear(p);
        for (const char *c = picture->text; *c != '\0'; c++, x += FONT_ADVANCE * dot)
            for (unsigned column = 0; column < FONT_WIDTH; column++)
                if (barcode_font_dot(*c, column, row))
                    row_black(p, x + column * dot, dot);
        row_write(p, dot);
    }
    white_write(p, TEXT_SPACE * dot);
}

static void
matrix_write(struct painter *p, const struct picture *picture)
{
    const struct barcode_symbol *matrix = picture->matrix;
    unsigned module = picture->module;
    unsigned left = (picture->width - matrix->width * module) / 2;

    white_write(p, matrix->quiet * module);
    for (unsigned y = 0; y < matrix->height; y++) {
        row_clear(p);
        for (unsigned x = 0; x < matrix->width; x++)
            if (matrix->row[y] >> x & 1)
                row_black(p, left + x * module, module);
        row_write(p, module);
    }
    white_write(p, matrix->quiet * module);
}

/* ---------------------------------------------------------------- pictures */

static void
idat_write(void *png, const uint8_t *bytes, size_t n)
{
    png_write_chunk(png, (png_const_bytep) "IDAT", bytes, n);
}

/* libpng would read every row, and compress it with an allocated window; we know which repeat. */
static void
picture_write(const struct picture *picture, png_structp png, png_infop info)
{
    struct painter p __attribute__((uninitialized));

    p.filter_and_row[0] = PNG_FILTER_VALUE_NONE;
    p.row = p.filter_and_row + 1;
    p.row_bytes = (picture->width + 7) / 8;
    png_set_IHDR(png, info, picture->width, picture->height, 1, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    barcode_deflater_begin(&p.deflater, 1 + p.row_bytes, idat_write, png);
    white_write(&p, picture->margin);
    if (picture->linear != NULL)
        bars_write(&p, picture);
    if (picture->text != NULL)
        text_write(&p, picture);
    white_write(&p, picture->gap);
    if (picture->matrix != NULL)
        matrix_write(&p, picture);
    white_write(&p, picture->margin);
    barcode_deflater_end(&p.deflater);
    png_write_chunk(png, (png_const_bytep) "IEND", NULL, 0);
}

static size_t
picture_png(const struct picture *picture, uint8_t *out, size_t cap)
{
    struct workspace workspace __attribute__((uninitialized));
    struct sink sink = {.out = out, .cap = cap};
    png_structp png;
    png_infop info;

    workspace.used = 0;
    png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, NULL, fail, ignore, &workspace,
                                    workspace_take, workspace_keep);
    if (png == NULL)
        return 0;
    info = png_create_info_struct(png);
    if (info == NULL || setjmp(png_jmpbuf(png)))
        return 0;
    png_set_write_fn(png, &sink, sink_write, sink_flush);
    picture_write(picture, png, info);
    return sink.n;
}

static unsigned
linear_width(const struct barcode_symbol *linear, unsigned unit)
{
    return (linear->width + 2 * linear->quiet) * unit;
}

static unsigned
matrix_width(const struct barcode_symbol *matrix, unsigned module)
{
    return (matrix->width + 2 * matrix->quiet) * module;
}

/* The bars and, if wanted, the line below them: one dot is as wide as one module. */
static void
picture_linear(struct picture *picture, const struct barcode_symbol *linear,
               const struct barcode_png_options *options)
{
    assert(options->scale % linear->units == 0);
    assert(options->height >= 1 && options->height <= BARCODE_HEIGHT_MAX);
    picture->linear = linear;
    picture->unit = options->scale / linear->units;
    picture->bar_height = options->height * options->scale;
    picture->width = linear_width(linear, picture->unit);
    picture->height = picture->bar_height;
    if (options->text) {
        picture->text = linear->human;
        picture->dot = options->scale;
        picture->height += (TEXT_SPACE + FONT_HEIGHT + TEXT_SPACE) * picture->dot;
        assert(text_width(picture->text, picture->dot) <= picture->width);
    }
}

size_t
barcode_png(const struct barcode_symbol *symbol, const struct barcode_png_options *options,
            uint8_t *out, size_t cap)
{
    struct picture picture = {0};

    assert(options->scale >= 1 && options->scale <= BARCODE_SCALE_MAX);
    if (symbol->height == 1) {
        picture_linear(&picture, symbol, options);
    } else {
        picture.matrix = symbol;
        picture.module = options->scale;
        picture.width = picture.height = matrix_width(symbol, picture.module);
    }
    return picture_png(&picture, out, cap);
}

/*
 * The matrix takes half the width: 160 CSS pixels of 320. The gap is 24 of 320 and the quiet zone
 * of the matrix besides.
 */
size_t
barcode_card_png(const struct barcode_symbol *linear, const struct barcode_symbol *matrix,
                 const struct barcode_png_options *options, uint8_t *out, size_t cap)
{
    struct picture picture = {0};
    unsigned width;

    assert(linear->height == 1 && matrix->height > 1);
    assert(options->scale >= 1 && options->scale <= BARCODE_SCALE_MAX);
    picture_linear(&picture, linear, options);
    width = matrix_width(matrix, 1);
    picture.matrix = matrix;
    picture.module = (picture.width / 2 + width - 1) / width;
    width *= picture.module;
    picture.gap = (picture.width * 24 + 319) / 320;
    picture.margin = picture.gap;
    picture.height += picture.gap + width + 2 * picture.margin;
    if (picture.width < width)
        picture.width = width;
    return picture_png(&picture, out, cap);
}
