#include "api/codes.h"

#include <string.h>

#include "barcode/barcode.h"

#define SVG_MAX (8 * KIB)

static enum err_code
draw(enum barcode_type type, struct str text, const char *id_prefix, const char *class_name,
     struct arena *a, struct str *svg_out, struct str *human_out, struct err *e)
{
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    const struct barcode_svg_options options = {.id_prefix = id_prefix, .class_name = class_name};
    char svg[SVG_MAX];
    size_t n;

    if (barcode_encode(type, text.at, text.n, &symbol, &why))
        return err_set(e, ERR_INTERNAL, "code_undrawable", "%s", why.text);
    n = barcode_svg(&symbol, &options, svg, sizeof(svg));
    if (n >= sizeof(svg) || !(svg_out->at = arena_dup(a, svg, n)))
        return err_set(e, ERR_INTERNAL, "code_undrawable", "an SVG of %zu bytes", n);
    svg_out->n = n;
    if (human_out) {
        human_out->n = strlen(symbol.human);
        human_out->at = arena_dup(a, symbol.human, human_out->n);
        if (!human_out->at)
            return err_set(e, ERR_INTERNAL, "out_of_memory", "a code's text");
    }
    return OK;
}

static enum err_code
draw_qr(const struct keys *keys, enum code_kind kind, int64_t locator, int64_t step,
        struct arena *a, struct drawn_code *out, struct err *e)
{
    char digits[CODE_DIGITS + 1];

    code_make(keys, kind, locator, step, digits);
    *out = (struct drawn_code){
        .from_ms = step * CODE_STEP_MS,
        .until_ms = (step + 1) * CODE_STEP_MS,
        .digits = {arena_dup(a, digits, CODE_DIGITS), CODE_DIGITS},
    };
    if (!out->digits.at)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a code");
    return draw(BARCODE_QR, out->digits, "qr", "code-qr", a, &out->qr_svg, NULL, e);
}

enum err_code
code_draw_card(const struct keys *keys, const struct card *card, const struct plan_rules *rules,
               int64_t step, struct arena *a, struct drawn_code *out, struct err *e)
{
    char jan[JAN_DIGITS + 1];

    if (draw_qr(keys, CODE_MEMBER, card->locator, step, a, out, e))
        return e->code;
    if (rules->linear == LINEAR_CODE128)
        return draw(BARCODE_CODE128, out->digits, "linear", "code-linear", a, &out->linear_svg,
                    &out->linear_text, e);
    jan_make(keys, rules->jan_prefix, card->locator, step, jan);
    return draw(BARCODE_EAN13, (struct str){jan, JAN_DIGITS}, "linear", "code-linear", a,
                &out->linear_svg, &out->linear_text, e);
}

enum err_code
code_draw_voucher(const struct keys *keys, int64_t locator, int64_t step, struct arena *a,
                  struct drawn_code *out, struct err *e)
{
    return draw_qr(keys, CODE_VOUCHER, locator, step, a, out, e);
}

void
codes_write(struct buf *b, const struct drawn_code *codes, size_t n, int64_t now_ms)
{
    buf_text(b, "{\"now\":");
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
        if (code->linear_svg.n) {
            buf_text(b, ",\"linear\":");
            buf_json(b, code->linear_text);
            buf_text(b, ",\"linear_svg\":");
            buf_json(b, code->linear_svg);
        }
        buf_text(b, ",\"qr_svg\":");
        buf_json(b, code->qr_svg);
        buf_char(b, '}');
    }
    buf_text(b, "]}");
}
