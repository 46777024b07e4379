/*
 * What may be taken back, by whom and until when: sentences of the terms that staff work under.
 */
#include "domain/undo_rules.h"

#include "tests/support/check.h"

#include "base/clock.h"
#include "domain/spend.h"
#include "domain/staff.h"
#include "domain/swap.h"

#define NOON INT64_C(1775012400000) /* 2026-04-01 in Tokyo; the business day ends at four */
#define MINUTES(n) ((n)*MINUTE_MS)
#define HOURS(n) ((n)*HOUR_MS)

static const struct plan_rules rules = {.utc_offset_min = 9 * 60, .day_cut_hour = 4};

/* Who asks. */
#define CASHIER_THERE                                                                              \
    {                                                                                              \
        .is_own_shop = true, .is_same_till = true, .is_same_staff = true                           \
    }
#define COLLEAGUE                                                                                  \
    {                                                                                              \
        .is_own_shop = true, .is_same_till = true                                                  \
    }
#define NEXT_TILL                                                                                  \
    {                                                                                              \
        .is_own_shop = true, .is_same_staff = true                                                 \
    }
#define MANAGER_THERE                                                                              \
    {                                                                                              \
        .is_manager = true, .is_own_shop = true                                                    \
    }
#define MANAGER_ELSEWHERE                                                                          \
    {                                                                                              \
        .is_manager = true, .is_same_till = true                                                   \
    }
#define MANAGER_OF_THE_CARD                                                                        \
    {                                                                                              \
        .is_manager = true, .is_own_shop = true, .is_own_card = true                               \
    }

static void
who_asks_follows_from_who_serves_and_where_it_was_done(void **state)
{
    static const struct {
        const char *terms;
        struct serving serving;
        struct transfer done;
        struct undo_by want;
    } row[] = {
        /* clang-format off */
        {"the cashier who did it, at that till", {CASHIER, 1, 0}, {.shop_id = 1, .till_id = 5, .staff_id = 7},
         CASHIER_THERE},
        {"a colleague", {CASHIER, 1, 0}, {.shop_id = 1, .till_id = 5, .staff_id = 8}, COLLEAGUE},
        {"another till", {CASHIER, 1, 0}, {.shop_id = 1, .till_id = 6, .staff_id = 7}, NEXT_TILL},
        {"a manager of the shop", {MANAGER, 1, 0}, {.shop_id = 1, .till_id = 6, .staff_id = 8}, MANAGER_THERE},
        {"a manager of every shop", {MANAGER, 0, 0}, {.shop_id = 2, .till_id = 6, .staff_id = 8}, MANAGER_THERE},
        {"an owner, of what no shop did", {OWNER_ROLE, 1, 0}, {.shop_id = 0, .till_id = 0}, MANAGER_THERE},
        {"a manager of another shop", {MANAGER, 1, 0}, {.shop_id = 2, .till_id = 5, .staff_id = 8}, MANAGER_ELSEWHERE},
        {"a manager whose card it is", {MANAGER, 1, 9}, {.shop_id = 1, .till_id = 6, .staff_id = 8}, MANAGER_OF_THE_CARD},
        {"a cashier, of what no till did", {CASHIER, 1, 0}, {.shop_id = 1, .till_id = 0, .staff_id = 7}, NEXT_TILL},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct undo_by got = undo_by(&row[i].serving, 7, 5, &row[i].done, 9);

        CHECK_ROW(i);
        CHECK_INT(got.is_manager, row[i].want.is_manager);
        CHECK_INT(got.is_own_card, row[i].want.is_own_card);
        CHECK_INT(got.is_own_shop, row[i].want.is_own_shop);
        CHECK_INT(got.is_same_till, row[i].want.is_same_till);
        CHECK_INT(got.is_same_staff, row[i].want.is_same_staff);
    }
}

static void
the_terms_decide_what_is_undone(void **state)
{
    static const struct {
        const char *terms;
        struct undo_facts facts;
        int64_t now_ms;
        enum refusal_kind want;
    } row[] = {
        /* clang-format off */
        {"a cashier undoes a grant at its till",
         {.kind = TRANSFER_EARN, .at_ms = NOON, .by = CASHIER_THERE}, NOON + HOURS(15), REFUSAL_NONE},
        {"until the business day ends",
         {.kind = TRANSFER_EARN, .at_ms = NOON, .by = CASHIER_THERE}, NOON + HOURS(16), REFUSAL_TOO_LATE},
        {"a colleague's, too",
         {.kind = TRANSFER_EARN, .at_ms = NOON, .by = COLLEAGUE}, NOON + HOURS(1), REFUSAL_NONE},
        {"at no other till",
         {.kind = TRANSFER_EARN, .at_ms = NOON, .by = NEXT_TILL}, NOON, REFUSAL_OTHER_TILL},
        {"and late credit and bonuses in the same way",
         {.kind = TRANSFER_LATE, .at_ms = NOON, .by = CASHIER_THERE}, NOON + HOURS(16), REFUSAL_TOO_LATE},
        {"a bonus that no till gave is a manager's matter",
         {.kind = TRANSFER_BONUS, .at_ms = NOON, .by = NEXT_TILL}, NOON, REFUSAL_OTHER_TILL},
        {"a spending is undone by whoever made it",
         {.kind = TRANSFER_SPEND, .at_ms = NOON, .by = CASHIER_THERE}, NOON + SPEND_UNDO_MS - 1, REFUSAL_NONE},
        {"for minutes",
         {.kind = TRANSFER_SPEND, .at_ms = NOON, .by = CASHIER_THERE}, NOON + SPEND_UNDO_MS, REFUSAL_TOO_LATE},
        {"and by no colleague",
         {.kind = TRANSFER_SPEND, .at_ms = NOON, .by = COLLEAGUE}, NOON, REFUSAL_MANAGER_NEEDED},
        {"but by a manager, at any time",
         {.kind = TRANSFER_SPEND, .at_ms = NOON, .by = MANAGER_THERE}, NOON + 90 * DAY_MS, REFUSAL_NONE},
        {"of that shop",
         {.kind = TRANSFER_SPEND, .at_ms = NOON, .by = MANAGER_ELSEWHERE}, NOON, REFUSAL_OTHER_TILL},
        {"nobody gives points back to their own card",
         {.kind = TRANSFER_SPEND, .at_ms = NOON, .by = MANAGER_OF_THE_CARD}, NOON, REFUSAL_OWN_CARD},
        {"nor takes any from it",
         {.kind = TRANSFER_EARN, .at_ms = NOON, .by = MANAGER_OF_THE_CARD}, NOON, REFUSAL_OWN_CARD},
        {"what a basket holds is released, not undone",
         {.kind = TRANSFER_SPEND, .at_ms = NOON, .is_held = true, .by = MANAGER_THERE}, NOON, REFUSAL_HOLD_OPEN},
        {"which whoever may not undo it is not told",
         {.kind = TRANSFER_SPEND, .at_ms = NOON, .is_held = true, .by = COLLEAGUE}, NOON, REFUSAL_MANAGER_NEEDED},
        {"a round goes with what filled it",
         {.kind = TRANSFER_ROUND, .at_ms = NOON, .by = MANAGER_THERE}, NOON, REFUSAL_NOT_A_GRANT},
        {"a reversal is final",
         {.kind = TRANSFER_REVERSE, .at_ms = NOON, .by = MANAGER_THERE}, NOON, REFUSAL_NOT_A_GRANT},
        {"a swap goes back with its voucher",
         {.kind = TRANSFER_SWAP, .at_ms = NOON, .by = MANAGER_THERE}, NOON, REFUSAL_NOT_A_GRANT},
        {"a gift has two sides",
         {.kind = TRANSFER_GIFT_IN, .at_ms = NOON, .by = MANAGER_THERE}, NOON, REFUSAL_NOT_A_GRANT},
        {"so has a merge",
         {.kind = TRANSFER_MERGE_IN, .at_ms = NOON, .by = MANAGER_THERE}, NOON, REFUSAL_NOT_A_GRANT},
        {"a refund is final",
         {.kind = TRANSFER_REFUND, .at_ms = NOON, .by = MANAGER_THERE}, NOON, REFUSAL_NOT_A_GRANT},
        {"what has lapsed has lapsed",
         {.kind = TRANSFER_LAPSE, .at_ms = NOON, .by = MANAGER_THERE}, NOON, REFUSAL_NOT_A_GRANT},
        {"once",
         {.kind = TRANSFER_EARN, .at_ms = NOON, .is_reversed = true, .by = CASHIER_THERE}, NOON, REFUSAL_ALREADY_REVERSED},
        {"nothing of a member who was forgotten",
         {.kind = TRANSFER_EARN, .at_ms = NOON, .is_ended = true, .by = MANAGER_THERE}, NOON, REFUSAL_CARD_BLOCKED},
        {"nor of a card whose units are another's now",
         {.kind = TRANSFER_EARN, .at_ms = NOON, .is_merged = true, .by = MANAGER_THERE}, NOON, REFUSAL_CARD_MERGED},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(undo_decide(&rules, &row[i].facts, row[i].now_ms)),
                   refusal_word(row[i].want));
    }
}

#define SWAPPED .at_ms = NOON, .is_active = true
#define ON_PHONE SWAPPED, .was_on_phone = true

static void
the_terms_decide_what_is_swapped_back(void **state)
{
    static const struct {
        const char *terms;
        struct swap_undo_facts facts;
        int64_t now_ms;
        struct refusal want;
    } row[] = {
        /* clang-format off */
        {"the member has second thoughts for minutes",
         {ON_PHONE, .by_member = true}, NOON + SWAP_UNDO_MS, {.kind = REFUSAL_NONE}},
        {"and then asks at a till",
         {ON_PHONE, .by_member = true}, NOON + SWAP_UNDO_MS + 1, {.kind = REFUSAL_TOO_LATE}},
        {"where any cashier helps on that day",
         {ON_PHONE, .by = NEXT_TILL}, NOON + HOURS(16) - 1, {.kind = REFUSAL_NONE}},
        {"and on no later one",
         {ON_PHONE, .by = NEXT_TILL}, NOON + HOURS(16), {.kind = REFUSAL_TOO_LATE}},
        {"a swap at a till goes back at that till",
         {SWAPPED, .by = COLLEAGUE}, NOON + HOURS(1), {.kind = REFUSAL_NONE}},
        {"at no other",
         {SWAPPED, .by = NEXT_TILL}, NOON, {.kind = REFUSAL_OTHER_TILL}},
        {"a manager does it later",
         {SWAPPED, .by = MANAGER_THERE}, NOON + 30 * DAY_MS, {.kind = REFUSAL_NONE}},
        {"of that shop",
         {SWAPPED, .by = MANAGER_ELSEWHERE}, NOON, {.kind = REFUSAL_OTHER_TILL}},
        {"not to the own card",
         {ON_PHONE, .by = MANAGER_OF_THE_CARD}, NOON, {.kind = REFUSAL_OWN_CARD}},
        {"which on the phone is the member's as everybody's",
         {ON_PHONE, .by_member = true, .by = MANAGER_OF_THE_CARD}, NOON, {.kind = REFUSAL_NONE}},
        {"a code that was seen stays",
         {ON_PHONE, .by_member = true, .has_code = true}, NOON, {.kind = REFUSAL_CODE_GIVEN}},
        {"at a till as well",
         {SWAPPED, .by = CASHIER_THERE, .has_code = true}, NOON, {.kind = REFUSAL_CODE_GIVEN}},
        {"nobody draws again and again",
         {ON_PHONE, .by_member = true, .was_drawn = true}, NOON, {.kind = REFUSAL_LOT_DRAWN}},
        {"but a manager takes both back",
         {SWAPPED, .by = MANAGER_THERE, .has_code = true, .was_drawn = true}, NOON, {.kind = REFUSAL_NONE}},
        {"what was used stays used",
         {ON_PHONE, .by_member = true, .state = VOUCHER_REDEEMED, .closed_ms = NOON + 5}, NOON + 9,
         {.kind = REFUSAL_VOUCHER_REDEEMED, .at_ms = NOON + 5}},
        {"a voucher that expired gives nothing back",
         {SWAPPED, .by = MANAGER_THERE, .state = VOUCHER_EXPIRED, .closed_ms = NOON + 5}, NOON + 9,
         {.kind = REFUSAL_VOUCHER_EXPIRED, .at_ms = NOON + 5}},
        {"once",
         {SWAPPED, .by = MANAGER_THERE, .state = VOUCHER_CANCELLED, .closed_ms = NOON + 5}, NOON + 9,
         {.kind = REFUSAL_ALREADY_REVERSED, .at_ms = NOON + 5}},
        {"not when its voucher went to another card",
         {SWAPPED, .by = MANAGER_THERE, .state = VOUCHER_MOVED, .closed_ms = NOON + 5}, NOON + 9,
         {.kind = REFUSAL_CODE_STALE, .at_ms = NOON + 5}},
        {"nor out of a basket",
         {SWAPPED, .by = MANAGER_THERE, .held_till_id = 4, .held_until_ms = NOON + 9}, NOON,
         {.kind = REFUSAL_VOUCHER_HELD, .till_id = 4, .again_ms = NOON + 9}},
        {"nor to a card that is blocked",
         {.at_ms = NOON, .by = MANAGER_THERE}, NOON, {.kind = REFUSAL_CARD_BLOCKED}},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct refusal got = swap_undo_decide(&rules, &row[i].facts, row[i].now_ms);

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want.kind));
        CHECK_INT(got.at_ms, row[i].want.at_ms);
        CHECK_INT(got.till_id, row[i].want.till_id);
        CHECK_INT(got.again_ms, row[i].want.again_ms);
    }
}

#define GOOD .voucher = {.state = VOUCHER_ISSUED, .expires_ms = NOON + DAY_MS}

static void
the_terms_decide_which_voucher_is_cancelled(void **state)
{
    static const struct {
        const char *terms;
        struct cancel_facts facts;
        int64_t now_ms;
        enum refusal_kind want;
    } row[] = {
        /* clang-format off */
        {"a manager cancels a voucher", {GOOD, .by = MANAGER_THERE}, NOON, REFUSAL_NONE},
        {"as long as it is good", {GOOD, .by = MANAGER_THERE}, NOON + DAY_MS, REFUSAL_VOUCHER_EXPIRED},
        {"no cashier does", {GOOD, .by = CASHIER_THERE}, NOON, REFUSAL_MANAGER_NEEDED},
        {"nor a manager of another shop", {GOOD, .by = MANAGER_ELSEWHERE}, NOON, REFUSAL_OTHER_TILL},
        {"nor of the own card", {GOOD, .by = MANAGER_OF_THE_CARD}, NOON, REFUSAL_OWN_CARD},
        {"a guest's can be wrong, too",
         {.voucher = {.state = VOUCHER_ISSUED, .expires_ms = NOON + 1, .is_guests = true}, .by = MANAGER_THERE},
         NOON, REFUSAL_NONE},
        {"not out of a basket",
         {.voucher = {.state = VOUCHER_ISSUED, .expires_ms = NOON + 1, .held_until_ms = NOON + 1}, .by = MANAGER_THERE},
         NOON, REFUSAL_VOUCHER_HELD},
        {"what was used stays used", {.voucher = {.state = VOUCHER_REDEEMED}, .by = MANAGER_THERE}, NOON,
         REFUSAL_VOUCHER_REDEEMED},
        {"once", {.voucher = {.state = VOUCHER_CANCELLED}, .by = MANAGER_THERE}, NOON, REFUSAL_VOUCHER_CANCELLED},
        {"nothing of a member who was forgotten", {GOOD, .is_ended = true, .by = MANAGER_THERE}, NOON,
         REFUSAL_CARD_BLOCKED},
        {"nor what another card had paid for", {GOOD, .is_moved = true, .was_paid = true, .by = MANAGER_THERE}, NOON,
         REFUSAL_CARD_MERGED},
        {"but what cost nothing, wherever it came from", {GOOD, .is_moved = true, .by = MANAGER_THERE}, NOON,
         REFUSAL_NONE},
        {"and what this card paid for", {GOOD, .was_paid = true, .by = MANAGER_THERE}, NOON, REFUSAL_NONE},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(cancel_decide(&row[i].facts, row[i].now_ms).kind),
                   refusal_word(row[i].want));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_asks_follows_from_who_serves_and_where_it_was_done),
        TEST(the_terms_decide_what_is_undone),
        TEST(the_terms_decide_what_is_swapped_back),
        TEST(the_terms_decide_which_voucher_is_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
