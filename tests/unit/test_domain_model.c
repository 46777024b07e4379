/*
 * Thousands of random grants, reversals, redemptions and expiries on the ledger and, beside it, on
 * a model so small that it is plainly right; both must agree after every step.
 *
 * The model: a card is a count of units ever earned and not taken back. Rewards stand at fixed
 * places along that count, one set for each round; a voucher is the memory of having passed such a
 * place.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/check.h"

#define CARDS 12
#define GRANTS_MAX 2000
#define VOUCHERS_MAX 8000
#define STEPS 4000
#define BATCH 100

/* Rewards end at different times, the first very soon, so that expired ones lie above open ones. */
static const struct plan_rules plan = {
    .name = "Model",
    .unit = UNIT_POINT,
    .jan_prefix = 22,
    .goal = 500,
    .yen_per_point = 100,
    .rewards_n = 3,
    .reward = {{.at = 200, .valid_days = 1, .title = "First"},
               {.at = 400, .valid_days = 60, .title = "Second"},
               {.at = 500, .valid_days = 20, .title = "Goal"}},
};

struct model_grant {
    int64_t seq, card, amount;
    bool is_reversed;
};

struct model_voucher {
    int64_t id, card, place, expires_ms;
    enum voucher_state state;
    bool
        is_passed; /* the card stands at or beyond its place, and has done so since it was issued */
};

static struct {
    struct book book;
    struct card card[CARDS];
    int64_t total[CARDS];
    size_t grants_n, vouchers_n;
    struct model_grant grant[GRANTS_MAX];
    struct model_voucher voucher[VOUCHERS_MAX];
    int done[8], refused[8];
} m;

/* ---------------------------------------------------------------- what must come out */

static void
agree(size_t card)
{
    struct card got;
    struct err e;

    CHECK_OK(card_load(m.book.db, m.card[card].id, &got, &e), e);
    CHECK_INT(got.balance, m.total[card] % plan.goal);
    for (size_t i = 0; i < m.vouchers_n; i++) {
        struct voucher voucher;

        if (m.voucher[i].card != (int64_t)card)
            continue;
        CHECK_OK(voucher_load(m.book.db, m.voucher[i].id, &voucher, &e), e);
        CHECK_INT(voucher.state, m.voucher[i].state);
        CHECK_INT(voucher.expires_ms, m.voucher[i].expires_ms);
    }
}

static int
reward_at(int64_t place)
{
    int64_t in_round = (place - 1) % plan.goal + 1;

    for (int i = 0; i < (int)plan.rewards_n; i++)
        if (plan.reward[i].at == in_round)
            return i;
    return -1;
}

/* ---------------------------------------------------------------- steps; false: undo it */

static bool
grant(size_t card, bool keep)
{
    struct book *b = &m.book;
    int64_t yen = (int64_t)entropy_below(entropy_below(8) == 0 ? 500000 : 30000) + 1;
    struct grant in = book_grant_of(b, book_scan(b, &m.card[card]), &m.card[card], yen);
    int64_t amount = yen / 100;
    struct grant_result out;
    struct refusal refusal;
    size_t passed = 0;
    struct err e;

    in.now_ms = b->now_ms;
    CHECK_OK(ledger_grant(b->db, &in, &out, &refusal, &e), e);
    CHECK_INT(refusal.kind, amount == 0 ? REFUSAL_NO_POINTS : REFUSAL_NONE);
    if (amount == 0 || !keep)
        return keep;
    assert_true(m.grants_n < GRANTS_MAX);
    m.grant[m.grants_n++] = (struct model_grant){out.seq, (int64_t)card, amount, false};
    for (int64_t place = m.total[card] + 1; place <= m.total[card] + amount; place++) {
        int reward = reward_at(place);

        if (reward < 0)
            continue;
        assert_true(m.vouchers_n < VOUCHERS_MAX);
        m.voucher[m.vouchers_n++] =
            (struct model_voucher){out.voucher[passed].id,         (int64_t)card,  place,
                                   out.voucher[passed].expires_ms, VOUCHER_ISSUED, true};
        CHECK_INT(out.voucher[passed].reward, reward);
        passed++;
    }
    m.total[card] += amount;
    CHECK_INT(out.vouchers_n, passed);
    CHECK_INT(out.balance, m.total[card] % plan.goal);
    return true;
}

static enum refusal_kind
reversal_must(const struct model_grant *undone)
{
    int64_t place = m.total[undone->card] - undone->amount;

    if (undone->is_reversed)
        return REFUSAL_ALREADY_REVERSED;
    for (size_t i = 0; i < m.vouchers_n; i++)
        if (m.voucher[i].card == undone->card && m.voucher[i].is_passed &&
            m.voucher[i].place > place && m.voucher[i].state == VOUCHER_REDEEMED)
            return REFUSAL_VOUCHER_REDEEMED;
    return REFUSAL_NONE;
}

static bool
reverse(bool keep)
{
    struct book *b = &m.book;
    struct model_grant *undone = &m.grant[entropy_below(m.grants_n)];
    struct reversal in = book_reversal_of(b, undone->seq, BOOK_MANAGER);
    enum refusal_kind must = reversal_must(undone);
    struct reversal_result out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(ledger_reverse(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), refusal_word(must));
    m.refused[1] += must != REFUSAL_NONE;
    if (must != REFUSAL_NONE || !keep)
        return keep;
    undone->is_reversed = true;
    m.total[undone->card] -= undone->amount;
    for (size_t i = 0; i < m.vouchers_n; i++) {
        struct model_voucher *voucher = &m.voucher[i];

        if (voucher->card != undone->card || voucher->place <= m.total[undone->card])
            continue;
        voucher->is_passed = false;
        if (voucher->state == VOUCHER_ISSUED)
            voucher->state = VOUCHER_CANCELLED;
    }
    CHECK_INT(out.card.balance, m.total[undone->card] % plan.goal);
    agree((size_t)undone->card);
    return true;
}

static bool
redeem(bool keep)
{
    static const enum refusal_kind must[] = {REFUSAL_NONE, REFUSAL_VOUCHER_REDEEMED,
                                             REFUSAL_VOUCHER_EXPIRED, REFUSAL_VOUCHER_CANCELLED};
    struct book *b = &m.book;
    struct model_voucher *voucher = &m.voucher[entropy_below(m.vouchers_n)];
    char token[VOUCHER_TOKEN_SIZE];
    struct redemption in = {.voucher_id = voucher->id,
                            .staff_id = BOOK_CASHIER,
                            .till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .now_ms = b->now_ms};
    enum refusal_kind want = must[voucher->state];
    struct voucher out;
    struct refusal refusal;
    struct err e;

    if (voucher->state == VOUCHER_ISSUED && voucher->expires_ms <= b->now_ms)
        want = REFUSAL_VOUCHER_EXPIRED;
    voucher_token(b->db, in.voucher_id, in.till_id, in.now_ms, token);
    in.token = str_of(token);
    CHECK_OK(voucher_redeem(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), refusal_word(want));
    m.refused[2] += want != REFUSAL_NONE;
    if (want == REFUSAL_NONE && keep)
        voucher->state = VOUCHER_REDEEMED;
    return keep;
}

static bool
let_time_pass(bool keep)
{
    struct book *b = &m.book;
    int64_t expired = 0;
    int64_t n;
    struct err e;

    b->now_ms += (int64_t)entropy_below(3 * (uint64_t)DAY_MS);
    for (size_t i = 0; i < m.vouchers_n; i++) {
        if (m.voucher[i].state != VOUCHER_ISSUED || m.voucher[i].expires_ms > b->now_ms)
            continue;
        expired++;
        if (keep)
            m.voucher[i].state = VOUCHER_EXPIRED;
    }
    CHECK_OK(voucher_expire_due(b->db, b->now_ms, 1000, &n, &e), e);
    CHECK_INT(n, expired);
    return keep;
}

/* ---------------------------------------------------------------- the run */

/* As the writer runs a job: in a savepoint, which one in eight times is undone. */
static void
one_step(void)
{
    bool keep = entropy_below(8) != 0;
    size_t card = entropy_below(CARDS);
    uint64_t which = m.vouchers_n == 0 ? 0 : entropy_below(16);
    struct err e;

    CHECK_OK(db_savepoint(m.book.db, &e), e);
    if (which < 8)
        keep = grant(card, keep);
    else if (which < 11)
        keep = reverse(keep);
    else if (which < 14)
        keep = redeem(keep);
    else
        keep = let_time_pass(keep);
    if (keep)
        CHECK_OK(db_savepoint_release(m.book.db, &e), e);
    else
        CHECK_OK(db_savepoint_undo(m.book.db, &e), e);
    m.done[which < 8 ? 0 : which < 11 ? 1 : which < 14 ? 2 : 3]++;
}

static void
book_and_model_agree(void **state)
{
    int64_t plan_id;
    struct err e;

    (void)state;
    entropy_seed(20260401);
    book_open(&m.book);
    CHECK_OK(plan_create(m.book.db, &plan, m.book.now_ms, &plan_id, &e), e);
    for (size_t i = 0; i < CARDS; i++)
        m.card[i] = book_card(&m.book, plan_id);
    for (int i = 0; i < STEPS / BATCH; i++) {
        DB_TX tx = {0};

        CHECK_OK(db_begin(m.book.db, &tx, &e), e);
        for (int j = 0; j < BATCH; j++)
            one_step();
        CHECK_OK(db_commit(&tx, &e), e);
        for (size_t card = 0; card < CARDS; card++)
            agree(card);
    }
    for (int i = 0; i < 4; i++)
        CHECK_THAT(m.done[i] > 100);
    CHECK_THAT(m.refused[1] > 20 && m.refused[2] > 20);
    book_close(&m.book);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(book_and_model_agree)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
