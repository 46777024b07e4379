/*
 * Random operations on the book and, beside it, on the programme's terms as tests/support/oracle.h
 * tells them: grants, points spent, held, captured and released, swaps and their taking back,
 * reversals, redemptions, and time that jumps by seconds or by years. Refusals, balances, lots,
 * vouchers and histories are the same.
 *
 * What fails is made short: `SEED=7 OPS=3,18,44 make model` does again these steps of that seed and
 * no others. That it finds something is shown with terms that are wrong on purpose.
 *
 * Three thousand steps in `make test`; STEPS (200,000) by `make model`.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"
#include "tests/support/oracle.h"
#include "tests/support/shrink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/check.h"
#include "domain/hold.h"
#include "domain/lapse.h"
#include "domain/lots.h"
#include "domain/swap.h"

#define STEPS_A_BOOK 1000
#define LOOK_EVERY 25 /* steps; then everything is compared */
#define BATCH 50      /* to a transaction */
#define LINES 40
#define ENDS 200

enum kind { GRANT, SPEND, HOLD, CAPTURE, RELEASE, SWAP, SWAP_BACK, REVERSE, REDEEM, WAIT, KINDS };
static const char *const names[KINDS] = {"grant", "spend",     "hold",    "capture", "release",
                                         "swap",  "swap back", "reverse", "redeem",  "wait"};

/* What it means follows from what there is when its turn comes. */
struct step {
    enum kind kind;
    uint64_t which, much;
    int64_t after_ms;
};

static struct run {
    uint64_t seed;
    struct step step[STEPS_A_BOOK];
    bool is_wrong; /* the oracle, on purpose */
    bool is_quiet; /* while it is made short */
    struct oracle oracle;
    struct book book;
    struct card card[ORACLE_CARDS];
    int64_t mug;                                                              /* the reward's id */
    int64_t grant[ORACLE_THINGS], use[ORACLE_THINGS], voucher[ORACLE_THINGS]; /* ids in the book */
    char why[400];
} r;

static int64_t done[KINDS], refused[KINDS];

/* ---------------------------------------------------------------- steps, and how they are told */

static int64_t
pause_ms(void)
{
    uint64_t which = entropy_below(300);

    if (which == 0)
        return (int64_t)entropy_below(730 * DAY_MS);
    if (which < 15)
        return (int64_t)entropy_below(30 * DAY_MS);
    if (which < 75)
        return (int64_t)entropy_below(DAY_MS);
    return (int64_t)entropy_below(10 * MINUTE_MS);
}

static void
make_steps(uint64_t seed)
{
    static const unsigned share[KINDS] = {34, 14, 10, 7, 4, 8, 4, 7, 9, 3};

    entropy_seed(seed);
    r.seed = seed;
    for (size_t i = 0; i < STEPS_A_BOOK; i++) {
        uint64_t which = entropy_below(100);
        int kind = 0;

        while (which >= share[kind])
            which -= share[kind++];
        r.step[i] = (struct step){(enum kind)kind, entropy_below(UINT64_MAX),
                                  entropy_below(UINT64_MAX), CODE_STEP_MS + pause_ms()};
    }
}

/* False, with the reason noted: the two do not agree. */
#define AGREE(holds, ...)                                                                          \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            snprintf(r.why, sizeof(r.why), __VA_ARGS__);                                           \
            return false;                                                                          \
        }                                                                                          \
    } while (0)
#define WORKS(call, e) AGREE((call) == OK, "%s: %s", #call, (e).text)

/* ---------------------------------------------------------------- everything is compared */

static bool
lines_agree(size_t card)
{
    static const enum transfer_kind kind[] = {
        [LINE_EARN] = TRANSFER_EARN,       [LINE_ROUND] = TRANSFER_ROUND,
        [LINE_REVERSE] = TRANSFER_REVERSE, [LINE_LAPSE] = TRANSFER_LAPSE,
        [LINE_SPEND] = TRANSFER_SPEND,     [LINE_SWAP] = TRANSFER_SWAP};
    const struct oracle_card *c = &r.oracle.card[card];
    struct card_line line[LINES];
    struct err e;
    size_t n;

    WORKS(card_history(r.book.db, r.card[card].id, line, LINES, &n, &e), e);
    AGREE(n == (c->lines_n < LINES ? c->lines_n : LINES), "card %zu: %zu lines, %zu wanted", card,
          n, c->lines_n);
    for (size_t i = 0; i < n; i++) {
        const struct oracle_line *want = &c->line[c->lines_n - 1 - i];

        AGREE(line[i].kind == kind[want->kind] && line[i].amount == want->amount &&
                  line[i].is_credit == want->is_credit && line[i].balance == want->balance,
              "card %zu, %zu lines back: %s of %" PRId64 ", then %" PRId64 "; wanted %s of %" PRId64
              ", then %" PRId64,
              card, i, transfer_kind_name(line[i].kind), line[i].amount, line[i].balance,
              transfer_kind_name(kind[want->kind]), want->amount, want->balance);
    }
    return true;
}

static int64_t
ending_at(const struct oracle_card *c, int64_t ends_ms)
{
    int64_t sum = 0;

    for (size_t i = 0; i < c->lots_n; i++)
        sum += c->lot[i].ends_ms == ends_ms ? c->lot[i].left : 0;
    return sum;
}

static bool
lots_agree(size_t card)
{
    const struct oracle_card *c = &r.oracle.card[card];
    int64_t sum = ending_at(c, 0), pending, pending_ms, balance = oracle_balance(c);
    struct coming_end end[ENDS];
    struct err e;
    size_t n;

    WORKS(lots_coming(r.book.db, r.card[card].id, r.book.now_ms, end, ENDS, &n, &e), e);
    for (size_t i = 0; i < n; i++) {
        AGREE(end[i].amount == ending_at(c, end[i].expires_ms),
              "card %zu: %" PRId64 " end at %" PRId64 ", wanted %" PRId64, card, end[i].amount,
              end[i].expires_ms, ending_at(c, end[i].expires_ms));
        sum += end[i].amount;
    }
    AGREE(sum == balance, "card %zu: %" PRId64 " have an end or none, of %" PRId64, card, sum,
          balance);
    WORKS(lots_pending(r.book.db, r.card[card].id, r.book.now_ms, &pending, &pending_ms, &e), e);
    AGREE(balance - pending == oracle_usable(c, r.book.now_ms),
          "card %zu: %" PRId64 " of %" PRId64 " are pending", card, pending, balance);
    return true;
}

static bool
vouchers_agree(void)
{
    static const enum voucher_state state[] = {[OPEN] = VOUCHER_ISSUED,
                                               [USED] = VOUCHER_REDEEMED,
                                               [ENDED] = VOUCHER_EXPIRED,
                                               [TAKEN_BACK] = VOUCHER_CANCELLED};
    struct err e;

    for (size_t i = 0; i < r.oracle.vouchers_n; i++) {
        const struct oracle_voucher *want = &r.oracle.voucher[i];
        struct voucher got;

        WORKS(voucher_load(r.book.db, r.voucher[i], &got, &e), e);
        AGREE(got.state == state[want->state] && got.expires_ms == want->ends_ms,
              "voucher %zu: %s until %" PRId64 ", wanted %s until %" PRId64, i,
              voucher_state_name(got.state), got.expires_ms, voucher_state_name(state[want->state]),
              want->ends_ms);
    }
    return true;
}

static bool
all_agree(void)
{
    for (size_t card = 0; card < ORACLE_CARDS; card++)
        if (!lines_agree(card) || !lots_agree(card))
            return false;
    return vouchers_agree();
}

/* ---------------------------------------------------------------- single steps */

/* One of the newest, mostly: they can still change. */
static size_t
recent(size_t n, uint64_t which)
{
    size_t few = which % 7 == 0 || n < 5 ? n : 5;

    return n - 1 - which / 7 % few;
}

/* The same among the uses that are holds, or swaps, mostly of those that are not over; false: there
 * are none. */
static bool
recent_use(bool is_held, uint64_t which, size_t *at_out)
{
    size_t at[ORACLE_THINGS], n = 0;

    for (size_t i = 0; i < r.oracle.uses_n; i++) {
        const struct oracle_use *u = &r.oracle.use[i];

        if ((is_held ? u->is_held : u->voucher != NO_GRANT) && (!u->is_over || which % 9 == 0))
            at[n++] = i;
    }
    if (n > 0)
        *at_out = at[recent(n, which)];
    return n > 0;
}

/* What both said of it. */
static bool
judged(const struct step *s, bool wanted, const struct refusal *refusal)
{
    done[s->kind]++;
    refused[s->kind] += !wanted;
    AGREE((refusal->kind == REFUSAL_NONE) == wanted, "%s: %s, and the terms say %s", names[s->kind],
          refusal_word(refusal->kind), wanted ? "yes" : "no");
    return true;
}

static bool
scan_now(size_t card, int64_t *scan_out)
{
    r.book.now_ms -= CODE_STEP_MS; /* which it adds again */
    *scan_out = book_scan(&r.book, &r.card[card]);
    return true;
}

static bool
grant(const struct step *s)
{
    size_t card = s->which % ORACLE_CARDS, made = r.oracle.vouchers_n, n = r.oracle.grants_n;
    int64_t yen = 1 + (int64_t)(s->much % (s->much % 5 == 0 ? 20000 : 7000)), scan;
    struct grant_result out;
    struct refusal refusal;
    struct grant in;
    struct err e;
    bool wanted = oracle_grant(&r.oracle, card, yen, r.book.now_ms);

    scan_now(card, &scan);
    in = book_grant_of(&r.book, scan, &r.card[card], yen);
    WORKS(ledger_grant(r.book.db, &in, &out, &refusal, &e), e);
    if (!judged(s, wanted, &refusal) || !wanted)
        return !wanted;
    AGREE(out.vouchers_n == r.oracle.vouchers_n - made, "%zu vouchers, %zu wanted", out.vouchers_n,
          r.oracle.vouchers_n - made);
    for (size_t i = 0; i < out.vouchers_n; i++)
        r.voucher[made + i] = out.voucher[i].id;
    r.grant[n] = out.seq;
    return true;
}

/* As much as there is, one too many, or some. */
static int64_t
points_to_use(const struct step *s, size_t card)
{
    int64_t usable = oracle_usable(&r.oracle.card[card], r.book.now_ms);

    if (usable == 0 || s->much % 8 == 0)
        return usable + 1;
    return s->much % 8 == 1 ? usable : 1 + (int64_t)(s->much % (uint64_t)usable);
}

static bool
use(const struct step *s)
{
    size_t card = s->which % ORACLE_CARDS, n = r.oracle.uses_n;
    int64_t points = points_to_use(s, card), now_ms = r.book.now_ms, scan;
    const struct spend_yes yes = {.member_id = r.card[card].member_id,
                                  .plan_id = r.card[card].plan_id,
                                  .points = points,
                                  .now_ms = now_ms};
    bool wanted = s->kind == HOLD
                      ? oracle_hold(&r.oracle, card, points, now_ms + HOLD_MAX_MS, now_ms)
                      : oracle_spend(&r.oracle, card, points, now_ms);
    struct spend_yes_result said;
    struct spend_result spent;
    struct hold_result held;
    struct refusal refusal;
    struct spend in;
    struct err e;

    WORKS(spend_say_yes(r.book.db, &yes, &said, &refusal, &e), e);
    if (!wanted || refusal.kind != REFUSAL_NONE)
        return judged(s, wanted, &refusal);
    scan_now(card, &scan);
    in = book_spend_of(&r.book, scan, points);
    if (s->kind == HOLD)
        WORKS(hold_points(r.book.db, &in, HOLD_MAX_MS, &held, &refusal, &e), e);
    else
        WORKS(spend_points(r.book.db, &in, &spent, &refusal, &e), e);
    if (s->kind == HOLD)
        r.use[n] = held.id;
    return judged(s, wanted, &refusal);
}

static bool
end_hold(const struct step *s)
{
    size_t at;
    int64_t points;
    struct hold_end in;
    struct hold_ended out;
    struct refusal refusal;
    struct err e;
    bool wanted;

    if (!recent_use(true, s->which, &at))
        return true;
    points = 1 + (int64_t)(s->much % ((uint64_t)r.oracle.use[at].amount + 1));
    in = book_end_of(&r.book, r.use[at], s->kind == CAPTURE ? points : 0);
    if (s->kind == CAPTURE) {
        wanted = oracle_capture(&r.oracle, at, points, r.book.now_ms);
        WORKS(hold_capture(r.book.db, &in, &out, &refusal, &e), e);
    } else {
        wanted = oracle_release(&r.oracle, at, r.book.now_ms);
        WORKS(hold_release(r.book.db, &in, &out, &refusal, &e), e);
    }
    return judged(s, wanted, &refusal);
}

static bool
swap(const struct step *s)
{
    size_t card = s->which % (ORACLE_CARDS / 2), n = r.oracle.uses_n, made = r.oracle.vouchers_n;
    struct swap in = {
        .reward_id = r.mug, .member_id = r.card[card].member_id, .now_ms = r.book.now_ms};
    bool wanted = oracle_swap(&r.oracle, card, r.book.now_ms);
    struct swap_result out;
    struct refusal refusal;
    struct err e;

    book_request_key(&r.book, in.request_key);
    WORKS(swap_make(r.book.db, &in, &out, &refusal, &e), e);
    if (wanted && refusal.kind == REFUSAL_NONE) {
        r.use[n] = out.seq;
        r.voucher[made] = out.voucher_id;
    }
    return judged(s, wanted, &refusal);
}

static bool
swap_back(const struct step *s)
{
    size_t at;
    struct swap_undo in = {.staff_id = BOOK_MANAGER,
                           .till_id = BOOK_UENO_TILL,
                           .shop_id = BOOK_UENO,
                           .now_ms = r.book.now_ms};
    struct swap_undone out;
    struct refusal refusal;
    struct err e;
    bool wanted;

    if (!recent_use(false, s->which, &at))
        return true;
    in.seq = r.use[at];
    wanted = oracle_swap_back(&r.oracle, at, r.book.now_ms);
    book_request_key(&r.book, in.request_key);
    WORKS(swap_take_back(r.book.db, &in, &out, &refusal, &e), e);
    return judged(s, wanted, &refusal);
}

static bool
reverse(const struct step *s)
{
    size_t at = recent(r.oracle.grants_n, s->which);
    struct reversal in = book_reversal_of(&r.book, r.grant[at], BOOK_MANAGER);
    struct reversal_result out;
    struct refusal refusal;
    struct err e;
    bool wanted;

    if (r.oracle.card[r.oracle.grant[at].card].is_jar) /* test_domain_model.c's matter */
        return true;
    wanted = oracle_reverse(&r.oracle, at, r.book.now_ms);
    WORKS(ledger_reverse(r.book.db, &in, &out, &refusal, &e), e);
    return judged(s, wanted, &refusal);
}

static bool
redeem(const struct step *s)
{
    size_t at = recent(r.oracle.vouchers_n, s->which);
    char token[VOUCHER_TOKEN_SIZE];
    struct redemption in = {.voucher_id = r.voucher[at],
                            .staff_id = BOOK_CASHIER,
                            .till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .now_ms = r.book.now_ms};
    bool wanted = oracle_redeem(&r.oracle, at, r.book.now_ms);
    struct voucher out;
    struct refusal refusal;
    struct err e;

    voucher_token(r.book.db, in.voucher_id, in.till_id, in.now_ms + MINUTE_MS, token);
    in.token = str_of(token);
    WORKS(voucher_redeem(r.book.db, &in, &out, &refusal, &e), e);
    return judged(s, wanted, &refusal);
}

/* What the scheduler does, in its order. */
static bool
let_time_pass(int64_t ms)
{
    bool is_done = false;
    int64_t n;
    struct err e;

    r.book.now_ms += ms;
    oracle_time(&r.oracle, r.book.now_ms);
    WORKS(hold_end_due(r.book.db, r.book.now_ms, STEPS_A_BOOK, &n, &e), e);
    WORKS(voucher_expire_due(r.book.db, r.book.now_ms, STEPS_A_BOOK, &n, &e), e);
    while (!is_done)
        WORKS(lapse_run(r.book.db, r.book.now_ms, ORACLE_CARDS, &is_done, &e), e);
    return true;
}

static bool
one_step(const struct step *s)
{
    if (!let_time_pass(s->after_ms))
        return false;
    if ((s->kind == REVERSE && r.oracle.grants_n == 0) ||
        (s->kind == REDEEM && r.oracle.vouchers_n == 0))
        return true;
    switch (s->kind) {
    case GRANT:
        return grant(s);
    case SPEND:
    case HOLD:
        return use(s);
    case CAPTURE:
    case RELEASE:
        return end_hold(s);
    case SWAP:
        return swap(s);
    case SWAP_BACK:
        return swap_back(s);
    case REVERSE:
        return reverse(s);
    case REDEEM:
        return redeem(s);
    default:
        return true;
    }
}

/* ---------------------------------------------------------------- one book */

static void
add_plans(int64_t *purse_out, int64_t *jar_out)
{
    struct plan_rules purse = {
        .name = "Purse",
        .unit = UNIT_POINT,
        .jan_prefix = 22,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .spend = {.yen = 1, .step = 1, .least = 1, .percent_max = 100},
        .expiry = {.kind = EXPIRY_AFTER, .days = 20, .pending_days = 1},
    };
    struct plan_rules jar = purse;
    struct err e;

    snprintf(jar.name, sizeof(jar.name), "Jar");
    jar.expiry = (struct expiry_rules){.kind = EXPIRY_NONE};
    jar.goal = ORACLE_CAKE;
    jar.rewards_n = 2;
    jar.reward[0] = (struct plan_reward){.at = ORACLE_BISCUIT, .valid_days = 3, .title = "Biscuit"};
    jar.reward[1] = (struct plan_reward){.at = ORACLE_CAKE, .valid_days = 40, .title = "Cake"};
    CHECK_OK(plan_create(r.book.db, &purse, r.book.now_ms, purse_out, &e), e);
    CHECK_OK(plan_create(r.book.db, &jar, r.book.now_ms, jar_out, &e), e);
}

static void
open_both(void)
{
    int64_t purse, jar;

    entropy_seed(r.seed + 1);
    r.why[0] = '\0';
    oracle_open(&r.oracle);
    r.oracle.takes_last = r.is_wrong;
    book_open(&r.book);
    add_plans(&purse, &jar);
    for (size_t i = 0; i < ORACLE_CARDS; i++)
        r.card[i] = book_card(&r.book, r.oracle.card[i].is_jar ? jar : purse);
    book_catalogue(
        &r.book, purse,
        "{\"rewards\":[{\"price\":30,\"key\":\"mug\",\"title\":\"Mug\",\"valid_days\":10,"
        "\"kind\":\"gift\"}]}");
    r.mug = book_reward(&r.book, "mug");
}

/* Whether these steps of the seed, and no others, end in a disagreement; which is the last. */
static bool
fails(void *context, const size_t *keep, size_t n)
{
    bool agrees = true;
    size_t *last_out = context, i = 0;

    open_both();
    while (agrees && i < n) {
        DB_TX tx = {0};
        struct err e;

        CHECK_OK(db_begin(r.book.db, &tx, &e), e);
        for (int j = 0; agrees && j < BATCH && i < n; j++, i++)
            agrees = one_step(&r.step[keep[i]]) &&
                     ((i + 1) % LOOK_EVERY != 0 && i + 1 < n ? true : all_agree());
        CHECK_OK(db_commit(&tx, &e), e);
    }
    if (agrees)
        book_close(&r.book);
    else
        book_close_broken(&r.book);
    if (last_out != NULL)
        *last_out = i;
    return !agrees;
}

/* ---------------------------------------------------------------- a failure, in few steps */

static size_t
make_short(size_t *keep, size_t n)
{
    size_t few = shrink(fails, NULL, keep, n);

    (void)fails(NULL, keep, few); /* once more, for the reason */
    return few;
}

static void
tell(const size_t *keep, size_t n)
{
    print_error("the book and the terms do not agree: %s\nSEED=%" PRIu64 " OPS=", r.why, r.seed);
    for (size_t i = 0; i < n; i++)
        print_error("%s%zu", i > 0 ? "," : "", keep[i]);
    print_error(" make model\n");
    for (size_t i = 0; i < n; i++)
        print_error("  %4zu  %-9s  after %" PRId64 " s\n", keep[i], names[r.step[keep[i]].kind],
                    r.step[keep[i]].after_ms / SECOND_MS);
}

static uint64_t
from_env(const char *name, uint64_t otherwise)
{
    return getenv(name) != NULL ? strtoull(getenv(name), NULL, 10) : otherwise;
}

static size_t
first_steps(size_t *keep, size_t n)
{
    for (size_t i = 0; i < n; i++)
        keep[i] = i;
    return n;
}

static size_t
steps_of_text(const char *text, size_t *keep)
{
    struct str rest = str_of(text);
    size_t n = 0;

    while (rest.n > 0 && n < STEPS_A_BOOK) {
        struct str one;
        int64_t at;

        if (!str_until(&rest, ',', &one)) {
            one = rest;
            rest.n = 0;
        }
        if (!str_int(one, &at, 0, STEPS_A_BOOK - 1))
            fail_msg("OPS: numbers of steps, by comma");
        keep[n++] = (size_t)at;
    }
    return n;
}

/* ---------------------------------------------------------------- tests */

static void
the_book_does_what_the_terms_say(void **state)
{
    uint64_t seed = from_env("SEED", 1);
    size_t books = (size_t)(from_env("STEPS", 3000) + STEPS_A_BOOK - 1) / STEPS_A_BOOK;
    size_t keep[STEPS_A_BOOK], n = STEPS_A_BOOK;

    (void)state;
    r.is_wrong = false;
    for (size_t i = 0; i < (getenv("OPS") != NULL ? 1 : books); i++) {
        make_steps(seed + i);
        n = getenv("OPS") != NULL ? steps_of_text(getenv("OPS"), keep)
                                  : first_steps(keep, STEPS_A_BOOK);
        if (fails(&n, keep, n)) {
            n = make_short(keep, n);
            tell(keep, n);
            fail_msg("in %zu steps of seed %" PRIu64, n, r.seed);
        }
    }
    for (int kind = 0; kind < KINDS; kind++)
        print_message("%-9s  done %7" PRId64 "  refused %7" PRId64 "\n", names[kind], done[kind],
                      refused[kind]);
    print_message("%zu books of %d steps from seed %" PRIu64 "\n", books, STEPS_A_BOOK, seed);
    for (int kind = 0; kind < WAIT && getenv("OPS") == NULL; kind++)
        CHECK_THAT(done[kind] - refused[kind] > 3);
}

/* If what ends last went first, it would be found out, and told in a few steps. */
static void
wrong_terms_are_found_out_in_few_steps(void **state)
{
    size_t keep[STEPS_A_BOOK], n = STEPS_A_BOOK, few;

    (void)state;
    make_steps(1);
    r.is_wrong = true;
    first_steps(keep, n);
    CHECK_THAT(fails(&n, keep, n));
    few = make_short(keep, n);
    print_message("%zu of %zu steps are left: %s\n", few, n, r.why);
    CHECK_THAT(few >= 3 && few <= 8); /* two grants, and something that uses one of them */
    CHECK_THAT(fails(NULL, keep, few));
    r.is_wrong = false;
    CHECK_THAT(!fails(NULL, keep, few));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_book_does_what_the_terms_say),
                                       TEST(wrong_terms_are_found_out_in_few_steps)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
