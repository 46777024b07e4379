/*
 * Credit afterwards, thanks and gifts, in the book and as the terms tell it.
 */
#include "tests/support/programme_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/bonus.h"
#include "domain/gift.h"
#include "domain/late.h"

#define RECEIPTS 40

bool
act_late(struct programme *p, const struct step *s)
{
    size_t card = living(p, s->which % ORACLE_CARDS), made = p->oracle.vouchers_n,
           n = p->oracle.grants_n;
    int64_t ago_ms = (int64_t)(s->much % (9 * 24 * 60)) * MINUTE_MS;
    const struct oracle_sale sale = {.yen = 1 + (int64_t)(s->much % 6000),
                                     .sold_ms = p->book.now_ms + (s->much % 16 == 0 ? 1 : -ago_ms),
                                     .receipt = 1 + (int64_t)(s->which / 100 % RECEIPTS)};
    struct late_credit in = {.yen = sale.yen,
                             .sold_ms = sale.sold_ms,
                             .staff_id = step_staff(s),
                             .till_id = BOOK_UENO_TILL,
                             .shop_id = BOOK_UENO,
                             .now_ms = p->book.now_ms};
    bool wanted = oracle_late(&p->oracle, card, &sale, by_manager(s), p->book.now_ms);
    struct grant_result out;
    struct refusal refusal;
    char number[16];
    struct err e;

    snprintf(number, sizeof(number), "%" PRId64, sale.receipt);
    in.receipt = str_of(number);
    in.scan_id = scan_now(p, card);
    book_request_key(&p->book, in.request_key);
    WORKS(p, late_credit(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal) && (!wanted || keep_grant(p, n, made, &out));
}

bool
act_thank(struct programme *p, const struct step *s)
{
    size_t card = living(p, s->which % ORACLE_CARDS), made = p->oracle.vouchers_n,
           n = p->oracle.grants_n;
    bool is_daily = s->much % 5 != 0;
    struct event_bonus in = {.card_id = p->card[card].id,
                             .event = is_daily ? STR("daily") : STR("once"),
                             .staff_id = BOOK_MANAGER,
                             .now_ms = p->book.now_ms};
    bool wanted = oracle_thank(&p->oracle, card, is_daily, p->book.now_ms);
    struct grant_result kept = {.join_units = 0};
    struct plan_rules rules;
    struct bonus_result out;
    struct refusal refusal;
    struct err e;

    book_request_key(&p->book, in.request_key);
    WORKS(p, bonus_event(p->book.db, &in, &out, &rules, &refusal, &e), e);
    if (!judged(p, s, wanted, &refusal) || !wanted)
        return !wanted;
    kept.seq = out.seq;
    kept.vouchers_n = out.vouchers_n;
    memcpy(kept.voucher, out.voucher, sizeof(out.voucher));
    return keep_grant(p, n, made, &kept);
}

/* ---------------------------------------------------------------- gifts */

/* Of the two, who has something to give. */
static size_t
giver(const struct programme *p, const struct step *s)
{
    size_t card = s->which % 2 == 0 ? ORACLE_OWES : ORACLE_OWES_TOO;
    int64_t usable = oracle_usable(&p->oracle.card[card], p->book.now_ms);

    return living(p, usable >= ORACLE_GIFT_LEAST ? card : ORACLE_OWES + ORACLE_OWES_TOO - card);
}

bool
act_give(struct programme *p, const struct step *s)
{
    size_t card = giver(p, s), n = p->oracle.gifts_n, use = p->oracle.uses_n;
    int64_t usable = oracle_usable(&p->oracle.card[card], p->book.now_ms);
    struct gift_new in = {.member_id = p->card[card].member_id,
                          .plan_id = p->card[card].plan_id,
                          .amount = 1 + (int64_t)(s->much % (uint64_t)(usable / 2 + 8)),
                          .now_ms = p->book.now_ms};
    bool wanted = oracle_give(&p->oracle, card, in.amount, in.now_ms);
    struct refusal refusal;
    struct card after;
    struct gift out;
    struct err e;

    book_request_key(&p->book, in.request_key);
    WORKS(p, gift_make(p->book.db, &in, &out, &after, &refusal, &e), e);
    if (!judged(p, s, wanted, &refusal) || !wanted)
        return !wanted;
    p->gift[n] = out.id;
    p->use[use] = out.out_seq;
    AGREE(p, out.until_ms == p->oracle.gift[n].until_ms, "gift %zu until %" PRId64, n,
          out.until_ms);
    return true;
}

/* One that still has a link. */
static bool
recent_gift(const struct programme *p, uint64_t which, size_t *at_out)
{
    size_t at[ORACLE_THINGS], n = 0;

    for (size_t i = 0; i < p->oracle.gifts_n; i++)
        if (p->oracle.gift[i].state == GIFT_OFFERED)
            at[n++] = i;
    if (n > 0)
        *at_out = at[recent(n, which)];
    return n > 0;
}

/* Its link, as the giver's own list shows it. */
static bool
token_of(struct programme *p, size_t gift, char out[GIFT_TOKEN_SIZE])
{
    size_t card = p->oracle.gift[gift].card, n;
    struct gift_line line[GIFTS_LISTED_MAX];
    struct err e;

    out[0] = '\0';
    WORKS(p, gifts_of_member(p->book.db, p->card[card].member_id, line, GIFTS_LISTED_MAX, &n, &e),
          e);
    for (size_t i = 0; i < n; i++)
        if (line[i].gift.id == p->gift[gift])
            str_copy(str_of(line[i].token), out, GIFT_TOKEN_SIZE);
    return true;
}

bool
act_accept(struct programme *p, const struct step *s)
{
    size_t card, at;
    char token[GIFT_TOKEN_SIZE];
    struct gift_take in = {.now_ms = p->book.now_ms};
    struct gift_taken out;
    struct refusal refusal;
    struct err e;
    bool wanted;

    if (!recent_gift(p, s->which, &at))
        return true;
    if (!token_of(p, at, token))
        return false;
    card = p->oracle.gift[at].card;
    if (s->much % 9 != 0)
        card = living(p, ORACLE_OWES + ORACLE_OWES_TOO - card);
    in.member_id = p->card[card].member_id;
    in.token = str_of(token);
    book_request_key(&p->book, in.request_key);
    wanted = oracle_accept(&p->oracle, at, card, in.now_ms);
    WORKS(p, gift_accept(p->book.db, &in, &out, &refusal, &e), e);
    return judged(p, s, wanted, &refusal);
}

bool
act_gift_back(struct programme *p, const struct step *s)
{
    uint8_t key[REQUEST_KEY_SIZE];
    struct refusal refusal;
    struct card after;
    struct err e;
    bool wanted;
    size_t at;

    if (p->oracle.gifts_n == 0)
        return true;
    if (s->which % 9 == 0 || !recent_gift(p, s->which, &at))
        at = recent(p->oracle.gifts_n, s->which);
    book_request_key(&p->book, key);
    wanted = oracle_gift_back(&p->oracle, at, p->book.now_ms);
    WORKS(p,
          gift_take_back(p->book.db, p->gift[at], p->card[p->oracle.gift[at].card].member_id, key,
                         p->book.now_ms, &after, &refusal, &e),
          e);
    return judged(p, s, wanted, &refusal);
}
