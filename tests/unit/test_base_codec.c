/* Bytes as text and back: the vectors of RFC 4648, and that there is one spelling only. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "tests/support/check.h"

static void
the_vectors_of_rfc_4648_go_both_ways(void **state)
{
    static const struct {
        struct str plain;
        const char *hex, *base64, *base64url;
    } row[] = {
        {STR_INIT(""), "", "", ""},
        {STR_INIT("f"), "66", "Zg==", "Zg"},
        {STR_INIT("fo"), "666f", "Zm8=", "Zm8"},
        {STR_INIT("foo"), "666f6f", "Zm9v", "Zm9v"},
        {STR_INIT("foob"), "666f6f62", "Zm9vYg==", "Zm9vYg"},
        {STR_INIT("fooba"), "666f6f6261", "Zm9vYmE=", "Zm9vYmE"},
        {STR_INIT("foobar"), "666f6f626172", "Zm9vYmFy", "Zm9vYmFy"},
        {STR_INIT("\xFB\xFF\xFE"), "fbfffe", "+//+", "-__-"},
        {STR_INIT("\xFF\0"), "ff00", "/wA=", "_wA"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const uint8_t *bytes = (const uint8_t *)row[i].plain.at;
        char text[32];
        uint8_t back[16];
        size_t n;

        CHECK_ROW(i);
        hex_encode(bytes, row[i].plain.n, text);
        CHECK_TEXT(text, row[i].hex);
        CHECK_THAT(hex_decode(str_of(text), back, row[i].plain.n, &n));
        CHECK_HEX(back, n, row[i].hex);
        base64_encode(bytes, row[i].plain.n, text);
        CHECK_TEXT(text, row[i].base64);
        CHECK_THAT(base64_decode(str_of(text), back, row[i].plain.n, &n));
        CHECK_HEX(back, n, row[i].hex);
        base64url_encode(bytes, row[i].plain.n, text);
        CHECK_TEXT(text, row[i].base64url);
        CHECK_THAT(base64url_decode(str_of(text), back, row[i].plain.n, &n));
        CHECK_HEX(back, n, row[i].hex);
    }
}

static void
other_spellings_are_refused(void **state)
{
    static const struct {
        bool (*decode)(struct str text, uint8_t *out, size_t cap, size_t *n_out);
        struct str in;
    } row[] = {
        {hex_decode, STR_INIT("6")},
        {hex_decode, STR_INIT("6F")},
        {hex_decode, STR_INIT("6g")},
        {hex_decode, STR_INIT("0x")},
        {hex_decode, STR_INIT(" 6f")},
        {base64_decode, STR_INIT("Zg")},
        {base64_decode, STR_INIT("Zg=")},
        {base64_decode, STR_INIT("Zg===")},
        {base64_decode, STR_INIT("Z===")},
        {base64_decode, STR_INIT("====")},
        {base64_decode, STR_INIT("Zh==")}, /* bits left over */
        {base64_decode, STR_INIT("Zm9=")},
        {base64_decode, STR_INIT("Zg==Zg==")},
        {base64_decode, STR_INIT("Zm9vYg==\n")},
        {base64_decode, STR_INIT("Zm 9")},
        {base64_decode, STR_INIT("-__-")},
        {base64_decode, STR_INIT("Zm9\0")},
        {base64_decode, STR_INIT("Zm9\xFF")},
        {base64url_decode, STR_INIT("Zg==")},
        {base64url_decode, STR_INIT("Zm8=")},
        {base64url_decode, STR_INIT("Z")},
        {base64url_decode, STR_INIT("Zh")},
        {base64url_decode, STR_INIT("Zm9")},
        {base64url_decode, STR_INIT("+//+")},
        {base64url_decode, STR_INIT("Zm9vY")},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        uint8_t out[16];
        size_t n = 99;

        CHECK_ROW(i);
        CHECK_THAT(!row[i].decode(row[i].in, out, sizeof(out), &n));
        CHECK_INT(n, 99);
    }
}

static void
nothing_is_written_past_the_cap(void **state)
{
    uint8_t out[4] = {0, 0, 0, 0xAA};
    size_t n;

    (void)state;
    CHECK_THAT(!hex_decode(STR("00000000"), out, 3, &n));
    CHECK_THAT(!base64_decode(STR("AAAAAA=="), out, 3, &n));
    CHECK_THAT(!base64url_decode(STR("AAAAAA"), out, 3, &n));
    CHECK_THAT(base64url_decode(STR("AAAA"), out, 3, &n));
    CHECK_INT(n, 3);
    CHECK_INT(out[3], 0xAA);
}

static void
of_all_last_characters_only_the_canonical_ones_pass(void **state)
{
    char text[] = "AA";
    int passed = 0;

    (void)state;
    for (int c = 0; c < 256; c++) {
        uint8_t out[2];
        size_t n;

        text[1] = (char)c;
        passed += base64url_decode((struct str){text, 2}, out, sizeof(out), &n);
    }
    CHECK_INT(passed, 4); /* two of the six bits reach the byte */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_vectors_of_rfc_4648_go_both_ways),
        TEST(other_spellings_are_refused),
        TEST(nothing_is_written_past_the_cap),
        TEST(of_all_last_characters_only_the_canonical_ones_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
