/*
 * barcode_camera - our pictures as a camera takes them off a screen.
 *
 *   barcode_camera COUNT SEED FOLDER
 *
 * Writes COUNT photographs of each kind of symbol as FOLDER/NAME-000.pgm and prints a line
 * "NAME FILE TEXT" for each. The picture is the PNG that barcode_png draws, as libpng reads it,
 * upon a dark page. What happens to it, lengths in pixels of the camera: the lens spreads each
 * point (Gauss, sigma 1.0), the screen is held at up to 3 degrees and falls on the sensor at any
 * fraction of a pixel, and each pixel has noise (Gauss, sigma 4 of 255). A photograph shows the
 * symbol as wide as the row of its kind says, quiet zones included. One seed, one set of
 * photographs. This is a model to rank choices by, and no promise about any camera.
 */
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barcode/barcode.h"

#define DIGITS "0123456789"
#define BASE32 "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#define PI 3.14159265358979323846

enum { SCALE = 6, HEIGHT = 40, PAGE = 32, MARGIN = 60, PNG_MAX = 64 * 1024 };

static const double blur = 1.0, noise = 4.0, tilt_max = 3.0; /* pixels, of 255, degrees */

static const struct kind {
    const char *name;
    enum barcode_type type;
    const char *text; /* # becomes a random digit, ? one of base 32 */
    unsigned width;   /* in the photograph */
} kinds[] = {
    {"ean13", BARCODE_EAN13, "2###########", 400},
    {"code128-12", BARCODE_CODE128, "############", 400},
    {"code128-16", BARCODE_CODE128, "################", 400},
    {"nw7-2.5", BARCODE_NW7, "A############A", 480},
    {"qr-number", BARCODE_QR, "2############", 140},
    {"qr-member", BARCODE_QR, "M1-#############", 140},
    {"qr-token", BARCODE_QR, "M1.????????.########.########", 140},
};

/* Grey levels, rows from the top. */
struct image {
    unsigned width, height;
    float *at;
};

static void
die(const char *what)
{
    fprintf(stderr, "barcode_camera: %s\n", what);
    exit(1);
}

static struct image
image_new(unsigned width, unsigned height)
{
    struct image image = {width, height, calloc((size_t)width * height, sizeof(float))};

    if (image.at == NULL)
        die("no memory");
    return image;
}

/* ---------------------------------------------------------------- chance */

static uint64_t random_state;

static double
random_unit(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (double)(random_state >> 11) / 9007199254740992.0; /* 2^53 */
}

/* By Box and Muller. */
static double
random_gauss(void)
{
    return sqrt(-2 * log(1 - random_unit())) * cos(2 * PI * random_unit());
}

static void
random_text(const struct kind *kind, char *text)
{
    size_t n = strlen(kind->text);

    for (size_t i = 0; i < n; i++) {
        const char *alphabet = kind->text[i] == '#' ? DIGITS : BASE32;
        bool fixed = kind->text[i] != '#' && kind->text[i] != '?';
        size_t letter = (size_t)(random_unit() * (double)strlen(alphabet));

        text[i] = fixed ? kind->text[i] : alphabet[letter];
    }
    text[n] = '\0';
}

/* ---------------------------------------------------------------- optics */

/* The symbol as a screen shows it, with MARGIN pixels of dark page on all sides. */
static struct image
screen_of(const struct barcode_symbol *symbol)
{
    static uint8_t bytes[PNG_MAX];
    struct barcode_png_options options = {.scale = SCALE, .height = HEIGHT};
    size_t n = barcode_png(symbol, &options, bytes, sizeof bytes);
    png_image png = {.version = PNG_IMAGE_VERSION};
    struct image screen;
    uint8_t *grey;

    if (n == 0 || n > sizeof bytes || !png_image_begin_read_from_memory(&png, bytes, n))
        die("the PNG cannot be read");
    png.format = PNG_FORMAT_GRAY;
    grey = malloc(PNG_IMAGE_SIZE(png));
    if (grey == NULL || !png_image_finish_read(&png, NULL, grey, 0, NULL))
        die("the PNG cannot be read");
    screen = image_new(png.width + 2 * MARGIN, png.height + 2 * MARGIN);
    for (size_t i = 0; i < (size_t)screen.width * screen.height; i++)
        screen.at[i] = PAGE;
    for (unsigned y = 0; y < png.height; y++)
        for (unsigned x = 0; x < png.width; x++)
            screen.at[(size_t)(y + MARGIN) * screen.width + x + MARGIN] = grey[y * png.width + x];
    free(grey);
    return screen;
}

/* Along x; the result lies on its side, so that a second call goes along y and rights it. */
static struct image
blur_and_turn(const struct image *in, double sigma)
{
    struct image out = image_new(in->height, in->width);
    int reach = (int)ceil(3 * sigma);
    double weight[64], sum = 0;

    if (2 * reach + 1 > 64)
        die("too much blur");
    for (int i = -reach; i <= reach; i++)
        sum += weight[i + reach] = exp(-i * i / (2 * sigma * sigma));
    for (int y = 0; y < (int)in->height; y++)
        for (int x = 0; x < (int)in->width; x++) {
            double value = 0;

            for (int i = -reach; i <= reach; i++) {
                int from = x + i < 0 ? 0 : x + i >= (int)in->width ? (int)in->width - 1 : x + i;

                value += weight[i + reach] * (double)in->at[y * (int)in->width + from];
            }
            out.at[x * (int)in->height + y] = (float)(value / sum);
        }
    return out;
}

static double
between(double a, double b, double share)
{
    return a + (b - a) * share;
}

/* Grey at a place between pixels; beyond the edge lies the page. */
static double
grey_at(const struct image *in, double x, double y)
{
    int column = (int)floor(x), row = (int)floor(y);
    const float *at;

    if (column < 0 || row < 0 || column + 1 >= (int)in->width || row + 1 >= (int)in->height)
        return PAGE;
    at = in->at + (size_t)row * in->width + (size_t)column;
    return between(between((double)at[0], (double)at[1], x - column),
                   between((double)at[in->width], (double)at[in->width + 1], x - column), y - row);
}

/* `step` pixels of the screen fall on one of the camera. */
static struct image
photograph(const struct image *screen, double step)
{
    struct image out =
        image_new((unsigned)(screen->width / step), (unsigned)(screen->height / step));
    double tilt = (2 * random_unit() - 1) * tilt_max * PI / 180;
    double shift_x = random_unit(), shift_y = random_unit();

    for (unsigned y = 0; y < out.height; y++)
        for (unsigned x = 0; x < out.width; x++) {
            double dx = (x + shift_x - out.width / 2.0) * step;
            double dy = (y + shift_y - out.height / 2.0) * step;
            double grey = grey_at(screen, screen->width / 2.0 + dx * cos(tilt) - dy * sin(tilt),
                                  screen->height / 2.0 + dx * sin(tilt) + dy * cos(tilt));

            out.at[(size_t)y * out.width + x] = (float)(grey + noise * random_gauss());
        }
    return out;
}

/* ---------------------------------------------------------------- */

static void
write_pgm(const struct image *image, const char *path)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        die("a photograph cannot be written");
    fprintf(file, "P5 %u %u 255\n", image->width, image->height);
    for (size_t i = 0; i < (size_t)image->width * image->height; i++) {
        float grey = image->at[i];

        putc(grey < 0 ? 0 : grey > 255 ? 255 : (int)lrintf(grey), file);
    }
    if (fclose(file) != 0)
        die("a photograph cannot be written");
}

static void
take(const struct kind *kind, const char *path)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    struct image screen, turned, blurred, photo;
    char text[BARCODE_TEXT_MAX + 1];
    double step;

    random_text(kind, text);
    if (barcode_encode(kind->type, text, strlen(text), NULL, &symbol, &why))
        die(why.text);
    screen = screen_of(&symbol);
    step = (double)(screen.width - 2 * MARGIN) / kind->width;
    turned = blur_and_turn(&screen, blur * step);
    blurred = blur_and_turn(&turned, blur * step);
    photo = photograph(&blurred, step);
    write_pgm(&photo, path);
    printf("%s %s %s\n", kind->name, path, symbol.text);
    free(screen.at);
    free(turned.at);
    free(blurred.at);
    free(photo.at);
}

int
main(int argc, char **argv)
{
    unsigned count = argc == 4 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;

    if (count == 0 || count > 1000) {
        fprintf(stderr, "usage: barcode_camera COUNT SEED FOLDER\n");
        return 2;
    }
    random_state = strtoull(argv[2], NULL, 10) * 2 + 1;
    for (int i = 0; i < 16; i++)
        random_unit();
    for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (unsigned i = 0; i < count; i++) {
            char path[4096];

            snprintf(path, sizeof path, "%s/%s-%03u.pgm", argv[3], kinds[k].name, i);
            take(&kinds[k], path);
        }
    return 0;
}
