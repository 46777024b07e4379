/*
 * What the book rests on: keys, chains, plans, cards and stored answers.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "domain/answer.h"
#include "domain/audit.h"
#include "domain/chain.h"

/* ---------------------------------------------------------------- keys */

static void
a_root_is_made_once_and_gives_the_same_keys(void **state)
{
    const char *path = check_path("root");
    struct keys one, again;
    struct stat st;
    struct err e;

    (void)state;
    CHECK_FAILS(keys_load(path, &one, &e), e, ERR_NOT_FOUND, "key_missing");
    CHECK_OK(keys_create(path, &e), e);
    CHECK_INT(stat(path, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0600);
    CHECK_INT(st.st_size, KEY_SIZE);
    CHECK_OK(keys_load(path, &one, &e), e);
    CHECK_FAILS(keys_create(path, &e), e, ERR_CONFLICT, "key_exists");
    CHECK_OK(keys_load(path, &again, &e), e);
    CHECK_THAT(memcmp(&one, &again, sizeof(one)) == 0);
}

static void
write_file(const char *path, size_t n, mode_t mode)
{
    static const char bytes[64];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void
a_root_that_others_can_read_is_refused(void **state)
{
    static const struct {
        size_t n;
        mode_t mode;
        enum err_code code;
        const char *word;
    } row[] = {
        {32, 0600, OK, ""},
        {32, 0400, OK, ""},
        {32, 0640, ERR_INPUT, "key_unsafe"},
        {32, 0604, ERR_INPUT, "key_unsafe"},
        {31, 0600, ERR_INPUT, "key_invalid"},
        {33, 0600, ERR_INPUT, "key_invalid"},
        {0, 0600, ERR_INPUT, "key_invalid"},
    };
    const char *link;
    struct keys keys;
    struct err e;

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *path = check_path("root-of-row");

        CHECK_ROW(i);
        write_file(path, row[i].n, row[i].mode);
        if (row[i].code == OK)
            CHECK_OK(keys_load(path, &keys, &e), e);
        else
            CHECK_FAILS(keys_load(path, &keys, &e), e, row[i].code, row[i].word);
        unlink(path);
    }
    write_file(check_path("root-real"), 32, 0600);
    link = check_path("root-link");
    assert_int_equal(symlink("root-real", link), 0);
    CHECK_FAILS(keys_load(link, &keys, &e), e, ERR_INPUT, "key_unsafe");
    CHECK_FAILS(keys_load(check_dir(), &keys, &e), e, ERR_INPUT, "key_unsafe");
}

static void
every_purpose_has_a_key_of_its_own(void **state)
{
    static const uint8_t root[KEY_SIZE];
    struct keys keys;
    const uint8_t *all = (const uint8_t *)&keys;

    (void)state;
    keys_derive(root, &keys);
    for (size_t i = 0; i < sizeof(keys); i += KEY_SIZE)
        for (size_t j = 0; j < i; j += KEY_SIZE)
            CHECK_THAT(memcmp(all + i, all + j, KEY_SIZE) != 0);
    /* From an independent implementation: part of the format, so never to change. */
    CHECK_HEX(keys.ledger, KEY_SIZE,
              "c1969e1707bbef8245e046b67b76ca8de2345ee18a93513e9a57f3b3b4943477");
}

/* ---------------------------------------------------------------- chains */

static void
rows_that_differ_never_look_the_same(void **state)
{
    static const struct {
        const char *first, *second;
        int64_t n;
    } row[] = {
        {"ab", "c", 1}, {"a", "bc", 1}, {"abc", "", 1},
        {"", "abc", 1}, {"ab", "c", 0}, {"ab", "c", -1},
    };
    static const uint8_t key[KEY_SIZE], prev[MAC_SIZE];
    uint8_t mac[COUNT(row)][MAC_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct chain_row bytes = {.n = 0};

        chain_bytes(&bytes, row[i].first, strlen(row[i].first));
        chain_bytes(&bytes, row[i].second, strlen(row[i].second));
        chain_int_or_null(&bytes, row[i].n);
        chain_mac(key, prev, &bytes, mac[i]);
        CHECK_ROW(i);
        for (size_t j = 0; j < i; j++)
            CHECK_THAT(memcmp(mac[i], mac[j], MAC_SIZE) != 0);
    }
}

static void
a_head_moves_only_from_where_it_is(void **state)
{
    struct book b;
    struct chain_head head, next;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(chain_head(b.db, CHAIN_AUDIT, &head, &e), e);
    CHECK_INT(head.seq, 0);
    CHECK_OK(audit_write(b.db, "till.enrolled", 1, 2, 3, b.now_ms, &e), e);
    next = (struct chain_head){.seq = 1, .at_ms = b.now_ms};
    CHECK_FAILS(chain_move(b.db, CHAIN_AUDIT, &head, &next, &e), e, ERR_INTERNAL, "chain_moved");
    CHECK_OK(audit_write(b.db, "till.enrolled", 0, 0, 0, b.now_ms - DAY_MS, &e), e);
    CHECK_INT(book_int(&b, "SELECT at_ms FROM audit WHERE seq = 2"), b.now_ms); /* never back */
    CHECK_INT(book_int(&b, "SELECT staff_id IS NULL FROM audit WHERE seq = 2"), 1);
    book_close(&b);
}

/* ---------------------------------------------------------------- plans */

static void
a_plan_is_as_it_was_made_and_its_old_rules_stay(void **state)
{
    struct book b;
    struct plan_rules old, new, got;
    struct plan_rules *all;
    struct arena *a = arena_new(64 * KIB);
    int64_t version;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &old, &e), e);
    CHECK_TEXT(old.name, "Stamps");
    CHECK_TEXT(unit_name(old.unit), "stamp");
    CHECK_TEXT(linear_name(old.linear), "code128");
    CHECK_TEXT(rounding_name(old.rounding), "down");
    CHECK_INT(old.version, 1);
    CHECK_INT(old.day_cut_hour, 4);
    CHECK_INT(old.rewards_n, 2);
    CHECK_TEXT(old.reward[1].title, "Coffee");
    CHECK_INT(old.reward[1].valid_days, 30);
    new = old;
    new.cool_down_min = 5;
    new.notify_grants = false;
    strcpy(new.reward[1].title, "Cake");
    CHECK_OK(plan_add_version(b.db, &new, b.now_ms, &version, &e), e);
    CHECK_INT(version, 2);
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &got, &e), e);
    CHECK_INT(got.version, 2);
    CHECK_INT(got.cool_down_min, 5);
    CHECK_TEXT(got.reward[1].title, "Cake");
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 1, &got, &e), e);
    CHECK_TEXT(got.reward[1].title, "Coffee");
    CHECK_INT(got.cool_down_min, 30);
    CHECK_OK(plan_list(b.db, a, &all, &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_INT(all[0].version, 2);
    CHECK_TEXT(all[1].name, "Points");
    CHECK_FAILS(plan_load(b.db, 99, 0, &got, &e), e, ERR_NOT_FOUND, "plan_unknown");
    CHECK_FAILS(plan_load(b.db, BOOK_STAMPS, 3, &got, &e), e, ERR_NOT_FOUND, "plan_unknown");
    arena_free(a);
    book_close(&b);
}

static void
must_be_refused(struct book *b, const struct plan_rules *rules, const char *field)
{
    struct err e;
    int64_t id;

    CHECK_FAILS(plan_create(b->db, rules, b->now_ms, &id, &e), e, ERR_INPUT, "plan_invalid");
    CHECK_TEXT(e.field, field);
}

static void
rules_that_make_no_sense_are_refused(void **state)
{
#define NUMBER(member) #member, offsetof(struct plan_rules, member)
    static const struct {
        const char *field;
        size_t at; /* of the number that is changed */
        int64_t value;
    } row[] = {
        {NUMBER(jan_prefix), 19},
        {NUMBER(jan_prefix), 30},
        {NUMBER(goal), 0},
        {NUMBER(goal), 1000001},
        {NUMBER(cool_down_min), -1},
        {NUMBER(cool_down_min), 43201},
        {NUMBER(per_day_max), 1001},
        {NUMBER(yen_per_point), 1},
        {NUMBER(utc_offset_min), 841},
        {NUMBER(utc_offset_min), -721},
        {NUMBER(day_cut_hour), 24},
        {"rewards", offsetof(struct plan_rules, goal), 11}, /* none there */
        {"rewards", offsetof(struct plan_rules, reward[0].at), 10},
        {"rewards", offsetof(struct plan_rules, reward[0].valid_days), 0},
        {"rewards", offsetof(struct plan_rules, reward[1].valid_days), 3661},
    };
#undef NUMBER
    struct book b;
    struct plan_rules good, rules;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &good, &e), e);
    strcpy(good.name, "New");
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        rules = good;
        memcpy((char *)&rules + row[i].at, &row[i].value, sizeof(row[i].value));
        must_be_refused(&b, &rules, row[i].field);
    }
    rules = good;
    rules.unit = UNIT_POINT; /* without a price of a point */
    must_be_refused(&b, &rules, "yen_per_point");
    rules = good;
    rules.rewards_n = 0;
    must_be_refused(&b, &rules, "rewards");
    rules.rewards_n = PLAN_REWARDS_MAX + 1;
    must_be_refused(&b, &rules, "rewards");
    rules = good;
    rules.reward[1].title[0] = '\0';
    must_be_refused(&b, &rules, "rewards");
    rules = good;
    memset(rules.name, 'x', 65);
    must_be_refused(&b, &rules, "name");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM plan"), 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM system_account"), 8);
    book_close(&b);
}

static void
a_plan_name_is_taken_once(void **state)
{
    struct book b;
    struct plan_rules rules;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    CHECK_FAILS(plan_create(b.db, &rules, b.now_ms, &id, &e), e, ERR_CONFLICT, "plan_exists");
    rules.plan_id = 99;
    CHECK_FAILS(plan_add_version(b.db, &rules, b.now_ms, &id, &e), e, ERR_NOT_FOUND,
                "plan_unknown");
    book_close(&b);
}

/* ---------------------------------------------------------------- cards */

static void
a_member_has_one_card_of_a_plan(void **state)
{
    struct book b;
    struct card card, other, list[CARDS_OF_MEMBER_MAX];
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    CHECK_FAILS(card_issue(b.db, card.member_id, BOOK_POINTS, b.now_ms, &other, &e), e,
                ERR_CONFLICT, "card_exists");
    CHECK_OK(card_issue(b.db, card.member_id, BOOK_STAMPS, b.now_ms, &other, &e), e);
    CHECK_THAT(other.locator != card.locator);
    CHECK_OK(cards_of_member(b.db, card.member_id, list, COUNT(list), &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_INT(list[0].id, other.id);
    CHECK_OK(cards_of_member(b.db, card.member_id, list, 1, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_OK(card_of_plan(b.db, card.member_id, BOOK_POINTS, &other, &e), e);
    CHECK_INT(other.id, card.id);
    CHECK_FAILS(card_of_plan(b.db, 99, BOOK_POINTS, &other, &e), e, ERR_NOT_FOUND, "card_unknown");
    CHECK_FAILS(card_load(b.db, 99, &other, &e), e, ERR_NOT_FOUND, "card_unknown");
    book_close(&b);
}

static void
a_card_is_blocked_once_and_on_record(void **state)
{
    struct book b;
    struct card card;
    struct by by = {.staff_id = BOOK_OWNER, .now_ms = BOOK_NOW_MS};
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    CHECK_FAILS(card_unblock(b.db, card.id, &by, &e), e, ERR_CONFLICT, "card_active");
    CHECK_OK(card_block(b.db, card.id, &by, &e), e);
    CHECK_FAILS(card_block(b.db, card.id, &by, &e), e, ERR_CONFLICT, "card_blocked");
    CHECK_FAILS(card_block(b.db, 99, &by, &e), e, ERR_NOT_FOUND, "card_unknown");
    CHECK_FAILS(card_reissue(b.db, 99, &by, &e), e, ERR_NOT_FOUND, "card_unknown");
    CHECK_OK(card_unblock(b.db, card.id, &by, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE subject = %lld AND staff_id = 3",
                       (long long)card.id),
              2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit"), 2);
    book_close(&b);
}

/* ---------------------------------------------------------------- answers */

static void
a_repeat_gets_the_first_answer(void **state)
{
    struct book b;
    struct arena *a = arena_new(64 * KIB);
    uint8_t key[ANSWER_KEY_SIZE], other_key[ANSWER_KEY_SIZE];
    uint8_t asked[ANSWER_KEY_SIZE], other[ANSWER_KEY_SIZE];
    struct answer got;
    struct err e;

    (void)state;
    book_open(&b);
    answer_key(b.db, STR("till:1"), STR("0123456789abcdef"), key);
    answer_key(b.db, STR("till:10"), STR("123456789abcdef"), other_key);
    CHECK_THAT(memcmp(key, other_key, sizeof(key)) != 0);
    answer_fingerprint(STR("POST"), STR("/api/till/grants"), STR("{\"scan\":1}"), asked);
    answer_fingerprint(STR("POST"), STR("/api/till/grants"), STR("{\"scan\":2}"), other);
    CHECK_OK(answer_find(b.db, key, asked, a, &got, &e), e);
    CHECK_THAT(!got.is_found);
    CHECK_OK(answer_store(b.db, key, asked, 409, STR("{\"error\":\"too_soon\"}"), b.now_ms, &e), e);
    CHECK_OK(answer_find(b.db, key, asked, a, &got, &e), e);
    CHECK_THAT(got.is_found);
    CHECK_INT(got.status, 409);
    CHECK_STR(got.body, "{\"error\":\"too_soon\"}");
    CHECK_FAILS(answer_find(b.db, key, other, a, &got, &e), e, ERR_MISMATCH,
                "idempotency_mismatch");
    CHECK_FAILS(answer_store(b.db, key, asked, 201, STR(""), b.now_ms, &e), e, ERR_CONFLICT,
                "constraint");
    CHECK_OK(answer_find(b.db, other_key, asked, a, &got, &e), e);
    CHECK_THAT(!got.is_found);
    arena_free(a);
    book_close(&b);
}

static void
answers_are_forgotten_after_35_days(void **state)
{
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    for (uint8_t i = 0; i < 10; i++) {
        uint8_t key[ANSWER_KEY_SIZE] = {i};

        CHECK_OK(answer_store(b.db, key, key, 409, STR("{}"), b.now_ms + i * DAY_MS, &e), e);
    }
    CHECK_OK(answer_sweep(b.db, b.now_ms + ANSWER_KEPT_MS, 100, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM answer"), 10);
    CHECK_OK(answer_sweep(b.db, b.now_ms + ANSWER_KEPT_MS + 3 * DAY_MS, 2, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM answer"), 8); /* a little at a time */
    CHECK_OK(answer_sweep(b.db, b.now_ms + ANSWER_KEPT_MS + 3 * DAY_MS, 100, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM answer"), 7);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_root_is_made_once_and_gives_the_same_keys),
        TEST(a_root_that_others_can_read_is_refused),
        TEST(every_purpose_has_a_key_of_its_own),
        TEST(rows_that_differ_never_look_the_same),
        TEST(a_head_moves_only_from_where_it_is),
        TEST(a_plan_is_as_it_was_made_and_its_old_rules_stay),
        TEST(rules_that_make_no_sense_are_refused),
        TEST(a_plan_name_is_taken_once),
        TEST(a_member_has_one_card_of_a_plan),
        TEST(a_card_is_blocked_once_and_on_record),
        TEST(a_repeat_gets_the_first_answer),
        TEST(answers_are_forgotten_after_35_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
