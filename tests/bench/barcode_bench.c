/*
 * Barcodes beside libzint: encode and draw, one text after another, in this one process.
 *
 *   barcode_bench [ROUNDS [MILLISECONDS]]
 *
 * Both draw the same picture: 6 pixels a module, bars 40 modules high, the same quiet zones, no
 * text. Time is the processor's, which others on the machine do not take. Each round measures
 * everything once, the order turning about; a ratio is taken within a round, and its median, lowest
 * and highest are printed. Above 1 we are faster.
 *
 *   SVG     ours: barcode_encode and barcode_svg into a buffer
 *           zint: ZBarcode_Encode_and_Print. libzint 2.11 writes SVG to files only, so it gets
 *           /dev/null, which costs it an open and a close but no disk
 *   PNG     ours: barcode_encode and barcode_png into a buffer; zint: as for SVG
 *   memory  what zint does in memory alone, and what is less than ours: for SVG its list of
 *           rectangles (ZBarcode_Encode_and_Buffer_Vector), which are no text yet; for PNG its
 *           pixels (ZBarcode_Encode_and_Buffer), which are not compressed yet
 *
 * zint's symbol is made once and cleared each time, which is its quickest way. Bytes are those of
 * the whole picture. NW-7 and Code 39 are at 2:1, all that zint has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zint.h>

/* barcode.h has a name of zint.h; zint's is the number it wants. */
enum { ZINT_CODE128 = BARCODE_CODE128, ZINT_CODE39 = BARCODE_CODE39 };
#undef BARCODE_CODE128
#undef BARCODE_CODE39
#include "barcode/barcode.h"

enum { SCALE = 6, HEIGHT = 40, ROUNDS_MAX = 99, PICTURE_MAX = 64 * 1024, TURNS = 16 };

enum format { SVG, PNG, FORMATS };
enum way { OURS, ZINT, ZINT_MEMORY, WAYS };

static const char *const format_name[FORMATS] = {"SVG", "PNG"};

static const struct code {
    const char *name;
    enum barcode_type type;
    int zint, quiet;
    const char *text;
} codes[] = {
    {"EAN-13", BARCODE_EAN13, BARCODE_EANX, 11, "212345678901"},
    {"Code 128", BARCODE_CODE128, ZINT_CODE128, 10, "7112345678901234567890"},
    {"NW-7", BARCODE_NW7, BARCODE_CODABAR, 10, "A0000012345A"},
    {"Code 39", BARCODE_CODE39, ZINT_CODE39, 10, "ABC-1234"},
    {"QR number", BARCODE_QR, BARCODE_QRCODE, 4, "7112345678901234567890"},
    {"QR token", BARCODE_QR, BARCODE_QRCODE, 4, "M1.7K3F9Q2X.48215360.83920417"},
};

static char folder[] = "/tmp/stampd-barcode-XXXXXX";

static void
die(const char *what)
{
    fprintf(stderr, "barcode_bench: %s\n", what);
    exit(1);
}

/* ---------------------------------------------------------------- one picture */

static size_t
draw_ours(const struct code *code, enum format format)
{
    static uint8_t out[PICTURE_MAX];
    const struct barcode_options options = {.ratio = BARCODE_RATIO_2};
    struct barcode_symbol symbol;

    if (barcode_encode(code->type, code->text, strlen(code->text), &options, &symbol, NULL))
        die("a text is refused");
    return format == SVG
               ? barcode_svg(&symbol,
                             &(struct barcode_svg_options){
                                 .id_prefix = "code", .scale = SCALE, .height = HEIGHT},
                             (char *)out, sizeof out)
               : barcode_png(&symbol,
                             &(struct barcode_png_options){.scale = SCALE, .height = HEIGHT}, out,
                             sizeof out);
}

static void
draw_zint(struct zint_symbol *zint, const struct code *code, enum format format, bool memory,
          const char *name)
{
    const unsigned char *text = (const unsigned char *)code->text;
    int length = (int)strlen(code->text), failed;

    ZBarcode_Clear(zint);
    zint->symbology = code->zint;
    zint->show_hrt = 0;
    zint->scale = SCALE / 2.0f; /* of 2 pixels */
    zint->height = HEIGHT;
    zint->guard_descent = 0;
    zint->whitespace_width = code->quiet;
    zint->whitespace_height = code->type == BARCODE_QR ? code->quiet : 0;
    zint->output_options = BARCODE_NO_QUIET_ZONES;
    zint->option_1 = code->type == BARCODE_QR ? 2 : -1; /* level M at least, as ours */
    snprintf(zint->outfile, sizeof zint->outfile, "%s/%s.%s", folder, name,
             format == SVG ? "svg" : "png");
    failed = !memory         ? ZBarcode_Encode_and_Print(zint, text, length, 0)
             : format == SVG ? ZBarcode_Encode_and_Buffer_Vector(zint, text, length, 0)
                             : ZBarcode_Encode_and_Buffer(zint, text, length, 0);
    if (failed)
        die(zint->errtxt);
}

static size_t
zint_bytes(struct zint_symbol *zint, const struct code *code, enum format format)
{
    struct stat file;

    draw_zint(zint, code, format, false, "size");
    if (stat(zint->outfile, &file))
        die("zint's file is not there");
    unlink(zint->outfile);
    return (size_t)file.st_size;
}

/* ---------------------------------------------------------------- time */

static double
now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Microseconds for one picture. */
static double
measure(struct zint_symbol *zint, const struct code *code, enum format format, enum way way,
        double least_us)
{
    double start = now_us(), end = start;
    unsigned pictures = 0;

    for (; end - start < least_us; end = now_us())
        for (int i = 0; i < TURNS; i++, pictures++)
            if (way == OURS)
                draw_ours(code, format);
            else
                draw_zint(zint, code, format, way == ZINT_MEMORY, "null");
    return (end - start) / pictures;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts what it is given. */
static double
median(double *value, unsigned n)
{
    qsort(value, n, sizeof *value, compare);
    return (value[(n - 1) / 2] + value[n / 2]) / 2;
}

static void
print_ratio(const char *name, double us[WAYS][ROUNDS_MAX], enum way way, unsigned rounds)
{
    double ratio[ROUNDS_MAX], middle;

    for (unsigned i = 0; i < rounds; i++)
        ratio[i] = us[way][i] / us[OURS][i];
    middle = median(ratio, rounds);
    printf("  %s %.2f [%.2f-%.2f]", name, middle, ratio[0], ratio[rounds - 1]);
}

static void
compare_with_zint(struct zint_symbol *zint, const struct code *code, enum format format,
                  unsigned rounds, double least_us)
{
    double us[WAYS][ROUNDS_MAX];
    size_t ours = draw_ours(code, format), theirs = zint_bytes(zint, code, format);

    for (unsigned i = 0; i < rounds; i++)
        for (int k = 0; k < WAYS; k++) {
            enum way way = (enum way)(i % 2 ? WAYS - 1 - k : k);

            us[way][i] = measure(zint, code, format, way, least_us);
        }
    printf("%-9s %s %6zu bytes, zint %6zu ", code->name, format_name[format], ours, theirs);
    print_ratio("times zint", us, ZINT, rounds);
    print_ratio(" its memory", us, ZINT_MEMORY, rounds);
    printf("  %8.0f/s, zint %.0f/s\n", 1e6 / median(us[OURS], rounds),
           1e6 / median(us[ZINT], rounds));
}

int
main(int argc, char **argv)
{
    unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 9;
    double least_us = 1000 * (argc > 2 ? strtod(argv[2], NULL) : 30);
    struct zint_symbol *zint = ZBarcode_Create();

    if (rounds < 1 || rounds > ROUNDS_MAX || zint == NULL || mkdtemp(folder) == NULL ||
        chdir(folder) != 0 || symlink("/dev/null", "null.svg") != 0 ||
        symlink("/dev/null", "null.png") != 0)
        die("cannot start");
    printf("barcodes beside libzint %d, %u rounds of %.0f ms each\n", ZBarcode_Version(), rounds,
           least_us / 1000);
    for (int format = 0; format < FORMATS; format++)
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
            compare_with_zint(zint, &codes[i], (enum format)format, rounds, least_us);
    ZBarcode_Delete(zint);
    unlink("null.svg");
    unlink("null.png");
    rmdir(folder);
    return 0;
}
