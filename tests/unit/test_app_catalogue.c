/*
 * What points are swapped for, as its owner changes it: told as it stands, replaced only by
 * somebody who has seen it, and refused with the place that is wrong; and codes, looked at before
 * they are loaded.
 */
#include <string.h>

#include "tests/support/harness.h"

#define OWNER_PERSON 3
#define SAVE "/api/admin/plans/2/catalogue"
#define CODES "/api/admin/plans/2/codes"

/* A file as it stands in a request, its quotes escaped. */
#define MUG(more)                                                                                  \
    "{\\\"price\\\":80,\\\"key\\\":\\\"mug\\\",\\\"title\\\":\\\"Mug\\\",\\\"valid_days\\\":"      \
    "30" more "}"
#define GIFT                                                                                       \
    "{\\\"price\\\":90,\\\"key\\\":\\\"gift\\\",\\\"title\\\":\\\"Gift\\\",\\\"valid_days\\\":30," \
    "\\\"codes\\\":true}"
#define FILE_OF(rewards) "{\\\"rewards\\\":[" rewards "]}"

static struct browser owner;

static int
set_up(void **state)
{
    owner = (struct browser){0};
    if (harness_set_up(state))
        return -1;
    login_liff(&owner, OWNER_PERSON);
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    return 0;
}

#define CATALOGUE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static void
set_file(int was, const char *file)
{
    ANSWERS(post(&owner, SAVE, NULL, "{\"was\":%d,\"file\":\"%s\"}", was, file), 200);
}

static void
a_catalogue_is_told_with_what_is_left_and_what_it_may_name(void **state)
{
    (void)state;
    set_file(0, FILE_OF(MUG(
                    ",\\\"cost_yen\\\":300,\\\"stock\\\":{\\\"all\\\":7},"
                    "\\\"redeem\\\":{\\\"shops\\\":[1],\\\"days\\\":\\\"mon-fri\\\"}") "," GIFT));
    CHECK_INT(got_int("catalogue"), 1);
    ANSWERS(get(&owner, "/api/admin/catalogues"), 200);
    CHECK_TEXT(got_text("shops.0.name"), "ueno");
    CHECK_TEXT(got_text("plans.0.unit"), "stamp");
    CHECK_INT(got_int("plans.0.catalogue"), 0);
    CHECK_THAT(got("plans.0.rewards.0") == NULL);
    CHECK_THAT(got_int("plans.0.places.0.at") > 0);
    CHECK_INT(got_int("plans.1.rewards.0.price"), 80);
    CHECK_TEXT(got_text("plans.1.rewards.0.redeem.days"), "mon-fri");
    CHECK_INT(got_int("plans.1.counts.0.left"), 7);
    CHECK_INT(got_int("plans.1.counts.0.issued"), 0);
    CHECK_INT(got_int("plans.1.counts.0.cost"), 300000);
    CHECK_TEXT(got_text("plans.1.counts.1.key"), "gift");
    CHECK_INT(got_int("plans.1.counts.1.codes"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'catalogue.set' AND staff_id > 0"),
              1);
}

static void
only_what_was_seen_is_replaced(void **state)
{
    (void)state;
    set_file(0, FILE_OF(MUG("")));
    REFUSES(post(&owner, SAVE, NULL, "{\"was\":0,\"file\":\"%s\"}", FILE_OF(GIFT)), 409,
            "catalogue_changed");
    CHECK_INT(stored_int("SELECT catalogue FROM plan WHERE id = 2"), 1);
    set_file(1, FILE_OF(""));
    CHECK_INT(got_int("catalogue"), 0);
    set_file(0, FILE_OF(MUG("")));
    CHECK_INT(got_int("catalogue"), 2);
}

static void
what_is_wrong_is_told_with_its_place(void **state)
{
    static const struct {
        const char *file, *field;
    } row[] = {
        {FILE_OF(MUG("") "," MUG("")), "rewards[1]"},
        {FILE_OF(GIFT "," MUG(",\\\"stock\\\":{\\\"all\\\":0}")), "rewards[1].stock.all"},
        {FILE_OF(MUG(",\\\"issue\\\":{\\\"hours\\\":\\\"noon\\\"}")), "rewards[0].issue.hours"},
        {FILE_OF(MUG(",\\\"issue\\\":{\\\"shops\\\":[1]}")), "rewards[0].issue"},
        {FILE_OF(MUG(",\\\"kind\\\":\\\"percent\\\"")), "rewards[0].value"},
        {FILE_OF("{\\\"at\\\":3,\\\"title\\\":\\\"None\\\",\\\"valid_days\\\":1}"), "at"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        CHECK_ROW(i);
        REFUSES(post(&owner, SAVE, NULL, "{\"was\":0,\"file\":\"%s\"}", row[i].file), 400,
                "reward_invalid");
        CHECK_TEXT(got_text("field"), row[i].field);
        CHECK_INT(stored_int("SELECT count(*) FROM reward WHERE catalogue IS NOT NULL"), 0);
    }
}

static void
codes_are_looked_at_before_they_are_loaded(void **state)
{
    (void)state;
    set_file(0, FILE_OF(GIFT));
    ANSWERS(post(&owner, CODES, NULL,
                 "{\"reward\":\"gift\",\"csv\":\"code\\nA\\nB C\\nA\\nD\\n\",\"dry\":true}"),
            200);
    CHECK_INT(got_int("rows"), 2);
    CHECK_INT(got_int("wrong"), 2);
    CHECK_INT(got_int("faults.0.line"), 3);
    CHECK_TEXT(got_text("faults.0.why"), "code_row");
    CHECK_INT(got_int("faults.1.line"), 4);
    CHECK_TEXT(got_text("faults.1.why"), "code_twice");
    REFUSES(post(&owner, CODES, NULL, "{\"reward\":\"gift\",\"csv\":\"A\\nA\\n\",\"dry\":false}"),
            400, "code_twice");
    CHECK_INT(stored_int("SELECT count(*) FROM reward_code"), 0);
    ANSWERS(post(&owner, CODES, NULL, "{\"reward\":\"gift\",\"csv\":\"A\\nD\\n\",\"dry\":false}"),
            200);
    CHECK_INT(got_int("left"), 2);
    ANSWERS(post(&owner, CODES, NULL, "{\"reward\":\"gift\",\"csv\":\"E\\nD\\n\",\"dry\":true}"),
            200);
    CHECK_INT(got_int("left"), 3);
    CHECK_INT(got_int("faults.0.line"), 2);
    CHECK_INT(stored_int("SELECT count(*) FROM reward_code"), 2);
    REFUSES(post(&owner, CODES, NULL, "{\"reward\":\"mug\",\"csv\":\"F\",\"dry\":true}"), 404,
            "reward_unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CATALOGUE_TEST(a_catalogue_is_told_with_what_is_left_and_what_it_may_name),
        CATALOGUE_TEST(only_what_was_seen_is_replaced),
        CATALOGUE_TEST(what_is_wrong_is_told_with_its_place),
        CATALOGUE_TEST(codes_are_looked_at_before_they_are_loaded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
