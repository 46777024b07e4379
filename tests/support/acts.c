#include "tests/support/acts_make.h"

#include <stdio.h>
#include <string.h>

#include "app/routes.h"
#include "base/arena.h"
#include "base/clock.h"
#include "domain/catalogue.h"
#include "domain/member.h"
#include "domain/plan.h"

#define DAY_BEGINS_MS (-5 * HOUR_MS) /* 4 o'clock, nine hours ahead */
#define ACT_MS (10 * MINUTE_MS)      /* none takes longer */
#define STAY_MS (5 * MINUTE_MS)      /* staff who do nothing are signed out after fifteen */
#define A_LIFE 50                    /* acts */

static int64_t owner_since_ms;
static unsigned acts_of_member;
int act_person = MEMBER_PERSON;
int64_t act_member_id, act_reader_id;
struct browser act_member, act_reader, act_till, act_right, act_owner;

/* ---------------------------------------------------------------- who is there */

/* What the wallet's points are swapped for. */
static enum err_code
add_catalogue(struct db *db, int64_t plan_id, struct err *e)
{
    static const char file[] = "{\"rewards\":[{\"price\":8,\"key\":\"song\",\"title\":\"Song\","
                               "\"valid_days\":30,\"codes\":true},"
                               "{\"price\":9,\"key\":\"mug\",\"title\":\"Mug\","
                               "\"valid_days\":30,\"kind\":\"gift\"}]}";
    struct arena *a = arena_new(2 * MIB);
    struct catalogue catalogue;
    int64_t number;
    enum err_code code =
        catalogue_read(str_of(file), UNIT_POINT, a, &catalogue, e) ||
                catalogue_set(db, plan_id, &catalogue, 0, harness_now(), &number, e)
            ? e->code
            : OK;

    arena_free(a);
    return code;
}

static enum err_code
add_plan(struct db *db, void *context, struct err *e)
{
    const struct plan_rules often = {
        .name = "Often",
        .unit = UNIT_STAMP,
        .linear = LINEAR_CODE128,
        .jan_prefix = 22,
        .goal = 4,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .notify_grants = true,
        .late = {.days = 14, .cashier_max = 3},
        .rewards_n = 2,
        .reward = {{.at = 2, .valid_days = 30, .title = "Biscuit"},
                   {.at = 4, .valid_days = 30, .title = "Tea"}},
    };
    const struct plan_rules wallet = {
        .name = "Wallet",
        .unit = UNIT_POINT,
        .linear = LINEAR_CODE128,
        .jan_prefix = 23,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .spend = {.yen = 1, .step = 1, .least = 1, .percent_max = 100},
        .earn = {.events_n = 1,
                 .event = {{.name = "call", .title = "Call", .units = 5, .once = EARN_ONCE_EVER}}},
    };
    int64_t id;

    (void)context;
    return plan_create(db, &often, harness_now(), &id, e) ||
                   plan_create(db, &wallet, harness_now(), &id, e)
               ? e->code
               : add_catalogue(db, id, e);
}

void
acts_set_up(void)
{
    struct err e;

    act_member = act_reader = act_till = act_right = act_owner = (struct browser){0};
    till_enrol_here(&act_right, UENO_RIGHT);
    CHECK_OK(app_write(here.app, add_plan, NULL, &e), e);
    /* Letters are written by the hundred. */
    ANSWERS(sim_post("/sim/settings", "{\"quota\":-1}"), 200);
}

/* What is owed waits for the card: a LINE that finds no memory is another test's matter. */
static enum err_code
block_account(struct db *db, void *context, struct err *e)
{
    (void)context;
    return member_befriend(db, act_member_id, false, harness_now(), NULL, e);
}

static void
serve(void)
{
    static int64_t signed_in_ms;

    if (harness_now() <= signed_in_ms + STAY_MS)
        return;
    till_sign_in(&act_till, UENO_LEFT, UENO_CASHIER); /* slow on purpose */
    signed_in_ms = harness_now();
}

/* A cashier takes back on the day itself: nothing begins at the end of one. */
static void
begin_in_time(void)
{
    int64_t day = (harness_now() - DAY_BEGINS_MS) / DAY_MS;
    int64_t next_ms = (day + 1) * DAY_MS + DAY_BEGINS_MS;

    if (next_ms - harness_now() < ACT_MS)
        harness_advance(next_ms - harness_now());
}

/* An owner is signed out after eight hours, whatever they do. */
static void
sign_owner_in(void)
{
    login_web(&act_owner, OWNER_PERSON, "/admin");
    if (cookie_of(&act_owner, "__Host-a") == NULL)
        ANSWERS(post(&act_owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link),
                200);
    owner_since_ms = harness_now();
}

/* The newest sessions are kept, and some requests make more. */
static void
sign_member_in(void)
{
    bool is_known = cookie_of(&act_member, "__Host-m") != NULL;
    struct err e;

    login_liff(&act_member, act_person);
    if (is_known)
        return;
    act_member_id = stored_int("SELECT member_id FROM session ORDER BY id DESC LIMIT 1");
    CHECK_OK(app_write(here.app, block_account, NULL, &e), e);
    acts_of_member = 0;
    if (act_person == READER)
        act_reader_id = act_member_id;
}

/* Some of what is asked of a card is asked of all that was done on it. What is only read leaves
 * everything as it is. */
static void
begin_a_new_life(const struct act *act)
{
    if (act->prepare == NULL || act_person == READER || ++acts_of_member < A_LIFE)
        return;
    login_again(&act_member, act_person);
    ANSWERS(post(&act_member, "/api/me/leave", NULL, "{\"confirm\":\"leave\"}"), 200);
    act_member = (struct browser){0};
    sign_member_in();
}

void
acts_arrive(void)
{
    harness_advance(MINUTE_MS);
    serve();
    login_liff(&act_reader, READER);
    sign_member_in();
    sign_owner_in();
}

static struct browser
right_one(enum who who)
{
    struct browser b = who == TILL || who == STAFF ? act_till
                       : who == OWNER              ? act_owner
                                                   : act_member;

    if (who == ANYONE)
        return (struct browser){.address = ""};
    if (who == TILL)
        cookie_put(&b, "__Host-staff", "");
    return b;
}

/* ---------------------------------------------------------------- every route */

#define NO_DEMO 404

static const struct act acts[] = {
    {GET, "/", .status = 303},
    {GET, "/card", .status = 200},
    {GET, "/card/me", .status = 200},
    {GET, "/card/again", .status = 200, .path = "/card/again?act=leave", .prepare = long_here},
    {GET, "/card/gift", .status = 200},
    {GET, "/card/gift/:token", .status = 200, .prepare = a_gift_shown},
    {GET, "/card/:plan", .status = 200, .path = "/card/3"},
    {GET, "/terms", .status = 200},
    {GET, "/account", .status = 200},
    {GET, "/till", .status = 200},
    {GET, "/admin", .status = 200},
    {GET, "/static/*", .status = 200, .prepare = a_script},
    {GET, "/healthz", .status = 200},
    {GET, "/metrics", .status = 200},
    {POST, "/line/webhook", .status = 200, .prepare = an_event},
    {POST, "/line/session", .status = 200, .prepare = a_liff_login},
    {POST, "/line/guest", .status = 201, .prepare = nobody_yet, .rest_ms = MINUTE_MS},
    {GET, "/line/login", .status = 303, .rest_ms = 6 * SECOND_MS},
    {GET, "/line/callback", .status = 303, .prepare = a_web_login, .rest_ms = 6 * SECOND_MS},
    {GET, "/line/account-link", .status = 303, .prepare = a_shop_account,
     .rest_ms = 30 * SECOND_MS},
    {POST, "/line/logout", .status = 204, .prepare = somebody_else},
    {GET, "/api/card", .status = 200},
    {GET, "/api/card/codes", .status = 200},
    {POST, "/api/card/confirm", .status = 204, .body = "{\"plan\":3}"},
    {POST, "/api/card/spend", .status = 200, .prepare = a_yes},
    {GET, "/api/card/offers", .status = 200, .path = "/api/card/offers?plan=4"},
    {POST, "/api/card/swaps", .status = 201, .prepare = a_wish},
    {POST, "/api/card/swaps/undo", .status = 201, .prepare = a_second_thought},
    {GET, "/api/vouchers/:voucher", .status = 200, .prepare = a_voucher_looked_at},
    {GET, "/api/vouchers/:voucher/code", .status = 200, .prepare = a_voucher_shown},
    {GET, "/api/events", .status = 200, .prepare = a_stream},
    {GET, "/api/notices", .status = 200},
    {POST, "/api/notices/:notice/seen", .status = 204, .prepare = news},
    {GET, "/api/gifts", .status = 200},
    {POST, "/api/gifts", .status = 201, .prepare = a_gift_to_make, .rest_ms = 30 * SECOND_MS},
    {POST, "/api/gifts/accept", .status = 201, .prepare = a_gift_to_take},
    {POST, "/api/gifts/:gift/take-back", .status = 201, .prepare = a_gift_to_take_back},
    {GET, "/api/profile", .status = 200},
    {POST, "/api/profile", .status = 200, .prepare = another_language},
    {POST, "/api/terms/accept", .status = 204, .prepare = new_terms},
    {GET, "/api/me/export", .status = 200, .prepare = after_a_while, .rest_ms = 3 * MINUTE_MS},
    {POST, "/api/me/export/link", .status = 200, .prepare = after_a_while,
     .rest_ms = 3 * MINUTE_MS},
    {GET, "/card/history", .status = 200, .prepare = a_reader},
    {GET, "/api/me/history", .status = 200, .prepare = a_reader},
    {GET, "/api/me/lines", .status = 200, .prepare = the_first_lines},
    {GET, "/api/me/draws", .status = 200, .prepare = a_reader},
    {GET, "/api/heads", .status = 200},
    {GET, "/data/:link", .status = 200, .prepare = a_link_to_data, .is_used_up = true},
    {GET, "/api/me/topics", .status = 200},
    {POST, "/api/me/topics", .status = 200, .prepare = another_wish},
    {GET, "/api/me/birthday", .status = 200},
    {POST, "/api/me/birthday", .status = 200, .prepare = another_birthday},
    {POST, "/api/me/leave", .status = 200, .body = "{\"confirm\":\"leave\"}",
     .prepare = somebody_who_leaves},
    {GET, "/api/me/account", .status = 200},
    {POST, "/api/me/link", .status = 200, .prepare = a_record_of_before, .rest_ms = 20 * SECOND_MS},
    {POST, "/api/me/shop-login", .status = 200, .rest_ms = 30 * SECOND_MS},
    {POST, "/api/me/unlink", .status = 204, .prepare = a_record_linked},
    {POST, "/api/me/recovery-code", .status = 200},
    {POST, "/api/me/recover", .status = 200, .prepare = a_way_back, .rest_ms = 20 * SECOND_MS,
     .is_used_up = true},
    {GET, "/api/till", .status = 200},
    {GET, "/api/till/samples", .status = 200},
    {POST, "/api/till/enrol", .status = 200, .prepare = a_new_till, .rest_ms = 2 * MINUTE_MS},
    {POST, "/api/till/staff", .status = 200, .body = "{\"staff\":1,\"pin\":\"" HARNESS_PIN "\"}",
     .prepare = a_till_without_anybody},
    {POST, "/api/till/lock", .status = 204, .prepare = another_till},
    {GET, "/api/till/today", .status = 200},
    {POST, "/api/till/scans", .status = 200, .prepare = a_card_shown},
    {POST, "/api/till/grants", .status = 201, .prepare = a_grant_to_come},
    {POST, "/api/till/grants/quote", .status = 200, .prepare = a_grant_to_come},
    {POST, "/api/till/late", .status = 201, .prepare = a_sale_without_a_card},
    {GET, "/api/till/past", .status = 200, .prepare = a_manager_who_looks_back},
    {GET, "/api/till/reversals/:transfer", .status = 200, .prepare = a_mistake_looked_at},
    {POST, "/api/till/reversals", .status = 201, .prepare = a_mistake},
    {POST, "/api/till/redemptions", .status = 200, .prepare = a_voucher_read},
    {GET, "/api/till/offers", .status = 200, .prepare = a_card_that_wishes},
    {POST, "/api/till/swaps", .status = 201, .prepare = a_wish_at_the_till},
    {POST, "/api/till/swaps/undo", .status = 201, .prepare = a_second_thought},
    {POST, "/api/till/refunds/quote", .status = 200, .prepare = a_sale_returned},
    {POST, "/api/till/refunds", .status = 201, .prepare = a_sale_returned},
    {POST, "/api/till/vouchers/cancel/quote", .status = 200, .prepare = a_voucher_in_error},
    {POST, "/api/till/vouchers/cancel", .status = 201, .prepare = a_voucher_in_error},
    {POST, "/api/till/redemptions/undo", .status = 200, .prepare = a_redemption},
    {POST, "/api/till/quotes", .status = 200, .prepare = a_basket},
    {POST, "/api/till/spends", .status = 201, .prepare = a_basket},
    {POST, "/api/till/holds", .status = 201, .prepare = a_basket},
    {POST, "/api/till/holds/:hold/capture", .status = 200, .prepare = a_basket_paid_for},
    {POST, "/api/till/holds/:hold/release", .status = 200, .prepare = a_basket_left},
    {GET, "/api/admin", .status = 200},
    {POST, "/api/admin/claim", .status = 200, .prepare = a_link_for_an_owner, .rest_ms = MINUTE_MS},
    {GET, "/api/admin/bonuses", .status = 200},
    {POST, "/api/admin/bonuses", .status = 201, .prepare = a_call},
    {POST, "/api/admin/bonuses/look", .status = 200, .prepare = a_look_at_callers},
    {POST, "/api/admin/bonuses/:card", .status = 201, .prepare = a_call_by_card},
    {POST, "/api/admin/rescues", .status = 200, .prepare = a_lost_phone},
    {POST, "/api/admin/rescues/undo", .status = 200, .prepare = a_rescue},
    {POST, "/api/admin/logout", .status = 204, .prepare = an_owner_who_goes},
    {GET, "/api/admin/today", .status = 200},
    {GET, "/api/admin/events", .status = 200, .prepare = a_stream},
    {GET, "/api/admin/keywords", .status = 200},
    {POST, "/api/admin/keywords", .status = 200, .prepare = a_rule},
    {POST, "/api/admin/keywords/hours", .status = 204, .body = "{\"staff\":[]}"},
    {POST, "/api/admin/keywords/try", .status = 200, .body = "{\"text\":\"hours\"}"},
    {POST, "/api/admin/keywords/:keyword/remove", .status = 204, .prepare = a_rule_to_go},
    {GET, "/api/admin/catalogues", .status = 200},
    {POST, "/api/admin/plans/:plan/catalogue", .status = 200,
     .path = "/api/admin/plans/4/catalogue", .prepare = another_price},
    {POST, "/api/admin/plans/:plan/codes", .status = 200, .path = "/api/admin/plans/4/codes",
     .prepare = more_codes},
    {GET, "/api/admin/plans", .status = 200},
    {GET, "/api/admin/liability", .status = 200},
    {POST, "/api/admin/plans/:plan/drafts", .status = 200, .path = "/api/admin/plans/1/drafts",
     .prepare = a_draft},
    {POST, "/api/admin/plans/:plan/drafts/:draft/remove", .status = 204, .prepare = a_draft_to_go},
    {POST, "/api/admin/plans/:plan/example", .status = 200, .path = "/api/admin/plans/1/example",
     .body = "{\"rules\":\"{}\"}"},
    {POST, "/api/admin/plans/:plan/rehearse", .status = 200, .path = "/api/admin/plans/1/rehearse",
     .prepare = a_draft_rehearsed},
    {POST, "/api/admin/plans/:plan/publish", .status = 200, .path = "/api/admin/plans/1/publish",
     .prepare = a_draft_ready},
    {POST, "/api/admin/plans/:plan/schedule", .status = 200, .path = "/api/admin/plans/1/schedule",
     .prepare = a_draft_for_later},
    {POST, "/api/admin/plans/:plan/unschedule", .status = 200,
     .path = "/api/admin/plans/1/unschedule", .prepare = a_draft_withdrawn},
    {GET, "/api/admin/menus", .status = 200},
    {GET, "/api/admin/messages", .status = 200},
    {POST, "/api/admin/messages/policy", .status = 200, .prepare = a_policy},
    {POST, "/api/admin/messages/log", .status = 200, .prepare = a_code_to_look_up},
    {POST, "/api/admin/messages/write", .status = 202, .prepare = a_letter},
    {GET, "/api/admin/templates", .status = 200},
    {POST, "/api/admin/templates/:kind", .status = 200, .path = "/api/admin/templates/grant",
     .prepare = other_words},
    {POST, "/api/admin/templates/:kind/preview", .status = 200,
     .path = "/api/admin/templates/grant/preview",
     .body = "{\"language\":\"ja\",\"headline\":\"+\"}"},
    {POST, "/api/admin/templates/:kind/reset", .status = 200,
     .path = "/api/admin/templates/grant/reset", .prepare = words_to_go},
    {POST, "/api/admin/templates/:kind/test", .status = 202,
     .path = "/api/admin/templates/grant/test", .prepare = words_to_try, .rest_ms = MINUTE_MS},
    {GET, "/demo", .status = NO_DEMO},
    {GET, "/api/demo", .status = NO_DEMO},
    {POST, "/api/demo/code", .status = NO_DEMO, .body = "{\"shop\":\"ueno\",\"till\":\"left\"}"},
};

const struct act *
act_of(const struct route *route)
{
    for (size_t i = 0; i < COUNT(acts); i++)
        if (acts[i].method == route->method && strcmp(acts[i].route, route->path) == 0)
            return &acts[i];
    return NULL;
}

void
act_make(const struct act *act, const struct route *route, struct act_request *out)
{
    begin_in_time();
    begin_a_new_life(act);
    if (route->who == FRESH_MEMBER)
        login_again(&act_member, act_person);
    if (route->who != ANYONE)
        serve();
    if (route->who == OWNER && harness_now() > owner_since_ms + HOUR_MS)
        sign_owner_in();
    *out = (struct act_request){.b = right_one(route->who)};
    snprintf(out->path, sizeof(out->path), "%s", act->path != NULL ? act->path : act->route);
    snprintf(out->body, sizeof(out->body), "%s", act->body != NULL ? act->body : "{}");
    if (act->prepare != NULL)
        act->prepare(out);
    if (route->mode == KEYED)
        snprintf(out->headers, sizeof(out->headers), "Idempotency-Key: %s\r\n", fresh_key());
}

static int
send_stream(struct act_request *made)
{
    struct http_peer *p = http_peer_open(here.port);
    const char *name = cookie_of(&made->b, "__Host-a") != NULL ? "__Host-a" : "__Host-m";
    char head[4096];
    int status;

    snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s=%s\r\n\r\n",
             made->path, here.port, name, cookie_of(&made->b, name));
    http_peer_text(p, head);
    status = http_peer_receive_head(p, &answer);
    http_peer_close(p);
    return status;
}

int
act_send(const struct act *act, struct act_request *made)
{
    struct browser b = made->b; /* cookies that come are for nobody: the request stays as it is */

    if (made->is_stream)
        return send_stream(made);
    b.headers = made->headers[0] != '\0' ? made->headers : b.headers;
    if (act->method == GET)
        return ask(&b, "GET", made->path, NULL, STR(""));
    return ask(&b, "POST", made->path, "application/json", str_of(made->body));
}

void
acts_live(void)
{
    act_person = READER;
    for (size_t i = 0; i < routes_n; i++) {
        const struct act *act = act_of(&routes[i]);
        struct act_request made;

        if (act == NULL)
            continue;
        acts_arrive();
        act_make(act, &routes[i], &made);
        ANSWERS(act_send(act, &made), act->status);
        harness_advance(act->rest_ms);
    }
    act_reader = act_member;
    act_member = (struct browser){0};
    act_person = MEMBER_PERSON;
}
