/* The signed heads for everybody, and a member's own lines under them: by the whole service. */
#include <string.h>

#include "base/codec.h"
#include "domain/head_file.h"
#include "domain/tree.h"
#include "tests/support/harness.h"

static struct browser shopper, other, till;

static int
begin(void **state)
{
    shopper = other = till = (struct browser){0};
    return harness_set_up(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, harness_tear_down)

static void
visit(void)
{
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 2);
    grant_stamps(&till, &other, 1);
}

static int
heads(const char *path)
{
    return get(&(struct browser){0}, path);
}

static void
a_day_that_is_over_is_sealed_by_itself(void **state)
{
    struct browser anybody = {0};

    (void)state;
    visit();
    ANSWERS(get(&anybody, "/api/heads"), 200);
    CHECK_INT(json_array_size(got("heads")), 0);
    CHECK_INT(strlen(got_text("key")), 87);
    harness_advance(DAY_MS);
    UNTIL(stored_int("SELECT count(*) FROM head") == 1);
    ANSWERS(get(&anybody, "/api/heads"), 200);
    CHECK_INT(got_int("heads.0.number"), 1);
    CHECK_INT(got_int("heads.0.size"), 2);
    CHECK_INT(got_int("heads.0.at"), harness_now());
    stored_is_sound();
}

/* What is published is what `stampd check --head` takes. */
static enum err_code
is_signed(void *context, const struct head *head, struct err *e)
{
    char text[HEAD_TEXT_MAX];

    (void)e;
    CHECK_THAT(p256_verify(context, head_text(head, text), head->signature));
    return OK;
}

static void
what_is_published_can_be_kept_and_held_against_the_book(void **state)
{
    uint8_t key[P256_PUBLIC_SIZE];
    struct browser anybody = {0};
    struct err e;

    (void)state;
    visit();
    harness_advance(DAY_MS);
    UNTIL(stored_int("SELECT count(*) FROM head") == 1);
    ANSWERS(get(&anybody, "/api/heads?from=1"), 200);
    CHECK_OK(heads_read((struct str){answer.body, answer.body_n}, key, is_signed, key, &e), e);
    ANSWERS(get(&anybody, "/api/heads?from=2"), 200);
    CHECK_INT(json_array_size(got("heads")), 0);
}

static void
a_member_gets_own_lines_with_their_proofs_and_nobody_elses(void **state)
{
    (void)state;
    visit();
    ANSWERS(get(&shopper, "/api/me/lines"), 200);
    CHECK_THAT(json_is_null(got("head")));
    CHECK_INT(json_array_size(got("lines")), 1);
    CHECK_THAT(json_is_null(got("lines.0.proof")));
    harness_advance(DAY_MS);
    UNTIL(stored_int("SELECT count(*) FROM head") == 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER); /* a night later */
    grant_stamps(&till, &shopper, 1);
    ANSWERS(get(&shopper, "/api/me/lines"), 200);
    CHECK_INT(got_int("head.number"), 1);
    CHECK_INT(json_array_size(got("lines")), 2);
    CHECK_INT(got_int("lines.0.seq"), 3);
    CHECK_THAT(json_is_null(got("lines.0.proof")));
    CHECK_INT(got_int("lines.1.seq"), 1);
    CHECK_INT(got_int("lines.1.amount"), 2);
    CHECK_TEXT(got_text("lines.1.mac"),
               stored_text("SELECT lower(hex(mac)) FROM transfer WHERE seq = 1"));
    CHECK_INT(json_array_size(got("lines.1.proof")), 1);
    CHECK_THAT(got("lines.1.staff") == NULL && got("lines.1.till") == NULL);
    ANSWERS(get(&shopper, "/api/me/lines?below=3&head=1"), 200);
    CHECK_INT(json_array_size(got("lines")), 1);
    ANSWERS(get(&other, "/api/me/lines"), 200);
    CHECK_INT(json_array_size(got("lines")), 1);
    CHECK_INT(got_int("lines.0.seq"), 2);
}

static void
wrong_questions_are_refused(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *word;
    } row[] = {
        {"/api/me/lines?below=x", 400, "field_type"},
        {"/api/me/lines?below=0", 400, "field_type"},
        {"/api/me/lines?below=99999999999999999999", 400, "field_type"},
        {"/api/me/lines?head=-1", 400, "field_type"},
        {"/api/me/lines?head=7", 404, "head_unknown"},
        {"/api/heads?from=0", 400, "field_type"},
        {"/api/heads?from=", 400, "field_type"},
    };

    (void)state;
    visit();
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        REFUSES(get(&shopper, row[i].path), row[i].status, row[i].word);
    }
    REFUSES(heads("/api/me/lines"), 401, "session_missing");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_day_that_is_over_is_sealed_by_itself),
        STORY(what_is_published_can_be_kept_and_held_against_the_book),
        STORY(a_member_gets_own_lines_with_their_proofs_and_nobody_elses),
        STORY(wrong_questions_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
