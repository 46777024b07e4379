#include "base/codec.h"

#include <string.h>

static const char base64_plain[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
hex_encode(const uint8_t *bytes, size_t n, char *out)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        *out++ = digit[bytes[i] >> 4];
        *out++ = digit[bytes[i] & 15];
    }
    *out = '\0';
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool
hex_decode(struct str text, uint8_t *out, size_t cap, size_t *n_out)
{
    if (text.n % 2 != 0 || text.n / 2 > cap)
        return false;
    for (size_t i = 0; i < text.n / 2; i++) {
        int high = hex_value(text.at[2 * i]);
        int low = hex_value(text.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    *n_out = text.n / 2;
    return true;
}

static void
encode(const uint8_t *bytes, size_t n, const char alphabet[64], bool padded, char *out)
{
    while (n > 0) {
        size_t take = n < 3 ? n : 3;
        uint32_t group = (uint32_t)bytes[0] << 16;

        if (take > 1)
            group |= (uint32_t)bytes[1] << 8;
        if (take > 2)
            group |= bytes[2];
        for (size_t i = 0; i < 4; i++) {
            if (i <= take)
                *out++ = alphabet[group >> (18 - 6 * i) & 63];
            else if (padded)
                *out++ = '=';
        }
        bytes += take;
        n -= take;
    }
    *out = '\0';
}

void
base64_encode(const uint8_t *bytes, size_t n, char *out)
{
    encode(bytes, n, base64_plain, true, out);
}

void
base64url_encode(const uint8_t *bytes, size_t n, char *out)
{
    encode(bytes, n, base64_url, false, out);
}

/* The value of a character in the alphabet that ends in c62 and c63, or -1. */
static int
base64_value(char c, char c62, char c63)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == c62)
        return 62;
    return c == c63 ? 63 : -1;
}

/* `text` without padding: whole groups of four, then nothing, two or three characters. */
static bool
decode(struct str text, char c62, char c63, uint8_t *out, size_t cap, size_t *n_out)
{
    uint32_t bits = 0;
    unsigned have = 0; /* how many low bits of `bits` are still to be written */
    size_t n = 0;

    if (text.n % 4 == 1 || text.n / 4 * 3 + text.n % 4 * 3 / 4 > cap)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        int value = base64_value(text.at[i], c62, c63);

        if (value < 0)
            return false;
        bits = (bits << 6 | (uint32_t)value) & 0xFFFFFF;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (uint8_t)(bits >> have);
        }
    }
    if ((bits & ((1u << have) - 1)) != 0)
        return false;
    *n_out = n;
    return true;
}

bool
base64_decode(struct str text, uint8_t *out, size_t cap, size_t *n_out)
{
    if (text.n % 4 != 0)
        return false;
    for (int i = 0; i < 2 && text.n > 0 && text.at[text.n - 1] == '='; i++)
        text.n--;
    return decode(text, '+', '/', out, cap, n_out);
}

bool
base64url_decode(struct str text, uint8_t *out, size_t cap, size_t *n_out)
{
    return decode(text, '-', '_', out, cap, n_out);
}
