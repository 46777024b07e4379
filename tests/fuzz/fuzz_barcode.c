/* The first byte chooses the symbology, the rest is the text; what is accepted is drawn. */
#include <assert.h>
#include <string.h>

#include "barcode/barcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static char svg[32 * 1024];
    struct barcode_svg_options options = {.id_prefix = "fuzz"};
    struct barcode_symbol symbol;
    enum barcode_type type = n > 0 ? (enum barcode_type)(data[0] % BARCODE_TYPES) : BARCODE_QR;

    if (n == 0 || barcode_encode(type, (const char *)data + 1, n - 1, NULL, &symbol, NULL))
        return 0;
    size_t length = barcode_svg(&symbol, &options, svg, sizeof svg);
    assert(length < sizeof svg && strlen(svg) == length);
    assert(barcode_svg(&symbol, &options, svg, length) == length && svg[0] == '\0');
    return 0;
}
