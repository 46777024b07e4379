#include "api/codes.h"

#include <string.h>

#include "barcode/barcode.h"
#include "web/words.h"

#define SVG_MAX (8 * KIB)

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

static enum err_code
draw(const struct code_pen *pen, const struct look *look, struct str text, struct str *svg_out,
     struct str *human_out, struct err *e)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    struct barcode_svg_options options = {.id_prefix = look->id_prefix,
                                          .class_name = look->class_name};
    char svg[SVG_MAX];

    if (barcode_encode(look->type, text.at, text.n, NULL, &symbol, &why))
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
    return draw(pen, &look_qr, out->digits, &out->qr_svg, NULL, e);
}

enum err_code
code_draw_card(const struct code_pen *pen, const struct card *card, const struct plan_rules *rules,
               int64_t step, struct drawn_code *out, struct err *e)
{
    char jan[JAN_DIGITS + 1];

    if (draw_qr(pen, CODE_MEMBER, card->locator, step, out, e))
        return e->code;
    if (rules->linear == LINEAR_CODE128)
        return draw(pen, &look_code128, out->digits, &out->linear_svg, &out->linear_text, e);
    jan_make(pen->keys, rules->jan_prefix, card->locator, step, jan);
    return draw(pen, &look_jan13, (struct str){jan, JAN_DIGITS}, &out->linear_svg,
                &out->linear_text, e);
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
