#include "barcode/symbology.h"

#include <assert.h>

struct barcode_pen
barcode_pen_begin(struct barcode_symbol *out, enum barcode_ratio ratio)
{
    struct barcode_pen pen = {.out = out, .narrow = 1, .wide = ratio == BARCODE_RATIO_3 ? 3 : 2};

    if (ratio == BARCODE_RATIO_2_5) {
        out->units = 2;
        out->quiet *= 2;
        pen.narrow = 2;
        pen.wide = 5;
    }
    out->width = 0;
    out->height = 1;
    return pen;
}

void
barcode_pen_put(struct barcode_pen *pen, const char *elements)
{
    struct barcode_symbol *out = pen->out;

    for (; *elements != '\0'; elements++) {
        uint8_t units = *elements == 'w' ? pen->wide : pen->narrow;

        assert(out->run_count < BARCODE_LINEAR_RUNS_MAX);
        out->run[out->run_count++] = units;
        out->width += units;
    }
}

bool
barcode_pen_fits(const struct barcode_pen *pen, const char *elements)
{
    const struct barcode_symbol *out = pen->out;
    unsigned width = out->width + 2 * out->quiet;

    for (; *elements != '\0'; elements++)
        width += *elements == 'w' ? pen->wide : pen->narrow;
    return width <= BARCODE_LINEAR_MODULES_MAX * out->units;
}
