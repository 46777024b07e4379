/*
 * keyword.h - what the account answers by itself: the owner's rules, and which of them speaks.
 *
 * A rule waits for a text (exactly one of its words, one of them somewhere in it, or whatever it
 * is), a sticker, a picture or a place, at its hours; what it then does costs nothing, for it is a
 * reply. Hours when staff answer are the shop's: a rule may be for those, for the others, or for
 * both. keyword_choose is pure; what it compares is folded by text_fold_words on both sides.
 */
#ifndef DOMAIN_KEYWORD_H
#define DOMAIN_KEYWORD_H

#include "base/str.h"
#include "domain/member.h"
#include "domain/week.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYWORD_RULES_MAX 200
#define KEYWORD_WORDS_MAX 1000   /* bytes of a rule's words */
#define KEYWORD_REPLY_UNITS 5000 /* LINE's limits, in UTF-16 units */
#define KEYWORD_LABEL_UNITS 20
#define KEYWORD_SAYS_UNITS 300
#define KEYWORD_BUTTONS_MAX 13
#define KEYWORD_PRIORITY_MAX 100
#define STAFF_HOURS_MAX 14

enum keyword_match {
    KEYWORD_EXACT,
    KEYWORD_CONTAINS,
    KEYWORD_ANY, /* any text */
    KEYWORD_STICKER,
    KEYWORD_IMAGE,
    KEYWORD_LOCATION,
    KEYWORD_MATCHES,
};
enum keyword_hours { KEYWORD_ALWAYS, KEYWORD_STAFF, KEYWORD_AWAY, KEYWORD_HOURS };
enum keyword_action {
    KEYWORD_TEXT,    /* says `reply` */
    KEYWORD_BALANCE, /* the live balance, with the button that opens the card */
    KEYWORD_SHOPS,   /* all shops, the nearest to a place first */
    KEYWORD_SILENT,  /* a person will answer: rules below this one do not */
    KEYWORD_ACTIONS,
};
enum keyword_press {
    KEYWORD_PRESS_SAYS,
    KEYWORD_PRESS_BALANCE,
    KEYWORD_PRESS_SHOPS,
    KEYWORD_PRESS_RULE,
    KEYWORD_PRESSES
};

extern const char *const keyword_match_names[KEYWORD_MATCHES];  /* "exact" ... */
extern const char *const keyword_hours_names[KEYWORD_HOURS];    /* "always" ... */
extern const char *const keyword_action_names[KEYWORD_ACTIONS]; /* "text" ... */
extern const char *const keyword_press_names[KEYWORD_PRESSES];  /* "says" ... */

/* A quick reply under the answer. */
struct keyword_button {
    struct str label;
    enum keyword_press press;
    struct str says; /* SAYS: what the member says by pressing it */
    int64_t rule_id; /* RULE: which one answers */
};

struct keyword_rule {
    int64_t id; /* 0: a new one */
    bool is_on;
    enum keyword_match match;
    struct str words;  /* EXACT, CONTAINS: one a line. STICKER: the same, of LINE's keywords, or a
                          sticker as "446:1988", or a package as "446:*". Else empty */
    int64_t priority;  /* the greatest speaks */
    bool has_language; /* only to members of that language */
    enum language language;
    enum keyword_hours hours;
    struct week_span span; /* and only then */
    enum keyword_action action;
    struct str reply; /* TEXT */
    const struct keyword_button *button;
    size_t buttons_n;
};

struct keyword_rules {
    struct keyword_rule *rule; /* those that are on, without their buttons; by id */
    size_t n;
    struct week_span staff[STAFF_HOURS_MAX]; /* when people of the shop answer */
    size_t staff_n;
    int utc_offset_min; /* of all these hours */
};

/* What came, folded. */
struct keyword_ask {
    enum keyword_match kind; /* ANY for a text, STICKER, IMAGE, LOCATION */
    struct str text;
    struct str package_id, sticker_id;
    const struct str *keywords; /* of the sticker */
    size_t keywords_n;
    bool has_language; /* false: not known, every language fits */
    enum language language;
    int64_t now_ms;
};

/* Whether people of the shop answer at that time. */
bool keyword_is_staffed(const struct keyword_rules *rules, int64_t now_ms);

/* The rule that answers; NULL: none. The greatest priority, then a whole text before words in it
 * before any text, then the longest word, then the oldest rule. */
const struct keyword_rule *
keyword_choose(const struct keyword_rules *rules, const struct keyword_ask *ask);

#endif
