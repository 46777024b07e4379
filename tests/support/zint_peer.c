#include "tests/support/zint_peer.h"

#include <stdbool.h>
#include <zint.h>

static const struct {
    int symbology, option_2;
} call[] = {
    [ZINT_EAN] = {BARCODE_EANX, 0},      [ZINT_CODE128] = {BARCODE_CODE128, 0},
    [ZINT_NW7] = {BARCODE_CODABAR, 0},   [ZINT_NW7_MOD16] = {BARCODE_CODABAR, 1},
    [ZINT_CODE39] = {BARCODE_CODE39, 0}, [ZINT_CODE39_MOD43] = {BARCODE_CODE39, 1},
    [ZINT_ITF] = {BARCODE_C25INTER, 0},  [ZINT_ITF_M10W31] = {BARCODE_C25INTER, 1},
};

static bool
is_dark(const struct zint_symbol *symbol, int x)
{
    return symbol->encoded_data[0][x / 8] >> (x % 8) & 1;
}

/* Up to the last bar: zint counts the gap behind it. */
static int
width_of(const struct zint_symbol *symbol)
{
    int width = symbol->width;

    while (width > 0 && !is_dark(symbol, width - 1))
        width--;
    return width;
}

size_t
zint_peer_runs(enum zint_peer symbology, const char *text, size_t n, uint8_t *run, size_t cap)
{
    struct zint_symbol *symbol = ZBarcode_Create();
    size_t count = 0;
    int width = 0;

    symbol->symbology = call[symbology].symbology;
    symbol->option_2 = call[symbology].option_2;
    if (ZBarcode_Encode(symbol, (const unsigned char *)text, (int)n) < ZINT_ERROR)
        width = width_of(symbol);
    for (int x = 0; x < width; x++) {
        if (x == 0 || is_dark(symbol, x) != is_dark(symbol, x - 1)) {
            if (count == cap) {
                count = 0;
                break;
            }
            run[count++] = 0;
        }
        run[count - 1]++;
    }
    ZBarcode_Delete(symbol);
    return count;
}
