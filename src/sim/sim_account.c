#include "sim/demo_values.h"
#include "sim/sim_check.h"
#include "sim/sim_console.h"
#include "sim/sim_handlers.h"
#include "sim/sim_sender.h"

#include <string.h>

#define TEST_WAIT_MS (12 * SECOND_MS)

/* GET /v2/bot/message/quota */
enum err_code
sim_quota(struct sim_call *call)
{
    if (call->sim->quota < 0)
        return sim_answer(call, 200, json_pack("{s:s}", "type", "none"));
    return sim_answer(
        call, 200,
        json_pack("{s:s, s:I}", "type", "limited", "value", (json_int_t)call->sim->quota));
}

/* GET /v2/bot/message/quota/consumption */
enum err_code
sim_consumption(struct sim_call *call)
{
    bool is_this_month = call->sim->usage_month == sim_month(call->now_ms);

    return sim_answer(
        call, 200,
        json_pack("{s:I}", "totalUsage", (json_int_t)(is_this_month ? call->sim->usage : 0)));
}

/* GET /v2/bot/info */
enum err_code
sim_bot_info(struct sim_call *call)
{
    return sim_answer(call, 200,
                      json_pack("{s:s, s:s, s:s, s:s, s:s}", "userId", SIM_BOT_USER_ID, "basicId",
                                SIM_BOT_BASIC_ID, "displayName", SIM_BOT_NAME, "chatMode",
                                call->sim->console->chat_mode, "markAsReadMode", "auto"));
}

/* GET /v2/bot/profile/:user: not of strangers, nor of those who block the account */
enum err_code
sim_bot_profile(struct sim_call *call)
{
    const struct sim_person *person =
        sim_bot_person(call->sim, request_segment(call->req, ":user"));
    json_t *facts;

    if (person == NULL || person->is_blocking || (!person->is_friend && person->wrote_ms == 0))
        return sim_refuse(call, 404, "Not found");
    facts = json_pack("{s:s, s:s, s:s}", "userId", person->user_id, "displayName", person->name,
                      "language", person->language);
    if (person->number % 4 != 0)
        json_object_set_new(facts, "pictureUrl",
                            json_sprintf("%s/sim/picture/%d", call->sim->base_url, person->number));
    return sim_answer(call, 200, facts);
}

/* GET /v2/bot/channel/webhook/endpoint */
enum err_code
sim_endpoint_show(struct sim_call *call)
{
    if (call->sim->webhook[0] == '\0')
        return sim_refuse(call, 404, "Not found");
    return sim_answer(call, 200,
                      json_pack("{s:s, s:b}", "endpoint", call->sim->webhook, "active",
                                (int)!call->sim->console->webhook_off));
}

/* The URL in the body, if it is one of ours; LINE wants HTTPS, a simulator wants loopback. */
static bool
endpoint_of(struct sim_call *call, struct str *out)
{
    const json_t *value = sim_check_get(call->json, "endpoint");

    *out = str_of(json_string_value(value));
    if (value == NULL)
        return true;
    if (out->n <= 500 && sim_is_loopback_url(*out))
        return true;
    sim_refuse(call, 400, "Invalid webhook endpoint URL");
    return false;
}

/* PUT /v2/bot/channel/webhook/endpoint  {"endpoint": "http://127.0.0.1:8080/line/webhook"} */
enum err_code
sim_endpoint_set(struct sim_call *call)
{
    struct str url;

    if (!endpoint_of(call, &url))
        return OK;
    if (url.n == 0)
        return sim_refuse(call, 400, "Invalid webhook endpoint URL");
    str_copy(url, call->sim->webhook, sizeof(call->sim->webhook));
    return sim_answer(call, 200, json_object());
}

static const char *
reason_of(const struct sim_delivery *delivery)
{
    if (delivery == NULL)
        return "REQUEST_TIMEOUT";
    if (delivery->status == 0)
        return strstr(delivery->reason, "timed out") != NULL ? "REQUEST_TIMEOUT"
                                                             : "COULD_NOT_CONNECT";
    return delivery->status == 200 ? "OK" : "ERROR_STATUS_CODE";
}

/* What came of it, or what the console was told would. */
static enum err_code
answer_test(struct sim_call *call, const struct sim_delivery *delivery)
{
    const struct sim_console *console = call->sim->console;
    bool is_told = console->test_reason[0] != '\0';
    const char *reason = is_told ? console->test_reason : reason_of(delivery);
    int64_t status = is_told ? console->test_status : delivery != NULL ? delivery->status : 0;
    char now[CLOCK_TEXT_SIZE];

    clock_text(call->now_ms, now);
    return sim_answer(call, 200,
                      json_pack("{s:b, s:s, s:I, s:s, s:s}", "success",
                                (int)(strcmp(reason, "OK") == 0), "timestamp", now, "statusCode",
                                (json_int_t)status, "reason", reason, "detail",
                                delivery == NULL        ? "no answer"
                                : delivery->status == 0 ? delivery->reason
                                : status == 200         ? "200"
                                                        : "status code is not 200"));
}

/* POST /v2/bot/channel/webhook/test  {"endpoint"?}: an empty list of events, signed */
enum err_code
sim_endpoint_test(struct sim_call *call)
{
    struct sim_parcel parcel = {.events = json_array()};
    char target[SIM_URL_SIZE];
    struct str url;
    int64_t number;

    if (!endpoint_of(call, &url)) {
        json_decref(parcel.events);
        return OK;
    }
    if (url.n > 0 && str_copy(url, target, sizeof(target)))
        parcel.url = target;
    number = sim_sender_queue(call->sim, &parcel);
    json_decref(parcel.events);
    return answer_test(call, number > 0 ? sim_sender_wait(call->sim, number, TEST_WAIT_MS) : NULL);
}
