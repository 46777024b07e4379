#include "app/channel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"

#define FORM_MAX (4 * KIB)
#define RETRY_MS SECOND_MS

struct fetch {
    struct exchange exchange;
    struct channel *channel;
    struct way way;
    char url[512];
    char form[FORM_MAX];
};

bool
channel_is_ready(const struct channel *c, int64_t now_ms)
{
    return token_is_usable(&c->token, now_ms);
}

bool
channel_is_refused(const struct channel *c, int64_t now_ms)
{
    return !channel_is_ready(c, now_ms) && !c->fetching && now_ms < c->after_ms;
}

/* ---------------------------------------------------------------- fetching */

static void
fetch_free(struct fetch *f)
{
    digest_wipe(f->form, sizeof(f->form)); /* the channel's secret */
    exchange_clear(&f->exchange);
    free(f);
}

static void
fetched(struct exchange *x)
{
    struct fetch *f = x->context;
    struct channel *c = f->channel;
    int64_t now_ms = clock_now_ms(c->clock);
    struct err e = {0};

    c->fetching = false;
    gate_ended(c->gate, f->way, x, now_ms);
    if (x->status == 0 ? err_set(&e, ERR_UPSTREAM, "line_unreachable", "%s", x->failure)
                       : token_response(x->answer, now_ms, &c->token, &e)) {
        c->after_ms = now_ms + RETRY_MS;
        LOG(LOG_WARN, "token.refused", L_TEXT("channel", c->name), L_INT("status", x->status),
            L_TEXT("line_request", x->request_id), L_TEXT("why", e.text));
    } else {
        c->number++;
        c->used = false;
    }
    fetch_free(f);
}

static enum err_code
fill_form(struct fetch *f, const struct channel_keys *keys, struct err *e)
{
    struct arena *a = arena_new(2 * FORM_MAX);
    struct buf form = buf_new(a, FORM_MAX);
    enum err_code code = OK;

    token_request(&form, keys->id, keys->secret);
    if (buf_failed(&form))
        code = err_set(e, ERR_INTERNAL, "out_of_memory", "token request");
    else
        memcpy(f->form, form.at, form.n);
    f->exchange.body = (struct str){f->form, form.n};
    if (form.n > 0)
        digest_wipe(form.at, form.n);
    arena_free(a);
    return code;
}

static void
fetch(struct channel *c, int64_t now_ms)
{
    struct fetch *f = calloc(1, sizeof(*f));
    struct err e = {0};

    if (f) {
        f->channel = c;
        snprintf(f->url, sizeof(f->url), "%.*s/oauth2/v3/token", (int)c->api_url.n, c->api_url.at);
        f->exchange = (struct exchange){
            .method = "POST",
            .url = f->url,
            .headers = {"Content-Type: application/x-www-form-urlencoded"},
            .context = f,
            .done = fetched,
        };
    }
    if (f && fill_form(f, &c->keys, &e) == OK) {
        int64_t wait_ms = RETRY_MS;

        f->way = gate_way(c->gate, "POST", f->url);
        if (!gate_lets_go(c->gate, f->way, now_ms, &wait_ms)) {
            fetch_free(f); /* looked at again when something has ended */
            return;
        }
        if (transport_start(c->transport, &f->exchange, &e) == OK) {
            c->fetching = true;
            return;
        }
        gate_ended(c->gate, f->way, &f->exchange, now_ms);
    }
    LOG(LOG_ERROR, "token.unsent", L_TEXT("channel", c->name),
        L_TEXT("why", f ? e.text : "no memory"));
    c->after_ms = now_ms + RETRY_MS;
    if (f)
        fetch_free(f);
}

void
channel_keep(struct channel *c, bool wanted, int64_t now_ms)
{
    bool needed = channel_is_ready(c, now_ms) ? c->used && token_is_due(&c->token, now_ms) : wanted;

    if (needed && !c->fetching && now_ms >= c->after_ms)
        fetch(c, now_ms);
}

/* ---------------------------------------------------------------- using */

uint64_t
channel_authorize(struct channel *c, char out[CHANNEL_AUTHORIZATION_SIZE])
{
    snprintf(out, CHANNEL_AUTHORIZATION_SIZE, "Authorization: Bearer %s", c->token.text);
    c->used = true;
    return c->number;
}

bool
channel_answered(struct channel *c, uint64_t number, int status)
{
    bool in_vain = status == 401 && c->is_second;

    if (status == 0 || number != c->number)
        return false; /* nothing said of the token there is now */
    if (status != 401) {
        c->is_second = false;
        return false;
    }
    token_clear(&c->token);
    c->number++; /* what is refused with it as well must not count as refused again */
    c->is_second = true;
    return in_vain;
}

void
channel_clear(struct channel *c)
{
    token_clear(&c->token);
}
