#include "tests/support/acts_make.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/digest.h"
#include "domain/code.h"
#include "domain/customer.h"
#include "domain/staff.h"
#include "domain/terms.h"
#include "sim/demo_values.h"

#define SHOP_SECRET "a secret that the shop and we have"

static unsigned made_n; /* so that no two things have one name */

/* ---------------------------------------------------------------- what a request needs */

__attribute__((format(printf, 2, 3))) static void
body(struct act_request *made, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(made->body, sizeof(made->body), format, args);
    va_end(args);
}

static void
wrote(enum err_code (*run)(struct db *db, void *context, struct err *e), void *context)
{
    struct err e;

    CHECK_OK(app_write(here.app, run, context, &e), e);
}

void
an_event(struct act_request *made)
{
    char text[BASE64_SIZE(SHA256_SIZE)];
    uint8_t mac[SHA256_SIZE];
    struct str bytes;

    made_n++;
    body(made,
         "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[{\"type\":\"message\",\"mode\":"
         "\"active\",\"timestamp\":%lld,\"webhookEventId\":\"ACT%u\",\"replyToken\":\"t%u\","
         "\"deliveryContext\":{\"isRedelivery\":false},\"source\":{\"type\":\"user\",\"userId\":"
         "\"" SIM_USER_ID_FORMAT "\"},\"message\":{\"type\":\"text\",\"id\":\"%u\",\"quoteToken\":"
         "\"q\",\"text\":\"hello\"}}]}",
         (long long)harness_now(), made_n, made_n, (unsigned)act_person, made_n);
    bytes = str_of(made->body);
    hmac_sha256(SIM_MESSAGING_CHANNEL_SECRET, strlen(SIM_MESSAGING_CHANNEL_SECRET), &bytes, 1, mac);
    base64_encode(mac, sizeof(mac), text);
    snprintf(made->headers, sizeof(made->headers), "x-line-signature: %s\r\n", text);
    made->b = (struct browser){.origin = ""};
}

void
a_liff_login(struct act_request *made)
{
    made->b = (struct browser){0};
    body(made, "{\"id_token\":\"%s\"}", liff_token(FRIEND));
}

void
nobody_yet(struct act_request *made)
{
    made->b = (struct browser){0};
}

void
a_web_login(struct act_request *made)
{
    made->b = (struct browser){0};
    snprintf(made->path, sizeof(made->path), "%s",
             login_begin(&made->b, FRIEND, "/line/login?next=/card"));
}

void
somebody_else(struct act_request *made)
{
    made->b = (struct browser){0};
    login_liff(&made->b, OTHER);
}

/* The shop's own site sends a browser back, signed. */
void
a_shop_account(struct act_request *made)
{
    char text[512], hex[HEX_SIZE(SHA256_SIZE)], token[128];
    struct str whole = {text, 0};
    uint8_t mac[SHA256_SIZE];
    const char *at;
    long long exp_s;

    login_again(&act_member, act_person);
    ANSWERS(post(&act_member, "/api/me/shop-login", NULL, "{}"), 200);
    at = strstr(got_text("url"), "linkToken=");
    assert_non_null(at);
    snprintf(token, sizeof(token), "%.*s", (int)strcspn(at + 10, "&"), at + 10);
    exp_s = harness_now() / SECOND_MS + 300;
    whole.n = (size_t)snprintf(text, sizeof(text), "7000\n%lld\nnonce-of-act-%06u\n%s", exp_s,
                               ++made_n, token);
    hmac_sha256(SHOP_SECRET, strlen(SHOP_SECRET), &whole, 1, mac);
    hex_encode(mac, sizeof(mac), hex);
    snprintf(
        made->path, sizeof(made->path),
        "/line/account-link?linkToken=%s&customer=7000&exp=%lld&nonce=nonce-of-act-%06u&sig=%s",
        token, exp_s, made_n, hex);
}

/* ---- at the till */

static int64_t
a_scan(int plan)
{
    harness_advance(CODE_STEP_MS);
    ANSWERS(
        post(&act_till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&act_member, plan)),
        200);
    return got_int("scan");
}

void
a_grant_to_come(struct act_request *made)
{
    body(made, "{\"scan\":%lld,\"stamps\":2}", (long long)a_scan(OFTEN));
}

static int64_t
a_grant(void)
{
    ANSWERS(post(&act_till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"stamps\":2}",
                 (long long)a_scan(OFTEN)),
            201);
    return got_int("transfer");
}

void
a_card_shown(struct act_request *made)
{
    harness_advance(CODE_STEP_MS);
    body(made, "{\"code\":\"%s\"}", card_code(&act_member, OFTEN));
}

void
a_sale_without_a_card(struct act_request *made)
{
    int64_t scan = a_scan(OFTEN);

    body(made,
         "{\"scan\":%lld,\"receipt\":\"%u\",\"sold_at\":%lld,\"stamps\":1,\"reason\":"
         "\"forgotten\"}",
         (long long)scan, 100000 + ++made_n, (long long)harness_now() - HOUR_MS);
}

/* How earlier gifts ended has been seen: it would wait for days for a free way. */
static void
no_news_of_gifts(void)
{
    int64_t id;

    while ((id = stored_int("SELECT coalesce(min(id), 0) FROM notice WHERE kind = 'gift_taken'"
                            " AND state IN ('waiting', 'held') AND member_id = %lld",
                            (long long)act_member_id)) != 0) {
        char path[64];

        snprintf(path, sizeof(path), "/api/notices/%lld/seen", (long long)id);
        ANSWERS(post(&act_member, path, NULL, "{}"), 204);
    }
}

static void
two_points(void)
{
    ANSWERS(post(&act_till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"yen\":200}",
                 (long long)a_scan(POINTS)),
            201);
}

/* The member has points, and no gift that nobody has taken. */
static void
points_to_give(void)
{
    int64_t open;

    no_news_of_gifts();

    while ((open = stored_int(
                "SELECT coalesce(min(g.id), 0) FROM gift g JOIN card c ON c.id = g.card_id"
                " WHERE g.state = 'open' AND c.member_id = %lld",
                (long long)act_member_id)) != 0) {
        char path[64];

        snprintf(path, sizeof(path), "/api/gifts/%lld/take-back", (long long)open);
        ANSWERS(post(&act_member, path, fresh_key(), "{}"), 201);
    }
    two_points();
    if (got_int("balance") == 0) /* the card was full with them */
        two_points();
}

void
a_gift_to_make(struct act_request *made)
{
    points_to_give();
    body(made, "{\"plan\":%d,\"amount\":1}", POINTS);
}

/* The path of its link. */
static const char *
a_gift(void)
{
    points_to_give();
    ANSWERS(post(&act_member, "/api/gifts", fresh_key(), "{\"plan\":%d,\"amount\":1}", POINTS),
            201);
    ANSWERS(get(&act_member, "/api/gifts"), 200);
    return got_text("gifts.0.url") + strlen(here.origin);
}

void
a_gift_shown(struct act_request *made)
{
    snprintf(made->path, sizeof(made->path), "%s", a_gift());
}

void
a_gift_to_take(struct act_request *made)
{
    body(made, "{\"token\":\"%s\"}", a_gift() + strlen("/card/gift/"));
    somebody_else(made);
}

void
a_gift_to_take_back(struct act_request *made)
{
    a_gift();
    snprintf(made->path, sizeof(made->path), "/api/gifts/%lld/take-back",
             (long long)stored_int("SELECT max(id) FROM gift"));
}

void
a_mistake(struct act_request *made)
{
    body(made, "{\"transfer\":%lld}", (long long)a_grant());
}

static int64_t
a_voucher(void)
{
    a_grant();
    return got_int("vouchers.0.id");
}

void
a_voucher_shown(struct act_request *made)
{
    snprintf(made->path, sizeof(made->path), "/api/vouchers/%lld/code", (long long)a_voucher());
}

void
a_voucher_read(struct act_request *made)
{
    int64_t voucher = a_voucher();

    ANSWERS(post(&act_till, "/api/till/scans", NULL, "{\"code\":\"%s\"}",
                 voucher_code(&act_member, voucher)),
            200);
    body(made, "{\"voucher\":%lld,\"token\":\"%s\"}", (long long)voucher, got_text("token"));
}

void
a_redemption(struct act_request *made)
{
    a_voucher_read(made);
    ANSWERS(post(&act_till, "/api/till/redemptions", fresh_key(), "%s", made->body), 200);
    body(made, "{\"voucher\":%lld}", (long long)got_int("voucher"));
}

void
a_mistake_looked_at(struct act_request *made)
{
    snprintf(made->path, sizeof(made->path), "/api/till/reversals/%lld", (long long)a_grant());
}

/* What was done until the first time: the same answer each time, whatever is done since. */
void
a_manager_who_looks_back(struct act_request *made)
{
    static int64_t below, before_ms;

    if (below == 0) {
        a_redemption(made);
        below = stored_int("SELECT max(seq) + 1 FROM transfer");
        before_ms = harness_now() + 1;
    }
    another_till(made);
    snprintf(made->path, sizeof(made->path), "/api/till/past?below=%lld&before=%lld&voucher=1",
             (long long)below, (long long)before_ms);
}

/* ---- points that are spent */

/* Enough to spend. */
static void
a_full_wallet(void)
{
    if (stored_int("SELECT max(balance) FROM card WHERE plan_id = %d AND member_id = %lld", WALLET,
                   (long long)act_member_id) > 100)
        return;
    ANSWERS(post(&act_till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"yen\":1000000}",
                 (long long)a_scan(WALLET)),
            201);
}

void
a_yes(struct act_request *made)
{
    a_full_wallet();
    body(made, "{\"plan\":%d,\"points\":%u}", WALLET, 1 + ++made_n % 9);
}

void
a_basket(struct act_request *made)
{
    int64_t scan;

    a_full_wallet();
    scan = a_scan(WALLET);
    ANSWERS(post(&act_member, "/api/card/spend", NULL, "{\"plan\":%d,\"points\":9}", WALLET), 200);
    body(made, "{\"scan\":%lld,\"points\":9}", (long long)scan);
}

static void
a_basket_held(struct act_request *made, const char *end)
{
    a_basket(made);
    ANSWERS(post(&act_till, "/api/till/holds", fresh_key(), "%s", made->body), 201);
    snprintf(made->path, sizeof(made->path), "/api/till/holds/%lld/%s", (long long)got_int("hold"),
             end);
    body(made, "{}");
}

void
a_basket_paid_for(struct act_request *made)
{
    a_basket_held(made, "capture");
    body(made, "{\"points\":4}");
}

void
a_basket_left(struct act_request *made)
{
    a_basket_held(made, "release");
}

static long long
mug(void)
{
    return (long long)stored_int("SELECT max(id) FROM reward WHERE plan_id = %d", WALLET);
}

void
a_wish(struct act_request *made)
{
    a_full_wallet();
    body(made, "{\"reward\":%lld}", mug());
}

void
a_second_thought(struct act_request *made)
{
    a_wish(made);
    ANSWERS(post(&act_member, "/api/card/swaps", fresh_key(), "%s", made->body), 201);
    body(made, "{\"transfer\":%lld}", (long long)got_int("transfer"));
}

void
a_card_that_wishes(struct act_request *made)
{
    a_full_wallet();
    snprintf(made->path, sizeof(made->path), "/api/till/offers?scan=%lld",
             (long long)a_scan(WALLET));
}

void
a_wish_at_the_till(struct act_request *made)
{
    a_full_wallet();
    body(made, "{\"scan\":%lld,\"reward\":%lld}", (long long)a_scan(WALLET), mug());
}

void
a_voucher_looked_at(struct act_request *made)
{
    snprintf(made->path, sizeof(made->path), "/api/vouchers/%lld", (long long)a_voucher());
}

void
a_sale_returned(struct act_request *made)
{
    ANSWERS(post(&act_till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"yen\":5000}",
                 (long long)a_scan(WALLET)),
            201);
    body(made, "{\"transfer\":%lld,\"yen\":1000}", (long long)got_int("transfer"));
}

/* By the manager, at the other till. */
void
a_voucher_in_error(struct act_request *made)
{
    int64_t voucher;

    a_wish(made);
    ANSWERS(post(&act_member, "/api/card/swaps", fresh_key(), "%s", made->body), 201);
    voucher = got_int("voucher");
    another_till(made);
    body(made, "{\"voucher\":%lld}", (long long)voucher);
}

/* ---- what points are swapped for */

void
another_price(struct act_request *made)
{
    body(made,
         "{\"was\":%lld,\"file\":\"{\\\"rewards\\\":["
         "{\\\"price\\\":%u,\\\"key\\\":\\\"song\\\",\\\"title\\\":\\\"Song\\\","
         "\\\"valid_days\\\":30,\\\"codes\\\":true},"
         "{\\\"price\\\":9,\\\"key\\\":\\\"mug\\\",\\\"title\\\":\\\"Mug\\\","
         "\\\"valid_days\\\":30,\\\"kind\\\":\\\"gift\\\"}]}\"}",
         (long long)stored_int("SELECT catalogue FROM plan WHERE id = %d", WALLET),
         1 + ++made_n % 8);
}

void
more_codes(struct act_request *made)
{
    body(made, "{\"reward\":\"song\",\"csv\":\"code\\nSONG-%u\\n\",\"dry\":false}", ++made_n);
}

/* ---- drafts of plans */

#define DRAFTS "/api/admin/plans/1/drafts"

void
a_draft(struct act_request *made)
{
    while (stored_int("SELECT count(*) FROM plan_draft WHERE plan_id = 1") >
           4) { /* there is a limit */
        char path[80];

        snprintf(path, sizeof(path), DRAFTS "/%lld/remove",
                 (long long)stored_int("SELECT min(id) FROM plan_draft WHERE plan_id = 1"));
        ANSWERS(post(&act_owner, path, NULL, "{}"), 204);
    }
    body(made, "{\"draft\":0,\"name\":\"draft %u\",\"rules\":\"{}\"}", ++made_n);
}

static long long
draft_id(struct act_request *made)
{
    a_draft(made);
    ANSWERS(post(&act_owner, DRAFTS, NULL, "%s", made->body), 200);
    return (long long)got_int("id");
}

void
a_draft_to_go(struct act_request *made)
{
    snprintf(made->path, sizeof(made->path), DRAFTS "/%lld/remove", draft_id(made));
    body(made, "{}");
}

void
a_draft_rehearsed(struct act_request *made)
{
    body(made, "{\"draft\":%lld,\"after\":0}", draft_id(made));
}

void
a_draft_ready(struct act_request *made)
{
    body(made, "{\"draft\":%lld,\"accept\":[]}", draft_id(made));
}

/* One waits at a time. */
void
a_draft_for_later(struct act_request *made)
{
    int64_t waiting = stored_int("SELECT max(id) FROM plan_schedule WHERE state = 'waiting'");

    if (waiting > 0)
        ANSWERS(post(&act_owner, "/api/admin/plans/1/unschedule", NULL, "{\"schedule\":%lld}",
                     (long long)waiting),
                200);
    body(made, "{\"draft\":%lld,\"accept\":[],\"at\":%lld}", draft_id(made),
         (long long)harness_now() + 30 * DAY_MS);
}

void
a_draft_withdrawn(struct act_request *made)
{
    a_draft_for_later(made);
    ANSWERS(post(&act_owner, "/api/admin/plans/1/schedule", fresh_key(), "%s", made->body), 200);
    body(made, "{\"schedule\":%lld}", (long long)got_int("id"));
}

void
news(struct act_request *made)
{
    a_grant();
    snprintf(made->path, sizeof(made->path), "/api/notices/%lld/seen",
             (long long)stored_int("SELECT max(id) FROM notice"));
}

static enum err_code
make_till(struct db *db, void *context, struct err *e)
{
    int64_t id;

    return till_add(db, STR("ueno"), STR("spare"), harness_now(), context, &id, e);
}

void
a_new_till(struct act_request *made)
{
    char code[ENROL_CODE_SIZE];

    wrote(make_till, code);
    made->b = (struct browser){0};
    body(made, "{\"code\":\"%s\"}", code);
}

/* Whoever signs in at a till takes the place of who was there. */
void
a_till_without_anybody(struct act_request *made)
{
    made->b = act_right;
    cookie_put(&made->b, "__Host-staff", "");
}

void
another_till(struct act_request *made)
{
    if (get(&act_right, "/api/till/today") != 200)
        till_sign_in(&act_right, UENO_RIGHT, UENO_MANAGER); /* slow on purpose */
    made->b = act_right;
}

/* ---- a member's own matters */

static enum err_code
make_terms(struct db *db, void *context, struct err *e)
{
    struct arena *a = arena_new(256 * KIB);
    char text[32];
    enum err_code code;

    snprintf(text, sizeof(text), "Article %u", ++made_n);
    code = terms_add(db, a,
                     &(struct terms_new){.language = LANGUAGE_JA,
                                         .text = str_of(text),
                                         .from_ms = harness_now(),
                                         .now_ms = harness_now()},
                     context, e);
    arena_free(a);
    return code;
}

void
new_terms(struct act_request *made)
{
    int64_t version;

    wrote(make_terms, &version);
    body(made, "{\"version\":%lld}", (long long)version);
}

/* Whose login is too old for what only a fresh one is enough for. */
void
long_here(struct act_request *made)
{
    made->b = (struct browser){0};
    login_web(&made->b, OTHER, "/card");
}

/* What the one who tries everything did is much, and grows. */
void
a_reader(struct act_request *made)
{
    made->b = act_reader;
}

/* Each is proven by hundreds of hashes: a few say as much as all. */
void
the_first_lines(struct act_request *made)
{
    a_reader(made);
    snprintf(made->path, sizeof(made->path), "/api/me/lines?below=%lld",
             (long long)stored_int("SELECT max(seq) FROM (SELECT t.seq FROM transfer t"
                                   " JOIN card c ON c.id = t.card_id WHERE c.member_id = %lld"
                                   " ORDER BY t.seq LIMIT 4)",
                                   (long long)act_reader_id));
}

/* There is a limit on taking data away. */
void
after_a_while(struct act_request *made)
{
    harness_advance(5 * MINUTE_MS);
    login_again(&act_reader, READER);
    made->b = act_reader;
}

void
a_link_to_data(struct act_request *made)
{
    after_a_while(made);
    ANSWERS(post(&act_reader, "/api/me/export/link", NULL, "{}"), 200);
    snprintf(made->path, sizeof(made->path), "%s",
             strstr(got_text("url"), "/data/") != NULL ? strstr(got_text("url"), "/data/") : "?");
}

void
another_birthday(struct act_request *made)
{
    body(made, "{\"month\":3,\"day\":%u}", 1 + ++made_n % 28);
}

void
another_language(struct act_request *made)
{
    body(made, "{\"language\":\"%s\"}", ++made_n % 2 ? "ja" : "en");
}

void
another_wish(struct act_request *made)
{
    body(made, "{\"topic\":\"offers\",\"wanted\":%s}", ++made_n % 2 ? "false" : "true");
}

void
somebody_who_leaves(struct act_request *made)
{
    made->b = (struct browser){0};
    login_liff(&made->b, LEAVER);
}

static enum err_code
make_customer(struct db *db, void *context, struct err *e)
{
    struct arena *a = arena_new(256 * KIB);
    struct customer_report report;
    enum err_code code;
    char text[80];

    (void)context;
    snprintf(text, sizeof(text), "number,birthday\n%u,1990-04-01\n", 2000 + ++made_n);
    code = customer_import(db, str_of(text),
                           &(struct customer_import){.plan_id = 1, .now_ms = harness_now()}, a,
                           &report, e);
    arena_free(a);
    return code;
}

/* A member has only so many records of before. */
void
a_record_of_before(struct act_request *made)
{
    ANSWERS(get(&act_member, "/api/me/account"), 200);
    if (json_array_size(got("customers")) > 0)
        ANSWERS(post(&act_member, "/api/me/unlink", NULL, "{\"customer\":%lld}",
                     (long long)got_int("customers.0.id")),
                204);
    wrote(make_customer, NULL);
    body(made, "{\"number\":\"%u\",\"birthday\":\"1990-04-01\"}", 2000 + made_n);
}

void
a_record_linked(struct act_request *made)
{
    a_record_of_before(made);
    ANSWERS(post(&act_member, "/api/me/link", fresh_key(), "%s", made->body), 200);
    ANSWERS(get(&act_member, "/api/me/account"), 200);
    body(made, "{\"customer\":%lld}", (long long)got_int("customers.0.id"));
}

/* Two phones: what the one had is to go over to the other. */
static struct browser lost, found;

static void
two_phones(void)
{
    lost = found = (struct browser){0};
    login_liff(&lost, LOSER);
    login_liff(&found, FINDER);
}

void
a_way_back(struct act_request *made)
{
    two_phones();
    ANSWERS(post(&lost, "/api/me/recovery-code", NULL, "{}"), 200);
    body(made, "{\"code\":\"%s\"}", got_text("code"));
    made->b = found;
}

/* ---- the owner's */

/* Each is thanked for once: whoever was leaves, and comes as somebody new. */
void
a_call(struct act_request *made)
{
    struct browser caller = {0};

    login_liff(&caller, LEAVER);
    ANSWERS(post(&caller, "/api/me/leave", NULL, "{\"confirm\":\"leave\"}"), 200);
    login_liff(&caller, LEAVER);
    body(made, "{\"code\":\"%s\",\"plan\":%d,\"event\":\"call\"}", card_code(&caller, WALLET),
         WALLET);
}

void
a_look_at_callers(struct act_request *made)
{
    body(made,
         "{\"plan\":%d,\"event\":\"call\",\"codes\":[\"%s\",\"123\"],\"level\":-1,\"after\":0}",
         WALLET, card_code(&act_member, WALLET));
}

void
a_call_by_card(struct act_request *made)
{
    a_call(made);
    snprintf(made->path, sizeof(made->path), "/api/admin/bonuses/%" PRId64,
             stored_int("SELECT max(id) FROM card WHERE plan_id = %d", WALLET));
    body(made, "{\"event\":\"call\"}");
}

void
a_lost_phone(struct act_request *made)
{
    char from[32];

    two_phones();
    snprintf(from, sizeof(from), "%s", card_code(&lost, OFTEN));
    body(made, "{\"from\":\"%s\",\"to\":\"%s\",\"reason\":\"lost\"}", from,
         card_code(&found, OFTEN));
}

void
a_rescue(struct act_request *made)
{
    a_lost_phone(made);
    ANSWERS(post(&act_owner, "/api/admin/rescues", fresh_key(), "%s", made->body), 200);
    body(made, "{\"rescue\":%lld}", (long long)got_int("rescue"));
}

static enum err_code
make_link(struct db *db, void *context, struct err *e)
{
    return owner_link_make(db, harness_now(), context, e);
}

void
a_link_for_an_owner(struct act_request *made)
{
    char token[TOKEN_SIZE];

    wrote(make_link, token);
    made->b = (struct browser){0};
    login_liff(&made->b, OWNER_PERSON);
    body(made, "{\"token\":\"%s\"}", token);
}

void
an_owner_who_goes(struct act_request *made)
{
    made->b = (struct browser){0};
    login_web(&made->b, OWNER_PERSON, "/admin");
}

#define RULE                                                                                       \
    "{\"id\":0,\"is_on\":true,\"priority\":0,\"days\":127,\"from_min\":0,\"until_min\":0,"         \
    "\"buttons\":[],\"match\":\"exact\",\"words\":\"word%u\",\"reply\":\"b\","                     \
    "\"hours\":\"always\",\"action\":\"text\"}"

void
a_rule(struct act_request *made)
{
    ANSWERS(get(&act_owner, "/api/admin/keywords"), 200);
    for (size_t i = json_array_size(got("rules")); i > 4; i--) { /* there is a limit */
        char path[80];

        snprintf(path, sizeof(path), "/api/admin/keywords/%lld/remove",
                 (long long)stored_int("SELECT min(id) FROM keyword_rule"));
        ANSWERS(post(&act_owner, path, NULL, "{}"), 204);
    }
    body(made, RULE, ++made_n);
}

void
a_rule_to_go(struct act_request *made)
{
    ANSWERS(post(&act_owner, "/api/admin/keywords", NULL, RULE, ++made_n), 200);
    snprintf(made->path, sizeof(made->path), "/api/admin/keywords/%lld/remove",
             (long long)stored_int("SELECT max(id) FROM keyword_rule"));
    body(made, "{}");
}

void
other_words(struct act_request *made)
{
    body(made, "{\"language\":\"ja\",\"version\":%lld,\"headline\":\"+ %u\"}",
         (long long)stored_int("SELECT coalesce(max(version), 0) FROM message_template"), ++made_n);
}

void
words_to_go(struct act_request *made)
{
    other_words(made);
    ANSWERS(post(&act_owner, "/api/admin/templates/grant", NULL, "%s", made->body), 200);
    body(made, "{\"language\":\"ja\",\"version\":%lld}",
         (long long)stored_int("SELECT max(version) FROM message_template"));
}

void
words_to_try(struct act_request *made)
{
    body(made, "{\"language\":\"ja\",\"headline\":\"+\"}");
}

void
a_policy(struct act_request *made)
{
    body(made, "{\"reserve\":%u}", ++made_n % 100);
}

void
a_code_to_look_up(struct act_request *made)
{
    body(made, "{\"code\":\"%s\"}", card_code(&act_member, OFTEN));
}

void
a_letter(struct act_request *made)
{
    struct browser friend = {0};

    login_liff(&friend, FRIEND);
    body(made, "{\"code\":\"%s\",\"text\":\"letter %u\"}", card_code(&friend, OFTEN), ++made_n);
}

/* A script that the page of the card names. */
void
a_script(struct act_request *made)
{
    const char *at;

    ANSWERS(get(&act_member, "/card"), 200);
    at = strstr(answer.body, "src=\"/static/");
    assert_non_null(at);
    snprintf(made->path, sizeof(made->path), "%.*s", (int)strcspn(at + 5, "\""), at + 5);
}

void
a_stream(struct act_request *made)
{
    made->is_stream = true;
}
