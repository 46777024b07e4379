#include "sim/sim_rate.h"

#include "sim/sim_handlers.h"

#include <stdlib.h>
#include <string.h>

/* Everything that is not here: 2,000 a second. */
static const struct {
    enum http_method method;
    const char *path;
    int64_t limit, per_ms;
} special[] = {
    {POST, "/v2/bot/message/broadcast", 60, HOUR_MS},
    {GET, "/v2/bot/insight/followers", 60, HOUR_MS},
    {GET, "/v2/bot/insight/message/delivery", 60, HOUR_MS},
    {POST, "/v2/bot/channel/webhook/test", 60, HOUR_MS},
    {GET, "/v2/bot/channel/webhook/endpoint", 1000, MINUTE_MS},
    {PUT, "/v2/bot/channel/webhook/endpoint", 1000, MINUTE_MS},
    {POST, "/v2/bot/richmenu", 100, HOUR_MS},
    {DELETE, "/v2/bot/richmenu/:menu", 100, HOUR_MS},
    {DELETE, "/v2/bot/richmenu/alias/:alias", 100, HOUR_MS},
    {GET, "/v2/bot/richmenu/progress/batch", 100, HOUR_MS},
    {POST, "/v2/bot/richmenu/batch", 3, HOUR_MS},
    {GET, "/v2/bot/richmenu/list", 10, SECOND_MS},
    {POST, "/v2/bot/message/multicast", 200, SECOND_MS},
    {POST, "/v2/bot/chat/loading/start", 100, SECOND_MS},
    {POST, "/v2/oauth/accessToken", 370, SECOND_MS},
};

static void
set_limit(struct sim_rate *rate, int64_t limit, int64_t per_ms)
{
    rate->limit = limit;
    rate->per_ms = per_ms;
    rate->left = (double)limit;
}

struct sim_rate *
sim_rates_new(void)
{
    struct sim_rate *rates = sim_alloc(sim_rows_n * sizeof(*rates));

    for (size_t i = 0; i < sim_rows_n; i++) {
        set_limit(&rates[i], 2000, SECOND_MS);
        for (size_t k = 0; k < sizeof(special) / sizeof(special[0]); k++) {
            if (special[k].method == sim_rows[i].method &&
                strcmp(special[k].path, sim_rows[i].path) == 0)
                set_limit(&rates[i], special[k].limit, special[k].per_ms);
        }
    }
    return rates;
}

static int64_t
bucket_time_ms(const struct sim_call *call)
{
    bool stands_still = atomic_load(&call->sim->clock->fixed_ms) != 0;

    return call->now_ms + (stands_still ? clock_monotonic_ms() : 0);
}

bool
sim_rate_allows(struct sim_call *call, const struct sim_row *row)
{
    struct sim_rate *rate = &call->sim->rates[row - sim_rows];
    int64_t now_ms = bucket_time_ms(call);
    int64_t passed_ms = now_ms > rate->at_ms ? now_ms - rate->at_ms : 0;

    rate->asked++;
    rate->at_ms = now_ms;
    if (rate->limit < 0)
        return true;
    rate->left += (double)rate->limit * (double)passed_ms / (double)rate->per_ms;
    if (rate->left > (double)rate->limit)
        rate->left = (double)rate->limit;
    if (rate->left >= 1) {
        rate->left -= 1;
        return true;
    }
    rate->refused++;
    sim_refuse(call, 429, "The API rate limit has been exceeded. Try again later.");
    return false;
}

/* GET /sim/limits  ->  {"limits": [{"method", "path", "limit", "per_ms", "asked", "refused"}]} */
enum err_code
sim_limits_list(struct sim_call *call)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sim_rows_n; i++) {
        const struct sim_rate *rate = &call->sim->rates[i];

        if (sim_rows[i].access != SIM_OWN)
            json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "method",
                          method_name(sim_rows[i].method), "path", sim_rows[i].path, "limit",
                          (json_int_t)rate->limit, "per_ms", (json_int_t)rate->per_ms, "asked",
                          (json_int_t)rate->asked, "refused", (json_int_t)rate->refused));
    }
    return sim_answer(call, 200, json_pack("{s:o}", "limits", list));
}

/*
 * POST /sim/limits  {"method": "POST", "path": "/v2/bot/richmenu", "limit": 3, "per_ms": 3600000}
 *
 * The path is as the route table writes it, "/v2/bot/richmenu/:menu". limit -1: none.
 */
enum err_code
sim_limits_set(struct sim_call *call)
{
    struct str method = {0}, path = {0};
    int64_t limit = 0, per_ms = SECOND_MS;
    const struct json_field fields[] = {
        {"method", JSON_KIND_TEXT, false, 1, 8, &method},
        {"path", JSON_KIND_TEXT, false, 1, 96, &path},
        {"limit", JSON_KIND_INT, false, -1, INT32_MAX, &limit},
        {"per_ms", JSON_KIND_INT, true, 1, DAY_MS, &per_ms},
    };

    if (json_read(call->json, fields, sizeof(fields) / sizeof(fields[0]), call->e))
        return call->e->code;
    for (size_t i = 0; i < sim_rows_n; i++) {
        if (str_eq(method, str_of(method_name(sim_rows[i].method))) &&
            str_eq(path, str_of(sim_rows[i].path)) && sim_rows[i].access != SIM_OWN) {
            set_limit(&call->sim->rates[i], limit, per_ms);
            return sim_limits_list(call);
        }
    }
    return err_field(call->e, ERR_INPUT, "field_range", "path", "no such endpoint");
}

/* DELETE /sim/limits: no endpoint has one any more */
enum err_code
sim_limits_clear(struct sim_call *call)
{
    for (size_t i = 0; i < sim_rows_n; i++)
        call->sim->rates[i].limit = -1;
    return reply_empty(call->reply, 204);
}
