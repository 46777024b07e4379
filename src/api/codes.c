#include "api/codes.h"

#include <string.h>

#include "barcode/barcode.h"
#include "domain/card_number.h"
#include "web/words.h"

#define SVG_MAX (8 * KIB)
#define GIVEN_BARS_MAX 24 /* characters: more would be wider than a phone */

/* How one kind of code stands on the page. */
struct look {
    enum barcode_type type;
    const char *id_prefix, *class_name;
    enum word name;
};

static const struct look look_qr = {BARCODE_QR, "qr", "code-qr", WORD_CARD_CODE_QR};
static const struct look look_code128 = {BARCODE_CODE128, "linear", "code-linear",
                                         WORD_CARD_CODE_LINEAR};
static const struct look look_jan13 = {BARCODE_EAN13, "linear", "code-linear",
                                       WORD_CARD_CODE_LINEAR};

/* `bars` may be NULL: the symbology's own way. */
static enum err_code
draw(const struct code_pen *pen, const struct look *look, struct str text,
     const struct barcode_options *bars, struct str *svg_out, struct str *human_out, struct err *e)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    struct barcode_svg_options options = {.id_prefix = look->id_prefix,
                                          .class_name = look->class_name};
    char svg[SVG_MAX];

    if (barcode_encode(look->type, text.at, text.n, bars, &symbol, &why))
        return err_set(e, ERR_INTERNAL, "code_undrawable", "%s", why.text);
    options.title = arena_format(pen->arena, "%s %s", word(pen->language, look->name),
                                 symbol.human[0] ? symbol.human : symbol.text);
    svg_out->n = barcode_svg(&symbol, &options, svg, sizeof(svg));
    if (svg_out->n >= sizeof(svg))
        return err_set(e, ERR_INTERNAL, "code_undrawable", "an SVG of %zu bytes", svg_out->n);
    svg_out->at = arena_dup(pen->arena, svg, svg_out->n);
    if (human_out) {
        human_out->n = strlen(symbol.human);
        human_out->at = arena_dup(pen->arena, symbol.human, human_out->n);
    }
    if (!options.title || !svg_out->at || (human_out && !human_out->at))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a code");
    return OK;
}

static enum err_code
draw_qr(const struct code_pen *pen, enum code_kind kind, int64_t locator, int64_t step,
        struct drawn_code *out, struct err *e)
{
    char digits[CODE_DIGITS + 1];

    code_make(pen->keys, kind, locator, step, digits);
    *out = (struct drawn_code){
        .from_ms = step * CODE_STEP_MS,
        .until_ms = (step + 1) * CODE_STEP_MS,
        .digits = {arena_dup(pen->arena, digits, CODE_DIGITS), CODE_DIGITS},
    };
    if (!out->digits.at)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a code");
    return draw(pen, &look_qr, out->digits, NULL, &out->qr_svg, NULL, e);
}

static enum err_code
draw_number(const struct code_pen *pen, const struct number_format *format, const char *number,
            struct card_bars *out, struct err *e)
{
    const struct look look = {format->type, "linear", "code-linear", WORD_CARD_CODE_LINEAR};
    const struct barcode_options options = number_options(format);
    char text[NUMBER_DRAWN_SIZE];

    number_drawn(format, number, text);
    return draw(pen, &look, str_of(text), &options, &out->svg, &out->text, e);
}

enum err_code
code_draw_given(const struct code_pen *pen, struct str text, struct str *svg_out, struct err *e)
{
    static const struct look bars = {BARCODE_CODE128, "given", "code-linear",
                                     WORD_CARD_CODE_LINEAR};
    static const struct look square = {BARCODE_QR, "given", "code-qr", WORD_CARD_CODE_QR};

    return draw(pen, text.n <= GIVEN_BARS_MAX ? &bars : &square, text, NULL, svg_out, NULL, e);
}

enum err_code
code_bars(const struct code_pen *pen, struct db *db, const struct card *card,
          const struct plan_rules *rules, struct card_bars *out, struct err *e)
{
    char number[NUMBER_SIZE];

    if (card_linear(db, card, rules, &out->linear, e))
        return e->code;
    if (out->linear != LINEAR_NUMBER)
        return OK;
    return card_number(db, card->id, number, e) || draw_number(pen, &rules->number, number, out, e)
               ? e->code
               : OK;
}

enum err_code
code_draw_card(const struct code_pen *pen, const struct card *card, const struct plan_rules *rules,
               const struct card_bars *bars, int64_t step, struct drawn_code *out, struct err *e)
{
    char jan[JAN_DIGITS + 1];

    if (draw_qr(pen, CODE_MEMBER, card->locator, step, out, e))
        return e->code;
    switch (bars->linear) {
    case LINEAR_NUMBER:
        out->linear_svg = bars->svg;
        out->linear_text = bars->text;
        return OK;
    case LINEAR_JAN13:
        jan_make(pen->keys, rules->jan_prefix, card->locator, step, jan);
        return draw(pen, &look_jan13, (struct str){jan, JAN_DIGITS}, NULL, &out->linear_svg,
                    &out->linear_text, e);
    case LINEAR_CODE128:
        break;
    }
    return draw(pen, &look_code128, out->digits, NULL, &out->linear_svg, &out->linear_text, e);
}

enum err_code
code_draw_voucher(const struct code_pen *pen, int64_t locator, int64_t step, struct drawn_code *out,
                  struct err *e)
{
    return draw_qr(pen, CODE_VOUCHER, locator, step, out, e);
}

size_t
codes_write(struct buf *b, const struct drawn_code *codes, size_t n, int64_t now_ms)
{
    size_t now_at;

    buf_text(b, "{\"now\":");
    now_at = b->n;
    buf_int(b, now_ms);
    buf_format(b, ",\"step_ms\":%d,\"codes\":[", CODE_STEP_MS);
    for (size_t i = 0; i < n; i++) {
        const struct drawn_code *code = &codes[i];

        buf_text(b, i ? ",{\"from\":" : "{\"from\":");
        buf_int(b, code->from_ms);
        buf_text(b, ",\"until\":");
        buf_int(b, code->until_ms);
        buf_text(b, ",\"digits\":");
        buf_json(b, code->digits);
        if (code->linear_text.n) {
            buf_text(b, ",\"linear\":");
            buf_json(b, code->linear_text);
        }
        if (code->linear_svg.n) {
            buf_text(b, ",\"linear_svg\":");
            buf_json(b, code->linear_svg);
        }
        if (code->qr_svg.n) {
            buf_text(b, ",\"qr_svg\":");
            buf_json(b, code->qr_svg);
        }
        buf_char(b, '}');
    }
    buf_text(b, "]}");
    return now_at;
}
