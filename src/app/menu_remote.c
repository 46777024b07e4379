#include "app/menu_remote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "line/token.h"
#include "line/transport.h"

#define PATIENCE_MS 30000
#define TRIES 3
#define PAUSE_MS 300
#define PATH_MAX_BYTES 256

struct menu_remote {
    const struct config *config;
    struct transport *transport;
    struct token token;
    char *authorization; /* the header line */
    int64_t now_ms, started_ms;
};

/* One call: what is asked, and what came back. */
struct call_to {
    const char *method;
    const char *base; /* a host of LINE's */
    const char *path;
    const char *content_type;
    struct str body;
    bool may_repeat;
    struct exchange x;
};

static int64_t
now_of(const struct menu_remote *r)
{
    return r->now_ms + (clock_monotonic_ms() - r->started_ms);
}

static void
arrived(struct exchange *x)
{
    *(bool *)x->context = true;
}

/* x->status 0: nobody answered. Clear it afterwards. */
static void
fetch(struct menu_remote *r, struct exchange *x)
{
    struct err e = {0};
    bool done = false;

    x->context = &done;
    x->done = arrived;
    if (transport_start(r->transport, x, &e)) {
        snprintf(x->failure, sizeof(x->failure), "%s", e.text);
        return;
    }
    while (!done)
        (void)transport_step(r->transport, 1000);
}

/* ---------------------------------------------------------------- the token */

static enum err_code
renew_token(struct menu_remote *r, struct err *e)
{
    const struct config *c = r->config;
    struct arena *a = arena_new(64 * KIB);
    struct buf form;
    struct exchange x = {
        .method = "POST",
        .headers = {"Content-Type: application/x-www-form-urlencoded"},
        .timeout_ms = PATIENCE_MS,
    };
    enum err_code code;
    size_t n;

    if (!a)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "token");
    form = buf_new(a, 4 * KIB);
    token_request(&form, str_of(c->channel_id), str_of(c->channel_secret));
    x.url = arena_format(a, "%s/oauth2/v3/token", c->line_api_url);
    x.body = buf_str(&form);
    fetch(r, &x);
    token_clear(&r->token);
    free(r->authorization);
    r->authorization = NULL;
    code = token_response(x.answer, now_of(r), &r->token, e);
    if (x.status == 0)
        code = err_set(e, ERR_UPSTREAM, "line_unreachable", "cannot reach %s: %s", c->line_api_url,
                       x.failure);
    else if (code)
        code = err_set(e, ERR_UPSTREAM, "line_refused",
                       "LINE gives no token for channel %s (answer %d): `stampd doctor` says why",
                       c->channel_id, x.status);
    exchange_clear(&x);
    arena_free(a);
    if (code)
        return code;
    n = strlen(r->token.text) + sizeof("Authorization: Bearer ");
    r->authorization = malloc(n);
    if (!r->authorization)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "token");
    snprintf(r->authorization, n, "Authorization: Bearer %s", r->token.text);
    return OK;
}

/* The demo must never write to LINE itself. */
static enum err_code
check_settings(const struct config *c, struct err *e)
{
    if (!c->channel_id || !c->channel_secret)
        return err_field(e, ERR_INPUT, "setting_missing", "CHANNEL_ID",
                         "CHANNEL_ID and CHANNEL_SECRET are needed: `stampd doctor` says where "
                         "they stand");
    if (c->demo && str_starts(str_of(c->line_data_url), STR("https://")))
        return err_field(e, ERR_INPUT, "setting_invalid", "LINE_DATA_URL",
                         "the demo never talks to LINE itself");
    return OK;
}

enum err_code
menu_remote_open(struct menu_remote **out, const struct config *config, int64_t now_ms,
                 struct err *e)
{
    const struct transport_options options = {.allow_http_loopback = true};
    struct menu_remote *r;

    if (check_settings(config, e))
        return e->code;
    signal(SIGPIPE, SIG_IGN); /* transport.h */
    r = calloc(1, sizeof(*r));
    if (!r)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "calls to LINE");
    *r = (struct menu_remote){.config = config,
                              .transport = transport_new(&options),
                              .now_ms = now_ms,
                              .started_ms = clock_monotonic_ms()};
    if (!r->transport)
        err_set(e, ERR_INTERNAL, "out_of_memory", "calls to LINE");
    if (!r->transport || renew_token(r, e)) {
        menu_remote_close(r);
        return e->code;
    }
    *out = r;
    return OK;
}

void
menu_remote_close(struct menu_remote *r)
{
    if (!r)
        return;
    transport_free(r->transport);
    token_clear(&r->token);
    free(r->authorization);
    free(r);
}

/* ---------------------------------------------------------------- one call */

static bool
is_worth_repeating(const struct call_to *c)
{
    return c->may_repeat && (c->x.status == 0 || c->x.status >= 500);
}

static void
pause_between(int tries)
{
    const struct timespec t = {.tv_nsec = (long)PAUSE_MS * 1000000L * tries};

    nanosleep(&t, NULL);
}

/* LINE's {"message"}, printable. */
static void
words_of(struct str answer, char out[120])
{
    size_t n = 0;

    for (size_t i = 0; i < answer.n && n + 1 < 120; i++)
        if (answer.at[i] >= ' ' && answer.at[i] <= '~')
            out[n++] = answer.at[i];
    out[n] = '\0';
}

static enum err_code
judge(const struct call_to *c, struct err *e)
{
    char words[120];

    if (c->x.status >= 200 && c->x.status < 300)
        return OK;
    if (c->x.status == 0)
        return err_set(e, ERR_UPSTREAM, "line_unreachable", "%s %s: no answer: %s", c->method,
                       c->path, c->x.failure);
    if (c->x.status == 429)
        return err_set(e, ERR_LIMIT, "line_limit", "%s %s: LINE was asked too often", c->method,
                       c->path);
    words_of(c->x.answer, words);
    return err_set(e, c->x.status == 404 ? ERR_NOT_FOUND : ERR_UPSTREAM, "line_refused",
                   "%s %s: LINE answered %d: %s", c->method, c->path, c->x.status, words);
}

/* Ask, and say what came of it. c->x is to be cleared whatever that was. */
static enum err_code
ask(struct menu_remote *r, struct call_to *c, struct err *e)
{
    char url[512];

    snprintf(url, sizeof(url), "%s%s", c->base ? c->base : r->config->line_api_url, c->path);
    for (int tries = 1;; tries++) {
        if (token_is_due(&r->token, now_of(r)) && renew_token(r, e))
            return e->code;
        c->x = (struct exchange){
            .method = c->method,
            .url = url,
            .headers = {r->authorization, c->content_type},
            .body = c->body,
            .timeout_ms = PATIENCE_MS,
            .answer_max = MENU_LIST_BYTES_MAX,
            .once = !c->may_repeat,
        };
        fetch(r, &c->x);
        if (tries == TRIES || !is_worth_repeating(c))
            return judge(c, e);
        exchange_clear(&c->x);
        pause_between(tries);
    }
}

/* For calls whose answer says nothing. */
static enum err_code
tell(struct menu_remote *r, struct call_to *c, struct err *e)
{
    enum err_code code = ask(r, c, e);

    exchange_clear(&c->x);
    return code;
}

/* The same where it does not matter that there is nothing to be told about. */
static enum err_code
tell_if_there(struct menu_remote *r, struct call_to *c, struct err *e)
{
    enum err_code code = tell(r, c, e);

    if (code != ERR_NOT_FOUND)
        return code;
    *e = (struct err){0};
    return OK;
}

/* ---------------------------------------------------------------- what LINE has */

enum err_code
menu_remote_list(struct menu_remote *r, struct arena *a, struct menu_listed **out, size_t *n_out,
                 struct err *e)
{
    struct call_to c = {.method = "GET", .path = "/v2/bot/richmenu/list", .may_repeat = true};
    enum err_code code = ask(r, &c, e);

    if (!code)
        code = menu_read_list(c.x.answer, a, out, n_out, e);
    exchange_clear(&c.x);
    return code;
}

enum err_code
menu_remote_aliases(struct menu_remote *r, struct arena *a, struct menu_alias **out, size_t *n_out,
                    struct err *e)
{
    struct call_to c = {.method = "GET", .path = "/v2/bot/richmenu/alias/list", .may_repeat = true};
    enum err_code code = ask(r, &c, e);

    if (!code)
        code = menu_read_aliases(c.x.answer, a, out, n_out, e);
    exchange_clear(&c.x);
    return code;
}

enum err_code
menu_remote_default(struct menu_remote *r, char id_out[MENU_ID_SIZE], struct err *e)
{
    struct call_to c = {.method = "GET", .path = "/v2/bot/user/all/richmenu", .may_repeat = true};
    enum err_code code = ask(r, &c, e);

    id_out[0] = '\0';
    if (!code)
        code = menu_read_id(c.x.answer, id_out, e);
    else if (code == ERR_NOT_FOUND || c.x.status == 403) { /* 403: set in LINE's own manager */
        *e = (struct err){0};
        code = OK;
    }
    exchange_clear(&c.x);
    return code;
}

/* ---------------------------------------------------------------- making */

#define JSON_TYPE "Content-Type: application/json"

enum err_code
menu_remote_validate(struct menu_remote *r, struct str json, struct err *e)
{
    return tell(r,
                &(struct call_to){.method = "POST",
                                  .path = "/v2/bot/richmenu/validate",
                                  .content_type = JSON_TYPE,
                                  .body = json,
                                  .may_repeat = true},
                e);
}

enum err_code
menu_remote_create(struct menu_remote *r, struct str json, char id_out[MENU_ID_SIZE], struct err *e)
{
    struct call_to c = {
        .method = "POST", .path = "/v2/bot/richmenu", .content_type = JSON_TYPE, .body = json};
    enum err_code code = ask(r, &c, e);

    if (!code)
        code = menu_read_id(c.x.answer, id_out, e);
    exchange_clear(&c.x);
    return code;
}

/* LINE refuses a second picture with 400, as it does a bad one: only its own copy tells. */
static enum err_code
has_picture(struct menu_remote *r, const char *path, struct err *e)
{
    return tell(
        r,
        &(struct call_to){
            .method = "GET", .base = r->config->line_data_url, .path = path, .may_repeat = true},
        e);
}

enum err_code
menu_remote_upload(struct menu_remote *r, const char *id, struct str png, struct err *e)
{
    char path[PATH_MAX_BYTES];
    struct call_to c = {.method = "POST",
                        .base = r->config->line_data_url,
                        .path = path,
                        .content_type = "Content-Type: image/png",
                        .body = png,
                        .may_repeat = true};
    struct err none = {0};
    enum err_code code;
    int status;

    snprintf(path, sizeof(path), "/v2/bot/richmenu/%s/content", id);
    code = ask(r, &c, e);
    status = c.x.status;
    exchange_clear(&c.x);
    if (!code || status != 400 || has_picture(r, path, &none))
        return code;
    *e = (struct err){0};
    return OK;
}

enum err_code
menu_remote_alias(struct menu_remote *r, const char *alias, const char *id, bool is_known,
                  struct err *e)
{
    char path[PATH_MAX_BYTES] = "/v2/bot/richmenu/alias", body[256];

    if (is_known) {
        snprintf(path, sizeof(path), "/v2/bot/richmenu/alias/%s", alias);
        snprintf(body, sizeof(body), "{\"richMenuId\":\"%s\"}", id);
    } else {
        snprintf(body, sizeof(body), "{\"richMenuAliasId\":\"%s\",\"richMenuId\":\"%s\"}", alias,
                 id);
    }
    return tell(r,
                &(struct call_to){.method = "POST",
                                  .path = path,
                                  .content_type = JSON_TYPE,
                                  .body = str_of(body),
                                  .may_repeat = is_known},
                e);
}

enum err_code
menu_remote_set_default(struct menu_remote *r, const char *id, struct err *e)
{
    char path[PATH_MAX_BYTES];

    snprintf(path, sizeof(path), "/v2/bot/user/all/richmenu/%s", id);
    return tell(r, &(struct call_to){.method = "POST", .path = path, .may_repeat = true}, e);
}

/* ---------------------------------------------------------------- removing */

static enum err_code
drop(struct menu_remote *r, const char *path, struct err *e)
{
    return tell_if_there(r, &(struct call_to){.method = "DELETE", .path = path, .may_repeat = true},
                         e);
}

enum err_code
menu_remote_clear_default(struct menu_remote *r, struct err *e)
{
    return drop(r, "/v2/bot/user/all/richmenu", e);
}

enum err_code
menu_remote_drop_alias(struct menu_remote *r, const char *alias, struct err *e)
{
    char path[PATH_MAX_BYTES];

    snprintf(path, sizeof(path), "/v2/bot/richmenu/alias/%s", alias);
    return drop(r, path, e);
}

enum err_code
menu_remote_drop(struct menu_remote *r, const char *id, struct err *e)
{
    char path[PATH_MAX_BYTES];

    snprintf(path, sizeof(path), "/v2/bot/richmenu/%s", id);
    return drop(r, path, e);
}
