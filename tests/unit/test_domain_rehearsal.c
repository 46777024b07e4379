/*
 * A rehearsal says what happens: held against the real ledger, on a thousand random visits of
 * stamps and of points, with rules of every sort.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/book.h"
#include "tests/support/check.h"
#include "tests/support/random.h"

#include "base/clock.h"
#include "domain/lapse.h"
#include "domain/plan_draft.h"
#include "domain/plan_publish.h"
#include "domain/refund.h"
#include "domain/rehearsal.h"

#define CARDS 12
#define VISITS 200

/* What the till was asked for. */
struct visit {
    int card;
    int64_t at_ms; /* when the code was read */
    int64_t units;
    bool is_reversed;
};

static struct book b;
static struct arena *a;
static struct card card[CARDS];
static struct visit visits[VISITS];
static size_t visits_n;
static struct rehearsal rehearsal; /* too large for the stack */

static int
set_up(void **state)
{
    check_forget_row(state);
    a = arena_new(4 * MIB);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---------------------------------------------------------------- a book and its visits */

static void
publish(int64_t plan_id, const char *rules)
{
    struct plan_draft draft = {.plan_id = plan_id, .name = "A", .rules = str_of(rules)};
    struct publish in = {.plan_id = plan_id, .accepted = ~0U, .now_ms = b.now_ms};
    int64_t version;
    struct err e;

    CHECK_OK(plan_draft_save(b.db, a, &draft, 0, b.now_ms, &in.draft_id, &e), e);
    CHECK_OK(plan_publish(b.db, a, &in, &version, &e), e);
}

static void
open_book(int64_t plan_id, const char *rules)
{
    book_open(&b);
    publish(plan_id, rules);
    for (int i = 0; i < CARDS; i++)
        card[i] = book_card(&b, plan_id);
}

/* False: it was refused. */
static bool
visit(const struct visit *in, int64_t *seq_out)
{
    struct grant grant;
    struct grant_result out;
    struct refusal refusal;
    struct err e;

    b.now_ms = in->at_ms - CODE_STEP_MS; /* a scan goes on by as much */
    grant = book_grant_of(&b, book_scan(&b, &card[in->card]), &card[in->card], in->units);
    CHECK_OK(ledger_grant(b.db, &grant, &out, &refusal, &e), e);
    *seq_out = out.seq;
    return refusal.kind == REFUSAL_NONE;
}

/* What the till is asked for at random; what it grants is kept in `visits`. */
static void
visit_at_random(bool is_points, bool has_reversals)
{
    int64_t now_ms = b.now_ms;
    DB_TX tx = {0}; /* one wait for the disk, not one for each visit */
    struct err e;

    CHECK_OK(db_begin(b.db, &tx, &e), e);
    visits_n = 0;
    while (visits_n < VISITS) {
        struct visit *one = &visits[visits_n];
        int64_t seq;

        now_ms +=
            CODE_STEP_MS + random_below(random_below(20) == 0 ? 40 * 24 * 60 : 90) * MINUTE_MS;
        *one = (struct visit){.card = (int)random_below(CARDS),
                              .at_ms = now_ms,
                              .units = is_points ? 1 + random_below(9000) : 1 + random_below(3)};
        if (!visit(one, &seq))
            continue;
        visits_n++;
        if (has_reversals && random_below(15) == 0) {
            struct reversal in = book_reversal_of(&b, seq, BOOK_MANAGER);
            struct reversal_result out;
            struct refusal refusal;

            CHECK_OK(ledger_reverse(b.db, &in, &out, &refusal, &e), e);
            one->is_reversed = refusal.kind == REFUSAL_NONE;
        }
    }
    CHECK_OK(db_commit(&tx, &e), e);
}

/* The same visits, as the rules of this book have them. */
static void
visit_again(int64_t *granted, int64_t *refused)
{
    DB_TX tx = {0};
    int64_t seq;
    struct err e;

    CHECK_OK(db_begin(b.db, &tx, &e), e);
    for (size_t v = 0; v < visits_n; v++)
        if (visit(&visits[v], &seq))
            (*granted)++;
        else
            (*refused)++;
    CHECK_OK(db_commit(&tx, &e), e);
}

static void
lapse_all(void)
{
    bool is_done = false;
    struct err e;

    while (!is_done)
        CHECK_OK(lapse_run(b.db, b.now_ms, 5, &is_done, &e), e);
}

/* ---------------------------------------------------------------- rehearsing */

static void
rehearse(int64_t plan_id, const char *draft, int64_t at_once)
{
    struct plan_rules was, is;
    struct err e;

    CHECK_OK(plan_load(b.db, plan_id, 0, &was, &e), e);
    CHECK_OK(plan_file_for(b.db, plan_id, str_of(draft), &is, &e), e);
    rehearsal_begin(&rehearsal, &was, &is, b.now_ms);
    while (!rehearsal.is_over)
        CHECK_OK(rehearsal_go_on(b.db, &rehearsal, at_once, &e), e);
    CHECK_INT(rehearsal.cards, rehearsal.same + rehearsal.gain.cards + rehearsal.loss.cards);
}

/* The first card alone: the replays are of the last one that was rehearsed. */
static void
rehearse_card(const char *draft)
{
    struct plan_rules was, is;
    struct err e;

    CHECK_OK(plan_load(b.db, BOOK_POINTS, 0, &was, &e), e);
    CHECK_OK(plan_file_for(b.db, BOOK_POINTS, str_of(draft), &is, &e), e);
    rehearsal_begin(&rehearsal, &was, &is, b.now_ms);
    CHECK_OK(rehearsal_go_on(b.db, &rehearsal, 1, &e), e);
    CHECK_INT(rehearsal.cards, 1);
}

/* What the book says, of visits that were not reversed. */
static void
is_what_happened(const struct replay_sums *sums, bool all_live)
{
    CHECK_INT(sums->visits,
              book_int(&b, "SELECT count(*) FROM transfer t WHERE kind = 1 AND NOT EXISTS"
                           " (SELECT 1 FROM transfer r WHERE r.reverses_seq = t.seq)"));
    CHECK_INT(sums->units,
              book_int(&b, "SELECT sum(amount) FROM transfer t WHERE kind = 1 AND NOT"
                           " EXISTS (SELECT 1 FROM transfer r WHERE r.reverses_seq = t.seq)"));
    if (!all_live) /* a reversal moves later visits down: some that were full are not */
        return;
    CHECK_INT(sums->rounds, book_int(&b, "SELECT count(*) FROM transfer WHERE kind = 2"));
    CHECK_INT(sums->vouchers, book_int(&b, "SELECT count(*) FROM voucher"));
    CHECK_INT(sums->lapsed,
              book_int(&b, "SELECT coalesce(sum(amount), 0) FROM transfer WHERE kind = 10"));
    for (int i = 0; i < CARDS; i++) {
        const struct plan_rules *rules = &rehearsal.was;
        int64_t want = 0;

        for (int r = 0; r < (int)rules->rewards_n; r++)
            want += sums->reward[r];
        CHECK_INT(want, sums->vouchers);
    }
}

#define STAMPS_FILE                                                                                \
    "\"goal\":8,\"rewards\":[{\"at\":3,\"title\":\"Cookie\",\"valid_days\":9},"                    \
    "{\"at\":8,\"title\":\"Coffee\",\"valid_days\":9}]"
#define POINTS_FILE                                                                                \
    "\"goal\":300,\"rewards\":[{\"at\":100,\"title\":\"Sticker\",\"valid_days\":9},"               \
    "{\"at\":300,\"title\":\"500 yen off\",\"valid_days\":9}]"

/* Pairs of rules: what is in force, and a draft. */
static const struct {
    int64_t plan_id;
    const char *was, *is;
} pairs[] = {
    {BOOK_STAMPS, "{}", "{" STAMPS_FILE "}"},
    {BOOK_STAMPS, "{\"cool_down_min\":0,\"per_day_max\":0}",
     "{\"cool_down_min\":60,\"per_day_max\":2}"},
    {BOOK_STAMPS, "{\"expiry\":{\"kind\":\"after\",\"days\":20}}", "{\"expiry\":null}"},
    {BOOK_STAMPS, "{\"expiry\":{\"kind\":\"last_use\",\"days\":15}}",
     "{\"expiry\":{\"kind\":\"after\",\"days\":20}," STAMPS_FILE "}"},
    {BOOK_STAMPS, "{\"expiry\":{\"kind\":\"first_use\",\"days\":20}}",
     "{\"expiry\":{\"kind\":\"month_end\",\"months\":1}}"},
    {BOOK_STAMPS,
     "{\"earn\":{\"visit_stamps\":2,\"factors\":[{\"percent\":200,\"weekdays\":[\"tue\"]}]}}",
     "{\"earn\":{\"factors\":[{\"percent\":300,\"from_hour\":9,\"until_hour\":15}],"
     "\"at_shop\":{\"cool_down_min\":120}}}"},
    {BOOK_POINTS,
     "{\"earn\":{\"tax_percent\":10,\"caps\":{\"member\":{\"units\":150,\"grants\":4}}}}",
     "{\"earn\":{\"caps\":{\"member\":{\"units\":60}}}}"},
    {BOOK_POINTS, "{}", "{\"yen_per_point\":150,\"rounding\":\"up\"}"},
    {BOOK_POINTS, "{\"expiry\":{\"kind\":\"month_end\",\"months\":1}}", "{" POINTS_FILE "}"},
    {BOOK_POINTS, "{\"goal\":0,\"rewards\":[]}",
     "{\"yen_per_point\":50,\"expiry\":{\"kind\":\"anniversary\"}}"},
    {BOOK_POINTS,
     "{\"earn\":{\"factors\":[{\"percent\":200,\"tier\":1}]},"
     "\"tier\":{\"by\":\"visits\",\"steps\":[{\"name\":\"Gold\",\"from\":6}]}}",
     "{\"earn\":{\"factors\":[{\"percent\":300,\"tier\":1}]}}"},
    {BOOK_STAMPS,
     "{\"tier\":{\"by\":\"visits\",\"steps\":[{\"name\":\"Silver\",\"from\":4,\"goal\":7},"
     "{\"name\":\"Gold\",\"from\":9,\"goal\":4}]}}",
     "{\"cool_down_min\":0,\"rewards\":[{\"at\":3,\"title\":\"Cookie\",\"valid_days\":9},"
     "{\"at\":10,\"title\":\"Coffee\",\"valid_days\":9}]}"},
    {BOOK_POINTS, "{\"expiry\":{\"kind\":\"fiscal_year\",\"month\":3}}",
     "{\"expiry\":{\"kind\":\"last_use\",\"months\":1}," POINTS_FILE "}"},
};

static void
the_rules_in_force_change_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        bool has_reversals = i % 2 == 1;

        CHECK_ROW(i);
        open_book(pairs[i].plan_id, pairs[i].was);
        visit_at_random(pairs[i].plan_id == BOOK_POINTS, has_reversals);
        lapse_all();
        rehearse(pairs[i].plan_id, "{}", 7);
        CHECK_INT(rehearsal.same, CARDS);
        CHECK_INT(rehearsal.doubted, 0);
        CHECK_INT(rehearsal.end_earlier + rehearsal.end_later, 0);
        CHECK_INT(memcmp(&rehearsal.sums_was, &rehearsal.sums_is, sizeof(rehearsal.sums_is)), 0);
        for (int r = 0; r < REPLAY_REFUSALS; r++)
            CHECK_INT(rehearsal.sums_was.refused[r], 0); /* the till took them all */
        is_what_happened(&rehearsal.sums_was, !has_reversals);
        book_close(&b);
    }
}

/* Another book, in which the draft was in force from the beginning, is asked for the same visits.
 */
static void
a_draft_gives_what_was_predicted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct replay_sums predicted;
        int64_t end_ms, refused = 0, granted = 0;

        CHECK_ROW(i);
        open_book(pairs[i].plan_id, pairs[i].was);
        visit_at_random(pairs[i].plan_id == BOOK_POINTS, false);
        lapse_all();
        end_ms = b.now_ms;
        rehearse(pairs[i].plan_id, pairs[i].is, 1000);
        predicted = rehearsal.sums_is;
        book_close(&b);

        open_book(pairs[i].plan_id, pairs[i].was);
        publish(pairs[i].plan_id, pairs[i].is);
        visit_again(&granted, &refused);
        b.now_ms = end_ms;
        lapse_all();
        CHECK_INT(predicted.visits, granted);
        for (int r = 0; r < REPLAY_REFUSALS; r++)
            refused -= predicted.refused[r];
        CHECK_INT(refused, 0);
        is_what_happened(&predicted, true);
        book_close(&b);
    }
}

/* ---------------------------------------------------------------- what is given back */

#define SALES 40
#define EVERY_DAY "\"weekdays\":[\"sun\",\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\"]"

/* Sales of one card, and what of them is given back, as they were asked for. */
static struct {
    int64_t at_ms, yen;
    int64_t seq;
    size_t of; /* a refund, of that sale; else SALES */
} deals[SALES];

static void
deal(size_t at, bool is_first)
{
    struct refund in = {.staff_id = BOOK_MANAGER,
                        .till_id = BOOK_UENO_TILL,
                        .shop_id = BOOK_UENO,
                        .yen = deals[at].yen};
    const struct visit sale = {.card = 0, .at_ms = deals[at].at_ms, .units = deals[at].yen};
    struct refund_result out;
    struct refusal refusal;
    struct err e;

    if (deals[at].of == SALES) {
        CHECK_THAT(visit(&sale, &deals[at].seq) || !is_first);
        return;
    }
    b.now_ms = deals[at].at_ms;
    in.grant_seq = deals[deals[at].of].seq;
    in.now_ms = b.now_ms;
    book_request_key(&b, in.request_key);
    CHECK_OK(ledger_refund(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
}

/* A third of them are parts of sales before, of at least so many yen, so that some units go. */
static void
deal_at_random(void)
{
    int64_t left[SALES] = {0}, now_ms = b.now_ms;

    for (size_t i = 0; i < SALES; i++) {
        size_t of = i > 0 ? (size_t)random_below((unsigned)i) : 0;

        now_ms += CODE_STEP_MS + random_below(24 * 60) * MINUTE_MS;
        deals[i].at_ms = now_ms;
        deals[i].of = SALES;
        if (i > 0 && random_below(3) == 0 && left[of] >= 1000) {
            deals[i].of = of;
            deals[i].yen = 400 + random_below((unsigned)(left[of] - 400));
            left[of] -= deals[i].yen;
        } else {
            left[i] = deals[i].yen = 1000 + random_below(9000);
        }
        deal(i, true);
    }
}

static void
what_is_given_back_is_replayed(void **state)
{
    static const char *const drafts[] = {
        "{\"earn\":{\"factors\":[{\"percent\":300," EVERY_DAY "}]}}",
        "{\"yen_per_point\":150}",
        "{\"earn\":{\"factors\":[{\"percent\":150,\"weekdays\":[\"tue\",\"fri\"]}]},"
        "\"expiry\":{\"kind\":\"after\",\"days\":400}}",
    };
    const char *was = "{\"goal\":0,\"rewards\":[],\"refund\":{\"short\":\"owe\"},"
                      "\"earn\":{\"factors\":[{\"percent\":200,\"weekdays\":[\"wed\"]}]}}";

    (void)state;
    for (size_t i = 0; i < COUNT(drafts); i++) {
        int64_t predicted;

        CHECK_ROW(i);
        open_book(BOOK_POINTS, was);
        deal_at_random();
        rehearse(BOOK_POINTS, "{}", 1000);
        CHECK_INT(rehearsal.doubted, 0);
        CHECK_INT(rehearsal.same, CARDS);
        rehearse_card(drafts[i]);
        CHECK_INT(rehearsal.replay_was.place.balance,
                  book_int(&b, "SELECT balance FROM card WHERE id = %lld", (long long)card[0].id));
        CHECK_INT(rehearsal.doubted, 0);
        predicted = rehearsal.replay_is.place.balance;
        book_close(&b);

        open_book(BOOK_POINTS, was);
        publish(BOOK_POINTS, drafts[i]);
        for (size_t d = 0; d < SALES; d++)
            deal(d, false);
        CHECK_INT(predicted,
                  book_int(&b, "SELECT balance FROM card WHERE id = %lld", (long long)card[0].id));
        book_close(&b);
    }
}

/* Pieces of a receipt count as they did, though nobody knows them any more. */
static void
a_receipt_need_not_be_known_where_items_stay(void **state)
{
    const struct sale_line line[] = {
        {.code = STR("1"), .category = STR("coffee"), .quantity = 2, .yen = 900},
        {.code = STR("2"), .category = STR("tea"), .quantity = 1, .yen = 350},
    };
    const struct sale sale = {.yen = 1250, .lines_n = COUNT(line), .line = line};
    struct grant_result out;
    struct refusal refusal;
    struct grant in;
    struct err e;

    (void)state;
    open_book(BOOK_POINTS, "{\"earn\":{\"items\":[{\"category\":\"coffee\",\"units_each\":5},"
                           "{\"category\":\"tea\",\"earns\":false}]}}");
    in = book_grant_of(&b, book_scan(&b, &card[0]), &card[0], sale.yen);
    in.sale = &sale;
    CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
    CHECK_INT(out.amount, 9 + 10);
    rehearse(BOOK_POINTS,
             "{\"earn\":{\"factors\":[{\"percent\":300," EVERY_DAY "}],\"items\":["
             "{\"category\":\"coffee\",\"units_each\":5},"
             "{\"category\":\"tea\",\"earns\":false}]}}",
             1000);
    CHECK_INT(rehearsal.doubted, 0);
    CHECK_INT(rehearsal.sums_was.units, 9 + 10);
    CHECK_INT(rehearsal.sums_is.units, 27 + 10);
    rehearse(BOOK_POINTS, "{\"earn\":{\"items\":[{\"category\":\"coffee\",\"units_each\":9}]}}",
             1000);
    CHECK_INT(rehearsal.doubts[REPLAY_ITEMS], 1);
    book_close(&b);
}

/* Nothing raises it, and what a visit counts is counted once. */
static void
what_was_credited_afterwards_counts_as_it_did(void **state)
{
    (void)state;
    open_book(BOOK_STAMPS, "{\"earn\":{\"visit_stamps\":2,\"factors\":[{\"percent\":300," EVERY_DAY
                           "}]},\"late\":{\"days\":7,\"cashier_max\":9}}");
    CHECK_INT(book_credit(&b, &card[0], "4711", b.now_ms - HOUR_MS).amount, 2);
    rehearse(BOOK_STAMPS, "{}", 1000);
    CHECK_INT(rehearsal.doubted, 0);
    CHECK_INT(rehearsal.sums_was.units, 2);
    book_close(&b);
}

/* ---------------------------------------------------------------- what the book does not tell */

static void
what_cannot_be_known_is_counted_by_its_reason(void **state)
{
    static const struct {
        const char *says, *draft;
        enum replay_doubt want;
    } row[] = {
        {"lines of receipts are not kept",
         "{\"earn\":{\"items\":[{\"category\":\"coffee\",\"units_each\":5}]}}", REPLAY_ITEMS},
        {"one card does not tell what a cashier gave to others",
         "{\"earn\":{\"caps\":{\"staff\":{\"units\":1000}}}}", REPLAY_CAPS},
        {"nor what a till did", "{\"earn\":{\"caps\":{\"till\":{\"grants\":9}}}}", REPLAY_CAPS},
        {"nobody had a tier that is only in the draft",
         "{\"earn\":{\"factors\":[{\"percent\":300,\"tier\":1}]},"
         "\"tier\":{\"by\":\"yen\",\"steps\":[{\"name\":\"Gold\",\"from\":50000}]}}",
         REPLAY_TIERS},
    };

    (void)state;
    open_book(BOOK_POINTS, "{}");
    visit_at_random(true, false);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        rehearse(BOOK_POINTS, row[i].draft, 1000);
        for (int d = 0; d < REPLAY_DOUBTS; d++)
            CHECK_INT(rehearsal.doubts[d], d == (int)row[i].want ? VISITS : 0);
        CHECK_INT(rehearsal.doubted, VISITS);
    }
    book_close(&b);
}

/* ---------------------------------------------------------------- who gains, and who loses */

static struct replay one, other;

static int64_t
weigh(const struct plan_rules *was, int64_t vouchers_was, int64_t balance_was,
      const struct plan_rules *is, int64_t vouchers_is, int64_t balance_is)
{
    int64_t weight;

    replay_begin(&one, was, 0);
    replay_begin(&other, is, 0);
    one.sums.vouchers = vouchers_was;
    one.place.balance = balance_was;
    other.sums.vouchers = vouchers_is;
    other.place.balance = balance_is;
    weight = outcome_weight(&one, &other);
    return weight > 0 ? 1 : weight < 0 ? -1 : 0;
}

static void
better_is_more_rewards_then_a_fuller_card(void **state)
{
    static const struct {
        int64_t goal_was, vouchers_was, balance_was, goal_is, vouchers_is, balance_is;
        int want;
    } row[] = {
        {10, 1, 3, 10, 1, 3, 0},
        {10, 1, 3, 10, 1, 4, +1},
        {10, 1, 9, 10, 2, 0, +1}, /* a reward in hand is more than one nearly reached */
        {10, 1, 0, 10, 0, 9, -1},
        {10, 0, 5, 8, 0, 5, +1},
        {10, 0, 5, 12, 0, 5, -1},
        {500, 1, 100, 250, 1, 50, 0}, /* half the points for half the goal */
        {1000000, 0, 1, 999999, 0, 1, +1},
        {0, 0, 100, 0, 0, 90, -1},
        {0, 0, 100, 500, 1, 0, +1},
        {500, 1, 0, 0, 0, 500, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct plan_rules was = {.goal = row[i].goal_was}, is = {.goal = row[i].goal_is};

        CHECK_ROW(i);
        CHECK_INT(weigh(&was, row[i].vouchers_was, row[i].balance_was, &is, row[i].vouchers_is,
                        row[i].balance_is),
                  row[i].want);
    }
}

static void
the_largest_are_told_first_and_no_more_than_ten(void **state)
{
    (void)state;
    book_open(&b);
    for (int i = 0; i < 15; i++) {
        struct card some = book_card(&b, BOOK_POINTS);

        book_grant(&b, &some, 100 * (1 + (i * 7) % 15));
    }
    rehearse(BOOK_POINTS, "{\"yen_per_point\":50}", 1000);
    CHECK_INT(rehearsal.gain.cards, 15);
    CHECK_INT(rehearsal.gain.n, REHEARSAL_TOP);
    for (size_t i = 0; i < rehearsal.gain.n; i++) {
        CHECK_INT(rehearsal.gain.top[i].units_was, 15 - (int)i);
        CHECK_INT(rehearsal.gain.top[i].units_is, 2 * (15 - (int)i));
    }
    rehearse(BOOK_POINTS, "{\"yen_per_point\":1000}", 1000);
    CHECK_INT(rehearsal.loss.cards, 15);
    CHECK_INT(rehearsal.loss.top[0].units_was, 15);
    CHECK_INT(rehearsal.sums_is.refused[REPLAY_TOO_LITTLE], 9);
    book_close(&b);
}

static void
cards_that_fill_at_once_are_counted(void **state)
{
    (void)state;
    book_open(&b);
    for (int i = 1; i <= 3; i++) {
        struct card some = book_card(&b, BOOK_STAMPS);

        book_grant(&b, &some, i);
    }
    rehearse(BOOK_STAMPS,
             "{\"goal\":2,\"rewards\":[{\"at\":1,\"title\":\"Cookie\",\"valid_days\":9},"
             "{\"at\":2,\"title\":\"Coffee\",\"valid_days\":9}]}",
             1000);
    CHECK_INT(rehearsal.fill_at_once, 2);
    CHECK_INT(rehearsal.under_way, 1);
    CHECK_INT(rehearsal.gain.cards, 3);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOOK_TEST(the_rules_in_force_change_nothing),
        BOOK_TEST(a_draft_gives_what_was_predicted),
        BOOK_TEST(what_is_given_back_is_replayed),
        BOOK_TEST(a_receipt_need_not_be_known_where_items_stay),
        BOOK_TEST(what_was_credited_afterwards_counts_as_it_did),
        BOOK_TEST(what_cannot_be_known_is_counted_by_its_reason),
        BOOK_TEST(better_is_more_rewards_then_a_fuller_card),
        BOOK_TEST(the_largest_are_told_first_and_no_more_than_ten),
        BOOK_TEST(cards_that_fill_at_once_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
