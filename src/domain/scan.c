#include "domain/scan.h"

#include <inttypes.h>
#include <string.h>

#include "domain/card_guard.h"
#include "domain/card_number.h"
#include "domain/card_row.h"
#include "domain/keys.h"
#include "domain/ledger.h"
#include "domain/reading.h"
#include "domain/serving.h"
#include "domain/tier.h"

#define CLOCK_AHEAD_MAX_MS 120000 /* of a till that was offline */
#define OLD_STEPS 20 /* ten minutes: how far back a dead code is still told from a wrong one */

/* The steps a code may be of: this one and the one before; for a queued scan, timed by the till's
 * own clock, one more on either side. */
struct steps {
    int64_t newest, oldest;
};

static struct steps
steps_at(int64_t visit_ms, bool is_queued)
{
    int64_t step = code_step(visit_ms);

    return (struct steps){.newest = step + is_queued, .oldest = step - 1 - is_queued};
}

/* What a code turned out to be. */
struct found {
    struct card card;
    int64_t step; /* unset for a fixed number */
    enum { FORM_DIGITS22, FORM_JAN13, FORM_NUMBER } form;
};

/* ---------------------------------------------------------------- 22 digits */

/* The step of steps.newest..oldest that the code is of; false: of none. */
static bool
find_step(const struct keys *keys, const struct code *code, struct steps steps, int64_t *step_out)
{
    for (int64_t step = steps.newest; step >= steps.oldest; step--)
        if (code_is_of_step(keys, code, step)) {
            *step_out = step;
            return true;
        }
    return false;
}

/* A code that is not good now: dead, or made by somebody who knows only the locator. */
static bool
was_good(const struct keys *keys, const struct code *code, struct steps steps)
{
    int64_t step;

    return find_step(keys, code,
                     (struct steps){.newest = steps.oldest - 1, .oldest = steps.oldest - OLD_STEPS},
                     &step);
}

/* Behind a guard no code is looked at, right or wrong: the answer would tell which it was. */
static enum err_code
find_22(struct db *db, const struct reading *reading, struct steps steps, int64_t now_ms,
        struct found *out, struct refusal *refusal, int64_t *near_miss_out, struct err *e)
{
    const struct keys *keys = keys_of(db);
    bool is_known, is_guarded = false;

    out->form = FORM_DIGITS22;
    if (card_by_locator(db, reading->code.locator, &out->card, &is_known, e) ||
        (is_known && card_guard_is_up(db, out->card.id, now_ms, &is_guarded, NULL, e)))
        return e->code;
    if (!is_known) {
        refusal->kind = REFUSAL_CODE_UNKNOWN;
    } else if (is_guarded) {
        refusal->kind = REFUSAL_CARD_GUARDED;
    } else if (!find_step(keys, &reading->code, steps, &out->step)) {
        refusal->kind = REFUSAL_CODE_STALE;
        if (!was_good(keys, &reading->code, steps))
            *near_miss_out = out->card.id;
    }
    return *near_miss_out != 0 ? card_guard_count(db, *near_miss_out, now_ms, e) : OK;
}

/* ---------------------------------------------------------------- JAN-13 */

/* Cards that a reading may mean: the last of them, and how many different ones. */
struct hits {
    struct found found;
    int n;
};

static void
hit(struct hits *hits, const struct found *found)
{
    hits->n += hits->n == 0 || hits->found.card.id != found->card.id;
    hits->found = *found;
}

/* Those that show these digits in one of the steps. */
static enum err_code
add_by_jan(struct db *db, const char *digits, struct steps steps, struct hits *hits, struct err *e)
{
    for (int64_t step = steps.newest; step >= steps.oldest; step--) {
        struct found found = {.step = step, .form = FORM_JAN13};
        bool is_found;

        if (card_by_jan(db, digits, step, &found.card, &is_found, e))
            return e->code;
        if (is_found)
            hit(hits, &found);
    }
    return OK;
}

/* Goods that a shop numbers itself carry an in-store prefix too: whose is this one? */
static enum err_code
prefix_is_ours(struct db *db, const char *digits, bool *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_COUNT_BY_PREFIX);

    stmt_bind_int(s, ":prefix", (digits[0] - '0') * 10 + digits[1] - '0');
    if (stmt_one(s, "plan", e))
        return err_wrap(e, "plans of a prefix");
    *out = stmt_int(s, 0) > 0;
    return OK;
}

/* What looks like a product may still be a fixed number of ours that nobody has: a guess. */
static enum err_code
looks_like_ours(struct db *db, const struct reading *reading, bool *out, struct err *e)
{
    *out = false;
    for (int i = 0; i < reading->n_candidates && !*out; i++) {
        STMT s = db_stmt(db, SQL_PLAN_COUNT_BY_NUMBER);

        stmt_bind_text(s, ":number", str_of(reading->candidate[i]));
        if (stmt_one(s, "plan", e))
            return err_wrap(e, "plans of a number");
        *out = stmt_int(s, 0) > 0;
    }
    return OK;
}

/* Why nobody was found: a code that was good, a product, or a number that nobody has. */
static enum err_code
jan_refusal(struct db *db, const struct reading *reading, struct steps steps,
            struct refusal *refusal, struct err *e)
{
    struct steps old = {.newest = steps.oldest - 1, .oldest = steps.oldest - OLD_STEPS};
    struct hits dead = {.n = 0};
    bool is_prefix, is_number;

    if (add_by_jan(db, reading->digits, old, &dead, e) ||
        prefix_is_ours(db, reading->digits, &is_prefix, e) ||
        looks_like_ours(db, reading, &is_number, e))
        return e->code;
    refusal->kind = dead.n > 0                                            ? REFUSAL_CODE_STALE
                    : is_number || (is_prefix && !reading->is_goods_else) ? REFUSAL_CODE_UNKNOWN
                                                                          : REFUSAL_CODE_GOODS;
    return OK;
}

/* ---------------------------------------------------------------- fixed numbers */

/* The cards that have one of the candidates; *ended_out: one that had it, but has another now. */
static enum err_code
add_by_number(struct db *db, const struct reading *reading, struct hits *hits, bool *ended_out,
              struct err *e)
{
    *ended_out = false;
    for (int i = 0; i < reading->n_candidates; i++) {
        struct found found = {.form = FORM_NUMBER};
        bool is_found, is_ended;

        if (card_by_number(db, reading->candidate[i], &found.card, &is_found, &is_ended, e))
            return e->code;
        if (is_found && is_ended)
            *ended_out = true;
        else if (is_found)
            hit(hits, &found);
    }
    return OK;
}

static enum err_code
number_refusal(struct db *db, const struct reading *reading, struct refusal *refusal, struct err *e)
{
    bool is_ours;

    if (looks_like_ours(db, reading, &is_ours, e))
        return e->code;
    refusal->kind = is_ours || reading->kind == READING_STATIC ? REFUSAL_CODE_UNKNOWN
                    : reading->kind == READING_GOODS           ? REFUSAL_CODE_GOODS
                    : reading->kind == READING_UNREADABLE      ? REFUSAL_CODE_UNREADABLE
                                                               : REFUSAL_CODE_UNKNOWN;
    return OK;
}

/*
 * Whatever is not 22 digits. Every JAN is some card's in some step, and may be another's fixed
 * number: with a million cards one in ten thousand is two cards' at once. The 22 digits, or the
 * next step, tell them apart.
 */
static enum err_code
find_short(struct db *db, const struct reading *reading, struct steps steps, int64_t now_ms,
           struct found *out, struct refusal *refusal, struct err *e)
{
    struct hits hits = {.n = 0};
    bool is_ended, is_guarded = false;

    if (add_by_number(db, reading, &hits, &is_ended, e) ||
        (reading->kind == READING_JAN && add_by_jan(db, reading->digits, steps, &hits, e)))
        return e->code;
    if (hits.n == 0 && is_ended)
        refusal->kind = REFUSAL_CODE_STALE;
    else if (hits.n == 0)
        return reading->kind == READING_JAN ? jan_refusal(db, reading, steps, refusal, e)
                                            : number_refusal(db, reading, refusal, e);
    if (hits.n > 1)
        refusal->kind = REFUSAL_CODE_AMBIGUOUS;
    *out = hits.found;
    if (hits.n == 1 && out->form == FORM_JAN13 &&
        card_guard_is_up(db, out->card.id, now_ms, &is_guarded, NULL, e))
        return e->code;
    if (is_guarded)
        refusal->kind = REFUSAL_CARD_GUARDED;
    return OK;
}

/* ---------------------------------------------------------------- a member's code */

static enum err_code
insert(struct db *db, const struct scan_request *in, const struct found *found, int64_t visit_ms,
       struct err *e)
{
    static const char *const forms[] = {
        [FORM_DIGITS22] = "digits22", [FORM_JAN13] = "jan13", [FORM_NUMBER] = "number"};
    STMT s = db_stmt(db, SQL_SCAN_ADD);

    stmt_bind_int(s, ":card_id", found->card.id);
    if (found->form == FORM_NUMBER)
        stmt_bind_null(s, ":step");
    else
        stmt_bind_int(s, ":step", found->step);
    stmt_bind_text(s, ":form", str_of(forms[found->form]));
    stmt_bind_int(s, ":till_id", in->till_id);
    stmt_bind_int(s, ":staff_id", in->staff_id);
    stmt_bind_int(s, ":at_ms", visit_ms);
    stmt_bind_int(s, ":until_ms", visit_ms + SCAN_SESSION_MS);
    return stmt_run(s, e);
}

static enum err_code
earlier_scan(struct db *db, const struct found *found, int64_t visit_ms, struct scan_row *out,
             bool *found_out, struct err *e)
{
    bool by_number = found->form == FORM_NUMBER;
    STMT s = db_stmt(db, by_number ? SQL_SCAN_OF_NUMBER : SQL_SCAN_OF_STEP);

    stmt_bind_int(s, ":card_id", found->card.id);
    if (by_number) {
        stmt_bind_int(s, ":visit_ms", visit_ms);
        stmt_bind_int(s, ":session_ms", SCAN_SESSION_MS);
    } else {
        stmt_bind_int(s, ":step", found->step);
    }
    if (stmt_step(s, found_out, e))
        return e->code;
    if (*found_out)
        scan_read(s, out);
    return OK;
}

/* Use the code up, or find the session it opened before. */
static enum err_code
open_session(struct db *db, const struct scan_request *in, const struct found *found,
             int64_t visit_ms, struct scan_result *out, struct refusal *refusal, struct err *e)
{
    struct scan_row scan = {.id = 0};

    if (earlier_scan(db, found, visit_ms, &scan, &out->is_again, e))
        return e->code;
    if (!out->is_again) {
        if (insert(db, in, found, visit_ms, e))
            return e->code;
        scan = (struct scan_row){.id = db_last_id(db),
                                 .until_ms = visit_ms + SCAN_SESSION_MS,
                                 .by_code = found->form == FORM_DIGITS22};
    } else if (!scan_is_live(&scan, in->till_id, visit_ms)) {
        *refusal = (struct refusal){
            .kind = REFUSAL_CODE_USED, .at_ms = scan.at_ms, .till_id = scan.till_id};
    }
    out->scan_id = scan.id;
    out->until_ms = scan.until_ms;
    out->by_number = found->form == FORM_NUMBER;
    out->by_code = scan.by_code;
    return OK;
}

/* What a grant on this scan would be told now. */
static enum err_code
foresee(struct db *db, const struct scan_request *in, int64_t visit_ms, struct scan_result *out,
        struct err *e)
{
    struct serving serving;
    const struct scan_row scan = {.id = out->scan_id, .by_number = out->by_number};
    struct grant_history history;

    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e) ||
        grants_before(db, &out->card, &out->rules, &scan, in->shop_id, visit_ms, &history, e))
        return e->code;
    if (serving.member_id == out->card.member_id)
        out->may = (struct refusal){.kind = REFUSAL_OWN_CARD};
    else if (plan_is_over(&out->rules, visit_ms))
        out->may = (struct refusal){.kind = REFUSAL_PLAN_OVER};
    else
        out->may = grant_decide(&out->rules, &history, visit_ms);
    return OK;
}

static enum err_code
open_member(struct db *db, const struct scan_request *in, const struct reading *reading,
            int64_t visit_ms, struct scan_result *out, struct refusal *refusal,
            int64_t *near_miss_out, struct err *e)
{
    struct steps steps = steps_at(visit_ms, in->shown_ms != 0);
    struct found found = {.form = FORM_DIGITS22};

    if (reading->kind == READING_MEMBER
            ? find_22(db, reading, steps, in->now_ms, &found, refusal, near_miss_out, e)
            : find_short(db, reading, steps, in->now_ms, &found, refusal, e))
        return e->code;
    out->kind = SCAN_MEMBER;
    out->card = found.card;
    if (refusal->kind == REFUSAL_NONE && !found.card.is_active)
        refusal->kind = REFUSAL_CARD_BLOCKED;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (open_session(db, in, &found, visit_ms, out, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE || in->grants_now)
        return OK;
    if (tier_rules_load(db, &out->card, &out->rules, e))
        return e->code;
    return foresee(db, in, visit_ms, out, e);
}

/* ---------------------------------------------------------------- a voucher's code */

static enum err_code
open_voucher(struct db *db, const struct scan_request *in, const struct reading *reading,
             struct scan_result *out, struct refusal *refusal, struct err *e)
{
    struct steps steps = steps_at(in->now_ms, false);
    struct serving serving;
    int64_t step;

    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e))
        return e->code;
    out->kind = SCAN_VOUCHER;
    if (voucher_by_locator(db, reading->code.locator, &out->voucher, e)) {
        refusal->kind = REFUSAL_CODE_UNKNOWN;
        return e->code == ERR_NOT_FOUND ? OK : e->code;
    }
    if (in->shown_ms != 0 || !find_step(keys_of(db), &reading->code, steps, &step)) {
        refusal->kind = REFUSAL_CODE_STALE;
        return OK;
    }
    if (card_load(db, out->voucher.card_id, &out->card, e) ||
        tier_rules_load(db, &out->card, &out->rules, e))
        return e->code;
    if (!out->card.is_active)
        refusal->kind = REFUSAL_CARD_BLOCKED;
    else
        *refusal = voucher_refusal(&out->voucher, in->now_ms);
    out->until_ms = in->now_ms + SCAN_SESSION_MS;
    voucher_token(db, out->voucher.id, in->till_id, out->until_ms, out->token);
    return OK;
}

/* ---------------------------------------------------------------- any code */

static enum err_code
check_shown(const struct scan_request *in, struct err *e)
{
    if (in->shown_ms != 0 && (in->shown_ms < in->now_ms - SCAN_QUEUED_MAX_MS ||
                              in->shown_ms > in->now_ms + CLOCK_AHEAD_MAX_MS))
        return err_field(e, ERR_INPUT, "field_range", "scanned_at",
                         "a scan of %" PRId64 " at %" PRId64, in->shown_ms, in->now_ms);
    return OK;
}

enum err_code
scan_open(struct db *db, const struct scan_request *in, struct scan_result *out,
          struct refusal *refusal, int64_t *near_miss_out, struct err *e)
{
    struct reading reading;
    enum err_code code;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    *near_miss_out = 0;
    if (check_shown(in, e))
        return e->code;
    scan_normalise(in->text, &reading);
    code = reading.kind == READING_VOUCHER
               ? open_voucher(db, in, &reading, out, refusal, e)
               : open_member(db, in, &reading, visit_of(in->now_ms, in->shown_ms), out, refusal,
                             near_miss_out, e);
    return code == OK ? OK : err_wrap(e, "scan at till %" PRId64, in->till_id);
}

enum err_code
scan_card(struct db *db, int64_t scan_id, int64_t till_id, int64_t now_ms, struct card *out,
          struct err *e)
{
    STMT s = db_stmt(db, SQL_SCAN_LOAD);
    struct scan_row scan;

    stmt_bind_int(s, ":scan_id", scan_id);
    if (stmt_one(s, "scan", e))
        return e->code;
    scan_read(s, &scan);
    if (scan.till_id != till_id)
        return err_set(e, ERR_NOT_FOUND, "scan_unknown", "a scan of another till");
    if (!scan_is_live(&scan, till_id, now_ms))
        return err_set(e, ERR_CONFLICT, "scan_over", "scan %" PRId64, scan_id);
    return card_load(db, scan.card_id, out, e);
}
