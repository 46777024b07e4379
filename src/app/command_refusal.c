#include "app/command_refusal.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "domain/shop.h"

/* What commands can be refused with; what stands before each time that is told. */
struct sentence {
    const char *text;
    const char *last, *at, *again;
    const char *never; /* without an again */
};

static const struct sentence sentences[] = {
    [REFUSAL_CARD_BLOCKED] = {.text = "the card is blocked: card unblock lifts that"},
    [REFUSAL_CARD_MERGED] =
        {.text = "the card was joined with another, which has its units: name that one"},
    [REFUSAL_OWN_CARD] = {.text = "nobody serves the own card: name somebody else with --staff"},
    [REFUSAL_TOO_SOON] = {.text = "another visit is too close to it",
                          .last = "; it was ",
                          .again = "; the next may be from "},
    [REFUSAL_DAY_FULL] = {.text = "the day has as many visits as the plan allows",
                          .last = "; the last was ",
                          .again = "; the next may be from "},
    [REFUSAL_PLAN_OVER] = {.text = "the plan's last day has passed: nothing is earned any more"},
    [REFUSAL_NO_POINTS] = {.text = "the sale is too small for a point: look at --yen"},
    [REFUSAL_TOO_MUCH] = {.text = "that is more than one transfer may carry: give it in parts"},
    [REFUSAL_BONUS_GIVEN] = {.text = "it was given already",
                             .last = ", on ",
                             .again = "; again from ",
                             .never = ", and it is given once"},
    [REFUSAL_LATE_OFF] =
        {.text = "the plan has no credit afterwards: \"late\" in its file turns it on"},
    [REFUSAL_RECEIPT_FUTURE] = {.text = "the sale lies ahead: look at --sold-at"},
    [REFUSAL_RECEIPT_TOO_OLD] = {.text = "the sale is too long ago",
                                 .at = ": it could be credited until "},
    [REFUSAL_RECEIPT_USED] = {.text = "the receipt was credited before", .at = ", on "},
    [REFUSAL_MANAGER_NEEDED] =
        {.text = "a manager or owner has to vouch for it: name one with --staff"},
};

struct text {
    char at[200];
    size_t n;
};

static void
add(struct text *text, const char *what)
{
    int n = snprintf(text->at + text->n, sizeof(text->at) - text->n, "%s", what);

    if (n > 0)
        text->n +=
            (size_t)n < sizeof(text->at) - text->n ? (size_t)n : sizeof(text->at) - text->n - 1;
}

static void
add_time(struct text *text, const char *before, int64_t at_ms)
{
    char time[CLOCK_TEXT_SIZE];

    if (before == NULL || at_ms == 0)
        return;
    clock_text(at_ms, time);
    add(text, before);
    add(text, time);
}

static void
add_till(struct text *text, struct db *db, int64_t till_id)
{
    struct till till;
    struct err none = {0};

    if (till_id == 0 || till_load(db, till_id, &till, &none))
        return;
    add(text, ", at till ");
    add(text, till.name);
    add(text, " of ");
    add(text, till.shop_name);
}

enum err_code
command_refused(struct db *db, const struct refusal *refusal, struct err *e)
{
    static const struct sentence unsaid = {.text = "a rule says no"};
    bool is_known = (size_t)refusal->kind < sizeof(sentences) / sizeof(sentences[0]) &&
                    sentences[refusal->kind].text != NULL;
    const struct sentence *s = is_known ? &sentences[refusal->kind] : &unsaid;
    const char *word = refusal_word(refusal->kind);
    struct text text = {.n = 0};

    add(&text, s->text);
    add_time(&text, s->last, refusal->last_ms);
    add_time(&text, s->at, refusal->at_ms);
    add_till(&text, db, refusal->till_id);
    add_time(&text, s->again, refusal->again_ms);
    if (s->never != NULL && refusal->again_ms == 0)
        add(&text, s->never);
    return err_set(e, ERR_CONFLICT, word, "%s: %s", word, text.at);
}
