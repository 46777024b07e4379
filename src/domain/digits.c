#include "domain/digits.h"

#include <stdio.h>
#include <string.h>

#include "domain/typed.h"

#define FIXED_DIGITS_MAX 18 /* of which only digits; the longest of GS1's is a pallet's 18 */
#define GLUED_MAX 96        /* four codes in one go */
#define LONG_DIGITS 24      /* no number is as long as two JANs without check digits */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
digits_only(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!is_digit(text.at[i]))
            return false;
    return text.n > 0;
}

static struct str
behind(struct str text, size_t n)
{
    return (struct str){text.at + n, text.n - n};
}

static bool
gs1_valid(struct str digits)
{
    struct str front = {digits.at, digits.n - 1};

    return gs1_check_digit(front) == digits.at[digits.n - 1];
}

/* ---------------------------------------------------------------- what a reading is put into */

/* Whether a chain could have given such a number to a member. */
static bool
could_be_fixed(struct str number)
{
    return number.n >= READING_PLAIN_MIN && number.n <= READING_PLAIN_MAX &&
           (number.n <= FIXED_DIGITS_MAX || !digits_only(number)) &&
           memchr(number.at, TYPED_ODD, number.n) == NULL;
}

void
digits_offer(struct reading *out, const char *front, struct str number, const char *check)
{
    char text[READING_PLAIN_MAX + 3];

    if (out->n_candidates == READING_CANDIDATES || !could_be_fixed(number))
        return;
    snprintf(text, sizeof(text), "%s%.*s%s", front, (int)number.n, number.at, check);
    for (int i = 0; i < out->n_candidates; i++)
        if (strcmp(out->candidate[i], text) == 0)
            return;
    str_copy(str_of(text), out->candidate[out->n_candidates++], READING_PLAIN_MAX + 1);
}

void
digits_join(struct reading *all, const struct reading *part)
{
    if (all->kind != part->kind || strcmp(all->plain, part->plain) != 0)
        *all = (struct reading){.kind = READING_UNREADABLE};
}

/* ---------------------------------------------------------------- digits, by their number */

static bool
begins_as_ours(struct str digits)
{
    return digits.n > 1 && digits.at[0] == '7' && (digits.at[1] == '1' || digits.at[1] == '2');
}

static void
read_ours(struct str digits, struct reading *out)
{
    out->kind = READING_UNREADABLE;
    if (!code_parse(digits, &out->code))
        return;
    out->kind = out->code.kind == CODE_MEMBER ? READING_MEMBER : READING_VOUCHER;
    str_copy(digits, out->digits, sizeof(out->digits));
}

/* GS1 leaves 02, 04 and 20-29 to every shop, for goods and members of its own. */
static void
read_13(struct str jan, struct reading *out)
{
    digits_offer(out, "", jan, "");
    if (!gs1_valid(jan)) {
        out->kind = READING_UNREADABLE;
    } else if (jan.at[0] == '2') {
        out->kind = READING_JAN;
        str_copy(jan, out->digits, sizeof(out->digits));
    } else {
        out->kind = jan.at[0] == '0' && (jan.at[1] == '2' || jan.at[1] == '4') ? READING_STATIC
                                                                               : READING_GOODS;
    }
}

/* A UPC-A, which is a JAN without its leading zero, or a JAN whose check digit the scanner kept to
 * itself. No rotating code begins with 0, so the UPC-A is never one. */
static void
read_12(struct str digits, struct reading *out)
{
    const char check[] = {gs1_check_digit(digits), '\0'};
    bool is_upc = gs1_valid(digits);

    if (is_upc)
        digits_offer(out, "0", digits, "");
    digits_offer(out, "", digits, check);
    digits_offer(out, "", digits, "");
    if (digits.at[0] == '2') {
        out->kind = READING_JAN;
        out->is_goods_else = is_upc;
        snprintf(out->digits, sizeof(out->digits), "%.12s%s", digits.at, check);
    } else {
        out->kind = is_upc && digits.at[0] != '4' ? READING_GOODS : READING_STATIC;
    }
}

/* Perhaps a JAN that lost both its leading zero and its check digit. */
static void
read_11(struct str digits, struct reading *out)
{
    digits_offer(out, "", digits, "");
    digits_offer(out, "0", digits, (const char[]){gs1_check_digit(digits), '\0'});
    out->kind = READING_STATIC;
}

/* A carton's number, or a JAN that the scanner makes as long as one. */
static void
read_14(struct str digits, struct reading *out)
{
    digits_offer(out, "", digits, "");
    digits_offer(out, "", typed_repeated(digits), "");
    if (!gs1_valid(digits))
        out->kind = READING_STATIC;
    else if (digits.at[0] == '0')
        read_13(behind(digits, 1), out);
    else
        out->kind = READING_GOODS;
}

static void
read_8(struct str digits, struct reading *out)
{
    bool is_in_store = digits.at[0] == '0' || digits.at[0] == '2';

    digits_offer(out, "", digits, "");
    out->kind = gs1_valid(digits) && !is_in_store ? READING_GOODS : READING_STATIC;
}

/* ---------------------------------------------------------------- codes without a gap */

bool
digits_are_code(struct str digits)
{
    struct code code;

    return digits.n == CODE_DIGITS ? code_parse(digits, &code)
                                   : digits.n == JAN_DIGITS && gs1_valid(digits);
}

/* All of `digits` as codes of 22 and 13 digits with right check digits, one behind the other. */
static bool
read_parts(struct str digits, bool is_first, struct reading *out)
{
    static const size_t lengths[] = {CODE_DIGITS, JAN_DIGITS};

    if (digits.n == 0)
        return !is_first;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct str front = {digits.at, lengths[i]};
        struct reading all = *out, part = {.kind = READING_UNKNOWN};

        if (digits.n < front.n || !digits_are_code(front))
            continue;
        digits_read(front, &part);
        if (is_first)
            all = part;
        else
            digits_join(&all, &part);
        if (read_parts(behind(digits, front.n), false, &all)) {
            *out = all;
            return true;
        }
    }
    return false;
}

/* Whether a card's code stands at an end of it, with something else in the same go. */
static bool
has_code_at_end(struct str digits)
{
    struct str jan = {digits.at, JAN_DIGITS};
    struct str last_jan = behind(digits, digits.n - JAN_DIGITS);

    return begins_as_ours(digits) || (jan.at[0] == '2' && digits_are_code(jan)) ||
           (last_jan.at[0] == '2' && digits_are_code(last_jan)) ||
           (digits.n > CODE_DIGITS && digits_are_code(behind(digits, digits.n - CODE_DIGITS)));
}

/* More digits than a number has. */
static void
read_long(struct str digits, struct reading *out)
{
    struct str unit = typed_repeated(digits);

    if (unit.n > 0)
        digits_read(unit, out);
    else if (digits.n <= GLUED_MAX && read_parts(digits, true, out))
        return;
    else
        out->kind = digits.n >= LONG_DIGITS || has_code_at_end(digits) ? READING_UNREADABLE
                                                                       : READING_UNKNOWN;
}

static void
read_other(struct str digits, struct reading *out)
{
    digits_offer(out, "", digits, "");
    digits_offer(out, "", typed_repeated(digits), "");
    out->kind = READING_STATIC;
    if (digits.n < READING_PLAIN_MIN)
        out->kind = READING_UNKNOWN;
    else if (digits.n > 16 && begins_as_ours(digits))
        out->kind = READING_UNREADABLE; /* typed by hand, with some left out */
}

void
digits_read(struct str digits, struct reading *out)
{
    str_copy(digits, out->plain, sizeof(out->plain));
    if (digits.n == CODE_DIGITS && begins_as_ours(digits))
        read_ours(digits, out);
    else if (digits.n > FIXED_DIGITS_MAX)
        read_long(digits, out);
    else if (digits.n == 14)
        read_14(digits, out);
    else if (digits.n == JAN_DIGITS)
        read_13(digits, out);
    else if (digits.n == 12)
        read_12(digits, out);
    else if (digits.n == 11)
        read_11(digits, out);
    else if (digits.n == 8)
        read_8(digits, out);
    else
        read_other(digits, out);
}
