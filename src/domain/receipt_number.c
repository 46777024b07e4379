#include "domain/receipt_number.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Spaces and the marks that registers print between the groups of a number. */
static bool
is_between(char c)
{
    return c == ' ' || c == '-' || c == '/' || c == '.' || c == ':' || c == '_' || c == '#';
}

/* "No. 12" is 12. */
static bool
is_no(const char *out, size_t n, char next)
{
    return n == 2 && out[0] == 'N' && out[1] == 'O' && is_digit(next);
}

/* The letters and digits of folded text, without the zeros that lead. */
static bool
gather(struct str text, char out[RECEIPT_NUMBER_SIZE])
{
    bool has_digit = false;
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (is_between(c))
            continue;
        c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (!is_digit(c) && !(c >= 'A' && c <= 'Z'))
            return false;
        has_digit |= is_digit(c);
        if (is_no(out, n, c))
            n = 0;
        if (c == '0' && n == 0)
            continue;
        if (n == RECEIPT_NUMBER_MAX)
            return false;
        out[n++] = c;
    }
    if (n == 0)
        out[n++] = '0'; /* a receipt with the number 0 */
    out[n] = '\0';
    return has_digit;
}

bool
receipt_number_read(struct str typed, char out[RECEIPT_NUMBER_SIZE])
{
    struct arena *a = arena_new(4 * KIB);
    struct str text;
    bool is_good = a != NULL && typed.n <= RECEIPT_TYPED_MAX && text_fold(a, typed, &text) &&
                   gather(text, out);

    arena_free(a);
    return is_good;
}
