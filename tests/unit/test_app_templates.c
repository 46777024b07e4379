/*
 * The shop's own words for messages: written, looked at, tried on the owner, said to members.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"

#define GRANT "/api/admin/templates/grant"
#define ONE_MORE "/api/admin/templates/one_more"
enum { OWNER_PERSON = 4 };

static struct browser shopper, till, owner;

static int
set_up(void **state)
{
    shopper = till = owner = (struct browser){0};
    return harness_set_up(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static void
owner_comes(void)
{
    login_liff(&owner, OWNER_PERSON);
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
}

static bool
nothing_is_owed(void)
{
    return stored_int("SELECT count(*) FROM notice WHERE state IN ('waiting', 'held')") == 0 &&
           stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL") == 0;
}

/* How many messages the person got that have `text` in them. */
static int
got_messages(int person, const char *text)
{
    char path[64];
    int n = 0;

    snprintf(path, sizeof(path), "/sim/state?person=%d", person);
    ANSWERS(sim_get(path), 200);
    for (size_t i = 0; i < json_array_size(got("entries")); i++) {
        char *entry = json_dumps(json_array_get(got("entries"), i), JSON_COMPACT);

        n += strstr(entry, text) != NULL;
        free(entry);
    }
    return n;
}

/* Of the kinds in the last answer of GET /api/admin/templates, by name; NULL: none. */
static const json_t *
kind_of(const char *name)
{
    size_t i;
    const json_t *kind;

    json_array_foreach((json_t *)got("kinds"), i, kind)
        if (strcmp(json_string_value(json_object_get(kind, "kind")), name) == 0)
            return kind;
    return NULL;
}

static const char *
words_of(const char *kind, const char *language, const char *whose, const char *part)
{
    const json_t *words = json_object_get(json_object_get(kind_of(kind), "words"), language);

    return json_string_value(json_object_get(json_object_get(words, whose), part));
}

static void
the_owner_sees_every_kind_with_our_words_and_its_fields(void **state)
{
    (void)state;
    owner_comes();
    ANSWERS(get(&owner, "/api/admin/templates"), 200);
    CHECK_INT(json_array_size(got("kinds")), 12);
    CHECK_TEXT(words_of("grant", "en", "ours", "headline"), "+{amount}");
    CHECK_TEXT(words_of("grant", "ja", "ours", "button"), "カードを開く");
    CHECK_TEXT(words_of("grant", "ja", "own", "headline"), NULL);
    CHECK_INT(json_array_size(json_object_get(kind_of("welcome"), "fields")), 1);
    CHECK_THAT(kind_of("staff") == NULL); /* a person's own words are no template */
    REFUSES(get(&shopper, "/api/admin/templates"), 401, "session_missing");
}

static void
what_the_owner_writes_is_what_members_read(void **state)
{
    struct browser other = {0};

    (void)state;
    owner_comes();
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    login_liff(&other, 2);
    ANSWERS(post(&shopper, "/api/profile", NULL, "{\"language\":\"en\"}"), 200);
    ANSWERS(post(&other, "/api/profile", NULL, "{\"language\":\"en\"}"), 200);
    ANSWERS(post(&owner, ONE_MORE, NULL,
                 "{\"language\":\"en\",\"version\":0,\"headline\":\"Hooray, {left}!\","
                 "\"alt\":\"{left} for {reward}\"}"),
            200);
    CHECK_INT(got_int("version"), 1);
    CHECK_TEXT(got_text("own.headline"), "Hooray, {left}!");
    grant_stamps(&till, &shopper, 1);
    harness_advance(10 * SECOND_MS);
    UNTIL(nothing_is_owed());
    CHECK_INT(got_messages(1, "Hooray, 1 stamp!"), 1);
    CHECK_INT(got_messages(1, "1 stamp for Cookie"), 1);

    ANSWERS(post(&owner, ONE_MORE "/reset", NULL, "{\"language\":\"en\",\"version\":1}"), 200);
    CHECK_INT(got_int("version"), 2);
    harness_advance(31 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &other, 1);
    harness_advance(10 * SECOND_MS);
    UNTIL(nothing_is_owed());
    CHECK_INT(got_messages(2, "1 stamp to go for"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act IN ('template.set', "
                         "'template.reset') AND staff_id IS NOT NULL"),
              2);
    stored_is_sound();
}

static void
two_owners_do_not_overwrite_each_other(void **state)
{
    (void)state;
    owner_comes();
    ANSWERS(post(&owner, GRANT, NULL, "{\"language\":\"ja\",\"version\":0,\"text\":\"one\"}"), 200);
    REFUSES(post(&owner, GRANT, NULL, "{\"language\":\"ja\",\"version\":0,\"text\":\"two\"}"), 409,
            "template_changed");
    ANSWERS(get(&owner, "/api/admin/templates"), 200);
    CHECK_TEXT(words_of("grant", "ja", "own", "text"), "one");
    CHECK_TEXT(words_of("grant", "en", "own", "text"), NULL);
}

static void
a_preview_shows_the_bubble_and_every_fault_and_keeps_nothing(void **state)
{
    uint64_t hash;

    (void)state;
    owner_comes();
    hash = stored_hash();
    ANSWERS(
        post(&owner, GRANT "/preview", NULL,
             "{\"language\":\"en\",\"headline\":\"{amount} from {name}\",\"text\":\"At {shop}\","
             "\"button\":\"{plan}\"}"),
        200);
    CHECK_TEXT(got_text("messages.0.type"), "flex");
    CHECK_TEXT(got_text("parts.headline.error"), "template_field_unknown");
    CHECK_TEXT(got_text("parts.headline.field"), "name");
    CHECK_TEXT(got_text("parts.button.error"), "template_too_long");
    CHECK_INT(got_int("parts.button.longest"), 64);
    CHECK_INT(got_int("parts.button.max"), 40);
    CHECK_INT(got_int("parts.text.longest"), 131);
    CHECK_TEXT(got_text("messages.0.contents.body.contents.1.text"), "+1 stamp"); /* ours */
    CHECK_TEXT(got_text("messages.0.contents.body.contents.2.text"), "At ueno");
    CHECK_TEXT(got_text("alt"), "+1 stamp: you now have 3 of 4 stamps (Coffee card)");
    for (size_t i = 0; i < 12; i++) {
        static const char *const kinds[] = {"grant",        "one_more", "voucher", "voucher_lapse",
                                            "points_lapse", "tier",     "welcome", "welcome_back",
                                            "birthday",     "dormant",  "balance", "invite"};
        char path[80];

        snprintf(path, sizeof(path), "/api/admin/templates/%s/preview", kinds[i]);
        CHECK_ROW(i);
        ANSWERS(post(&owner, path, NULL, "{\"language\":\"th\"}"), 200);
        CHECK_TEXT(got_text("messages.0.contents.type"), "bubble");
    }
    REFUSES(post(&owner, "/api/admin/templates/staff/preview", NULL, "{\"language\":\"th\"}"), 404,
            "template_unknown");
    CHECK_THAT(stored_hash() == hash);
}

static void
a_test_goes_to_the_owner_alone_and_is_counted(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    owner_comes();
    ANSWERS(post(&owner, GRANT "/test", NULL, "{\"language\":\"en\",\"headline\":\"Just a try\"}"),
            202);
    CHECK_INT(got_int("counted"), 1);
    UNTIL(nothing_is_owed());
    CHECK_INT(got_messages(OWNER_PERSON, "Just a try"), 1);
    CHECK_INT(got_messages(1, "Just a try"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE kind = 'push' AND state = 'sent'"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'template.tested'"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM message_template"), 0);
    REFUSES(post(&owner, GRANT "/test", NULL, "{\"language\":\"en\",\"headline\":\"{\"}"), 400,
            "template_brace");
    CHECK_TEXT(got_text("field"), "headline");
    for (int i = 0; i < 4; i++)
        ANSWERS(post(&owner, GRANT "/test", NULL, "{\"language\":\"en\"}"), 202);
    REFUSES(post(&owner, GRANT "/test", NULL, "{\"language\":\"en\"}"), 429, "too_many_requests");
    UNTIL(nothing_is_owed());
    stored_is_sound();
}

static void
an_owner_who_blocked_the_account_is_told_so(void **state)
{
    (void)state;
    owner_comes();
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"unfollow\",\"person\":4}],\"wait\":true}"),
            200);
    UNTIL(stored_int("SELECT is_friend FROM member") == 0);
    REFUSES(post(&owner, GRANT "/test", NULL, "{\"language\":\"en\"}"), 409, "owner_no_friend");
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE kind = 'push'"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_owner_sees_every_kind_with_our_words_and_its_fields),
        STORY(what_the_owner_writes_is_what_members_read),
        STORY(two_owners_do_not_overwrite_each_other),
        STORY(a_preview_shows_the_bubble_and_every_fault_and_keeps_nothing),
        STORY(a_test_goes_to_the_owner_alone_and_is_counted),
        STORY(an_owner_who_blocked_the_account_is_told_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
