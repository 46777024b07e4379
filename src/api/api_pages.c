#include "api/api_pages.h"

#include <inttypes.h>

#include "api/page.h"
#include "api/service.h"
#include "api/web_path.h"
#include "domain/member.h"
#include "domain/shop.h"
#include "http/files.h"

#define PAGE_MAX (16 * KIB)
#define METRICS_MAX (64 * KIB)

/* The till reads codes by camera one day; everything else is off. No host but ours. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "

const char *
api_default_policy(bool demo)
{
    /* The demo shows till and owner's view inside /demo, and the stand-in's phone beside them. */
    return demo ? POLICY "frame-src 'self' http://127.0.0.1:* http://localhost:*; "
                         "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"
                : POLICY "frame-ancestors 'none'";
}

enum err_code
api_home(struct request *req, struct reply *reply, struct err *e)
{
    (void)req;
    (void)e;
    return reply_redirect(reply, "/card");
}

static enum err_code
shell(struct request *req, struct reply *reply, const char *js, const char *css, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);
    const struct page_fact attributes[] = {
        {"title", s->shop_title},
        {"demo", s->demo ? STR("1") : STR("0")},
    };
    const struct page_shell view = {
        .language = language_of(request_header(req, "Accept-Language"), LANGUAGE_JA),
        .title = s->shop_title,
        .js = web_path(js),
        .css = web_path(css),
        .icon = web_path("icon.svg"),
        .manifest = web_path("manifest.webmanifest"),
        .attributes = attributes,
        .attributes_n = sizeof(attributes) / sizeof(attributes[0]),
    };

    page_shell_write(&b, &view);
    return reply_html(reply, 200, &b, e);
}

enum err_code
api_till_page(struct request *req, struct reply *reply, struct err *e)
{
    return shell(req, reply, "till.js", "till.css", e);
}

enum err_code
api_admin_page(struct request *req, struct reply *reply, struct err *e)
{
    return shell(req, reply, "admin.js", "admin.css", e);
}

/* ---------------------------------------------------------------- the demo */

static enum err_code
demo_only(const struct service *s, struct err *e)
{
    return s->demo ? OK : err_set(e, ERR_NOT_FOUND, "path_unknown", "this is not the demo");
}

enum err_code
api_demo_page(struct request *req, struct reply *reply, struct err *e)
{
    return demo_only(SERVICE(req), e) ? e->code : shell(req, reply, "demo.js", "demo.css", e);
}

enum err_code
api_demo_show(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);

    if (demo_only(s, e))
        return e->code;
    buf_text(&b, "{\"sim\":");
    buf_json(&b, s->sim_url);
    buf_text(&b, ",\"seed\":");
    buf_str_raw(&b, s->demo_json);
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_demo_code(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    char code[ENROL_CODE_SIZE];
    struct str shop = {0}, till = {0};
    int64_t id;

    if (demo_only(SERVICE(req), e) ||
        REQUEST_JSON(req, e, {"shop", JSON_KIND_TEXT, .min = 1, .max = 256, .out = &shop},
                     {"till", JSON_KIND_TEXT, .min = 1, .max = 256, .out = &till}) ||
        till_add(req->db, shop, till, req->now_ms, code, &id, e))
        return e->code;
    buf_format(&b, "{\"code\":\"%s\"}", code);
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- files, health, numbers */

enum err_code
api_static(struct request *req, struct reply *reply, struct err *e)
{
    const struct file *file = file_by_path(web_files, web_files_n, req->path);

    if (!file)
        return err_set(e, ERR_NOT_FOUND, "file_unknown", "no such file");
    return reply_file(reply, file);
}

enum err_code
api_health(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 64);

    buf_text(&b, "{\"ok\":true}");
    return reply_json(reply, 200, &b, e);
}

/* Even empty, or twice: what request_header would not tell. */
static bool
came_by_proxy(const struct request *req)
{
    for (size_t i = 0; i < req->headers; i++) {
        struct str name = req->header[i].name;

        if (str_eq_nocase(name, STR("X-Forwarded-For")) || str_eq_nocase(name, STR("X-Real-IP")) ||
            str_eq_nocase(name, STR("Forwarded")))
            return true;
    }
    return false;
}

static bool
is_local(const struct request *req)
{
    return (str_eq(req->peer, STR("127.0.0.1")) || str_eq(req->peer, STR("::1")) || !req->peer.n) &&
           !came_by_proxy(req);
}

static void
counter(struct buf *b, const char *name, const char *help, uint64_t value)
{
    buf_format(b, "# HELP stampd_%s %s\n# TYPE stampd_%s counter\nstampd_%s %" PRIu64 "\n", name,
               help, name, name, value);
}

enum err_code
api_metrics(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    const struct service_counts *c = &s->counts;
    struct buf b = buf_new(req->arena, METRICS_MAX);

    if (!is_local(req))
        return err_set(e, ERR_NOT_FOUND, "path_unknown", "metrics are for this machine");
    counter(&b, "grants_total", "grants made at tills", c->grants);
    counter(&b, "reversals_total", "grants reversed", c->reversals);
    counter(&b, "redemptions_total", "vouchers redeemed", c->redemptions);
    counter(&b, "logins_total", "members signed in", c->logins);
    counter(&b, "events_received_total", "webhook events received", c->events_received);
    counter(&b, "events_repeated_total", "webhook events received before", c->events_repeated);
    counter(&b, "events_forged_total", "webhooks with a wrong signature", c->events_forged);
    counter(&b, "scheduler_rounds_total", "rounds of the scheduler: it must not stand still",
            c->rounds);
    counter(&b, "notices_seen_total", "notices the open card showed for nothing", c->notices_seen);
    counter(&b, "pushes_sent_total", "pushes LINE accepted", c->pushes_sent);
    counter(&b, "pushes_failed_total", "pushes that ended otherwise", c->pushes_failed);
    counter(&b, "replies_sent_total", "replies LINE accepted", c->replies_sent);
    s->measure(s->app, &b);
    if (buf_failed(&b))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "metrics");
    reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    reply->status = 200;
    reply->body = buf_str(&b);
    return OK;
}
