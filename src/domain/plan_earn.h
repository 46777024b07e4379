/*
 * plan_earn.h - what a plan says about earning, beyond so many units a visit or a sale.
 *
 * All of it is facts: earning.h is what follows from them. Rules that are all zero say nothing, and
 * cost nothing. Factors are whole percent, dates are business days of the plan as 20261224.
 */
#ifndef DOMAIN_PLAN_EARN_H
#define DOMAIN_PLAN_EARN_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EARN_FACTORS_MAX 16
#define EARN_ITEMS_MAX 16
#define EARN_EVENTS_MAX 8
#define EARN_CODE_SIZE 25             /* of an item or a category */
#define EARN_EVENT_SIZE 10            /* its name: with "event:" it is a transfer's reason */
#define EARN_TITLE_SIZE (24 * 4 + 1)  /* 24 code points of UTF-8 and a NUL */
#define EARN_UNITS_MAX 100000         /* of one bonus */
#define EARN_PERCENT_MAX 1000         /* of one factor */
#define EARN_CAP_MAX INT64_C(1000000) /* a business day */

/* All that a factor names has to hold. Where it names several things, the last of weekday, hour,
 * tier, campaign is what it is called by, and of those that hold and are called alike the highest
 * counts. */
enum earn_why { EARN_WEEKDAY, EARN_HOUR, EARN_TIER, EARN_CAMPAIGN, EARN_WHYS };

struct earn_factor {
    int32_t percent;              /* 150: one and a half times what the visit or the sale gives */
    int32_t from_day, until_day;  /* both included; 0: ever */
    int8_t from_hour, until_hour; /* local, up to but not including; 22 to 2 passes midnight; equal:
                                     the whole day */
    uint8_t weekdays;             /* of business days: bit 0 is Sunday; 0: every day */
    uint8_t tier;                 /* of members of this tier or above; 0: of all */
};

/* Lines of a sale with this code, or of this category; the first that fits a line holds for it. */
struct earn_item {
    char name[EARN_CODE_SIZE];
    bool is_category;
    bool earns_nothing;    /* its yen do not count */
    int32_t yen_per_point; /* instead of the plan's; 0: as the plan */
    int32_t units_each;    /* given for each piece, whatever it cost */
};

enum earn_once { EARN_ONCE_EVER, EARN_ONCE_YEAR, EARN_ONCE_MONTH, EARN_ONCE_DAY };

/* What the shop may thank a member for. */
struct earn_event {
    char name[EARN_EVENT_SIZE]; /* a-z 0-9 _ */
    char title[EARN_TITLE_SIZE];
    int32_t units;
    enum earn_once once; /* a member gets it once in that time */
};

/* A business day's most; 0: no limit. */
struct earn_cap {
    int64_t grants, units;
};
enum earn_capped { EARN_CAP_MEMBER, EARN_CAP_STAFF, EARN_CAP_TILL, EARN_CAPS };

struct earn_rules {
    int64_t visit_stamps; /* of each stamp a cashier gives; 0: one */
    int64_t tax_percent;  /* the sale counts without its tax, which is this where the till does not
                             say; 0: it counts as it was paid */
    bool multiplies;      /* factors that hold at once, called by different things; else the highest
                             of them counts */
    int64_t max_percent;  /* of all factors together; 0: EARN_PERCENT_MAX */
    int64_t join_units;   /* once a person; 0: none */
    bool joins_at_visit;  /* given with the first visit; else with the card */
    int64_t birthday_units;
    bool others_earn_nothing;   /* lines that no item rule names */
    int64_t shop_cool_down_min; /* between two grants at one shop; 0: none */
    int64_t shop_per_day_max;   /* grants at one shop a business day; 0: no limit */
    struct earn_cap cap[EARN_CAPS];
    size_t factors_n, items_n, events_n;
    struct earn_factor factor[EARN_FACTORS_MAX];
    struct earn_item item[EARN_ITEMS_MAX];
    struct earn_event event[EARN_EVENTS_MAX];
};

const char *earn_why_name(enum earn_why why);          /* "weekday", "hour", "tier", "campaign" */
const char *earn_capped_name(enum earn_capped capped); /* "member", "staff", "till" */
bool earn_has_caps(const struct earn_rules *rules);
bool earn_asks_tier(const struct earn_rules *rules); /* some factor does */

/* From an object such as {"factors": [{"percent": 200, "weekdays": ["tue"]}]}; *out is what it says
 * and nothing of before. ERR_INPUT "plan_invalid" with the field at fault: "factors.0.percent". */
enum err_code earn_read(const json_t *in, struct earn_rules *out, struct err *e);
/* Into `plan` as its "earn", unless the rules say nothing. False: no memory. */
bool earn_write(const struct earn_rules *rules, json_t *plan);

#endif
