/* The demo's book and line-sim know the same people, who have done all that a card can show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/commands.h"
#include "domain/card.h"
#include "domain/keys.h"
#include "domain/member.h"
#include "domain/tier.h"
#include "sim/demo_values.h"
#include "tests/support/check.h"

static char dir[] = "/tmp/stampd-demo-XXXXXX";

static int
make_demo(void **state)
{
    char word[][16] = {"stampd", "demo-data", "--dir", "", "--members", "20"};
    char *words[] = {word[0], word[1], word[2], dir, word[4], word[5]};

    (void)state;
    if (mkdtemp(dir) == NULL)
        return -1;
    return commands_main(6, words);
}

static struct db *
open_book(struct keys *keys)
{
    char path[64];
    struct err e = {0};
    struct db *db;

    snprintf(path, sizeof(path), "%s/%s", dir, DATA_ROOT_KEY);
    assert_int_equal(keys_load(path, keys, &e), OK);
    snprintf(path, sizeof(path), "%s/%s", dir, DATA_BOOK);
    assert_int_equal(db_open(&db, path, &(struct db_options){.mode = DB_READ}, &e), OK);
    db_attach(db, keys);
    return db;
}

static void
line_sims_people_are_members_but_for_the_second(void **state)
{
    struct keys keys;
    struct db *db = open_book(&keys);

    (void)state;
    for (unsigned person = 1; person <= 8; person++) {
        char line_id[40];
        struct member member;
        struct err e = {0};

        snprintf(line_id, sizeof(line_id), SIM_USER_ID_FORMAT, person);
        assert_int_equal(member_find(db, str_of(line_id), &member, &e),
                         person == 2 ? ERR_NOT_FOUND : OK);
    }
    db_close(db);
}

/* How many lines of `kind` the book has on cards of line-sim's people. */
static int64_t
lines_of(struct db *db, enum transfer_kind kind)
{
    int64_t n = 0;

    for (unsigned person = 1; person <= 8; person++) {
        char line_id[40];
        struct member member;
        struct card card[4];
        struct card_line line[64];
        struct err e = {0};
        size_t cards_n, lines_n;

        snprintf(line_id, sizeof(line_id), SIM_USER_ID_FORMAT, person);
        if (member_find(db, str_of(line_id), &member, &e))
            continue;
        CHECK_OK(cards_of_member(db, member.id, card, 4, &cards_n, &e), e);
        for (size_t i = 0; i < cards_n; i++) {
            CHECK_OK(card_history(db, card[i].id, line, 64, &lines_n, &e), e);
            for (size_t k = 0; k < lines_n; k++)
                n += line[k].kind == kind;
        }
    }
    return n;
}

static void
their_points_were_earned_used_swapped_and_given_back(void **state)
{
    static const enum transfer_kind kinds[] = {TRANSFER_EARN, TRANSFER_BONUS, TRANSFER_SPEND,
                                               TRANSFER_SWAP, TRANSFER_REFUND};
    struct keys keys;
    struct db *db = open_book(&keys);

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        assert_true(lines_of(db, kinds[i]) > 0);
    db_close(db);
}

static void
one_of_them_is_of_a_tier_and_another_owes_points(void **state)
{
    struct keys keys;
    struct db *db = open_book(&keys);
    int64_t owed = 0, tiers = 0;

    (void)state;
    for (int64_t id = 1; id <= 40; id++) {
        struct card card;
        struct tier_state tier;
        struct err e = {0};

        if (card_load(db, id, &card, &e))
            break;
        CHECK_OK(tier_load(db, id, &tier, &e), e);
        owed += card.owed > 0;
        tiers += tier.tier > 0;
    }
    assert_int_equal(owed, 1);
    assert_true(tiers > 0);
    db_close(db);
}

static void
its_settings_name_line_sims_channels(void **state)
{
    char path[64];
    struct config config;
    struct err e = {0};

    (void)state;
    snprintf(path, sizeof(path), "%s/stampd.conf", dir);
    assert_int_equal(config_load(path, &config, &e), OK);
    assert_string_equal(config.login_channel_id, SIM_LOGIN_CHANNEL_ID);
    assert_string_equal(config.login_channel_secret, SIM_LOGIN_CHANNEL_SECRET);
    assert_string_equal(config.channel_id, SIM_MESSAGING_CHANNEL_ID);
    assert_string_equal(config.channel_secret, SIM_MESSAGING_CHANNEL_SECRET);
    assert_string_equal(config.liff_id, SIM_LIFF_ID);
    config_clear(&config);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_sims_people_are_members_but_for_the_second),
        cmocka_unit_test(their_points_were_earned_used_swapped_and_given_back),
        cmocka_unit_test(one_of_them_is_of_a_tier_and_another_owes_points),
        cmocka_unit_test(its_settings_name_line_sims_channels),
    };

    return cmocka_run_group_tests(tests, make_demo, NULL);
}
