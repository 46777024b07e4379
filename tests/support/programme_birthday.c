/*
 * Birthdays, in the book and as the terms tell it.
 */
#include "tests/support/programme_inside.h"

#include <inttypes.h>
#include <stdio.h>

#include "domain/birthday.h"

#define LINES 8 /* a bonus, what it repaid, and the jars it filled */

/* One that comes soon, or on 29 February, or that is taken back. */
static int64_t
a_birthday(const struct programme *p, const struct step *s)
{
    int64_t days = (int64_t)(s->much / 8 % 366);

    switch (s->much % 8) {
    case 0:
        return 0;
    case 1:
        return oracle_month_day(p->book.now_ms, days);
    case 2:
    case 3:
        return 229;
    case 4:
        return oracle_month_day(p->book.now_ms, 0);
    default:
        return oracle_month_day(p->book.now_ms, days % 5);
    }
}

bool
act_born(struct programme *p, const struct step *s)
{
    size_t card = living(p, s->which % ORACLE_CARDS);
    int64_t member_id = p->card[card].member_id, born = a_birthday(p, s);
    const struct birthday given = {.month = born / 100, .day = born % 100};
    const struct refusal none = {.kind = REFUSAL_NONE};
    struct err e;

    oracle_born(&p->oracle, card, born);
    if (born == 0)
        WORKS(p, birthday_forget(p->book.db, member_id, &e), e);
    else
        WORKS(p, birthday_save(p->book.db, member_id, &given, &e), e);
    return judged(p, s, true, &none);
}

/* Its newest bonus. */
static bool
keep_birthday(struct programme *p, size_t grant)
{
    size_t card = p->oracle.grant[grant].card, n;
    struct card_line line[LINES];
    struct err e;

    WORKS(p, card_history(p->book.db, p->card[card].id, line, LINES, &n, &e), e);
    for (size_t i = 0; i < n; i++)
        if (line[i].kind == TRANSFER_BONUS) {
            p->grant[grant] = line[i].seq;
            p->birthdays++;
            p->leap_birthdays += p->oracle.card[card].born == 229;
            return true;
        }
    AGREE(p, false, "card %zu was not thanked for its birthday", card);
}

bool
keep_birthdays(struct programme *p, size_t grants, size_t vouchers, size_t given)
{
    int64_t newest = 0;

    AGREE(p, given == p->oracle.grants_n - grants, "%zu birthdays, %zu wanted", given,
          p->oracle.grants_n - grants);
    for (size_t i = grants; i < p->oracle.grants_n; i++)
        if (!keep_birthday(p, i))
            return false;
    for (size_t i = 0; i < vouchers; i++)
        if (p->voucher[i] > newest)
            newest = p->voucher[i];
    for (size_t i = vouchers; i < p->oracle.vouchers_n; i++)
        p->voucher[i] = ++newest;
    return true;
}
