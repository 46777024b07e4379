/*
 * What a change of a plan says, and what it takes from whom: pure functions, by table.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"

#include "domain/plan_diff.h"
#include "domain/plan_loss.h"

/* ---------------------------------------------------------------- what is different */

/* "path was>is; ..." */
static void
say_changes(const char *was, const char *is, char *out, size_t cap)
{
    struct arena *a = arena_new(MIB);
    json_auto_t *old = json_loads(was, 0, NULL);
    json_auto_t *new = json_loads(is, 0, NULL);
    struct plan_change *change = NULL;
    struct err e = {0};
    size_t n = 0, used = 0;

    CHECK_OK(plan_diff(a, old, new, &change, &n, &e), e);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s %.*s>%.*s", i > 0 ? "; " : "",
                                 change[i].path, (int)change[i].was.n, change[i].was.at,
                                 (int)change[i].is.n, change[i].is.at);
    arena_free(a);
}

static void
a_difference_names_the_rule_and_both_values(void **state)
{
    static const struct {
        const char *was, *is, *want;
    } row[] = {
        {"{\"goal\":10}", "{\"goal\":10}", ""},
        {"{\"goal\":10}", "{\"goal\":8}", "goal 10>8"},
        {"{\"a\":1,\"b\":\"x\"}", "{\"b\":\"x\",\"a\":1}", ""}, /* in any order */
        {"{\"on\":false}", "{\"on\":true}", "on false>true"},
        {"{\"a\":1}", "{}", "a 1>"},
        {"{}", "{\"a\":0}", "a >0"},
        {"{\"a\":null}", "{\"a\":0}", "a null>0"},
        {"{\"a\":1,\"c\":2}", "{\"b\":3,\"c\":4}", "a 1>; c 2>4; b >3"},
        {"{\"e\":{\"x\":1,\"y\":2}}", "{\"e\":{\"x\":1,\"y\":3}}", "e.y 2>3"},
        {"{}", "{\"e\":{\"x\":1,\"y\":{\"z\":2}}}", "e.x >1; e.y.z >2"},
        {"{\"e\":{\"x\":1}}", "{\"e\":7}", "e {\"x\":1}>7"},
        {"{\"r\":[{\"at\":5},{\"at\":10}]}", "{\"r\":[{\"at\":5},{\"at\":8},{\"at\":12}]}",
         "r.1.at 10>8; r.2.at >12"},
        {"{\"r\":[1,2]}", "{\"r\":[1]}", "r.1 2>"},
        {"{\"r\":[]}", "{\"r\":{}}", "r []>{}"},
        {"{\"t\":\"\\u73c8\"}", "{\"t\":\"\\\"\"}", "t \"\xe7\x8f\x88\">\"\\\"\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char got[512];

        CHECK_ROW(i);
        say_changes(row[i].was, row[i].is, got, sizeof(got));
        CHECK_TEXT(got, row[i].want);
    }
}

/* ---------------------------------------------------------------- what is lost */

/* "5=Cookie,10=Coffee": the goal is the last place, unless a number after a '/' says otherwise. */
static struct plan_rules
rules_of(const char *text)
{
    struct plan_rules rules = {.goal = 0};
    struct str rest = str_of(text), one, at;

    while (rest.n > 0) {
        struct plan_reward *reward = &rules.reward[rules.rewards_n++];

        if (!str_until(&rest, ',', &one)) {
            one = rest;
            rest.n = 0;
        }
        CHECK_THAT(str_until(&one, '=', &at) && str_int(at, &reward->at, 1, 1000000));
        CHECK_THAT(str_copy(one, reward->title, sizeof(reward->title)));
        rules.goal = reward->at;
    }
    return rules;
}

static void
what_somebody_was_on_the_way_to_is_not_taken_silently(void **state)
{
    static const struct {
        const char *was, *is, *want; /* each loss as "name title was>is <below" */
    } row[] = {
        {"10=Coffee", "10=Coffee", ""},
        {"10=Coffee", "8=Coffee", ""}, /* sooner: nobody minds */
        {"10=Coffee", "5=Cookie,10=Coffee", ""},
        {"10=Coffee", "12=Coffee", "goal_raised  10>12 <all"},
        {"10=Coffee", "10=Cake", "reward_removed Coffee 10>0 <10"},
        {"10=Coffee", "10=Coffee,20=Cake", "goal_raised  10>20 <all"}, /* the round is longer */
        {"5=Cookie,10=Coffee", "10=Coffee", "reward_removed Cookie 5>0 <5"},
        {"5=Cookie,10=Coffee", "7=Cookie,10=Coffee", "reward_later Cookie 5>7 <5"},
        {"5=Cookie,10=Coffee", "3=Cookie,9=Coffee", ""},
        {"5=Cookie,10=Coffee", "6=Cookie,12=Coffee",
         "goal_raised  10>12 <all; reward_later Cookie 5>6 <5"},
        {"5=Cookie,10=Coffee", "5=Coffee,10=Cookie", "reward_later Cookie 5>10 <5"},
        {"5=Cookie,10=Cookie", "5=Cookie,8=Coffee", "reward_removed Cookie 10>0 <10"},
        {"5=Cookie,10=Cookie", "4=Cookie,10=Cookie", ""},
        {"10=Coffee", "", "reward_removed Coffee 10>0 <10"}, /* no card to fill any more */
        {"", "10=Coffee", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules was = rules_of(row[i].was), is = rules_of(row[i].is);
        struct loss loss[LOSSES_MAX];
        size_t n = plan_losses(&was, &is, loss), used = 0;
        char got[512] = "";

        CHECK_ROW(i);
        for (size_t j = 0; j < n; j++) {
            char below[24] = "all";

            if (loss[j].below != INT64_MAX)
                snprintf(below, sizeof(below), "%d", (int)loss[j].below);
            used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%s %s %d>%d <%s",
                                     j > 0 ? "; " : "", loss_name(loss[j].kind), loss[j].title,
                                     (int)loss[j].was, (int)loss[j].is, below);
        }
        CHECK_TEXT(got, row[i].want);
    }
}

static void
points_on_cards_stay_worth_what_they_were(void **state)
{
    static const struct {
        int64_t was, is;
        bool is_loss;
    } row[] = {{1, 1, false}, {1, 2, false}, {0, 1, false}, {2, 1, true}, {1, 0, true}};

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules was = {.spend.yen = row[i].was}, is = {.spend.yen = row[i].is};
        struct loss loss[LOSSES_MAX];

        CHECK_ROW(i);
        CHECK_INT(plan_losses(&was, &is, loss), row[i].is_loss);
        if (row[i].is_loss)
            CHECK_INT(loss[0].kind, LOSS_WORTH_LESS);
    }
}

static void
every_loss_is_accepted_by_its_name(void **state)
{
    (void)state;
    for (int kind = 0; kind < LOSS_KINDS; kind++) {
        enum loss_kind found = LOSS_KINDS;

        CHECK_ROW(kind);
        CHECK_THAT(loss_by_name(str_of(loss_name((enum loss_kind)kind)), &found));
        CHECK_INT(found, kind);
    }
    CHECK_THAT(!loss_by_name(STR("all"), &(enum loss_kind){0}));
    CHECK_THAT(!loss_by_name(STR(""), &(enum loss_kind){0}));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_difference_names_the_rule_and_both_values),
        TEST(what_somebody_was_on_the_way_to_is_not_taken_silently),
        TEST(points_on_cards_stay_worth_what_they_were),
        TEST(every_loss_is_accepted_by_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
