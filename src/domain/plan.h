/*
 * plan.h - the rules of a card, as facts.
 *
 * Rules never change: a change is a new version, and what was granted stays under the version it
 * was granted under. Name and unit belong to the plan and hold for all versions.
 */
#ifndef DOMAIN_PLAN_H
#define DOMAIN_PLAN_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/number.h"
#include "domain/plan_back.h"
#include "domain/plan_earn.h"
#include "domain/plan_expiry.h"
#include "domain/plan_gift.h"
#include "domain/plan_late.h"
#include "domain/plan_spend.h"
#include "domain/plan_tier.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_TEXT_SIZE (64 * 4 + 1) /* 64 code points of UTF-8 and a NUL */
#define PLAN_REWARDS_MAX 8

enum unit { UNIT_STAMP, UNIT_POINT };
/* What a card's bars hold: its 22 digits, its rotating JAN, or its fixed number. */
enum linear { LINEAR_CODE128, LINEAR_JAN13, LINEAR_NUMBER };
enum rounding { ROUNDING_DOWN, ROUNDING_NEAREST, ROUNDING_UP };

struct plan_reward {
    int64_t id;
    int64_t at;         /* reached at this many units */
    int64_t valid_days; /* after the business day it was issued on */
    char title[PLAN_TEXT_SIZE];
};

struct plan_rules {
    int64_t plan_id;
    int64_t version;
    int64_t from_ms; /* in force since then */
    char name[PLAN_TEXT_SIZE];
    enum unit unit;
    int64_t goal; /* units that fill the card; the last reward is reached there. 0: of points, there
                     is nothing to fill and no reward by place */
    int64_t cool_down_min;  /* between two grants; 0: none */
    int64_t per_day_max;    /* grants a business day; 0: no limit */
    int64_t yen_per_point;  /* point plans; 0: a stamp plan */
    enum rounding rounding; /* of points for a sale */
    int64_t utc_offset_min;
    int64_t day_cut_hour; /* local hour at which a business day ends and the next begins */
    bool notify_grants;   /* owe a notice for each grant, not only for vouchers */
    enum linear linear;   /* unless the shop of the card's last visit shows another: card_linear */
    bool shops_differ;    /* some shop does; of the moment of reading, not of the version */
    int64_t catalogue;    /* the one in force (catalogue.h), 0: none; of the moment as well */
    int64_t jan_prefix;   /* 20..29, of rotating JANs */
    struct number_format number;
    int64_t number_per_day; /* grants by fixed number a business day; 0: it only tells who it is */
    size_t rewards_n;
    struct plan_reward reward[PLAN_REWARDS_MAX]; /* in order of `at` */
    struct earn_rules earn;
    struct expiry_rules expiry;
    struct tier_rules tier;
    struct late_rules late;
    struct spend_rules spend;
    struct back_rules back;
    struct gift_rules gift;
};

const char *unit_name(enum unit unit); /* "stamp", "point" */
bool unit_by_name(struct str name, enum unit *out);
const char *linear_name(enum linear linear); /* "code128", "jan13", "number" */
bool linear_by_name(struct str name, enum linear *out);
const char *rounding_name(enum rounding rounding); /* "down", "nearest", "up" */
bool rounding_by_name(struct str name, enum rounding *out);

/*
 * Whether a plan can have these rules, by themselves.
 *
 * ERR_INPUT "plan_invalid" with the field at fault: a value out of range, rewards out of order,
 * none at the goal, or stamps and yen mixed; "number_format"
 */
enum err_code plan_check(const struct plan_rules *rules, struct err *e);
enum err_code plan_check_name(const char *name, struct err *e); /* ERR_INPUT "plan_invalid" */

/*
 * A new plan with its first version. Ids and version in `rules` are ignored.
 *
 * Errors of plan_check and plan_check_name; ERR_CONFLICT "plan_exists"
 */
enum err_code plan_create(struct db *db, const struct plan_rules *rules, int64_t now_ms,
                          int64_t *plan_id_out, struct err *e);

/*
 * New rules for rules->plan_id from now on; name and unit stay as they are.
 *
 * ERR_CONFLICT "number_in_use": cards have numbers of another format; they are on plastic, too;
 *              "plan_scheduled"
 */
enum err_code plan_add_version(struct db *db, const struct plan_rules *rules, int64_t now_ms,
                               int64_t *version_out, struct err *e);

/* The same for visits from from_ms on, which may be over already; but never for any that an older
 * version was made for. ERR_CONFLICT "plan_scheduled": others wait for their time */
enum err_code plan_add_version_from(struct db *db, const struct plan_rules *rules, int64_t from_ms,
                                    int64_t now_ms, int64_t *version_out, struct err *e);
/* ERR_CONFLICT "plan_scheduled" */
enum err_code plan_nothing_waits(struct db *db, int64_t plan_id, struct err *e);
/* Whether plan_add_version would take them, but for what may be waiting. */
enum err_code plan_may_follow(struct db *db, const struct plan_rules *rules, struct err *e);

/* The rules in force (version 0), or those of an older version. ERR_NOT_FOUND "plan_unknown" */
enum err_code
plan_load(struct db *db, int64_t plan_id, int64_t version, struct plan_rules *out, struct err *e);

/* Those in force at at_ms: what a visit counts under that took place then. */
enum err_code
plan_load_at(struct db *db, int64_t plan_id, int64_t at_ms, struct plan_rules *out, struct err *e);

struct plan_version {
    int64_t version;
    int64_t from_ms; /* in force since then */
    int64_t made_ms;
};

/* Newest first; at most `cap`. */
enum err_code plan_versions(struct db *db, int64_t plan_id, struct plan_version *out, size_t cap,
                            size_t *n_out, struct err *e);

/* The rules in force of every plan, oldest plan first. In arena. */
enum err_code
plan_list(struct db *db, struct arena *a, struct plan_rules **out, size_t *n_out, struct err *e);

#endif
