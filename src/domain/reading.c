#include "domain/reading.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define TYPED_MAX 96 /* longer is no code, nor two of them */
#define STATIC_DIGITS_MIN 4
#define STATIC_DIGITS_MAX 18

static bool
all_digits(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return true;
}

static bool
gs1_valid(struct str digits)
{
    struct str front = {digits.at, digits.n - 1};

    return gs1_check_digit(front) == digits.at[digits.n - 1];
}

/* One character from the front of *in as ASCII, 0 for what does not count, -1 for what no code has.
 * The full-width forms U+FF01..U+FF5E are what an IME makes of ASCII; NFKC takes them back. */
static int
next_char(struct str *in)
{
    const unsigned char *at = (const unsigned char *)in->at;
    size_t n = 1;
    int c = at[0];

    if (c == 0xEF && in->n >= 3 && (at[1] == 0xBC || at[1] == 0xBD) && at[2] >= 0x80 &&
        at[2] <= 0xBF) {
        n = 3;
        c = (at[1] - 0xBC) * 64 + (at[2] - 0x80) + 0x20;
    } else if (c == 0xE3 && in->n >= 3 && at[1] == 0x80 && at[2] == 0x80) {
        n = 3;
        c = ' '; /* U+3000, the ideographic space */
    }
    in->at += n;
    in->n -= n;
    if (c <= ' ' || c == '-' || c == 0x7F)
        return 0;
    return c < 0x7F ? c : -1;
}

static bool
squeeze(struct str text, char out[TYPED_MAX], struct str *squeezed_out)
{
    size_t n = 0;

    while (text.n > 0) {
        int c = next_char(&text);

        if (c < 0 || n == TYPED_MAX)
            return false;
        if (c > 0)
            out[n++] = (char)c;
    }
    *squeezed_out = (struct str){out, n};
    return true;
}

static bool
is_letter_to(char c, char last)
{
    return (c >= 'A' && c <= last) || (c >= 'a' && c <= last + ('a' - 'A'));
}

/* What stands around a code: an AIM identifier (]E0), Code 39's stars, NW-7's start and stop. */
static struct str
unwrap(struct str text)
{
    if (text.n > 3 && text.at[0] == ']' && is_letter_to(text.at[1], 'Z'))
        text = (struct str){text.at + 3, text.n - 3};
    if (text.n > 2 && ((text.at[0] == '*' && text.at[text.n - 1] == '*') ||
                       (is_letter_to(text.at[0], 'D') && is_letter_to(text.at[text.n - 1], 'D'))))
        text = (struct str){text.at + 1, text.n - 2};
    return text;
}

static void
keep(struct reading *out, struct str digits)
{
    memcpy(out->digits, digits.at, digits.n);
    out->digits[digits.n] = '\0';
}

static void
offer(struct reading *out, const char *front, struct str middle, const char *back)
{
    int n = snprintf(out->candidate[out->n_candidates], READING_PLAIN_MAX + 1, "%s%.*s%s", front,
                     (int)middle.n, middle.at, back);

    assert(out->n_candidates < READING_CANDIDATES && n <= READING_PLAIN_MAX);
    out->n_candidates++;
}

static bool
is_of_ours(struct str digits)
{
    return digits.n > 1 && digits.at[0] == '7' && (digits.at[1] == '1' || digits.at[1] == '2');
}

static enum reading_kind
read_22(struct str digits, struct reading *out)
{
    if (!code_parse(digits, &out->code))
        return is_of_ours(digits) ? READING_UNREADABLE : READING_UNKNOWN;
    keep(out, digits);
    return out->code.kind == CODE_MEMBER ? READING_MEMBER : READING_VOUCHER;
}

/* GS1 leaves 02, 04 and 20-29 to every shop: their goods, their members. */
static bool
is_in_store(struct str jan)
{
    return jan.at[0] == '2' || (jan.at[0] == '0' && (jan.at[1] == '2' || jan.at[1] == '4'));
}

static enum reading_kind
read_13(struct str digits, struct reading *out)
{
    offer(out, "", digits, "");
    if (!gs1_valid(digits))
        return READING_UNREADABLE;
    if (!is_in_store(digits))
        return READING_GOODS;
    if (digits.at[0] == '0')
        return READING_STATIC;
    keep(out, digits);
    return READING_JAN;
}

/* Twelve digits are a UPC-A, which is a JAN without its leading zero, or a JAN whose check digit
 * the scanner kept to itself. No rotating code begins with 0, so the UPC-A is never one. */
static enum reading_kind
read_12(struct str digits, struct reading *out)
{
    bool is_upc = gs1_valid(digits);

    if (is_upc)
        offer(out, "0", digits, "");
    offer(out, "", digits, (const char[]){gs1_check_digit(digits), '\0'});
    offer(out, "", digits, "");
    if (digits.at[0] != '2')
        return is_upc && digits.at[0] != '4' ? READING_GOODS : READING_STATIC;
    out->is_goods_else = is_upc;
    keep(out, digits);
    out->digits[12] = gs1_check_digit(digits);
    out->digits[13] = '\0';
    return READING_JAN;
}

/* Of a length that no code of ours has. */
static enum reading_kind
read_other(struct str digits, struct reading *out)
{
    if (digits.n > STATIC_DIGITS_MAX && is_of_ours(digits))
        return READING_UNREADABLE; /* digits lost or doubled, typed by hand */
    if (digits.n < STATIC_DIGITS_MIN || digits.n > STATIC_DIGITS_MAX)
        return READING_UNKNOWN;
    offer(out, "", digits, "");
    return (digits.n == 8 || digits.n == 14) && gs1_valid(digits) ? READING_GOODS : READING_STATIC;
}

static enum reading_kind read_two(struct str digits, struct reading *out);

static enum reading_kind
read_digits(struct str digits, struct reading *out)
{
    switch (digits.n) {
    case CODE_DIGITS:
        return read_22(digits, out);
    case JAN_DIGITS:
        return read_13(digits, out);
    case 12:
        return read_12(digits, out);
    case 2 * CODE_DIGITS:
    case 2 * JAN_DIGITS:
    case CODE_DIGITS + JAN_DIGITS:
        return read_two(digits, out);
    default:
        return read_other(digits, out);
    }
}

static bool
is_ours(enum reading_kind kind)
{
    return kind == READING_MEMBER || kind == READING_VOUCHER || kind == READING_JAN;
}

static void
take(struct reading *out, struct reading *part)
{
    memcpy(part->plain, out->plain, sizeof(part->plain));
    *out = *part;
}

static bool
split_at(struct str digits, size_t n, struct reading *out)
{
    struct reading a = {0}, b = {0};

    if ((n != CODE_DIGITS && n != JAN_DIGITS) ||
        (digits.n - n != CODE_DIGITS && digits.n - n != JAN_DIGITS))
        return false;
    a.kind = read_digits((struct str){digits.at, n}, &a);
    b.kind = read_digits((struct str){digits.at + n, digits.n - n}, &b);
    if (is_ours(a.kind) && (b.kind == READING_GOODS || strcmp(a.digits, b.digits) == 0))
        take(out, &a);
    else if (is_ours(b.kind) && a.kind == READING_GOODS)
        take(out, &b);
    else
        return false;
    return true;
}

/* The same code twice, or one of ours and a product; anything else would be a guess. */
static enum reading_kind
read_two(struct str digits, struct reading *out)
{
    if (split_at(digits, CODE_DIGITS, out) || split_at(digits, JAN_DIGITS, out))
        return out->kind;
    return READING_UNREADABLE;
}

static void
set_plain(struct str text, struct reading *out)
{
    if (text.n > READING_PLAIN_MAX)
        return;
    for (size_t i = 0; i < text.n; i++)
        out->plain[i] =
            (char)(text.at[i] >= 'a' && text.at[i] <= 'z' ? text.at[i] - ('a' - 'A') : text.at[i]);
}

void
scan_normalise(struct str text, struct reading *out)
{
    char typed[TYPED_MAX];
    struct str squeezed;

    *out = (struct reading){.kind = READING_UNKNOWN};
    if (!squeeze(text, typed, &squeezed))
        return;
    squeezed = unwrap(squeezed);
    set_plain(squeezed, out);
    if (squeezed.n == 0)
        out->kind = READING_UNREADABLE;
    else if (all_digits(squeezed))
        out->kind = read_digits(squeezed, out);
    else if (out->plain[0] != '\0') {
        offer(out, "", str_of(out->plain), "");
        out->kind = READING_STATIC;
    }
}
