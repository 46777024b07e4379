/*
 * earning.h - what a visit or a sale earns, and why, as pure functions of rules and facts.
 *
 * First the yen are counted: without their tax if the plan says so, and by lines where the till
 * sent them and the plan has rules for items. Each rate is rounded once, as the plan rounds. What
 * that gives is the base; factors raise it, rounded the same way, and pieces that give units of
 * their own come on top. A member's cap for the day cuts what is over it, from the end; the other
 * caps refuse.
 */
#ifndef DOMAIN_EARNING_H
#define DOMAIN_EARNING_H

#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/sale.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EARN_REASON_SIZE 16
#define EARN_PARTS_MAX (EARN_WHYS + 1) /* a factor of each sort, and pieces */

/* What one rule added: "weekday:200" for a double Tuesday, "items" for pieces. */
struct earn_part {
    char reason[EARN_REASON_SIZE];
    int64_t units;
};

struct earning {
    int64_t base;  /* of the visit or the sale alone */
    int64_t total; /* with all parts */
    size_t parts_n;
    struct earn_part part[EARN_PARTS_MAX];
    bool is_cut; /* the member's cap for the day took some */
};

/* Whether the rules for earning go with the rest of the plan's. ERR_INPUT "plan_invalid" */
enum err_code earn_check(const struct plan_rules *rules, struct err *e);

/* Units of a sale under the plan's rules, for a member of this tier. 0: it is too small. */
struct earning
units_of(const struct plan_rules *rules, const struct sale *sale, int64_t tier, int64_t visit_ms);

/* Whether sales earn alike under both before a day's caps, whatever is on the receipts: by their
 * yen, lines and pieces alone, or with the factors. */
bool sales_count_alike(const struct plan_rules *a, const struct plan_rules *b);
bool sales_earn_alike(const struct plan_rules *a, const struct plan_rules *b);
/* Units of a sale that counted as so many, and so many more for pieces, under rules by which it
 * counts alike: what was on its receipt need not be known any more. */
struct earning units_again(const struct plan_rules *rules, int64_t base, int64_t pieces,
                           int64_t tier, int64_t visit_ms);

/* The local day, as 20261224, of the business day that at_ms belongs to. */
int64_t earn_day(const struct plan_rules *rules, int64_t at_ms);

int earn_weekday(const struct plan_rules *rules, int64_t at_ms); /* of that day, 0: Sunday */

/* What members, staff and tills had before, in the business day of the visit. */
struct earn_used {
    int64_t grants, units;
};

/* Refused: MEMBER_CAP, STAFF_CAP, TILL_CAP; again_ms is the end of the day. */
struct refusal caps_decide(const struct plan_rules *rules, const struct earn_used used[EARN_CAPS],
                           int64_t visit_ms, struct earning *earning);

/* What is known of whoever may have joined just now. */
struct join_facts {
    bool is_guest;    /* nobody has signed in: it waits until somebody has */
    bool is_back;     /* had left not long before */
    bool was_given;   /* on one of their cards, and not taken back */
    bool has_visited; /* while signed in: a grant that was not taken back */
};

/* Whether the bonus of joining is due, with the card or with a visit. */
bool join_is_due(const struct earn_rules *rules, const struct join_facts *facts, bool at_visit);

/* Since when one that was given keeps another from being given at now_ms; INT64_MIN: since ever. */
int64_t once_since(const struct plan_rules *rules, enum earn_once once, int64_t now_ms);
/* When the next may be given; 0: never. */
int64_t once_until(const struct plan_rules *rules, enum earn_once once, int64_t now_ms);

/* "event:NAME", as it stands in the book. */
void event_reason(const struct earn_event *event, char out[EARN_REASON_SIZE]);
/* The event of the plan by that name; NULL: it has none. */
const struct earn_event *event_by_name(const struct earn_rules *rules, struct str name);

#endif
