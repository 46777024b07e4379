#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "barcode/barcode.h"

enum {
    ENCODE_TYPE,
    ENCODE_OUT,
    ENCODE_FORMAT,
    ENCODE_RATIO,
    ENCODE_CHECK,
    ENCODE_CHECK_GIVEN,
    ENCODE_SCALE,
    ENCODE_HEIGHT,
    ENCODE_HUMAN,
    ENCODE_TITLE,
    ENCODE_QR,
    ENCODE_TEXT,
};

const struct option_row barcode_encode_options[] = {
    {"type", "TYPE", NULL, "ean13, ean8, code128, nw7, code39, itf or qr"},
    {"out", "FILE", "-", "where to; - is standard output"},
    {"format", "FORMAT", "", "svg or png; else FILE's ending tells, and - gets svg"},
    {"ratio", "RATIO", "2.5", "wide to narrow in nw7, code39 and itf: 2, 2.5 or 3"},
    {"check", "NAME", "none",
     "a check digit: m10w31, m10w21-split, m10w21-lump, 7dr, 7dsr, 7dsr-7, m11w2-7, m11w2-7-to-9, "
     "mod16 (nw7) or mod43 (code39)"},
    {"check-given", NULL, NULL, "TEXT has that check digit; else it is added"},
    {"scale", "N", "6", "pixels for a narrow bar, 1 to 40; a PNG at 2.5:1 takes even ones"},
    {"height", "N", "40", "of the bars, as so many narrow ones: 1 to 200"},
    {"text", NULL, NULL, "the line for humans below the bars"},
    {"title", "TITLE", "", "what a screen reader says of an SVG; else the text"},
    {"qr", "TEXT", "", "a card to send or print: this as QR below the bars, in one PNG"},
    {"TEXT", "", NULL, "what the symbol holds; behind -- if it begins with --"},
    {0},
};

static bool
given(const struct call *call, int option)
{
    return call->value[option].n > 0;
}

/* ---------------------------------------------------------------- words */

static const char *
word(const struct call *call, int option)
{
    return arena_format(call->arena, "%.*s", (int)call->value[option].n, call->value[option].at);
}

static enum err_code
wrong_word(const struct call *call, int option, struct err *e)
{
    return err_set(e, ERR_INPUT, "usage", "--%s: \"%.*s\" is not known: %s",
                   barcode_encode_options[option].name, (int)call->value[option].n,
                   call->value[option].at, barcode_encode_options[option].help);
}

static enum err_code
number(const struct call *call, int option, unsigned max, unsigned *out, struct err *e)
{
    int64_t value;

    if (!str_int(call->value[option], &value, 1, max))
        return err_set(e, ERR_INPUT, "usage", "--%s: a whole number from 1 to %u",
                       barcode_encode_options[option].name, max);
    *out = (unsigned)value;
    return OK;
}

static bool
ends_in(struct str text, struct str end)
{
    return text.n > end.n && str_eq_nocase((struct str){text.at + text.n - end.n, end.n}, end);
}

static enum err_code
format_is_png(const struct call *call, bool *png_out, struct err *e)
{
    struct str format = call->value[ENCODE_FORMAT], out = call->value[ENCODE_OUT];

    if (format.n && !str_eq(format, STR("svg")) && !str_eq(format, STR("png")))
        return wrong_word(call, ENCODE_FORMAT, e);
    *png_out = format.n ? str_eq(format, STR("png")) : ends_in(out, STR(".png"));
    if (!format.n && !*png_out && !ends_in(out, STR(".svg")) && !str_eq(out, STR("-")))
        return err_set(e, ERR_INPUT, "usage",
                       "--out: a name in .svg or .png, or --format says which it is");
    return OK;
}

/* ---------------------------------------------------------------- symbols */

static enum err_code
encode(const struct call *call, enum barcode_type type, int text,
       const struct barcode_options *options, struct barcode_symbol *out, struct err *e)
{
    struct barcode_refusal why;

    if (barcode_encode(type, call->value[text].at, call->value[text].n, options, out, &why))
        return err_set(e, ERR_INPUT, "barcode_refused", "%s", why.text);
    return OK;
}

static enum err_code
encode_text(const struct call *call, struct barcode_symbol *out, struct err *e)
{
    struct barcode_options options = {.check_given = given(call, ENCODE_CHECK_GIVEN)};
    enum barcode_type type;

    if (!barcode_type_by_name(word(call, ENCODE_TYPE), &type))
        return wrong_word(call, ENCODE_TYPE, e);
    if (!barcode_ratio_by_name(word(call, ENCODE_RATIO), &options.ratio))
        return wrong_word(call, ENCODE_RATIO, e);
    if (!barcode_check_by_name(word(call, ENCODE_CHECK), &options.check))
        return wrong_word(call, ENCODE_CHECK, e);
    return encode(call, type, ENCODE_TEXT, &options, out, e);
}

/* ---------------------------------------------------------------- pictures */

static enum err_code
draw_svg(const struct call *call, const struct barcode_symbol *symbol,
         const struct barcode_png_options *look, struct str *out, struct err *e)
{
    struct barcode_svg_options options = {
        .id_prefix = "barcode",
        .title = given(call, ENCODE_TITLE) ? word(call, ENCODE_TITLE) : NULL,
        .scale = look->scale,
        .height = look->height,
        .text = look->text,
    };
    size_t n = barcode_svg(symbol, &options, NULL, 0);
    char *svg = arena_alloc(call->arena, n + 1);

    if (!svg)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory for a picture");
    barcode_svg(symbol, &options, svg, n + 1);
    *out = (struct str){svg, n};
    return OK;
}

/* With --qr, which is linear's companion. */
static size_t
draw_png_into(const struct barcode_symbol *symbol, const struct barcode_symbol *qr,
              const struct barcode_png_options *options, uint8_t *out, size_t cap)
{
    return qr ? barcode_card_png(symbol, qr, options, out, cap)
              : barcode_png(symbol, options, out, cap);
}

static enum err_code
draw_png(const struct call *call, const struct barcode_symbol *symbol,
         const struct barcode_png_options *options, struct str *out, struct err *e)
{
    struct barcode_symbol qr, *companion = given(call, ENCODE_QR) ? &qr : NULL;
    uint8_t *png;
    size_t n;

    if (options->scale % symbol->units)
        return err_set(e, ERR_INPUT, "usage",
                       "--scale: an even number at 2.5:1, where bars end at half pixels else");
    if (companion && symbol->height > 1)
        return err_set(e, ERR_INPUT, "usage", "--qr stands below bars, not below another QR");
    if (companion && encode(call, BARCODE_QR, ENCODE_QR, NULL, &qr, e))
        return err_wrap(e, "--qr");
    n = draw_png_into(symbol, companion, options, NULL, 0);
    png = n ? arena_alloc(call->arena, n) : NULL;
    if (!png)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory for a picture");
    draw_png_into(symbol, companion, options, png, n);
    *out = (struct str){(const char *)png, n};
    return OK;
}

/* A file half written is not left; what is no file, such as a device, is. */
static enum err_code
write_picture(const char *path, struct str picture, struct err *e)
{
    FILE *file = fopen(path, "wbe");
    bool written = file && fwrite(picture.at, 1, picture.n, file) == picture.n;
    struct stat kind;

    if (file && fclose(file))
        written = false;
    if (written)
        return OK;
    err_set(e, ERR_INPUT, "file_unwritable", "%s: %s", path, strerror(errno));
    if (file && stat(path, &kind) == 0 && S_ISREG(kind.st_mode))
        unlink(path);
    return e->code;
}

enum err_code
command_barcode_encode(struct call *call, struct err *e)
{
    struct barcode_png_options look = {.text = given(call, ENCODE_HUMAN)};
    struct barcode_symbol symbol;
    struct str picture;
    bool png;

    if (format_is_png(call, &png, e) ||
        number(call, ENCODE_SCALE, BARCODE_SCALE_MAX, &look.scale, e) ||
        number(call, ENCODE_HEIGHT, BARCODE_HEIGHT_MAX, &look.height, e))
        return e->code;
    if (!png && given(call, ENCODE_QR))
        return err_set(e, ERR_INPUT, "usage", "--qr makes a PNG: --format png");
    if (encode_text(call, &symbol, e) || (png ? draw_png(call, &symbol, &look, &picture, e)
                                              : draw_svg(call, &symbol, &look, &picture, e)))
        return e->code;
    if (!str_eq(call->value[ENCODE_OUT], STR("-")))
        return write_picture(word(call, ENCODE_OUT), picture, e);
    buf_str_raw(call->out, picture);
    if (!png)
        buf_char(call->out, '\n');
    return OK;
}
