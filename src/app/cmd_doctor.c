#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/doctor.h"
#include "base/clock.h"
#include "base/json.h"

#define PATIENCE_MS (15 * SECOND_MS) /* LINE waits for our webhook before it answers the test */

void
doctor_say(struct doctor *d, enum finding finding, const char *format, ...)
{
    static const char *const words[FINDINGS] = {"ok", "note", "warn", "FAIL"};
    char line[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    buf_format(d->call->out, "%-5s %s\n", words[finding], line);
    d->count[finding]++;
    if (finding == FAIL)
        d->call->failed = true;
    if (d->call->flush)
        d->call->flush(d->call);
}

const char *
doctor_shown(struct doctor *d, struct str text)
{
    char *out = arena_dup(d->arena, text.at ? text.at : "", text.n < 120 ? text.n : 120);

    for (char *c = out; c && *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return out ? out : "";
}

static void
arrived(struct exchange *x)
{
    *(bool *)x->context = true;
}

void
doctor_fetch(struct doctor *d, struct exchange *x)
{
    struct err e = {0};
    bool done = false;

    x->context = &done;
    x->done = arrived;
    if (transport_start(d->transport, x, &e)) {
        snprintf(x->failure, sizeof(x->failure), "%s", e.text);
        return;
    }
    while (!done)
        (void)transport_step(d->transport, 1000);
}

const char *
doctor_api(struct doctor *d, const char *path)
{
    return arena_format(d->arena, "%s%s", d->c->line_api_url, path);
}

struct str
doctor_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return str_of(text ? text : "");
}

json_t *
doctor_ask(struct doctor *d, const char *what, const char *path, const char *body,
           const struct token *token, int *status_out)
{
    struct exchange x = {
        .method = body ? "POST" : "GET",
        .url = doctor_api(d, path),
        .headers = {arena_format(d->arena, "Authorization: Bearer %s", token->text)},
        .body = body ? str_of(body) : (struct str){0},
        .timeout_ms = PATIENCE_MS,
    };
    json_t *value = NULL;
    struct err e = {0};

    if (body)
        x.headers[1] = "Content-Type: application/json";
    doctor_fetch(d, &x);
    *status_out = x.status;
    if (x.status == 0)
        doctor_say(d, FAIL, "%s: cannot reach %s: %s", what, d->c->line_api_url,
                   doctor_shown(d, str_of(x.failure)));
    else if (json_parse(x.answer, EXCHANGE_ANSWER_MAX, &value, &e))
        doctor_say(d, FAIL, "%s: LINE answered %d, and no JSON", what, x.status);
    exchange_clear(&x);
    return value;
}

static void
look_at_line(struct doctor *d)
{
    struct token login = {0}, bot = {0};

    if (!doctor_look_clock(d))
        return;
    doctor_take_tokens(d, &login, &bot);
    if (login.text)
        doctor_look_login(d, &login);
    if (bot.text)
        doctor_look_bot(d, &bot);
    if (login.text && bot.text)
        doctor_look_provider(d, &bot);
    token_clear(&login);
    token_clear(&bot);
}

static void
sum_up(struct doctor *d)
{
    const int *n = d->count;

    buf_format(d->call->out, "%d ok, %d to note, %d warned of, %d failed: %s\n", n[FINE], n[NOTE],
               n[WARN], n[FAIL],
               n[FAIL]   ? "something is wrong, see FAIL above"
               : n[WARN] ? "nothing is wrong, see warn above for what could be better"
                         : "nothing is wrong");
}

enum err_code
command_doctor(struct call *call, struct err *e)
{
    const struct transport_options options = {
        .allow_http_loopback = true,
        .ca_file = getenv("SSL_CERT_FILE"), /* as OpenSSL itself has it, see line/tls_chain.h */
    };
    struct doctor d = {
        .call = call,
        .c = call->config,
        .arena = call->arena,
        .started_ms = clock_monotonic_ms(),
    };

    signal(SIGPIPE, SIG_IGN); /* transport.h */
    d.transport = transport_new(&options);
    if (!d.transport)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory for requests");
    doctor_look_here(&d);
    doctor_look_outside(&d);
    look_at_line(&d);
    sum_up(&d);
    transport_free(d.transport);
    db_close(d.db);
    digest_wipe(&d.keys, sizeof(d.keys));
    return OK;
}
