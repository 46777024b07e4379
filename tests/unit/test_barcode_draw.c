/*
 * Pictures: what libpng reads back of ours is the symbol, its quiet zone and the text, pixel by
 * pixel; what zlib inflates is what the deflater was told; and none of it allocates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "barcode/barcode.h"
#include "barcode/deflater.h"
#include "barcode/font.h"

enum {
    PIXELS_MAX = 8 * 1024 * 1024,
    PNG_MAX = 256 * 1024,
    TEXT_ROWS = 2 + FONT_HEIGHT + 2, /* in modules, as in barcode/png.c */
};

static uint8_t png[PNG_MAX];

/* ---------------------------------------------------------------- counting allocations */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 0 /* the sanitizers have a malloc of their own */
#elif defined(__has_feature)
#define COUNTS_ALLOCATIONS (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define COUNTS_ALLOCATIONS 1
#endif

#if COUNTS_ALLOCATIONS
static volatile unsigned allocations; /* compilers think that malloc counts nothing */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *at, size_t n);

/* The program's own come before the C library's, for libpng too. */
void *
malloc(size_t n)
{
    allocations++;
    return __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

void *
realloc(void *at, size_t n)
{
    allocations++;
    return __libc_realloc(at, n);
}
#endif

/* ---------------------------------------------------------------- symbols */

static uint32_t random_state = 20260402;

static unsigned
random_below(unsigned limit)
{
    random_state ^= random_state << 13; /* xorshift: the same inputs on every run */
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

static struct barcode_symbol
encode(enum barcode_type type, const char *text, enum barcode_ratio ratio)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;

    if (barcode_encode(type, text, strlen(text), &(struct barcode_options){.ratio = ratio}, &symbol,
                       &why))
        fail_msg("%s \"%s\": %s", barcode_type_name(type), text, why.text);
    return symbol;
}

static const struct {
    enum barcode_type type;
    const char *text;
    enum barcode_ratio ratio;
} samples[] = {
    {BARCODE_EAN13, "2123456789010", BARCODE_RATIO_2},
    {BARCODE_EAN8, "20123451", BARCODE_RATIO_2},
    {BARCODE_CODE128, "7112345678901234567890", BARCODE_RATIO_2},
    {BARCODE_CODE128, "aZgj{}~ \\#$%&9", BARCODE_RATIO_2},
    {BARCODE_NW7, "A0000012345A", BARCODE_RATIO_2},
    {BARCODE_NW7, "A0000012345A", BARCODE_RATIO_2_5},
    {BARCODE_CODE39, "ABC-1234", BARCODE_RATIO_2_5},
    {BARCODE_ITF, "00012345", BARCODE_RATIO_3},
    {BARCODE_QR, "M1.7K3F9Q2X.48215360.83920417", BARCODE_RATIO_2},
};

enum { SAMPLES = sizeof samples / sizeof *samples };

/* Is what lies x units and y rows from the symbol's first module dark? */
static bool
is_dark(const struct barcode_symbol *symbol, unsigned x, unsigned y)
{
    if (symbol->height > 1)
        return x < symbol->width && y < symbol->height && symbol->row[y] >> x & 1;
    for (unsigned i = 0; i < symbol->run_count; x -= symbol->run[i++])
        if (x < symbol->run[i])
            return i % 2 == 0;
    return false;
}

static bool
text_is_dark(const char *text, unsigned x, unsigned y)
{
    return y < FONT_HEIGHT && x / FONT_ADVANCE < strlen(text) && x % FONT_ADVANCE < FONT_WIDTH &&
           barcode_font_dot(text[x / FONT_ADVANCE], x % FONT_ADVANCE, y);
}

/* ---------------------------------------------------------------- PNG */

struct pixels {
    unsigned width, height;
    uint8_t grey[PIXELS_MAX];
};

static struct pixels pixels;

static void
read_back(size_t n)
{
    png_image image = {.version = PNG_IMAGE_VERSION};

    assert_true(n > 0 && n <= sizeof png);
    if (!png_image_begin_read_from_memory(&image, png, n))
        fail_msg("libpng: %s", image.message);
    assert_int_equal(image.warning_or_error, 0);
    image.format = PNG_FORMAT_GRAY;
    assert_true(PNG_IMAGE_SIZE(image) <= sizeof pixels.grey);
    pixels.width = image.width;
    pixels.height = image.height;
    if (!png_image_finish_read(&image, NULL, pixels.grey, 0, NULL))
        fail_msg("libpng: %s", image.message);
    assert_int_equal(image.warning_or_error, 0);
    assert_int_equal(png[24], 1); /* IHDR: bits a pixel, */
    assert_int_equal(png[25], 0); /* grey */
    assert_memory_equal(png + n - 12, "\0\0\0\0IEND\xae\x42\x60\x82", 12);
}

static void
expect_pixel(unsigned x, unsigned y, bool dark)
{
    if (pixels.grey[(size_t)y * pixels.width + x] != (dark ? 0 : 255))
        fail_msg("pixel %u, %u is %s", x, y, dark ? "not black" : "not white");
}

static void
check_png(const struct barcode_symbol *symbol, const struct barcode_png_options *options)
{
    bool linear = symbol->height == 1;
    unsigned unit = options->scale / symbol->units;
    unsigned bars = options->height * options->scale;
    bool text = linear && options->text;
    unsigned text_width = ((unsigned)strlen(symbol->human) * FONT_ADVANCE - 1) * options->scale;

    read_back(barcode_png(symbol, options, png, sizeof png));
    assert_int_equal(pixels.width, (symbol->width + 2 * symbol->quiet) * unit);
    assert_int_equal(pixels.height,
                     linear ? bars + (text ? TEXT_ROWS * options->scale : 0) : pixels.width);
    for (unsigned y = 0; y < pixels.height; y++)
        for (unsigned x = 0; x < pixels.width; x++) {
            unsigned column = x / unit - symbol->quiet; /* far outside if left of it */
            unsigned left = (pixels.width - text_width) / 2;
            bool dark = linear && y >= bars
                            ? x >= left && y >= bars + 2 * options->scale &&
                                  text_is_dark(symbol->human, (x - left) / options->scale,
                                               (y - bars) / options->scale - 2)
                            : is_dark(symbol, column, linear ? 0 : y / unit - symbol->quiet);

            expect_pixel(x, y, dark);
        }
}

static void
png_shows_the_symbol_its_quiet_zone_and_the_text(void **state)
{
    static const unsigned scales[] = {2, 4, 6, 10};

    (void)state;
    for (unsigned i = 0; i < SAMPLES; i++) {
        struct barcode_symbol symbol = encode(samples[i].type, samples[i].text, samples[i].ratio);

        for (unsigned k = 0; k < sizeof scales / sizeof *scales; k++)
            for (unsigned text = 0; text < 2; text++)
                check_png(&symbol, &(struct barcode_png_options){scales[k], 10 + 7 * k, text == 1});
    }
    for (unsigned scale = 1; scale <= 9; scale += 2) {
        struct barcode_symbol symbol = encode(BARCODE_EAN13, "212345678901", BARCODE_RATIO_2);

        check_png(&symbol, &(struct barcode_png_options){scale, 1, true});
    }
}

static void
png_of_the_largest_picture_is_right(void **state)
{
    struct barcode_symbol symbol =
        encode(BARCODE_CODE128, "1234567890123456789012345678", BARCODE_RATIO_2);
    size_t n;

    (void)state;
    n = barcode_png(&symbol, &(struct barcode_png_options){40, 10, true}, png, sizeof png);
    assert_true(n > 0 && n < sizeof png);
    check_png(&symbol, &(struct barcode_png_options){40, 10, true});
}

/* Sizes measured with zlib at its best are 206 and 247: see the figures of the specification. */
static void
png_is_small(void **state)
{
    struct barcode_symbol symbol = encode(BARCODE_EAN13, "2123456789010", BARCODE_RATIO_2);

    (void)state;
    assert_in_range(
        barcode_png(&symbol, &(struct barcode_png_options){6, 40, false}, png, sizeof png), 100,
        206);
    assert_in_range(
        barcode_png(&symbol, &(struct barcode_png_options){8, 40, false}, png, sizeof png), 100,
        247);
}

static void
png_tells_its_length_whatever_the_room(void **state)
{
    struct barcode_symbol symbol = encode(BARCODE_QR, "M1-20001", BARCODE_RATIO_2);
    struct barcode_png_options options = {.scale = 5, .height = 1};
    size_t n = barcode_png(&symbol, &options, png, sizeof png);
    uint8_t *exact = malloc(n);

    (void)state;
    assert_non_null(exact);
    assert_int_equal(barcode_png(&symbol, &options, NULL, 0), n);
    for (size_t cap = 1; cap < n; cap += 7)
        assert_int_equal(barcode_png(&symbol, &options, exact, cap), n);
    assert_int_equal(barcode_png(&symbol, &options, exact, n), n);
    assert_memory_equal(exact, png, n);
    free(exact);
}

static void
card_stacks_bars_text_and_qr(void **state)
{
    struct barcode_symbol linear = encode(BARCODE_EAN13, "2123456789010", BARCODE_RATIO_2);
    struct barcode_symbol matrix =
        encode(BARCODE_QR, "M1.7K3F9Q2X.48215360.83920417", BARCODE_RATIO_2);
    struct barcode_png_options options = {.scale = 6, .height = 40, .text = true};
    unsigned width = (95 + 22) * 6;
    unsigned gap = (width * 24 + 319) / 320;
    unsigned module = 11; /* 25 + 8 modules, at least half the width */
    unsigned qr_y = gap + (40 + TEXT_ROWS) * 6 + gap;
    unsigned qr_x = (width - 33 * module) / 2;

    (void)state;
    read_back(barcode_card_png(&linear, &matrix, &options, png, sizeof png));
    assert_int_equal(pixels.width, width);
    assert_int_equal(pixels.height, qr_y + 33 * module + gap);
    for (unsigned y = 0; y < pixels.height; y++)
        for (unsigned x = 0; x < width; x++) {
            unsigned column = (x + 33 * module - qr_x) / module - 33; /* wraps left of it */

            if (y < gap || (y >= gap + (40 + TEXT_ROWS) * 6 && y < qr_y))
                expect_pixel(x, y, false);
            else if (y < gap + 40 * 6)
                expect_pixel(x, y, is_dark(&linear, x / 6 - 11, 0));
            else if (y >= qr_y)
                expect_pixel(x, y, is_dark(&matrix, column - 4, (y - qr_y) / module - 4));
        }
}

static void
card_is_wide_enough_for_any_pair(void **state)
{
    char text[BARCODE_TEXT_MAX + 1];
    struct barcode_symbol linear = encode(BARCODE_CODE128, "1", BARCODE_RATIO_2);

    (void)state;
    memset(text, 'x', BARCODE_TEXT_MAX);
    text[BARCODE_TEXT_MAX] = '\0';
    for (unsigned scale = 1; scale <= 7; scale += 3) {
        struct barcode_symbol matrix = encode(BARCODE_QR, text, BARCODE_RATIO_2);
        struct barcode_png_options options = {.scale = scale, .height = 20, .text = true};

        read_back(barcode_card_png(&linear, &matrix, &options, png, sizeof png));
        assert_true(pixels.width >= matrix.width + 8);
        assert_true(pixels.width >= (linear.width + 20) * scale);
    }
}

/* ---------------------------------------------------------------- SVG */

static void
svg_of_a_size_and_with_text(void **state)
{
    struct barcode_symbol ean = encode(BARCODE_EAN13, "2123456789010", BARCODE_RATIO_2);
    struct barcode_symbol nw7 = encode(BARCODE_NW7, "A12A", BARCODE_RATIO_2_5);
    struct barcode_symbol qr = encode(BARCODE_QR, "M1-20001", BARCODE_RATIO_2);
    char svg[8192];

    (void)state;
    barcode_svg(&ean, &(struct barcode_svg_options){.id_prefix = "c", .scale = 6, .height = 40},
                svg, sizeof svg);
    assert_non_null(strstr(svg, " width=\"702\" height=\"240\" viewBox=\"0 0 117 40\""
                                " preserveAspectRatio=\"none\""));
    assert_non_null(strstr(svg, "<rect width=\"117\" height=\"40\" fill=\"#fff\"/>"));
    assert_non_null(strstr(svg, " d=\"M11 0v40h1V0m1 0v40h1V0m"));
    assert_null(strstr(svg, "<text"));

    barcode_svg(&nw7, &(struct barcode_svg_options){.id_prefix = "c", .scale = 4, .text = true},
                svg, sizeof svg);
    assert_non_null(strstr(svg, " width=\"264\" height=\"288\" viewBox=\"0 0 132 144\" role"));
    assert_non_null(strstr(svg, " d=\"M20 0v120h2V0m"));
    assert_non_null(strstr(svg, "<text x=\"66\" y=\"138\" font-family=\"monospace\" "
                                "font-size=\"20\" text-anchor=\"middle\" xml:space=\"preserve\" "
                                "textLength=\"48\">A12A</text></svg>"));

    barcode_svg(&qr, &(struct barcode_svg_options){.id_prefix = "c", .scale = 2, .text = true}, svg,
                sizeof svg);
    assert_non_null(strstr(svg, " width=\"58\" height=\"58\" viewBox=\"0 0 29 29\""));
    assert_null(strstr(svg, "<text"));
}

/* ---------------------------------------------------------------- the deflater */

struct stream {
    uint8_t bytes[PNG_MAX];
    size_t n;
};

static struct stream stream;

static void
stream_write(void *to, const uint8_t *bytes, size_t n)
{
    struct stream *s = to;

    assert_true(s->n + n <= sizeof s->bytes);
    memcpy(s->bytes + s->n, bytes, n);
    s->n += n;
}

/* Rows of a kind of their own each time: few or many different bytes, repeats or none. */
static void
check_stream(unsigned stride, unsigned rows, unsigned values, unsigned repeats)
{
    static struct deflater deflater;
    static uint8_t want[512 * 1024];
    static uint8_t got[sizeof want + 1];
    uLongf got_n = sizeof got;
    uint8_t row[DEFLATER_ROW_MAX];
    size_t n = 0;

    stream.n = 0;
    barcode_deflater_begin(&deflater, stride, stream_write, &stream);
    for (unsigned i = 0; i < rows; i++) {
        unsigned times = 1 + random_below(repeats);
        unsigned changed = i == 0 ? stride : random_below(stride + 1);

        for (unsigned k = 0; k < changed; k++)
            row[i == 0 ? k : random_below(stride)] = (uint8_t)(random_below(values) * 37);
        barcode_deflater_row(&deflater, row, times);
        for (unsigned k = 0; k < times; k++, n += stride) {
            assert_true(n + stride <= sizeof want);
            memcpy(want + n, row, stride);
        }
    }
    barcode_deflater_end(&deflater);
    assert_int_equal(uncompress(got, &got_n, stream.bytes, stream.n), Z_OK);
    assert_int_equal(got_n, n);
    assert_memory_equal(got, want, n);
}

static void
what_zlib_inflates_is_what_was_told(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 400; i++)
        check_stream(2 + random_below(120), 1 + random_below(40), 1 + random_below(256),
                     1 + random_below(60));
    for (unsigned i = 0; i < 20; i++)
        check_stream(DEFLATER_ROW_MAX, 1 + random_below(20), 1 + random_below(256),
                     1 + random_below(20));
    check_stream(2, 1, 1, 1);
    check_stream(7, 3000, 256, 3); /* many blocks */
}

/* ---------------------------------------------------------------- */

static void
drawing_allocates_nothing(void **state)
{
#if COUNTS_ALLOCATIONS
    struct barcode_symbol symbol[SAMPLES];
    static char svg[32 * 1024];
    unsigned before;
    void *volatile counted;

    (void)state;
    for (unsigned i = 0; i < SAMPLES; i++)
        symbol[i] = encode(samples[i].type, samples[i].text, samples[i].ratio);
    before = allocations;
    counted = malloc(1);
    assert_int_equal(allocations, before + 1);
    free(counted);
    before = allocations;
    for (unsigned i = 0; i < SAMPLES; i++) {
        struct barcode_options options = {.ratio = samples[i].ratio};

        if (samples[i].type != BARCODE_QR)
            barcode_encode(samples[i].type, samples[i].text, strlen(samples[i].text), &options,
                           &symbol[i], NULL);
        barcode_svg(&symbol[i], &(struct barcode_svg_options){.id_prefix = "c", .text = true}, svg,
                    sizeof svg);
        barcode_png(&symbol[i], &(struct barcode_png_options){40, 200, true}, png, sizeof png);
        if (i < SAMPLES - 1)
            barcode_card_png(&symbol[i], &symbol[SAMPLES - 1],
                             &(struct barcode_png_options){6, 40, true}, png, sizeof png);
    }
    assert_int_equal(allocations, before);
#else
    (void)state;
    skip();
#endif
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_shows_the_symbol_its_quiet_zone_and_the_text),
        cmocka_unit_test(png_of_the_largest_picture_is_right),
        cmocka_unit_test(png_is_small),
        cmocka_unit_test(png_tells_its_length_whatever_the_room),
        cmocka_unit_test(card_stacks_bars_text_and_qr),
        cmocka_unit_test(card_is_wide_enough_for_any_pair),
        cmocka_unit_test(svg_of_a_size_and_with_text),
        cmocka_unit_test(what_zlib_inflates_is_what_was_told),
        cmocka_unit_test(drawing_allocates_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
