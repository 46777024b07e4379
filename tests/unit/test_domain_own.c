/*
 * What a member may take away: as much as there can be fits, and is JSON.
 */
#include "domain/own_data.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA (3 * MIB) /* a request's, http/server.c */

static size_t
rows_of(const json_t *data, const char *list)
{
    return json_array_size(json_object_get(data, list));
}

static void
sixteen_years_of_daily_visits_fit(void **state)
{
    struct book b;
    struct card card;
    struct arena *a = arena_new(ARENA);
    struct buf out = buf_new(a, OWN_BYTES_MAX);
    json_t *data;
    json_error_t error;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    book_exec(
        &b, "UPDATE shop SET name = 'a shop with a rather long name, as chains have' WHERE id = 1");
    book_grant(&b, &card, 1000);
    book_exec(
        &b,
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO transfer SELECT card_id, i, kind, debit, credit, 1000000, 1000000, at_ms,"
        " visit_ms, plan_id, plan_version, shop_id, till_id, staff_id, scan_id, 10000000, reason,"
        " cause_seq, reverses_seq, usable_ms, expires_ms, request_key, prev_mac, mac FROM "
        "transfer, n WHERE seq = 1",
        OWN_ROWS_MAX + 10);
    book_exec(
        &b,
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO notice (member_id, card_id, kind, seq, state, due_ms, until_ms, created_ms)"
        " SELECT %d, %d, 'grant', i, 'cancelled', 0, 0, 1775005200000 FROM n",
        OWN_ROWS_MAX + 10, (int)card.member_id, (int)card.id);
    (void)buf_reserve(&out, OWN_BYTES_MAX);
    out.n = 0;
    CHECK_OK(own_data_write(b.db, card.member_id, b.now_ms, a, &out, &e), e);
    CHECK_THAT(!buf_failed(&out));
    print_message("%zu bytes\n", out.n);
    data = json_loadb(out.at, out.n, JSON_REJECT_DUPLICATES, &error);
    if (data == NULL)
        print_error("%s at %d: %.200s\n", error.text, error.position,
                    out.at + error.position - 100);
    CHECK_THAT(data != NULL);
    CHECK_INT(rows_of(data, "movements"), OWN_ROWS_MAX);
    CHECK_INT(rows_of(data, "notices"), OWN_ROWS_MAX);
    CHECK_INT(rows_of(data, "cards"), 1);
    CHECK_INT(json_integer_value(
                  json_object_get(json_array_get(json_object_get(data, "movements"), 0), "number")),
              OWN_ROWS_MAX + 10); /* the newest first */
    json_decref(data);
    arena_free(a);
    book_close_broken(&b);
}

static void
nobody_has_no_data(void **state)
{
    struct book b;
    struct arena *a = arena_new(ARENA);
    struct buf out = buf_new(a, OWN_BYTES_MAX);
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_FAILS(own_data_write(b.db, 99, b.now_ms, a, &out, &e), e, ERR_NOT_FOUND,
                "member_unknown");
    arena_free(a);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sixteen_years_of_daily_visits_fit),
        TEST(nobody_has_no_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
