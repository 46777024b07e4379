#include "barcode/symbology.h"

enum { RUNS_PER_DIGIT = 5 };

/* Source: ISO/IEC 16390. */
static const char elements[10][RUNS_PER_DIGIT + 1] = {
    "nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn",
};

/* The first digit of a pair is in the bars, the second in the spaces between. */
static void
put_pair(struct barcode_pen *pen, const char *pair)
{
    char both[2 * RUNS_PER_DIGIT + 1] = {0};

    for (int i = 0; i < RUNS_PER_DIGIT; i++) {
        both[2 * i] = elements[pair[0] - '0'][i];
        both[2 * i + 1] = elements[pair[1] - '0'][i];
    }
    barcode_pen_put(pen, both);
}

enum barcode_error
barcode_encode_itf(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                   struct barcode_refusal *why)
{
    struct barcode_pen pen = barcode_pen_begin(out, options->ratio);
    size_t given = n;
    enum barcode_error error =
        barcode_complete_check(out, &n, 0, options->check, options->check_given, why);

    if (error)
        return error;
    if (n % 2 != 0)
        return barcode_refuse(why, BARCODE_ODD_LENGTH, given,
                              "ITF draws digits in pairs, here are %zu%s.", n,
                              n > given ? " with the check digit" : "");
    barcode_pen_put(&pen, "nnnn");
    for (size_t i = 0; i < n; i += 2) {
        put_pair(&pen, out->text + i);
        if (!barcode_pen_fits(&pen, "wnn"))
            return barcode_refuse(why, BARCODE_TOO_LONG, i,
                                  "ITF is too wide for a phone from character %zu on.", i + 1);
    }
    barcode_pen_put(&pen, "wnn");
    barcode_write_human(out, n, 0, options);
    return BARCODE_OK;
}
