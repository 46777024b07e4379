#include "domain/scan.h"

#include <inttypes.h>
#include <string.h>

#include "domain/card_row.h"
#include "domain/keys.h"
#include "domain/ledger.h"
#include "domain/posting.h"
#include "domain/reading.h"

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
    int64_t step;
    const char *form;
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

static enum err_code
find_22(struct db *db, const struct reading *reading, struct steps steps, struct found *out,
        struct refusal *refusal, int64_t *near_miss_out, struct err *e)
{
    const struct keys *keys = keys_of(db);
    bool is_known;

    out->form = "digits22";
    if (card_by_locator(db, reading->code.locator, &out->card, &is_known, e))
        return e->code;
    if (!is_known) {
        refusal->kind = REFUSAL_CODE_UNKNOWN;
    } else if (!find_step(keys, &reading->code, steps, &out->step)) {
        refusal->kind = REFUSAL_CODE_STALE;
        if (!was_good(keys, &reading->code, steps))
            *near_miss_out = out->card.id;
    }
    return OK;
}

/* ---------------------------------------------------------------- JAN-13 */

static enum err_code
card_by_jan(struct db *db, const char *digits, int64_t step, struct card *out, bool *found_out,
            struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_BY_JAN);

    stmt_bind_int(s, ":prefix", (digits[0] - '0') * 10 + (digits[1] - '0'));
    stmt_bind_int(s, ":locator", jan_locator(keys_of(db), str_of(digits), step));
    if (stmt_step(s, found_out, e))
        return e->code;
    if (*found_out)
        card_read(s, out);
    return OK;
}

/* How many cards show these digits in one of the steps; *out is the last one found. */
static enum err_code
cards_by_jan(struct db *db, const char *digits, struct steps steps, struct found *out,
             int *hits_out, struct err *e)
{
    *hits_out = 0;
    for (int64_t step = steps.newest; step >= steps.oldest; step--) {
        bool is_found;

        if (card_by_jan(db, digits, step, &out->card, &is_found, e))
            return e->code;
        if (is_found) {
            out->step = step;
            (*hits_out)++;
        }
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

static enum err_code
find_jan(struct db *db, const struct reading *reading, struct steps steps, struct found *out,
         struct refusal *refusal, struct err *e)
{
    struct steps old = {.newest = steps.oldest - 1, .oldest = steps.oldest - OLD_STEPS};
    struct found dead;
    int hits, dead_hits;
    bool is_ours;

    out->form = "jan13";
    if (cards_by_jan(db, reading->digits, steps, out, &hits, e))
        return e->code;
    if (hits == 1)
        return OK;
    /* Every number is some card's in some step: with a million cards one number in ten thousand is
     * two cards' at once. The next step tells them apart. */
    if (hits > 1) {
        refusal->kind = REFUSAL_CODE_UNREADABLE;
        return OK;
    }
    if (cards_by_jan(db, reading->digits, old, &dead, &dead_hits, e) ||
        prefix_is_ours(db, reading->digits, &is_ours, e))
        return e->code;
    refusal->kind = dead_hits > 0                        ? REFUSAL_CODE_STALE
                    : reading->is_goods_else || !is_ours ? REFUSAL_CODE_GOODS
                                                         : REFUSAL_CODE_UNKNOWN;
    return OK;
}

/* ---------------------------------------------------------------- a member's code */

static enum err_code
insert(struct db *db, const struct scan_request *in, const struct found *found, int64_t visit_ms,
       struct err *e)
{
    STMT s = db_stmt(db, SQL_SCAN_ADD);

    stmt_bind_int(s, ":card_id", found->card.id);
    stmt_bind_int(s, ":step", found->step);
    stmt_bind_text(s, ":form", str_of(found->form));
    stmt_bind_int(s, ":till_id", in->till_id);
    stmt_bind_int(s, ":staff_id", in->staff_id);
    stmt_bind_int(s, ":at_ms", visit_ms);
    stmt_bind_int(s, ":until_ms", visit_ms + SCAN_SESSION_MS);
    return stmt_run(s, e);
}

static enum err_code
earlier_scan(struct db *db, const struct found *found, struct scan_row *out, bool *found_out,
             struct err *e)
{
    STMT s = db_stmt(db, SQL_SCAN_OF_STEP);

    stmt_bind_int(s, ":step", found->step);
    stmt_bind_int(s, ":card_id", found->card.id);
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

    if (earlier_scan(db, found, &scan, &out->is_again, e))
        return e->code;
    if (!out->is_again) {
        if (insert(db, in, found, visit_ms, e))
            return e->code;
        scan = (struct scan_row){.id = db_last_id(db), .until_ms = visit_ms + SCAN_SESSION_MS};
    } else if (!scan_is_live(&scan, in->till_id, visit_ms)) {
        *refusal = (struct refusal){
            .kind = REFUSAL_CODE_USED, .at_ms = scan.at_ms, .till_id = scan.till_id};
    }
    out->scan_id = scan.id;
    out->until_ms = scan.until_ms;
    return OK;
}

/* What a grant on this scan would be told now. */
static enum err_code
foresee(struct db *db, const struct scan_request *in, int64_t visit_ms, struct scan_result *out,
        struct err *e)
{
    struct serving serving;
    struct grant_history history;
    bool is_spent;

    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e) ||
        grants_before(db, &out->card, &out->rules, out->scan_id, visit_ms, &history, &is_spent, e))
        return e->code;
    if (is_spent)
        out->may = (struct refusal){.kind = REFUSAL_SCAN_OVER};
    else if (serving.member_id == out->card.member_id)
        out->may = (struct refusal){.kind = REFUSAL_OWN_CARD};
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
    struct found found = {.step = 0};

    if (reading->kind == READING_JAN
            ? find_jan(db, reading, steps, &found, refusal, e)
            : find_22(db, reading, steps, &found, refusal, near_miss_out, e))
        return e->code;
    if (refusal->kind == REFUSAL_NONE && !found.card.is_active)
        refusal->kind = REFUSAL_CARD_BLOCKED;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    out->kind = SCAN_MEMBER;
    out->card = found.card;
    if (open_session(db, in, &found, visit_ms, out, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE || in->grants_now)
        return OK;
    if (plan_load(db, out->card.plan_id, 0, &out->rules, e))
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
        plan_load(db, out->card.plan_id, 0, &out->rules, e))
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
    enum err_code code = OK;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    *near_miss_out = 0;
    if (check_shown(in, e))
        return e->code;
    scan_normalise(in->text, &reading);
    switch (reading.kind) {
    case READING_MEMBER:
    case READING_JAN:
        code = open_member(db, in, &reading, visit_of(in->now_ms, in->shown_ms), out, refusal,
                           near_miss_out, e);
        break;
    case READING_VOUCHER:
        code = open_voucher(db, in, &reading, out, refusal, e);
        break;
    case READING_GOODS:
        refusal->kind = REFUSAL_CODE_GOODS;
        break;
    case READING_UNREADABLE:
        refusal->kind = REFUSAL_CODE_UNREADABLE;
        break;
    case READING_STATIC:
    case READING_UNKNOWN:
        refusal->kind = REFUSAL_CODE_UNKNOWN;
        break;
    }
    return code == OK ? OK : err_wrap(e, "scan at till %" PRId64, in->till_id);
}
