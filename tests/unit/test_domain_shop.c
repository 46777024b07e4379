/* Shops and tills: names, the code that enrols a till once, and what ends with a new one. */
#include <ctype.h>
#include <string.h>

#include "domain/access.h"
#include "domain/shop.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

static void
a_shop_is_added_once_and_found_by_any_form_of_its_name(void **state)
{
    struct book b;
    struct shop shop;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(shop_add(b.db, STR(" Cafe\xCC\x81 "), b.now_ms, &id, &e), e);
    CHECK_FAILS(shop_add(b.db, STR("Caf\xC3\xA9"), b.now_ms, &id, &e), e, ERR_CONFLICT,
                "shop_exists");
    CHECK_OK(shop_find(b.db, STR("Cafe\xCC\x81"), &shop, &e), e);
    CHECK_INT(shop.id, id);
    CHECK_TEXT(shop.name, "Caf\xC3\xA9");
    CHECK_FAILS(shop_add(b.db, STR("  "), b.now_ms, &id, &e), e, ERR_INPUT, "text_empty");
    CHECK_FAILS(shop_add(b.db, STR("\xC3"), b.now_ms, &id, &e), e, ERR_INPUT, "text_invalid");
    CHECK_FAILS(shop_find(b.db, STR("nowhere"), &shop, &e), e, ERR_NOT_FOUND, "shop_unknown");
    book_close(&b);
}

static void
names_of_64_characters_fit_however_wide(void **state)
{
    struct book b;
    struct shop shop;
    char name[65 * 4 + 1];
    int64_t id;
    struct err e;

    (void)state;
    for (size_t i = 0; i < 65; i++)
        memcpy(name + 4 * i, "\xF0\x9F\x8D\xB5", 4);
    name[sizeof(name) - 1] = '\0';
    book_open(&b);
    CHECK_FAILS(shop_add(b.db, (struct str){name, 65 * 4}, b.now_ms, &id, &e), e, ERR_INPUT,
                "text_too_long");
    CHECK_OK(shop_add(b.db, (struct str){name, 64 * 4}, b.now_ms, &id, &e), e);
    CHECK_OK(shop_find(b.db, (struct str){name, 64 * 4}, &shop, &e), e);
    CHECK_INT(strlen(shop.name), 64 * 4);
    book_close(&b);
}

static void
an_enrolment_code_works_once_and_for_ten_minutes(void **state)
{
    struct book b;
    struct till till;
    char code[ENROL_CODE_SIZE];
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(till_add(b.db, STR("ueno"), STR("front"), b.now_ms, code, &id, &e), e);
    CHECK_INT(strlen(code), 8);
    for (size_t i = 0; i < 8; i++)
        CHECK_THAT(isdigit((unsigned char)code[i]));
    CHECK_OK(till_load(b.db, id, &till, &e), e);
    CHECK_TEXT(till.state, "waiting");

    CHECK_FAILS(till_enrol(b.db, str_of(code), b.now_ms + ENROL_CODE_LIFE_MS, &till, &e), e,
                ERR_AUTH, "enrol_code_wrong");
    CHECK_OK(till_enrol(b.db, str_of(code), b.now_ms + ENROL_CODE_LIFE_MS - 1, &till, &e), e);
    CHECK_INT(till.id, id);
    CHECK_INT(till.shop_id, BOOK_UENO);
    CHECK_TEXT(till.name, "front");
    CHECK_TEXT(till.shop_name, "ueno");
    CHECK_TEXT(till.state, "enrolled");
    CHECK_FAILS(till_enrol(b.db, str_of(code), b.now_ms, &till, &e), e, ERR_AUTH,
                "enrol_code_wrong");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'till.enrolled'"), 1);
    book_close(&b);
}

static void
what_is_no_code_enrols_nothing(void **state)
{
    static const char *const wrong[] = {"", "1234567", "123456789", "abcdefgh", "00000000"};
    struct book b;
    struct till till;
    char code[ENROL_CODE_SIZE];
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(till_add(b.db, STR("ueno"), STR("front"), b.now_ms, code, &id, &e), e);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(till_enrol(b.db, str_of(wrong[i]), b.now_ms, &till, &e), e, ERR_AUTH,
                    "enrol_code_wrong");
    }
    CHECK_FAILS(till_add(b.db, STR("nowhere"), STR("front"), b.now_ms, code, &id, &e), e,
                ERR_NOT_FOUND, "shop_unknown");
    CHECK_FAILS(till_add(b.db, STR("ueno"), STR(""), b.now_ms, code, &id, &e), e, ERR_INPUT,
                "text_empty");
    CHECK_FAILS(till_load(b.db, 99, &till, &e), e, ERR_NOT_FOUND, "till_unknown");
    book_close(&b);
}

static void
find_till(struct book *b, enum access_kind kind, const char *token, enum err_code want)
{
    uint8_t hash[SHA256_SIZE];
    struct access access;
    struct err e;

    sha256(token, strlen(token), hash);
    CHECK_INT(access_find(b->db, kind, hash, b->now_ms, &access, &e), want);
}

static void
a_new_code_for_a_till_ends_its_sessions_and_its_old_code(void **state)
{
    struct book b;
    struct till till;
    char till_token[TOKEN_SIZE], staff_token[TOKEN_SIZE];
    char first[ENROL_CODE_SIZE], second[ENROL_CODE_SIZE];
    int64_t id, again;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(access_open(b.db, ACCESS_TILL, 0, BOOK_UENO_TILL, 0, b.now_ms, till_token, &e), e);
    CHECK_OK(
        access_open(b.db, ACCESS_STAFF, 0, BOOK_UENO_TILL, BOOK_CASHIER, b.now_ms, staff_token, &e),
        e);
    find_till(&b, ACCESS_STAFF, staff_token, OK);
    CHECK_OK(till_add(b.db, STR("ueno"), STR("left"), b.now_ms, first, &id, &e), e);
    CHECK_INT(id, BOOK_UENO_TILL);
    find_till(&b, ACCESS_TILL, till_token, ERR_AUTH);
    find_till(&b, ACCESS_STAFF, staff_token, ERR_AUTH);

    CHECK_OK(till_add(b.db, STR("ueno"), STR("left"), b.now_ms, second, &again, &e), e);
    CHECK_INT(again, id);
    CHECK_FAILS(till_enrol(b.db, str_of(first), b.now_ms, &till, &e), e, ERR_AUTH,
                "enrol_code_wrong");
    CHECK_OK(till_enrol(b.db, str_of(second), b.now_ms, &till, &e), e);
    book_close(&b);
}

static void
a_revoked_till_is_shut_until_it_is_invited_again(void **state)
{
    struct book b;
    struct till till;
    char token[TOKEN_SIZE], code[ENROL_CODE_SIZE];
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(access_open(b.db, ACCESS_TILL, 0, BOOK_UENO_TILL, 0, b.now_ms, token, &e), e);
    CHECK_OK(till_revoke(b.db, BOOK_UENO_TILL, b.now_ms, &e), e);
    find_till(&b, ACCESS_TILL, token, ERR_AUTH);
    CHECK_FAILS(till_revoke(b.db, BOOK_UENO_TILL, b.now_ms, &e), e, ERR_NOT_FOUND, "till_unknown");
    CHECK_OK(till_add(b.db, STR("ueno"), STR("left"), b.now_ms, code, &id, &e), e);
    CHECK_OK(till_revoke(b.db, id, b.now_ms, &e), e);
    CHECK_FAILS(till_enrol(b.db, str_of(code), b.now_ms, &till, &e), e, ERR_AUTH,
                "enrol_code_wrong");
    CHECK_OK(till_add(b.db, STR("ueno"), STR("left"), b.now_ms, code, &id, &e), e);
    CHECK_OK(till_enrol(b.db, str_of(code), b.now_ms, &till, &e), e);
    CHECK_TEXT(till.state, "enrolled");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM absence WHERE who = 'till'"), 1);
    book_close(&b);
}

/* ---------------------------------------------------------------- listing */

struct seen {
    int64_t n, last_id, stop_at;
};

static enum err_code
see_shop(void *context, const struct shop *shop)
{
    struct seen *seen = context;

    seen->n++;
    seen->last_id = shop->id;
    return seen->n == seen->stop_at ? ERR_BUSY : OK;
}

static enum err_code
see_till(void *context, const struct till *till)
{
    struct seen *seen = context;

    seen->n++;
    seen->last_id = till->id;
    CHECK_TEXT(till->shop_name, till->shop_id == BOOK_UENO ? "ueno" : "namba");
    return seen->n == seen->stop_at ? ERR_BUSY : OK;
}

static void
a_listing_goes_on_until_its_visitor_stops_it(void **state)
{
    struct seen seen = {0};
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(shop_list(b.db, see_shop, &seen, &e), e);
    CHECK_INT(seen.n, 2);
    seen = (struct seen){.stop_at = 1};
    CHECK_INT(shop_list(b.db, see_shop, &seen, &e), ERR_BUSY);
    CHECK_INT(seen.last_id, BOOK_UENO);
    seen = (struct seen){0};
    CHECK_OK(till_list(b.db, see_till, &seen, &e), e);
    CHECK_INT(seen.n, 3);
    seen = (struct seen){.stop_at = 2};
    CHECK_INT(till_list(b.db, see_till, &seen, &e), ERR_BUSY);
    CHECK_INT(seen.last_id, BOOK_UENO_TILL_2);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_shop_is_added_once_and_found_by_any_form_of_its_name),
        TEST(names_of_64_characters_fit_however_wide),
        TEST(an_enrolment_code_works_once_and_for_ten_minutes),
        TEST(what_is_no_code_enrols_nothing),
        TEST(a_new_code_for_a_till_ends_its_sessions_and_its_old_code),
        TEST(a_revoked_till_is_shut_until_it_is_invited_again),
        TEST(a_listing_goes_on_until_its_visitor_stops_it),
    };

    return cmocka_run_group_tests_name("shop", tests, NULL, NULL);
}
