/*
 * The code that brings a card back: how it is read, who it lets in, and how often it may be
 * guessed.
 */
#include "domain/recovery.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/member.h"

#define OLD_PHONE "U0123456789abcdef0123456789abcdef"
#define NEW_PHONE "Ufedcba9876543210fedcba9876543210"

static struct book b;

static int
open_book(void **state)
{
    book_open(&b);
    return check_forget_row(state);
}

static int
close_book(void **state)
{
    (void)state;
    book_close(&b);
    return 0;
}

static struct member
enter(const char *line_id)
{
    const struct member_login login = {
        .line_id = str_of(line_id), .name = STR("Mika"), .now_ms = b.now_ms};
    struct member member;
    bool is_new;
    struct err e;

    CHECK_OK(member_enter(b.db, &login, &member, &is_new, &e), e);
    return member;
}

static void
make(int64_t member_id, char code[RECOVERY_SIZE])
{
    int64_t until_ms, found_ms;
    struct err e;

    CHECK_OK(recovery_make(b.db, member_id, b.now_ms, code, &until_ms, &e), e);
    CHECK_INT(until_ms, b.now_ms + RECOVERY_LIFE_MS);
    CHECK_OK(recovery_until(b.db, member_id, b.now_ms, &found_ms, &e), e);
    CHECK_INT(found_ms, until_ms);
}

static const char *
use(int64_t member_id, const char *typed, int64_t *into)
{
    struct recovery_use in = {
        .member_id = member_id, .typed = str_of(typed), .days = 30, .now_ms = b.now_ms};
    struct merge_result out;
    const char *refused;
    struct err e;

    book_request_key(&b, in.request_key);
    CHECK_OK(recovery_use(b.db, &in, into, &out, &refused, &e), e);
    return refused ? refused : "";
}

static void
every_slip_of_a_finger_shows(void **state)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char code[RECOVERY_SIZE], changed[RECOVERY_SIZE], read[RECOVERY_SIZE];
    struct member member = enter(OLD_PHONE);

    (void)state;
    for (int round = 0; round < 20; round++) {
        make(member.id, code);
        CHECK_THAT(recovery_read(str_of(code), read));
        for (size_t i = 0; i < RECOVERY_LENGTH; i++)
            for (const char *c = alphabet; *c; c++) {
                memcpy(changed, code, RECOVERY_SIZE);
                changed[i] = *c;
                CHECK_INT(recovery_read(str_of(changed), read), *c == code[i]);
            }
        for (size_t i = 0; i + 2 < RECOVERY_LENGTH - 1; i++) {
            memcpy(changed, code, RECOVERY_SIZE);
            changed[i] = code[i + 1];
            changed[i + 1] = code[i];
            CHECK_INT(recovery_read(str_of(changed), read), code[i] == code[i + 1]);
        }
    }
}

static void
a_code_is_read_as_people_type_it(void **state)
{
    char code[RECOVERY_SIZE], typed[64], read[RECOVERY_SIZE];
    struct member member = enter(OLD_PHONE);
    static const char *const wrong[] = {
        "", "0000", "\xff", "0000-0000-0000-0000-0", "UUUU-UUUU-UUUU-UUUU", "0000_0000_0000_0000"};

    (void)state;
    make(member.id, code);
    snprintf(typed, sizeof(typed), " %.4s-%.4s %.4s-%.4s ", code, code + 4, code + 8, code + 12);
    for (char *c = typed; *c; c++)
        *c = *c == '0' ? 'o' : *c == '1' ? 'l' : *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    CHECK_THAT(recovery_read(str_of(typed), read));
    CHECK_TEXT(read, code);
    CHECK_THAT(recovery_read(STR("００００ ００００ ００００ ００００"), read));
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CHECK_ROW(i);
        CHECK_THAT(!recovery_read(str_of(wrong[i]), read));
    }
}

static void
the_code_is_the_way_back_once(void **state)
{
    struct member old = enter(OLD_PHONE), fresh;
    char first[RECOVERY_SIZE], code[RECOVERY_SIZE];
    struct card card;
    int64_t into, until_ms;
    struct err e;

    (void)state;
    CHECK_OK(card_of_plan(b.db, old.id, BOOK_STAMPS, &card, &e), e);
    book_grant(&b, &card, 3);
    make(old.id, first);
    make(old.id, code);
    fresh = enter(NEW_PHONE);
    CHECK_TEXT(use(old.id, code, &into), "code_own");
    CHECK_TEXT(use(fresh.id, first, &into), "code_unknown"); /* void since the second */
    CHECK_TEXT(use(fresh.id, code, &into), "");
    CHECK_INT(into, old.id);
    CHECK_INT(enter(NEW_PHONE).id, old.id);
    CHECK_OK(recovery_until(b.db, old.id, b.now_ms, &until_ms, &e), e);
    CHECK_INT(until_ms, 0);
    CHECK_TEXT(use(enter(OLD_PHONE).id, code, &into), "code_unknown"); /* used */
    CHECK_INT(book_int(&b, "SELECT count(*) FROM recovery_code"), 0);
}

static void
guessing_a_code_ends(void **state)
{
    struct member old = enter(OLD_PHONE), fresh = enter(NEW_PHONE);
    char code[RECOVERY_SIZE], other[RECOVERY_SIZE];
    int64_t into;
    struct err e;

    (void)state;
    make(fresh.id, other); /* a code that is well formed, and void in a moment */
    make(fresh.id, code);
    make(old.id, code);
    for (int i = 0; i < 5; i++) {
        CHECK_TEXT(use(fresh.id, "0000-0000-0000-0001", &into), "code_typo"); /* no guess */
        CHECK_TEXT(use(fresh.id, other, &into), "code_unknown");
    }
    CHECK_TEXT(use(fresh.id, code, &into), "tries_over");
    b.now_ms += DAY_MS;
    CHECK_TEXT(use(fresh.id, code, &into), "");
    CHECK_OK(recovery_sweep(b.db, b.now_ms + RECOVERY_LIFE_MS, &e), e);
}

static void
who_has_no_line_account_has_nothing_to_rescue(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS);
    char code[RECOVERY_SIZE];
    struct member member = enter(OLD_PHONE);
    int64_t into, until_ms;
    struct err e;

    (void)state;
    CHECK_FAILS(recovery_make(b.db, card.member_id, b.now_ms, code, &until_ms, &e), e, ERR_CONFLICT,
                "line_account_none");
    make(member.id, code);
    CHECK_TEXT(use(card.member_id, code, &into), "line_account_none");
    CHECK_INT(enter(OLD_PHONE).id, member.id);
}

int
main(void)
{
#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, open_book, close_book)
    const struct CMUnitTest tests[] = {
        BOOK_TEST(every_slip_of_a_finger_shows),
        BOOK_TEST(a_code_is_read_as_people_type_it),
        BOOK_TEST(the_code_is_the_way_back_once),
        BOOK_TEST(guessing_a_code_ends),
        BOOK_TEST(who_has_no_line_account_has_nothing_to_rescue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
