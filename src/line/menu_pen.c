#include "line/menu_pen.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHRINK_STEPS 7 /* of 1/20 each */
#define FAMILIES "Noto Sans CJK JP,Noto Sans Thai,Noto Sans,sans-serif"

struct pen {
    cairo_surface_t *surface;
    cairo_t *cr;
    char *font; /* the language's family before all others */
    PangoLanguage *language;
    struct str missing; /* the first text with a character that no font has; borrowed */
};

static const uint32_t colours[PEN_COLOURS] = {
    [PEN_PAPER] = 0xf4f1ea,       [PEN_SURFACE] = 0xffffff,     [PEN_INK] = 0x1b211e,
    [PEN_INK_SOFT] = 0x59625d,    [PEN_LINE] = 0xe2ddd2,        [PEN_RING] = 0x87857b,
    [PEN_BAND] = 0x143d31,        [PEN_BAND_SOFT] = 0xc3d6cd,   [PEN_ACTION] = 0x047a33,
    [PEN_ACTION_WASH] = 0xe6f4ea, [PEN_STAMP] = 0xc5352b,       [PEN_GOLD] = 0x8a6100,
    [PEN_GOLD_WASH] = 0xfcf2d8,   [PEN_BRONZE] = 0x7c4520,      [PEN_BRONZE_WASH] = 0xf6e2d2,
    [PEN_SILVER] = 0x4d5a66,      [PEN_SILVER_WASH] = 0xe6ebef, [PEN_BLACK] = 0x1d1c1a,
};

static void
dip(struct pen *pen, enum pen_colour colour)
{
    uint32_t c = colours[colour];

    cairo_set_source_rgb(pen->cr, (c >> 16) / 255.0, (c >> 8 & 0xff) / 255.0, (c & 0xff) / 255.0);
}

struct pen *
pen_new(int width, int height, const char *font, const char *language_tag)
{
    struct pen *pen = calloc(1, sizeof(*pen));
    size_t n = strlen(font) + sizeof("," FAMILIES);

    if (!pen)
        return NULL;
    pen->font = malloc(n);
    pen->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    pen->cr = cairo_create(pen->surface);
    pen->language = pango_language_from_string(language_tag);
    if (!pen->font || cairo_status(pen->cr) != CAIRO_STATUS_SUCCESS) {
        pen_free(pen);
        return NULL;
    }
    snprintf(pen->font, n, "%s,%s", font, FAMILIES);
    dip(pen, PEN_PAPER);
    cairo_paint(pen->cr);
    return pen;
}

void
pen_free(struct pen *pen)
{
    if (!pen)
        return;
    cairo_destroy(pen->cr);
    cairo_surface_destroy(pen->surface);
    free(pen->font);
    free(pen);
}

/* ---------------------------------------------------------------- shapes */

static void
outline(struct pen *pen, const struct menu_box *box, double radius)
{
    double x = box->x, y = box->y, right = x + box->width, end = y + box->height;

    cairo_new_sub_path(pen->cr);
    cairo_arc(pen->cr, right - radius, y + radius, radius, -M_PI_2, 0);
    cairo_arc(pen->cr, right - radius, end - radius, radius, 0, M_PI_2);
    cairo_arc(pen->cr, x + radius, end - radius, radius, M_PI_2, M_PI);
    cairo_arc(pen->cr, x + radius, y + radius, radius, M_PI, 3 * M_PI_2);
    cairo_close_path(pen->cr);
}

void
pen_fill(struct pen *pen, const struct menu_box *box, enum pen_colour colour, int radius)
{
    outline(pen, box, radius);
    dip(pen, colour);
    cairo_fill(pen->cr);
}

void
pen_frame(struct pen *pen, const struct menu_box *box, enum pen_colour colour, int radius,
          double width)
{
    outline(pen, box, radius);
    dip(pen, colour);
    cairo_set_line_width(pen->cr, width);
    cairo_stroke(pen->cr);
}

void
pen_disc(struct pen *pen, double x, double y, double radius, enum pen_colour colour)
{
    cairo_new_path(pen->cr);
    cairo_arc(pen->cr, x, y, radius, 0, 2 * M_PI);
    dip(pen, colour);
    cairo_fill(pen->cr);
}

void
pen_circle(struct pen *pen, double x, double y, double radius, double width, double dash,
           enum pen_colour colour)
{
    cairo_new_path(pen->cr);
    cairo_arc(pen->cr, x, y, radius, 0, 2 * M_PI);
    dip(pen, colour);
    cairo_set_line_width(pen->cr, width);
    if (dash > 0)
        cairo_set_dash(pen->cr, &dash, 1, 0);
    cairo_stroke(pen->cr);
    cairo_set_dash(pen->cr, NULL, 0, 0);
}

static bool
take_numbers(const char **at, double *out, int n)
{
    for (int i = 0; i < n; i++) {
        char *end;

        out[i] = strtod(*at, &end);
        if (end == *at)
            return false;
        *at = end;
    }
    return true;
}

static void
trace(cairo_t *cr, const char *path)
{
    double n[6];

    while (*path) {
        char verb = *path++;

        if (verb == 'M' && take_numbers(&path, n, 2))
            cairo_move_to(cr, n[0], n[1]);
        else if (verb == 'L' && take_numbers(&path, n, 2))
            cairo_line_to(cr, n[0], n[1]);
        else if (verb == 'C' && take_numbers(&path, n, 6))
            cairo_curve_to(cr, n[0], n[1], n[2], n[3], n[4], n[5]);
        else if (verb == 'Z')
            cairo_close_path(cr);
    }
}

void
pen_icon(struct pen *pen, const char *path, double x, double y, double size, double width,
         enum pen_colour colour)
{
    cairo_save(pen->cr);
    cairo_translate(pen->cr, x - size / 2, y - size / 2);
    cairo_scale(pen->cr, size / 24, size / 24);
    trace(pen->cr, path);
    dip(pen, colour);
    cairo_set_line_width(pen->cr, width);
    cairo_set_line_cap(pen->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(pen->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(pen->cr);
    cairo_restore(pen->cr);
}

/* ---------------------------------------------------------------- text */

static PangoLayout *
set(struct pen *pen, const struct menu_box *box, const struct pen_text *text)
{
    static const PangoAlignment aligns[] = {
        [PEN_LEFT] = PANGO_ALIGN_LEFT,
        [PEN_CENTRE] = PANGO_ALIGN_CENTER,
        [PEN_RIGHT] = PANGO_ALIGN_RIGHT,
    };
    PangoLayout *layout = pango_cairo_create_layout(pen->cr);
    PangoContext *context = pango_layout_get_context(layout);
    char *valid = g_utf8_make_valid(text->text.at ? text->text.at : "", (gssize)text->text.n);

    pango_context_set_language(context, pen->language);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_layout_context_changed(layout);
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
    pango_layout_set_width(layout, box->width * PANGO_SCALE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, aligns[text->align]);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    return layout;
}

static void
resize(const struct pen *pen, PangoLayout *layout, const struct pen_text *text, int size)
{
    PangoFontDescription *font = pango_font_description_from_string(pen->font);

    pango_font_description_set_weight(font,
                                      text->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

/* The largest size at which all of it fits; at the smallest the rest is cut off. */
static void
fit(const struct pen *pen, PangoLayout *layout, const struct menu_box *box,
    const struct pen_text *text)
{
    int lines_max = text->lines_max ? text->lines_max : 1, height;

    for (int step = 0; step < SHRINK_STEPS; step++) {
        resize(pen, layout, text, text->size * (20 - step) / 20);
        pango_layout_get_pixel_size(layout, NULL, &height);
        if (pango_layout_get_line_count(layout) <= lines_max && height <= box->height)
            return;
    }
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_height(layout, -lines_max);
}

int
pen_write(struct pen *pen, const struct menu_box *box, const struct pen_text *text)
{
    PangoLayout *layout = set(pen, box, text);
    PangoRectangle ink, extent;

    fit(pen, layout, box, text);
    if (pango_layout_get_unknown_glyphs_count(layout) > 0 && pen->missing.n == 0)
        pen->missing = text->text;
    pango_layout_get_pixel_extents(layout, &ink, &extent);
    cairo_save(pen->cr);
    cairo_rectangle(pen->cr, box->x, box->y, box->width, box->height);
    cairo_clip(pen->cr);
    cairo_move_to(pen->cr, box->x, box->y + (box->height - extent.height) / 2.0);
    dip(pen, text->colour);
    pango_cairo_show_layout(pen->cr, layout);
    cairo_restore(pen->cr);
    g_object_unref(layout);
    return extent.width;
}

/* ---------------------------------------------------------------- the picture */

/* Cairo keeps a pixel as a number 0x00RRGGBB; PNG wants three bytes. */
static uint8_t *
bytes_of(cairo_surface_t *surface, size_t width, size_t height)
{
    const uint8_t *data = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    uint8_t *out = malloc(width * height * 3);

    for (size_t y = 0; out != NULL && y < height; y++)
        for (size_t x = 0; x < width; x++) {
            uint8_t *to = out + (y * width + x) * 3;
            uint32_t pixel;

            memcpy(&pixel, data + y * stride + x * 4, sizeof(pixel));
            to[0] = (uint8_t)(pixel >> 16);
            to[1] = (uint8_t)(pixel >> 8);
            to[2] = (uint8_t)pixel;
        }
    return out;
}

/* Flat colours: "fast" is as small as Cairo's own writer makes them, in a quarter of its time. */
static enum err_code
encode(struct pen *pen, struct arena *a, struct str *out, struct err *e)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)cairo_image_surface_get_width(pen->surface),
        .height = (png_uint_32)cairo_image_surface_get_height(pen->surface),
        .format = PNG_FORMAT_RGB,
        .flags = PNG_IMAGE_FLAG_FAST,
    };
    uint8_t *pixels = bytes_of(pen->surface, image.width, image.height);
    png_alloc_size_t n = MENU_PICTURE_MAX;
    void *file = malloc(n);
    bool is_written =
        pixels && file && png_image_write_to_memory(&image, file, &n, 0, pixels, 0, NULL);
    char *copy = is_written ? arena_dup(a, file, n) : NULL;

    free(pixels);
    free(file);
    if (!copy)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "picture of a rich menu: %s",
                       image.message[0] ? image.message : "no room");
    *out = (struct str){copy, n};
    return OK;
}

enum err_code
pen_png(struct pen *pen, struct arena *a, struct str *out, struct err *e)
{
    if (pen->missing.n > 0)
        return err_set(e, ERR_INPUT, "menu_font",
                       "no font here has all of \"%.*s\": install fonts-noto-cjk and "
                       "fonts-noto-core (for emoji fonts-noto-color-emoji)",
                       (int)(pen->missing.n < 100 ? pen->missing.n : 100), pen->missing.at);
    cairo_surface_flush(pen->surface);
    return encode(pen, a, out, e);
}
