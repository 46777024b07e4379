/*
 * Every route, and everything wrong that can be sent to it: the answer has the one shape of an
 * error, the right status and word, and the book is what it was before.
 *
 * `inputs` has a row for each route of app/routes.c; a route without one fails the first test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/routes.h"
#include "tests/support/harness.h"

enum { TEXT_FIELD, INT_FIELD, BOOL_FIELD };

struct input_field {
    const char *name;
    int kind;
    bool optional;
    const char *low, *high; /* JSON values just out of range; NULL: there is no such value */
};

/* A body that is wrong as a whole. */
struct input_body {
    const char *body;
    int status;
    const char *word;
};

struct input {
    enum http_method method;
    const char *route;
    const char *path; /* an example */
    const char *good; /* POST: a body with nothing wrong in its form */
    struct input_field field[16];
    struct input_body body[8];
    int get_status; /* GET: what the right person gets */
};

#define LONG_TEXT_65 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
#define OVER_INT64 "9223372036854775808"

static char long_code[600], long_name[300]; /* JSON texts of 513 and 257 letters */

#define TEMPLATE_FIELDS                                                                            \
    {                                                                                              \
        {"language", TEXT_FIELD, .low = "\"e\"", .high = "\"aaaaaaaa\""},                          \
            {"version", INT_FIELD, true, .high = "2147483648"}, {"headline", TEXT_FIELD, true},    \
            {"text", TEXT_FIELD, true}, {"alt", TEXT_FIELD, true}, {"button", TEXT_FIELD, true},   \
    }

/* A keyword rule; `rest` are members that stand in for those that are left out of it. */
#define RULE(rest)                                                                                 \
    "{\"id\":0,\"is_on\":true,\"priority\":0,\"days\":127,\"from_min\":0,\"until_min\":0,"         \
    "\"buttons\":[]," rest "}"
#define RULE_WORDS "\"match\":\"exact\",\"words\":\"a\",\"reply\":\"b\""
#define RULE_HOW "\"hours\":\"always\",\"action\":\"text\""

#define SPEND_FIELDS                                                                               \
    {"scan", INT_FIELD, .low = "0"}, {"points", INT_FIELD, true, .low = "0", .high = "1000001"},   \
        {"all", BOOL_FIELD, true},                                                                 \
    {                                                                                              \
        "yen", INT_FIELD, true, .low = "0", .high = "10000001"                                     \
    }
#define SPEND_BODIES                                                                               \
    {"{\"scan\":99}", 400, "field_missing"},                                                       \
    {                                                                                              \
        "{\"scan\":99,\"points\":1,\"all\":true}", 400, "field_missing"                            \
    }

static const struct input inputs[] = {
    {GET, "/", "/", .get_status = 303},
    {GET, "/card", "/card", .get_status = 200},
    {GET, "/card/history", "/card/history", .get_status = 200},
    {GET, "/card/me", "/card/me", .get_status = 200},
    {GET, "/card/again", "/card/again?act=dance", .get_status = 303},
    {GET, "/card/gift", "/card/gift", .get_status = 200},
    {GET, "/card/gift/:token", "/card/gift/AAAAAAAAAAAAAAAAAAAAAA", .get_status = 404},
    {GET, "/card/:plan", "/card/1", .get_status = 200},
    {GET, "/terms", "/terms", .get_status = 200},
    {GET, "/account", "/account", .get_status = 200},
    {GET, "/till", "/till", .get_status = 200},
    {GET, "/admin", "/admin", .get_status = 200},
    {GET, "/static/*", "/static/none.js", .get_status = 404},
    {GET, "/healthz", "/healthz", .get_status = 200},
    {GET, "/metrics", "/metrics", .get_status = 404}, /* through a proxy: not for the world */
    {POST, "/line/webhook", "/line/webhook", .good = "{\"destination\":\"x\",\"events\":[]}"},
    {POST, "/line/session", "/line/session", "{\"id_token\":\"a.b.c\"}",
     .field = {{"id_token", TEXT_FIELD, .low = "\"\""}, {"again", BOOL_FIELD, true}},
     .body = {{"{\"id_token\":\"x\"}", 401, "token_malformed"}}},
    {POST, "/line/guest", "/line/guest", .good = "{}"},
    {GET, "/line/login", "/line/login", .get_status = 303},
    {GET, "/line/callback", "/line/callback", .get_status = 303},
    {GET, "/line/account-link", "/line/account-link", .get_status = 404}, /* not set up here */
    {POST, "/line/logout", "/line/logout", .good = "{}"},
    {GET, "/api/card", "/api/card", .get_status = 200},
    {GET, "/api/card/codes", "/api/card/codes", .get_status = 200},
    {POST, "/api/card/confirm", "/api/card/confirm", "{\"plan\":1}",
     .field = {{"plan", INT_FIELD, .low = "0"}}, .body = {{"{\"plan\":99}", 404, "card_unknown"}}},
    {POST, "/api/card/spend", "/api/card/spend", "{\"plan\":1,\"points\":1}",
     .field = {{"plan", INT_FIELD, .low = "0"},
               {"points", INT_FIELD, true, .low = "0", .high = "1000001"},
               {"all", BOOL_FIELD, true}},
     .body = {{"{\"plan\":99,\"points\":1}", 404, "card_unknown"},
              {"{\"plan\":1,\"points\":1}", 409, "not_spent"},
              {"{\"plan\":1}", 400, "field_missing"},
              {"{\"plan\":1,\"points\":1,\"all\":true}", 400, "field_missing"}}},
    {GET, "/api/card/offers", "/api/card/offers", .get_status = 200},
    {POST, "/api/card/swaps", "/api/card/swaps", "{\"reward\":1}",
     .field = {{"reward", INT_FIELD, .low = "0"}},
     .body = {{"{\"reward\":99}", 404, "reward_unknown"},
              {"{\"reward\":1}", 404, "reward_unknown"}}}, /* by place */
    {POST, "/api/card/swaps/undo", "/api/card/swaps/undo", "{\"transfer\":99}",
     .field = {{"transfer", INT_FIELD, .low = "0"}},
     .body = {{"{\"transfer\":99}", 404, "transfer_unknown"}}},
    {GET, "/api/vouchers/:voucher", "/api/vouchers/1", .get_status = 404},
    {GET, "/api/vouchers/:voucher/code", "/api/vouchers/1/code", .get_status = 404},
    {GET, "/api/events", "/api/events", .get_status = 0}, /* never ends: see test_app_journey */
    {GET, "/api/notices", "/api/notices", .get_status = 200},
    {POST, "/api/notices/:notice/seen", "/api/notices/1/seen", "{}",
     .body = {{"{}", 404, "notice_unknown"}}},
    {GET, "/api/gifts", "/api/gifts", .get_status = 200},
    {POST, "/api/gifts", "/api/gifts", "{\"plan\":1,\"amount\":1,\"name\":\"a\"}",
     .field = {{"plan", INT_FIELD, .low = "0"},
               {"amount", INT_FIELD, .low = "0", .high = "1000001"},
               {"name", TEXT_FIELD, true, .low = "\"\"", .high = long_name}},
     .body = {{"{\"plan\":1,\"amount\":1}", 409, "gift_off"},
              {"{\"plan\":2,\"amount\":1}", 409, "balance_too_low"},
              {"{\"plan\":99,\"amount\":1}", 404, "plan_unknown"},
              {"{\"plan\":2,\"amount\":1,\"name\":\" \"}", 400, "text_empty"}}},
    {POST, "/api/gifts/accept", "/api/gifts/accept", "{\"token\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
     .field = {{"token", TEXT_FIELD, .low = "\"\"", .high = LONG_TEXT_65}},
     .body = {{"{\"token\":\"AAAAAAAAAAAAAAAAAAAAAA\"}", 404, "gift_unknown"}}},
    {POST, "/api/gifts/:gift/take-back", "/api/gifts/1/take-back", "{}",
     .body = {{"{}", 404, "gift_unknown"}}},
    {GET, "/api/profile", "/api/profile", .get_status = 200},
    {POST, "/api/profile", "/api/profile", "{\"language\":\"en\"}",
     .field = {{"language", TEXT_FIELD, .low = "\"e\"", .high = "\"aaaaaaaaaaaaaaaaa\""}},
     .body = {{"{\"language\":\"xx\"}", 400, "field_range"},
              {"{\"language\":\"EN\"}", 400, "field_range"},
              {"{\"language\":\"en\\u0000\"}", 400, "json_malformed"}}},
    {POST, "/api/terms/accept", "/api/terms/accept", "{\"version\":1}",
     .field = {{"version", INT_FIELD, .low = "0", .high = "2147483648"}},
     .body = {{"{\"version\":1}", 409, "terms_other"}}},
    {GET, "/api/me/export", "/api/me/export", .get_status = 200},
    {POST, "/api/me/export/link", "/api/me/export/link", .good = "{}"},
    {GET, "/api/me/history", "/api/me/history", .get_status = 200},
    {GET, "/api/me/lines", "/api/me/lines", .get_status = 200},
    {GET, "/api/me/draws", "/api/me/draws", .get_status = 200},
    {GET, "/api/heads", "/api/heads", .get_status = 200},
    {GET, "/data/:link", "/data/none", .get_status = 404},
    {POST, "/api/me/leave", "/api/me/leave", "{\"confirm\":\"stay\"}",
     .field = {{"confirm", TEXT_FIELD, .low = "\"\"", .high = "\"aaaaaaaaaaaaaaaaa\""},
               {"access_token", TEXT_FIELD, true, .low = "\"\""}},
     .body = {{"{\"confirm\":\"stay\"}", 400, "field_range"},
              {"{\"confirm\":\"leave\",\"access_token\":\"a b\"}", 400, "field_range"},
              {"{\"confirm\":\"leave\",\"access_token\":\"a\\\"b\"}", 400, "field_range"},
              {"{\"confirm\":\"leave\",\"access_token\":\"\\u3042\"}", 400, "field_range"}}},
    {GET, "/api/me/topics", "/api/me/topics", .get_status = 200},
    {POST, "/api/me/topics", "/api/me/topics", "{\"topic\":\"offers\",\"wanted\":true}",
     .field = {{"topic", TEXT_FIELD, .low = "\"\"", .high = "\"aaaaaaaaaaaaaaaaa\""},
               {"wanted", BOOL_FIELD}},
     .body = {{"{\"topic\":\"news\",\"wanted\":true}", 400, "topic_unknown"}}},
    {GET, "/api/me/birthday", "/api/me/birthday", .get_status = 200},
    {POST, "/api/me/birthday", "/api/me/birthday", "{\"month\":2,\"day\":29}",
     .field = {{"month", INT_FIELD, true, .low = "0", .high = "13"},
               {"day", INT_FIELD, true, .low = "0", .high = "32"}},
     .body = {{"{\"month\":2,\"day\":30}", 400, "birthday_invalid"},
              {"{\"month\":11,\"day\":31}", 400, "birthday_invalid"},
              {"{\"month\":4}", 400, "birthday_invalid"},
              {"{\"day\":1}", 400, "birthday_invalid"}}},
    {GET, "/api/me/account", "/api/me/account", .get_status = 200},
    {POST, "/api/me/link", "/api/me/link", "{\"number\":\"2000\",\"birthday\":\"1990-04-01\"}",
     .field = {{"number", TEXT_FIELD, .low = "\"\"", .high = long_name},
               {"birthday", TEXT_FIELD, .low = "\"\"", .high = LONG_TEXT_65}}},
    {POST, "/api/me/unlink", "/api/me/unlink", "{\"customer\":99}",
     .field = {{"customer", INT_FIELD, .low = "0"}},
     .body = {{"{\"customer\":99}", 404, "customer_unknown"}}},
    {POST, "/api/me/shop-login", "/api/me/shop-login", "{}",
     .body = {{"{}", 409, "shop_login_off"}}},
    {POST, "/api/me/recovery-code", "/api/me/recovery-code", .good = "{}"},
    {POST, "/api/me/recover", "/api/me/recover", "{\"code\":\"x\"}",
     .field = {{"code", TEXT_FIELD, .low = "\"\"", .high = long_name}}},
    {GET, "/api/till", "/api/till", .get_status = 200},
    {GET, "/api/till/samples", "/api/till/samples", .get_status = 200},
    {POST, "/api/till/enrol", "/api/till/enrol", "{\"code\":\"00000000\"}",
     .field = {{"code", TEXT_FIELD, .low = "\"1234567\"", .high = "\"123456789\""}},
     .body = {{"{\"code\":\"abcdefgh\"}", 401, "enrol_code_wrong"}}},
    {POST, "/api/till/staff", "/api/till/staff", "{\"staff\":1,\"pin\":\"258013\"}",
     .field = {{"staff", INT_FIELD, .low = "0"},
               {"pin", TEXT_FIELD, .low = "\"123\"", .high = "\"123456789\""}},
     .body = {{"{\"staff\":99,\"pin\":\"258013\"}", 404, "staff_unknown"},
              {"{\"staff\":3,\"pin\":\"258013\"}", 404, "staff_unknown"}}}, /* of another shop */
    {POST, "/api/till/lock", "/api/till/lock", .good = "{}"},
    {GET, "/api/till/today", "/api/till/today", .get_status = 200},
    {POST, "/api/till/scans", "/api/till/scans", "{\"code\":\"7100000000000000000000\"}",
     .field = {{"code", TEXT_FIELD, .low = "\"\"", .high = long_code}},
     .body = {{"{\"code\":\"hello\"}", 404, "code_unknown"},
              {"{\"code\":\"4901234567894\"}", 409, "code_goods"}}},
    {POST, "/api/till/grants", "/api/till/grants", "{\"scan\":99,\"stamps\":1}",
     .field = {{"scan", INT_FIELD, true, .low = "0"},
               {"code", TEXT_FIELD, true, .low = "\"\"", .high = long_code},
               {"scanned_at", INT_FIELD, true, .low = "0"},
               {"stamps", INT_FIELD, true, .low = "0", .high = "4"},
               {"yen", INT_FIELD, true, .low = "0", .high = "10000001"},
               {"tax", INT_FIELD, true, .low = "-1", .high = "10000001"},
               {"receipt", TEXT_FIELD, true, .low = "\"\"", .high = long_name}},
     .body = {{"{}", 400, "field_missing"},
              {"{\"scan\":1,\"yen\":1,\"lines\":[]}", 400, "field_range"},
              {"{\"scan\":1,\"yen\":1,\"lines\":{}}", 400, "field_type"},
              {"{\"scan\":1}", 400, "field_missing"},
              {"{\"scan\":1,\"stamps\":1,\"yen\":100}", 400, "field_missing"},
              {"{\"scan\":1,\"code\":\"71\",\"stamps\":1}", 400, "field_missing"},
              {"{\"code\":\"71\",\"stamps\":1}", 400, "field_missing"},
              {"{\"scan\":1,\"scanned_at\":5,\"stamps\":1}", 400, "field_missing"}}},
    {POST, "/api/till/grants/quote", "/api/till/grants/quote", "{\"scan\":99,\"stamps\":1}",
     .field = {{"scan", INT_FIELD, true, .low = "0"},
               {"code", TEXT_FIELD, true, .low = "\"\"", .high = long_code},
               {"scanned_at", INT_FIELD, true, .low = "0"},
               {"stamps", INT_FIELD, true, .low = "0", .high = "4"},
               {"yen", INT_FIELD, true, .low = "0", .high = "10000001"},
               {"tax", INT_FIELD, true, .low = "-1", .high = "10000001"},
               {"receipt", TEXT_FIELD, true, .low = "\"\"", .high = long_name}},
     .body = {{"{}", 400, "field_missing"},
              {"{\"scan\":1,\"yen\":1,\"lines\":[]}", 400, "field_range"},
              {"{\"scan\":1,\"yen\":1,\"lines\":{}}", 400, "field_type"},
              {"{\"scan\":99,\"stamps\":1}", 404, "scan_unknown"},
              {"{\"scan\":1,\"stamps\":1,\"yen\":100}", 400, "field_missing"},
              {"{\"scan\":1,\"code\":\"71\",\"stamps\":1}", 400, "field_missing"},
              {"{\"code\":\"71\",\"scanned_at\":5,\"stamps\":1}", 400, "field_unknown"},
              {"{\"scan\":1,\"scanned_at\":5,\"stamps\":1}", 400, "field_missing"}}},
    {POST, "/api/till/late", "/api/till/late",
     "{\"scan\":99,\"receipt\":\"1\",\"sold_at\":1,\"stamps\":1,\"reason\":\"forgotten\"}",
     .field = {{"scan", INT_FIELD, .low = "0"},
               {"receipt", TEXT_FIELD, true, .low = "\"\"", .high = long_name},
               {"sold_at", INT_FIELD, .low = "0"},
               {"stamps", INT_FIELD, true, .low = "0", .high = "4"},
               {"yen", INT_FIELD, true, .low = "0", .high = "10000001"},
               {"reason", TEXT_FIELD, .low = "\"\"", .high = "\"aaaaaaaaaaaaaaaaa\""}},
     .body = {{"{\"scan\":99,\"sold_at\":1,\"reason\":\"forgotten\"}", 400, "field_missing"},
              {"{\"scan\":99,\"sold_at\":1,\"stamps\":1,\"yen\":1,\"reason\":\"forgotten\"}", 400,
               "field_missing"},
              {"{\"scan\":99,\"sold_at\":1,\"stamps\":1,\"reason\":\"liked\"}", 400, "field_range"},
              {"{\"scan\":99,\"sold_at\":1,\"stamps\":1,\"reason\":\"forgotten\"}", 404,
               "scan_unknown"}}},
    {GET, "/api/till/past", "/api/till/past", .get_status = 409}, /* a cashier */
    {GET, "/api/till/reversals/:transfer", "/api/till/reversals/99", .get_status = 404},
    {POST, "/api/till/reversals", "/api/till/reversals", "{\"transfer\":99}",
     .field = {{"transfer", INT_FIELD, .low = "0"}},
     .body = {{"{\"transfer\":99}", 404, "transfer_unknown"}}},
    {GET, "/api/till/offers", "/api/till/offers", .get_status = 400},
    {POST, "/api/till/swaps", "/api/till/swaps", "{\"scan\":99,\"reward\":1}",
     .field = {{"scan", INT_FIELD, .low = "0"}, {"reward", INT_FIELD, .low = "0"}},
     .body = {{"{\"scan\":1,\"reward\":99}", 404, "reward_unknown"}}},
    {POST, "/api/till/swaps/undo", "/api/till/swaps/undo", "{\"transfer\":99}",
     .field = {{"transfer", INT_FIELD, .low = "0"}},
     .body = {{"{\"transfer\":99}", 404, "transfer_unknown"}}},
    {POST, "/api/till/redemptions", "/api/till/redemptions", "{\"voucher\":99,\"token\":\"x\"}",
     .field = {{"voucher", INT_FIELD, .low = "0"},
               {"token", TEXT_FIELD, .low = "\"\"", .high = LONG_TEXT_65},
               {"yen", INT_FIELD, true, .low = "0", .high = "10000001"}},
     .body = {{"{\"voucher\":99,\"token\":\"x\"}", 404, "voucher_unknown"}}},
    {POST, "/api/till/refunds/quote", "/api/till/refunds/quote", "{\"transfer\":99,\"yen\":1}",
     .field = {{"transfer", INT_FIELD, true, .low = "0"},
               {"receipt", TEXT_FIELD, true, .low = "\"\"", .high = long_name},
               {"yen", INT_FIELD, true, .low = "0", .high = "10000001"}},
     .body = {{"{\"transfer\":99}", 404, "transfer_unknown"},
              {"{\"receipt\":\"12\"}", 404, "receipt_unknown"},
              {"{\"receipt\":\"-\"}", 400, "receipt_invalid"},
              {"{\"yen\":1}", 400, "field_missing"},
              {"{\"transfer\":1,\"receipt\":\"12\"}", 400, "field_missing"}}},
    {POST, "/api/till/refunds", "/api/till/refunds", "{\"transfer\":99,\"yen\":1}",
     .field = {{"transfer", INT_FIELD, true, .low = "0"},
               {"receipt", TEXT_FIELD, true, .low = "\"\"", .high = long_name},
               {"yen", INT_FIELD, true, .low = "0", .high = "10000001"}},
     .body = {{"{\"transfer\":99}", 404, "transfer_unknown"},
              {"{\"receipt\":\"12\"}", 404, "receipt_unknown"},
              {"{\"receipt\":\"-\"}", 400, "receipt_invalid"},
              {"{\"yen\":1}", 400, "field_missing"},
              {"{\"transfer\":1,\"receipt\":\"12\"}", 400, "field_missing"}}},
    {POST, "/api/till/vouchers/cancel/quote", "/api/till/vouchers/cancel/quote", "{\"voucher\":99}",
     .field = {{"voucher", INT_FIELD, .low = "0"}},
     .body = {{"{\"voucher\":99}", 404, "voucher_unknown"}}},
    {POST, "/api/till/vouchers/cancel", "/api/till/vouchers/cancel", "{\"voucher\":99}",
     .field = {{"voucher", INT_FIELD, .low = "0"}},
     .body = {{"{\"voucher\":99}", 404, "voucher_unknown"}}},
    {POST, "/api/till/redemptions/undo", "/api/till/redemptions/undo", "{\"voucher\":99}",
     .field = {{"voucher", INT_FIELD, .low = "0"}},
     .body = {{"{\"voucher\":99}", 404, "voucher_unknown"}}},
    {POST, "/api/till/quotes", "/api/till/quotes", "{\"scan\":99,\"points\":1}",
     .field = {SPEND_FIELDS, {"ask", BOOL_FIELD, true}},
     .body = {{"{\"scan\":99,\"points\":1}", 404, "scan_unknown"}, SPEND_BODIES}},
    {POST, "/api/till/spends", "/api/till/spends", "{\"scan\":99,\"points\":1}",
     .field = {SPEND_FIELDS},
     .body = {{"{\"scan\":99,\"points\":1}", 404, "scan_unknown"}, SPEND_BODIES}},
    {POST, "/api/till/holds", "/api/till/holds", "{\"scan\":99,\"points\":1}",
     .field = {{"scan", INT_FIELD, true, .low = "0"},
               {"points", INT_FIELD, true, .low = "0", .high = "1000001"},
               {"all", BOOL_FIELD, true},
               {"yen", INT_FIELD, true, .low = "0", .high = "10000001"},
               {"voucher", INT_FIELD, true, .low = "0"},
               {"token", TEXT_FIELD, true, .low = "\"\"", .high = LONG_TEXT_65},
               {"seconds", INT_FIELD, true, .low = "29", .high = "7201"}},
     .body = {{"{\"scan\":99,\"points\":1}", 404, "scan_unknown"},
              {"{\"voucher\":99,\"token\":\"x\"}", 404, "voucher_unknown"},
              {"{}", 400, "field_missing"},
              {"{\"scan\":1}", 400, "field_missing"},
              {"{\"voucher\":1}", 400, "field_missing"},
              {"{\"scan\":1,\"points\":1,\"token\":\"x\"}", 400, "field_missing"},
              {"{\"scan\":1,\"voucher\":1,\"token\":\"x\"}", 400, "field_missing"},
              {"{\"voucher\":1,\"token\":\"x\",\"points\":1}", 400, "field_unknown"}}},
    {POST, "/api/till/holds/:hold/capture", "/api/till/holds/99/capture", "{\"points\":1}",
     .field = {{"points", INT_FIELD, true, .low = "0", .high = "1000001"},
               {"yen", INT_FIELD, true, .low = "0", .high = "10000001"}},
     .body = {{"{}", 404, "hold_unknown"}}},
    {POST, "/api/till/holds/:hold/release", "/api/till/holds/99/release", "{}",
     .body = {{"{}", 404, "hold_unknown"}}},
    {GET, "/api/admin", "/api/admin", .get_status = 200},
    {POST, "/api/admin/claim", "/api/admin/claim", "{\"token\":\"x\"}",
     .field = {{"token", TEXT_FIELD, .low = "\"\"", .high = LONG_TEXT_65}},
     .body = {{"{\"token\":\"x\"}", 401, "link_wrong"}}},
    {POST, "/api/admin/logout", "/api/admin/logout", .good = "{}"},
    {GET, "/api/admin/today", "/api/admin/today", .get_status = 200},
    {GET, "/api/admin/events", "/api/admin/events", .get_status = 0},
    {GET, "/api/admin/keywords", "/api/admin/keywords", .get_status = 200},
    {POST, "/api/admin/keywords", "/api/admin/keywords", RULE(RULE_WORDS "," RULE_HOW),
     .field = {{"id", INT_FIELD, .low = "-1", .high = "2147483648"},
               {"days", INT_FIELD, .low = "0", .high = "128"},
               {"from_min", INT_FIELD, .low = "-1", .high = "1440"},
               {"until_min", INT_FIELD, .low = "-1", .high = "1440"},
               {"match", TEXT_FIELD, .high = LONG_TEXT_65},
               {"words", TEXT_FIELD}},
     .body = {{RULE("\"match\":\"about\",\"words\":\"a\",\"reply\":\"b\"," RULE_HOW), 400,
               "field_range"},
              {RULE(RULE_WORDS ",\"hours\":\"noon\",\"action\":\"text\""), 400, "field_range"},
              {RULE(RULE_WORDS ",\"hours\":\"always\",\"action\":\"dance\""), 400, "field_range"},
              {RULE(RULE_WORDS ",\"language\":\"fr\"," RULE_HOW), 400, "field_range"},
              {RULE("\"match\":\"exact\",\"words\":\"?\",\"reply\":\"b\"," RULE_HOW), 400,
               "keyword_words"},
              {RULE("\"match\":\"exact\",\"words\":\"a\",\"reply\":\" \"," RULE_HOW), 400,
               "keyword_reply"}}},
    {POST, "/api/admin/keywords/hours", "/api/admin/keywords/hours", "{\"staff\":[]}",
     .body = {{"{\"staff\":[1]}", 400, "json_not_object"},
              {"{\"staff\":[{\"days\":0,\"from_min\":0,\"until_min\":0}]}", 400, "field_range"},
              {"{\"staff\":[{\"days\":1,\"from_min\":0}]}", 400, "field_missing"},
              {"{\"staff\":{}}", 400, "field_type"}}},
    {POST, "/api/admin/keywords/try", "/api/admin/keywords/try", "{\"text\":\"hours\"}",
     .field = {{"text", TEXT_FIELD, .low = "\"\""}}},
    {POST, "/api/admin/keywords/:keyword/remove", "/api/admin/keywords/9/remove", .good = "{}",
     .body = {{"{}", 404, "keyword_unknown"}}},
    {GET, "/api/admin/catalogues", "/api/admin/catalogues", .get_status = 200},
    {POST, "/api/admin/plans/:plan/catalogue", "/api/admin/plans/1/catalogue",
     "{\"was\":99,\"file\":\"{\\\"rewards\\\":[]}\"}",
     .field = {{"was", INT_FIELD, .low = "-1", .high = "2147483648"},
               {"file", TEXT_FIELD, .low = "\"{\""}},
     .body = {{"{\"was\":99,\"file\":\"{\\\"rewards\\\":[]}\"}", 409, "catalogue_changed"},
              {"{\"was\":0,\"file\":\"{}\"}", 400, "field_missing"},
              {"{\"was\":0,\"file\":\"[]\"}", 400, "json_not_object"},
              {"{\"was\":0,\"file\":\"{\\\"rewards\\\":[{}]}\"}", 400, "reward_invalid"}}},
    {POST, "/api/admin/plans/:plan/codes", "/api/admin/plans/1/codes",
     "{\"reward\":\"none\",\"csv\":\"A\",\"dry\":false}",
     .field = {{"reward", TEXT_FIELD, .low = "\"\"", .high = "\"aaaaaaaaaaaaaaaaaaaaaaaaa\""},
               {"csv", TEXT_FIELD, .low = "\"\""},
               {"dry", BOOL_FIELD}},
     .body = {{"{\"reward\":\"none\",\"csv\":\"A\",\"dry\":false}", 404, "reward_unknown"}}},
    {GET, "/api/admin/plans", "/api/admin/plans", .get_status = 200},
    {POST, "/api/admin/plans/:plan/drafts", "/api/admin/plans/1/drafts",
     "{\"draft\":99,\"name\":\"a\",\"rules\":\"{}\"}",
     .field = {{"draft", INT_FIELD, .low = "-1", .high = "2147483648"},
               {"name", TEXT_FIELD, .high = long_name},
               {"rules", TEXT_FIELD, .low = "\"{\""}},
     .body = {{"{\"draft\":99,\"name\":\"a\",\"rules\":\"{}\"}", 404, "draft_unknown"},
              {"{\"draft\":0,\"name\":\"\",\"rules\":\"{}\"}", 400, "plan_invalid"},
              {"{\"draft\":0,\"name\":\"a\",\"rules\":\"[]\"}", 400, "json_not_object"},
              {"{\"draft\":0,\"name\":\"a\",\"rules\":\"{}}\"}", 400, "json_malformed"},
              {"{\"draft\":0,\"name\":\"a\",\"rules\":\"{\\\"goal\\\":0}\"}", 400, "plan_invalid"},
              {"{\"draft\":0,\"name\":\"a\",\"rules\":\"{\\\"goals\\\":1}\"}", 400,
               "field_unknown"}}},
    {POST, "/api/admin/plans/:plan/drafts/:draft/remove", "/api/admin/plans/1/drafts/99/remove",
     "{}", .body = {{"{}", 404, "draft_unknown"}}},
    {POST, "/api/admin/plans/:plan/example", "/api/admin/plans/1/example", "{\"rules\":\"{}\"}",
     .field = {{"rules", TEXT_FIELD, .low = "\"{\""}},
     .body = {{"{\"rules\":\"[]\"}", 400, "json_not_object"},
              {"{\"rules\":\"{\\\"goal\\\":0}\"}", 400, "plan_invalid"}}},
    {POST, "/api/admin/plans/:plan/rehearse", "/api/admin/plans/1/rehearse",
     "{\"draft\":99,\"after\":0}",
     .field = {{"draft", INT_FIELD, .low = "0", .high = "2147483648"},
               {"after", INT_FIELD, .low = "-1", .high = "9007199254740992"}},
     .body = {{"{\"draft\":99,\"after\":0}", 404, "draft_unknown"}}},
    {POST, "/api/admin/plans/:plan/publish", "/api/admin/plans/1/publish",
     "{\"draft\":99,\"accept\":[]}",
     .field = {{"draft", INT_FIELD, .low = "0", .high = "2147483648"}},
     .body = {{"{\"draft\":99,\"accept\":[]}", 404, "draft_unknown"},
              {"{\"draft\":99,\"accept\":{}}", 400, "field_type"},
              {"{\"draft\":99,\"accept\":[1]}", 400, "field_range"},
              {"{\"draft\":99,\"accept\":[\"all\"]}", 400, "field_range"}}},
    {POST, "/api/admin/plans/:plan/schedule", "/api/admin/plans/1/schedule",
     "{\"draft\":99,\"accept\":[],\"at\":1775005200001}",
     .field = {{"draft", INT_FIELD, .low = "0", .high = "2147483648"},
               {"at", INT_FIELD, .low = "-1", .high = "253402300800000"}},
     .body = {{"{\"draft\":99,\"accept\":[],\"at\":1}", 400, "plan_invalid"}}},
    {POST, "/api/admin/plans/:plan/unschedule", "/api/admin/plans/1/unschedule",
     "{\"schedule\":99}", .field = {{"schedule", INT_FIELD, .low = "0", .high = "2147483648"}},
     .body = {{"{\"schedule\":99}", 404, "schedule_unknown"}}},
    {GET, "/api/admin/liability", "/api/admin/liability", .get_status = 200},
    {GET, "/api/admin/menus", "/api/admin/menus", .get_status = 200},
    {GET, "/api/admin/bonuses", "/api/admin/bonuses", .get_status = 200},
    {POST, "/api/admin/bonuses", "/api/admin/bonuses",
     "{\"code\":\"2000000000008\",\"plan\":1,\"event\":\"survey\"}",
     .field = {{"code", TEXT_FIELD, .low = "\"\"", .high = LONG_TEXT_65},
               {"plan", INT_FIELD, .low = "0"},
               {"event", TEXT_FIELD, .low = "\"\"", .high = "\"aaaaaaaaaa\""}},
     .body = {{"{\"code\":\"2000000000008\",\"plan\":1,\"event\":\"survey\"}", 404,
               "card_unknown"}}},
    {POST, "/api/admin/bonuses/look", "/api/admin/bonuses/look",
     "{\"plan\":1,\"event\":\"survey\",\"codes\":[],\"level\":-1,\"after\":0}",
     .field = {{"plan", INT_FIELD, .low = "0"},
               {"event", TEXT_FIELD, .low = "\"\"", .high = "\"aaaaaaaaaa\""},
               {"after", INT_FIELD, .low = "-1"}},
     .body = {{"{\"plan\":1,\"event\":\"survey\",\"codes\":[],\"level\":-1,\"after\":0}", 404,
               "event_unknown"},
              {"{\"plan\":1,\"event\":\"survey\",\"codes\":{},\"level\":-1,\"after\":0}", 400,
               "field_type"},
              {"{\"plan\":1,\"event\":\"survey\",\"codes\":[],\"level\":-2,\"after\":0}", 400,
               "field_range"},
              {"{\"plan\":1,\"event\":\"survey\",\"codes\":[],\"level\":7,\"after\":0}", 400,
               "field_range"}}},
    {POST, "/api/admin/bonuses/:card", "/api/admin/bonuses/1", "{\"event\":\"survey\"}",
     .field = {{"event", TEXT_FIELD, .low = "\"\"", .high = "\"aaaaaaaaaa\""}},
     .body = {{"{\"event\":\"survey\"}", 404, "event_unknown"}}},
    {POST, "/api/admin/rescues", "/api/admin/rescues",
     "{\"from\":\"2000000000008\",\"to\":\"2000000000008\",\"reason\":\"x\"}",
     .field = {{"from", TEXT_FIELD, .low = "\"\"", .high = LONG_TEXT_65},
               {"to", TEXT_FIELD, .low = "\"\"", .high = LONG_TEXT_65},
               {"reason", TEXT_FIELD, .low = "\"\"", .high = long_name}},
     .body = {{"{\"from\":\"2000000000008\",\"to\":\"2000000000008\",\"reason\":\"x\"}", 404,
               "card_unknown"}}},
    {POST, "/api/admin/rescues/undo", "/api/admin/rescues/undo", "{\"rescue\":99}",
     .field = {{"rescue", INT_FIELD, .low = "0"}},
     .body = {{"{\"rescue\":99}", 404, "merge_unknown"}}},
    {GET, "/api/admin/messages", "/api/admin/messages", .get_status = 200},
    {POST, "/api/admin/messages/policy", "/api/admin/messages/policy", "{\"reserve\":40}",
     .field = {{"as_line", BOOL_FIELD, true},
               {"budget", INT_FIELD, true, .high = "1000000001"},
               {"reserve", INT_FIELD, true, .high = "1000000001"},
               {"quiet_from_min", INT_FIELD, true, .high = "1000000001"},
               {"quiet_until_min", INT_FIELD, true, .high = "1000000001"},
               {"weekly_cap", INT_FIELD, true, .high = "1000000001"},
               {"lapse_days", INT_FIELD, true, .high = "1000000001"},
               {"dormant_days", INT_FIELD, true, .high = "1000000001"},
               {"price_milli", INT_FIELD, true, .high = "1000000001"},
               {"tells_birthdays", BOOL_FIELD, true},
               {"pushes_receipts", BOOL_FIELD, true}},
     .body = {{"{\"reserve\":101}", 400, "policy_invalid"},
              {"{\"quiet_from_min\":1440}", 400, "policy_invalid"},
              {"{\"utc_offset_min\":-721}", 400, "policy_invalid"},
              {"{\"budget\":10000001}", 400, "policy_invalid"},
              {"{\"budget\":5,\"as_line\":true}", 400, "policy_invalid"},
              {"{\"reserve\":10,\"weekly_cap\":101}", 400, "policy_invalid"}}},
    {POST, "/api/admin/messages/log", "/api/admin/messages/log",
     "{\"code\":\"7100000000000000000000\"}",
     .field = {{"code", TEXT_FIELD, .low = "\"\"", .high = long_code}},
     .body = {{"{\"code\":\"hello\"}", 404, "card_unknown"},
              {"{\"code\":\" \"}", 400, "code_unreadable"},
              {"{\"code\":\"4901234567894\"}", 404, "card_unknown"}}},
    {POST, "/api/admin/messages/write", "/api/admin/messages/write",
     "{\"code\":\"7100000000000000000000\",\"text\":\"x\"}",
     .field = {{"code", TEXT_FIELD, .low = "\"\"", .high = long_code},
               {"text", TEXT_FIELD, .low = "\"\""}},
     .body = {{"{\"code\":\"2000000000000\",\"text\":\"x\"}", 404, "card_unknown"}}},
    {GET, "/api/admin/templates", "/api/admin/templates", .get_status = 200},
    {POST, "/api/admin/templates/:kind", "/api/admin/templates/grant",
     "{\"language\":\"ja\",\"headline\":\"+\"}", .field = TEMPLATE_FIELDS,
     .body = {{"{\"language\":\"fr\",\"headline\":\"+\"}", 400, "field_range"},
              {"{\"language\":\"ja\"}", 400, "template_empty"},
              {"{\"language\":\"ja\",\"text\":\" \"}", 400, "template_empty"},
              {"{\"language\":\"ja\",\"text\":\"{name}\"}", 400, "template_field_unknown"},
              {"{\"language\":\"ja\",\"alt\":\"a\\u202eb\"}", 400, "template_bidi"},
              {"{\"language\":\"ja\",\"version\":7,\"alt\":\"a\"}", 409, "template_changed"}}},
    {POST, "/api/admin/templates/:kind/preview", "/api/admin/templates/grant/preview",
     "{\"language\":\"ja\",\"headline\":\"+\"}", .field = TEMPLATE_FIELDS,
     .body = {{"{\"language\":\"fr\"}", 400, "field_range"}}},
    {POST, "/api/admin/templates/:kind/reset", "/api/admin/templates/grant/reset",
     "{\"language\":\"ja\"}", .field = TEMPLATE_FIELDS,
     .body = {{"{\"language\":\"ja\",\"version\":1}", 409, "template_changed"}}},
    {POST, "/api/admin/templates/:kind/test", "/api/admin/templates/grant/test",
     "{\"language\":\"ja\",\"headline\":\"+\"}", .field = TEMPLATE_FIELDS,
     .body = {{"{\"language\":\"ja\",\"headline\":\"{\"}", 400, "template_brace"}}},
    {GET, "/demo", "/demo", .get_status = 404}, /* this is not the demo */
    {GET, "/api/demo", "/api/demo", .get_status = 404},
    {POST, "/api/demo/code", "/api/demo/code", "{\"shop\":\"ueno\",\"till\":\"left\"}",
     .body = {{"{\"shop\":\"ueno\",\"till\":\"left\"}", 404, "path_unknown"}}},
};

static const struct input *
input_of(const struct route *route)
{
    for (size_t i = 0; i < COUNT(inputs); i++)
        if (inputs[i].method == route->method && strcmp(inputs[i].route, route->path) == 0)
            return &inputs[i];
    return NULL;
}

/* ---------------------------------------------------------------- who asks */

static struct browser member, till, owner;

static int
set_up(void **state)
{
    member = till = owner = (struct browser){0};
    memset(long_code, 'a', 515);
    long_code[0] = long_code[514] = '"';
    memset(long_name, 'a', 259);
    long_name[0] = long_name[258] = '"';
    return harness_set_up(state);
}

/* Everybody is here, freshly signed in; the owner has a member's cookie too, as in life. */
static void
everybody_comes(void)
{
    login_liff(&member, 1);
    login_again(&member, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    login_web(&owner, 4, "/admin");
    if (cookie_of(&owner, "__Host-a") == NULL)
        ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
}

static struct browser
right_one(enum who who)
{
    struct browser b = who == TILL || who == STAFF ? till : who == OWNER ? owner : member;

    if (who == TILL)
        cookie_put(&b, "__Host-staff", "");
    return b;
}

static const char *
cookie_name(enum who who)
{
    return who == MEMBER || who == FRESH_MEMBER ? "__Host-m"
           : who == TILL                        ? "__Host-till"
           : who == STAFF                       ? "__Host-staff"
                                                : "__Host-a";
}

static bool
needs_session(const struct route *route)
{
    return route->who >= MEMBER && route->who <= OWNER;
}

/* ---------------------------------------------------------------- one wrong request */

static struct str
method_text(enum http_method method)
{
    return method == GET ? STR("GET") : STR("POST");
}

static int
send_body(const struct route *route, struct browser *b, const char *body)
{
    const struct input *in = input_of(route);
    const char *headers = b->headers;
    char with_key[256];
    int status;

    if (route->method == GET)
        return get(b, in->path);
    if (route->mode == KEYED && (headers == NULL || strstr(headers, "Idempotency-Key") == NULL)) {
        snprintf(with_key, sizeof(with_key), "%sIdempotency-Key: %s\r\n",
                 headers != NULL ? headers : "", fresh_key());
        b->headers = with_key;
    }
    status = ask(b, "POST", in->path, "application/json", str_of(body));
    b->headers = headers;
    return status;
}

static void
is_refused(const struct route *route, struct browser *b, const char *body, int want,
           const char *word)
{
    struct browser before = *b;
    uint64_t hash;
    int status;

    harness_advance(3 * SECOND_MS); /* or the limits would answer instead */
    hash = stored_hash();
    status = send_body(route, b, body);

    if (status != want || strcmp(got_text("error"), word) != 0)
        print_error("%s %s  %.300s\n", method_text(route->method).at, route->path, body);
    REFUSES(status, want, word);
    CHECK_THAT(stored_hash() == hash);
    CHECK_THAT(memcmp(&before, b, sizeof(before)) == 0); /* no cookie was given out or taken */
}

/* A refusal by a rule is kept as the answer to its key; nothing else may have changed. */
static void
is_refused_by_rule(const struct route *route, struct browser *b, const struct input_body *body)
{
    if (route->mode == KEYED && body->status == 409) {
        REFUSES(send_body(route, b, body->body), body->status, body->word);
        return;
    }
    is_refused(route, b, body->body, body->status, body->word);
}

/* ---------------------------------------------------------------- tests over the table */

static void
every_route_has_a_row_and_every_row_a_route(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++)
        if (input_of(&routes[i]) == NULL)
            fail_msg("%s has no row", routes[i].path);
    CHECK_INT(COUNT(inputs), routes_n);
}

static void
a_get_changes_nothing(void **state)
{
    (void)state;
    everybody_comes();
    for (size_t i = 0; i < routes_n; i++) {
        struct browser b = right_one(routes[i].who);
        const struct input *in = input_of(&routes[i]);
        uint64_t hash = stored_hash();

        CHECK_ROW(i);
        if (routes[i].method != GET || in->get_status == 0)
            continue;
        ANSWERS(get(&b, in->path), in->get_status);
        CHECK_THAT(stored_hash() == hash);
        ANSWERS(ask(&b, "GET", in->path, "application/json", STR("{}")), 400); /* with a body */
        CHECK_THAT(stored_hash() == hash);
    }
}

static void
another_method_is_405_and_tells_which_there_are(void **state)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

    (void)state;
    everybody_comes();
    for (size_t i = 0; i < routes_n; i++) {
        struct browser b = right_one(routes[i].who);
        const struct input *in = input_of(&routes[i]);

        CHECK_ROW(i);
        for (size_t m = 0; m < COUNT(methods); m++) {
            uint64_t hash = stored_hash();
            struct err e;
            char allow[64];

            if (m < 2 && route_find(routes, routes_n, m == 0 ? GET : POST, str_of(in->path), allow,
                                    &e) != NULL)
                continue;
            REFUSES(ask(&b, methods[m], in->path, "application/json", STR("")), 405,
                    "method_not_allowed");
            CHECK_THAT(memmem(answer.head, strlen(answer.head), "Allow: ", 7) != NULL);
            CHECK_THAT(strstr(answer.head, method_text(in->method).at) != NULL);
            CHECK_THAT(stored_hash() == hash);
        }
    }
    REFUSES(get(&member, "/api/nothing"), 404, "path_unknown");
    REFUSES(get(&member, "/api/card/"), 404, "path_unknown");
}

/* Five ways to be nobody, or somebody else. */
static void
nobody_gets_in(const struct route *route)
{
    const char *good = input_of(route)->good, *name = cookie_name(route->who);
    static const struct {
        const char *value, *word;
    } forged[] = {
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "session_unknown"},
        {"x", "session_missing"},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "session_missing"},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", "session_missing"}, /* not canonical */
    };
    struct browser nobody = {0}, b = right_one(route->who);

    is_refused(route, &nobody, good, 401, "session_missing");
    for (size_t i = 0; i < COUNT(forged); i++) {
        cookie_put(&b, name, forged[i].value);
        is_refused(route, &b, good, 401, forged[i].word);
    }
    for (enum who other = MEMBER; other <= OWNER; other++) {
        struct browser from = right_one(other);

        if (strcmp(cookie_name(other), name) == 0)
            continue;
        cookie_put(&b, name, cookie_of(&from, cookie_name(other)));
        is_refused(route, &b, good, 401, "session_unknown");
    }
    if (route->who == STAFF) { /* signed in, but at no till */
        b = right_one(STAFF);
        cookie_put(&b, "__Host-till", "");
        is_refused(route, &b, good, 401, "session_missing");
    }
}

static void
a_session_of_the_right_kind_is_wanted(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        CHECK_ROW(i);
        if (!needs_session(&routes[i]))
            continue;
        everybody_comes();
        nobody_gets_in(&routes[i]);
    }
}

static bool
is_touched(const char *kind)
{
    return stored_int("SELECT max(seen_ms) FROM session WHERE kind = %Q", kind) == harness_now();
}

static void
a_session_that_is_over_is_none(void **state)
{
    static const struct {
        enum who who;
        const char *kind;
        int64_t idle_ms;
        const char *path;
    } lives[] = {
        {MEMBER, "member", 14 * DAY_MS, "/api/card"},
        {STAFF, "staff", 15 * MINUTE_MS, "/api/till/today"},
        {OWNER, "owner", 15 * MINUTE_MS, "/api/admin/today"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lives); i++) {
        struct browser b;

        CHECK_ROW(i);
        everybody_comes();
        b = right_one(lives[i].who);
        harness_advance(lives[i].idle_ms - SECOND_MS);
        ANSWERS(get(&b, lives[i].path), 200);
        UNTIL(is_touched(lives[i].kind));
        harness_advance(lives[i].idle_ms + SECOND_MS);
        ANSWERS(get(&b, lives[i].path), 401); /* session_over, or swept already */
    }
    everybody_comes();
    for (int64_t at = 0; at < 12 * HOUR_MS; at += 10 * MINUTE_MS) {
        ANSWERS(get(&till, "/api/till/today"), 200);
        UNTIL(is_touched("staff"));
        harness_advance(10 * MINUTE_MS);
    }
    ANSWERS(get(&till, "/api/till/today"), 401); /* used all the time, and yet */
}

static void
a_request_from_elsewhere_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        const char *good = input_of(&routes[i])->good;
        struct browser b;

        CHECK_ROW(i);
        if (routes[i].method != POST || routes[i].who == SIGNED_BY_LINE)
            continue;
        everybody_comes();
        b = right_one(routes[i].who);
        b.origin = "https://evil.example";
        is_refused(&routes[i], &b, good, 403, "origin_foreign");
        b.origin = "null";
        is_refused(&routes[i], &b, good, 403, "origin_foreign");
        b.origin = "";
        is_refused(&routes[i], &b, good, 403, "origin_missing");
        b.headers = "Sec-Fetch-Site: cross-site\r\n";
        is_refused(&routes[i], &b, good, 403, "origin_foreign");
        b.headers = "Sec-Fetch-Site: same-site\r\n";
        is_refused(&routes[i], &b, good, 403, "origin_foreign");
        b.origin = NULL;
        b.headers = "Sec-Fetch-Site: cross-site\r\n";
        is_refused(&routes[i], &b, good, 403, "origin_foreign");
    }
}

static void
only_json_of_a_fair_size_is_read(void **state)
{
    static const char *const types[] = {"text/plain", "application/x-www-form-urlencoded",
                                        "multipart/form-data; boundary=x", "application/jsonp",
                                        "application/json; charset=utf-16"};
    char *big = malloc(2 * MIB);

    (void)state;
    assert_non_null(big);
    everybody_comes();
    for (size_t i = 0; i < routes_n; i++) {
        const struct input *in = input_of(&routes[i]);
        struct browser b = right_one(routes[i].who);
        uint64_t hash = stored_hash();

        CHECK_ROW(i);
        if (routes[i].method != POST)
            continue;
        b.headers = routes[i].mode == KEYED ? "Idempotency-Key: harness-key-of-size\r\n" : NULL;
        for (size_t t = 0; t < COUNT(types); t++)
            REFUSES(ask(&b, "POST", in->path, types[t], str_of(in->good)), 415, "media_type");
        memset(big, ' ', routes[i].body_max + 1);
        memcpy(big, in->good, strlen(in->good));
        REFUSES(ask(&b, "POST", in->path, "application/json",
                    (struct str){big, routes[i].body_max + 1}),
                413, "body_too_large");
        CHECK_THAT(stored_hash() == hash);
    }
    free(big);
}

/* ---------------------------------------------------------------- bodies */

static char *
with_field(const char *good, const char *name, const char *value)
{
    json_t *object = json_loads(good, 0, NULL);
    char *text;

    json_object_set_new(object, name,
                        value != NULL ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL);
    text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text;
}

static char *
without_field(const char *good, const char *name)
{
    json_t *object = json_loads(good, 0, NULL);
    char *text;

    json_object_del(object, name);
    text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text;
}

static void
field_is_refused(const struct route *route, struct browser *b, char *body, const char *name,
                 const char *word)
{
    is_refused(route, b, body, 400, word);
    CHECK_TEXT(got_text("field"), name);
    free(body);
}

static void
fields_are_checked(const struct route *route, struct browser *b)
{
    const struct input *in = input_of(route);

    for (const struct input_field *f = in->field; f->name != NULL; f++) {
        static const char *const wrong[] = {"true", "[]", "{}", "1.5"};

        for (size_t i = f->kind == BOOL_FIELD; i < COUNT(wrong); i++)
            field_is_refused(route, b, with_field(in->good, f->name, wrong[i]), f->name,
                             "field_type");
        field_is_refused(route, b,
                         with_field(in->good, f->name, f->kind == INT_FIELD ? "\"1\"" : "12345678"),
                         f->name, "field_type");
        if (!f->optional) {
            field_is_refused(route, b, without_field(in->good, f->name), f->name, "field_missing");
            field_is_refused(route, b, with_field(in->good, f->name, "null"), f->name,
                             "field_type");
        }
        if (f->low != NULL)
            field_is_refused(route, b, with_field(in->good, f->name, f->low), f->name,
                             "field_range");
        if (f->high != NULL)
            field_is_refused(route, b, with_field(in->good, f->name, f->high), f->name,
                             "field_range");
        if (f->kind == INT_FIELD)
            field_is_refused(route, b, with_field(in->good, f->name, "-1"), f->name, "field_range");
    }
}

static void
bodies_are_checked(const struct route *route, struct browser *b)
{
    static const struct input_body always[] = {
        {"", 400, "json_malformed"},
        {"{", 400, "json_malformed"},
        {"{}x", 400, "json_malformed"},
        {"nonsense", 400, "json_malformed"},
        {"{\"a\":\"\xff\xfe\"}", 400, "json_malformed"}, /* no UTF-8 */
        {"{\"a\":" OVER_INT64 "}", 400, "json_malformed"},
        {"[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", 400, "json_malformed"},
        {"[]", 400, "json_not_object"},
        {"null", 400, "json_not_object"},
        {"\"text\"", 400, "json_not_object"},
        {"{\"member_id\":1,\"member_id\":2}", 400, "json_malformed"},
    };
    const struct input *in = input_of(route);
    char twice[1400];

    for (size_t i = 0; i < COUNT(always); i++)
        is_refused(route, b, always[i].body, always[i].status, always[i].word);
    field_is_refused(route, b, with_field(in->good, "member_id", "1"), "member_id",
                     "field_unknown");
    if (in->field[0].name != NULL) {
        snprintf(twice, sizeof(twice), "%.*s,%s", (int)strlen(in->good) - 1, in->good,
                 in->good + 1);
        is_refused(route, b, twice, 400, "json_malformed");
    }
    for (size_t i = 0; i < COUNT(in->body) && in->body[i].body != NULL; i++)
        is_refused_by_rule(route, b, &in->body[i]);
}

static void
a_body_is_what_the_route_says_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        struct browser b;

        CHECK_ROW(i);
        if (routes[i].method != POST || routes[i].who == SIGNED_BY_LINE)
            continue;
        everybody_comes();
        b = right_one(routes[i].who);
        if (strcmp(routes[i].path, "/api/demo/code") == 0) { /* nothing is read outside the demo */
            is_refused_by_rule(&routes[i], &b, &input_of(&routes[i])->body[0]);
            continue;
        }
        fields_are_checked(&routes[i], &b);
        bodies_are_checked(&routes[i], &b);
    }
}

static void
numbers_in_a_path_or_query_are_numbers(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *word;
    } rows[] = {
        {"/api/card?plan=abc", 400, "field_type"},
        {"/api/card?plan=0", 400, "field_type"},
        {"/api/card?plan=-1", 400, "field_type"},
        {"/api/card?plan=1e1", 400, "field_type"},
        {"/api/card?plan=99999999999999999999", 400, "field_type"},
        {"/api/card?plan=99", 404, "card_unknown"},
        {"/api/card/codes?plan=99", 404, "card_unknown"},
        {"/api/vouchers/abc/code", 404, "voucher_unknown"},
        {"/api/vouchers/-1/code", 404, "voucher_unknown"},
        {"/api/vouchers/0/code", 404, "voucher_unknown"},
        {"/api/vouchers/99999999999999999999/code", 404, "voucher_unknown"},
        {"/api/vouchers/%31%00/code", 400, "request_malformed"},
        {"/api/vouchers//code", 404, "path_unknown"},
        {"/static/../stampd.conf", 400, "request_malformed"},
        {"/static/%2e%2e/stampd.conf", 400, "request_malformed"},
        {"/static/", 404, "path_unknown"},
    };
    uint64_t hash;

    (void)state;
    everybody_comes();
    hash = stored_hash();
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        REFUSES(get(&member, rows[i].path), rows[i].status, rows[i].word);
    }
    REFUSES(post(&member, "/api/notices/abc/seen", NULL, "{}"), 404, "notice_unknown");
    CHECK_THAT(stored_hash() == hash);
}

/* ---------------------------------------------------------------- exactly once */

static void
a_key_is_wanted_of_the_right_form(void **state)
{
    static const char *const bad[] = {
        "Idempotency-Key: fifteen-letters\r\n",
        "Idempotency-Key: with spaces in it 1\r\n",
        "Idempotency-Key: sixteen-letters-%41\r\n",
        "Idempotency-Key: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
        ("Idempotency-Key: \xe3\x81\x82\xe3\x81\x82\xe3\x81\x82\xe3\x81\x82\xe3\x81\x82\xe3\x81\x82"
         "\r\n"),
    };

    (void)state;
    everybody_comes();
    for (size_t i = 0; i < routes_n; i++) {
        const struct input *in = input_of(&routes[i]);
        struct browser b = right_one(routes[i].who);
        uint64_t hash = stored_hash();

        if (routes[i].mode != KEYED)
            continue;
        CHECK_ROW(i);
        REFUSES(post(&b, in->path, NULL, "%s", in->good), 400, "idempotency_key_missing");
        CHECK_TEXT(got_text("field"), "Idempotency-Key");
        for (size_t k = 0; k < COUNT(bad); k++) {
            b.headers = bad[k];
            REFUSES(post(&b, in->path, NULL, "%s", in->good), 400, "idempotency_key_invalid");
        }
        b.headers = "Idempotency-Key: sixteen-letters-1\r\nIdempotency-Key: sixteen-letters-2\r\n";
        REFUSES(post(&b, in->path, NULL, "%s", in->good), 400, "request_malformed");
        CHECK_THAT(stored_hash() == hash);
    }
}

/* A voucher is told of at once, in the background. */
static void
everything_is_told(void)
{
    UNTIL(stored_int("SELECT (SELECT count(*) FROM notice WHERE state IN ('waiting', 'held',"
                     " 'owed')) + (SELECT count(*) FROM outbox WHERE is_settled = 0)") == 0);
}

static void
a_repeat_gets_the_first_answer_and_another_request_none(void **state)
{
    const char *key = fresh_key();
    struct browser right = {0};
    char first[4096];
    uint64_t hash;
    long long scan;

    (void)state;
    everybody_comes();
    till_sign_in(&right, UENO_RIGHT, UENO_MANAGER);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&member, STAMPS)),
            200);
    scan = got_int("scan");
    ANSWERS(post(&till, "/api/till/grants", key, "{\"scan\":%lld,\"stamps\":2}", scan), 201);
    CHECK_TEXT(http_answer_header(&answer, "idempotent-replayed").n ? "replayed" : "", "");
    snprintf(first, sizeof(first), "%.4000s", answer.body);
    everything_is_told();
    hash = stored_hash();
    for (int i = 0; i < 3; i++) {
        ANSWERS(post(&till, "/api/till/grants", key, "{\"scan\":%lld,\"stamps\":2}", scan), 201);
        CHECK_STR(http_answer_header(&answer, "idempotent-replayed"), "true");
        CHECK_TEXT(answer.body, first);
    }
    REFUSES(post(&till, "/api/till/grants", key, "{\"scan\":%lld,\"stamps\":1}", scan), 422,
            "idempotency_mismatch");
    REFUSES(post(&till, "/api/till/reversals", key, "{\"transfer\":1}"), 422,
            "idempotency_mismatch");
    CHECK_THAT(stored_hash() == hash);

    /* Another till's key is another key, and its scan is not ours. */
    REFUSES(post(&right, "/api/till/grants", key, "{\"scan\":%lld,\"stamps\":2}", scan), 409,
            "scan_over");
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 1);

    /* A refusal by a rule is an answer as well; one for bad form is not, and may be mended. */
    key = fresh_key();
    REFUSES(post(&till, "/api/till/grants", key, "{\"scan\":%lld,\"stamps\":1}", scan), 409,
            "too_soon");
    REFUSES(post(&till, "/api/till/grants", key, "{\"scan\":%lld,\"stamps\":1}", scan), 409,
            "too_soon");
    CHECK_STR(http_answer_header(&answer, "idempotent-replayed"), "true");
    key = fresh_key();
    REFUSES(post(&till, "/api/till/grants", key, "{\"scan\":%lld}", scan), 400, "field_missing");
    REFUSES(post(&till, "/api/till/grants", key, "{\"scan\":%lld,\"stamps\":1}", scan), 409,
            "too_soon");
    CHECK_TEXT(http_answer_header(&answer, "idempotent-replayed").n ? "replayed" : "", "");
    stored_is_sound();
}

static void
twins_at_the_same_moment_are_one(void **state)
{
    enum { TWINS = 8 };
    struct http_peer *begun[TWINS];
    const char *key = fresh_key();
    int made = 0, replayed = 0, refused = 0;
    char key_of[TWINS][32];
    long long scan;

    (void)state;
    everybody_comes();
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&member, STAMPS)),
            200);
    scan = got_int("scan");
    for (int i = 0; i < TWINS; i++) /* half of them one request sent again, half an own one */
        snprintf(key_of[i], sizeof(key_of[i]), "%s", i % 2 ? fresh_key() : key);
    for (int i = 0; i < TWINS; i++)
        begun[i] =
            post_begin(&till, "/api/till/grants", key_of[i], "{\"scan\":%lld,\"stamps\":1}", scan);
    for (int i = 0; i < TWINS; i++) {
        int status = post_end(&till, begun[i]);
        bool again = http_answer_header(&answer, "idempotent-replayed").n > 0;

        made += status == 201 && !again;
        replayed += status == 201 && again;
        refused += status == 409;
    }
    CHECK_INT(made, 1);
    CHECK_INT(made + replayed + refused, TWINS);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 1);
    CHECK_INT(stored_int("SELECT balance FROM card WHERE id = 1"), 1);
    stored_is_sound();
}

/* ---------------------------------------------------------------- what is somebody else's */

static void
what_is_another_members_does_not_exist(void **state)
{
    struct browser other = {0};
    uint64_t hash;
    int64_t voucher;

    (void)state;
    everybody_comes();
    grant_stamps(&till, &member, 2);
    voucher = got_int("vouchers.0.id");
    login_liff(&other, 2);
    everything_is_told();
    hash = stored_hash();
    CHECK_INT(voucher, 1);
    REFUSES(get(&other, "/api/vouchers/1/code"), 404, "voucher_unknown");
    REFUSES(post(&other, "/api/notices/1/seen", NULL, "{}"), 404, "notice_unknown");
    ANSWERS(get(&other, "/api/card"), 200);
    CHECK_INT(got_int("card.balance"), 0);
    CHECK_INT(json_array_size(got("history")), 0);
    CHECK_INT(json_array_size(got("vouchers")), 0);
    CHECK_THAT(strstr(answer.body, "Shopper 1") == NULL);
    CHECK_THAT(stored_hash() == hash);
    ANSWERS(get(&member, "/api/vouchers/1/code"), 200);
}

static void
what_is_another_tills_is_refused(void **state)
{
    struct browser right = {0}, namba = {0}, mixed;
    int64_t transfer;
    char token[64];

    (void)state;
    everybody_comes();
    till_sign_in(&right, UENO_RIGHT, UENO_CASHIER); /* the same person, signed in twice */
    till_sign_in(&namba, NAMBA_ONLY, NAMBA_CASHIER);
    mixed = till;
    cookie_put(&mixed, "__Host-staff", cookie_of(&right, "__Host-staff"));
    REFUSES(get(&mixed, "/api/till/today"), 401, "session_other_till");

    transfer = grant_stamps(&till, &member, 2);
    REFUSES(post(&right, "/api/till/reversals", fresh_key(), "{\"transfer\":%lld}",
                 (long long)transfer),
            409, "other_till");
    CHECK_INT(post(&namba, "/api/till/reversals", fresh_key(), "{\"transfer\":%lld}",
                   (long long)transfer) /
                  100,
              4);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 1);
    ANSWERS(get(&namba, "/api/till/today"), 200);
    CHECK_INT(json_array_size(got("items")), 0);

    harness_advance(30 * SECOND_MS);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", voucher_code(&member, 1)),
            200);
    snprintf(token, sizeof(token), "%s", got_text("token"));
    REFUSES(post(&namba, "/api/till/redemptions", fresh_key(), "{\"voucher\":1,\"token\":\"%s\"}",
                 token),
            409, "scan_over");
    harness_advance(3 * MINUTE_MS);
    REFUSES(post(&till, "/api/till/redemptions", fresh_key(), "{\"voucher\":1,\"token\":\"%s\"}",
                 token),
            409, "scan_over"); /* too late */
    CHECK_TEXT(stored_text("SELECT state FROM voucher"), "issued");
    stored_is_sound();
}

static enum err_code
till_is_lost(struct db *db, void *context, struct err *e)
{
    (void)context;
    return till_revoke(db, UENO_LEFT, harness_now(), e);
}

static void
a_till_that_is_revoked_is_out_at_once(void **state)
{
    struct err e;

    (void)state;
    everybody_comes();
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_OK(app_write(here.app, till_is_lost, NULL, &e), e);
    ANSWERS(get(&till, "/api/till/today"), 401);
    ANSWERS(get(&till, "/api/till"), 200);
    CHECK_TEXT(got_text("state"), "new");
    REFUSES(post(&till, "/api/till/enrol", NULL, "{\"code\":\"%s\"}", here.enrol_code[0]), 401,
            "enrol_code_wrong"); /* used, and void */
}

static void
too_many_requests_are_told_when_to_come_again(void **state)
{
    struct browser b = {.headers = NULL};
    int status = 0;

    (void)state;
    everybody_comes();
    till_sign_in(&b, UENO_RIGHT, UENO_CASHIER);
    for (int i = 0; i < 12 && status != 429; i++)
        status = post(&b, "/api/till/scans", NULL, "{\"code\":\"7148151623421234567%03d\"}", i);
    for (int i = 0; i < 40 && status != 429; i++)
        status = get(&member, "/api/card/codes");
    REFUSES(status, 429, "too_many_requests");
    CHECK_THAT(http_answer_header(&answer, "retry-after").n > 0);
    harness_advance(MINUTE_MS);
    ANSWERS(get(&member, "/api/card/codes"), 200);
}

int
main(void)
{
#define TABLE(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_route_has_a_row_and_every_row_a_route),
        TABLE(a_get_changes_nothing),
        TABLE(another_method_is_405_and_tells_which_there_are),
        TABLE(a_session_of_the_right_kind_is_wanted),
        TABLE(a_session_that_is_over_is_none),
        TABLE(a_request_from_elsewhere_is_refused),
        TABLE(only_json_of_a_fair_size_is_read),
        TABLE(a_body_is_what_the_route_says_and_nothing_else),
        TABLE(numbers_in_a_path_or_query_are_numbers),
        TABLE(a_key_is_wanted_of_the_right_form),
        TABLE(a_repeat_gets_the_first_answer_and_another_request_none),
        TABLE(twins_at_the_same_moment_are_one),
        TABLE(what_is_another_members_does_not_exist),
        TABLE(what_is_another_tills_is_refused),
        TABLE(a_till_that_is_revoked_is_out_at_once),
        TABLE(too_many_requests_are_told_when_to_come_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
