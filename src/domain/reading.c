#include "domain/reading.h"

#include <string.h>

#include "domain/digits.h"
#include "domain/typed.h"

#define ADDRESS_DIGITS_MIN 7 /* at the end of an address: fewer are a page or a year */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static struct str
behind(struct str text, size_t n)
{
    return (struct str){text.at + n, text.n - n};
}

/* ---------------------------------------------------------------- a code inside other text */

/* The next run of digits of *in, consumed with what stands before it; false: there is none. */
static bool
next_run(struct str *in, struct str *run_out)
{
    while (in->n > 0 && !is_digit(in->at[0]))
        *in = behind(*in, 1);
    *run_out = (struct str){in->at, 0};
    while (in->n > 0 && is_digit(in->at[0])) {
        *in = behind(*in, 1);
        run_out->n++;
    }
    return run_out->n > 0;
}

/* Every whole code of `length` digits in the text, as one reading; false: there is none. */
static bool
read_runs(struct str text, size_t length, struct reading *out)
{
    struct str run;
    bool is_found = false;

    while (next_run(&text, &run)) {
        struct reading part = {.kind = READING_UNKNOWN};

        if (run.n != length || !digits_are_code(run) || (length == JAN_DIGITS && run.at[0] != '2'))
            continue;
        digits_read(run, &part);
        if (is_found)
            digits_join(out, &part);
        else
            *out = part;
        is_found = true;
    }
    return is_found;
}

/* The number at the end of an address: https://example.com/m?c=12345678, whatever the keyboard made
 * of the marks. */
static struct str
last_run(struct str text)
{
    size_t n = 0;

    while (n < text.n && is_digit(text.at[text.n - 1 - n]))
        n++;
    if (n < ADDRESS_DIGITS_MIN || n == text.n || is_letter(text.at[text.n - 1 - n]))
        n = 0;
    return behind(text, text.n - n);
}

static bool
has_odd(struct str text)
{
    return memchr(text.at, TYPED_ODD, text.n) != NULL;
}

static bool
is_address(struct str text)
{
    return str_starts(text, STR("HTTP")) || str_starts(text, STR("M1-")) ||
           str_starts(text, STR("M1."));
}

/* An address, or what an input method left of one: only the digits in it are to be relied on. */
static void
read_address(struct str text, struct reading *out)
{
    struct str number = last_run(text);

    if (read_runs(text, JAN_DIGITS, out))
        return;
    out->kind = READING_UNKNOWN;
    if (is_address(text) && number.n > 0)
        digits_read(number, out);
}

/* A code behind a scanner's own mark for its symbology: one letter, or an AIM identifier of which
 * an input method took the bracket. */
static bool
read_marked(struct str text, struct reading *out)
{
    for (size_t n = 1; n <= 2 && n < text.n; n++) {
        struct str digits = behind(text, n);

        if (is_letter(text.at[0]) && digits_only(digits) && digits_are_code(digits)) {
            digits_offer(out, "", text, "");
            digits_read(digits, out);
            return true;
        }
    }
    return false;
}

/* ---------------------------------------------------------------- one code by itself */

/* `text` without spaces and hyphens, which people put between groups of digits. */
static struct str
squeeze(struct str text, char out[TYPED_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] != ' ' && text.at[i] != '-')
            out[n++] = text.at[i];
    return (struct str){out, n};
}

static void
read_bare(struct str text, struct reading *out)
{
    char squeezed[TYPED_MAX];
    struct str joined = squeeze(text, squeezed);

    if (joined.n == 0) {
        out->kind = READING_UNREADABLE;
    } else if (digits_only(joined)) {
        digits_read(joined, out);
        digits_offer(out, "", text, "");
    } else if (!read_runs(text, CODE_DIGITS, out) && !read_marked(joined, out)) {
        if (is_address(text) || has_odd(text) || text.n > READING_PLAIN_MAX ||
            joined.n < READING_PLAIN_MIN) {
            read_address(text, out);
        } else {
            out->kind = READING_STATIC;
            str_copy(text, out->plain, sizeof(out->plain));
            digits_offer(out, "", text, "");
            digits_offer(out, "", joined, "");
        }
    }
}

/* The stars of Code 39; under the other of a US and a Japanese keyboard their key gives ( or ". */
static bool
is_star(char c)
{
    return c == '*' || c == '(' || c == '"';
}

static bool
is_starred(struct str text)
{
    return text.n > 2 && is_star(text.at[0]) && text.at[text.n - 1] == text.at[0];
}

/* NW-7 between its start and stop, each A to D: nothing else begins and ends so around such
 * characters, but a number of the chain's own may. */
static bool
is_nw7(struct str text)
{
    if (text.n < 3 || text.at[0] < 'A' || text.at[0] > 'D' || text.at[text.n - 1] < 'A' ||
        text.at[text.n - 1] > 'D')
        return false;
    for (size_t i = 1; i < text.n - 1; i++)
        if (!is_digit(text.at[i]) && strchr("-$:/.+ ", text.at[i]) == NULL)
            return false;
    return true;
}

static struct str
inside(struct str text)
{
    return (struct str){text.at + 1, text.n - 2};
}

/* An AIM identifier, such as ]E0; a keyboard of another country gives [ or \ for the bracket.
 * Source: AIM TSC, Symbology Identifiers (ISO/IEC 15424). */
static bool
has_identifier(struct str text)
{
    return text.n > 3 && (text.at[0] == ']' || text.at[0] == '[' || text.at[0] == '\\') &&
           is_letter(text.at[1]) && (is_letter(text.at[2]) || is_digit(text.at[2]));
}

static void
read_piece(struct str piece, struct reading *out)
{
    struct str text = str_trim(piece), unit;

    if (has_identifier(text))
        text = str_trim(behind(text, 3));
    if (is_starred(text))
        text = inside(text);
    unit = typed_repeated(text);
    if (unit.n > 0 && !digits_only(text))
        read_piece(unit, out);
    else
        read_bare(is_nw7(text) ? inside(text) : text, out);
    digits_offer(out, "", text, "");
}

/* ---------------------------------------------------------------- everything that was sent */

/* Whether another code begins at text.at[i]: with its identifier, or with its star behind one. */
static bool
begins_another(struct str text, size_t i)
{
    return has_identifier(behind(text, i)) ||
           (i > 1 && is_star(text.at[0]) && text.at[i] == text.at[0] &&
            text.at[i - 1] == text.at[0]);
}

/* The next code of *in, consumed with what ends it; false: there is nothing more. */
static bool
next_piece(struct str *in, struct str *out)
{
    const char *end;
    struct str line;
    size_t n = 1;

    while (in->n > 0 && (in->at[0] == ' ' || in->at[0] == TYPED_BREAK))
        *in = behind(*in, 1);
    if (in->n == 0)
        return false;
    end = memchr(in->at, TYPED_BREAK, in->n);
    line = (struct str){in->at, end != NULL ? (size_t)(end - in->at) : in->n};
    while (n < line.n && !begins_another(line, n))
        n++;
    *out = (struct str){line.at, n < line.n ? n : line.n};
    *in = behind(*in, n < line.n ? n : line.n + (end != NULL));
    return true;
}

void
scan_normalise(struct str text, struct reading *out)
{
    struct typed typed;
    struct str rest, piece;
    bool is_first = true;

    *out = (struct reading){.kind = READING_UNKNOWN};
    if (!typed_read(text, &typed))
        return;
    out->kind = READING_UNREADABLE;
    rest = (struct str){typed.at, typed.n};
    while (next_piece(&rest, &piece)) {
        struct reading part = {.kind = READING_UNKNOWN};

        read_piece(piece, &part);
        if (is_first)
            *out = part;
        else
            digits_join(out, &part);
        is_first = false;
    }
    if (out->kind == READING_MEMBER || out->kind == READING_VOUCHER || out->kind == READING_UNKNOWN)
        out->n_candidates = 0;
}
