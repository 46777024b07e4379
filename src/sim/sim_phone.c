/*
 * The shopper's phone: its page, the talk it shows, and the ways from there into the LIFF app.
 */
#include "sim/demo_values.h"
#include "sim/sim_control.h"
#include "sim/sim_handlers.h"
#include "sim/sim_menu.h"

#include <string.h>

extern const char sim_phone_html[], sim_phone_html_end[]; /* sim_files.S */
extern const char sim_phone_css[], sim_phone_css_end[];
extern const char sim_phone_js[], sim_phone_js_end[];
extern const char sim_phone_talk_js[], sim_phone_talk_js_end[];

static const struct {
    const char *path, *content_type;
    const char *at, *end;
} files[] = {
    {"/phone", "text/html; charset=utf-8", sim_phone_html, sim_phone_html_end},
    {"/phone.css", "text/css; charset=utf-8", sim_phone_css, sim_phone_css_end},
    {"/phone.js", "text/javascript; charset=utf-8", sim_phone_js, sim_phone_js_end},
    {"/phone-talk.js", "text/javascript; charset=utf-8", sim_phone_talk_js, sim_phone_talk_js_end},
};

/* GET /phone and its files */
enum err_code
sim_phone_file(struct sim_call *call)
{
    size_t i = 0;

    while (!str_eq(call->req->path, str_of(files[i].path)))
        i++;
    call->reply->status = 200;
    call->reply->content_type = files[i].content_type;
    call->reply->body = (struct str){files[i].at, (size_t)(files[i].end - files[i].at)};
    reply_header(call->reply, "Cache-Control", "no-cache");
    return OK;
}

/* GET / */
enum err_code
sim_home(struct sim_call *call)
{
    return reply_redirect(call->reply, "/phone?person=1");
}

static json_t *
menu_json(const struct sim_menu *menu)
{
    json_t *facts;

    if (menu == NULL)
        return json_null();
    facts = json_deep_copy(menu->object);
    json_object_set_new(facts, "richMenuId", json_string(menu->id));
    return facts;
}

struct aliases {
    const struct sim *sim;
    json_t *out;
};

static bool
add_alias(const char *name, void *value, void *context)
{
    struct aliases *aliases = context;

    (void)value;
    json_object_set_new(aliases->out, name,
                        menu_json(sim_menu_by_alias(aliases->sim, str_of(name))));
    return true;
}

/* GET /sim/talk?person=N  ->  all that the phone of this person shows */
enum err_code
sim_talk_show(struct sim_call *call)
{
    struct sim *sim = call->sim;
    struct sim_person *person = sim_query_person(call);
    struct aliases aliases = {sim, json_object()};

    if (person == NULL) {
        json_decref(aliases.out);
        return call->e->code;
    }
    sim_table_sweep(sim->menus->aliases, add_alias, &aliases);
    return sim_answer(
        call, 200,
        json_pack("{s:o, s:I, s:I, s:{s:s, s:s}, s:{s:s, s:s, s:s}, s:o, s:o, s:o}", "person",
                  sim_person_json(person), "people", (json_int_t)sim->people_n, "now_ms",
                  (json_int_t)call->now_ms, "account", "name", SIM_BOT_NAME, "basicId",
                  SIM_BOT_BASIC_ID, "liff", "id", SIM_LIFF_ID, "url", sim->liff, "origin",
                  sim->liff_origin, "menu", menu_json(sim_menu_of(sim, person)), "menus",
                  aliases.out, "entries", sim_entries_json(sim, person->number)));
}

/* GET /sim/events?person=N: server-sent "talk" whenever there is something new to see */
enum err_code
sim_talk_listen(struct sim_call *call)
{
    struct sim_person *person = sim_query_person(call);
    struct sse_feed *feed;

    if (person == NULL ||
        sse_listen(server_hub(call->sim->server), (uint64_t)person->number, &feed, call->e))
        return call->e->code;
    return reply_stream(call->reply, feed);
}

/* GET /sim/picture/:person: a coloured disc with the number on it; nobody's face */
enum err_code
sim_picture(struct sim_call *call)
{
    static const char *const colors[] = {"#5b7fb9", "#b9695b", "#5b9a72",
                                         "#8a6bb8", "#b08a3c", "#4f97a3"};
    struct buf svg = buf_new(call->req->arena, 4 * KIB);
    int64_t number;

    if (!str_int(request_segment(call->req, ":person"), &number, 1, SIM_PEOPLE_MAX))
        return err_set(call->e, ERR_NOT_FOUND, "person_unknown", "no such person");
    buf_format(&svg,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\">"
               "<circle cx=\"50\" cy=\"50\" r=\"50\" fill=\"%s\"/>"
               "<text x=\"50\" y=\"66\" font-family=\"sans-serif\" font-size=\"44\" fill=\"#fff\""
               " text-anchor=\"middle\">%d</text></svg>",
               colors[number % 6], (int)number);
    call->reply->status = 200;
    call->reply->content_type = "image/svg+xml";
    call->reply->body = buf_str(&svg);
    return OK;
}

/* What stands behind /liff/:liff, query included: "/rewards?from=talk", or "". */
static struct str
liff_path(const struct sim_call *call)
{
    struct str path = call->req->path;
    struct str id = request_segment(call->req, ":liff");
    struct str rest = path;

    str_skip(&rest, STR("/liff/"));
    rest.at += id.n;
    rest.n -= id.n;
    return rest;
}

/*
 * GET /liff/:liff/...: https://liff.line.me/{liffId}/path?query in a browser's tab. LINE's primary
 * redirect: the endpoint URL with the path in liff.state (line-platform 3.2). Outside LINE nobody
 * is signed in yet, so there are no tokens in the fragment.
 */
enum err_code
sim_liff_open(struct sim_call *call)
{
    struct buf url = buf_new(call->req->arena, 8 * KIB);
    struct buf state = buf_new(call->req->arena, 4 * KIB);

    if (!str_eq(request_segment(call->req, ":liff"), STR(SIM_LIFF_ID)))
        return err_set(call->e, ERR_NOT_FOUND, "liff_unknown", "no such LIFF app");
    buf_str_raw(&state, liff_path(call));
    if (call->req->query.n > 0) {
        buf_char(&state, '?');
        buf_str_raw(&state, call->req->query);
    }
    buf_text(&url, call->sim->liff);
    if (buf_str(&state).n > 0) {
        buf_char(&url, strchr(call->sim->liff, '?') != NULL ? '&' : '?');
        buf_text(&url, "liff.state=");
        buf_url(&url, buf_str(&state));
    }
    if (buf_failed(&url) || buf_failed(&state))
        return err_set(call->e, ERR_INPUT, "url_too_long", "LIFF URL over 4 KiB");
    return reply_redirect(call->reply, buf_str(&url).at);
}
