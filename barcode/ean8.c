#include "barcode/symbology.h"

#include <string.h>

enum { DIGITS = 8, HALF = 4 };

enum barcode_error
barcode_encode_ean8(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                    struct barcode_refusal *why)
{
    enum barcode_error error =
        barcode_complete_check(out, &n, 0, BARCODE_CHECK_M10W31, n == DIGITS, why);

    (void)options;
    if (error)
        return error;
    memcpy(out->human, out->text, HALF);
    out->human[HALF] = ' ';
    memcpy(out->human + HALF + 1, out->text + HALF, HALF + 1); /* with the terminator */
    barcode_draw_ean(out, out->text, HALF, "LLLL");
    return BARCODE_OK;
}
