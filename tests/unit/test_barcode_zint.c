/* Ours and zint's modules are the same, for 10,000 random valid texts of each linear symbology. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "barcode/barcode.h"
#include "tests/support/random.h"
#include "tests/support/zint_peer.h"

enum { SYMBOLS = 10000 };

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PRINTABLE DIGITS UPPER "abcdefghijklmnopqrstuvwxyz !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

static void
random_ean13(char *text)
{
    random_text(text, 12, DIGITS);
}

static void
random_ean8(char *text)
{
    random_text(text, 7, DIGITS);
}

/* Long runs of digits, single ones among letters, and all between. */
static void
random_code128(char *text)
{
    static const char *const alphabet[] = {DIGITS, DIGITS DIGITS DIGITS "ax", PRINTABLE,
                                           DIGITS UPPER};

    random_text(text, 1 + random_below(BARCODE_LINEAR_TEXT_MAX), alphabet[random_below(4)]);
}

static void
random_nw7(char *text)
{
    size_t n = 1 + random_below(16);

    random_text(text, 1, "ABCD");
    random_text(text + 1, n, DIGITS "-$:/.+");
    random_text(text + 1 + n, 1, "ABCD");
}

static void
random_code39(char *text)
{
    random_text(text, 1 + random_below(11), DIGITS UPPER "-. $/+%");
}

static void
random_itf(char *text)
{
    random_text(text, 2 + 2 * random_below(10), DIGITS);
}

static void
random_itf_without_check(char *text)
{
    random_text(text, 1 + 2 * random_below(10), DIGITS);
}

static void
all_are_as_zint_draws_them(enum barcode_type type, struct barcode_options options,
                           void (*random)(char *text), enum zint_peer peer)
{
    int drawn = 0;

    while (drawn < SYMBOLS) {
        char text[BARCODE_LINEAR_TEXT_MAX + 1];
        uint8_t want[BARCODE_LINEAR_RUNS_MAX];
        struct barcode_symbol got;
        struct barcode_refusal why;
        enum barcode_error error;

        random(text);
        error = barcode_encode(type, text, strlen(text), &options, &got, &why);
        if (error == BARCODE_TOO_LONG) /* for a phone: paper has no such limit */
            continue;
        if (error)
            fail_msg("\"%s\": %s", text, why.text);
        if (zint_peer_runs(peer, text, strlen(text), want, sizeof want) != got.run_count ||
            memcmp(got.run, want, got.run_count) != 0)
            fail_msg("\"%s\" differs", text);
        drawn++;
    }
}

static void
ean13_is_drawn_alike(void **state)
{
    (void)state;
    all_are_as_zint_draws_them(BARCODE_EAN13, (struct barcode_options){0}, random_ean13, ZINT_EAN);
}

static void
ean8_is_drawn_alike(void **state)
{
    (void)state;
    all_are_as_zint_draws_them(BARCODE_EAN8, (struct barcode_options){0}, random_ean8, ZINT_EAN);
}

static void
code128_is_drawn_alike(void **state)
{
    (void)state;
    all_are_as_zint_draws_them(BARCODE_CODE128, (struct barcode_options){0}, random_code128,
                               ZINT_CODE128);
}

static void
nw7_is_drawn_alike(void **state)
{
    struct barcode_options options = {.ratio = BARCODE_RATIO_2};

    (void)state;
    all_are_as_zint_draws_them(BARCODE_NW7, options, random_nw7, ZINT_NW7);
    options.check = BARCODE_CHECK_MOD16;
    all_are_as_zint_draws_them(BARCODE_NW7, options, random_nw7, ZINT_NW7_MOD16);
}

static void
code39_is_drawn_alike(void **state)
{
    struct barcode_options options = {.ratio = BARCODE_RATIO_2};

    (void)state;
    all_are_as_zint_draws_them(BARCODE_CODE39, options, random_code39, ZINT_CODE39);
    options.check = BARCODE_CHECK_MOD43;
    all_are_as_zint_draws_them(BARCODE_CODE39, options, random_code39, ZINT_CODE39_MOD43);
}

static void
itf_is_drawn_alike(void **state)
{
    struct barcode_options options = {.ratio = BARCODE_RATIO_3};

    (void)state;
    all_are_as_zint_draws_them(BARCODE_ITF, options, random_itf, ZINT_ITF);
    options.check = BARCODE_CHECK_M10W31;
    all_are_as_zint_draws_them(BARCODE_ITF, options, random_itf_without_check, ZINT_ITF_M10W31);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ean13_is_drawn_alike),   cmocka_unit_test(ean8_is_drawn_alike),
        cmocka_unit_test(code128_is_drawn_alike), cmocka_unit_test(nw7_is_drawn_alike),
        cmocka_unit_test(code39_is_drawn_alike),  cmocka_unit_test(itf_is_drawn_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
