#include "tests/support/workload_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/bonus.h"
#include "domain/hold.h"
#include "domain/late.h"
#include "domain/refund.h"
#include "domain/swap.h"

/* ---------------------------------------------------------------- given at the till, and back */

/* The card's code, read at the till; scan_id 0: it is refused. */
static enum err_code
read_code(const struct step *s, struct db *db, struct scan_result *read, struct err *e)
{
    struct scan_request code = {.till_id = BOOK_UENO_TILL,
                                .shop_id = BOOK_UENO,
                                .staff_id = BOOK_CASHIER,
                                .now_ms = s->now_ms};
    struct refusal refusal;
    int64_t near_miss;
    char digits[CODE_DIGITS + 1];

    code_make(s->load->keys, CODE_MEMBER, s->card.locator, code_step(s->now_ms), digits);
    code.text = str_of(digits);
    read->scan_id = 0;
    if (scan_open(db, &code, read, &refusal, &near_miss, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        read->scan_id = 0;
    return OK;
}

enum err_code
step_grant(struct step *s, struct db *db, struct err *e)
{
    struct grant in = {.staff_id = BOOK_CASHIER,
                       .till_id = BOOK_UENO_TILL,
                       .shop_id = BOOK_UENO,
                       .now_ms = s->now_ms};
    struct scan_result read;
    struct refusal refusal;

    if (read_code(s, db, &read, e))
        return e->code;
    if (read.scan_id == 0)
        return OK;
    in.scan_id = read.scan_id;
    if (read.rules.unit == UNIT_POINT)
        in.yen = s->units * 8000;
    else
        in.stamps = s->units;
    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, ledger_grant(db, &in, &s->granted, &refusal, e), &refusal, e);
}

/* A manager's, for a receipt of yesterday. */
enum err_code
step_late(struct step *s, struct db *db, struct err *e)
{
    struct late_credit in = {.card_id = s->card.id,
                             .sold_ms = s->now_ms - DAY_MS,
                             .yen = s->units * 1000,
                             .reason = LATE_FORGOTTEN,
                             .staff_id = BOOK_MANAGER,
                             .shop_id = BOOK_UENO,
                             .now_ms = s->now_ms};
    struct grant_result out;
    struct refusal refusal;
    char receipt[24];

    snprintf(receipt, sizeof(receipt), "%" PRId64, s->load->keys_used);
    in.receipt = str_of(receipt);
    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, late_credit(db, &in, &out, &refusal, e), &refusal, e);
}

enum err_code
step_bonus(struct step *s, struct db *db, struct err *e)
{
    struct event_bonus in = {
        .card_id = s->card.id, .event = STR("survey"), .staff_id = BOOK_OWNER, .now_ms = s->now_ms};
    struct plan_rules rules;
    struct bonus_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, bonus_event(db, &in, &out, &rules, &refusal, e), &refusal, e);
}

enum err_code
step_reverse(struct step *s, struct db *db, struct err *e)
{
    struct reversal in = {.seq = s->id,
                          .staff_id = BOOK_MANAGER,
                          .till_id = BOOK_UENO_TILL,
                          .shop_id = BOOK_UENO,
                          .now_ms = s->now_ms};
    struct reversal_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, ledger_reverse(db, &in, &out, &refusal, e), &refusal, e);
}

enum err_code
step_refund(struct step *s, struct db *db, struct err *e)
{
    struct refund in = {.grant_seq = s->id,
                        .yen = s->units * 100,
                        .staff_id = BOOK_MANAGER,
                        .till_id = BOOK_UENO_TILL,
                        .shop_id = BOOK_UENO,
                        .now_ms = s->now_ms};
    struct refund_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, ledger_refund(db, &in, &out, &refusal, e), &refusal, e);
}

/* ---------------------------------------------------------------- used, and back */

/* The member's yes, then the code, then the points: spent, or held. */
enum err_code
step_use(struct step *s, struct db *db, struct err *e)
{
    const struct spend_yes yes = {.member_id = s->card.member_id,
                                  .plan_id = s->card.plan_id,
                                  .points = s->units,
                                  .now_ms = s->now_ms};
    struct spend in = {.points = s->units,
                       .staff_id = BOOK_CASHIER,
                       .till_id = BOOK_UENO_TILL,
                       .shop_id = BOOK_UENO,
                       .now_ms = s->now_ms};
    struct spend_yes_result said;
    struct spend_result spent;
    struct hold_result held = {.id = 0};
    struct scan_result read;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (spend_say_yes(db, &yes, &said, &refusal, e) || read_code(s, db, &read, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE || read.scan_id == 0)
        return OK;
    in.scan_id = read.scan_id;
    if (s->kind == STEP_HOLD ? hold_points(db, &in, HOLD_MAX_MS, &held, &refusal, e)
                             : spend_points(db, &in, &spent, &refusal, e))
        return e->code;
    s->made_id = held.id;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    return step_answer(s, db, e);
}

enum err_code
step_capture(struct step *s, struct db *db, struct err *e)
{
    struct hold_end in = {.hold_id = s->id,
                          .points = 1,
                          .staff_id = BOOK_MANAGER,
                          .till_id = BOOK_UENO_TILL,
                          .shop_id = BOOK_UENO,
                          .now_ms = s->now_ms};
    struct hold_ended out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, hold_capture(db, &in, &out, &refusal, e), &refusal, e);
}

enum err_code
step_swap(struct step *s, struct db *db, struct err *e)
{
    struct swap in = {
        .reward_id = s->load->mug, .member_id = s->card.member_id, .now_ms = s->now_ms};
    struct swap_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (swap_make(db, &in, &out, &refusal, e))
        return e->code;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    s->made_id = s->has_changed ? out.seq : 0;
    return step_answer(s, db, e);
}

enum err_code
step_swap_back(struct step *s, struct db *db, struct err *e)
{
    struct swap_undo in = {.seq = s->id,
                           .staff_id = BOOK_MANAGER,
                           .till_id = BOOK_UENO_TILL,
                           .shop_id = BOOK_UENO,
                           .now_ms = s->now_ms};
    struct swap_undone out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, swap_take_back(db, &in, &out, &refusal, e), &refusal, e);
}

/* ---------------------------------------------------------------- to somebody else */

static enum err_code
token_of(struct db *db, const struct step *s, char out[GIFT_TOKEN_SIZE], struct err *e)
{
    struct gift_line line[1];
    size_t n;

    if (gifts_of_member(db, s->card.member_id, line, 1, &n, e))
        return e->code;
    memcpy(out, line[0].token, GIFT_TOKEN_SIZE);
    return OK;
}

enum err_code
step_give(struct step *s, struct db *db, struct err *e)
{
    struct gift_new in = {.member_id = s->card.member_id,
                          .plan_id = s->card.plan_id,
                          .amount = s->units,
                          .now_ms = s->now_ms};
    struct gift gift;
    struct card card;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (gift_make(db, &in, &gift, &card, &refusal, e))
        return e->code;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    if (s->has_changed && token_of(db, s, s->gift_token, e))
        return e->code;
    return step_answer(s, db, e);
}

enum err_code
step_accept(struct step *s, struct db *db, struct err *e)
{
    struct gift_take in = {
        .token = str_of(s->gift_token), .member_id = s->card.member_id, .now_ms = s->now_ms};
    struct gift_taken out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, gift_accept(db, &in, &out, &refusal, e), &refusal, e);
}
