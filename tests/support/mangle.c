#include "tests/support/mangle.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/entropy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum form {
    JAN_20, /* fixed JANs with in-store prefixes */
    JAN_02,
    JAN_04,
    JAN_49, /* a number from another system that looks like a product's */
    DIGITS_7,
    DIGITS_8,
    DIGITS_10,
    DIGITS_12,
    DIGITS_16,
    HYPHENATED, /* NW-7 */
    CODE_39,
    CODE_128,
    FORMS,
    ROTATING_22 = FORMS,
    ROTATING_JAN,
};

static int
below(int limit)
{
    return (int)entropy_below((uint64_t)limit);
}

static bool
one_in(int n)
{
    return below(n) == 0;
}

/* ---------------------------------------------------------------- text that grows */

static void
add_bytes(struct mangled *out, const char *bytes, size_t n)
{
    assert(out->n + n < MANGLED_MAX);
    memcpy(out->text + out->n, bytes, n);
    out->n += n;
    out->text[out->n] = '\0';
}

static void
add(struct mangled *out, const char *text)
{
    add_bytes(out, text, strlen(text));
}

static void
add_char(struct mangled *out, char c)
{
    add_bytes(out, &c, 1);
}

static void
empty(struct mangled *out)
{
    out->n = 0;
    out->text[0] = '\0';
}

/* ---------------------------------------------------------------- the crowd */

static void
add_digits(char *text, int n)
{
    size_t length = strlen(text);

    for (int i = 0; i < n; i++)
        text[length++] = (char)('0' + below(10));
    text[length] = '\0';
}

static void
add_check(char *text)
{
    size_t n = strlen(text);
    char digits[READING_PLAIN_MAX + 1];
    size_t n_digits = 0;

    for (size_t i = 0; i < n; i++)
        if (text[i] >= '0' && text[i] <= '9')
            digits[n_digits++] = text[i];
    text[n] = gs1_check_digit((struct str){digits, n_digits});
    text[n + 1] = '\0';
}

static void
add_letters(char *text, int n)
{
    size_t length = strlen(text);

    for (int i = 0; i < n; i++)
        text[length++] = (char)('A' + below(26));
    text[length] = '\0';
}

static void
make_number(enum form form, char out[READING_PLAIN_MAX + 1])
{
    static const struct {
        const char *front;
        int letters;
        const char *middle;
        int digits;
        const char *behind;
    } shape[FORMS] = {
        [JAN_20] = {"20", 0, "", 10, ""},  [JAN_02] = {"02", 0, "", 10, ""},
        [JAN_04] = {"04", 0, "", 10, ""},  [JAN_49] = {"49", 0, "", 10, ""},
        [DIGITS_7] = {"", 0, "", 6, ""},   [DIGITS_8] = {"", 0, "", 7, ""},
        [DIGITS_10] = {"", 0, "", 9, ""},  [DIGITS_12] = {"5", 0, "", 10, ""},
        [DIGITS_16] = {"", 0, "", 15, ""}, [HYPHENATED] = {"", 0, "", 8, "-"},
        [CODE_39] = {"", 3, "-", 5, ""},   [CODE_128] = {"PT", 1, "", 7, ""},
    };

    snprintf(out, READING_PLAIN_MAX + 1, "%s", shape[form].front);
    add_letters(out, shape[form].letters);
    strcat(out, shape[form].middle);
    add_digits(out, shape[form].digits);
    strcat(out, shape[form].behind);
    add_check(out);
}

void
crowd_make(struct crowd *crowd)
{
    static const uint8_t root[KEY_SIZE] = "the root of a crowd";

    keys_derive(root, &crowd->keys);
    for (int i = 0; i < CROWD; i++) {
        struct crowd_member *member = &crowd->member[i];

        member->locator = (int64_t)entropy_below(UINT64_C(10000000000));
        member->form = i % FORMS;
        make_number((enum form)member->form, member->number);
    }
}

/* ---------------------------------------------------------------- one code as one scanner sends it
 */

/* What member `i` shows: a form of ROTATING_22, ROTATING_JAN or the fixed number's own. */
static void
code_of(const struct crowd *crowd, int i, int form, int64_t step, char out[READING_PLAIN_MAX + 1])
{
    const struct crowd_member *member = &crowd->member[i];

    if (form == ROTATING_22)
        code_make(&crowd->keys, CODE_MEMBER, member->locator, step, out);
    else if (form == ROTATING_JAN)
        jan_make(&crowd->keys, CROWD_PREFIX, member->locator, step, out);
    else
        snprintf(out, READING_PLAIN_MAX + 1, "%s", member->number);
}

static int
any_form(const struct crowd_member *member)
{
    static const int rotating[] = {ROTATING_22, ROTATING_JAN};
    int i = below(4);

    return i < 2 ? rotating[i] : member->form;
}

static bool
is_jan(int form)
{
    return form == ROTATING_JAN || form <= JAN_49;
}

/* The check digit kept back, the leading zero lost, or zeros in front up to the length of a
 * GTIN-14. */
static void
reshape_jan(char *jan)
{
    size_t n = strlen(jan);
    bool has_zero = jan[0] == '0';

    if (one_in(3)) {
        memmove(jan + 1, jan, n + 1);
        jan[0] = '0';
        return;
    }
    if (one_in(2))
        jan[--n] = '\0';
    if (has_zero && one_in(2))
        memmove(jan, jan + 1, n);
}

static void
in_groups(const char *digits, const char *gap, struct mangled *out)
{
    bool is_22 = strlen(digits) == CODE_DIGITS;

    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (is_22 ? i == 2 || i == 12 || i == 20 : i == 1 || i == 7)
            add(out, gap);
        add_char(out, digits[i]);
    }
}

static const char *
identifier_of(int form)
{
    static const char *const of_22[] = {"]Q1", "]C0", "]Q3", "]q1", "[Q1", "\\Q1", "]d2"};
    static const char *const of_jan[] = {"]E0", "]e0", "[E0", "\\E0"};
    static const char *const of_nw7[] = {"]F0", "]F1", "]f0"};
    static const char *const of_39[] = {"]A0", "]A1", "[A0"};
    static const char *const of_128[] = {"]C0", "]C1", "]c1", "\\C0"};

    switch (form) {
    case ROTATING_22:
        return of_22[below(COUNT(of_22))];
    case DIGITS_7:
    case HYPHENATED:
        return of_nw7[below(COUNT(of_nw7))];
    case CODE_39:
        return of_39[below(COUNT(of_39))];
    default:
        return is_jan(form) ? of_jan[below(COUNT(of_jan))] : of_128[below(COUNT(of_128))];
    }
}

/* Start and stop, stars, identifiers: what stands around the code when the scanner is set so. */
static void
enclose(const char *code, int form, bool is_whole, struct mangled *out)
{
    static const char *const marks[] = {"Q1", "E0", "C1", "d", "j", "s", "q1"};
    static const char stars[] = {'*', '*', '(', '"'};
    char left = '\0', right = '\0';

    if (is_whole && (form == ROTATING_22 || form == ROTATING_JAN) && one_in(8))
        add(out, marks[below(COUNT(marks))]);
    else if (one_in(3))
        add(out, identifier_of(form));
    if ((form == DIGITS_7 || form == HYPHENATED) && !one_in(3)) {
        bool is_lower = one_in(2);

        left = (char)((is_lower ? 'a' : 'A') + below(4));
        right = (char)((is_lower ? 'a' : 'A') + below(4));
    } else if (form == CODE_39 && one_in(2)) {
        left = right = stars[below(sizeof(stars))];
    }
    if (left)
        add_char(out, left);
    if (is_whole && (form == ROTATING_22 || is_jan(form)) && strlen(code) >= JAN_DIGITS &&
        one_in(6))
        in_groups(code, one_in(2) ? " " : "-", out);
    else
        add(out, code);
    if (right)
        add_char(out, right);
}

/* ---------------------------------------------------------------- addresses */

static void
address(const char *code, struct mangled *out)
{
    static const char *const fronts[] = {
        "https://liff.line.me/1234567890-AbcdEfgh?c=", /* as it was */
        "https://liff.line.me/1234567890-AbcdEfgh/m/",
        "HTTPS://EXAMPLE.COM/CARD?C=",
        "https+//liff.line.me/1234567890-AbcdEfgh?c^", /* US scanner, Japanese keyboard */
        "https'//liff.line.me/1234567890-AbcdEfgh_c=", /* the other way round */
        "http;;;example.com;m?c_",
        "M1-",
        "m1.",
    };

    add(out, fronts[below(COUNT(fronts))]);
    add(out, code);
}

/* ---------------------------------------------------------------- keyboards and input methods */

static void
add_point(struct mangled *out, int point)
{
    char utf8[] = {(char)(0xE0 | point >> 12), (char)(0x80 | (point >> 6 & 0x3F)),
                   (char)(0x80 | (point & 0x3F)), '\0'};

    add(out, utf8);
}

static void
widen(char c, struct mangled *out)
{
    if (c == ' ')
        add_point(out, 0x3000);
    else if (c == '-' && one_in(2))
        add_point(out, one_in(2) ? 0x30FC : 0x2212);
    else if (c > ' ')
        add_point(out, c - '!' + 0xFF01);
    else
        add_char(out, c);
}

static void
to_kana(char c, struct mangled *out)
{
    static const int keys[] = {0x308F, 0x306C, 0x3075, 0x3042, 0x3046,
                               0x3048, 0x304A, 0x3084, 0x3086, 0x3088};

    if (c >= '0' && c <= '9')
        add_point(out, keys[c - '0']);
    else if (c == '-')
        add_point(out, 0x307B);
    else
        add_char(out, c);
}

static bool
has_letters(const struct mangled *text)
{
    for (size_t i = 0; i < text->n; i++)
        if (text->text[i] > '9' || (text->text[i] > ' ' && strchr("*(\"+/.", text->text[i])))
            return true;
    return false;
}

/* Full width for all or some characters, kana, caps lock, invisible characters in between. */
static void
type_through(struct mangled *text)
{
    const struct mangled plain = *text;
    int method = below(10);

    if (method > 4 || (method == 2 && has_letters(text)))
        return;
    empty(text);
    for (size_t i = 0; i < plain.n; i++) {
        char c = plain.text[i];

        if (method == 0 || (method == 1 && one_in(3)))
            widen(c, text);
        else if (method == 2)
            to_kana(c, text);
        else if (method == 3 && c >= 'A' && (c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            add_char(text, (char)(c ^ 0x20));
        else
            add_char(text, c);
        if (method == 4 && one_in(5))
            add(text, one_in(2) ? "\xE2\x80\x8B" : "\xEF\xBB\xBF"); /* zero width */
    }
}

static void
with_ends(struct mangled *text)
{
    static const char *const before[] = {"", "", "", "\x02", " ", "\x1D", "\xEF\xBB\xBF"};
    static const char *const after[] = {"",     "\r",     "\n", "\r\n", "\t",
                                        "\x03", "\x03\r", " ",  "\x04"};
    const struct mangled inner = *text;

    empty(text);
    add(text, before[below(COUNT(before))]);
    add_bytes(text, inner.text, inner.n);
    add(text, after[below(COUNT(after))]);
}

/* ---------------------------------------------------------------- what can be read */

static const char *
between(void)
{
    static const char *const ends[] = {"\r", "\n", "\r\n", "\t"};

    return ends[below(COUNT(ends))];
}

static void
repeat(struct mangled *text)
{
    const struct mangled once = *text;
    const char *end = one_in(2) ? "" : between();

    for (int more = 1 + below(2); more > 0; more--) {
        add(text, end);
        add_bytes(text, once.text, once.n);
    }
}

static void
readable(const struct crowd *crowd, struct mangled *out)
{
    int form = any_form(&crowd->member[out->member]);
    bool is_reshaped = is_jan(form) && one_in(3);
    char code[READING_PLAIN_MAX + 2];
    int how = below(10);

    code_of(crowd, out->member, form, CROWD_STEP - below(2), code);
    out->right = ANSWER_MEMBER;
    out->is_fixed = form < FORMS;
    if (how == 0 && strspn(code, "0123456789") == strlen(code)) {
        out->rule = "an address";
        address(code, out);
    } else {
        out->rule = is_reshaped ? "a JAN with digits dropped or added" : "one code";
        if (is_reshaped)
            reshape_jan(code);
        enclose(code, form, !is_reshaped, out);
    }
    if (how == 1) {
        out->rule = "the same code again";
        repeat(out);
    }
    type_through(out);
    with_ends(out);
}

/* ---------------------------------------------------------------- what cannot be read */

static int
digit_place(const char *code)
{
    int at;

    do
        at = below((int)strlen(code));
    while (code[at] < '0' || code[at] > '9');
    return at;
}

/* One digit changed, dropped, doubled, or swapped with its neighbour; returns where. A JAN without
 * its last digit is still the member's. */
static int
damage(char *code, struct mangled *out)
{
    static const char *const names[] = {"a digit changed", "a digit dropped", "a digit doubled",
                                        "two digits swapped"};
    int how = below(4);
    int at = digit_place(code);
    size_t n = strlen(code);

    out->rule = names[how];
    if (how == 0) {
        code[at] = (char)('0' + (code[at] - '0' + 1 + below(9)) % 10);
    } else if (how == 1) {
        memmove(code + at, code + at + 1, n - (size_t)at);
    } else if (how == 2) {
        memmove(code + at + 1, code + at, n - (size_t)at + 1);
    } else if (code[at + 1] >= '0' && code[at + 1] <= '9') {
        char first = code[at];

        code[at] = code[at + 1];
        code[at + 1] = first;
    }
    return at;
}

static void
damaged(const struct crowd *crowd, struct mangled *out)
{
    int form = any_form(&crowd->member[out->member]);
    char code[READING_PLAIN_MAX + 2], whole[READING_PLAIN_MAX + 2];
    int at;

    code_of(crowd, out->member, form, CROWD_STEP, code);
    memcpy(whole, code, sizeof(whole));
    at = damage(code, out);
    out->is_fixed = form < FORMS;
    out->right = ANSWER_MEMBER | ANSWER_UNREADABLE | ANSWER_UNKNOWN | ANSWER_GOODS;
    if (strcmp(code, whole) == 0) /* two digits that are alike */
        out->right = ANSWER_MEMBER;
    else if (form == ROTATING_22 && at >= 2)
        out->right = ANSWER_UNREADABLE;
    else if (form == ROTATING_22)
        out->right = ANSWER_UNREADABLE | ANSWER_UNKNOWN;
    else if (is_jan(form) && strcmp(out->rule, "a digit changed") == 0)
        out->right = ANSWER_UNREADABLE;
    enclose(code, form, false, out);
    type_through(out);
    with_ends(out);
}

/* Codes of two members, or of a member and a product, in one go. */
static void
two_members(const struct crowd *crowd, struct mangled *out)
{
    int other = (out->member + 1 + below(CROWD - 1)) % CROWD;
    int form = one_in(2) ? ROTATING_22 : ROTATING_JAN;
    char one[READING_PLAIN_MAX + 1], two[READING_PLAIN_MAX + 1];

    code_of(crowd, out->member, form, CROWD_STEP, one);
    code_of(crowd, other, one_in(2) ? ROTATING_22 : form, CROWD_STEP, two);
    out->member = -1;
    out->right = ANSWER_UNREADABLE;
    if (one_in(3)) {
        out->rule = "a product and a card";
        add(out, "4901234567894");
        add(out, one_in(2) ? "" : between());
        add(out, one);
    } else if (one_in(2)) {
        out->rule = "two members' codes without a gap";
        add(out, one);
        add(out, two);
    } else {
        out->rule = "two members' codes";
        code_of(crowd, other, any_form(&crowd->member[other]), CROWD_STEP, two);
        add(out, one);
        add(out, between());
        add(out, two);
    }
    type_through(out);
    with_ends(out);
}

/* The front of one member's code with the end of another's. */
static void
half_and_half(const struct crowd *crowd, struct mangled *out)
{
    int form = one_in(2) ? ROTATING_22 : ROTATING_JAN;
    int second = below(CROWD);
    char code[READING_PLAIN_MAX + 1], whole[READING_PLAIN_MAX + 1], other[READING_PLAIN_MAX + 1];
    size_t n;

    code_of(crowd, out->member, form, CROWD_STEP, code);
    code_of(crowd, second, form, CROWD_STEP, other);
    memcpy(whole, code, sizeof(whole));
    n = 3 + (size_t)below((int)strlen(code) - 6);
    memcpy(code + n, other + n, strlen(code) - n);
    out->rule = "the front of one code and the end of another";
    if (strcmp(code, other) == 0) /* they begin alike */
        out->member = second;
    out->right = strcmp(code, whole) == 0 || strcmp(code, other) == 0
                     ? ANSWER_MEMBER
                     : ANSWER_UNREADABLE | ANSWER_STALE | ANSWER_UNKNOWN;
    enclose(code, form, false, out);
    type_through(out);
    with_ends(out);
}

static void
stale(const struct crowd *crowd, struct mangled *out)
{
    int form = one_in(2) ? ROTATING_22 : ROTATING_JAN;
    char code[READING_PLAIN_MAX + 1];

    code_of(crowd, out->member, form, CROWD_STEP - 2 - below(1000), code);
    out->member = -1;
    out->rule = "an old code";
    out->right = form == ROTATING_22 ? ANSWER_STALE : ANSWER_STALE | ANSWER_UNKNOWN;
    enclose(code, form, true, out);
    type_through(out);
    with_ends(out);
}

static void
goods(struct mangled *out)
{
    static const char *const fronts[] = {"45", "49", "30", "880", "978", "01", "05"};
    static const int lengths[] = {7, 11, 12, 12, 12, 13};
    char code[READING_PLAIN_MAX + 2] = "";
    int n = lengths[below(COUNT(lengths))];

    strcat(code, n == 12 ? fronts[below(COUNT(fronts))] : n == 7 ? "4" : "1");
    add_digits(code, n - (int)strlen(code));
    add_check(code);
    out->member = -1;
    out->rule = "a product";
    out->right = ANSWER_GOODS;
    if (one_in(3))
        add(out, n == 12 ? "]E0" : "]C0");
    add(out, code);
    type_through(out);
    with_ends(out);
}

static void
of_elsewhere(struct mangled *out)
{
    static const char *const texts[] = {
        "https://example.com/",
        "https://liff.line.me/1234567890-AbcdEfgh",
        "WIFI:S:guest;T:WPA;P:x;;",
        "hello",
        "BEGIN:VCARD",
        "090-1234-5678",
        "\xE4\xBC\x9A\xE5\x93\xA1",
        "12",
        "mailto:somebody@example.com",
    };
    static const uint8_t root[KEY_SIZE] = "the root of another chain";
    struct keys keys;
    char code[READING_PLAIN_MAX + 1];
    int how = below(3);

    out->member = -1;
    out->rule = "nothing of ours";
    out->right = ANSWER_UNKNOWN;
    if (how == 0) {
        add(out, texts[below(COUNT(texts))]);
    } else if (how == 1) {
        out->right |= ANSWER_UNREADABLE | ANSWER_GOODS;
        for (int n = 1 + below(60); n > 0; n--)
            add_char(out, (char)(one_in(2) ? '0' + below(10) : ' ' + below(95)));
    } else {
        keys_derive(root, &keys);
        out->right |= ANSWER_STALE;
        code_make(&keys, CODE_MEMBER, (int64_t)entropy_below(UINT64_C(10000000000)), CROWD_STEP,
                  code);
        add(out, code);
    }
    with_ends(out);
}

void
crowd_mangle(const struct crowd *crowd, struct mangled *out)
{
    int how = below(20);

    *out = (struct mangled){.member = below(CROWD)};
    if (how < 12)
        readable(crowd, out);
    else if (how < 15)
        damaged(crowd, out);
    else if (how < 16)
        two_members(crowd, out);
    else if (how < 17)
        half_and_half(crowd, out);
    else if (how < 18)
        stale(crowd, out);
    else if (how < 19)
        goods(out);
    else
        of_elsewhere(out);
}
