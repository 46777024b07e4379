#include "domain/keyword.h"

#include <string.h>

const char *const keyword_match_names[] = {"exact",   "contains", "any",
                                           "sticker", "image",    "location"};
const char *const keyword_hours_names[] = {"always", "staff", "away"};
const char *const keyword_action_names[] = {"text", "balance", "shops", "silent"};
const char *const keyword_press_names[] = {"says", "balance", "shops", "rule"};

static bool
is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Latin words have ends: "hi" is not in "this". Other scripts of ours write without spaces. */
static bool
stands_in(struct str word, struct str text)
{
    for (size_t i = 0; i + word.n <= text.n; i++) {
        bool cuts_before = i > 0 && is_word_char(text.at[i - 1]) && is_word_char(word.at[0]);
        bool cuts_behind = i + word.n < text.n && is_word_char(text.at[i + word.n]) &&
                           is_word_char(word.at[word.n - 1]);

        if (memcmp(text.at + i, word.at, word.n) == 0 && !cuts_before && !cuts_behind)
            return true;
    }
    return false;
}

/* "446:1988", "446:*" or one of the sticker's keywords. */
static bool
is_of_sticker(struct str word, const struct keyword_ask *ask)
{
    struct str rest = word, package_id;

    if (str_until(&rest, ':', &package_id) && str_eq(package_id, ask->package_id) &&
        (str_eq(rest, STR("*")) || str_eq(rest, ask->sticker_id)))
        return true;
    for (size_t i = 0; i < ask->keywords_n; i++)
        if (str_eq(word, ask->keywords[i]))
            return true;
    return false;
}

/* How long the longest of the rule's words is that fits; 0: none does. */
static size_t
fitting_word(const struct keyword_rule *rule, const struct keyword_ask *ask)
{
    struct str rest = rule->words, word;
    size_t longest = 0;

    while (rest.n > 0) {
        bool fits;

        if (!str_until(&rest, '\n', &word)) {
            word = rest;
            rest.n = 0;
        }
        if (word.n == 0)
            continue;
        fits = rule->match == KEYWORD_EXACT      ? str_eq(word, ask->text)
               : rule->match == KEYWORD_CONTAINS ? stands_in(word, ask->text)
                                                 : is_of_sticker(word, ask);
        if (fits && word.n > longest)
            longest = word.n;
    }
    return longest;
}

bool
keyword_is_staffed(const struct keyword_rules *rules, int64_t now_ms)
{
    int minute = week_minute(now_ms, rules->utc_offset_min);

    for (size_t i = 0; i < rules->staff_n; i++)
        if (week_span_holds(&rules->staff[i], minute))
            return true;
    return false;
}

static bool
is_time(const struct keyword_rules *rules, const struct keyword_rule *rule, int64_t now_ms)
{
    if (!week_span_holds(&rule->span, week_minute(now_ms, rules->utc_offset_min)))
        return false;
    return rule->hours == KEYWORD_ALWAYS ||
           keyword_is_staffed(rules, now_ms) == (rule->hours == KEYWORD_STAFF);
}

static bool
fits(const struct keyword_rules *rules, const struct keyword_rule *rule,
     const struct keyword_ask *ask, size_t *word_n)
{
    bool is_text = rule->match <= KEYWORD_ANY;

    *word_n = 0;
    if (!rule->is_on || (is_text ? KEYWORD_ANY : rule->match) != ask->kind)
        return false;
    if (rule->has_language && ask->has_language && rule->language != ask->language)
        return false;
    if (rule->match == KEYWORD_EXACT || rule->match == KEYWORD_CONTAINS ||
        rule->match == KEYWORD_STICKER) {
        *word_n = fitting_word(rule, ask);
        if (*word_n == 0)
            return false;
    }
    return is_time(rules, rule, ask->now_ms);
}

const struct keyword_rule *
keyword_choose(const struct keyword_rules *rules, const struct keyword_ask *ask)
{
    const struct keyword_rule *best = NULL;
    size_t best_n = 0, word_n;

    for (size_t i = 0; i < rules->n; i++) {
        const struct keyword_rule *rule = &rules->rule[i];

        if (!fits(rules, rule, ask, &word_n))
            continue;
        /* In the order of their ids: an equal one comes too late. */
        if (best == NULL || rule->priority > best->priority ||
            (rule->priority == best->priority &&
             (rule->match < best->match || (rule->match == best->match && word_n > best_n)))) {
            best = rule;
            best_n = word_n;
        }
    }
    return best;
}
