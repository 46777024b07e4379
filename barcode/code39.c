#include "barcode/symbology.h"

#include <string.h>

#define STAR "nwnnwnwnn"

enum { RUNS_PER_CHARACTER = 9 };

/* In the order of CODE39_CHARACTERS. Source: ISO/IEC 16388. */
static const char elements[][RUNS_PER_CHARACTER + 1] = {
    "nnnwwnwnn", "wnnwnnnnw", "nnwwnnnnw", "wnwwnnnnn", "nnnwwnnnw", "wnnwwnnnn", "nnwwwnnnn",
    "nnnwnnwnw", "wnnwnnwnn", "nnwwnnwnn", "wnnnnwnnw", "nnwnnwnnw", "wnwnnwnnn", "nnnnwwnnw",
    "wnnnwwnnn", "nnwnwwnnn", "nnnnnwwnw", "wnnnnwwnn", "nnwnnwwnn", "nnnnwwwnn", "wnnnnnnww",
    "nnwnnnnww", "wnwnnnnwn", "nnnnwnnww", "wnnnwnnwn", "nnwnwnnwn", "nnnnnnwww", "wnnnnnwwn",
    "nnwnnnwwn", "nnnnwnwwn", "wwnnnnnnw", "nwwnnnnnw", "wwwnnnnnn", "nwnnwnnnw", "wwnnwnnnn",
    "nwwnwnnnn", "nwnnnnwnw", "wwnnnnwnn", "nwwnnnwnn", "nwnwnwnnn", "nwnwnnnwn", "nwnnnwnwn",
    "nnnwnwnwn",
};

enum barcode_error
barcode_encode_code39(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                      struct barcode_refusal *why)
{
    struct barcode_pen pen = barcode_pen_begin(out, options->ratio);
    enum barcode_error error =
        barcode_complete_check(out, &n, 0, options->check, options->check_given, why);

    if (error)
        return error;
    barcode_pen_put(&pen, STAR "n");
    for (size_t i = 0; i < n; i++) {
        const char *value = strchr(CODE39_CHARACTERS, out->text[i]);

        barcode_pen_put(&pen, elements[value - CODE39_CHARACTERS]);
        barcode_pen_put(&pen, "n");
        if (!barcode_pen_fits(&pen, STAR))
            return barcode_refuse(why, BARCODE_TOO_LONG, i,
                                  "Code 39 is too wide for a phone from character %zu on.", i + 1);
    }
    barcode_pen_put(&pen, STAR);
    barcode_write_human(out, n, 0, options);
    return BARCODE_OK;
}
