/*
 * Refusals as an operator reads them: a sentence that says what to do, with every fact it has.
 */
#include "tests/support/check.h"

#include "app/command_refusal.h"
#include "base/err.h"

#define NOON 1767236400000 /* 2026-01-01T03:00Z */
#define HOUR 3600000

static void
a_command_says_why_and_when(void **state)
{
    static const struct {
        struct refusal refusal;
        const char *text;
    } row[] = {
        {{.kind = REFUSAL_CARD_BLOCKED},
         "card_blocked: the card is blocked: card unblock lifts that"},
        {{.kind = REFUSAL_OWN_CARD},
         "own_card: nobody serves the own card: name somebody else with --staff"},
        {{.kind = REFUSAL_TOO_SOON}, "too_soon: another visit is too close to it"},
        {{.kind = REFUSAL_DAY_FULL, .last_ms = NOON, .again_ms = NOON + HOUR},
         "day_full: the day has as many visits as the plan allows; the last was "
         "2026-01-01T03:00:00.000Z;"
         " the next may be from 2026-01-01T04:00:00.000Z"},
        {{.kind = REFUSAL_BONUS_GIVEN, .last_ms = NOON},
         "bonus_given: it was given already, on 2026-01-01T03:00:00.000Z, and it is given once"},
        {{.kind = REFUSAL_BONUS_GIVEN, .last_ms = NOON, .again_ms = NOON + HOUR},
         "bonus_given: it was given already, on 2026-01-01T03:00:00.000Z; again from"
         " 2026-01-01T04:00:00.000Z"},
        {{.kind = REFUSAL_RECEIPT_TOO_OLD, .at_ms = NOON},
         "receipt_too_old: the sale is too long ago: it could be credited until "
         "2026-01-01T03:00:00.000Z"},
        {{.kind = REFUSAL_RECEIPT_USED, .at_ms = NOON},
         "receipt_used: the receipt was credited before, on 2026-01-01T03:00:00.000Z"},
        /* of no command today: tests/unit/refusals.test.mjs knows when one is without words */
        {{.kind = REFUSAL_CODE_STALE}, "code_stale: a rule says no"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct err e;

        CHECK_ROW(i);
        CHECK_INT(command_refused(NULL, &row[i].refusal, &e), ERR_CONFLICT);
        CHECK_TEXT(e.word, refusal_word(row[i].refusal.kind));
        CHECK_TEXT(e.text, row[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_says_why_and_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
