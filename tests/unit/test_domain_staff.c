/* Staff: PINs and their locks, roles, the first owner, and people who leave. */
#include <string.h>

#include "base/clock.h"
#include "domain/access.h"
#include "domain/member.h"
#include "domain/shop.h"
#include "domain/staff.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define PIN "193847"

static const char *
hash_of_pin(void)
{
    static char hash[PIN_HASH_SIZE];
    struct err e;

    if (hash[0] == '\0')
        CHECK_OK(pin_hash(STR(PIN), hash, &e), e);
    return hash;
}

static int64_t
add(struct book *b, const char *name, const char *shop, enum role role, const char *pin_hash)
{
    struct staff_new in = {.name = str_of(name),
                           .shop_name = str_of(shop),
                           .role = role,
                           .pin_hash = pin_hash,
                           .now_ms = b->now_ms};
    int64_t id;
    struct err e;

    CHECK_OK(staff_add(b->db, &in, &id, &e), e);
    return id;
}

static int64_t
member(struct book *b, const char *line_id)
{
    struct member_login login = {.line_id = str_of(line_id), .now_ms = b->now_ms};
    struct member out;
    bool is_new;
    struct err e;

    CHECK_OK(member_enter(b->db, &login, &out, &is_new, &e), e);
    return out.id;
}

/* ---------------------------------------------------------------- PINs */

static void
weak_pins_are_refused(void **state)
{
    static const char *const weak[] = {"",      "123",    "123456789", "12a4",     "-1234",
                                       " 1234", "0000",   "1234",      "4321",     "98765432",
                                       "7890",  "890123", "0987",      "77777777", "１２９４"};
    static const char *const fair[] = {"1294", "1235", "00000001", "9753"};
    char hash[PIN_HASH_SIZE];
    struct err e;

    (void)state;
    for (size_t i = 0; i < COUNT(weak); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(pin_hash(str_of(weak[i]), hash, &e), e, ERR_INPUT, "pin_invalid");
    }
    for (size_t i = 0; i < COUNT(fair); i++) {
        CHECK_ROW(i);
        CHECK_OK(pin_hash(str_of(fair[i]), hash, &e), e);
    }
}

static bool
matches(struct str pin, const char *hash)
{
    bool matched;
    struct err e;

    CHECK_OK(pin_matches(pin, hash, &matched, &e), e);
    return matched;
}

static void
a_pin_matches_its_own_hash_only(void **state)
{
    const char *hash = hash_of_pin();
    char other[PIN_HASH_SIZE];
    struct err e;

    (void)state;
    CHECK_THAT(str_starts(str_of(hash), STR("$y$")));
    CHECK_THAT(matches(STR(PIN), hash));
    CHECK_THAT(!matches(STR("193848"), hash));
    CHECK_THAT(!matches(STR("19384"), hash));
    CHECK_THAT(!matches(STR(""), hash));
    CHECK_OK(pin_hash(STR(PIN), other, &e), e);
    CHECK_THAT(strcmp(hash, other) != 0); /* salted */
}

static void
a_damaged_hash_says_nothing_about_the_pin(void **state)
{
    static const char *const damaged[] = {"", "*0", "$y$", "$y$j9T"};
    bool matched;
    struct err e;

    (void)state;
    for (size_t i = 0; i < COUNT(damaged); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(pin_matches(STR(PIN), damaged[i], &matched, &e), e, ERR_INTERNAL,
                    "crypt_failed");
        CHECK_THAT(!matched);
    }
}

/* One try, as the till makes it: may I, does it match, how did it go. Tries left, or -1: locked. */
static int64_t
try_pin(struct book *b, int64_t till_id, int64_t staff_id, bool matched)
{
    char hash[PIN_HASH_SIZE];
    int64_t left, until_ms;
    struct err e;

    if (pin_open(b->db, till_id, staff_id, b->now_ms, hash, &until_ms, &e)) {
        CHECK_TEXT(e.word, "pin_locked");
        CHECK_THAT(until_ms > b->now_ms && until_ms <= b->now_ms + PIN_LOCK_MS);
        return -1;
    }
    CHECK_OK(pin_tried(b->db, till_id, staff_id, matched, b->now_ms, &left, &until_ms, &e), e);
    CHECK_INT(until_ms, left > 0 ? 0 : b->now_ms + PIN_LOCK_MS);
    return left;
}

static void
five_wrong_pins_lock_that_person_at_that_till(void **state)
{
    struct book b;
    int64_t id, left, until_ms;
    struct err e;

    (void)state;
    book_open(&b);
    id = add(&b, "new", "ueno", CASHIER, hash_of_pin());
    for (int64_t want = 4; want >= 1; want--)
        CHECK_INT(try_pin(&b, BOOK_UENO_TILL, id, false), want);
    CHECK_INT(try_pin(&b, BOOK_UENO_TILL, id, true), PIN_TRIES); /* a right one wipes the slate */
    for (int64_t want = 4; want >= 0; want--)
        CHECK_INT(try_pin(&b, BOOK_UENO_TILL, id, false), want);
    CHECK_INT(try_pin(&b, BOOK_UENO_TILL, id, true), -1);
    CHECK_INT(try_pin(&b, BOOK_UENO_TILL_2, id, false), 4); /* the other till is another matter */
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'pin.locked'"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'pin.wrong'"), 9);

    /* Tries that were under way when the lock came count for nothing, the right one included. */
    CHECK_FAILS(pin_tried(b.db, BOOK_UENO_TILL, id, true, b.now_ms, &left, &until_ms, &e), e,
                ERR_CONFLICT, "pin_locked");
    CHECK_INT(until_ms, b.now_ms + PIN_LOCK_MS);
    CHECK_FAILS(pin_tried(b.db, BOOK_UENO_TILL, id, false, b.now_ms, &left, &until_ms, &e), e,
                ERR_CONFLICT, "pin_locked");

    b.now_ms += PIN_LOCK_MS - 1;
    CHECK_INT(try_pin(&b, BOOK_UENO_TILL, id, true), -1);
    b.now_ms += 1;
    CHECK_INT(try_pin(&b, BOOK_UENO_TILL, id, false), 4); /* five anew */
    CHECK_INT(try_pin(&b, BOOK_UENO_TILL, id, true), PIN_TRIES);
    book_close(&b);
}

static void
only_those_who_serve_there_may_try(void **state)
{
    struct book b;
    char hash[PIN_HASH_SIZE];
    int64_t here, elsewhere, anywhere, until_ms;
    struct err e;

    (void)state;
    book_open(&b);
    here = add(&b, "a", "ueno", CASHIER, hash_of_pin());
    elsewhere = add(&b, "b", "namba", MANAGER, hash_of_pin());
    anywhere = add(&b, "c", "", OWNER_ROLE, hash_of_pin());
    CHECK_OK(pin_open(b.db, BOOK_UENO_TILL, here, b.now_ms, hash, &until_ms, &e), e);
    CHECK_TEXT(hash, hash_of_pin());
    CHECK_OK(pin_open(b.db, BOOK_UENO_TILL, anywhere, b.now_ms, hash, &until_ms, &e), e);
    CHECK_OK(pin_open(b.db, BOOK_NAMBA_TILL, anywhere, b.now_ms, hash, &until_ms, &e), e);
    CHECK_FAILS(pin_open(b.db, BOOK_UENO_TILL, elsewhere, b.now_ms, hash, &until_ms, &e), e,
                ERR_NOT_FOUND, "staff_unknown");
    CHECK_FAILS(pin_open(b.db, BOOK_UENO_TILL, BOOK_CASHIER, b.now_ms, hash, &until_ms, &e), e,
                ERR_NOT_FOUND, "staff_unknown"); /* has no PIN */
    CHECK_FAILS(pin_open(b.db, BOOK_UENO_TILL, 99, b.now_ms, hash, &until_ms, &e), e, ERR_NOT_FOUND,
                "staff_unknown");
    CHECK_OK(staff_end(b.db, here, b.now_ms, &e), e);
    CHECK_FAILS(pin_open(b.db, BOOK_UENO_TILL, here, b.now_ms, hash, &until_ms, &e), e,
                ERR_NOT_FOUND, "staff_unknown");
    book_close(&b);
}

/* ---------------------------------------------------------------- people */

static void
names_are_told_apart_within_a_shop(void **state)
{
    static const struct {
        const char *name, *shop;
        enum err_code want;
        const char *word;
    } row[] = {
        {"new", "ueno", OK, NULL},
        {"new", "namba", OK, NULL},
        {"new", "", OK, NULL},
        {"new", "ueno", ERR_CONFLICT, "staff_exists"},
        {" new ", "", ERR_CONFLICT, "staff_exists"}, /* of every shop, too */
        {"new", "nowhere", ERR_NOT_FOUND, "shop_unknown"},
        {"", "ueno", ERR_INPUT, "text_empty"},
    };
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct staff_new in = {.name = str_of(row[i].name),
                               .shop_name = str_of(row[i].shop),
                               .role = CASHIER,
                               .now_ms = b.now_ms};

        CHECK_ROW(i);
        if (row[i].want == OK)
            CHECK_OK(staff_add(b.db, &in, &id, &e), e);
        else
            CHECK_FAILS(staff_add(b.db, &in, &id, &e), e, row[i].want, row[i].word);
    }
    book_close(&b);
}

static enum err_code
count(void *context, const struct staff *staff)
{
    int64_t *mask = context;

    *mask |= INT64_C(1) << staff->id;
    return OK;
}

static int64_t
listed(struct book *b, int64_t shop_id)
{
    int64_t mask = 0;
    struct err e;

    CHECK_OK(staff_list(b->db, shop_id, count, &mask, &e), e);
    return mask;
}

static void
a_till_lists_who_may_serve_there(void **state)
{
    struct book b;
    int64_t here, anywhere;
    struct err e;

    (void)state;
    book_open(&b); /* nobody in it has a PIN */
    here = add(&b, "a", "ueno", CASHIER, hash_of_pin());
    anywhere = add(&b, "b", "", MANAGER, hash_of_pin());
    CHECK_INT(listed(&b, BOOK_UENO), 1 << here | 1 << anywhere);
    CHECK_INT(listed(&b, BOOK_NAMBA), 1 << anywhere);
    CHECK_INT(listed(&b, 0), 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << here | 1 << anywhere);
    CHECK_OK(staff_set_pin(b.db, BOOK_NAMBA_CASHIER, hash_of_pin(), b.now_ms, &e), e);
    CHECK_INT(listed(&b, BOOK_NAMBA), 1 << anywhere | 1 << BOOK_NAMBA_CASHIER);
    book_close(&b);
}

static void
a_new_pin_begins_anew(void **state)
{
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    id = add(&b, "new", "ueno", CASHIER, hash_of_pin());
    while (try_pin(&b, BOOK_UENO_TILL, id, false) >= 0)
        ;
    CHECK_OK(staff_set_pin(b.db, id, hash_of_pin(), b.now_ms, &e), e);
    CHECK_INT(try_pin(&b, BOOK_UENO_TILL, id, false), 4);
    CHECK_FAILS(staff_set_pin(b.db, 99, hash_of_pin(), b.now_ms, &e), e, ERR_NOT_FOUND,
                "staff_unknown");
    book_close(&b);
}

static void
who_leaves_is_out_at_once(void **state)
{
    uint8_t hash[SHA256_SIZE];
    char token[TOKEN_SIZE];
    struct access access;
    struct staff staff;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(access_open(b.db, ACCESS_STAFF, 0, BOOK_UENO_TILL, BOOK_CASHIER, b.now_ms, token, &e),
             e);
    sha256(token, TOKEN_SIZE - 1, hash);
    CHECK_OK(access_find(b.db, ACCESS_STAFF, hash, b.now_ms, &access, &e), e);
    CHECK_OK(staff_end(b.db, BOOK_CASHIER, b.now_ms, &e), e);
    CHECK_FAILS(access_find(b.db, ACCESS_STAFF, hash, b.now_ms, &access, &e), e, ERR_AUTH,
                "session_unknown");
    CHECK_FAILS(staff_load(b.db, BOOK_CASHIER, &staff, &e), e, ERR_NOT_FOUND, "staff_unknown");
    CHECK_FAILS(staff_end(b.db, BOOK_CASHIER, b.now_ms, &e), e, ERR_NOT_FOUND, "staff_unknown");
    book_close(&b);
}

static void
a_line_account_is_declared_by_one_person_only(void **state)
{
    struct staff staff;
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    id = member(&b, "U00000000000000000000000000000001");
    CHECK_FAILS(staff_by_member(b.db, id, &staff, &e), e, ERR_NOT_FOUND, "staff_unknown");
    CHECK_OK(staff_declare(b.db, BOOK_CASHIER, id, b.now_ms, &e), e);
    CHECK_OK(staff_by_member(b.db, id, &staff, &e), e);
    CHECK_INT(staff.id, BOOK_CASHIER);
    CHECK_INT(staff.member_id, id);
    CHECK_FAILS(staff_declare(b.db, BOOK_MANAGER, id, b.now_ms, &e), e, ERR_CONFLICT,
                "member_taken");
    book_close(&b);
}

static void
roles_have_names(void **state)
{
    enum role role;

    (void)state;
    for (enum role each = CASHIER; each <= OWNER_ROLE; each++) {
        CHECK_THAT(role_of(str_of(role_name(each)), &role));
        CHECK_INT(role, each);
    }
    CHECK_THAT(!role_of(STR("Owner"), &role));
    CHECK_THAT(!role_of(STR(""), &role));
}

/* ---------------------------------------------------------------- the first owner */

static void
an_owner_link_works_once_and_in_time(void **state)
{
    char old[TOKEN_SIZE], token[TOKEN_SIZE];
    struct staff staff, again;
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    id = member(&b, "U00000000000000000000000000000001");
    CHECK_OK(owner_link_make(b.db, b.now_ms, old, &e), e);
    CHECK_OK(owner_link_make(b.db, b.now_ms, token, &e), e);
    CHECK_FAILS(owner_claim(b.db, str_of(old), id, b.now_ms, &staff, &e), e, ERR_AUTH,
                "link_wrong"); /* a later one voids it */
    CHECK_FAILS(owner_claim(b.db, STR(""), id, b.now_ms, &staff, &e), e, ERR_AUTH, "link_wrong");
    CHECK_FAILS(owner_claim(b.db, str_of(token), id, b.now_ms + OWNER_LINK_LIFE_MS, &staff, &e), e,
                ERR_AUTH, "link_wrong");
    CHECK_OK(owner_claim(b.db, str_of(token), id, b.now_ms + OWNER_LINK_LIFE_MS - 1, &staff, &e),
             e);
    CHECK_INT(staff.role, OWNER_ROLE);
    CHECK_INT(staff.shop_id, 0);
    CHECK_INT(staff.member_id, id);
    CHECK_TEXT(staff.name, "owner");
    CHECK_FAILS(owner_claim(b.db, str_of(token), id, b.now_ms, &staff, &e), e, ERR_AUTH,
                "link_wrong");

    /* Somebody of the staff becomes an owner without becoming two people. */
    id = member(&b, "U00000000000000000000000000000002");
    CHECK_OK(staff_declare(b.db, BOOK_CASHIER, id, b.now_ms, &e), e);
    CHECK_OK(owner_link_make(b.db, b.now_ms, token, &e), e);
    CHECK_OK(owner_claim(b.db, str_of(token), id, b.now_ms, &again, &e), e);
    CHECK_INT(again.id, BOOK_CASHIER);
    CHECK_INT(again.role, OWNER_ROLE);
    CHECK_INT(again.shop_id, 0);
    book_close(&b);
}

static void
who_came_back_is_known_to_have_been_away(void **state)
{
    struct staff staff;
    char token[TOKEN_SIZE];
    struct book b;
    int64_t left_ms, id;
    struct err e;

    (void)state;
    book_open(&b);
    id = member(&b, "U00000000000000000000000000000001");
    left_ms = b.now_ms + HOUR_MS;
    CHECK_OK(staff_declare(b.db, BOOK_CASHIER, id, b.now_ms, &e), e);
    CHECK_OK(staff_end(b.db, BOOK_CASHIER, left_ms, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM absence"), 0);
    CHECK_OK(till_revoke(b.db, BOOK_UENO_TILL, left_ms + HOUR_MS, &e), e); /* the book goes on */
    CHECK_OK(owner_link_make(b.db, left_ms + HOUR_MS, token, &e), e);
    CHECK_OK(owner_claim(b.db, str_of(token), id, left_ms + HOUR_MS + 1, &staff, &e), e);
    CHECK_INT(staff.id, BOOK_CASHIER);
    CHECK_INT(book_int(&b, "SELECT id FROM absence WHERE who = 'staff'"), BOOK_CASHIER);
    CHECK_INT(book_int(&b, "SELECT from_ms FROM absence"), left_ms);
    CHECK_INT(book_int(&b, "SELECT until_ms FROM absence"), left_ms + HOUR_MS);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(weak_pins_are_refused),
        TEST(a_pin_matches_its_own_hash_only),
        TEST(a_damaged_hash_says_nothing_about_the_pin),
        TEST(five_wrong_pins_lock_that_person_at_that_till),
        TEST(only_those_who_serve_there_may_try),
        TEST(names_are_told_apart_within_a_shop),
        TEST(a_till_lists_who_may_serve_there),
        TEST(a_new_pin_begins_anew),
        TEST(who_leaves_is_out_at_once),
        TEST(a_line_account_is_declared_by_one_person_only),
        TEST(roles_have_names),
        TEST(an_owner_link_works_once_and_in_time),
        TEST(who_came_back_is_known_to_have_been_away),
    };

    return cmocka_run_group_tests_name("staff", tests, NULL, NULL);
}
