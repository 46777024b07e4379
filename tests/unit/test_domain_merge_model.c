/*
 * Fifty members who stamp, fill cards, redeem, are merged and come apart again, at random: after
 * every merge and every undoing the whole book must hold, and every stamp must still be somewhere.
 */
#include "domain/merge.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/check.h"

#define MEMBERS 50
#define STEPS 1000
#define MERGES_MAX 400

static struct {
    struct book book;
    struct card card[MEMBERS];
    int64_t merge[MERGES_MAX];
    size_t merges_n;
    int granted, redeemed, merged, undone, spent;
} m;

/* ---------------------------------------------------------------- what must hold */

static void
must_hold(void *context, const struct check_line *line)
{
    (void)context;
    if (!line->holds)
        fail_msg("%s (%s): %s", line->name, line->claim, line->detail);
}

/* Every stamp that was granted and not taken back lies on a card or filled one. */
static void
nothing_is_lost(void)
{
    int64_t granted =
        book_int(&m.book, "SELECT -balance FROM system_account WHERE id = -9"); /* of issue */
    int64_t held = book_int(&m.book, "SELECT sum(balance) FROM card");
    int64_t filled =
        book_int(&m.book, "SELECT count(*) FROM voucher v JOIN reward r ON r.id = v.reward_id"
                          " WHERE r.at = 10 AND v.state NOT IN ('cancelled', 'moved')");
    int64_t undone = book_int(&m.book, /* expired, and its round was undone later */
                              "SELECT count(*) FROM voucher v JOIN transfer u"
                              " ON u.reverses_seq = v.round_seq WHERE v.state = 'expired'");

    CHECK_INT(held + 10 * (filled - undone), granted);
    CHECK_INT(book_int(&m.book, "SELECT balance FROM system_account WHERE id = -12"), 0);
}

static void
prove(void)
{
    struct check_options options = {.is_quick = true};
    struct err e;
    bool sound;

    CHECK_OK(check_run(m.book.db, &options, must_hold, NULL, &sound, &e), e);
    CHECK_THAT(sound);
    nothing_is_lost();
}

/* ---------------------------------------------------------------- steps */

static void
grant(size_t i)
{
    struct grant_result out;
    struct refusal refusal;
    struct grant in;
    struct err e;

    CHECK_OK(card_load(m.book.db, m.card[i].id, &m.card[i], &e), e);
    if (m.card[i].is_merged)
        return;
    in = book_grant_of(&m.book, book_scan(&m.book, &m.card[i]), &m.card[i],
                       (int64_t)entropy_below(3) + 1);
    in.now_ms = m.book.now_ms;
    CHECK_OK(ledger_grant(m.book.db, &in, &out, &refusal, &e), e);
    if (refusal.kind == REFUSAL_NONE)
        m.granted++;
}

static void
reverse_newest(size_t i)
{
    int64_t seq =
        book_int(&m.book,
                 "SELECT coalesce(max(seq), 0) FROM transfer t WHERE card_id = %lld AND kind = 1"
                 " AND NOT EXISTS (SELECT 1 FROM transfer r WHERE r.reverses_seq = t.seq)",
                 (long long)m.card[i].id);
    struct reversal in = book_reversal_of(&m.book, seq, BOOK_OWNER);
    struct reversal_result out;
    struct refusal refusal;
    struct err e;

    if (seq == 0)
        return;
    CHECK_OK(ledger_reverse(m.book.db, &in, &out, &refusal, &e), e);
}

static void
redeem(size_t i)
{
    struct voucher voucher;
    size_t n;
    struct err e;

    CHECK_OK(voucher_list(m.book.db, m.card[i].id, m.book.now_ms, &voucher, 1, &n, &e), e);
    if (n == 0)
        return;
    book_redeem(&m.book, voucher.id);
    m.redeemed++;
}

static void
merge(size_t from, size_t into)
{
    struct merge_new in = {.from_id = m.card[from].member_id,
                           .into_id = m.card[into].member_id,
                           .staff_id = BOOK_OWNER,
                           .reason = STR("by chance"),
                           .days = 30,
                           .now_ms = m.book.now_ms};
    struct merge_result out;
    struct err e;
    enum err_code code;

    book_request_key(&m.book, in.request_key);
    code = member_merge(m.book.db, &in, &out, &e);
    if (code != OK) {
        CHECK_THAT(code == ERR_CONFLICT || (code == ERR_INPUT && from == into));
        return;
    }
    m.merged++;
    assert_true(m.merges_n < MERGES_MAX);
    m.merge[m.merges_n++] = out.merge_id;
    prove();
}

static void
undo(void)
{
    struct merge_undo in = {.staff_id = BOOK_MANAGER, .now_ms = m.book.now_ms};
    struct err e = {0};

    if (m.merges_n == 0)
        return;
    in.merge_id = m.merge[entropy_below(m.merges_n)];
    book_request_key(&m.book, in.request_key);
    if (member_unmerge(m.book.db, &in, &e) == OK)
        m.undone++;
    else if (strcmp(e.word, "units_spent") == 0)
        m.spent++;
    else
        CHECK_INT(e.code, ERR_CONFLICT);
    prove();
}

static void
one_step(void)
{
    size_t i = entropy_below(MEMBERS);
    uint64_t which = entropy_below(20);
    int64_t n;
    struct err e;

    m.book.now_ms += (int64_t)entropy_below(3 * HOUR_MS);
    if (which < 12)
        grant(i);
    else if (which < 13)
        reverse_newest(i);
    else if (which < 15)
        redeem(i);
    else if (which < 17)
        merge(i, entropy_below(MEMBERS));
    else if (which < 19)
        undo();
    else
        CHECK_OK(voucher_expire_due(m.book.db, m.book.now_ms, 100, &n, &e), e);
}

static void
the_book_holds_whatever_is_merged(void **state)
{
    (void)state;
    entropy_seed(20261126);
    book_open(&m.book);
    for (size_t i = 0; i < MEMBERS; i++)
        m.card[i] = book_card(&m.book, BOOK_STAMPS);
    for (int i = 0; i < STEPS; i++)
        one_step();
    print_message("%d grants, %d redeemed, %d merged, %d undone, %d spent\n", m.granted, m.redeemed,
                  m.merged, m.undone, m.spent);
    CHECK_THAT(m.granted > 300 && m.redeemed > 20 && m.merged > 30 && m.undone > 15 && m.spent > 0);
    book_close(&m.book);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_book_holds_whatever_is_merged)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
