/*
 * Terms on the card: asked about below the code, never before it, and only what is in force.
 */
#include <string.h>

#include "domain/terms.h"
#include "tests/support/harness.h"

static struct browser shopper, other;

static int
begin(void **state)
{
    shopper = other = (struct browser){0};
    return harness_set_up(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, harness_tear_down)

static bool
shows(struct browser *b, const char *path, const char *what)
{
    ANSWERS(get(b, path), 200);
    return memmem(answer.body, answer.body_n, what, strlen(what)) != NULL;
}

struct text {
    int64_t version;
    enum language language;
    const char *text;
    int64_t in_ms;
};

static enum err_code
add_job(struct db *db, void *context, struct err *e)
{
    const struct text *t = context;
    struct arena *a = arena_new(1 * MIB);
    const struct terms_new in = {.version = t->version,
                                 .language = t->language,
                                 .text = str_of(t->text),
                                 .from_ms = harness_now() + t->in_ms,
                                 .now_ms = harness_now()};
    int64_t version;
    enum err_code code = terms_add(db, a, &in, &version, e);

    arena_free(a);
    return code;
}

static void
add(int64_t version, enum language language, const char *text, int64_t in_ms)
{
    struct text t = {version, language, text, in_ms};
    struct err e = {0};

    CHECK_OK(app_write(here.app, add_job, &t, &e), e);
}

#define ASKED "id=\"terms\""

static void
without_terms_nothing_is_asked(void **state)
{
    (void)state;
    CHECK_THAT(!shows(&shopper, "/card", "/terms"));
    login_liff(&shopper, 1);
    CHECK_THAT(!shows(&shopper, "/card", ASKED));
    CHECK_THAT(shows(&shopper, "/terms", "paper"));
    REFUSES(post(&shopper, "/api/terms/accept", NULL, "{\"version\":1}"), 409, "terms_other");
}

static void
a_yes_is_asked_for_once_a_version_and_the_code_is_always_there(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    CHECK_THAT(!shows(&shopper, "/card", ASKED));
    add(0, LANGUAGE_JA, "第1条", 0);
    CHECK_THAT(shows(&shopper, "/card", ASKED));
    CHECK_THAT(shows(&shopper, "/card", "id=\"qr\"><svg"));
    ANSWERS(post(&shopper, "/api/terms/accept", NULL, "{\"version\":1}"), 204);
    CHECK_THAT(!shows(&shopper, "/card", ASKED));
    CHECK_THAT(shows(&other, "/card", ASKED)); /* who was not asked has not agreed */
    add(0, LANGUAGE_JA, "第2条", MINUTE_MS);
    CHECK_THAT(!shows(&shopper, "/card", ASKED));
    harness_advance(MINUTE_MS); /* a page that is kept ends when the terms do */
    CHECK_THAT(shows(&shopper, "/card", ASKED));
    REFUSES(post(&shopper, "/api/terms/accept", NULL, "{\"version\":1}"), 409, "terms_other");
    ANSWERS(post(&shopper, "/api/terms/accept", NULL, "{\"version\":2}"), 204);
    CHECK_INT(stored_int("SELECT count(*) FROM consent"), 2);
    CHECK_INT(stored_int("SELECT at_ms FROM consent WHERE version = 2"), harness_now());
    stored_is_sound();
}

static void
the_text_is_read_in_ones_language_before_and_after_signing_in(void **state)
{
    (void)state;
    add(0, LANGUAGE_JA, "第1条 <b>同意</b>", 0);
    add(1, LANGUAGE_EN, "Article 1", 0);
    shopper.headers = "Accept-Language: en\r\n";
    CHECK_THAT(shows(&shopper, "/card", "href=\"/terms\""));
    CHECK_THAT(shows(&shopper, "/terms", "Article 1"));
    shopper.headers = NULL;
    CHECK_THAT(shows(&shopper, "/terms", "第1条 &lt;b&gt;"));
    login_liff(&shopper, 2);
    ANSWERS(post(&shopper, "/api/profile", NULL, "{\"language\":\"en\"}"), 200);
    CHECK_THAT(shows(&shopper, "/terms", "<html lang=\"en\">"));
    CHECK_THAT(shows(&shopper, "/terms?version=1", "Article 1"));
    REFUSES(get(&shopper, "/terms?version=2"), 404, "terms_unknown");
    REFUSES(get(&shopper, "/terms?version=x"), 400, "field_type");
}

static void
bad_requests_change_nothing(void **state)
{
    uint64_t before;

    (void)state;
    login_liff(&shopper, 1);
    add(0, LANGUAGE_JA, "第1条", 0);
    before = stored_hash();
    REFUSES(post(&shopper, "/api/terms/accept", NULL, "{\"version\":0}"), 400, "field_range");
    REFUSES(post(&shopper, "/api/terms/accept", NULL, "{\"version\":\"1\"}"), 400, "field_type");
    REFUSES(post(&shopper, "/api/terms/accept", NULL, "{}"), 400, "field_missing");
    REFUSES(post(&shopper, "/api/terms/accept", NULL, "{\"version\":1,\"member\":2}"), 400,
            "field_unknown");
    REFUSES(post(&other, "/api/terms/accept", NULL, "{\"version\":1}"), 401, "session_missing");
    CHECK_THAT(stored_hash() == before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(without_terms_nothing_is_asked),
        STORY(a_yes_is_asked_for_once_a_version_and_the_code_is_always_there),
        STORY(the_text_is_read_in_ones_language_before_and_after_signing_in),
        STORY(bad_requests_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
