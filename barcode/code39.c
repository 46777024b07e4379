#include "barcode/symbology.h"

#include <string.h>

#define STAR "nwnnwnwnn"

enum { RUNS_PER_CHARACTER = 9 };

/* In the order of CODE39_CHARACTERS. Source: ISO/IEC 16388, table 1. */
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
code39_encode(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
              struct barcode_refusal *why)
{
    struct two_width_pen pen = two_width_begin(out, options->ratio);
    enum barcode_error error =
        check_complete(out, &n, 0, options->check, options->check_given, why);

    if (error)
        return error;
    two_width_put(&pen, STAR "n");
    for (size_t i = 0; i < n; i++) {
        const char *value = strchr(CODE39_CHARACTERS, out->text[i]);

        two_width_put(&pen, elements[value - CODE39_CHARACTERS]);
        two_width_put(&pen, "n");
        if (!two_width_fits(&pen, STAR))
            return barcode_refuse(why, BARCODE_TOO_LONG, i,
                                  "Code 39 is too wide for a phone from character %zu on.", i + 1);
    }
    two_width_put(&pen, STAR);
    human_line(out, n, 0, options);
    return BARCODE_OK;
}
