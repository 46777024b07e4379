#include "api/api_webhook.h"

#include "api/events.h"
#include "api/service.h"
#include "line/webhook.h"

struct webhook_ask {
    struct webhook_event *event;
    size_t n;
};

enum err_code
api_webhook_ask(struct request *req, struct errand **errand_out, struct err *e)
{
    struct service *s = SERVICE(req);
    struct webhook_ask *ask = arena_alloc(req->arena, sizeof(*ask));
    struct str destination;

    (void)errand_out;
    if (!ask)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "webhook");
    if (!webhook_signed(req->body, request_header(req, "x-line-signature"), s->channel_secrets,
                        s->channel_secrets_n)) {
        s->counts.events_forged++;
        return err_set(e, ERR_AUTH, "signature_wrong", "x-line-signature does not match the body");
    }
    if (webhook_parse(req->body, req->arena, &destination, &ask->event, &ask->n, e))
        return e->code;
    if (s->bot_user_id.n && !str_eq(destination, s->bot_user_id))
        return err_set(e, ERR_FORBIDDEN, "destination_other", "events for another account");
    req->prepared = ask;
    return OK;
}

enum err_code
api_webhook(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    const struct webhook_ask *ask = req->prepared;
    struct buf b = buf_new(req->arena, 64);
    bool is_owed;

    if (events_receive(req->db, s, req->arena, ask->event, ask->n, req->now_ms, &is_owed, e))
        return e->code;
    if (is_owed)
        s->wake(s->app);
    buf_text(&b, "{}");
    return reply_json(reply, 200, &b, e);
}
