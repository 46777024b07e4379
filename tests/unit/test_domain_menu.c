/* Rich menus in the book: keys, steps, periods, whose menu is due, links and taps. */
#include <stdio.h>
#include <string.h>

#include "domain/member.h"
#include "domain/menu_work.h"
#include "domain/tier.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define MAX 100
#define HOUR (INT64_C(3600) * 1000)
#define DAY (24 * HOUR)

/* ---------------------------------------------------------------- keys */

static void
a_key_says_all_that_tells_menus_apart(void **state)
{
    static const struct {
        struct menu_facts facts;
        const char *key;
    } row[] = {
        {{.is_guest = true, .language = LANGUAGE_ZH_HANT}, "guest.zh-Hant"},
        {{.is_guest = true, .language = LANGUAGE_EN, .period_id = 3}, "guest.en.c3"},
        {{.language = LANGUAGE_JA, .plan_id = 1, .count = 7}, "member.ja.1.7"},
        {{.language = LANGUAGE_TH, .plan_id = 12, .count = MENU_COUNT_ANY}, "member.th.12.any"},
        {{.language = LANGUAGE_JA, .plan_id = 1, .count = 0, .tier = 2}, "member.ja.1.0.t2"},
        {{.language = LANGUAGE_JA, .plan_id = 1, .count = 0, .tier = 6, .period_id = 9},
         "member.ja.1.0.t6.c9"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char key[MENU_KEY_SIZE], again[MENU_KEY_SIZE];
        struct menu_facts facts;

        CHECK_ROW(i);
        menu_key(&row[i].facts, key);
        CHECK_TEXT(key, row[i].key);
        CHECK_THAT(menu_key_read(str_of(key), &facts));
        menu_key(&facts, again);
        CHECK_TEXT(again, key);
    }
}

static void
what_is_no_key_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "guest",
        "guest.",
        "guest.fr",
        "guest.ja.",
        "guest.ja.c0",
        "guest.ja.c3.c3",
        "guest.ja.t2",
        "member.ja",
        "member.ja.0.1",
        "member.ja.1.-1",
        "member.ja.1.07",
        "member.ja.1.7.",
        "member.ja.1.7.t",
        "member.ja.1.7.t0",
        "member.ja.1.7.t7",
        "member.ja.1.7.t02",
        "member.ja.1.7.t-gold",
        "member.ja.1.7.c3.t2",
        "member.ja.1.7 ",
        "Member.ja.1.7",
    };
    struct menu_facts facts;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK_ROW(i);
        CHECK_THAT(!menu_key_read(str_of(bad[i]), &facts));
    }
}

static void
the_card_stamped_last_is_the_one_shown(void **state)
{
    static const struct {
        struct menu_card cards[3];
        size_t n;
        int64_t period_id;
        const char *key;
    } row[] = {
        {{{0}}, 0, 0, "guest.en"},
        {{{0}}, 0, 4, "guest.en.c4"},
        {{{1, 0, 0, 0}, {2, 0, 0, 0}}, 2, 0, "member.en.1.0"},
        {{{1, 3, 0, 8}, {2, 40, 0, 9}, {3, 1, 0, 2}}, 3, 0, "member.en.2.40"},
        {{{1, 3, 2, 10}, {2, 40, 1, 9}}, 2, 0, "member.en.1.3.t2"}, /* of its own tier */
        {{{1, 3, 2, 8}, {2, 40, 1, 9}}, 2, 2, "member.en.2.40.t1.c2"},
        {{{1, 3, 2, 8}, {2, 40, 0, 9}}, 2, 0, "member.en.2.40"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct menu_facts facts =
            menu_choose(LANGUAGE_EN, row[i].cards, row[i].n, row[i].period_id);
        char key[MENU_KEY_SIZE];

        CHECK_ROW(i);
        menu_key(&facts, key);
        CHECK_TEXT(key, row[i].key);
    }
}

static void
counts_are_put_together_only_where_there_are_too_many(void **state)
{
    static const struct {
        int64_t goals[3];
        size_t n;
        int64_t copies, most, most_each;
        bool fits;
        int64_t steps[3];
    } row[] = {
        {{10}, 1, 4, 900, 31, true, {1}},
        {{30, 31, 500}, 3, 4, 900, 31, true, {1, 2, 20}},
        {{10, 500}, 2, 1, 900, 900, true, {1, 1}},
        {{1000000}, 1, 4, 900, 31, true, {50000}},
        {{10, 10, 10}, 3, 100, 900, 31, true, {5, 5, 5}}, /* three pictures each */
        {{1}, 1, 1, 2, 31, true, {1}},
        {{10}, 1, 10, 19, 31, false, {0}},
        {{10}, 1, 1, 900, 1, false, {0}},
        {{0}, 0, 4, 900, 31, true, {0}},
        {{0}, 1, 4, 900, 31, true, {1}}, /* no goal: 0, 1, 2, 5 ... 100,000 */
        {{0, 10}, 2, 4, 900, 5, true, {10000, 5}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t steps[3] = {0}, sum = 0;

        CHECK_ROW(i);
        CHECK_INT(
            menu_steps(row[i].goals, row[i].n, row[i].copies, row[i].most, row[i].most_each, steps),
            row[i].fits);
        for (size_t p = 0; p < row[i].n && row[i].fits; p++) {
            CHECK_INT(steps[p], row[i].steps[p]);
            CHECK_THAT(menu_pictures(row[i].goals[p], steps[p]) <= row[i].most_each);
            sum += menu_pictures(row[i].goals[p], steps[p]);
        }
        CHECK_THAT(!row[i].fits || sum * row[i].copies <= row[i].most);
    }
}

static void
every_count_has_one_picture_and_the_last_has_no_end(void **state)
{
    static const struct {
        int64_t goal, step, n, from[8];
    } row[] = {
        {10, 5, 3, {0, 5, 10}},
        {11, 5, 4, {0, 5, 10, 11}},
        {0, 10000, 5, {0, 10000, 20000, 50000, 100000}},
        {0, 100000, 2, {0, 100000}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(menu_pictures(row[i].goal, row[i].step), row[i].n);
        for (int64_t k = 0; k < row[i].n; k++)
            CHECK_INT(menu_picture_from(row[i].goal, row[i].step, k), row[i].from[k]);
    }
}

/* ---------------------------------------------------------------- periods */

static void
periods_never_overlap(void **state)
{
    struct menu_period *periods;
    struct arena *a = arena_new(64 * KIB);
    struct book b;
    struct err e;
    int64_t id, other;
    size_t n;

    (void)state;
    book_open(&b);
    CHECK_OK(menu_period_add(b.db, STR(" Winter "), b.now_ms, b.now_ms + DAY, b.now_ms, &id, &e),
             e);
    CHECK_FAILS(menu_period_add(b.db, STR("Late"), b.now_ms + DAY - 1, b.now_ms + 2 * DAY, b.now_ms,
                                &other, &e),
                e, ERR_CONFLICT, "period_overlaps");
    CHECK_FAILS(menu_period_add(b.db, STR("Back"), b.now_ms + 3 * DAY, b.now_ms + 3 * DAY, b.now_ms,
                                &other, &e),
                e, ERR_INPUT, "period_backwards");
    CHECK_FAILS(menu_period_add(b.db, STR(" "), b.now_ms + 3 * DAY, b.now_ms + 4 * DAY, b.now_ms,
                                &other, &e),
                e, ERR_INPUT, "text_empty");
    CHECK_OK(menu_period_add(b.db, STR("Next"), b.now_ms + DAY, b.now_ms + 2 * DAY, b.now_ms,
                             &other, &e),
             e);
    CHECK_OK(menu_periods(b.db, a, b.now_ms, &periods, &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_TEXT(periods[0].title, "Winter");
    CHECK_OK(menu_periods(b.db, a, b.now_ms + DAY, &periods, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_OK(menu_period_end(b.db, other, &e), e);
    CHECK_FAILS(menu_period_end(b.db, other, &e), e, ERR_NOT_FOUND, "period_unknown");
    arena_free(a);
    book_close(&b);
}

/* ---------------------------------------------------------------- what was made */

static void
make(struct book *b, const char *key, int64_t until, const char *line_id)
{
    struct menu_made made = {.until_count = until, .name = "n", .made_ms = b->now_ms};
    struct err e;

    str_copy(str_of(key), made.key, sizeof(made.key));
    str_copy(str_of(line_id), made.line_id, sizeof(made.line_id));
    CHECK_OK(menu_made_put(b->db, &made, b->now_ms, &e), e);
}

static const char *
found(struct book *b, const char *key)
{
    static char id[MENU_LINE_ID_SIZE];
    struct menu_facts facts;
    struct err e;

    CHECK_THAT(menu_key_read(str_of(key), &facts));
    if (menu_find(b->db, &facts, id, &e)) {
        CHECK_TEXT(e.word, "menu_unknown");
        return "";
    }
    return id;
}

static void
the_nearest_menu_that_was_made_is_found(void **state)
{
    struct book b;

    (void)state;
    book_open(&b);
    make(&b, "guest.ja", 0, "g");
    make(&b, "guest.ja.c2", 0, "gc");
    make(&b, "member.ja.2.any", 0, "any");
    make(&b, "member.ja.2.0", 49, "m0");
    make(&b, "member.ja.2.50", 99, "m50");
    make(&b, "member.ja.2.50.t1", 99, "m50s");
    make(&b, "member.ja.2.50.t3", 99, "m50g");
    make(&b, "member.ja.2.50.c2", 99, "m50c");
    make(&b, "member.ja.2.100", MENU_COUNT_MAX, "m100");
    CHECK_TEXT(found(&b, "guest.ja"), "g");
    CHECK_TEXT(found(&b, "guest.ja.c2"), "gc");
    CHECK_TEXT(found(&b, "guest.ja.c3"), "g");
    CHECK_TEXT(found(&b, "guest.en"), "");
    CHECK_TEXT(found(&b, "member.ja.2.0"), "m0");
    CHECK_TEXT(found(&b, "member.ja.2.49"), "m0");
    CHECK_TEXT(found(&b, "member.ja.2.50"), "m50");
    CHECK_TEXT(found(&b, "member.ja.2.99.t1"), "m50s");
    CHECK_TEXT(found(&b, "member.ja.2.99.t2"), "m50"); /* nobody is shown another tier's ... */
    CHECK_TEXT(found(&b, "member.ja.2.99.t3"), "m50g");
    CHECK_TEXT(found(&b, "member.ja.2.99.t4"), "m50g"); /* ... but for one that is no more */
    CHECK_TEXT(found(&b, "member.ja.2.0.t3"), "m0");
    CHECK_TEXT(found(&b, "member.ja.2.60.c2"), "m50c");
    CHECK_TEXT(found(&b, "member.ja.2.60.t3.c2"), "m50g");
    CHECK_TEXT(found(&b, "member.ja.2.100000"), "m100");
    CHECK_TEXT(found(&b, "member.ja.2.any"), "any");
    CHECK_TEXT(found(&b, "member.ja.1.0"), "");
    CHECK_TEXT(found(&b, "member.en.2.0"), "");
    book_close(&b);
}

static size_t
take(struct book *b, int64_t out[MAX])
{
    struct menu_work work;
    struct err e;
    size_t n;

    CHECK_OK(menu_work_load(b->db, b->now_ms, &work, &e), e);
    CHECK_OK(menu_work_take(b->db, &work, true, out, MAX, &n, &e), e);
    CHECK_OK(menu_work_save(b->db, &work, &e), e);
    return n;
}

static void
whoever_was_stamped_joined_or_changed_is_due_once(void **state)
{
    int64_t members[MAX];
    struct card first, second;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    first = book_card(&b, BOOK_POINTS); /* nothing is made yet: nobody is due */
    CHECK_INT(take(&b, members), 0);
    make(&b, "member.ja.1.0", MENU_COUNT_MAX, "m");
    CHECK_OK(menu_deployed(b.db, b.now_ms, STR("g"), STR(""), &e), e);
    CHECK_INT(take(&b, members), 1); /* by the sweep */
    CHECK_INT(members[0], first.member_id);
    CHECK_INT(take(&b, members), 0);
    second = book_card(&b, BOOK_STAMPS);
    CHECK_INT(take(&b, members), 1);
    CHECK_INT(members[0], second.member_id);
    CHECK_INT(take(&b, members), 0);
    book_grant(&b, &first, 50000); /* a grant and the round that it fills: two transfers */
    CHECK_INT(take(&b, members), 1);
    CHECK_INT(members[0], first.member_id);
    CHECK_INT(take(&b, members), 0);
    CHECK_OK(member_set_language(b.db, first.member_id, LANGUAGE_JA, &e), e); /* as it was */
    CHECK_INT(take(&b, members), 0);
    CHECK_OK(member_set_language(b.db, first.member_id, LANGUAGE_TH, &e), e);
    CHECK_OK(member_befriend(b.db, first.member_id, false, b.now_ms, NULL, &e), e);
    CHECK_INT(take(&b, members), 1);
    CHECK_INT(take(&b, members), 0);
    book_close(&b);
}

static void
a_sweep_goes_past_everybody_a_few_at_a_time(void **state)
{
    enum { MEMBERS = 7, STEP = 3 };
    int64_t members[MAX];
    struct menu_work work;
    bool seen[MEMBERS + 1] = {false};
    struct book b;
    struct err e;
    size_t n, all = 0;

    (void)state;
    book_open(&b);
    for (int i = 0; i < MEMBERS; i++)
        book_card(&b, BOOK_STAMPS);
    make(&b, "guest.ja", 0, "g");
    CHECK_OK(menu_deployed(b.db, b.now_ms, STR("g"), STR(""), &e), e);
    do {
        CHECK_OK(menu_work_load(b.db, b.now_ms, &work, &e), e);
        CHECK_OK(menu_work_take(b.db, &work, true, members, STEP, &n, &e), e);
        CHECK_OK(menu_work_save(b.db, &work, &e), e);
        CHECK_THAT(n <= STEP);
        for (size_t i = 0; i < n; i++)
            if (members[i] <= MEMBERS)
                seen[members[i]] = true;
        all += n;
    } while (work.is_sweeping);
    CHECK_INT(all, book_int(&b, "SELECT count(*) FROM member"));
    for (int i = 1; i <= MEMBERS; i++)
        CHECK_THAT(seen[i]);
    book_close(&b);
}

static void
members_facts_follow_their_cards(void **state)
{
    struct menu_facts facts;
    char key[MENU_KEY_SIZE];
    struct card card;
    struct book b;
    struct err e;
    bool is_friend;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 3);
    CHECK_OK(menu_facts_of(b.db, card.member_id, 5, &facts, &is_friend, &e), e);
    menu_key(&facts, key);
    CHECK_TEXT(key, "member.ja.1.3.c5");
    CHECK_THAT(is_friend);
    CHECK_FAILS(menu_facts_of(b.db, 999, 0, &facts, &is_friend, &e), e, ERR_NOT_FOUND,
                "member_unknown");
    book_close(&b);
}

static void
another_menu_for_a_key_is_looked_at_by_everybody(void **state)
{
    struct menu_work work;
    struct card card;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    make(&b, "member.ja.1.0", MENU_COUNT_MAX, "old");
    CHECK_OK(menu_link_set(b.db, card.member_id, STR("old"), b.now_ms, &e), e);
    make(&b, "member.ja.1.0", MENU_COUNT_MAX, "old");
    CHECK_OK(menu_work_load(b.db, b.now_ms, &work, &e), e);
    CHECK_THAT(!work.is_sweeping);
    make(&b, "member.ja.1.0", MENU_COUNT_MAX, "new");
    CHECK_OK(menu_work_load(b.db, b.now_ms, &work, &e), e);
    CHECK_THAT(work.is_sweeping && work.sweep_id == 0);
    book_close(&b); /* sound, for the sweep is still to come */
}

static void
members_who_became_one_are_both_due(void **state)
{
    int64_t members[MAX];
    char linked[MENU_LINE_ID_SIZE];
    struct card from, into;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    from = book_card(&b, BOOK_STAMPS);
    into = book_card(&b, BOOK_STAMPS);
    make(&b, "member.ja.1.0", MENU_COUNT_MAX, "m");
    CHECK_OK(menu_link_set(b.db, from.member_id, STR("m"), b.now_ms, &e), e);
    CHECK_OK(menu_link_set(b.db, into.member_id, STR("m"), b.now_ms, &e), e);
    book_exec(&b, "UPDATE member SET merged_into = %lld WHERE id = %lld", (long long)into.member_id,
              (long long)from.member_id);
    CHECK_INT(take(&b, members), 2);
    /* The same picture may have to be shown in another talk: a call is due in any case. */
    CHECK_OK(menu_linked(b.db, into.member_id, linked, &e), e);
    CHECK_TEXT(linked, "");
    CHECK_OK(menu_linked(b.db, from.member_id, linked, &e), e);
    CHECK_TEXT(linked, "m");
    book_exec(&b, "UPDATE member SET merged_into = NULL WHERE id = %lld",
              (long long)from.member_id);
    CHECK_INT(take(&b, members), 2);
    book_close(&b);
}

/* A rise comes with a transfer, and with it; a fall may come with time alone. */
static void
whoever_changes_level_is_due_until_looked_at(void **state)
{
    int64_t members[MAX], plan;
    struct menu_facts facts;
    struct card card, other;
    char key[MENU_KEY_SIZE];
    struct book b;
    struct err e;
    bool is_friend, looked;

    (void)state;
    book_open(&b);
    plan =
        book_plan(&b, "{\"name\":\"Tiers\",\"tier\":{\"by\":\"yen\",\"months\":1,\"keep_months\":1,"
                      "\"steps\":[{\"name\":\"A\",\"from\":1000,\"menu\":\"silver\"},"
                      "{\"name\":\"B\",\"from\":2000}]}}");
    card = book_card(&b, plan);
    other = book_card(&b, plan);
    make(&b, "guest.ja", 0, "g");
    CHECK_OK(menu_deployed(b.db, b.now_ms, STR("g"), STR(""), &e), e);
    while (take(&b, members) > 0)
        ;
    book_grant(&b, &other, 500); /* no other level */
    CHECK_INT(book_int(&b, "SELECT count(*) FROM menu_due"), 0);
    book_grant(&b, &card, 1000);
    book_grant(&b, &card, 1000); /* and up again, before anybody has looked */
    CHECK_INT(book_int(&b, "SELECT count(*) FROM menu_due"), 1);
    CHECK_OK(menu_facts_of(b.db, card.member_id, 0, &facts, &is_friend, &e), e);
    CHECK_INT(facts.tier, 2);
    while (take(&b, members) > 0)
        ;
    b.now_ms += 60 * DAY;
    CHECK_OK(tier_run(b.db, b.now_ms, 10, &looked, &e), e);
    CHECK_INT(take(&b, members), 1);
    CHECK_INT(members[0], card.member_id);
    CHECK_OK(menu_facts_of(b.db, card.member_id, 0, &facts, &is_friend, &e), e);
    CHECK_INT(facts.tier, 0);
    CHECK_INT(take(&b, members), 0);
    for (int tier = 0; tier <= 2; tier++) {
        struct menu_facts of = {.plan_id = plan, .tier = tier};

        menu_key(&of, key);
        make(&b, key, MENU_COUNT_MAX, key);
        if (tier == 0)
            CHECK_OK(menu_link_set(b.db, card.member_id, str_of(key), b.now_ms, &e), e);
    }
    CHECK_OK(menu_deployed(b.db, b.now_ms, STR("g"), STR(""), &e), e);
    while (take(&b, members) > 0)
        ;
    book_grant(&b, &card, 2000);
    book_close(&b); /* sound, for the member is still to be looked at */
}

/* All but grants: what LINE has no time for is not put before what people wait for. */
static void
without_room_only_grants_are_looked_at(void **state)
{
    int64_t members[MAX];
    struct menu_work work;
    struct card card;
    struct book b;
    struct err e;
    size_t n;

    (void)state;
    book_open(&b);
    make(&b, "guest.ja", 0, "g");
    CHECK_OK(menu_deployed(b.db, b.now_ms, STR("g"), STR(""), &e), e);
    card = book_card(&b, BOOK_STAMPS);
    CHECK_OK(menu_work_load(b.db, b.now_ms, &work, &e), e);
    CHECK_THAT(work.has_due && work.is_sweeping);
    CHECK_OK(menu_work_take(b.db, &work, false, members, MAX, &n, &e), e);
    CHECK_INT(n, 0);
    book_grant(&b, &card, 1);
    CHECK_OK(menu_work_load(b.db, b.now_ms, &work, &e), e);
    CHECK_OK(menu_work_take(b.db, &work, false, members, MAX, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_INT(members[0], card.member_id);
    book_close(&b);
}

static void
a_deploy_forgets_what_it_did_not_want(void **state)
{
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    make(&b, "guest.ja", 0, "g");
    make(&b, "member.ja.1.0", 5, "m");
    b.now_ms += HOUR;
    make(&b, "guest.ja", 0, "g");
    CHECK_OK(menu_deployed(b.db, b.now_ms, STR("g"), STR(""), &e), e);
    CHECK_TEXT(found(&b, "guest.ja"), "g");
    CHECK_TEXT(found(&b, "member.ja.1.0"), "");
    CHECK_OK(menu_made_clear(b.db, &e), e);
    CHECK_TEXT(found(&b, "guest.ja"), "");
    book_close(&b);
}

/* ---------------------------------------------------------------- taps */

static void
taps_on_what_was_made_are_counted_by_day(void **state)
{
    struct menu_taps taps[MENU_TAPS_MAX];
    struct book b;
    struct err e;
    size_t n;

    (void)state;
    book_open(&b);
    make(&b, "member.ja.1.7", 7, "m");
    make(&b, "member.ja.1.8", 8, "n");
    make(&b, "guest.ja", 0, "g");
    CHECK_OK(menu_tap_count(b.db, STR("member.ja.1.7"), 1, b.now_ms - 7 * DAY, &e), e);
    CHECK_OK(menu_tap_count(b.db, STR("member.ja.1.7"), 1, b.now_ms - DAY, &e), e);
    CHECK_OK(menu_tap_count(b.db, STR("member.ja.1.7"), 1, b.now_ms, &e), e);
    CHECK_OK(menu_tap_count(b.db, STR("member.ja.1.8"), 1, b.now_ms, &e), e);
    CHECK_OK(menu_tap_count(b.db, STR("guest.ja"), 0, b.now_ms, &e), e);
    CHECK_OK(menu_tap_count(b.db, STR("guest.en"), 0, b.now_ms, &e), e);
    CHECK_OK(menu_tap_count(b.db, STR("guest.ja"), -1, b.now_ms, &e), e);
    CHECK_OK(menu_tap_count(b.db, STR("guest.ja"), 20, b.now_ms, &e), e);
    CHECK_OK(menu_taps(b.db, b.now_ms, taps, &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_THAT(!taps[0].is_guest && taps[1].is_guest);
    CHECK_INT(taps[0].area, 1);
    CHECK_INT(taps[0].today, 2);
    CHECK_INT(taps[0].week, 3);
    CHECK_INT(taps[1].week, 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM menu_tap"), 5);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_says_all_that_tells_menus_apart),
        TEST(what_is_no_key_is_refused),
        TEST(the_card_stamped_last_is_the_one_shown),
        TEST(counts_are_put_together_only_where_there_are_too_many),
        TEST(every_count_has_one_picture_and_the_last_has_no_end),
        TEST(periods_never_overlap),
        TEST(the_nearest_menu_that_was_made_is_found),
        TEST(whoever_was_stamped_joined_or_changed_is_due_once),
        TEST(a_sweep_goes_past_everybody_a_few_at_a_time),
        TEST(members_facts_follow_their_cards),
        TEST(another_menu_for_a_key_is_looked_at_by_everybody),
        TEST(members_who_became_one_are_both_due),
        TEST(whoever_changes_level_is_due_until_looked_at),
        TEST(without_room_only_grants_are_looked_at),
        TEST(a_deploy_forgets_what_it_did_not_want),
        TEST(taps_on_what_was_made_are_counted_by_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
