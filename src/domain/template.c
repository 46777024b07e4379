#include "domain/template.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* ---------------------------------------------------------------- names */

static const char *const kinds[TEMPLATE_KINDS] = {
    [TEMPLATE_GRANT] = "grant",
    [TEMPLATE_ONE_MORE] = "one_more",
    [TEMPLATE_VOUCHER] = "voucher",
    [TEMPLATE_VOUCHER_LAPSE] = "voucher_lapse",
    [TEMPLATE_POINTS_LAPSE] = "points_lapse",
    [TEMPLATE_TIER] = "tier",
    [TEMPLATE_WELCOME] = "welcome",
    [TEMPLATE_WELCOME_BACK] = "welcome_back",
    [TEMPLATE_BIRTHDAY] = "birthday",
    [TEMPLATE_DORMANT] = "dormant",
    [TEMPLATE_BALANCE] = "balance",
    [TEMPLATE_INVITE] = "invite",
};

static const struct {
    const char *name;
    size_t max; /* with its longest values */
} parts[TEMPLATE_PARTS] = {
    /* LINE takes 1,500 units of an alternative text and 40 characters of a label, and bounds the
     * whole bubble at 30 KB: these leave room for the rest of it, however it is escaped. */
    [TEMPLATE_HEADLINE] = {"headline", 400},
    [TEMPLATE_TEXT] = {"text", 1000},
    [TEMPLATE_ALT] = {"alt", 1000},
    [TEMPLATE_BUTTON] = {"button", 40},
};

#define BIT(kind) (1U << TEMPLATE_##kind)
#define ALL_KINDS ((1U << TEMPLATE_KINDS) - 1)
#define OF_PROGRESS (BIT(GRANT) | BIT(ONE_MORE) | BIT(DORMANT) | BIT(BALANCE))

static const struct {
    const char *name;
    size_t units, characters; /* of the longest value */
    unsigned kinds;
} fields[] = {
    /* Names have at most 64 characters, each at most two units. */
    {"plan", 128, 64, ALL_KINDS},
    {"shop", 128, 64, BIT(GRANT)},
    {"reward", 128, 64, OF_PROGRESS | BIT(VOUCHER) | BIT(VOUCHER_LAPSE) | BIT(BIRTHDAY)},
    {"tier", 128, 64, BIT(TIER)},
    {"gives", 128, 64, BIT(TIER)},
    /* "1,000,000,000,000 points", and two of them; "22 November 2026, 15:04"; "in 3,660 days". */
    {"amount", 24, 24, BIT(GRANT) | BIT(POINTS_LAPSE)},
    {"balance", 24, 24, OF_PROGRESS},
    {"goal", 24, 24, OF_PROGRESS},
    {"left", 24, 24, OF_PROGRESS},
    {"progress", 48, 48, OF_PROGRESS},
    {"date", 32, 32,
     BIT(GRANT) | BIT(VOUCHER) | BIT(VOUCHER_LAPSE) | BIT(POINTS_LAPSE) | BIT(BIRTHDAY) |
         BIT(DORMANT) | BIT(BALANCE)},
    {"days", 16, 16, BIT(VOUCHER_LAPSE) | BIT(POINTS_LAPSE)},
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

const char *
template_kind_name(enum template_kind kind)
{
    return kinds[kind];
}

bool
template_kind_by_name(struct str name, enum template_kind *out)
{
    int i = str_index(name, kinds, TEMPLATE_KINDS);

    if (i >= 0)
        *out = (enum template_kind)i;
    return i >= 0;
}

const char *
template_part_name(enum template_part part)
{
    return parts[part].name;
}

size_t
template_part_max(enum template_part part)
{
    return parts[part].max;
}

const char *
template_field_name(size_t i)
{
    return i < FIELDS ? fields[i].name : NULL;
}

bool
template_kind_has(enum template_kind kind, size_t field)
{
    return field < FIELDS && (fields[field].kinds & 1U << kind) != 0;
}

/* FIELDS when there is none. */
static size_t
field_of(struct str name)
{
    size_t i = 0;

    while (i < FIELDS && !str_eq(name, str_of(fields[i].name)))
        i++;
    return i;
}

/* ---------------------------------------------------------------- looking at a part */

/* The text before the next field, consumed with it; *name is empty behind the last. false: a brace
 * that nothing closes, or that closes nothing. */
static bool
next_piece(struct str *rest, struct str *text, struct str *name)
{
    struct str in = *rest, inside;

    *name = (struct str){0};
    if (!str_until(&in, '{', text)) {
        *text = *rest;
        *rest = (struct str){rest->at + rest->n, 0};
        return memchr(text->at, '}', text->n) == NULL;
    }
    if (memchr(text->at, '}', text->n) != NULL || !str_until(&in, '}', &inside) || inside.n == 0 ||
        memchr(inside.at, '{', inside.n) != NULL)
        return false;
    *name = inside;
    *rest = in;
    return true;
}

size_t
template_part_longest(enum template_part part, struct str text)
{
    struct str piece, name;
    size_t length = 0;

    while (text.n > 0 && next_piece(&text, &piece, &name)) {
        size_t field = field_of(name);

        length += part == TEMPLATE_BUTTON ? text_graphemes(piece) : text_utf16_units(piece);
        if (field < FIELDS)
            length += part == TEMPLATE_BUTTON ? fields[field].characters : fields[field].units;
    }
    return length;
}

/* Whether it changes the direction of what stands around it: a name or number would read wrongly.
 * Source: Unicode UAX #9, section 2. */
static bool
is_bidi(int32_t point)
{
    return point == 0x061C || point == 0x200E || point == 0x200F ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

static const char *
characters_finding(enum template_part part, struct str text)
{
    while (text.n > 0) {
        int32_t point = text_next(&text);

        if (point < 0)
            return "template_not_text";
        if (point == '\n' && part == TEMPLATE_TEXT)
            continue;
        if (point < ' ' || (point >= 0x7F && point < 0xA0))
            return "template_control";
        if (is_bidi(point))
            return "template_bidi";
    }
    return NULL;
}

static const char *
fields_finding(enum template_kind kind, struct str text, char field_out[TEMPLATE_FIELD_SIZE])
{
    struct str piece, name;

    while (text.n > 0) {
        size_t field;

        if (!next_piece(&text, &piece, &name))
            return "template_brace";
        if (name.n == 0)
            break;
        field = field_of(name);
        if (field == FIELDS || !template_kind_has(kind, field)) {
            name = text_utf16_cut(name, (TEMPLATE_FIELD_SIZE - 1) / 4);
            str_copy(field < FIELDS ? str_of(fields[field].name) : name, field_out,
                     TEMPLATE_FIELD_SIZE);
            return field == FIELDS ? "template_field_unknown" : "template_field_unfit";
        }
    }
    return NULL;
}

/* Line by line, for cleaning a text takes its line ends away; empty lines at the end go. */
static bool
clean(struct arena *a, struct str in, struct str *out, struct err *e)
{
    struct buf text = buf_new(a, 8 * KIB);
    struct str line, kept;
    bool has_more = true;

    while (has_more) {
        has_more = str_until(&in, '\n', &line);
        if (!has_more)
            line = in;
        if (text_clean(a, line, TEMPLATE_MAX_UNITS, &kept, e) == OK)
            buf_str_raw(&text, kept);
        else if (strcmp(e->word, "text_empty") != 0)
            return false;
        if (has_more)
            buf_char(&text, '\n');
    }
    *out = buf_str(&text);
    while (out->n > 0 && out->at[out->n - 1] == '\n')
        out->n--;
    while (out->n > 0 && out->at[0] == '\n')
        *out = (struct str){out->at + 1, out->n - 1};
    return !buf_failed(&text);
}

static const char *
part_finding(struct arena *a, enum template_kind kind, enum template_part part, struct str text,
             struct str *kept_out, char field_out[TEMPLATE_FIELD_SIZE])
{
    const char *word = characters_finding(part, text);
    struct err e = {0};

    if (word != NULL)
        return word;
    if (!clean(a, text, kept_out, &e))
        return e.word != NULL && strcmp(e.word, "text_invalid") == 0 ? "template_not_text"
                                                                     : "template_too_long";
    if (kept_out->n == 0)
        return "template_empty";
    word = fields_finding(kind, *kept_out, field_out);
    if (word != NULL)
        return word;
    if (text_utf16_units(*kept_out) > TEMPLATE_MAX_UNITS ||
        template_part_longest(part, *kept_out) > parts[part].max)
        return "template_too_long";
    return NULL;
}

bool
template_check(struct arena *a, enum template_kind kind, const struct template_words *words,
               struct template_words *kept_out,
               struct template_finding findings_out[TEMPLATE_PARTS])
{
    bool is_good = true;

    for (int i = 0; i < TEMPLATE_PARTS; i++) {
        enum template_part part = (enum template_part)i;
        struct template_finding *finding = &findings_out[i];

        *finding = (struct template_finding){0};
        kept_out->part[i] = (struct str){0};
        if (words->part[i].n == 0)
            continue;
        finding->word =
            part_finding(a, kind, part, words->part[i], &kept_out->part[i], finding->field);
        if (finding->word != NULL) {
            kept_out->part[i] = (struct str){0};
            is_good = false;
        }
    }
    return is_good;
}

enum err_code
template_require(struct arena *a, enum template_kind kind, const struct template_words *words,
                 struct template_words *kept_out, struct err *e)
{
    struct template_finding findings[TEMPLATE_PARTS];
    int i = 0;

    if (template_check(a, kind, words, kept_out, findings))
        return OK;
    while (findings[i].word == NULL)
        i++;
    return err_field(e, ERR_INPUT, findings[i].word, parts[i].name, "%s of a template",
                     parts[i].name);
}
