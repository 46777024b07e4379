#include "sim/sim_link.h"

#include "sim/sim_console.h"
#include "sim/sim_event.h"
#include "sim/sim_handlers.h"

#define NONCE_MIN 10
#define NONCE_MAX 255

/* POST /v2/bot/user/:user/linkToken  ->  200 {"linkToken"}: ten minutes, one use */
enum err_code
sim_link_token(struct sim_call *call)
{
    const struct sim_person *person =
        sim_bot_person(call->sim, request_segment(call->req, ":user"));
    struct sim_link *link;
    char text[TOKEN_SIZE];

    if (person == NULL)
        return sim_refuse(call, 400, "The value for the 'userId' parameter is invalid");
    link = sim_alloc(sizeof(*link));
    *link = (struct sim_link){.person = person, .until_ms = call->now_ms + SIM_LINK_TOKEN_MS};
    entropy_token(text);
    sim_table_put(call->sim->links, text, link);
    return sim_answer(call, 200, json_pack("{s:s}", "linkToken", text));
}

static enum err_code
show(struct sim_call *call, int status, const char *words)
{
    struct buf page = buf_new(call->req->arena, 4 * KIB);

    buf_text(&page, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                    "<title>Account link (line-sim)</title>"
                    "<link rel=\"stylesheet\" href=\"/phone.css\"></head>"
                    "<body class=\"consent\"><main><p class=\"badge\">line-sim</p><h1>");
    buf_text(&page, words);
    buf_text(&page, "</h1></main></body></html>");
    return reply_html(call->reply, status, &page, call->e);
}

/* The one whose LINE opened the page: ?person=N, or the one the token was made for. */
static const struct sim_person *
who_opened(const struct sim_call *call, const struct sim_link *link)
{
    int64_t number;

    if (!str_int(sim_query(call, "person"), &number, 1, SIM_PEOPLE_MAX))
        return link->person;
    return sim_person(call->sim, number);
}

/*
 * GET /dialog/bot/accountLink?linkToken=&nonce=: the webhook hears "ok", or "failed" when somebody
 * else's LINE opened the page. With a token that is unknown, used or too old: a page, and no
 * webhook.
 */
enum err_code
sim_link_dialog(struct sim_call *call)
{
    struct sim_link *link = sim_table_get(call->sim->links, sim_query(call, "linkToken"));
    struct str nonce = sim_query(call, "nonce");
    const struct sim_person *person;
    const char *result;

    if (link == NULL || link->is_used || call->now_ms >= link->until_ms)
        return show(call, 400, "The link has expired");
    if (nonce.n < NONCE_MIN || nonce.n > NONCE_MAX)
        return show(call, 400, "400 Bad Request: invalid nonce");
    person = who_opened(call, link);
    result = person == link->person ? "ok" : "failed";
    link->is_used = true;
    sim_event_send(call->sim,
                   json_pack("{s:s, s:i, s:s, s:s%}", "type", "accountLink", "person",
                             link->person->number, "result", result, "nonce", nonce.at, nonce.n));
    return show(call, 200, person == link->person ? "The accounts are linked" : "Not linked");
}
