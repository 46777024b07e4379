#include "barcode/symbology.h"

#include <string.h>

enum { RUNS_PER_CHARACTER = 7 };

_Static_assert(NW7_TEXT_MAX *(RUNS_PER_CHARACTER + 1) - 1 == BARCODE_LINEAR_RUNS_MAX,
               "runs hold every character and gap");

/* In the order of NW7_CHARACTERS. Source: EN 798 (Codabar). */
static const char elements[][RUNS_PER_CHARACTER + 1] = {
    "nnnnnww", "nnnnwwn", "nnnwnnw", "wwnnnnn", "nnwnnwn", "wnnnnwn", "nwnnnnw",
    "nwnnwnn", "nwwnnnn", "wnnwnnn", "nnnwwnn", "nnwwnnn", "wnnnwnw", "wnwnnnw",
    "wnwnwnn", "nnwnwnw", "nnwwnwn", "nwnwnnw", "nnnwnww", "nnnwwwn",
};

static bool
is_start_stop(char c)
{
    return c >= 'A' && c <= 'D';
}

enum barcode_error
barcode_nw7_check_frame(const char *text, size_t n, struct barcode_refusal *why)
{
    if (!is_start_stop(text[0]))
        return barcode_refuse(why, BARCODE_BAD_CHARACTER, 0,
                              "NW-7 starts with A, B, C or D, character 1 is something else.");
    if (!is_start_stop(text[n - 1]))
        return barcode_refuse(why, BARCODE_BAD_CHARACTER, n - 1,
                              "NW-7 stops with A, B, C or D, character %zu is something else.", n);
    for (size_t i = 1; i < n - 1; i++)
        if (is_start_stop(text[i]))
            return barcode_refuse(why, BARCODE_BAD_CHARACTER, i,
                                  "NW-7 has A, B, C and D at its ends only, character %zu is one "
                                  "of them.",
                                  i + 1);
    return BARCODE_OK;
}

enum barcode_error
barcode_encode_nw7(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                   struct barcode_refusal *why)
{
    struct barcode_pen pen = barcode_pen_begin(out, options->ratio);
    enum barcode_error error = barcode_nw7_check_frame(out->text, n, why);

    if (error ||
        (error = barcode_complete_check(out, &n, 1, options->check, options->check_given, why)))
        return error;
    for (size_t i = 0; i < n; i++) {
        const char *value = strchr(NW7_CHARACTERS, out->text[i]);

        if (i > 0)
            barcode_pen_put(&pen, "n");
        barcode_pen_put(&pen, elements[value - NW7_CHARACTERS]);
        if (i < n - 1 && !barcode_pen_fits(&pen, "nnnwwnwn")) /* gap and stop: all are as wide */
            return barcode_refuse(why, BARCODE_TOO_LONG, i,
                                  "NW-7 is too wide for a phone from character %zu on.", i + 1);
    }
    barcode_write_human(out, n, 1, options);
    return BARCODE_OK;
}
