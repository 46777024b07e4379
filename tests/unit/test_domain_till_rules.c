/*
 * Who ends what a basket holds, and who may swap points for a reward: sentences of the terms.
 */
#include "domain/hold_rules.h"

#include "domain/swap_rules.h"
#include "tests/support/check.h"

#include "base/clock.h"

#define NOON INT64_C(1775012400000) /* 2026-04-01 in Tokyo */
#define CLOSED (NOON - 7)

#define OPEN_OF(n)                                                                                 \
    .state = HOLD_OPEN, .until_ms = NOON + MINUTE_MS, .points = (n), .is_active = true
#define AT_TILL .is_same_till = true, .is_own_shop = true
#define IN_SHOP .is_manager = true, .is_own_shop = true

static void
the_terms_decide_how_a_hold_ends(void **state)
{
    static const struct {
        const char *terms;
        struct hold_facts facts;
        int64_t points;
        struct refusal end, capture; /* by whoever may end it at all; and with so many points */
    } row[] = {
        /* clang-format off */
        {"the till that holds it captures or releases it", {OPEN_OF(300), AT_TILL}, 300,
         {.kind = REFUSAL_NONE}, {.kind = REFUSAL_NONE}},
        {"all of it, unless a part is said", {OPEN_OF(300), AT_TILL}, 0,
         {.kind = REFUSAL_NONE}, {.kind = REFUSAL_NONE}},
        {"never more than is held", {OPEN_OF(300), AT_TILL}, 301,
         {.kind = REFUSAL_NONE}, {.kind = REFUSAL_HOLD_LESS, .most = 300}},
        {"no other till does", {OPEN_OF(300), .is_own_shop = true}, 0,
         {.kind = REFUSAL_OTHER_TILL}, {.kind = REFUSAL_OTHER_TILL}},
        {"but a manager of the shop, at any of its tills", {OPEN_OF(300), IN_SHOP}, 0,
         {.kind = REFUSAL_NONE}, {.kind = REFUSAL_NONE}},
        {"and none of another shop, even there", {OPEN_OF(300), .is_manager = true, .is_same_till = true}, 0,
         {.kind = REFUSAL_OTHER_TILL}, {.kind = REFUSAL_OTHER_TILL}},
        {"in time", {.state = HOLD_OPEN, .until_ms = NOON, AT_TILL, .is_active = true}, 0,
         {.kind = REFUSAL_HOLD_OVER, .at_ms = NOON}, {.kind = REFUSAL_HOLD_OVER, .at_ms = NOON}},
        {"once: captured", {.state = HOLD_CAPTURED, .closed_ms = CLOSED, AT_TILL, .is_active = true}, 0,
         {.kind = REFUSAL_HOLD_CAPTURED, .at_ms = CLOSED}, {.kind = REFUSAL_HOLD_CAPTURED, .at_ms = CLOSED}},
        {"once: released", {.state = HOLD_RELEASED, .closed_ms = CLOSED, AT_TILL, .is_active = true}, 0,
         {.kind = REFUSAL_HOLD_RELEASED, .at_ms = CLOSED}, {.kind = REFUSAL_HOLD_RELEASED, .at_ms = CLOSED}},
        {"once: over", {.state = HOLD_OVER, .closed_ms = CLOSED, AT_TILL, .is_active = true}, 0,
         {.kind = REFUSAL_HOLD_OVER, .at_ms = CLOSED}, {.kind = REFUSAL_HOLD_OVER, .at_ms = CLOSED}},
        {"what a blocked card holds goes back to it",
         {.state = HOLD_OPEN, .until_ms = NOON + 1, .points = 300, AT_TILL}, 0,
         {.kind = REFUSAL_NONE}, {.kind = REFUSAL_CARD_BLOCKED}},
        {"and nobody pays with their own card", {OPEN_OF(300), IN_SHOP, .is_own_card = true}, 0,
         {.kind = REFUSAL_NONE}, {.kind = REFUSAL_OWN_CARD}},
        {"a voucher is captured whole", {OPEN_OF(0), AT_TILL}, 0,
         {.kind = REFUSAL_NONE}, {.kind = REFUSAL_NONE}},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct refusal end = hold_end_decide(&row[i].facts, NOON);
        const struct refusal capture = hold_capture_decide(&row[i].facts, row[i].points, NOON);

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(end.kind), refusal_word(row[i].end.kind));
        CHECK_INT(end.at_ms, row[i].end.at_ms);
        CHECK_TEXT(refusal_word(capture.kind), refusal_word(row[i].capture.kind));
        CHECK_INT(capture.at_ms, row[i].capture.at_ms);
        CHECK_INT(capture.most, row[i].capture.most);
    }
}

#define RICH .is_active = true, .usable = 500

static void
the_terms_decide_who_swaps(void **state)
{
    static const struct plan_rules rules = {.utc_offset_min = 9 * 60, .catalogue = 3};
    static const struct {
        const char *terms;
        struct reward reward;
        struct swap_facts facts;
        struct refusal want;
    } row[] = {
        /* clang-format off */
        {"whoever has the points", {.catalogue = 3, .price = 500}, {RICH}, {.kind = REFUSAL_NONE}},
        {"all of them", {.catalogue = 3, .price = 501}, {RICH}, {.kind = REFUSAL_NOT_ENOUGH, .missing = 1}},
        {"for what is in the catalogue", {.catalogue = 2, .price = 1}, {RICH}, {.kind = REFUSAL_OFFER_OVER}},
        {"at a till while the scan lasts", {.catalogue = 3, .price = 1}, {RICH, .scan_is_over = true},
         {.kind = REFUSAL_SCAN_OVER}},
        {"of the phone's own code, for a number can be copied", {.catalogue = 3, .price = 1},
         {RICH, .by_number = true}, {.kind = REFUSAL_SPEND_BY_CODE}},
        {"and nobody serves the own card", {.catalogue = 3, .price = 1}, {RICH, .is_own_card = true},
         {.kind = REFUSAL_OWN_CARD}},
        {"not from a blocked card", {.catalogue = 3, .price = 1}, {.usable = 500}, {.kind = REFUSAL_CARD_BLOCKED}},
        {"nor one that was joined with another", {.catalogue = 3, .price = 1}, {.usable = 500, .is_merged = true},
         {.kind = REFUSAL_CARD_MERGED}},
        {"nor before somebody has signed in", {.catalogue = 3, .price = 1}, {RICH, .is_guest = true},
         {.kind = REFUSAL_GUEST}},
        {"for some rewards a tier is asked", {.catalogue = 3, .price = 1, .issue = {.least_tier = 2}},
         {RICH, .tier = 1}, {.kind = REFUSAL_TIER_TOO_LOW}},
        {"which then will do", {.catalogue = 3, .price = 1, .issue = {.least_tier = 2}}, {RICH, .tier = 2},
         {.kind = REFUSAL_NONE}},
        {"as long as there is one", {.catalogue = 3, .price = 1, .has_codes = true}, {RICH}, {.kind = REFUSAL_SOLD_OUT}},
        {"and nobody is told to save up for what is gone", {.catalogue = 3, .price = 900, .has_codes = true}, {RICH},
         {.kind = REFUSAL_SOLD_OUT}},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct refusal got = swap_decide(&rules, &row[i].reward, &row[i].facts, NOON);

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want.kind));
        CHECK_INT(got.missing, row[i].want.missing);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_terms_decide_how_a_hold_ends),
        TEST(the_terms_decide_who_swaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
