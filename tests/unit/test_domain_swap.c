/*
 * Points for a reward: paid once, given back once, as many as there are, for whom and when the
 * reward says. Every book is proved by `check` when it closes.
 */
#include "domain/swap.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <string.h>

#include "base/clock.h"
#include "domain/draw.h"
#include "domain/reward_code.h"

#define FILE_OF(rewards) "{\"rewards\":[" rewards "]}"
#define MUG(rest)                                                                                  \
    "{\"price\":50,\"key\":\"mug\",\"title\":\"Mug\",\"valid_days\":30,\"kind\":\"gift\"" rest "}"

/* A book with that catalogue, and a card with so many points. */
static struct card
open_with(struct book *b, const char *file, int64_t points)
{
    struct card card;
    struct err e;

    book_open(b);
    book_catalogue(b, BOOK_POINTS, file);
    card = book_card(b, BOOK_POINTS);
    if (points > 0)
        book_grant(b, &card, points * 100);
    CHECK_OK(card_load(b->db, card.id, &card, &e), e);
    return card;
}

static void
swaps(struct book *b, const struct card *card, const char *key, const char *want,
      struct swap_result *out)
{
    CHECK_TEXT(refusal_word(book_swap(b, card, book_reward(b, key), out).kind), want);
}

static struct swap_undo
undo_of(struct book *b, int64_t seq)
{
    struct swap_undo in = {.seq = seq, .now_ms = b->now_ms};

    book_request_key(b, in.request_key);
    return in;
}

static void
undoes(struct book *b, struct swap_undo in, const char *want)
{
    struct swap_undone out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(swap_take_back(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), want);
}

static struct swap_undo
by_staff(struct swap_undo in, int64_t staff_id, int64_t till_id, int64_t shop_id)
{
    in.staff_id = staff_id;
    in.till_id = till_id;
    in.shop_id = shop_id;
    return in;
}

static struct swap_undo
by_member(struct swap_undo in, int64_t member_id)
{
    in.member_id = member_id;
    return in;
}

/* ---------------------------------------------------------------- the swap */

static void
points_become_a_voucher(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 120);
    struct swap_result out;
    struct voucher voucher;
    struct err e;

    (void)state;
    swaps(&b, &card, "mug", "none", &out);
    CHECK_INT(out.amount, 50);
    CHECK_INT(out.card.balance, 70);
    CHECK_INT(out.undo_until_ms, out.at_ms + SWAP_UNDO_MS);
    CHECK_OK(voucher_load(b.db, out.voucher_id, &voucher, &e), e);
    CHECK_TEXT(voucher.title, "Mug");
    CHECK_INT(voucher.kind, REWARD_GIFT);
    CHECK_INT(voucher.expires_ms, out.expires_ms);
    book_redeem(&b, out.voucher_id);
    book_close(&b);
}

static void
who_lacks_points_is_told_how_many(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 49);
    struct swap_result out;
    struct refusal refusal = book_swap(&b, &card, book_reward(&b, "mug"), &out);

    (void)state;
    CHECK_TEXT(refusal_word(refusal.kind), "not_enough");
    CHECK_INT(refusal.missing, 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer WHERE kind = 9"), 0);
    CHECK_INT(book_int(&b, "SELECT issued FROM stock"), 0);
    book_close(&b);
}

static void
an_old_catalogue_sells_nothing_and_its_vouchers_stay(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 120);
    int64_t old = book_reward(&b, "mug");
    struct swap_result out;

    (void)state;
    swaps(&b, &card, "mug", "none", &out);
    book_catalogue(&b, BOOK_POINTS, FILE_OF(""));
    CHECK_TEXT(refusal_word(book_swap(&b, &card, old, &out).kind), "offer_over");
    book_redeem(&b, 1);
    book_close(&b);
}

static void
what_has_no_price_is_not_swapped_for(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 120);
    struct card stamps = book_card(&b, BOOK_STAMPS);
    const struct swap in[] = {
        {.reward_id = 1, .member_id = card.member_id}, /* by place */
        {.reward_id = 99, .member_id = card.member_id},
        {.reward_id = book_reward(&b, "mug"), .member_id = stamps.member_id}, /* no card there */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(in); i++) {
        struct swap one = in[i];
        struct swap_result out;
        struct refusal refusal;
        struct err e;

        CHECK_ROW(i);
        one.now_ms = b.now_ms;
        CHECK_INT(swap_make(b.db, &one, &out, &refusal, &e), ERR_NOT_FOUND);
    }
    book_close(&b);
}

static void
staff_swap_for_who_stands_there(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 120);
    struct swap in = {.reward_id = book_reward(&b, "mug"),
                      .staff_id = BOOK_CASHIER,
                      .till_id = BOOK_UENO_TILL,
                      .shop_id = BOOK_UENO};
    struct swap_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    in.scan_id = book_scan(&b, &card);
    in.now_ms = b.now_ms;
    book_request_key(&b, in.request_key);
    CHECK_OK(swap_make(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_INT(out.card.id, card.id);
    in.now_ms += SCAN_SESSION_MS + 1;
    CHECK_OK(swap_make(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "scan_over");
    in.now_ms = b.now_ms;
    in.till_id = BOOK_UENO_TILL_2;
    CHECK_OK(swap_make(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "scan_over");
    book_exec(&b, "UPDATE staff SET member_id = %lld WHERE id = %d", (long long)card.member_id,
              BOOK_CASHIER);
    in.till_id = BOOK_UENO_TILL;
    CHECK_OK(swap_make(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "own_card");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer WHERE kind = 9"), 1);
    book_exec(&b, "UPDATE staff SET member_id = NULL");
    book_exec(&b,
              "INSERT INTO answer (request_key, fingerprint, status, body, at_ms)"
              " SELECT request_key, zeroblob(16), 201, x'00', at_ms FROM transfer WHERE kind = 9");
    book_close(&b);
}

/* ---------------------------------------------------------------- and back */

static void
it_is_taken_back_once_and_in_time(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 120);
    struct card other = book_card(&b, BOOK_POINTS);
    struct swap_undo in;
    struct swap_result out;
    struct swap_undone undone;
    struct refusal refusal;
    struct err e;

    (void)state;
    swaps(&b, &card, "mug", "none", &out);
    in = undo_of(&b, out.seq);
    CHECK_FAILS(
        swap_take_back(
            b.db,
            &(struct swap_undo){.seq = out.seq, .member_id = other.member_id, .now_ms = b.now_ms},
            &undone, &refusal, &e),
        e, ERR_NOT_FOUND, "transfer_unknown");
    undoes(&b, by_member(undo_of(&b, 1), card.member_id), "not_a_swap");
    b.now_ms = out.at_ms + SWAP_UNDO_MS + 1;
    undoes(&b, by_member(undo_of(&b, out.seq), card.member_id), "too_late");
    in.now_ms = out.at_ms + SWAP_UNDO_MS;
    in.member_id = card.member_id;
    CHECK_OK(swap_take_back(b.db, &in, &undone, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_INT(undone.card.balance, 120);
    undoes(&b, by_member(undo_of(&b, out.seq), card.member_id), "already_reversed");
    CHECK_INT(book_int(&b, "SELECT balance FROM card WHERE id = %lld", (long long)card.id), 120);
    book_close(&b);
}

static void
staff_take_back_on_the_day_and_a_manager_later(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 190);
    struct swap_result first, second;

    (void)state;
    swaps(&b, &card, "mug", "none", &first);
    swaps(&b, &card, "mug", "none", &second);
    b.now_ms += HOUR_MS;
    undoes(&b, by_staff(undo_of(&b, first.seq), BOOK_NAMBA_CASHIER, BOOK_NAMBA_TILL, BOOK_NAMBA),
           "none"); /* a phone is of no shop */
    b.now_ms += DAY_MS;
    undoes(&b, by_staff(undo_of(&b, second.seq), BOOK_CASHIER, BOOK_UENO_TILL, BOOK_UENO),
           "too_late");
    undoes(&b, by_staff(undo_of(&b, second.seq), BOOK_MANAGER, BOOK_UENO_TILL, BOOK_UENO), "none");
    book_close(&b);
}

static void
what_was_used_or_is_over_stays(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 190);
    struct swap_result used, over;
    int64_t n;
    struct err e;

    (void)state;
    swaps(&b, &card, "mug", "none", &used);
    swaps(&b, &card, "mug", "none", &over);
    book_redeem(&b, used.voucher_id);
    undoes(&b, by_member(undo_of(&b, used.seq), card.member_id), "voucher_redeemed");
    b.now_ms = over.expires_ms;
    CHECK_OK(voucher_expire_due(b.db, b.now_ms, 10, &n, &e), e);
    undoes(&b, by_staff(undo_of(&b, over.seq), BOOK_MANAGER, BOOK_UENO_TILL, BOOK_UENO),
           "voucher_expired");
    book_close(&b);
}

static void
what_a_basket_holds_goes_back_when_that_has_ended(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 190);
    struct swap_result out;
    struct swap_undone undone;
    struct swap_undo in;
    struct refusal refusal;
    int64_t hold_id;
    struct err e;

    (void)state;
    swaps(&b, &card, "mug", "none", &out);
    hold_id = book_hold_voucher(&b, out.voucher_id);
    in = by_member(undo_of(&b, out.seq), card.member_id);
    CHECK_OK(swap_take_back(b.db, &in, &undone, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "voucher_held");
    CHECK_INT(refusal.till_id, BOOK_UENO_TILL);
    CHECK_INT(refusal.again_ms, b.now_ms + HOLD_MS);
    book_end(&b, hold_release, hold_id, 0);
    undoes(&b, in, "none");
    book_close(&b);
}

/* A grant below a swap goes back as far as points are left. */
static void
a_grant_that_was_swapped_away_does_not_go_back(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG("")), 60);
    struct swap_result out;
    struct reversal_result reversed;
    struct refusal refusal;
    struct reversal in;
    struct err e;

    (void)state;
    swaps(&b, &card, "mug", "none", &out);
    in = book_reversal_of(&b, 1, BOOK_MANAGER);
    CHECK_OK(ledger_reverse(b.db, &in, &reversed, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "balance_too_low");
    undoes(&b, by_member(undo_of(&b, out.seq), card.member_id), "none");
    in = book_reversal_of(&b, 1, BOOK_MANAGER);
    CHECK_OK(ledger_reverse(b.db, &in, &reversed, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    book_close(&b);
}

/* ---------------------------------------------------------------- how many there are */

static void
the_last_one_goes_to_one(void **state)
{
    struct book b;
    struct card first = open_with(&b, FILE_OF(MUG(",\"stock\":{\"all\":1}")), 100);
    struct card second = book_card(&b, BOOK_POINTS);
    struct swap_result out;

    (void)state;
    book_grant(&b, &second, 10000);
    swaps(&b, &first, "mug", "none", &out);
    swaps(&b, &second, "mug", "sold_out", &(struct swap_result){.seq = 0});
    undoes(&b, by_member(undo_of(&b, out.seq), first.member_id), "none");
    swaps(&b, &second, "mug", "none", &out); /* it was given back */
    book_catalogue(&b, BOOK_POINTS, FILE_OF(MUG(",\"stock\":{\"all\":2}")));
    swaps(&b, &first, "mug", "none", &out); /* counted on under its key */
    swaps(&b, &first, "mug", "sold_out", &out);
    book_close(&b);
}

static void
so_many_a_day_and_so_many_for_each(void **state)
{
    struct book b;
    struct card first = open_with(&b, FILE_OF(MUG(",\"stock\":{\"a_day\":2,\"a_member\":2}")), 190);
    struct card second = book_card(&b, BOOK_POINTS);
    struct swap_result out;
    struct refusal refusal;

    (void)state;
    book_grant(&b, &second, 10000);
    swaps(&b, &first, "mug", "none", &out);
    swaps(&b, &first, "mug", "none", &out);
    swaps(&b, &first, "mug", "had_enough", &out);
    refusal = book_swap(&b, &second, book_reward(&b, "mug"), &out);
    CHECK_TEXT(refusal_word(refusal.kind), "sold_out_today");
    CHECK_INT(refusal.again_ms, BOOK_NOW_MS + 14 * HOUR_MS); /* midnight in Tokyo */
    b.now_ms = refusal.again_ms;
    swaps(&b, &second, "mug", "none", &out);
    swaps(&b, &first, "mug", "had_enough", &out);
    CHECK_INT(book_int(&b, "SELECT issued * 10 + issued_day FROM stock"), 31);
    book_close(&b);
}

/* ---------------------------------------------------------------- conditions */

static struct refusal
redeem(struct book *b, int64_t voucher_id, int64_t yen)
{
    char token[VOUCHER_TOKEN_SIZE];
    struct redemption in = {.voucher_id = voucher_id,
                            .staff_id = BOOK_CASHIER,
                            .till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .yen = yen,
                            .now_ms = b->now_ms};
    struct voucher out;
    struct refusal refusal;
    struct err e;

    voucher_token(b->db, voucher_id, BOOK_UENO_TILL, b->now_ms + MINUTE_MS, token);
    in.token = str_of(token);
    CHECK_OK(voucher_redeem(b->db, &in, &out, &refusal, &e), e);
    return refusal;
}

static void
a_voucher_is_redeemed_under_its_conditions(void **state)
{
    struct book b;
    struct card card = open_with(
        &b, FILE_OF(MUG(",\"redeem\":{\"shops\":[1],\"hours\":\"9:00-11:00\",\"min_yen\":1000}")),
        100);
    struct swap_result out;
    struct refusal refusal;

    (void)state;
    swaps(&b, &card, "mug", "none", &out);
    refusal = redeem(&b, out.voucher_id, 0);
    CHECK_TEXT(refusal_word(refusal.kind), "spend_too_low");
    CHECK_INT(refusal.least, 1000);
    b.now_ms += 2 * HOUR_MS;
    refusal = redeem(&b, out.voucher_id, 1000);
    CHECK_TEXT(refusal_word(refusal.kind), "wrong_hour");
    CHECK_INT(refusal.again_ms, BOOK_NOW_MS + 23 * HOUR_MS);
    b.now_ms = refusal.again_ms;
    CHECK_TEXT(refusal_word(redeem(&b, out.voucher_id, 1000).kind), "none");
    CHECK_TEXT(refusal_word(redeem(&b, out.voucher_id, 1000).kind), "voucher_redeemed");
    book_close(&b);
}

/* What a card reaches by place has the terms that the catalogue says of the place. */
static void
a_place_has_terms_of_the_catalogue(void **state)
{
    struct book b;
    struct card card = open_with(&b,
                                 FILE_OF("{\"at\":200,\"title\":\"Big sticker\",\"valid_days\":3,"
                                         "\"kind\":\"yen_off\",\"value\":300,"
                                         "\"redeem\":{\"wait_days\":1}}"),
                                 200);
    struct voucher voucher;
    struct err e;

    (void)state;
    CHECK_OK(voucher_load(b.db, 1, &voucher, &e), e);
    CHECK_TEXT(voucher.title, "Big sticker");
    CHECK_INT(voucher.value, 300);
    CHECK_INT(voucher.expires_ms, BOOK_NOW_MS + 14 * HOUR_MS + 3 * DAY_MS);
    CHECK_INT(card.balance, 200);
    CHECK_TEXT(refusal_word(redeem(&b, 1, 0).kind), "not_yet");
    b.now_ms += DAY_MS;
    CHECK_TEXT(refusal_word(redeem(&b, 1, 0).kind), "none");
    book_close(&b);
}

static void
a_place_that_is_not_there_is_refused(void **state)
{
    struct book b;
    struct arena *a = arena_new(2 * MIB);
    struct catalogue in;
    int64_t number;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(catalogue_read(STR(FILE_OF("{\"at\":7,\"title\":\"x\",\"valid_days\":3}")), UNIT_STAMP,
                            a, &in, &e),
             e);
    CHECK_FAILS(catalogue_set(b.db, BOOK_STAMPS, &in, 0, b.now_ms, &number, &e), e, ERR_INPUT,
                "reward_invalid");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM reward WHERE catalogue IS NOT NULL"), 0);
    arena_free(a);
    book_close(&b);
}

/* ---------------------------------------------------------------- lots */

#define LOT(odds, rest)                                                                            \
    "{\"price\":1,\"key\":\"lot\",\"title\":\"Lot\",\"valid_days\":7,\"prizes\":["                 \
    "{\"odds\":" odds ",\"key\":\"gold\",\"title\":\"Gold\",\"valid_days\":7" rest "},"            \
    "{\"odds\":1,\"key\":\"silver\",\"title\":\"Silver\",\"valid_days\":7},"                       \
    "{\"odds\":1,\"key\":\"soap\",\"title\":\"Soap\",\"valid_days\":7}]}"

static void
a_lot_wins_a_prize_and_is_final(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(LOT("999998", "")), 100);
    struct swap_result out;
    struct draw draw;
    bool found;
    struct err e;

    (void)state;
    swaps(&b, &card, "lot", "none", &out);
    CHECK_TEXT(out.as.title, "Gold");
    CHECK_INT(out.undo_until_ms, 0);
    CHECK_OK(draw_of_voucher(b.db, out.voucher_id, &draw, &found, &e), e);
    CHECK_THAT(found);
    CHECK_INT(draw.seq, out.seq);
    CHECK_INT(draw.nth, 1);
    CHECK_THAT(draw.roll < 999998);
    undoes(&b, by_member(undo_of(&b, out.seq), card.member_id), "lot_drawn");
    undoes(&b, by_staff(undo_of(&b, out.seq), BOOK_CASHIER, BOOK_UENO_TILL, BOOK_UENO),
           "lot_drawn");
    undoes(&b, by_staff(undo_of(&b, out.seq), BOOK_MANAGER, BOOK_UENO_TILL, BOOK_UENO), "none");
    CHECK_INT(book_int(&b, "SELECT sum(issued) FROM stock"), 0);
    book_close(&b);
}

static void
the_last_prize_stands_in_for_one_that_is_gone(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(LOT("999998", ",\"stock\":{\"all\":1}")), 100);
    struct swap_result out;

    (void)state;
    swaps(&b, &card, "lot", "none", &out);
    CHECK_TEXT(out.as.title, "Gold");
    swaps(&b, &card, "lot", "none", &out);
    CHECK_TEXT(out.as.title, "Soap");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM draw WHERE drawn_id = (SELECT id FROM reward"
                           " WHERE key = 'gold')"),
              2);
    book_close(&b);
}

/* Two rounds of one grant draw twice. */
static void
a_place_may_be_a_lottery(void **state)
{
    static const char file[] =
        "{\"rewards\":[{\"at\":500,\"title\":\"Lot\",\"valid_days\":7,\"prizes\":["
        "{\"odds\":500000,\"key\":\"a\",\"title\":\"A\",\"valid_days\":7},"
        "{\"odds\":500000,\"key\":\"b\",\"title\":\"B\",\"valid_days\":7}]}]}";
    struct book b;
    struct card card = open_with(&b, file, 1000);

    (void)state;
    CHECK_INT(card.balance, 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM draw"), 2);
    CHECK_INT(book_int(&b, "SELECT max(nth) FROM draw"), 2);
    book_close(&b);
}

/* ---------------------------------------------------------------- codes of others */

static enum err_code
load_codes(struct book *b, const char *text, bool is_dry, struct code_report *out, struct err *e)
{
    const struct code_load in = {
        .plan_id = BOOK_POINTS, .key = STR("mug"), .is_dry = is_dry, .now_ms = b->now_ms};
    struct arena *a = arena_new(4 * MIB);
    enum err_code code = reward_codes_load(b->db, str_of(text), &in, a, out, e);

    arena_free(a);
    return code;
}

static void
each_voucher_gets_a_code_of_its_own(void **state)
{
    struct book b;
    struct card card = open_with(&b, FILE_OF(MUG(",\"codes\":true")), 190);
    struct arena *a = arena_new(MIB);
    struct code_report report;
    struct swap_result first, second, none;
    struct str code;
    struct err e;

    (void)state;
    swaps(&b, &card, "mug", "sold_out", &none);
    CHECK_OK(load_codes(&b, "code\r\nAAAA-1\r\nBBBB-2\r\n", true, &report, &e), e);
    CHECK_INT(report.left, 2);
    swaps(&b, &card, "mug", "sold_out", &none); /* it was a dry run */
    CHECK_OK(load_codes(&b, "code\r\nAAAA-1\r\n\"BBBB-2\"\r\n", false, &report, &e), e);
    CHECK_INT(report.rows, 2);
    swaps(&b, &card, "mug", "none", &first);
    CHECK_INT(first.codes_left, 1);
    CHECK_OK(reward_code_of(b.db, first.voucher_id, a, &code, &e), e);
    CHECK_STR(code, "AAAA-1");
    undoes(&b, by_member(undo_of(&b, first.seq), card.member_id), "code_given");
    undoes(&b, by_staff(undo_of(&b, first.seq), BOOK_MANAGER, BOOK_UENO_TILL, BOOK_UENO), "none");
    swaps(&b, &card, "mug", "none", &second); /* never the same one again */
    CHECK_OK(reward_code_of(b.db, second.voucher_id, a, &code, &e), e);
    CHECK_STR(code, "BBBB-2");
    swaps(&b, &card, "mug", "sold_out", &none);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM reward_code WHERE instr(code, 'AAAA') > 0"), 0);
    arena_free(a);
    book_close(&b);
}

static void
a_wrong_table_of_codes_loads_nothing(void **state)
{
    static const struct {
        const char *text, *word, *line;
    } row[] = {
        {"A\nB\nA\n", "code_twice", "line 3"},
        {"A\nOLD\n", "code_twice", "line 2"},
        {"A\nB,C\n", "code_row", "line 2"},
        {"A\nB C\n", "code_row", "line 2"},
        {"A\n\" \"\n", "code_row", "line 2"},
        {"A\n\xc3\xa9\n", "code_row", "line 2"},
        {"A\nBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\n", "code_row",
         "line 2"},
        {"A\n\"B\n", "csv_quote", "line 2"},
    };
    struct book b;
    struct code_report report;
    struct err e;

    (void)state;
    open_with(&b, FILE_OF(MUG(",\"codes\":true")), 0);
    CHECK_OK(load_codes(&b, "OLD\n", false, &report, &e), e);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(load_codes(&b, row[i].text, false, &report, &e), e, ERR_INPUT, row[i].word);
        CHECK_THAT(strstr(e.text, row[i].line) != NULL);
        CHECK_INT(book_int(&b, "SELECT count(*) FROM reward_code"), 1);
    }
    book_catalogue(&b, BOOK_POINTS, FILE_OF(MUG("")));
    CHECK_FAILS(load_codes(&b, "A\n", false, &report, &e), e, ERR_NOT_FOUND, "reward_unknown");
    book_close(&b);
}

/* ---------------------------------------------------------------- what a card is offered */

static void
offers_say_what_can_be_had(void **state)
{
    struct book b;
    struct card card =
        open_with(&b,
                  FILE_OF("{\"price\":500,\"key\":\"trip\",\"title\":\"Trip\",\"valid_days\":30},"
                          "{\"price\":80,\"key\":\"tea\",\"title\":\"Tea\",\"valid_days\":30,"
                          "\"issue\":{\"days\":\"thu\"}}," MUG(",\"stock\":{\"all\":7}")),
                  100);
    struct arena *a = arena_new(2 * MIB);
    struct swap_recent recent[4];
    struct swap_result out;
    struct offer *offer;
    int64_t usable;
    size_t n;
    struct err e;

    (void)state;
    CHECK_OK(offers_load(b.db, &card, b.now_ms, a, &offer, &n, &usable, &e), e);
    CHECK_INT(n, 3);
    CHECK_INT(usable, 100);
    CHECK_TEXT(offer[0].reward.key, "mug"); /* the cheapest first */
    CHECK_TEXT(refusal_word(offer[0].may.kind), "none");
    CHECK_INT(stock_left(&offer[0].reward, &offer[0].counts), 7);
    CHECK_TEXT(refusal_word(offer[1].may.kind), "wrong_weekday");
    CHECK_TEXT(refusal_word(offer[2].may.kind), "not_enough");
    CHECK_INT(offer[2].may.missing, 400);
    swaps(&b, &card, "mug", "none", &out);
    CHECK_OK(swaps_recent(b.db, card.id, b.now_ms, recent, COUNT(recent), &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_INT(recent[0].seq, out.seq);
    CHECK_OK(swaps_recent(b.db, card.id, out.undo_until_ms + 1, recent, COUNT(recent), &n, &e), e);
    CHECK_INT(n, 0);
    arena_free(a);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(points_become_a_voucher),
        TEST(who_lacks_points_is_told_how_many),
        TEST(an_old_catalogue_sells_nothing_and_its_vouchers_stay),
        TEST(what_has_no_price_is_not_swapped_for),
        TEST(staff_swap_for_who_stands_there),
        TEST(it_is_taken_back_once_and_in_time),
        TEST(staff_take_back_on_the_day_and_a_manager_later),
        TEST(what_was_used_or_is_over_stays),
        TEST(what_a_basket_holds_goes_back_when_that_has_ended),
        TEST(a_grant_that_was_swapped_away_does_not_go_back),
        TEST(the_last_one_goes_to_one),
        TEST(so_many_a_day_and_so_many_for_each),
        TEST(a_voucher_is_redeemed_under_its_conditions),
        TEST(a_place_has_terms_of_the_catalogue),
        TEST(a_place_that_is_not_there_is_refused),
        TEST(a_lot_wins_a_prize_and_is_final),
        TEST(the_last_prize_stands_in_for_one_that_is_gone),
        TEST(a_place_may_be_a_lottery),
        TEST(each_voucher_gets_a_code_of_its_own),
        TEST(a_wrong_table_of_codes_loads_nothing),
        TEST(offers_say_what_can_be_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
