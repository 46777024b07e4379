/*
 * Gifts between members: each row a sentence of the programme's terms, then the book.
 */
#include "domain/gift.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/erasure.h"
#include "domain/lots.h"
#include "domain/merge.h"
#include "domain/plan_gift.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

/* ---------------------------------------------------------------- what a plan says */

static void
rules_are_read_strictly(void **state)
{
    static const struct {
        const char *json;
        const char *field; /* at fault; NULL: none */
        struct gift_rules want;
    } row[] = {
        {"{}", NULL, {0, 0, 0}},
        {"{\"day_max\":500}", NULL, {500, 1, 7}},
        {"{\"day_max\":500,\"min\":10,\"days\":3}", NULL, {500, 10, 3}},
        {"{\"day_max\":0,\"min\":10}", NULL, {0, 0, 0}},
        {"{\"day_max\":-1}", "day_max", {0, 0, 0}},
        {"{\"day_max\":1000001}", "day_max", {0, 0, 0}},
        {"{\"day_max\":5,\"min\":6}", "gift.min", {0, 0, 0}},
        {"{\"day_max\":5,\"min\":0}", "min", {0, 0, 0}},
        {"{\"day_max\":5,\"days\":31}", "days", {0, 0, 0}},
        {"{\"day_max\":5,\"days\":0}", "days", {0, 0, 0}},
        {"{\"day_max\":5,\"max\":1}", "max", {0, 0, 0}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        json_auto_t *in = json_loads(row[i].json, 0, NULL);
        json_auto_t *plan = json_object();
        struct gift_rules rules = {.day_max = 77};
        struct err e = {0};

        CHECK_ROW(i);
        if (row[i].field != NULL) {
            CHECK_INT(gift_read(in, &rules, &e), ERR_INPUT);
            CHECK_TEXT(e.field, row[i].field);
            CHECK_INT(rules.day_max, 77);
            continue;
        }
        CHECK_OK(gift_read(in, &rules, &e), e);
        CHECK_THAT(gift_write(&rules, plan)); /* and written, it says the same */
        CHECK_INT(json_object_size(plan), row[i].want.day_max > 0);
        if (row[i].want.day_max > 0)
            CHECK_OK(gift_read(json_object_get(plan, "gift"), &rules, &e), e);
        CHECK_INT(rules.day_max, row[i].want.day_max);
        CHECK_INT(rules.min, row[i].want.min);
        CHECK_INT(rules.days, row[i].want.days);
    }
}

/* ---------------------------------------------------------------- may it be given, and taken */

#define NOW BOOK_NOW_MS
#define GIVER                                                                                      \
    {                                                                                              \
        true, false                                                                                \
    }

static const struct plan_rules terms = {
    .unit = UNIT_POINT,
    .utc_offset_min = 9 * 60,
    .day_cut_hour = 4,
    .gift = {.day_max = 500, .min = 10, .days = 7},
};

static void
units_are_given_within_the_terms(void **state)
{
    static const struct {
        const char *says;
        struct gift_giving is;
        enum refusal_kind want;
    } row[] = {
        {"100 of 300 points can be given", {GIVER, 100, 300, 0, 0}, REFUSAL_NONE},
        {"all of them, too", {GIVER, 300, 300, 0, 0}, REFUSAL_NONE},
        {"not more than there are", {GIVER, 301, 300, 0, 0}, REFUSAL_BALANCE_TOO_LOW},
        {"ten is the least", {GIVER, 10, 300, 0, 0}, REFUSAL_NONE},
        {"nine is less", {GIVER, 9, 300, 0, 0}, REFUSAL_GIFT_SMALL},
        {"500 a day", {GIVER, 100, 300, 400, 0}, REFUSAL_NONE},
        {"and no more", {GIVER, 101, 300, 400, 0}, REFUSAL_DAY_FULL},
        {"nine are open: one more", {GIVER, 100, 300, 0, 9}, REFUSAL_NONE},
        {"ten are open: no more", {GIVER, 100, 300, 0, 10}, REFUSAL_GIFT_OPEN_FULL},
        {"a blocked card gives nothing", {{false, false}, 100, 300, 0, 0}, REFUSAL_CARD_BLOCKED},
        {"nor does one nobody has signed in for", {{true, true}, 100, 300, 0, 0}, REFUSAL_GUEST},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct refusal got = gift_may_give(&terms, &row[i].is, NOW);

        CHECK_ROW(i);
        if (got.kind != row[i].want)
            print_error("%s\n", row[i].says);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(got.again_ms, got.kind == REFUSAL_DAY_FULL ? NOW + 18 * HOUR_MS : 0);
        CHECK_INT(got.missing, got.kind == REFUSAL_BALANCE_TOO_LOW ? 1 : 0);
        CHECK_INT(got.least, got.kind == REFUSAL_GIFT_SMALL ? 10 : 0);
    }
}

static void
a_plan_may_have_no_gifts(void **state)
{
    const struct plan_rules none = {.unit = UNIT_POINT};
    const struct gift_giving is = {{true, false}, 1, 1, 0, 0};

    (void)state;
    CHECK_INT(gift_may_give(&none, &is, NOW).kind, REFUSAL_GIFT_OFF);
}

static void
a_gift_ends_in_a_week_or_with_the_first_of_its_units(void **state)
{
    (void)state;
    CHECK_INT(gift_until(&terms, 0, NOW), NOW + 7 * DAY_MS);
    CHECK_INT(gift_until(&terms, NOW + 7 * DAY_MS + 1, NOW), NOW + 7 * DAY_MS);
    CHECK_INT(gift_until(&terms, NOW + DAY_MS, NOW), NOW + DAY_MS);
}

static void
a_gift_is_taken_once_in_time_and_by_another(void **state)
{
    static const struct {
        const char *says;
        struct gift_taking is;
        enum refusal_kind want;
        int64_t at_ms;
    } row[] = {
        {"until the end it can be taken",
         {GIFT_OPEN, NOW + 1, 0, GIVER, GIVER, false},
         REFUSAL_NONE,
         0},
        {"not at the end", {GIFT_OPEN, NOW, 0, GIVER, GIVER, false}, REFUSAL_GIFT_OVER, NOW},
        {"somebody was faster",
         {GIFT_ACCEPTED, NOW + 1, 5, GIVER, GIVER, false},
         REFUSAL_GIFT_TAKEN,
         5},
        {"it was taken back",
         {GIFT_RETURNED, NOW + 1, 5, GIVER, GIVER, false},
         REFUSAL_GIFT_OVER,
         5},
        {"nobody gives to themselves",
         {GIFT_OPEN, NOW + 1, 0, GIVER, GIVER, true},
         REFUSAL_GIFT_OWN,
         0},
        {"who has not signed in takes nothing",
         {GIFT_OPEN, NOW + 1, 0, GIVER, {true, true}, false},
         REFUSAL_GUEST,
         0},
        {"nor does a blocked card",
         {GIFT_OPEN, NOW + 1, 0, GIVER, {false, false}, false},
         REFUSAL_CARD_BLOCKED,
         0},
        {"and nothing is taken from one",
         {GIFT_OPEN, NOW + 1, 0, {false, false}, GIVER, false},
         REFUSAL_GIFT_STOPPED,
         0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct refusal got = gift_may_take(&row[i].is, NOW);

        CHECK_ROW(i);
        if (got.kind != row[i].want)
            print_error("%s\n", row[i].says);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(got.at_ms, row[i].at_ms);
    }
}

/* ---------------------------------------------------------------- the book */

static struct book b;
static struct card giver, taker, third;
static struct arena *arena;

static void
change_plan(int64_t plan_id, void (*change)(struct plan_rules *rules))
{
    struct plan_rules rules;
    int64_t version;
    struct err e;

    CHECK_OK(plan_load(b.db, plan_id, 0, &rules, &e), e);
    change(&rules);
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
}

static void
allow_gifts(struct plan_rules *rules)
{
    rules->reward[0] = rules->reward[rules->rewards_n - 1];
    rules->rewards_n = 1;
    rules->gift = (struct gift_rules){.day_max = 400, .min = 10, .days = 7};
}

/* The giver has 300 points; a grant is 100 yen a point. */
static int
begin(void **state)
{
    (void)state;
    book_open(&b);
    arena = arena_new(MIB);
    change_plan(BOOK_POINTS, allow_gifts);
    giver = book_card(&b, BOOK_POINTS);
    taker = book_card(&b, BOOK_POINTS);
    third = book_card(&b, BOOK_POINTS);
    book_grant(&b, &giver, 30000);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    book_close(&b);
    arena_free(arena);
    return 0;
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, end)

static int64_t
balance(const struct card *card)
{
    return book_int(&b, "SELECT balance FROM card WHERE id = %lld", (long long)card->id);
}

static const char *
try_give(const struct card *card, int64_t amount, const char *nickname, struct gift *out)
{
    struct gift_new in = {.member_id = card->member_id,
                          .plan_id = card->plan_id,
                          .amount = amount,
                          .nickname = str_of(nickname),
                          .now_ms = b.now_ms};
    struct refusal refusal;
    struct card after;
    struct err e;

    book_request_key(&b, in.request_key);
    CHECK_OK(gift_make(b.db, &in, out, &after, &refusal, &e), e);
    if (refusal.kind == REFUSAL_NONE)
        CHECK_INT(after.balance, balance(card));
    return refusal_word(refusal.kind);
}

static struct gift
give(const struct card *card, int64_t amount)
{
    struct gift gift;

    CHECK_TEXT(try_give(card, amount, "", &gift), "none");
    return gift;
}

/* What the giver passes on. */
static struct str
token_of(const struct gift *gift)
{
    struct gift_line line[GIFTS_LISTED_MAX];
    struct err e;
    size_t n;

    CHECK_OK(gifts_of_member(b.db, gift->member_id, line, GIFTS_LISTED_MAX, &n, &e), e);
    for (size_t i = 0; i < n; i++)
        if (line[i].gift.id == gift->id)
            return str_of(arena_format(arena, "%s", line[i].token));
    fail_msg("no such gift");
    return (struct str){0};
}

static const char *
take(struct str token, const struct card *card)
{
    struct gift_take in = {.token = token, .member_id = card->member_id, .now_ms = b.now_ms};
    struct gift_taken out;
    struct refusal refusal;
    struct err e;

    book_request_key(&b, in.request_key);
    CHECK_OK(gift_accept(b.db, &in, &out, &refusal, &e), e);
    return refusal_word(refusal.kind);
}

static const char *
take_back(const struct gift *gift)
{
    uint8_t key[REQUEST_KEY_SIZE];
    struct refusal refusal;
    struct card card;
    struct err e;

    book_request_key(&b, key);
    CHECK_OK(gift_take_back(b.db, gift->id, gift->member_id, key, b.now_ms, &card, &refusal, &e),
             e);
    return refusal_word(refusal.kind);
}

static void
a_gift_goes_over_once(void **state)
{
    struct gift gift = give(&giver, 100);
    char token[GIFT_TOKEN_SIZE];

    (void)state;
    CHECK_TEXT(try_give(&giver, 201, "", &(struct gift){0}), "balance_too_low");
    CHECK_INT(balance(&giver), 200);
    CHECK_INT(gift.until_ms, b.now_ms + 7 * DAY_MS);
    str_copy(token_of(&gift), token, sizeof(token));
    CHECK_INT(strlen(token), GIFT_TOKEN_SIZE - 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM gift WHERE instr(token, '%s')", token), 0);
    CHECK_TEXT(take(str_of(token), &giver), "gift_own");
    CHECK_TEXT(take(str_of(token), &taker), "none");
    CHECK_INT(balance(&taker), 100);
    CHECK_TEXT(take(str_of(token), &third), "gift_taken");
    CHECK_TEXT(take(str_of(token), &taker), "gift_taken");
    CHECK_TEXT(take_back(&gift), "gift_taken");
    CHECK_INT(token_of(&gift).n, 0);
    CHECK_INT(balance(&third), 0);
    CHECK_INT(book_int(&b, "SELECT member_id FROM notice WHERE kind = 'gift_taken'"),
              giver.member_id);
    CHECK_INT(book_int(&b, "SELECT group_concat(act) = 'gift.made,gift.taken' FROM audit"
                           " WHERE act LIKE 'gift.%%'"),
              1);
}

static void
what_is_taken_back_or_runs_out_returns(void **state)
{
    struct gift first = give(&giver, 100), second = give(&giver, 50);
    struct str token = token_of(&first);
    int64_t n;
    struct err e;

    (void)state;
    CHECK_TEXT(take_back(&first), "none");
    CHECK_INT(balance(&giver), 250);
    CHECK_TEXT(take_back(&first), "gift_over");
    CHECK_TEXT(take(token, &taker), "gift_over");
    token = token_of(&second);
    b.now_ms = second.until_ms - 1;
    CHECK_OK(gift_expire_due(b.db, b.now_ms, 10, &n, &e), e);
    CHECK_INT(n, 0);
    b.now_ms++;
    CHECK_TEXT(take(token, &taker), "gift_over"); /* though nobody has swept yet */
    CHECK_OK(gift_expire_due(b.db, b.now_ms, 10, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_OK(gift_expire_due(b.db, b.now_ms, 10, &n, &e), e);
    CHECK_INT(n, 0);
    CHECK_INT(balance(&giver), 300);
    CHECK_TEXT(take(token, &taker), "gift_over");
    CHECK_INT(book_int(&b,
                       "SELECT count(*) FROM notice WHERE kind = 'gift_back' AND member_id ="
                       " %lld",
                       (long long)giver.member_id),
              1); /* of what ran out: what the giver did, the giver knows */
}

static void
the_day_has_its_limit_and_what_came_back_does_not_count(void **state)
{
    struct gift gift;

    (void)state;
    book_grant(&b, &giver, 19000); /* 490 */
    gift = give(&giver, 250);
    CHECK_TEXT(try_give(&giver, 160, "", &gift), "day_full");
    CHECK_TEXT(try_give(&giver, 150, "", &gift), "none");
    CHECK_TEXT(take_back(&gift), "none");
    CHECK_TEXT(try_give(&giver, 150, "", &gift), "none");
    b.now_ms += DAY_MS;
    CHECK_TEXT(try_give(&giver, 90, "", &gift), "none");
}

static void
units_that_wait_cannot_be_given(struct plan_rules *rules)
{
    rules->goal = 0;
    rules->rewards_n = 0;
    rules->expiry = (struct expiry_rules){.kind = EXPIRY_AFTER, .days = 10, .pending_days = 2};
}

static void
units_keep_their_end_and_only_usable_ones_are_given(void **state)
{
    struct coming_end coming[4];
    struct gift gift;
    int64_t grant_ms;
    size_t n;
    struct err e;

    (void)state;
    change_plan(BOOK_POINTS, units_that_wait_cannot_be_given);
    book_grant(&b, &giver, 5000);
    grant_ms = b.now_ms;
    CHECK_TEXT(try_give(&giver, 301, "", &gift), "balance_too_low"); /* 50 of 350 wait */
    b.now_ms += 5 * DAY_MS;
    gift = give(&giver, 40);
    CHECK_THAT(gift.until_ms < b.now_ms + 7 * DAY_MS); /* it ends with its units */
    CHECK_INT(gift.until_ms,
              business_day(&(struct plan_rules){.utc_offset_min = 540}, grant_ms).end_ms +
                  10 * DAY_MS);
    CHECK_TEXT(take(token_of(&gift), &taker), "none");
    CHECK_OK(lots_coming(b.db, taker.id, b.now_ms, coming, COUNT(coming), &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_INT(coming[0].amount, 40);
    CHECK_INT(coming[0].expires_ms, gift.until_ms);
    CHECK_TEXT(try_give(&giver, 20, "", &gift), "none"); /* 10 that end, 10 that do not */
    CHECK_TEXT(take_back(&gift), "none");
    CHECK_OK(lots_coming(b.db, giver.id, b.now_ms, coming, COUNT(coming), &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_INT(coming[0].amount, 10);
}

/* Nobody makes points live longer by giving them to nobody. */
static void
what_ends_on_its_way_has_ended(void **state)
{
    struct gift gift;
    int64_t n;
    struct err e;

    (void)state;
    change_plan(BOOK_POINTS, units_that_wait_cannot_be_given);
    book_grant(&b, &giver, 5000);
    b.now_ms += 9 * DAY_MS;
    gift = give(&giver, 50);
    CHECK_INT(gift.until_ms - b.now_ms < 3 * DAY_MS, 1);
    b.now_ms = gift.until_ms + HOUR_MS;
    CHECK_OK(gift_expire_due(b.db, b.now_ms, 10, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_INT(balance(&giver), 300);
    CHECK_INT(book_int(&b, "SELECT amount FROM transfer WHERE kind = 10"), 50);
    CHECK_INT(book_int(&b, "SELECT ends_ms IS NULL FROM card WHERE id = %lld", (long long)giver.id),
              1);
}

static void
a_gift_that_fills_a_card_is_spent_for_its_reward(void **state)
{
    struct gift gift;

    (void)state;
    book_grant(&b, &taker, 45000);
    gift = give(&giver, 100);
    CHECK_TEXT(take(token_of(&gift), &taker), "none");
    CHECK_INT(balance(&taker), 50);
    CHECK_INT(book_int(&b,
                       "SELECT count(*) FROM voucher WHERE card_id = %lld AND cause_seq ="
                       " (SELECT in_seq FROM gift)",
                       (long long)taker.id),
              1);
}

/* The same units would reach it on one card after the other. */
static void
a_plan_with_rewards_on_the_way_has_no_gifts(void **state)
{
    struct plan_rules rules;
    int64_t version;
    struct err e;

    (void)state;
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    rules.gift.day_max = 3;
    CHECK_FAILS(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e, ERR_INPUT,
                "plan_invalid");
    CHECK_TEXT(e.field, "gift");
}

static void
nobody_learns_who_the_other_is(void **state)
{
    struct gift gift;
    struct gift_seen seen;
    struct err e;

    (void)state;
    CHECK_TEXT(try_give(&giver, 10, " Your neighbour ", &gift), "none");
    CHECK_OK(gift_see(b.db, token_of(&gift), 0, b.now_ms, arena, &seen, &e), e);
    CHECK_STR(seen.nickname, "Your neighbour");
    CHECK_INT(seen.gift.amount, 10);
    CHECK_INT(seen.refusal.kind, REFUSAL_NONE);
    CHECK_OK(gift_see(b.db, token_of(&gift), giver.member_id, b.now_ms, arena, &seen, &e), e);
    CHECK_INT(seen.refusal.kind, REFUSAL_GIFT_OWN);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM gift WHERE nickname IS NOT NULL"
                           " AND NOT instr(nickname, 'neighbour')"),
              1);
    CHECK_TEXT(take(token_of(&gift), &taker), "none");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM gift WHERE nickname IS NOT NULL"), 0);
}

static void
what_is_not_there_is_unknown(void **state)
{
    const uint8_t key[REQUEST_KEY_SIZE] = {0};
    struct gift gift = give(&giver, 10);
    struct gift_take in = {.token = STR("AAAAAAAAAAAAAAAAAAAAAA"), .member_id = taker.member_id};
    struct gift_new bad = {.member_id = giver.member_id,
                           .plan_id = BOOK_POINTS,
                           .amount = 10,
                           .nickname = STR("more than twenty letters"),
                           .now_ms = b.now_ms};
    struct gift_taken out;
    struct refusal refusal;
    struct card card;
    struct err e;

    (void)state;
    in.now_ms = b.now_ms;
    CHECK_FAILS(gift_accept(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND, "gift_unknown");
    CHECK_FAILS(gift_take_back(b.db, gift.id, taker.member_id, key, b.now_ms, &card, &refusal, &e),
                e, ERR_NOT_FOUND, "gift_unknown");
    CHECK_FAILS(gift_take_back(b.db, 99, giver.member_id, key, b.now_ms, &card, &refusal, &e), e,
                ERR_NOT_FOUND, "gift_unknown");
    CHECK_FAILS(gift_make(b.db, &bad, &gift, &card, &refusal, &e), e, ERR_INPUT, "text_too_long");
    bad.nickname = STR("");
    bad.plan_id = BOOK_STAMPS;
    CHECK_FAILS(gift_make(b.db, &bad, &gift, &card, &refusal, &e), e, ERR_NOT_FOUND,
                "card_unknown");
}

static void
a_blocked_card_neither_gives_nor_takes(void **state)
{
    struct gift gift = give(&giver, 100);
    struct str token = token_of(&gift);
    const struct by by = {.now_ms = b.now_ms};
    struct err e;

    (void)state;
    CHECK_OK(card_block(b.db, giver.id, &by, &e), e);
    CHECK_TEXT(take(token, &taker), "gift_stopped");
    CHECK_TEXT(try_give(&giver, 10, "", &gift), "card_blocked");
    CHECK_OK(card_unblock(b.db, giver.id, &by, &e), e);
    CHECK_OK(card_block(b.db, taker.id, &by, &e), e);
    CHECK_TEXT(take(token, &taker), "card_blocked");
    book_exec(&b, "UPDATE member SET is_guest = 1 WHERE id = %lld", (long long)third.member_id);
    CHECK_TEXT(take(token, &third), "guest");
}

static void
who_leaves_takes_open_gifts_along(void **state)
{
    struct gift gift = give(&giver, 100), taken = give(&giver, 50);
    struct str token = token_of(&gift);
    struct erased erased;
    struct err e;

    (void)state;
    CHECK_TEXT(take(token_of(&taken), &taker), "none");
    CHECK_OK(erase_member(b.db, giver.member_id, ERASURE_LEFT, b.now_ms, &erased, &e), e);
    CHECK_INT(erased.units, 250); /* what was open counts as theirs; what was taken does not */
    CHECK_TEXT(take(token, &taker), "gift_over");
    CHECK_INT(balance(&taker), 50);
}

static void
who_is_merged_takes_open_gifts_along(void **state)
{
    struct merge_new in = {.from_id = giver.member_id,
                           .into_id = third.member_id,
                           .kind = MERGE_BY_STAFF,
                           .staff_id = BOOK_MANAGER,
                           .reason = STR("one person"),
                           .days = 30,
                           .now_ms = b.now_ms};
    struct gift gift = give(&giver, 100);
    struct str token = token_of(&gift);
    struct merge_result out;
    struct err e;

    (void)state;
    book_request_key(&b, in.request_key);
    CHECK_OK(member_merge(b.db, &in, &out, &e), e);
    CHECK_INT(balance(&third), 300);
    CHECK_TEXT(take(token, &taker), "gift_over");
}

static void
a_taker_without_the_card_gets_one(void **state)
{
    struct card stamps = book_card(&b, BOOK_STAMPS);
    struct gift gift = give(&giver, 100);

    (void)state;
    CHECK_TEXT(take(token_of(&gift), &stamps), "none");
    CHECK_INT(book_int(&b, "SELECT balance FROM card WHERE member_id = %lld AND plan_id = 2",
                       (long long)stamps.member_id),
              100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rules_are_read_strictly),
        TEST(units_are_given_within_the_terms),
        TEST(a_plan_may_have_no_gifts),
        TEST(a_gift_ends_in_a_week_or_with_the_first_of_its_units),
        TEST(a_gift_is_taken_once_in_time_and_by_another),
        STORY(a_gift_goes_over_once),
        STORY(what_is_taken_back_or_runs_out_returns),
        STORY(the_day_has_its_limit_and_what_came_back_does_not_count),
        STORY(units_keep_their_end_and_only_usable_ones_are_given),
        STORY(what_ends_on_its_way_has_ended),
        STORY(a_gift_that_fills_a_card_is_spent_for_its_reward),
        STORY(a_plan_with_rewards_on_the_way_has_no_gifts),
        STORY(nobody_learns_who_the_other_is),
        STORY(what_is_not_there_is_unknown),
        STORY(a_blocked_card_neither_gives_nor_takes),
        STORY(who_leaves_takes_open_gifts_along),
        STORY(who_is_merged_takes_open_gifts_along),
        STORY(a_taker_without_the_card_gets_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
