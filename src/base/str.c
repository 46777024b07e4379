#include "base/str.h"

#include <string.h>

struct str
str_of(const char *text)
{
    if (text == NULL)
        return STR("");
    return (struct str){text, strlen(text)};
}

bool
str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

int
str_index(struct str text, const char *const words[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(text, str_of(words[i])))
            return (int)i;
    return -1;
}

/* tolower() would follow the locale. */
static unsigned char
lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool
str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool
str_starts(struct str text, struct str prefix)
{
    return text.n >= prefix.n && str_eq((struct str){text.at, prefix.n}, prefix);
}

static struct str
behind(struct str text, size_t n)
{
    return (struct str){text.at + n, text.n - n};
}

bool
str_until(struct str *in, char mark, struct str *out)
{
    const char *at = in->n > 0 ? memchr(in->at, mark, in->n) : NULL;
    size_t n;

    if (at == NULL)
        return false;
    n = (size_t)(at - in->at);
    *out = (struct str){in->at, n};
    *in = behind(*in, n + 1);
    return true;
}

bool
str_skip(struct str *in, struct str prefix)
{
    if (!str_starts(*in, prefix))
        return false;
    if (prefix.n > 0)
        *in = behind(*in, prefix.n);
    return true;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str
str_trim(struct str text)
{
    while (text.n > 0 && is_blank(text.at[0]))
        text = behind(text, 1);
    while (text.n > 0 && is_blank(text.at[text.n - 1]))
        text.n--;
    return text;
}

bool
str_number(struct str *in, uint64_t *out, uint64_t max)
{
    uint64_t number = 0;
    size_t n = 0;

    for (; n < in->n && in->at[n] >= '0' && in->at[n] <= '9'; n++) {
        uint64_t digit = (uint64_t)(in->at[n] - '0');

        if (digit > max || number > (max - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (n == 0)
        return false;
    *in = behind(*in, n);
    *out = number;
    return true;
}

bool
str_int(struct str text, int64_t *out, int64_t min, int64_t max)
{
    bool negative = str_skip(&text, STR("-"));
    uint64_t size;
    int64_t number;

    if (!str_number(&text, &size, (uint64_t)INT64_MAX + negative) || text.n > 0)
        return false;
    if (size > INT64_MAX)
        number = INT64_MIN;
    else
        number = negative ? -(int64_t)size : (int64_t)size;
    if (number < min || number > max)
        return false;
    *out = number;
    return true;
}

bool
str_copy(struct str text, char *out, size_t cap)
{
    if (cap == 0)
        return false;
    if (text.n >= cap) {
        out[0] = '\0';
        return false;
    }
    if (text.n > 0)
        memcpy(out, text.at, text.n);
    out[text.n] = '\0';
    return true;
}
