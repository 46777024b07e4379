#include "api/api_till.h"

#include "barcode/barcode.h"

#define SVG_MAX (8 * KIB)
#define ANSWER_MAX (32 * KIB)

/*
 * Nobody's codes, each of which shows what a scanner or a keyboard does to it: a JAN with a zero in
 * front and a check digit, start and stop of NW-7, small letters and marks whose keys a US and a
 * Japanese keyboard have in different places.
 */
static const struct sample {
    enum barcode_type type;
    const char *text;
} samples[] = {
    {BARCODE_EAN13, "0212345678909"},
    {BARCODE_NW7, "A30405060B"},
    {BARCODE_CODE128, "Ab-1234:+=@"},
};

static enum err_code
write_sample(struct buf *b, const struct sample *sample, struct err *e)
{
    const struct barcode_svg_options options = {.id_prefix = barcode_type_name(sample->type),
                                                .class_name = "sample-bars"};
    struct str text = str_of(sample->text);
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    char svg[SVG_MAX];
    size_t n;

    if (barcode_encode(sample->type, text.at, text.n, NULL, &symbol, &why))
        return err_set(e, ERR_INTERNAL, "code_undrawable", "%s", why.text);
    n = barcode_svg(&symbol, &options, svg, sizeof(svg));
    if (n >= sizeof(svg))
        return err_set(e, ERR_INTERNAL, "code_undrawable", "an SVG of %zu bytes", n);
    buf_format(b, "{\"form\":\"%s\",\"text\":\"%s\",\"svg\":", barcode_type_name(sample->type),
               sample->text);
    buf_json(b, (struct str){svg, n});
    buf_char(b, '}');
    return OK;
}

enum err_code
api_till_samples(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);

    buf_text(&b, "{\"samples\":[");
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        if (i > 0)
            buf_char(&b, ',');
        if (write_sample(&b, &samples[i], e))
            return e->code;
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}
