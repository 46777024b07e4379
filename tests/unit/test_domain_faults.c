/*
 * Everything that writes, with the n-th step of a statement failing, for each n until none is left
 * to fail: the failure is always told, and undoing the savepoint leaves the book as it was.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "domain/answer.h"

/* ---------------------------------------------------------------- a step that fails */

static int steps_to_failure; /* 0: none fails */

/* Stands before SQLite's own; whatever is linked to it by name comes here first. */
int
sqlite3_step(sqlite3_stmt *s)
{
    static int (*real)(sqlite3_stmt *);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_step");
    if (steps_to_failure > 0 && --steps_to_failure == 0)
        return SQLITE_NOMEM;
    return real(s);
}

/* ---------------------------------------------------------------- the book as one number */

static void
add_table(sqlite3 *plain, const char *name, struct str *parts, uint8_t sum[SHA256_SIZE])
{
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", name);
    sqlite3_stmt *s = NULL;

    assert_int_equal(sqlite3_prepare_v2(plain, sql, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const char *bytes = sqlite3_column_blob(s, i);

            parts[1] = (struct str){bytes, (size_t)sqlite3_column_bytes(s, i)};
            hmac_sha256(sum, SHA256_SIZE, parts, 2, sum);
        }
    sqlite3_finalize(s);
    sqlite3_free(sql);
}

/* Every value of every table, as seen from outside after the savepoint was undone and the rest
 * committed. */
static void
sum_up(struct book *b, uint8_t sum[SHA256_SIZE])
{
    struct str parts[2] = {STR("value"), {NULL, 0}};
    sqlite3 *plain;
    sqlite3_stmt *s = NULL;

    memset(sum, 0, SHA256_SIZE);
    assert_int_equal(sqlite3_open(b->path, &plain), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(plain,
                                        "SELECT name FROM sqlite_schema WHERE type = 'table'", -1,
                                        &s, NULL),
                     SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW)
        add_table(plain, (const char *)sqlite3_column_text(s, 0), parts, sum);
    sqlite3_finalize(s);
    sqlite3_close(plain);
}

/* ---------------------------------------------------------------- what writes */

struct scene {
    struct card card;
    struct grant grant;
    struct reversal reversal;
    struct redemption redemption;
    struct scan_request scan;
    char token[VOUCHER_TOKEN_SIZE];
    char digits[CODE_DIGITS + 1];
};

static enum err_code
scan(struct book *b, struct scene *scene, struct err *e)
{
    struct scan_result out;
    struct refusal refusal;
    int64_t near_miss;

    return scan_open(b->db, &scene->scan, &out, &refusal, &near_miss, e);
}

static enum err_code
grant(struct book *b, struct scene *scene, struct err *e)
{
    struct grant_result out;
    struct refusal refusal;

    if (ledger_grant(b->db, &scene->grant, &out, &refusal, e))
        return e->code;
    CHECK_INT(refusal.kind, REFUSAL_NONE);
    CHECK_INT(out.vouchers_n, 4);
    return OK;
}

static enum err_code
reverse(struct book *b, struct scene *scene, struct err *e)
{
    struct reversal_result out;
    struct refusal refusal;

    if (ledger_reverse(b->db, &scene->reversal, &out, &refusal, e))
        return e->code;
    CHECK_INT(out.vouchers_cancelled, 2);
    CHECK_INT(out.rounds, 1);
    return OK;
}

static enum err_code
redeem(struct book *b, struct scene *scene, struct err *e)
{
    struct voucher out;
    struct refusal refusal;

    if (voucher_redeem(b->db, &scene->redemption, &out, &refusal, e))
        return e->code;
    CHECK_INT(refusal.kind, REFUSAL_NONE);
    return OK;
}

static enum err_code
change_card(struct book *b, struct scene *scene, struct err *e)
{
    const struct by by = {.staff_id = BOOK_OWNER, .now_ms = b->now_ms};

    return card_block(b->db, scene->card.id, &by, e) ||
                   card_reissue(b->db, scene->card.id, &by, e) ||
                   card_unblock(b->db, scene->card.id, &by, e)
               ? e->code
               : OK;
}

static enum err_code
change_plan(struct book *b, struct scene *scene, struct err *e)
{
    struct plan_rules rules;
    int64_t id;

    (void)scene;
    if (plan_load(b->db, BOOK_STAMPS, 0, &rules, e))
        return e->code;
    if (plan_add_version(b->db, &rules, b->now_ms, &id, e))
        return e->code;
    strcpy(rules.name, "Another");
    return plan_create(b->db, &rules, b->now_ms, &id, e);
}

static enum err_code
answer(struct book *b, struct scene *scene, struct err *e)
{
    struct arena *a = arena_new(4 * KIB);
    struct answer found;
    int64_t n;
    enum err_code code = OK;

    if (answer_find(b->db, scene->grant.request_key, scene->grant.request_key, a, &found, e) ||
        answer_store(b->db, scene->grant.request_key, scene->grant.request_key, 409, STR("{}"),
                     b->now_ms, e) ||
        answer_sweep(b->db, b->now_ms, 10, e) ||
        voucher_expire_due(b->db, b->now_ms + 100 * DAY_MS, 10, &n, e))
        code = e->code;
    arena_free(a);
    return code;
}

/* One grant is there to be reversed, two vouchers to be redeemed, a scan to be granted on. */
static void
set_scene(struct book *b, struct scene *scene)
{
    struct grant_result done;

    book_open(b);
    *scene = (struct scene){.card = book_card(b, BOOK_POINTS)};
    book_grant(b, &scene->card, 20000);
    done = book_grant(b, &scene->card, 50000); /* full, and half-way again: 200 left */
    scene->reversal = book_reversal_of(b, done.seq, BOOK_MANAGER);
    voucher_token(b->db, done.voucher[0].id, BOOK_UENO_TILL, b->now_ms + HOUR_MS, scene->token);
    scene->redemption = (struct redemption){.voucher_id = done.voucher[0].id,
                                            .token = str_of(scene->token),
                                            .staff_id = BOOK_CASHIER,
                                            .till_id = BOOK_UENO_TILL,
                                            .shop_id = BOOK_UENO,
                                            .now_ms = b->now_ms};
    scene->grant = book_grant_of(b, book_scan(b, &scene->card), &scene->card, 100000);
    scene->grant.now_ms = b->now_ms;
    b->now_ms += CODE_STEP_MS;
    code_make(&b->keys, CODE_MEMBER, scene->card.locator, code_step(b->now_ms), scene->digits);
    scene->scan = (struct scan_request){.text = str_of(scene->digits),
                                        .till_id = BOOK_UENO_TILL,
                                        .shop_id = BOOK_UENO,
                                        .staff_id = BOOK_CASHIER,
                                        .now_ms = b->now_ms};
}

/* As the writer runs a job of a batch. */
static enum err_code
run_job(struct book *b, struct scene *scene,
        enum err_code (*write)(struct book *, struct scene *, struct err *), int fail_at,
        bool *failed_out)
{
    DB_TX tx = {0};
    struct err e, undo;
    enum err_code code;

    CHECK_OK(db_begin(b->db, &tx, &undo), undo);
    CHECK_OK(db_savepoint(b->db, &undo), undo);
    steps_to_failure = fail_at;
    code = write(b, scene, &e);
    *failed_out = steps_to_failure == 0;
    steps_to_failure = 0;
    if (code == OK)
        CHECK_OK(db_savepoint_release(b->db, &undo), undo);
    else
        CHECK_OK(db_savepoint_undo(b->db, &undo), undo);
    CHECK_OK(db_commit(&tx, &undo), undo);
    return code;
}

static void
a_failed_statement_leaves_nothing_behind(void **state)
{
    static const struct {
        const char *name;
        enum err_code (*write)(struct book *, struct scene *, struct err *);
        int least_steps;
    } row[] = {
        {"scan", scan, 8},
        {"grant", grant, 30},
        {"reverse", reverse, 25},
        {"redeem", redeem, 8},
        {"change_card", change_card, 12},
        {"change_plan", change_plan, 15},
        {"answer", answer, 4},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct scene scene;
        uint8_t before[SHA256_SIZE], after[SHA256_SIZE];
        bool failed = true;
        int n;

        CHECK_ROW(i);
        set_scene(&b, &scene);
        sum_up(&b, before);
        for (n = 1; failed; n++) {
            enum err_code code = run_job(&b, &scene, row[i].write, n, &failed);

            if (failed != (code != OK))
                fail_msg("%s, step %d: failed %d, code %d", row[i].name, n, failed, (int)code);
            sum_up(&b, after);
            CHECK_INT(memcmp(before, after, SHA256_SIZE) == 0, failed);
        }
        CHECK_THAT(n > row[i].least_steps);
        book_close(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_failed_statement_leaves_nothing_behind)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
