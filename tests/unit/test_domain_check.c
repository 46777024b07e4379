/*
 * The proof of the book: a sound one passes; broken on purpose, each way of breaking it is caught
 * by the invariant that stands against it.
 */
#include "domain/check.h"

#include "domain/template.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "domain/answer.h"
#include "domain/birthday.h"
#include "domain/bonus.h"
#include "domain/card_number.h"
#include "domain/customer.h"
#include "domain/erasure.h"
#include "domain/gift.h"
#include "domain/head.h"
#include "domain/head_file.h"
#include "domain/lapse.h"
#include "domain/member.h"
#include "domain/merge.h"
#include "domain/plan_json.h"
#include "domain/plan_publish.h"
#include "domain/refund.h"
#include "domain/reward_code.h"
#include "domain/run_ended.h"
#include "domain/terms.h"
#include "domain/tier.h"
#include "domain/transfer.h"
#include "domain/unredeem.h"
#include "domain/voucher_cancel.h"

/* ---------------------------------------------------------------- a book with a little of
 * everything */

static void
add_member(struct book *b, const char *line_id, const char *name)
{
    const struct member_login login = {
        .line_id = str_of(line_id), .name = str_of(name), .now_ms = b->now_ms};
    struct member member;
    bool is_new;
    struct err e;

    CHECK_OK(member_enter(b->db, &login, &member, &is_new, &e), e);
    CHECK_THAT(is_new);
}

/* Card 1: points, 1 a grant, 2 another that fills it (3 the round), 4 undone by 5. Card 2: stamps,
 * 6, and 7 undone by 8. Card 3: points, 9, whose voucher expired. Vouchers: 1 redeemed, 2 issued, 3
 * cancelled, 4 expired. */
static void
add_transfers(struct book *b)
{
    struct card points = book_card(b, BOOK_POINTS);
    struct card stamps = book_card(b, BOOK_STAMPS);
    struct card other = book_card(b, BOOK_POINTS);
    int64_t n;
    struct err e;

    book_grant(b, &points, 40000);
    book_grant(b, &points, 15000);
    book_redeem(b, 1);
    book_reverse(b, book_grant(b, &points, 10000).seq);
    book_grant(b, &stamps, 3);
    b->now_ms += HOUR_MS;
    book_reverse(b, book_grant(b, &stamps, 3).seq);
    book_grant(b, &other, 20000);
    b->now_ms += 20 * DAY_MS;
    CHECK_OK(voucher_expire_due(b->db, b->now_ms, 10, &n, &e), e);
    CHECK_INT(n, 1);
}

/* Points cards have fixed numbers, two numbers of one have ended; stamps cards have none. */
static void
add_numbers(struct book *b)
{
    struct plan_rules rules;
    int64_t version, made;
    struct err e;

    CHECK_OK(plan_load(b->db, BOOK_POINTS, 0, &rules, &e), e);
    rules.number = (struct number_format){.is_set = true,
                                          .type = BARCODE_NW7,
                                          .prefix = "20",
                                          .length = 10,
                                          .check = BARCODE_CHECK_7DR,
                                          .start = 'A',
                                          .stop = 'A'};
    rules.number_per_day = 1;
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
    CHECK_OK(card_number_make_missing(b->db, BOOK_POINTS, b->now_ms, &made, &e), e);
    CHECK_INT(made, 2);
    for (int i = 0; i < 2; i++)
        CHECK_OK(card_reissue(b->db, 3, &(struct by){.now_ms = b->now_ms}, &e), e);
}

/* The member "one" agreed to the first terms. */
static void
add_terms(struct book *b)
{
    const struct terms_new terms = {.language = LANGUAGE_JA,
                                    .text = STR("1"),
                                    .from_ms = b->now_ms - 1000,
                                    .now_ms = b->now_ms};
    struct arena *a = arena_new(1 * MIB);
    int64_t version;
    struct err e;

    CHECK_OK(terms_add(b->db, a, &terms, &version, &e), e);
    CHECK_OK(terms_agree(b->db, book_int(b, "SELECT min(member_id) FROM identity"), version,
                         b->now_ms, &e),
             e);
    arena_free(a);
}

/* A member who left; the cards are the book's last two. */
static void
add_erased(struct book *b)
{
    struct erased erased;
    struct err e;

    add_member(b, "U00000000000000000000000000000000", "three");
    CHECK_OK(erase_member(b->db, book_int(b, "SELECT max(id) FROM member"), ERASURE_LEFT, b->now_ms,
                          &erased, &e),
             e);
}

/* What the message side leaves behind. */
static void
add_messages(struct book *b)
{
    book_exec(
        b,
        "INSERT INTO outbox (id, member_id, kind, retry_key, body, state, tries, charged_month,"
        " next_ms, first_ms, closed_ms, created_ms)"
        " SELECT 1, member_id, 'push', '00000000-0000-4000-8000-000000000000', x'00', 'sent',"
        " 2, 202604, %lld, %lld, %lld, %lld FROM notice WHERE voucher_id = 2;"
        "INSERT INTO budget_month (month, charged) VALUES (202604, 1);"
        "UPDATE notice SET state = 'owed', outbox_id = 1 WHERE voucher_id = 2;",
        (long long)b->now_ms, (long long)b->now_ms, (long long)b->now_ms + 2000,
        (long long)b->now_ms);
    book_exec(
        b,
        "INSERT INTO outbox_try (outbox_id, try, at_ms, status)"
        " VALUES (1, 1, %lld, 0), (1, 2, %lld, 200);"
        "INSERT INTO inbox (event_id, at_ms, received_ms, state, closed_ms)"
        " VALUES ('01A', 1, 1, 'applied', 2);"
        "INSERT INTO session (token_hash, kind, till_id, staff_id, created_ms, seen_ms, until_ms)"
        " VALUES (zeroblob(32), 'staff', 1, 1, 0, 0, 43200000);"
        "INSERT INTO answer (request_key, fingerprint, status, body, at_ms)"
        " SELECT request_key, zeroblob(16), 201, x'00', at_ms FROM transfer WHERE seq >= 7;"
        "INSERT INTO answer (request_key, fingerprint, status, body, at_ms, audit_seq)"
        " SELECT randomblob(16), zeroblob(16), 200, x'00', at_ms, seq FROM audit"
        " WHERE act = 'voucher.redeemed'",
        (long long)b->now_ms, (long long)b->now_ms + 1000);
}

/* Every request got its answer. */
static void
add_answers(struct book *b)
{
    book_exec(b, "INSERT INTO answer (request_key, fingerprint, status, body, at_ms)"
                 " SELECT request_key, zeroblob(16), 201, x'00', min(at_ms) FROM transfer"
                 " GROUP BY request_key ORDER BY min(seq)");
}

static void
add_words(struct book *b)
{
    const struct template_words words = {.part = {STR("+{amount}")}};
    const struct template_change change = {
        .words = &words, .staff_id = BOOK_OWNER, .now_ms = b->now_ms};
    struct arena *a = arena_new(64 * KIB);
    struct template_kept kept;
    DB_TX tx = {0};
    struct err e;

    CHECK_OK(db_begin(b->db, &tx, &e), e);
    CHECK_OK(template_set(b->db, &change, a, &kept, &e), e);
    CHECK_OK(db_commit(&tx, &e), e);
    arena_free(a);
}

static void
add_head(struct book *b)
{
    bool made;
    int64_t left;
    struct err e;

    CHECK_OK(head_grow(b->db, 1000, b->now_ms, &made, &left, &e), e);
    CHECK_THAT(made);
}

static void
open_sample(struct book *b)
{
    book_open(b);
    add_transfers(b);
    add_numbers(b);
    add_member(b, "U0123456789abcdef0123456789abcdef", "one");
    add_member(b, "Ufedcba9876543210fedcba9876543210", "two");
    add_terms(b);
    add_erased(b);
    add_messages(b);
    add_words(b);
    add_head(b);
    b->now_ms += HOUR_MS;
    add_head(b);
}

static void
add_customer(struct book *b, int64_t member_id)
{
    struct customer_import import = {.plan_id = BOOK_STAMPS, .now_ms = b->now_ms};
    struct customer_link link = {.member_id = member_id,
                                 .number = STR("2000"),
                                 .birthday = STR("1990-04-01"),
                                 .now_ms = b->now_ms};
    struct arena *a = arena_new(MIB);
    struct customer_report report;
    struct customer_linked linked;
    const char *refused;
    struct err e;

    CHECK_OK(customer_import(b->db, STR("number,birthday,points\n2000,1990-04-01,2\n"), &import, a,
                             &report, &e),
             e);
    book_request_key(b, link.request_key);
    CHECK_OK(customer_link(b->db, &link, &linked, &refused, &e), e);
    CHECK_INT(linked.brought, 2);
    arena_free(a);
}

/* Another book: card 1 (5 stamps and a voucher, which goes on as the second) went into card 2, and
 * card 3 into card 4 and back. A customer of before brought 2 stamps to the last member. */
static void
open_merged(struct book *b)
{
    static const int64_t stamps[] = {5, 4, 2, 1};
    struct merge_new in = {.staff_id = BOOK_MANAGER, .reason = STR("one person"), .days = 30};
    struct merge_undo undo = {.merge_id = 2, .staff_id = BOOK_MANAGER};
    struct merge_result out;
    struct err e;

    book_open(b);
    for (size_t i = 0; i < COUNT(stamps); i++) {
        struct card card = book_card(b, BOOK_STAMPS);

        for (int64_t n = stamps[i]; n > 0; n -= 3, b->now_ms += HOUR_MS)
            book_grant(b, &card, n < 3 ? n : 3);
    }
    add_member(b, "U0123456789abcdef0123456789abcdef", "one");
    for (int64_t from = 1; from <= 3; from += 2) {
        in.from_id = from;
        in.into_id = from + 1;
        in.now_ms = b->now_ms;
        book_request_key(b, in.request_key);
        CHECK_OK(member_merge(b->db, &in, &out, &e), e);
    }
    undo.now_ms = b->now_ms + HOUR_MS;
    book_request_key(b, undo.request_key);
    CHECK_OK(member_unmerge(b->db, &undo, &e), e);
    add_customer(b, book_int(b, "SELECT max(id) FROM member"));
}

/* A third book, with a catalogue: a mug that was swapped for (3) and given back (4), a mug (5), and
 * vouchers 1 (by place), 2 (cancelled) and 3. */
static void
open_swapped(struct book *b)
{
    struct swap_undo undo = {
        .staff_id = BOOK_MANAGER, .till_id = BOOK_UENO_TILL, .shop_id = BOOK_UENO};
    const struct code_load codes = {
        .plan_id = BOOK_POINTS, .key = STR("gift"), .now_ms = b->now_ms};
    struct arena *a = arena_new(MIB);
    struct code_report report;
    struct swap_undone undone;
    struct swap_result out;
    struct refusal refusal;
    struct card card;
    struct err e;

    book_open(b);
    book_catalogue(b, BOOK_POINTS,
                   "{\"rewards\":[{\"at\":200,\"title\":\"Sticker\",\"kind\":\"gift\","
                   "\"valid_days\":30},{\"price\":50,\"key\":\"mug\",\"title\":\"Mug\","
                   "\"valid_days\":30,\"stock\":{\"all\":10,\"a_day\":5}},"
                   "{\"price\":60,\"key\":\"cup\",\"title\":\"Cup\",\"valid_days\":30},"
                   "{\"price\":1,\"key\":\"lot\",\"title\":\"Lot\",\"valid_days\":7,\"prizes\":["
                   "{\"odds\":500000,\"key\":\"a\",\"title\":\"A\",\"valid_days\":7},"
                   "{\"odds\":499999,\"key\":\"b\",\"title\":\"B\",\"valid_days\":7},"
                   "{\"odds\":1,\"key\":\"c\",\"title\":\"C\",\"valid_days\":7}]},"
                   "{\"price\":2,\"key\":\"gift\",\"title\":\"Gift\",\"valid_days\":7,"
                   "\"codes\":true}]}");
    CHECK_OK(reward_codes_load(b->db, STR("A\nB\n"), &codes, a, &report, &e), e);
    arena_free(a);
    card = book_card(b, BOOK_POINTS);
    book_grant(b, &card, 25000);
    for (int i = 0; i < 2; i++) {
        CHECK_TEXT(refusal_word(book_swap(b, &card, book_reward(b, "mug"), &out).kind), "none");
        if (i == 1)
            break;
        undo.seq = out.seq;
        undo.now_ms = b->now_ms;
        book_request_key(b, undo.request_key);
        CHECK_OK(swap_take_back(b->db, &undo, &undone, &refusal, &e), e);
        CHECK_TEXT(refusal_word(refusal.kind), "none");
    }
    CHECK_TEXT(refusal_word(book_swap(b, &card, book_reward(b, "lot"), &out).kind), "none");
    CHECK_TEXT(refusal_word(book_swap(b, &card, book_reward(b, "gift"), &out).kind), "none");
    add_answers(b);
}

/* Another book: 1 gave 20 points that end. The voucher of 2 ended unused, and 3 gave its price
 * back; that of 4 ended unused, and gave nothing. */
static void
open_unused(struct book *b)
{
    struct swap_result out;
    struct card card;
    int64_t plan_id, n;
    struct err e;

    book_open(b);
    plan_id = book_plan(b, "{\"name\":\"Ends\",\"expiry\":{\"kind\":\"after\",\"days\":90}}");
    book_catalogue(b, plan_id,
                   "{\"rewards\":[{\"price\":5,\"key\":\"back\",\"title\":\"Back\","
                   "\"valid_days\":1,\"on_expiry\":\"back\"},"
                   "{\"price\":5,\"key\":\"lost\",\"title\":\"Lost\",\"valid_days\":1}]}");
    card = book_card(b, plan_id);
    book_card(b, plan_id);
    book_grant(b, &card, 2000);
    for (int i = 0; i < 2; i++) {
        CHECK_TEXT(
            refusal_word(book_swap(b, &card, book_reward(b, i == 0 ? "back" : "lost"), &out).kind),
            "none");
        b->now_ms = out.expires_ms;
        CHECK_OK(voucher_expire_due(b->db, b->now_ms, 10, &n, &e), e);
        CHECK_INT(n, 1);
    }
}

/* Another book, of receipts: number 1 was credited to card 1 (1), taken back (2), and credited to
 * card 2 (3). Card 2 was granted a stamp with number 2 (4), and credited for number 3 (5). */
static void
open_late(struct book *b)
{
    struct card card[2];
    struct plan_rules rules;
    int64_t version, first;
    struct err e;

    book_open(b);
    CHECK_OK(plan_load(b->db, BOOK_STAMPS, 0, &rules, &e), e);
    rules.late = (struct late_rules){.days = 7, .cashier_max = 3};
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
    card[0] = book_card(b, BOOK_STAMPS);
    card[1] = book_card(b, BOOK_STAMPS);
    first = book_credit(b, &card[0], "1", b->now_ms - DAY_MS).seq;
    book_reverse(b, first);
    book_credit(b, &card[1], "1", b->now_ms - DAY_MS);
    book_grant(b, &card[1], 1);
    book_exec(b, "INSERT INTO receipt SELECT 1, '2', 0, 0, max(seq) FROM transfer");
    book_credit(b, &card[1], "3", b->now_ms - 2 * DAY_MS);
}

/* A third book, of points that end. Card 1: 10 points of transfer 1 lapsed as 4, 20 of 2 were
 * undone by 3, the 5 of 5 are there. Card 2: 6 filled it (7 the round), and 8 and 9 undid both;
 * then 10. */
static void
open_lots(struct book *b)
{
    int64_t free = 0, filled = 0, seq;
    struct card one, two;

    book_open(b);
    free = book_plan(b, "{\"name\":\"Free\",\"expiry\":{\"kind\":\"after\",\"days\":30,"
                        "\"remind_days\":30}}");
    filled = book_plan(b, "{\"name\":\"Filled\",\"goal\":5,\"rewards\":[{\"at\":5,"
                          "\"title\":\"Tea\",\"valid_days\":9}],"
                          "\"expiry\":{\"kind\":\"month_end\",\"months\":1}}");
    one = book_card(b, free);
    two = book_card(b, filled);
    book_grant(b, &one, 1000);
    b->now_ms += DAY_MS;
    book_reverse(b, book_grant(b, &one, 2000).seq);
    b->now_ms += 31 * DAY_MS;
    book_grant(b, &one, 500);
    seq = book_grant(b, &two, 600).seq;
    b->now_ms += HOUR_MS;
    book_reverse(b, seq);
    book_grant(b, &two, 300);
}

/* Of card 1, 400 points: transfer 2 spent 10; hold 1 (3) was captured, hold 2 (4) in part (5, 6), 3
 * (7) released (8), 4 (9) is open. Card 2: voucher 1 was redeemed twice, and once not; hold 5 had
 * it.
 */
static void
open_spent(struct book *b)
{
    struct card card, points;
    struct voucher voucher;
    struct redemption undo = {
        .voucher_id = 1, .staff_id = BOOK_CASHIER, .till_id = BOOK_UENO_TILL, .shop_id = BOOK_UENO};
    struct refusal refusal;
    int64_t held;
    struct err e;

    book_open(b);
    card = book_card(b, book_money_plan(b));
    points = book_card(b, BOOK_POINTS);
    book_grant(b, &card, 40000);
    book_spend(b, &card, 10);
    book_end(b, hold_capture, book_hold(b, &card, 20), 0);
    book_end(b, hold_capture, book_hold(b, &card, 30), 10);
    book_end(b, hold_release, book_hold(b, &card, 40), 0);
    book_hold(b, &card, 50);
    book_grant(b, &points, 20000);
    book_redeem(b, 1);
    undo.now_ms = b->now_ms;
    CHECK_OK(voucher_unredeem(b->db, &undo, &voucher, &refusal, &e), e);
    b->now_ms += MINUTE_MS;
    held = book_hold_voucher(b, 1);
    b->now_ms += 5 * MINUTE_MS; /* longer than a code that was read is good for */
    book_end(b, hold_capture, held, 0);
}

/* Stamps: a visit, version 2 from a schedule, another visit, and what was brought along (3); a
 * schedule of points was called off. */
static void
open_planned(struct book *b)
{
    struct arena *a = arena_new(1 * MIB);
    struct plan_schedule due;
    struct card card;
    int64_t id, at_ms;
    struct err e;

    book_open(b);
    card = book_card(b, BOOK_STAMPS);
    book_grant(b, &card, 1);
    at_ms = b->now_ms + DAY_MS;
    for (int64_t plan = BOOK_STAMPS; plan <= BOOK_POINTS; plan++) {
        struct plan_draft draft = {
            .plan_id = plan, .name = "A", .rules = STR("{\"cool_down_min\":60}")};
        struct publish in = {.plan_id = plan, .now_ms = b->now_ms};

        CHECK_OK(plan_draft_save(b->db, a, &draft, 0, b->now_ms, &in.draft_id, &e), e);
        CHECK_OK(plan_schedule(b->db, a, &in, at_ms, &id, &e), e);
    }
    CHECK_OK(plan_schedule_cancel(b->db, a, BOOK_POINTS, id, 0, b->now_ms, &id, &e), e);
    b->now_ms = at_ms + HOUR_MS;
    CHECK_OK(plan_schedule_due(b->db, a, b->now_ms, &due, &e), e);
    CHECK_INT(due.version, 2);
    book_grant(b, &card, 1);
    add_customer(b, card.member_id);
    arena_free(a);
}

static void
refund(struct book *b, int64_t grant_seq, int64_t yen)
{
    struct refund in = {.grant_seq = grant_seq,
                        .yen = yen,
                        .staff_id = BOOK_MANAGER,
                        .till_id = BOOK_UENO_TILL,
                        .shop_id = BOOK_UENO,
                        .now_ms = b->now_ms};
    struct refund_result out;
    struct refusal refusal;
    struct err e;

    book_request_key(b, in.request_key);
    CHECK_OK(ledger_refund(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
}

static void
cancel(struct book *b, int64_t voucher_id)
{
    struct cancellation in = {.voucher_id = voucher_id,
                              .staff_id = BOOK_MANAGER,
                              .till_id = BOOK_UENO_TILL,
                              .shop_id = BOOK_UENO,
                              .now_ms = b->now_ms};
    struct reversal_result out;
    struct refusal refusal;
    struct err e;

    book_request_key(b, in.request_key);
    CHECK_OK(voucher_cancel(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
}

/* A third book: card 1 was filled by a sale (1, its round 2), its reward used, and then a part of
 * the sale refunded: 300 points were owed. 3 repaid 100 of them (4), 5 the rest (6); a part of 5
 * was refunded (7). Of card 2 (8) a voucher was taken back that had cost nothing, and one that
 * had: round 10 by 11. Vouchers: 1 and 3 cancelled with audit lines, 2 redeemed, 4 and 5 cancelled
 * with the round. */
static void
open_refunded(struct book *b)
{
    struct plan_rules rules;
    struct card first, second;
    int64_t version;
    struct err e;

    book_open(b);
    CHECK_OK(plan_load(b->db, BOOK_POINTS, 0, &rules, &e), e);
    rules.back.refund_short = SHORT_OWE;
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
    first = book_card(b, BOOK_POINTS);
    second = book_card(b, BOOK_POINTS);
    book_grant(b, &first, 50000);
    book_redeem(b, 2);
    refund(b, 1, 30000);
    book_grant(b, &first, 10000);
    book_grant(b, &first, 30000);
    refund(b, 5, 5000);
    CHECK_INT(book_int(b, "SELECT owed FROM card WHERE id = 1"), 0);
    CHECK_INT(book_int(b, "SELECT balance FROM card WHERE id = 1"), 50);
    book_grant(b, &second, 20000);
    cancel(b, 3);
    book_grant(b, &second, 30000);
    cancel(b, 4);
}

/* Another book, of gifts out of card 1: one open (transfer 2), one that card 2 accepted (3, 4), and
 * one taken back (5, 6). */
static void
open_gifts(struct book *b)
{
    const uint8_t key[REQUEST_KEY_SIZE] = {7};
    struct gift_new in = {.plan_id = BOOK_POINTS, .amount = 20};
    struct gift_take take = {.now_ms = b->now_ms};
    struct gift_line line[3];
    struct gift_taken taken;
    struct plan_rules rules;
    struct refusal refusal;
    struct card card[2];
    struct gift gift;
    int64_t version;
    size_t n;
    struct err e;

    book_open(b);
    CHECK_OK(plan_load(b->db, BOOK_POINTS, 0, &rules, &e), e);
    rules.reward[0] = rules.reward[1];
    rules.rewards_n = 1;
    rules.gift = (struct gift_rules){.day_max = 100, .min = 1, .days = 7};
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
    card[0] = book_card(b, BOOK_POINTS);
    card[1] = book_card(b, BOOK_POINTS);
    book_card(b, BOOK_STAMPS);
    book_grant(b, &card[0], 10000);
    in.member_id = card[0].member_id;
    in.now_ms = take.now_ms = b->now_ms;
    for (size_t i = 0; i < 3; i++) {
        book_request_key(b, in.request_key);
        CHECK_OK(gift_make(b->db, &in, &gift, &card[0], &refusal, &e), e);
        CHECK_OK(gifts_of_member(b->db, in.member_id, line, 3, &n, &e), e);
        take.token = str_of(line[0].token);
        take.member_id = card[1].member_id;
        book_request_key(b, take.request_key);
        if (i == 1)
            CHECK_OK(gift_accept(b->db, &take, &taken, &refusal, &e), e);
        if (i == 2)
            CHECK_OK(gift_take_back(b->db, gift.id, in.member_id, key, b->now_ms, &card[0],
                                    &refusal, &e),
                     e);
    }
    add_answers(b);
}

/* A book of tiers. Card 1 rose to 1 with transfer 1 and to 2 with 2, which 3 undid. Card 2 rose to
 * 1 with 4, and time let it fall. */
static void
open_tiers(struct book *b)
{
    struct card one, two;
    int64_t plan;
    bool done;
    struct err e;

    book_open(b);
    plan = book_plan(b, "{\"name\":\"Tiers\",\"tier\":{\"by\":\"yen\",\"months\":1,"
                        "\"keep_months\":1,\"steps\":[{\"name\":\"A\",\"from\":1000},"
                        "{\"name\":\"B\",\"from\":5000}]}}");
    one = book_card(b, plan);
    two = book_card(b, plan);
    book_grant(b, &one, 2000);
    book_reverse(b, book_grant(b, &one, 4000).seq);
    book_grant(b, &two, 1000);
    b->now_ms += 40 * DAY_MS;
    book_grant(b, &one, 2000);
    CHECK_OK(tier_run(b->db, b->now_ms, 10, &done, &e), e);
}

/* ---------------------------------------------------------------- breaking it */

#define FAILED_MAX 64
#define LINES_MAX 128

struct found {
    size_t n, lines;
    char name[FAILED_MAX][32];
    char line[LINES_MAX][32]; /* every name that was told */
};

static void
note(void *context, const struct check_line *line)
{
    struct found *found = context;

    CHECK_THAT(found->lines < LINES_MAX);
    str_copy(str_of(line->name), found->line[found->lines++], sizeof(found->line[0]));
    CHECK_INT(line->holds, line->detail[0] == '\0');
    CHECK_THAT(strlen(line->claim) > 10);
    if (!line->holds && found->n < FAILED_MAX)
        str_copy(str_of(line->name), found->name[found->n++], sizeof(found->name[0]));
}

static struct found
prove_with(struct book *b, const struct check_options *options)
{
    struct found found = {.n = 0};
    bool sound;
    struct err e;

    CHECK_OK(check_run(b->db, options, note, &found, &sound, &e), e);
    CHECK_INT(sound, found.n == 0);
    return found;
}

static struct found
prove(struct book *b, bool is_quick)
{
    return prove_with(b, &(struct check_options){.is_quick = is_quick});
}

/* What others keep of a sound book: its heads, and a receipt of every transfer. */
static struct check_options
keep_elsewhere(struct book *b, struct arena *a)
{
    struct check_options kept = {.receipts = tmpfile()};
    struct buf heads = buf_new(a, HEADS_FILE_MAX);
    int64_t newest = book_int(b, "SELECT max(seq) FROM transfer");
    struct err e;

    assert_non_null(kept.receipts);
    CHECK_OK(heads_write(b->db, 1, 1000, &heads, &e), e);
    kept.heads = buf_str(&heads);
    for (int64_t seq = 1; seq <= newest; seq++) {
        struct transfer t;
        char mac[HEX_SIZE(MAC_SIZE)];

        CHECK_OK(transfer_by_seq(b->db, seq, &t, &e), e);
        hex_encode(t.mac, MAC_SIZE, mac);
        fprintf(kept.receipts, "%lld %s\n", (long long)seq, mac);
    }
    return kept;
}

static bool
is_among(const struct found *found, const char *name)
{
    for (size_t i = 0; i < found->n; i++)
        if (strcmp(found->name[i], name) == 0)
            return true;
    return false;
}

static void
a_sound_book_passes(void **state)
{
    struct book b;
    struct found found;

    (void)state;
    open_sample(&b);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer"), 9);
    CHECK_INT(book_int(&b, "SELECT count(DISTINCT state) FROM voucher"), 4);
    found = prove(&b, false);
    for (size_t i = 0; i < found.n; i++)
        print_error("%s fails\n", found.name[i]);
    CHECK_INT(found.n, 0);
    CHECK_INT(found.lines, CHECK_COUNT + 12);
    CHECK_INT(prove(&b, true).lines, CHECK_COUNT + 10);
    book_close(&b);
}

static void
an_empty_book_passes(void **state)
{
    struct book b;

    (void)state;
    book_open(&b);
    book_close(&b);
}

/* Card 1 earned on a double day under a cap, with the bonus of a first visit and its parts; later
 * it was thanked for a survey, and had a birthday. */
static void
open_earned(struct book *b)
{
    struct refusal refusal;
    struct bonus_result out;
    struct plan_rules rules;
    struct event_bonus thanks = {
        .card_id = 1, .event = STR("survey"), .staff_id = BOOK_OWNER, .now_ms = BOOK_NOW_MS};
    struct card card;
    int64_t version;
    size_t n;
    struct err e;

    book_open(b);
    CHECK_OK(plan_load(b->db, BOOK_STAMPS, 0, &rules, &e), e);
    CHECK_OK(plan_file_read(STR("{\"earn\": {\"join\": {\"units\": 1, \"when\": \"visit\"},"
                                " \"factors\": [{\"percent\": 200, \"weekdays\": [\"wed\"]}],"
                                " \"birthday\": {\"units\": 1}, \"events\": [{\"name\": \"survey\","
                                " \"title\": \"Survey\", \"units\": 1}],"
                                " \"caps\": {\"staff\": {\"units\": 50}}}}"),
                            &rules, &e),
             e);
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
    card = book_card(b, BOOK_STAMPS);
    CHECK_INT(book_grant(b, &card, 1).amount, 3);
    b->now_ms += HOUR_MS;
    book_reverse(b, book_grant(b, &card, 1).seq);
    thanks.now_ms = b->now_ms;
    book_request_key(b, thanks.request_key);
    CHECK_OK(bonus_event(b->db, &thanks, &out, &rules, &refusal, &e), e);
    CHECK_OK(birthday_save(b->db, 1, &(struct birthday){.month = 4, .day = 1}, &e), e);
    CHECK_OK(bonus_birthdays(b->db, b->now_ms, 10, &n, &e), e);
    CHECK_INT(n, 1);
    add_answers(b);
}

/* Answers go in the order they came, whatever the clock said in between. */
static void
a_clock_that_was_weeks_ahead_is_no_alarm(void **state)
{
    static const int64_t step_ms[] = {0, 40 * DAY_MS, -41 * DAY_MS, 37 * DAY_MS};
    struct card card;
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    for (size_t i = 0; i < COUNT(step_ms); i++) {
        struct grant_result out;
        struct err e;

        b.now_ms += step_ms[i];
        CHECK_OK(answer_sweep(b.db, b.now_ms, 10, &e), e);
        out = book_grant(&b, &card, 1000);
        book_exec(&b,
                  "INSERT INTO answer (request_key, fingerprint, status, body, at_ms)"
                  " SELECT request_key, zeroblob(16), 201, x'00', %lld FROM transfer"
                  " WHERE seq = %lld",
                  (long long)b.now_ms, (long long)out.seq);
    }
    /* the third is old by now, but the second, made while the clock was ahead, is not */
    CHECK_INT(book_int(&b, "SELECT count(*) FROM answer"), 3);
    book_close(&b);
}

/* As somebody would who has the file: no triggers, no checks, no foreign keys. */
static void
drop_guards(struct book *b)
{
    int64_t n = book_int(b, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'");

    CHECK_THAT(n >= 8);
    book_exec(b, "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE type = 'trigger';"
                 "PRAGMA writable_schema = RESET; VACUUM");
}

#define ERASED "(SELECT id FROM member WHERE erased_ms IS NOT NULL)"

struct break_by {
    const char *name; /* of the invariant that catches it */
    const char *sql;
};

static const struct break_by broken[] = {
    {"I01_BALANCES", "UPDATE card SET balance = balance + 1 WHERE id = 1"},
    {"I01_BALANCES", "UPDATE card SET balance = 1 WHERE id = 5"}, /* one without transfers */
    {"I01_BALANCES", "UPDATE system_account SET balance = balance - 1 WHERE id = -17"},
    {"I01_BALANCES", "UPDATE system_account SET balance = 1 WHERE id = -20"},
    {"I02_UNITS_BALANCE", "UPDATE card SET balance = balance + 1 WHERE id = 1"},
    {"I03_NEVER_NEGATIVE", "UPDATE transfer SET amount = 1 WHERE seq = 1"},
    {"I04_NO_GAPS", "DELETE FROM transfer WHERE seq = 6"},
    {"I04_NO_GAPS", "DELETE FROM transfer WHERE seq = 1"},
    {"I05_TIME_ADVANCES", "UPDATE transfer SET at_ms = at_ms + 864000000 WHERE seq = 2"},
    {"I06_CHAINED", "UPDATE transfer SET prev_mac = zeroblob(16) WHERE seq = 3"},
    {"I06_CHAINED", "UPDATE transfer SET prev_mac = mac WHERE seq = 1"},
    {"I07_HEAD", "UPDATE chain_head SET seq = seq - 1 WHERE chain = 'transfer'"},
    {"I07_HEAD", "DELETE FROM transfer WHERE seq = 9"}, /* cut off at the end */
    {"I07_HEAD", "UPDATE chain_head SET mac = zeroblob(16) WHERE chain = 'transfer'"},
    {"I07_HEAD", "DELETE FROM chain_head WHERE chain = 'transfer'"},
    {"I09_LEGAL_WAYS", "UPDATE transfer SET debit = -18 WHERE seq = 1"}, /* from redeem */
    {"I09_LEGAL_WAYS", "UPDATE transfer SET debit = -9 WHERE seq = 1"},  /* of another plan */
    {"I09_LEGAL_WAYS", "UPDATE transfer SET debit = 2 WHERE seq = 1"},   /* from another card */
    {"I09_LEGAL_WAYS", "UPDATE transfer SET plan_id = 1 WHERE seq = 1"},
    {"I09_LEGAL_WAYS", "UPDATE transfer SET kind = 2 WHERE seq = 1"},
    {"I09_LEGAL_WAYS", "UPDATE transfer SET kind = 9 WHERE seq = 1"},
    {"I10_REVERSALS_MIRROR", "UPDATE transfer SET amount = amount + 1 WHERE seq = 5"},
    {"I10_REVERSALS_MIRROR", "UPDATE transfer SET reverses_seq = 5 WHERE seq = 8"},
    {"I10_REVERSALS_MIRROR", "UPDATE transfer SET reverses_seq = 1 WHERE seq = 8"},
    {"I10_REVERSALS_MIRROR", "UPDATE transfer SET reverses_seq = 99 WHERE seq = 8"},
    {"I10_REVERSALS_MIRROR",
     "UPDATE transfer SET reverses_seq = 9 WHERE seq = 8"}, /* later than it */
    {"I10_REVERSALS_MIRROR",
     "DROP INDEX transfer_reverses; UPDATE transfer SET reverses_seq = 7 WHERE seq = 5"},
    {"I11_BALANCE_AFTER", "UPDATE transfer SET balance_after = balance_after + 1 WHERE seq = 2"},
    {"I12_KEY_ONCE", "UPDATE transfer SET request_key = (SELECT request_key FROM transfer"
                     " WHERE seq = 1) WHERE seq = 6"},
    {"I12_KEY_ONCE", "UPDATE transfer SET request_key = zeroblob(16) WHERE seq = 3"},
    {"I12_KEY_ONCE", "UPDATE transfer SET cause_seq = 6 WHERE seq = 3"},
    {"I13_ANSWERED", "DELETE FROM answer WHERE id = 2"},
    {"I14_ANSWERS_TRUE", "UPDATE answer SET request_key = randomblob(16) WHERE id = 2"},
    {"I14_ANSWERS_TRUE", "UPDATE answer SET audit_seq = NULL WHERE status = 200"},
    {"I14_ANSWERS_TRUE", "UPDATE answer SET audit_seq = audit_seq + 99 WHERE status = 200"},
    {"I14_ANSWERS_TRUE", "UPDATE answer SET at_ms = at_ms + 1 WHERE status = 200"},
    {"I14_ANSWERS_TRUE", "INSERT INTO answer SELECT 99, randomblob(16), fingerprint, status, body,"
                         " at_ms, audit_seq FROM answer WHERE status = 200"}, /* redeemed twice */
    {"I15_VOUCHERS_EARNED", "UPDATE voucher SET cause_seq = 3 WHERE id = 2"},
    {"I15_VOUCHERS_EARNED", "UPDATE voucher SET cause_seq = 1 WHERE id = 2"},
    {"I15_VOUCHERS_EARNED", "UPDATE voucher SET card_id = 3 WHERE id = 2"},
    {"I15_VOUCHERS_EARNED", "UPDATE voucher SET round_seq = NULL WHERE id = 2"},
    {"I15_VOUCHERS_EARNED", "UPDATE voucher SET round_seq = 1 WHERE id = 2"},
    {"I15_VOUCHERS_EARNED", "UPDATE voucher SET reward_id = 4 WHERE id = 1"}, /* a better one */
    {"I15_VOUCHERS_EARNED", "UPDATE voucher SET reward_id = 2 WHERE id = 2"}, /* of another plan */
    {"I15_VOUCHERS_EARNED", "DELETE FROM voucher WHERE id = 2"},
    {"I15_VOUCHERS_EARNED", "UPDATE transfer SET amount = 499 WHERE seq = 3"},
    {"I15_VOUCHERS_EARNED",
     "INSERT INTO voucher SELECT 9, card_id, reward_id, NULL, 77, state, NULL, cause_seq, "
     "round_seq,"
     " issued_ms, expires_ms, closed_ms, closed_by_seq, till_id, staff_id, read_ms, 0 FROM"
     " voucher WHERE id = 2"},
    {"I16_CLOSED", "DELETE FROM audit WHERE act = 'voucher.redeemed'"},
    {"I16_CLOSED", "UPDATE voucher SET state = 'issued', closed_ms = NULL, till_id = NULL,"
                   " staff_id = NULL WHERE id = 1"}, /* to be redeemed again */
    {"I16_CLOSED", "UPDATE voucher SET closed_ms = expires_ms WHERE id = 1"},
    {"I16_CLOSED", "UPDATE voucher SET closed_ms = expires_ms - 1 WHERE id = 4"},
    {"I16_CLOSED", "UPDATE voucher SET closed_by_seq = 7 WHERE id = 3"},
    {"I16_CLOSED", "UPDATE voucher SET closed_ms = 1 WHERE id = 2"},
    {"I16_CLOSED", "UPDATE voucher SET state = 'expired', closed_ms = 1 WHERE id = 2"},
    {"I17_GIVEN_BACK", "UPDATE voucher SET state = 'cancelled', closed_ms = 1, closed_by_seq = 5"
                       " WHERE id = 2"},
    {"I18_NOT_GIVEN_BACK", "UPDATE transfer SET reverses_seq = 3 WHERE seq = 5"},
    {"I21_MESSAGES_END", "UPDATE outbox SET state = 'queued', closed_ms = NULL;"
                         "UPDATE run_ended SET at_ms = (SELECT first_ms FROM outbox) + 86400000"
                         " WHERE name = 'outbox'"},
    {"I21_MESSAGES_END", "UPDATE outbox SET closed_ms = NULL"},
    {"I22_SENT_ONCE", "UPDATE outbox_try SET status = 200"},
    {"I22_SENT_ONCE", "UPDATE outbox SET kind = 'reply', event_id = '01A', recipients = 0,"
                      " retry_key = NULL, charged_month = NULL"},
    {"I22_SENT_ONCE",
     "INSERT INTO outbox (kind, member_id, recipients, body, state, next_ms, created_ms)"
     " VALUES ('menu', 1, 0, x'00', 'queued', 0, 0), ('menu', 1, 0, x'00', 'queued', 0, 0)"},
    {"I44_CHARGED", "UPDATE outbox SET charged_month = NULL"},
    {"I44_CHARGED", "UPDATE outbox SET charged_month = 202605"},
    {"I44_CHARGED", "UPDATE budget_month SET charged = 0"},
    {"I44_CHARGED", "UPDATE outbox SET recipients = 2"},
    {"I44_CHARGED", "UPDATE outbox SET kind = 'multicast'"},
    {"I23_TRIES_AGREE", "UPDATE outbox SET state = 'rejected'"},
    {"I23_TRIES_AGREE", "UPDATE outbox SET tries = 3"},
    {"I23_TRIES_AGREE", "UPDATE outbox_try SET status = 500"},
    {"I23_TRIES_AGREE", "UPDATE outbox_try SET status = 500; UPDATE outbox SET state ="
                        " 'accepted_before'"},
    {"I24_TRIES_IN_TIME", "UPDATE outbox SET closed_ms = first_ms"},
    {"I24_TRIES_IN_TIME", "UPDATE outbox SET first_ms = first_ms - 86400000"},
    {"I24_TRIES_IN_TIME", "UPDATE outbox SET first_ms = NULL"},
    {"I25_NO_ORPHANS", "UPDATE notice SET seq = 99 WHERE id = 1"},
    {"I25_NO_ORPHANS", "UPDATE notice SET seq = 3 WHERE id = 2"},
    {"I25_NO_ORPHANS", "UPDATE notice SET member_id = 2 WHERE id = 1"},
    {"I25_NO_ORPHANS",
     "UPDATE notice SET state = 'waiting', outbox_id = NULL WHERE state = 'owed'"},
    {"I25_NO_ORPHANS", "UPDATE outbox SET member_id = 2"},
    {"I26_NONE_FORGOTTEN", "DELETE FROM notice WHERE voucher_id = 1"},
    {"I26_NONE_FORGOTTEN", "DELETE FROM notice WHERE kind = 'grant'"},
    {"I26_NONE_FORGOTTEN", "DELETE FROM outbox"},
    {"I27_CODES_ONCE", "UPDATE scan SET step = step - 4 WHERE id = 1"},
    {"I27_CODES_ONCE", "UPDATE scan SET until_ms = until_ms + 1 WHERE id = 1"},
    {"I28_GRANTS_SCANNED", "UPDATE transfer SET scan_id = NULL WHERE seq = 1"},
    {"I28_GRANTS_SCANNED", "UPDATE transfer SET till_id = 2 WHERE seq = 1"},
    {"I28_GRANTS_SCANNED", "UPDATE scan SET card_id = 2 WHERE id = 1"},
    {"I28_GRANTS_SCANNED", "UPDATE transfer SET visit_ms = at_ms - 130000 WHERE seq = 1"},
    {"I28_GRANTS_SCANNED", "UPDATE transfer SET scan_id = 1 WHERE seq = 2"},
    {"I26_TOLD",
     "UPDATE run_ended SET at_ms = (SELECT expires_ms - 86400000 FROM voucher WHERE id = 2)"
     " WHERE name = 'voucher_lapse'"},
    {"I29_NO_COPIES", "UPDATE voucher SET read_ms = NULL WHERE id = 1"},
    {"I29_NO_COPIES", "UPDATE voucher SET read_ms = closed_ms - 120001 WHERE id = 1"},
    {"I29_NUMBERS_EARN_SELDOM", "UPDATE scan SET form = 'number', step = NULL WHERE id = 1"},
    {"I30_ON_DUTY", "UPDATE till SET shop_id = 2 WHERE id = 1"},
    {"I30_ON_DUTY", "UPDATE staff SET shop_id = 2, name = 'moved' WHERE id = 1"},
    {"I30_ON_DUTY", "UPDATE transfer SET staff_id = 4 WHERE seq = 1"},
    {"I30_ON_DUTY", "UPDATE transfer SET staff_id = NULL WHERE seq = 1"},
    {"I30_ON_DUTY", "UPDATE voucher SET staff_id = 4 WHERE id = 1"},
    {"I30_ON_DUTY", "UPDATE staff SET is_active = 0, ended_ms = (SELECT at_ms - 1 FROM transfer"
                    " WHERE seq = 5) WHERE id = 2"},
    {"I30_ON_DUTY", "UPDATE till SET state = 'revoked', revoked_ms = (SELECT max(at_ms) - 1"
                    " FROM transfer) WHERE id = 1"},
    {"I30_ON_DUTY",
     "INSERT INTO staff (id, name, role, is_active, created_ms, ended_ms)"
     " VALUES (9, 'left', 1, 0, 1, 2); UPDATE voucher SET staff_id = 9 WHERE id = 1"},
    {"I30_ON_DUTY", "INSERT INTO absence SELECT 'staff', staff_id, at_ms - 1, at_ms + 1"
                    " FROM transfer WHERE seq = 1"},
    {"I30_ON_DUTY", "INSERT INTO absence SELECT 'till', till_id, at_ms - 1, at_ms + 1"
                    " FROM transfer WHERE seq = 1"},
    {"I30_ON_DUTY", "INSERT INTO absence SELECT 'staff', staff_id, closed_ms - 1, closed_ms + 1"
                    " FROM voucher WHERE id = 1"},
    {"I31_NOT_OWN_CARD", "UPDATE staff SET member_id = 2 WHERE id = 1"},
    {"I31_NOT_OWN_CARD", "UPDATE staff SET member_id = 2 WHERE id = 2"}, /* a reversal */
    {"I31_NOT_OWN_CARD", "UPDATE staff SET member_id = 1 WHERE id = 2;"
                         "UPDATE voucher SET staff_id = 2 WHERE id = 1"},
    {"I33_ERASED_ARE_NOBODY", "UPDATE identity SET member_id = " ERASED " WHERE member_id ="
                              " (SELECT max(member_id) FROM identity)"},
    {"I33_ERASED_ARE_NOBODY", "INSERT INTO member_key VALUES (" ERASED ", zeroblob(60))"},
    {"I33_ERASED_ARE_NOBODY", "DELETE FROM identity WHERE member_id = (SELECT max(member_id)"
                              " FROM identity)"}, /* a key that nobody needs */
    {"I33_ERASED_ARE_NOBODY", "UPDATE session SET member_id = " ERASED},
    {"I33_ERASED_ARE_NOBODY", "UPDATE consent SET member_id = " ERASED},
    {"I33_ERASED_ARE_NOBODY", "UPDATE staff SET member_id = " ERASED " WHERE id = 1"},
    {"I33_ERASED_ARE_NOBODY", "UPDATE member SET is_friend = 1"},
    {"I33_ERASED_ARE_NOBODY", "UPDATE member SET seen_ms = 1"},
    {"I33_ERASED_ARE_NOBODY", "UPDATE notice SET member_id = " ERASED ", state = 'kept'"},
    {"I33_ERASED_ARE_NOBODY", "UPDATE notice SET member_id = " ERASED ", detail = x'00'"},
    {"I33_ERASED_ARE_NOBODY", "INSERT INTO birthday VALUES (" ERASED ", 401)"},
    {"I33_ERASED_ARE_NOBODY", "UPDATE outbox SET member_id = " ERASED ", body = x'00'"},
    {"I33_ERASED_ARE_NOBODY", "INSERT INTO topic_choice VALUES (" ERASED ", 'offers', 1, 1)"},
    {"I33_ERASED_ARE_NOBODY",
     "INSERT INTO reply_chance SELECT " ERASED ", event_id, x'00', 1 FROM inbox LIMIT 1"},
    {"I34_ERASED_HOLD_NOTHING", "UPDATE card SET state = 'active' WHERE state = 'ended'"},
    {"I34_ERASED_HOLD_NOTHING", "UPDATE card SET balance = 1 WHERE state = 'ended'"},
    {"I34_ERASED_HOLD_NOTHING", "UPDATE card_number SET ended_ms = NULL WHERE card_id IN"
                                " (SELECT id FROM card WHERE state = 'ended')"},
    {"I34_ERASED_HOLD_NOTHING", "UPDATE voucher SET card_id = (SELECT max(id) FROM card)"},
    {"I34_ERASED_HOLD_NOTHING", "UPDATE card SET state = 'ended' WHERE id = 1"},
    {"I35_SESSIONS", "UPDATE staff SET is_active = 0 WHERE id = 1"},
    {"I35_SESSIONS", "UPDATE session SET until_ms = 43200001"},
    {"I35_SESSIONS",
     "UPDATE staff SET is_active = 0, ended_ms = 9e12 WHERE role = 3"}, /* nobody's */
    {"I36_EVENTS_APPLIED", "UPDATE inbox SET state = 'received', event = x'00', closed_ms = NULL;"
                           "INSERT INTO inbox (event_id, at_ms, received_ms, state, closed_ms)"
                           " VALUES ('01B', 2, 300002, 'applied', 300003)"},
    {"I65_TOKENS_UNUSED",
     "INSERT INTO outbox (kind, event_id, recipients, body, state, next_ms,"
     " closed_ms, created_ms) VALUES ('reply', '01A', 0, x'', 'sent', 1, 1, 1);"
     "INSERT INTO reply_chance VALUES (1, '01A', x'00', 1)"},
    {"I66_BEACONS_HINT",
     "INSERT INTO beacon_visit VALUES (1, 1, 1, NULL), (1, 2, 259200002, NULL)"},
    {"I37_AUDIT_CHAINED", "UPDATE audit SET prev_mac = zeroblob(16) WHERE seq = 2"},
    {"I37_AUDIT_CHAINED", "DELETE FROM audit WHERE seq = 1"},
    {"I37_AUDIT_CHAINED", "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"},
    {"I37_AUDIT_CHAINED", "UPDATE audit SET at_ms = 1 WHERE seq = 2"},
    {"I38_AUDITED", "UPDATE audit SET act = 'other' WHERE act = 'transfer.reversed'"},
    {"I39_INTEGRITY", "PRAGMA ignore_check_constraints = ON; UPDATE member SET is_friend = 7"},
    {"I40_REFERENCES", "UPDATE card SET member_id = 99 WHERE id = 3"},
    {"I41_NUMBERS_OF_CARDS", "DELETE FROM card_number WHERE card_id = 1"},
    {"I41_NUMBERS_OF_CARDS", "UPDATE card_number SET ended_ms = made_ms WHERE card_id = 1"},
    {"I41_NUMBERS_OF_CARDS", "UPDATE card_number SET number = '21' || substr(number, 3)"},
    {"I41_NUMBERS_OF_CARDS", "UPDATE card_number SET number = number || '0' WHERE id = 1"},
    {"I41_NUMBERS_OF_CARDS", "UPDATE card_number SET card_id = 2 WHERE id = 1"}, /* stamps */
    {"I41_NUMBERS_OF_CARDS", "UPDATE card_number SET card_id = 99 WHERE id = 1"},
    {"I41_NUMBERS_OF_CARDS",
     "DROP INDEX card_number_in_force; UPDATE card_number SET ended_ms = NULL WHERE card_id = 3"},
    {"I41_NUMBERS_OF_CARDS", "CREATE TABLE n AS SELECT * FROM card_number; DROP TABLE card_number;"
                             "ALTER TABLE n RENAME TO card_number; UPDATE card_number SET plain ="
                             " (SELECT plain FROM card_number WHERE card_id = 1)"},
    {"I42_NUMBERS_READ", "UPDATE scan SET form = 'number', step = NULL WHERE card_id = 2"},
    {"I42_NUMBERS_READ", "UPDATE scan SET form = 'number', step = NULL WHERE card_id = 3;"
                         "UPDATE card_number SET ended_ms = 1, made_ms = 1 WHERE card_id = 3"},
    {"I43_CONSENTS", "DELETE FROM terms"},
    {"I43_CONSENTS", "UPDATE consent SET at_ms = at_ms - 1001"},
    {"I43_CONSENTS", "DELETE FROM consent"},
    {"I43_CONSENTS", "UPDATE member SET agreed = 1"}, /* everybody, unasked */
    {"I61_TEMPLATES_AUDITED", "UPDATE message_template SET version = version + 1"},
    {"I61_TEMPLATES_AUDITED", "UPDATE audit SET act = 'other' WHERE act = 'template.set'"},
    {"I61_TEMPLATES_AUDITED",
     "INSERT INTO message_template (kind, language, version, changed_ms, staff_id)"
     " VALUES ('tier', 'ja', 1, 1, 1)"},
#define MADE(key, language, low, high, id)                                                         \
    "INSERT INTO menu_made VALUES ('" key "', 'member', '" language "', 1, " low ", " high         \
    ", 0, 0, '" id "', 'n', 1, 1);"
    {"R1_MENUS_APART", MADE("a", "ja", "0", "5", "a") MADE("b", "ja", "5", "9", "b")},
    {"R1_MENUS_APART", "INSERT INTO menu_period (title, from_ms, until_ms, created_ms)"
                       " VALUES ('a', 1, 5, 1), ('b', 4, 9, 1)"},
    {"R2_MENU_LINKS", "INSERT INTO menu_link VALUES (1, 'x', 1)"},
    {"R2_MENU_LINKS",
     "UPDATE menu_work SET sweep_id = 1; INSERT INTO menu_link VALUES (1, 'x', 1)"},
    {"K6_NUMBERS_FIT", "UPDATE card_number SET number = substr(number, 1, 9) ||"
                       " (substr(number, 10) + 1) % 7 WHERE id = 1"},
    {"K6_NUMBERS_FIT", "UPDATE card_number SET number = substr(number, 1, 8) ||"
                       " (substr(number, 9, 1) + 1) % 10 || substr(number, 10) WHERE id = 1"},
    {"K6_NUMBERS_FIT", "UPDATE card_number SET plain = '2099999999' WHERE id = 1"},
    {"K1_TRANSFERS_GENUINE", "UPDATE transfer SET staff_id = 2 WHERE seq = 1"},
    {"K1_TRANSFERS_GENUINE", "UPDATE transfer SET reason = 'gift' WHERE seq = 9"},
    {"K1_TRANSFERS_GENUINE", "UPDATE transfer SET yen = 1 WHERE seq = 1"},
    {"K1_TRANSFERS_GENUINE", "UPDATE transfer SET cause_seq = 0 WHERE seq = 1"}, /* 0 is not NULL */
    {"K1_TRANSFERS_GENUINE", "UPDATE transfer SET mac = randomblob(16) WHERE seq = 5"},
    {"K4_RECEIPTS", "UPDATE transfer SET mac = randomblob(16) WHERE seq = 5"},
    {"K4_RECEIPTS", "DELETE FROM transfer WHERE seq = 9"},
    {"I07_ANCHORED", "UPDATE transfer SET mac = randomblob(16) WHERE seq = 9"},
    {"I07_ANCHORED", "DELETE FROM transfer WHERE seq = 9"},
    {"I07_ANCHORED", "DELETE FROM head WHERE number = 2"},
    {"K7_HEADS_GENUINE", "UPDATE transfer SET amount = amount + 1 WHERE seq = 9"},
    {"K7_HEADS_GENUINE", "UPDATE transfer SET mac = randomblob(16) WHERE seq = 9"},
    {"K7_HEADS_GENUINE", "DELETE FROM transfer WHERE seq = 9"},
    {"K7_HEADS_GENUINE", "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"},
    {"K7_HEADS_GENUINE", "UPDATE head SET root = zeroblob(32) WHERE number = 1"},
    {"K7_HEADS_GENUINE", "UPDATE head SET last = zeroblob(32) WHERE number = 1"},
    {"K7_HEADS_GENUINE", "UPDATE head SET audit = zeroblob(32) WHERE number = 2"},
    {"K7_HEADS_GENUINE", "UPDATE head SET before = zeroblob(32) WHERE number = 2"},
    {"K7_HEADS_GENUINE", "UPDATE head SET at_ms = at_ms + 1 WHERE number = 1"},
    {"K7_HEADS_GENUINE", "UPDATE head SET size = 8 WHERE number = 2"},
    {"K7_HEADS_GENUINE", "UPDATE head SET size = 10 WHERE number = 2"},
    {"K7_HEADS_GENUINE", "UPDATE head SET signature = randomblob(64) WHERE number = 2"},
    {"K7_HEADS_GENUINE", "DELETE FROM head WHERE number = 1"},
    {"K7_HEADS_GENUINE", "INSERT INTO tree_node VALUES (6, 0, zeroblob(32))"},
    {"I67_MONTHS", "INSERT INTO month_total VALUES (1, 202604, 1, 1, 1, 0, 1)"},
    {"K2_AUDIT_GENUINE", "UPDATE audit SET subject = 77 WHERE seq = 1"},
    {"K2_AUDIT_GENUINE", "UPDATE audit SET act = act || 'x' WHERE seq = 1"},
    {"K3_IDENTITIES_OPEN", "UPDATE identity SET line_index = randomblob(16) WHERE rowid ="
                           " (SELECT min(rowid) FROM identity)"},
    {"K3_IDENTITIES_OPEN", "UPDATE identity SET name = (SELECT name FROM identity i"
                           " WHERE i.member_id <> identity.member_id)"},
    {"K3_IDENTITIES_OPEN", "UPDATE member_key SET wrapped = randomblob(60)"},
};

static const struct break_by broken_merge[] = {
    {"I33_ERASED_ARE_NOBODY", "UPDATE member SET erased_ms = 1, erased_why = 'left' WHERE id = 4;"
                              "UPDATE customer SET member_id = 4, linked_ms = 1"},
    {"I55_GUESTS", "UPDATE member SET is_guest = 1"},
    {"I55_GUESTS",
     "UPDATE member SET is_guest = 1 WHERE id = 2; UPDATE voucher SET state = 'redeemed'"},
    {"I54_BROUGHT_ONCE", "UPDATE customer SET points = points + 1"},
    {"I54_BROUGHT_ONCE", "UPDATE customer SET brought_seq = 1"},
    {"I54_BROUGHT_ONCE", "UPDATE customer SET brought_seq = NULL"},
    {"I54_BROUGHT_ONCE", "UPDATE customer SET plan_id = 2"},
    {"I16_CLOSED", "UPDATE voucher SET state = 'cancelled', closed_by_seq = 9 WHERE id = 1"},
    {"I50_MERGES", "DELETE FROM member_merge_card WHERE merge_id = 1"},
    {"I50_MERGES", "UPDATE member_merge_card SET in_seq = out_seq WHERE merge_id = 1"},
    {"I50_MERGES", "UPDATE member_merge_card SET into_card = 3 WHERE merge_id = 1"},
    {"I76_DEBTS", "UPDATE member_merge_card SET owed = 5 WHERE merge_id = 1"}, /* nobody did */
    {"I50_MERGES", "UPDATE transfer SET amount = amount - 1 WHERE kind = 6"},
    {"I50_MERGES", "UPDATE transfer SET cause_seq = 1 WHERE kind = 6"},
    {"I50_MERGES", "UPDATE transfer SET staff_id = 3 WHERE kind = 5"},
    {"I50_MERGES", "UPDATE transfer SET cause_seq = 1 WHERE kind = 3"},
    {"I50_MERGES", "UPDATE member_merge SET state = 'undone', undone_ms = at_ms WHERE id = 1"},
    {"I50_MERGES", "UPDATE member_merge SET state = 'done', undone_ms = NULL WHERE id = 2"},
    {"I50_MERGES", "UPDATE member_merge SET from_id = 3 WHERE id = 1"},
    {"I50_MERGES",
     "DROP INDEX member_merge_from; INSERT INTO member_merge SELECT 9, from_id, into_id,"
     " kind, state, staff_id, reason, was_friend, at_ms, until_ms, undone_ms"
     " FROM member_merge WHERE id = 1"},
    {"I51_MERGED_MEMBERS", "UPDATE member SET merged_into = NULL WHERE id = 1"},
    {"I51_MERGED_MEMBERS", "UPDATE member SET merged_into = 2 WHERE id = 3"},
    {"I51_MERGED_MEMBERS", "UPDATE member SET is_friend = 1 WHERE id = 1"},
    {"I51_MERGED_MEMBERS", "UPDATE identity SET member_id = 1"},
    {"I51_MERGED_MEMBERS",
     "INSERT INTO session (token_hash, kind, member_id, created_ms, seen_ms, until_ms)"
     " VALUES (zeroblob(32), 'member', 1, 1, 1, 2)"},
    {"I51_MERGED_MEMBERS", "UPDATE card SET state = 'active', merged_into = NULL WHERE id = 1"},
    {"I51_MERGED_MEMBERS", "UPDATE card SET merged_into = 4 WHERE id = 1"},
    {"I51_MERGED_MEMBERS", "UPDATE card SET state = 'merged', merged_into = 4 WHERE id = 3"},
    {"I51_MERGED_MEMBERS", "UPDATE card SET balance = 1 WHERE id = 1"},
    {"I51_MERGED_MEMBERS", "UPDATE voucher SET state = 'issued', closed_ms = NULL WHERE id = 1"},
    {"I52_VOUCHERS_MOVED", "DELETE FROM voucher WHERE moved_from = 1"},
    {"I52_VOUCHERS_MOVED", "UPDATE voucher SET moved_from = 99 WHERE moved_from = 1"},
    {"I52_VOUCHERS_MOVED", "UPDATE voucher SET expires_ms = expires_ms + 1 WHERE moved_from = 1"},
    {"I52_VOUCHERS_MOVED", "UPDATE voucher SET reward_id = 2 WHERE moved_from = 1"},
    {"I52_VOUCHERS_MOVED", "UPDATE voucher SET round_seq = 3 WHERE moved_from = 1"},
    {"I52_VOUCHERS_MOVED", "UPDATE voucher SET card_id = 4 WHERE moved_from = 1"},
    {"I53_MERGES_AUDITED", "UPDATE audit SET act = 'x' WHERE act = 'member.merged'"},
    {"I53_MERGES_AUDITED", "UPDATE audit SET act = 'x' WHERE act = 'member.unmerged'"},
    {"I53_MERGES_AUDITED", "UPDATE member_merge SET staff_id = 1"},
    {"I53_MERGES_AUDITED", "UPDATE staff SET member_id = 2 WHERE id = 2"},
};

#define SAME_KEY(seq, as)                                                                          \
    "UPDATE transfer SET request_key = (SELECT request_key FROM transfer WHERE seq = " #as         \
    ") WHERE seq = " #seq
#define UNANSWERED(seq)                                                                            \
    "DELETE FROM answer WHERE request_key = (SELECT request_key FROM transfer WHERE seq = " #seq ")"

static const struct break_by broken_swap[] = {
    {"I12_KEY_ONCE", SAME_KEY(5, 4)},
    {"I12_KEY_ONCE", SAME_KEY(3, 2)},
    {"I13_ANSWERED", UNANSWERED(4)},
    {"I13_ANSWERED", UNANSWERED(5)},
    {"I29_NO_COPIES", "UPDATE transfer SET till_id = 1, staff_id = 1, shop_id = 1 WHERE seq = 4"},
    {"I29_NO_COPIES", "UPDATE transfer SET till_id = 1, staff_id = 1, shop_id = 1, scan_id = 1"
                      " WHERE seq = 4; UPDATE scan SET form = 'number', step = NULL"},
    {"I31_NOT_OWN_CARD", "UPDATE transfer SET staff_id = 3 WHERE seq = 4;"
                         "UPDATE staff SET member_id = 1 WHERE id = 3"},
    {"I70_SWAPS_PAID", "UPDATE transfer SET amount = 49 WHERE seq = 4"},
    {"I70_SWAPS_PAID", "UPDATE voucher SET reward_id = (SELECT id FROM reward WHERE key = 'cup'),"
                       " as_id = NULL WHERE id = 3"},
    {"I70_SWAPS_PAID", "UPDATE voucher SET cause_seq = 2 WHERE id = 3"}, /* one that was undone */
    {"I70_SWAPS_PAID", "UPDATE voucher SET cause_seq = 1 WHERE id = 3"}, /* a grant */
    {"I70_SWAPS_PAID", "UPDATE voucher SET card_id = 9 WHERE id = 3"},
    {"I70_SWAPS_PAID", "DELETE FROM voucher WHERE id = 3"},
    {"I70_SWAPS_PAID", "INSERT INTO voucher SELECT 9, card_id, reward_id, as_id, 77, state, NULL,"
                       " cause_seq, round_seq, issued_ms, expires_ms, closed_ms, closed_by_seq,"
                       " till_id, staff_id, read_ms, 0 FROM voucher WHERE id = 3"},
    {"I70_SWAPS_PAID", "UPDATE voucher SET state = 'issued', closed_ms = NULL,"
                       " closed_by_seq = NULL WHERE id = 2"}, /* paid back, and still good */
    {"I70_SWAPS_PAID", "UPDATE voucher SET state = 'cancelled', closed_ms = 1, closed_by_seq = 3"
                       " WHERE id = 3"}, /* cancelled, and not paid back */
    {"I71_TERMS_FIT", "UPDATE voucher SET as_id = (SELECT id FROM reward WHERE key = 'cup')"
                      " WHERE id = 3"},
    {"I71_TERMS_FIT", "UPDATE voucher SET as_id = (SELECT id FROM reward WHERE key = 'cup')"
                      " WHERE id = 1"},
    {"I71_TERMS_FIT", "UPDATE voucher SET as_id = 1 WHERE id = 1"}, /* of another plan */
    {"I72_STOCK_COUNTED", "UPDATE stock SET issued = issued + 1 WHERE key = 'mug'"},
    {"I72_STOCK_COUNTED", "UPDATE stock SET issued = issued - 1 WHERE key = 'mug'"},
    {"I72_STOCK_COUNTED", "UPDATE stock SET issued_day = issued_day + 1 WHERE key = 'mug'"},
    {"I72_STOCK_COUNTED", "UPDATE stock SET issued = 1 WHERE key = 'cup'"},
    {"I73_DRAWN_ONCE", "DELETE FROM draw"},
    {"I73_DRAWN_ONCE", "UPDATE draw SET voucher_id = 3"},
    {"I73_DRAWN_ONCE", "UPDATE draw SET cause_seq = 1"},
    {"I73_DRAWN_ONCE", "UPDATE draw SET lottery_id = 1"},
    {"I74_CODES_OF_VOUCHERS", "UPDATE stock SET codes_left = 2 WHERE key = 'gift'"},
    {"I74_CODES_OF_VOUCHERS", "UPDATE reward_code SET voucher_id = NULL;"
                              "UPDATE stock SET codes_left = 2 WHERE key = 'gift'"},
    {"I74_CODES_OF_VOUCHERS", "UPDATE reward_code SET voucher_id = 3 WHERE voucher_id IS NOT NULL"},
    {"I74_CODES_OF_VOUCHERS", "UPDATE reward_code SET stock_id = 1 WHERE voucher_id IS NOT NULL"},
    {"I74_CODES_OF_VOUCHERS", "DELETE FROM reward_code WHERE voucher_id IS NULL"},
    {"K9_DRAWS_GENUINE", "UPDATE draw SET roll = (roll + 1) % 1000000"},
    {"K9_DRAWS_GENUINE", "UPDATE draw SET drawn_id = (SELECT id FROM reward WHERE key = 'c')"},
    {"K9_DRAWS_GENUINE", "UPDATE draw SET nth = 2"},
    {"K9_DRAWS_GENUINE", "UPDATE lot_seed SET seed = zeroblob(60)"},
    {"K9_DRAWS_GENUINE", "UPDATE voucher SET as_id = (SELECT id FROM reward WHERE key = CASE"
                         " (SELECT key FROM reward WHERE id = voucher.as_id) WHEN 'a' THEN 'b'"
                         " ELSE 'a' END) WHERE id IN (SELECT voucher_id FROM draw)"},
};

static const struct break_by broken_unused[] = {
    {"I77_UNUSED_BACK", "UPDATE voucher SET closed_by_seq = NULL WHERE id = 1"},
    {"I77_UNUSED_BACK", "UPDATE voucher SET closed_by_seq = 3 WHERE id = 2"},
    {"I77_UNUSED_BACK", "UPDATE voucher SET closed_by_seq = 99 WHERE id = 1"},
    {"I77_UNUSED_BACK", "UPDATE voucher SET closed_by_seq = 1 WHERE id = 1"},
    {"I77_UNUSED_BACK", "UPDATE voucher SET state = 'issued', closed_ms = NULL,"
                        " closed_by_seq = NULL WHERE id = 1"}, /* paid back, and still good */
    {"I77_UNUSED_BACK", "UPDATE transfer SET amount = 4 WHERE seq = 3"},
    {"I77_UNUSED_BACK", "UPDATE transfer SET cause_seq = 4 WHERE seq = 3"},
    {"I77_UNUSED_BACK", "UPDATE transfer SET card_id = 2, credit = 2 WHERE seq = 3"},
    {"I77_UNUSED_BACK", "UPDATE transfer SET reverses_seq = 2 WHERE seq = 1"}, /* twice */
    {"I77_UNUSED_BACK", "UPDATE lot SET amount = 4 WHERE seq = 3"},
    {"I77_UNUSED_BACK", "DELETE FROM lot WHERE seq = 3"}, /* points that should end */
    {"I09_LEGAL_WAYS", "UPDATE transfer SET debit = credit, credit = debit WHERE seq = 3"},
};

static const struct break_by broken_earned[] = {
    {"I80_PARTS_OF_GRANTS", "UPDATE earn_part SET seq = 2 WHERE seq = 1"}, /* of the bonus */
    {"I80_PARTS_OF_GRANTS", "UPDATE earn_part SET seq = 99 WHERE seq = 1"},
    {"I80_PARTS_OF_GRANTS", "UPDATE earn_part SET units = 2 WHERE seq = 1"},
    {"I81_DAYS_COUNTED", "UPDATE earn_tally SET grants = grants + 1"},
    {"I81_DAYS_COUNTED", "UPDATE earn_tally SET units = units - 1"},
    {"I81_DAYS_COUNTED", "UPDATE earn_tally SET id = 2"},
    {"I81_DAYS_COUNTED", "UPDATE earn_tally SET what = 'till'"}, /* which the plan does not cap */
    {"I82_BONUSES_ONCE", "UPDATE transfer SET reason = 'join' WHERE reason = 'birthday'"},
    {"I82_BONUSES_ONCE", "UPDATE transfer SET reason = 'birthday' WHERE reason = 'event:survey'"},
    {"I82_BONUSES_ONCE", "UPDATE transfer SET cause_seq = 99 WHERE reason = 'join'"},
    {"I82_BONUSES_ONCE", "UPDATE transfer SET request_key = zeroblob(16) WHERE reason = 'join'"},
    {"I82_BONUSES_ONCE", "UPDATE audit SET act = 'x' WHERE act = 'bonus.given'"},
    {"I12_KEY_ONCE", "UPDATE transfer SET request_key = (SELECT request_key FROM transfer WHERE"
                     " reason = 'event:survey') WHERE reason = 'birthday'"},
    {"I13_ANSWERED", "DELETE FROM answer WHERE request_key = (SELECT request_key FROM transfer"
                     " WHERE reason = 'event:survey')"},
    {"I31_NOT_OWN_CARD", "UPDATE staff SET member_id = 1 WHERE id = 3"},
};

static const struct break_by broken_refund[] = {
    {"I12_KEY_ONCE", SAME_KEY(8, 7)},
    {"I31_NOT_OWN_CARD", "UPDATE staff SET member_id = 1 WHERE id = 2"},
    {"I16_CLOSED", "UPDATE audit SET act = 'x' WHERE act = 'voucher.cancelled' AND subject = 3"},
    {"I16_CLOSED", "UPDATE audit SET subject = 2 WHERE act = 'voucher.cancelled' AND subject = 3"},
    {"I16_CLOSED", "UPDATE voucher SET closed_by_seq = 7 WHERE id = 4"},
    {"I17_GIVEN_BACK", "UPDATE voucher SET closed_by_seq = NULL WHERE id = 4"},
    {"I34_ERASED_HOLD_NOTHING", "UPDATE member SET erased_ms = 1, erased_why = 'left' WHERE id = 1;"
                                "UPDATE card SET owed = 1, state = 'ended' WHERE id = 1"},
    {"I75_REFUNDS", "DELETE FROM refund WHERE id = 2"},
    {"I75_REFUNDS", "UPDATE refund SET grant_seq = 3 WHERE id = 2"},
    {"I75_REFUNDS", "UPDATE refund SET grant_seq = 99 WHERE id = 1"},
    {"I75_REFUNDS", "UPDATE refund SET card_id = 2 WHERE id = 2"},
    {"I75_REFUNDS", "UPDATE refund SET seq = NULL WHERE id = 2"},
    {"I75_REFUNDS", "UPDATE refund SET seq = 4 WHERE id = 1"},
    {"I75_REFUNDS", "UPDATE refund SET yen = yen + 1 WHERE id = 2"},
    {"I75_REFUNDS", "UPDATE refund SET yen = 50001 WHERE id = 1"},
    {"I75_REFUNDS", "UPDATE refund SET forgiven = 1 WHERE id = 2"},
    {"I75_REFUNDS", "UPDATE audit SET act = 'x' WHERE act = 'sale.refunded' AND subject = 1"},
    {"I75_REFUNDS", "UPDATE transfer SET reverses_seq = 1 WHERE seq = 11"},
    {"I75_REFUNDS", "UPDATE transfer SET amount = amount + 1 WHERE seq = 7"},
    {"I75_REFUNDS", "UPDATE transfer SET kind = 14, cause_seq = 8 WHERE seq = 10"},
    {"I76_DEBTS", "UPDATE card SET owed = 1 WHERE id = 2"},
    {"I76_DEBTS", "UPDATE refund SET owed = owed - 1, forgiven = 1 WHERE id = 1"},
    {"I76_DEBTS", "UPDATE transfer SET kind = 14 WHERE seq = 4"},
    {"I76_DEBTS", "UPDATE transfer SET amount = 99 WHERE seq = 4"},
    {"I76_DEBTS", "INSERT INTO debt_move VALUES (1, 1, 2, 5, 1)"},
    {"I76_DEBTS", "INSERT INTO debt_move VALUES (1, 1, 2, 5, 1), (2, 2, 1, 5, 1)"}, /* no merge */
    {"I76_DEBTS",
     "UPDATE card SET owed = 1 WHERE id = 1; UPDATE refund SET owed = 302 WHERE id = 1;"
     "INSERT INTO debt_move VALUES (1, 1, NULL, 1, 1)"}, /* its member is still there */
    {"K8_REFUNDS_EXACT", "UPDATE refund SET units = units + 1, forgiven = 1 WHERE id = 2"},
    {"K8_REFUNDS_EXACT", "UPDATE refund SET units = units - 1, owed = owed - 1 WHERE id = 1"},
    {"K8_REFUNDS_EXACT", "UPDATE refund SET yen = yen + 100 WHERE id = 1"},
    {"K8_REFUNDS_EXACT", "UPDATE transfer SET yen = yen * 2 WHERE seq = 5"},
};

static const struct break_by broken_late[] = {
    {"I90_RECEIPTS_ONCE",
     "UPDATE receipt SET number = '2', turn = 5 WHERE number = '3'"}, /* both live */
    {"I90_RECEIPTS_ONCE", "UPDATE receipt SET number = '2', day = 1 WHERE number = '3'"},
    {"I90_RECEIPTS_ONCE", "UPDATE receipt SET seq = 99 WHERE number = '2'"},
    {"I90_RECEIPTS_ONCE", "UPDATE receipt SET seq = 2 WHERE number = '2'"}, /* a reversal's */
    {"I90_RECEIPTS_ONCE", "UPDATE receipt SET shop_id = 2 WHERE number = '2'"},
    {"I90_RECEIPTS_ONCE", "INSERT INTO receipt SELECT shop_id, '4', day, turn, seq FROM receipt"
                          " WHERE number = '2'"},
    {"I90_RECEIPTS_ONCE", "DELETE FROM transfer WHERE reverses_seq = 1"}, /* credited twice, then */
    {"I91_LATE_CREDITS", "UPDATE audit SET act = 'x' WHERE act = 'late.credited'"},
    {"I91_LATE_CREDITS", "UPDATE transfer SET kind = 15 WHERE kind = 1"},
    {"I91_LATE_CREDITS", "UPDATE transfer SET scan_id = NULL WHERE seq = 1"},
    {"I91_LATE_CREDITS", "UPDATE transfer SET till_id = 2 WHERE seq = 1"},
    {"I91_LATE_CREDITS", "UPDATE transfer SET card_id = 2, credit = 2 WHERE seq = 1"},
    {"I31_NOT_OWN_CARD", "UPDATE staff SET member_id = 1 WHERE id = 1"},
#define UNPROVEN                                                                                   \
    "UPDATE transfer SET till_id = NULL, scan_id = NULL WHERE seq = 5;"                            \
    "DELETE FROM receipt WHERE number = '3';"
#define AGREED(staff)                                                                              \
    "INSERT INTO audit VALUES (99, 1, 'late.approved', " #staff                                    \
    ", 0, 5, zeroblob(16), zeroblob(16))"
    {"I32_TWO_AGREED", UNPROVEN},
    {"I32_TWO_AGREED", UNPROVEN "UPDATE staff SET role = 2; " AGREED(1)}, /* who asked */
    {"I32_TWO_AGREED", UNPROVEN AGREED(4)},                               /* a cashier */
    {"I32_TWO_AGREED", UNPROVEN "UPDATE staff SET member_id = 2 WHERE id = 3; " AGREED(3)},
};

static const struct break_by broken_lots[] = {
    {"I12_KEY_ONCE", SAME_KEY(4, 1)}, /* long afterwards */
    {"I26_TOLD", "UPDATE run_ended SET at_ms = (SELECT ends_ms - 86400000 FROM card WHERE id = 1)"
                 " WHERE name = 'points_lapse'"},
    {"I19_LOTS_ADD_UP", "UPDATE lot SET remaining = 1 WHERE seq = 1"},
    {"I19_LOTS_ADD_UP", "UPDATE lot_move SET amount = -9 WHERE seq = 4"},
    {"I19_LOTS_ADD_UP", "DELETE FROM lot_move WHERE seq = 4"},
    {"I19_LOTS_ADD_UP", "UPDATE card SET ends_ms = NULL WHERE id = 1"},
    {"I19_LOTS_ADD_UP", "UPDATE card SET ends_ms = ends_ms + 1 WHERE id = 1"},
    {"I19_LOTS_ADD_UP", "UPDATE lot SET amount = 9, remaining = 9 WHERE seq = 5"},
    {"I19_LOTS_BEGIN", "UPDATE lot SET seq = 4 WHERE seq = 5"},
    {"I19_LOTS_BEGIN", "UPDATE lot SET amount = 4 WHERE seq = 5"},
    {"I19_LOTS_BEGIN", "UPDATE lot SET part = 1 WHERE seq = 5"},
    {"I19_LOTS_BEGIN", "UPDATE lot SET expires_ms = expires_ms + 1 WHERE seq = 5"},
    {"I19_LOTS_BEGIN", "UPDATE lot SET usable_ms = 1 WHERE seq = 5"},
    {"I19_LOTS_BEGIN", "UPDATE lot SET plan_version = 2 WHERE seq = 5"},
    {"I19_LOTS_BEGIN", "DELETE FROM lot WHERE seq = 5"},
    {"I19_MOVES_FIT", "UPDATE lot_move SET seq = 5 WHERE seq = 4"},
    {"I19_MOVES_FIT", "UPDATE lot_move SET amount = -11 WHERE seq = 4"},
    {"I19_MOVES_FIT", "UPDATE lot_move SET amount = 10 WHERE seq = 4"},
    {"I19_MOVES_FIT", "DELETE FROM lot_move WHERE seq = 8"},
    {"I19_MOVES_FIT", "DELETE FROM lot_move WHERE seq = 4"},
    {"I20_ENDED_LEFT",
     "UPDATE run_ended SET at_ms = (SELECT max(expires_ms) FROM lot) WHERE name = 'lapse'"},
    {"K1_TRANSFERS_GENUINE", "UPDATE transfer SET expires_ms = expires_ms + 1 WHERE seq = 5"},
    {"K1_TRANSFERS_GENUINE", "UPDATE transfer SET usable_ms = 1 WHERE seq = 5"},
};

static const struct break_by broken_spend[] = {
    {"S1_SPENDINGS_AGREED", "DELETE FROM spend_yes WHERE spend_seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE spend_yes SET points = points - 1 WHERE spend_seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE spend_yes SET card_id = 2 WHERE spend_seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE spend_yes SET at_ms = at_ms + 1 WHERE spend_seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE spend_yes SET until_ms = at_ms - 1 WHERE spend_seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE spend_yes SET spend_seq = 1 WHERE spend_seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE transfer SET scan_id = NULL WHERE seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE transfer SET scan_id = 3 WHERE seq = 2"}, /* one a scan */
    {"S1_SPENDINGS_AGREED", "UPDATE transfer SET till_id = 2 WHERE seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE transfer SET visit_ms = at_ms - 250000 WHERE seq = 2"},
    {"S1_SPENDINGS_AGREED", "UPDATE scan SET form = 'jan13' WHERE id = 2"}, /* a copied code */
    {"S1_SPENDINGS_AGREED", "UPDATE scan SET form = 'number', step = NULL WHERE id = 2"},
    {"H1_HOLDS", "UPDATE hold SET spend_seq = 2 WHERE id = 1"},
    {"H1_HOLDS", "UPDATE hold SET spend_seq = 99 WHERE id = 1"},
    {"H1_HOLDS", "UPDATE hold SET card_id = 2 WHERE id = 1"},
    {"H1_HOLDS", "UPDATE hold SET till_id = 2 WHERE id = 1"},
    {"H1_HOLDS", "UPDATE hold SET state = 'over' WHERE id = 1"},
    {"H1_HOLDS", "UPDATE hold SET state = 'captured', closed_ms = until_ms WHERE id = 4"},
    {"H1_HOLDS", "UPDATE hold SET state = 'open', closed_ms = NULL, back_seq = NULL WHERE id = 3"},
    {"H1_HOLDS", "UPDATE hold SET back_seq = 6 WHERE id = 1"},
    {"H1_HOLDS", "UPDATE hold SET back_seq = NULL WHERE id = 2"},
    {"H1_HOLDS", "UPDATE hold SET kept_seq = NULL WHERE id = 2"},
    {"H1_HOLDS", "UPDATE hold SET kept_seq = 3 WHERE id = 2"},
    {"H1_HOLDS", "UPDATE transfer SET amount = 30 WHERE seq = 6"}, /* more than was held */
    {"H1_HOLDS", "UPDATE transfer SET reason = 'spend' WHERE seq = 9"},
    {"H1_HOLDS", "UPDATE transfer SET cause_seq = 3 WHERE seq = 8"},
    {"H1_HOLDS", "UPDATE transfer SET reverses_seq = 9 WHERE seq = 8"}, /* of one that is open */
    {"H1_HOLDS", "DELETE FROM hold WHERE id = 4"},
    {"H1_HOLDS", "DELETE FROM hold WHERE id = 3"},
    {"H1_HOLDS", "DELETE FROM hold WHERE id = 2"},
    {"H1_HOLDS", "DELETE FROM audit WHERE act = 'hold.released'"},
    {"H1_HOLDS", "UPDATE audit SET act = 'hold.over' WHERE act = 'hold.released'"},
    {"H1_HOLDS", "UPDATE hold SET card_id = 1 WHERE id = 5"},
    {"H1_HOLDS", "UPDATE hold SET voucher_id = 99 WHERE id = 5"},
    {"H1_HOLDS", "UPDATE hold SET state = 'open', closed_ms = NULL WHERE id = 5;"
                 "DELETE FROM audit WHERE act = 'hold.captured' AND subject = 5"},
    {"H1_HOLDS", "DELETE FROM audit WHERE act = 'voucher.redeemed'"},
    {"H2_HOLDS_END",
     "UPDATE hold SET until_ms = (SELECT at_ms FROM hold WHERE id = 5) - 300001 WHERE id = 4"},
    {"V1_REDEMPTIONS_UNDONE", "DELETE FROM redemption_undone"},
    {"V1_REDEMPTIONS_UNDONE", "DELETE FROM audit WHERE act = 'voucher.unredeemed'"},
    {"V1_REDEMPTIONS_UNDONE", "UPDATE redemption_undone SET redeemed_ms = (SELECT expires_ms FROM"
                              " voucher), undone_ms = redeemed_ms"},
    {"I16_CLOSED", "DELETE FROM audit WHERE act = 'voucher.unredeemed'"},
    {"I16_CLOSED", "UPDATE voucher SET state = 'issued', closed_ms = NULL, till_id = NULL,"
                   " staff_id = NULL WHERE id = 1"},
    {"I10_REVERSALS_MIRROR", "UPDATE transfer SET amount = amount - 1 WHERE seq = 8"},
    {"I12_KEY_ONCE", "UPDATE transfer SET request_key = (SELECT request_key FROM transfer"
                     " WHERE seq = 1) WHERE seq = 2"},
    {"I31_NOT_OWN_CARD", "UPDATE staff SET member_id = 1 WHERE id = 1"},
    {"I31_NOT_OWN_CARD", "UPDATE redemption_undone SET by_staff_id = 3;"
                         "UPDATE staff SET member_id = 2 WHERE id = 3"},
    {"I29_NO_COPIES", "UPDATE scan SET form = 'number', step = NULL WHERE id = 2"},
    {"I29_NO_COPIES", "UPDATE hold SET read_ms = read_ms + 1 WHERE id = 5"},
    {"I29_NO_COPIES", "UPDATE hold SET read_ms = at_ms - 120001 WHERE id = 5;"
                      "UPDATE voucher SET read_ms = (SELECT read_ms FROM hold WHERE id = 5)"},
    {"I30_ON_DUTY",
     "INSERT INTO staff (id, name, role, is_active, created_ms, ended_ms)"
     " VALUES (9, 'left', 1, 0, 1, 2); UPDATE redemption_undone SET by_staff_id = 9"},
    {"I12_KEY_ONCE", SAME_KEY(8, 5)}, /* two holds ended */
};

static const struct break_by broken_plans[] = {
    {"P1_VERSIONS", "UPDATE plan SET version = 1 WHERE id = 1"},
    {"P1_VERSIONS",
     "UPDATE plan_version SET from_ms = from_ms - 86400001 - 30000 WHERE version = 2"},
    {"P1_VERSIONS", "DELETE FROM plan_version WHERE plan_id = 1 AND version = 1"},
    {"P2_COUNTED_UNDER", "UPDATE transfer SET plan_version = 2 WHERE seq = 1"},
    {"P2_COUNTED_UNDER", "UPDATE transfer SET plan_version = 1 WHERE seq = 2"},
    {"P2_COUNTED_UNDER", "UPDATE transfer SET visit_ms = at_ms - 7200000 WHERE seq = 2"},
    {"P2_COUNTED_UNDER", "UPDATE transfer SET plan_version = 1 WHERE seq = 3"},
    {"P2_COUNTED_UNDER", "UPDATE plan_version SET after_seq = 3 WHERE version = 2"},
    {"P2_COUNTED_UNDER", "UPDATE transfer SET kind = 15, plan_version = 1 WHERE seq = 3"},
    {"P2_COUNTED_UNDER", "UPDATE transfer SET kind = 11, cause_seq = 1 WHERE seq = 3"},
    {"P3_SCHEDULED", "UPDATE plan_schedule SET at_ms = at_ms + 1 WHERE state = 'done'"},
    {"P3_SCHEDULED", "UPDATE plan_schedule SET version = 1 WHERE state = 'done'"},
    {"P3_SCHEDULED", "UPDATE plan_schedule SET ended_ms = at_ms - 1 WHERE state = 'done'"},
    {"P3_SCHEDULED", "UPDATE plan_schedule SET state = 'refused' WHERE state = 'cancelled'"},
    {"P3_SCHEDULED", "UPDATE audit SET act = 'x' WHERE act = 'plan.published'"},
    {"P3_SCHEDULED", "UPDATE audit SET act = 'x' WHERE act = 'plan.schedule_cancelled'"},
};

static const struct break_by broken_gifts[] = {
    {"I12_KEY_ONCE", SAME_KEY(3, 2)},
    {"I12_KEY_ONCE", SAME_KEY(4, 3)},
    {"I12_KEY_ONCE", SAME_KEY(6, 5)},
    {"I13_ANSWERED", UNANSWERED(2)},
    {"I13_ANSWERED", UNANSWERED(4)},
    {"I13_ANSWERED", UNANSWERED(6)},
    {"I26_TOLD", "DELETE FROM notice WHERE kind = 'gift_taken'"},
    {"I26_TOLD", "UPDATE audit SET act = 'gift.over' WHERE act = 'gift.recalled'"},
    {"I92_GIFTS", "DELETE FROM gift WHERE id = 1"}, /* lost on the way */
    {"I92_GIFTS", "UPDATE gift SET amount = amount + 1 WHERE id = 1"},
    {"I92_GIFTS", "UPDATE gift SET card_id = 2 WHERE id = 1"},
    {"I92_GIFTS", "UPDATE gift SET out_seq = 1 WHERE id = 1"},
    {"I92_GIFTS",
     "UPDATE gift SET in_seq = NULL, state = 'open', token = x'00', closed_ms = NULL WHERE id = 2;"
     "UPDATE gift SET state = 'accepted', in_seq = 4, closed_ms = 1, token = NULL WHERE id = 1"},
    {"I92_GIFTS", "UPDATE gift SET state = 'open', closed_ms = NULL, token = x'00' WHERE id = 3"},
    {"I92_GIFTS", "UPDATE gift SET state = 'returned', closed_ms = 1, token = NULL WHERE id = 1"},
    {"I92_GIFTS", "UPDATE gift SET token = x'00' WHERE id = 2"},
    {"I92_GIFTS", "UPDATE transfer SET cause_seq = 2 WHERE kind = 13"},
    {"I92_GIFTS", "UPDATE transfer SET amount = amount - 1 WHERE kind = 13"},
    {"I92_GIFTS", "UPDATE transfer SET card_id = 3 WHERE kind = 13"}, /* of another plan */
    {"I92_GIFTS", "UPDATE card SET member_id = (SELECT member_id FROM card WHERE id = 1),"
                  " plan_id = 3 WHERE id = 2"},
    {"I92_GIFTS", "UPDATE transfer SET kind = 13 WHERE seq = 1"},
    {"I92_GIFTS", "UPDATE transfer SET cause_seq = 2 WHERE kind = 3"},
    {"I92_GIFTS", "UPDATE transfer SET reverses_seq = 3 WHERE kind = 3"}, /* taken and back */
    {"I92_GIFTS", "UPDATE card SET state = 'ended' WHERE id = 1"},
    {"I93_GIFTS_AUDITED", "UPDATE audit SET act = 'x' WHERE act = 'gift.made'"},
    {"I93_GIFTS_AUDITED", "UPDATE audit SET act = 'x' WHERE act = 'gift.taken'"},
    {"I93_GIFTS_AUDITED", "UPDATE audit SET act = 'x' WHERE act = 'gift.recalled'"},
    {"I10_REVERSALS_MIRROR", "UPDATE transfer SET amount = amount + 1 WHERE kind = 3"},
};

static const struct break_by broken_tiers[] = {
    {"I26_TOLD", "DELETE FROM notice WHERE kind = 'tier'"},
    {"I60_TIERS", "UPDATE card_tier SET tier = 2 WHERE card_id = 1"},
    {"I60_TIERS", "UPDATE card_tier SET until_ms = 1 WHERE card_id = 2"},
    {"I60_TIERS", "DELETE FROM card_tier WHERE card_id = 1"},
    {"I60_TIERS", "DELETE FROM tier_change WHERE card_id = 1 AND number = 2"},
    {"I60_TIERS", "DELETE FROM tier_change WHERE card_id = 2"},
    {"I60_TIERS", "UPDATE tier_change SET tier_before = 1 WHERE card_id = 1 AND number = 1"},
    {"I60_TIERS", "UPDATE tier_change SET cause = 'fall' WHERE card_id = 1 AND number = 2"},
    {"I60_TIERS", "UPDATE tier_change SET cause = 'rise' WHERE card_id = 2 AND number = 2"},
    {"I60_TIERS", "UPDATE tier_change SET cause = 'keep' WHERE card_id = 2 AND number = 2"},
    {"I60_TIERS", "UPDATE tier_change SET seq = 99 WHERE card_id = 1 AND number = 1"},
    {"I60_TIERS", "UPDATE tier_change SET seq = NULL WHERE card_id = 1 AND number = 1"},
#define DEPLOYED "UPDATE menu_work SET deploy_ms = 1;"
#define OF_TIER(key, tier)                                                                         \
    "INSERT INTO menu_made SELECT '" key "', 'member', 'ja', plan_id, 0, 9, " tier ", 0, '" key    \
    "', 'n', 1, 1 FROM card WHERE id = 1;"
#define LINKED(card, key)                                                                          \
    "INSERT INTO menu_link SELECT member_id, '" key "', 1 FROM card WHERE id = " card
    {"R3_MENU_LEVELS", DEPLOYED OF_TIER("low", "0") OF_TIER("high", "1") LINKED("1", "low")},
    {"R3_MENU_LEVELS", DEPLOYED OF_TIER("low", "0") OF_TIER("high", "1") LINKED("2", "high")},
    {"R3_MENU_LEVELS", DEPLOYED OF_TIER("high", "1") OF_TIER("higher", "2") LINKED("1", "higher")},
};

static const struct sample {
    void (*open)(struct book *b);
    const struct break_by *row;
    size_t n;
} samples[] = {
    {open_sample, broken, COUNT(broken)},
    {open_merged, broken_merge, COUNT(broken_merge)},
    {open_swapped, broken_swap, COUNT(broken_swap)},
    {open_unused, broken_unused, COUNT(broken_unused)},
    {open_late, broken_late, COUNT(broken_late)},
    {open_refunded, broken_refund, COUNT(broken_refund)},
    {open_lots, broken_lots, COUNT(broken_lots)},
    {open_tiers, broken_tiers, COUNT(broken_tiers)},
    {open_spent, broken_spend, COUNT(broken_spend)},
    {open_earned, broken_earned, COUNT(broken_earned)},
    {open_planned, broken_plans, COUNT(broken_plans)},
    {open_gifts, broken_gifts, COUNT(broken_gifts)},
};

static void
each_is_caught(void (*open)(struct book *b), const struct break_by *row, size_t n)
{
    struct arena *a = arena_new(MIB);
    struct check_options kept;
    struct book sample;
    int missed = 0;

    open(&sample);
    kept = keep_elsewhere(&sample, a);
    drop_guards(&sample);
    book_close(&sample);
    for (size_t i = 0; i < n; i++) {
        struct book b;
        struct found found;

        CHECK_ROW(i);
        book_copy(&b, &sample);
        book_exec(&b, "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; %s",
                  row[i].sql);
        rewind(kept.receipts);
        found = prove_with(&b, &kept);
        if (!is_among(&found, row[i].name))
            print_error("row %zu: %s misses: %s\n", i, row[i].name, row[i].sql);
        missed += !is_among(&found, row[i].name);
        book_close_broken(&b);
    }
    CHECK_INT(missed, 0);
    fclose(kept.receipts);
    arena_free(a);
}

static void
each_way_of_breaking_it_is_caught_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        each_is_caught(samples[i].open, samples[i].row, samples[i].n);
}

static bool
was_broken(const char *name)
{
    for (size_t s = 0; s < COUNT(samples); s++)
        for (size_t i = 0; i < samples[s].n; i++)
            if (strcmp(samples[s].row[i].name, name) == 0)
                return true;
    return false;
}

/* Of those in SQL and of those in C alike: every line that `check` can print. */
static void
every_invariant_was_broken_once(void **state)
{
    struct arena *a = arena_new(MIB);
    struct check_options kept;
    struct found found;
    struct book b;

    (void)state;
    open_sample(&b);
    kept = keep_elsewhere(&b, a);
    rewind(kept.receipts);
    found = prove_with(&b, &kept);
    CHECK_INT(found.lines, CHECK_COUNT + 14);
    for (size_t i = 0; i < found.lines; i++)
        if (!was_broken(found.line[i]))
            fail_msg("%s was never broken", found.line[i]);
    fclose(kept.receipts);
    book_close(&b);
    arena_free(a);
}

/* The triggers themselves: with them in place, nothing final can be changed. */
static void
final_rows_refuse_to_change(void **state)
{
    static const char *const sql[] = {
        "UPDATE transfer SET amount = 1",
        "DELETE FROM transfer",
        "UPDATE head SET size = 1",
        "DELETE FROM head",
        "UPDATE scan SET step = 1",
        "DELETE FROM scan",
        "UPDATE audit SET act = 'x'",
        "DELETE FROM audit",
        "UPDATE plan_version SET goal = 1",
        "DELETE FROM plan_version",
        "UPDATE reward SET title = 'x'",
        "DELETE FROM reward",
        "DELETE FROM voucher",
        "UPDATE terms SET from_ms = from_ms + 1",
        "DELETE FROM terms",
        "UPDATE voucher SET state = 'issued' WHERE id = 1",
        "UPDATE voucher SET closed_ms = closed_ms + 1 WHERE id = 1",
        "UPDATE voucher SET expires_ms = expires_ms + 1 WHERE id = 2",
        "UPDATE voucher SET locator = 1 WHERE id = 2",
    };
    static const char *const merge_sql[] = {
        "DELETE FROM member_merge",
        "DELETE FROM member_merge_card",
        "UPDATE member_merge_card SET in_seq = 1",
        "UPDATE voucher SET moved_from = NULL WHERE id = 2",
    };
    static const char *const refund_sql[] = {
        "UPDATE refund SET yen = 1",
        "DELETE FROM refund",
        "INSERT INTO debt_move VALUES (1, 1, 2, 1, 1); UPDATE debt_move SET amount = 2",
        "DELETE FROM debt_move",
    };
    static const char *const spend_sql[] = {
        "DELETE FROM hold",
        "UPDATE hold SET state = 'open', closed_ms = NULL WHERE id = 1",
        "UPDATE hold SET state = 'released', back_seq = 8 WHERE id = 1",
        "UPDATE hold SET until_ms = until_ms + 1 WHERE id = 4",
        "UPDATE spend_yes SET spend_seq = NULL",
        "UPDATE spend_yes SET points = points + 1",
        "DELETE FROM spend_yes",
        "UPDATE redemption_undone SET redeemed_ms = 1",
        "DELETE FROM redemption_undone",
        "UPDATE voucher SET state = 'issued', closed_ms = NULL, till_id = NULL, staff_id = NULL",
    };
    struct book b;

    (void)state;
    open_sample(&b);
    for (size_t i = 0; i < COUNT(sql); i++) {
        CHECK_ROW(i);
        CHECK_THAT(book_is_refused(&b, sql[i]));
    }
    book_close(&b);
    open_merged(&b);
    for (size_t i = 0; i < COUNT(merge_sql); i++) {
        CHECK_ROW(i);
        CHECK_THAT(book_is_refused(&b, merge_sql[i]));
    }
    book_close(&b);
    open_refunded(&b);
    for (size_t i = 0; i < COUNT(refund_sql); i++) {
        CHECK_ROW(i);
        CHECK_THAT(book_is_refused(&b, refund_sql[i]));
    }
    book_close_broken(&b); /* the debt of the third row */
    open_spent(&b);
    for (size_t i = 0; i < COUNT(spend_sql); i++) {
        CHECK_ROW(i);
        CHECK_THAT(book_is_refused(&b, spend_sql[i]));
    }
    book_close(&b);
}

/* A clock that was set wrong before the service began, and right again before it did anew: what was
 * booked keeps its time, and all that is made afterwards seems older than it is. */
static void
a_clock_that_was_days_ahead_raises_no_alarm(void **state)
{
    struct book b;
    struct card money, ending;
    struct plan_rules rules;
    int64_t version;
    bool done;
    struct err e;

    (void)state;
    book_open(&b);
    money = book_card(&b, book_money_plan(&b));
    ending = book_card(
        &b, book_plan(&b, "{\"name\":\"Ends\",\"expiry\":{\"kind\":\"after\",\"days\":3}}"));
    for (int64_t ahead_ms = 9 * DAY_MS; ahead_ms >= 0; ahead_ms -= 9 * DAY_MS) {
        b.now_ms += ahead_ms;
        CHECK_OK(lapse_run(b.db, b.now_ms, 10, &done, &e), e);
        CHECK_OK(run_ended(b.db, "outbox", b.now_ms, &e), e);
        book_grant(&b, &money, 40000);
        b.now_ms -= ahead_ms;
    }
    CHECK_OK(plan_load(b.db, money.plan_id, 0, &rules, &e), e);
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    book_grant(&b, &ending, 1000);
    book_hold(&b, &money, 50);
    book_exec(&b,
              "INSERT INTO outbox (id, kind, recipients, body, state, tries, next_ms, first_ms,"
              " created_ms) VALUES (1, 'menu', 0, x'00', 'queued', 1, %lld, %lld, %lld);"
              "INSERT INTO outbox_try (outbox_id, try, at_ms, status) VALUES (1, 1, %lld, 500)",
              (long long)b.now_ms, (long long)b.now_ms, (long long)b.now_ms, (long long)b.now_ms);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sound_book_passes),
        TEST(a_clock_that_was_days_ahead_raises_no_alarm),
        TEST(an_empty_book_passes),
        TEST(a_clock_that_was_weeks_ahead_is_no_alarm),
        TEST(each_way_of_breaking_it_is_caught_by_name),
        TEST(every_invariant_was_broken_once),
        TEST(final_rows_refuse_to_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
