/* Beacons: who was near, greeted seldom, never a point; and shops that stand somewhere. */
#include <stdio.h>
#include <string.h>

#include "domain/beacon.h"
#include "domain/shop.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define HWID "d41d8cd98f"

static void
open_book(struct book *b)
{
    struct err e;

    book_open(b);
    (void)book_card(b, BOOK_STAMPS);
    CHECK_OK(shop_add(b->db, STR("Asakusa"), b->now_ms, &(int64_t){0}, &e), e);
    CHECK_OK(beacon_add(b->db, STR("D41D8CD98F"), STR("Asakusa"), 12, b->now_ms, &e), e);
}

static void
what_is_no_beacon_is_refused(void **state)
{
    static const char *const hwid[] = {"", "d41d8cd98", "d41d8cd98f0", "d41d8cd98g", "d41d8cd9 f"};
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    for (size_t i = 0; i < COUNT(hwid); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(beacon_add(b.db, str_of(hwid[i]), STR("Asakusa"), 12, b.now_ms, &e), e,
                    ERR_INPUT, "beacon_hwid");
    }
    CHECK_FAILS(beacon_add(b.db, STR(HWID), STR("Asakusa"), 0, b.now_ms, &e), e, ERR_INPUT,
                "beacon_every_hours");
    CHECK_FAILS(beacon_add(b.db, STR(HWID), STR("Asakusa"), 25, b.now_ms, &e), e, ERR_INPUT,
                "beacon_every_hours");
    CHECK_FAILS(beacon_add(b.db, STR(HWID), STR("Nowhere"), 12, b.now_ms, &e), e, ERR_NOT_FOUND,
                "shop_unknown");
    CHECK_FAILS(beacon_remove(b.db, STR("0000000000"), b.now_ms, &e), e, ERR_NOT_FOUND,
                "beacon_unknown");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM beacon"), 1);
    book_close(&b);
}

static void
a_member_is_greeted_once_in_the_beacons_hours(void **state)
{
    static const struct {
        int64_t after_ms;
        bool may;
    } row[] = {
        {0, true}, {0, false},           {12 * HOUR_MS - 1, false},
        {1, true}, {6 * HOUR_MS, false}, {6 * HOUR_MS, true},
    };
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        bool may;

        CHECK_ROW(i);
        b.now_ms += row[i].after_ms;
        CHECK_OK(beacon_seen(b.db, STR("D41d8cd98f"), 1, b.now_ms, &e), e);
        CHECK_OK(beacon_greet(b.db, STR(HWID), 1, b.now_ms, &may, &e), e);
        CHECK_INT(may, row[i].may);
    }
    CHECK_INT(book_int(&b, "SELECT count(*) FROM beacon_visit"), 1); /* no history */
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer"), 0);
    book_close(&b);
}

static void
the_newest_sighting_is_kept_for_a_day(void **state)
{
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    CHECK_OK(beacon_seen(b.db, STR(HWID), 1, b.now_ms, &e), e);
    CHECK_OK(beacon_seen(b.db, STR(HWID), 1, b.now_ms - 5, &e), e); /* comes late */
    CHECK_INT(book_int(&b, "SELECT seen_ms FROM beacon_visit"), b.now_ms);
    CHECK_OK(beacon_sweep(b.db, b.now_ms + DAY_MS, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM beacon_visit"), 1);
    CHECK_OK(beacon_sweep(b.db, b.now_ms + DAY_MS + 1, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM beacon_visit"), 0);
    CHECK_OK(beacon_remove(b.db, STR(HWID), b.now_ms, &e), e);
    CHECK_FAILS(beacon_seen(b.db, STR(HWID), 1, b.now_ms, &e), e, ERR_NOT_FOUND, "beacon_unknown");
    book_close(&b);
}

static enum err_code
count_beacon(void *context, const struct beacon *beacon)
{
    CHECK_TEXT(beacon->hwid, HWID);
    CHECK_TEXT(beacon->shop_name, "Asakusa");
    *(int *)context += (int)beacon->every_hours;
    return OK;
}

static void
a_beacon_that_moves_is_one_beacon(void **state)
{
    struct book b;
    struct err e;
    int hours = 0;

    (void)state;
    open_book(&b);
    CHECK_OK(beacon_add(b.db, STR(HWID), STR("Asakusa"), 3, b.now_ms, &e), e);
    CHECK_OK(beacon_list(b.db, count_beacon, &hours, &e), e);
    CHECK_INT(hours, 3);
    book_close(&b);
}

static void
shops_stand_somewhere(void **state)
{
    struct shop shop;
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    CHECK_OK(shop_find(b.db, STR("Asakusa"), &shop, &e), e);
    CHECK_THAT(!shop.has_place);
    CHECK_FAILS(shop_set_place(b.db, STR("Asakusa"), 90000001, 0, b.now_ms, &e), e, ERR_INPUT,
                "shop_place");
    CHECK_FAILS(shop_set_place(b.db, STR("Asakusa"), 0, -180000001, b.now_ms, &e), e, ERR_INPUT,
                "shop_place");
    CHECK_FAILS(shop_set_place(b.db, STR("Nowhere"), 0, 0, b.now_ms, &e), e, ERR_NOT_FOUND,
                "shop_unknown");
    CHECK_OK(shop_set_place(b.db, STR("Asakusa"), 35714765, 139796655, b.now_ms, &e), e);
    CHECK_OK(shop_find(b.db, STR("Asakusa"), &shop, &e), e);
    CHECK_THAT(shop.has_place);
    /* To Tokyo station 4.6 km; to itself nothing; to the other side half the globe. */
    CHECK_INT(shop_distance(&shop, 35.681236, 139.767125) / 100, 45);
    CHECK_INT(shop_distance(&shop, 35.714765, 139.796655), 0);
    CHECK_INT(shop_distance(&shop, -35.714765, 139.796655 - 180) / 1000000, 20);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_no_beacon_is_refused),
        TEST(a_member_is_greeted_once_in_the_beacons_hours),
        TEST(the_newest_sighting_is_kept_for_a_day),
        TEST(a_beacon_that_moves_is_one_beacon),
        TEST(shops_stand_somewhere),
    };

    return cmocka_run_group_tests_name("beacon", tests, NULL, NULL);
}
