/*
 * The Messaging API channel: the account, its webhook, the month's messages, the menu.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "app/doctor.h"
#include "base/clock.h"

#define FORECAST_DAYS 3 /* of a month must have gone by before its end can be guessed */

static void
look_at_account(struct doctor *d, const struct token *token)
{
    int status;
    json_auto_t *bot = doctor_ask(d, "official account", "/v2/bot/info", NULL, token, &status);
    struct str id = doctor_text(bot, "userId");

    if (!bot)
        return;
    if (status != 200) {
        doctor_say(d, FAIL, "official account: LINE answered %d", status);
        return;
    }
    doctor_say(d, FINE, "official account %s", doctor_shown(d, doctor_text(bot, "basicId")));
    if (d->c->bot_user_id && !str_eq(id, str_of(d->c->bot_user_id)))
        doctor_say(d, FAIL,
                   "BOT_USER_ID is not this account's - every event would be refused: set it to %s",
                   doctor_shown(d, id));
    else if (!d->c->bot_user_id)
        doctor_say(d, NOTE, "BOT_USER_ID can be set to %s", doctor_shown(d, id));
    if (!str_eq(doctor_text(bot, "chatMode"), STR("bot")))
        doctor_say(d, WARN,
                   "official account: chat is on - people of the shop may answer beside us; switch "
                   "Chat off at " AT_MANAGER ", Settings, Response settings");
}

/* What a webhook test that failed means; LINE's own words stand beside it. */
static const char *
meaning(struct str reason, int64_t status)
{
    if (str_eq(reason, STR("COULD_NOT_CONNECT")))
        return "nobody can reach it from outside: look at DNS, the firewall (port 443) and the "
               "certificate";
    if (str_eq(reason, STR("REQUEST_TIMEOUT")))
        return "no answer in time: look at the proxy, and whether this machine is overloaded";
    if (!str_eq(reason, STR("ERROR_STATUS_CODE")))
        return "often the certificate's chain, see above";
    if (status == 401)
        return "our signature check refused it: CHANNEL_SECRET is of another channel";
    if (status >= 300 && status <= 399)
        return "LINE follows no redirect: let the proxy answer at exactly this address";
    if (status == 404 || status == 421)
        return "the proxy leads elsewhere: /line/webhook must come to stampd with its Host header";
    return "the proxy or stampd failed: look at their logs";
}

static void
try_webhook(struct doctor *d, const struct token *token)
{
    int status;
    json_auto_t *test =
        doctor_ask(d, "webhook test", "/v2/bot/channel/webhook/test", "{}", token, &status);
    struct str reason = doctor_text(test, "reason");
    int64_t answered = json_integer_value(json_object_get(test, "statusCode"));

    if (!test)
        return;
    if (status == 429)
        doctor_say(d, NOTE, "webhook: not tried, LINE allows 60 tests an hour");
    else if (json_is_true(json_object_get(test, "success")))
        doctor_say(d, FINE, "webhook: LINE has just reached it, and its signature was right");
    else
        doctor_say(d, FAIL, "webhook: LINE tried and failed: %s, status %" PRId64 " (%s) - %s",
                   doctor_shown(d, reason), answered, doctor_shown(d, doctor_text(test, "detail")),
                   meaning(reason, answered));
}

static void
look_at_webhook(struct doctor *d, const struct token *token)
{
    const char *wanted = arena_format(d->arena, "%s/line/webhook", d->c->public_url);
    int status;
    json_auto_t *set =
        doctor_ask(d, "webhook", "/v2/bot/channel/webhook/endpoint", NULL, token, &status);
    struct str url = doctor_text(set, "endpoint");

    if (!set)
        return;
    if (status != 200 || !str_eq(url, str_of(wanted))) {
        doctor_say(d, FAIL,
                   "webhook: LINE has %s - set the URL to %s (" AT_BOT_CHANNEL
                   ", Messaging API, Webhook URL)",
                   url.n ? doctor_shown(d, url) : "none", wanted);
        return;
    }
    if (!json_is_true(json_object_get(set, "active"))) {
        doctor_say(d, FAIL,
                   "webhook %s: not in use - switch Use webhook on (" AT_BOT_CHANNEL
                   ", Messaging API)",
                   wanted);
        return;
    }
    doctor_say(d, FINE, "webhook %s: set and in use", wanted);
    if (d->listens)
        try_webhook(d, token);
    else
        doctor_say(d, NOTE, "webhook: not tried, for stampd is not running");
}

/* What `used` becomes by the end of its month in Japan, which LINE counts by; -1: too early. */
static int64_t
by_months_end(int64_t used, int64_t now_ms)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    time_t at = (time_t)((now_ms + 9 * HOUR_MS) / SECOND_MS);
    struct tm here;
    int64_t passed_ms, whole_ms;
    bool leap;

    gmtime_r(&at, &here);
    leap = here.tm_mon == 1 && here.tm_year % 4 == 0; /* until 2100 */
    whole_ms = (days[here.tm_mon] + leap) * DAY_MS;
    passed_ms = (here.tm_mday - 1) * DAY_MS + (now_ms + 9 * HOUR_MS) % DAY_MS;
    return passed_ms < FORECAST_DAYS * DAY_MS ? -1 : used * whole_ms / passed_ms;
}

static void
say_quota(struct doctor *d, int64_t used, int64_t limit)
{
    int64_t end = by_months_end(used, d->call->now_ms);
    char forecast[64] = "; too early in the month for a forecast";

    if (end >= 0)
        snprintf(forecast, sizeof(forecast), "; at this pace %" PRId64 " by its end", end);
    if (used >= limit)
        doctor_say(d, FAIL,
                   "quota: all %" PRId64 " messages of this month are used, and nothing is pushed "
                   "before the 1st (Japan time) - a larger plan is at " AT_MANAGER
                   ", Settings, Usage and billing, Monthly plan",
                   limit);
    else
        doctor_say(d, end > limit ? WARN : FINE,
                   "quota: %" PRId64 " of %" PRId64 " messages of this month used%s%s", used, limit,
                   forecast,
                   end > limit
                       ? " - more than there are: let rewards come with the card instead of "
                         "a push, or take a larger plan (" AT_MANAGER
                         ", Settings, Usage and billing, Monthly plan)"
                       : "");
}

static void
look_at_quota(struct doctor *d, const struct token *token)
{
    int of_quota, of_use;
    json_auto_t *quota = doctor_ask(d, "quota", "/v2/bot/message/quota", NULL, token, &of_quota);
    json_auto_t *use =
        doctor_ask(d, "quota", "/v2/bot/message/quota/consumption", NULL, token, &of_use);
    int64_t used = json_integer_value(json_object_get(use, "totalUsage"));

    if (!quota || !use)
        return;
    if (of_quota != 200 || of_use != 200)
        doctor_say(d, WARN, "quota: LINE answered %d and %d", of_quota, of_use);
    else if (str_eq(doctor_text(quota, "type"), STR("none")))
        doctor_say(d, FINE, "quota: no limit, %" PRId64 " messages used this month", used);
    else
        say_quota(d, used, json_integer_value(json_object_get(quota, "value")));
}

static void
look_at_menu(struct doctor *d, const struct token *token)
{
    int status;
    json_auto_t *menu =
        doctor_ask(d, "rich menu", "/v2/bot/user/all/richmenu", NULL, token, &status);

    if (!menu)
        return;
    if (status == 200)
        doctor_say(d, FINE, "rich menu: everybody has one");
    else if (status == 403)
        doctor_say(d, NOTE,
                   "rich menu: everybody's was made at " AT_MANAGER
                   ", and one of ours would take its place");
    else if (status == 404)
        doctor_say(d, WARN,
                   "rich menu: none for everybody, so the card has no button in the talk - "
                   "`stampd richmenu deploy` makes them");
    else
        doctor_say(d, WARN, "rich menu: LINE answered %d", status);
}

void
doctor_look_bot(struct doctor *d, const struct token *bot)
{
    look_at_account(d, bot);
    look_at_webhook(d, bot);
    look_at_quota(d, bot);
    look_at_menu(d, bot);
}
