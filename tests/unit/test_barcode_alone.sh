#!/bin/bash
#
# The library is usable by others with barcode.h and libbarcode.a: a program outside of this tree
# builds, links and runs with nothing else of ours. The archive keeps to its own names and takes no
# memory but its caller's.
set -euo pipefail
export LC_ALL=C

archive=${B:-build/release}/libbarcode.a
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp barcode/barcode.h "$archive" "$dir"
cat >"$dir/alone.c" <<'END'
#include <stdio.h>
#include "barcode.h"
int main(void)
{
    struct barcode_options options = {.check = BARCODE_CHECK_MOD16};
    struct barcode_svg_options page = {.id_prefix = "alone"};
    struct barcode_symbol symbol;
    struct barcode_refusal why;
    struct barcode_png_options print = {.scale = 2, .height = 40, .text = true};
    char svg[8192];
    uint8_t png[8192];
    if (barcode_encode(BARCODE_NW7, "A37859B", 7, &options, &symbol, &why))
        return 1;
    if (barcode_svg(&symbol, &page, svg, sizeof svg) >= sizeof svg)
        return 2;
    if (barcode_png(&symbol, &print, png, sizeof png) - 1 >= sizeof png)
        return 3;
    printf("%s %u %u\n", symbol.text, symbol.width, symbol.units);
    if (barcode_encode(BARCODE_QR, symbol.text, 8, NULL, &symbol, &why))
        return 4;
    printf("%s %u\n", symbol.text, symbol.width);
    return barcode_encode(BARCODE_EAN13, "2000000000014", 13, NULL, &symbol, &why) != BARCODE_BAD_CHECK;
}
END
(cd "$dir" && ${CC:-gcc} -std=c17 -Wall -Wextra -Wpedantic -Werror alone.c libbarcode.a -lqrencode -lpng -lz -o alone)
"$dir/alone" >"$dir/got"
printf 'A37859+B 183 2\nA37859+B 21\n' | diff - "$dir/got"
echo "1: builds and runs on its own"

if nm --defined-only --extern-only "$archive" | awk 'NF == 3 && $3 !~ /^barcode_/' | grep .; then
    echo "names that may clash with a user's"
    exit 1
fi
echo "2: all its names begin with barcode_"

if nm --undefined-only "$archive" | grep -wE 'malloc|calloc|realloc|free|strdup|strndup|asprintf|aligned_alloc'; then
    echo "memory of its own"
    exit 1
fi
echo "3: allocates nothing"
echo "3 passed, 0 failed"
