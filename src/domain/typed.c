#include "domain/typed.h"

#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/text.h"

#define BYTES_MAX 4096
#define REPEATED_MIN 7
#define ROOM (64 * KIB) /* NFKC makes a text up to eighteen times longer */

/* The first code point of *in, consumed; *in is UTF-8. */
static int32_t
next_point(struct str *in)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)in->at, (utf8proc_ssize_t)in->n, &point);

    in->at += n;
    in->n -= (size_t)n;
    return point;
}

/* What the key of a kana gives in direct input: the top row of a JIS keyboard, 0 to 9 and "-". */
static char
key_of_kana(int32_t point)
{
    static const int32_t hiragana[] = {0x308F, 0x306C, 0x3075, 0x3042, 0x3046, 0x3048,
                                       0x304A, 0x3084, 0x3086, 0x3088, 0x307B};

    for (int i = 0; i < 11; i++)
        if (point == hiragana[i] || point == hiragana[i] + 0x60) /* katakana */
            return "0123456789-"[i];
    return TYPED_ODD;
}

/* The ASCII character of the key that gives this one under a Japanese input method. */
static char
key_of_mark(int32_t point)
{
    if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212 || point == 0x30FC)
        return '-'; /* hyphens and dashes, the minus sign, the long-vowel mark */
    switch (point) {
    case 0x00A5:
        return '\\';
    case 0x3001:
        return ',';
    case 0x3002:
        return '.';
    case 0x300C:
        return '[';
    case 0x300D:
        return ']';
    case 0x30FB:
        return '/';
    default:
        return TYPED_ODD;
    }
}

static char
character_of(int32_t point, bool has_digits)
{
    char c;

    if (point >= 'a' && point <= 'z')
        return (char)(point - ('a' - 'A'));
    if (point < 0x7F)
        return (char)point;
    c = key_of_mark(point);
    return c == TYPED_ODD && !has_digits ? key_of_kana(point) : c;
}

static bool
has_digit(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9')
            return true;
    return false;
}

static bool
read_points(struct str text, struct typed *out)
{
    bool has_digits = has_digit(text);

    out->n = 0;
    while (text.n > 0) {
        int32_t point = next_point(&text);
        bool is_break = point == '\r' || point == '\n' || point == '\t';

        if (!is_break && text_is_hidden(point))
            continue;
        if (out->n == TYPED_MAX)
            return false;
        out->at[out->n++] = is_break ? TYPED_BREAK : character_of(point, has_digits);
    }
    return true;
}

static bool
is_ascii(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] > 0x7F)
            return false;
    return true;
}

bool
typed_read(struct str text, struct typed *out)
{
    struct arena *arena;
    bool is_read;

    if (text.n > BYTES_MAX)
        return false;
    if (is_ascii(text))
        return read_points(text, out);
    arena = arena_new(ROOM);
    is_read = arena != NULL && text_fold(arena, text, &text) && read_points(text, out);
    arena_free(arena);
    return is_read;
}

struct str
typed_repeated(struct str text)
{
    for (size_t times = 2; times <= 3; times++) {
        size_t n = text.n / times;

        if (n >= REPEATED_MIN && n * times == text.n &&
            memcmp(text.at, text.at + n, text.n - n) == 0)
            return (struct str){text.at, n};
    }
    return (struct str){text.at, 0};
}
