#include "barcode/symbology.h"

#include <string.h>

enum { DIGITS = 8, HALF = 4 };

enum barcode_error
ean8_encode(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
            struct barcode_refusal *why)
{
    enum barcode_error error = check_complete(out, &n, 0, BARCODE_CHECK_M10W31, n == DIGITS, why);
    uint8_t *run = out->run;

    (void)options;
    if (error)
        return error;
    memcpy(out->human, out->text, HALF);
    out->human[HALF] = ' ';
    memcpy(out->human + HALF + 1, out->text + HALF, HALF + 1); /* with the terminator */

    run = ean_put_guard(run, 3);
    run = ean_put_digits(run, out->text, HALF, "LLLL");
    run = ean_put_guard(run, 5);
    run = ean_put_digits(run, out->text + HALF, HALF, "LLLL");
    run = ean_put_guard(run, 3);

    out->run_count = (unsigned)(run - out->run);
    out->width = 3 + EAN_MODULES_PER_DIGIT * HALF + 5 + EAN_MODULES_PER_DIGIT * HALF + 3;
    out->height = 1;
    return BARCODE_OK;
}
