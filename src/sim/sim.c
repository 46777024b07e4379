#include "sim/sim.h"

#include "sim/demo_values.h"
#include "sim/sim_console.h"
#include "sim/sim_control.h"
#include "sim/sim_event.h"
#include "sim/sim_handlers.h"
#include "sim/sim_menu.h"
#include "sim/sim_rate.h"
#include "sim/sim_record.h"
#include "sim/sim_retry.h"
#include "sim/sim_sender.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PEOPLE 8
#define WORKERS 16         /* a handler that hangs on purpose holds one */
#define BODY_MAX (2 * MIB) /* LINE: 413 beyond */
#define ARENA_MAX (16 * MIB)

static const struct {
    const char *label, *code;
} languages[] = {{"ja", "ja"}, {"en", "en"}, {"zh-Hant", "zh-Hant"}, {"th", "th"}};

static const char *
either(const char *given, const char *otherwise)
{
    return given != NULL ? given : otherwise;
}

static bool
is_loopback(struct str listen)
{
    return str_starts(listen, STR("127.0.0.1:")) || str_starts(listen, STR("[::1]:")) ||
           str_starts(listen, STR("localhost:"));
}

/* "http://127.0.0.1:8080" of "http://127.0.0.1:8080/card" */
static void
copy_origin(const char *url, char *out, size_t cap)
{
    const char *host = strstr(url, "://");
    size_t n = host != NULL ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;

    str_copy((struct str){url, n}, out, cap);
}

/* What may stand in a Content-Security-Policy without ending it. */
static bool
is_plain_url(const char *url)
{
    return str_starts(str_of(url), STR("http")) && strpbrk(url, "'; \r\n") == NULL;
}

static enum err_code
take_urls(struct sim *sim, const struct sim_options *options, struct err *e)
{
    const char *webhook = either(options->webhook, SIM_WEBHOOK_URL);
    const char *liff = either(options->liff, SIM_LIFF_URL);
    int n;

    if (webhook[0] != '\0' && !sim_is_loopback_url(str_of(webhook)))
        return err_field(e, ERR_INPUT, "url_not_loopback", "webhook",
                         "webhooks go to loopback only, not to %s", webhook);
    if (!str_copy(str_of(webhook), sim->webhook, sizeof(sim->webhook)))
        return err_field(e, ERR_INPUT, "url_refused", "webhook", "URL too long");
    if (!is_plain_url(liff) || !str_copy(str_of(liff), sim->liff, sizeof(sim->liff)))
        return err_field(e, ERR_INPUT, "url_refused", "liff", "no such URL");
    copy_origin(sim->liff, sim->liff_origin, sizeof(sim->liff_origin));
    if (options->callback != NULL)
        n = snprintf(sim->callback, sizeof(sim->callback), "%s", options->callback);
    else
        n = snprintf(sim->callback, sizeof(sim->callback), "%s/line/callback", sim->liff_origin);
    if (n < 0 || (size_t)n >= sizeof(sim->callback) || !is_plain_url(sim->callback))
        return err_field(e, ERR_INPUT, "url_refused", "callback", "no such URL");
    return OK;
}

/*
 * The phone shows the LIFF page in a frame, and the service may show the phone in one. A form's
 * action covers where its redirect ends: at the callback.
 */
static void
write_csp(struct sim *sim)
{
    char callback_origin[SIM_URL_SIZE];

    copy_origin(sim->callback, callback_origin, sizeof(callback_origin));
    snprintf(sim->csp, sizeof(sim->csp),
             "default-src 'none'; script-src 'self'; style-src 'self'; "
             "img-src 'self' https: data:; connect-src 'self'; frame-src %s; "
             "form-action 'self' %s; base-uri 'none'; frame-ancestors 'self' %s",
             sim->liff_origin, callback_origin, sim->liff_origin);
}

static enum err_code
take_channels(struct sim *sim, const struct sim_options *options, struct err *e)
{
    const char *given[4] = {
        either(options->login.id, SIM_LOGIN_CHANNEL_ID),
        either(options->login.secret, SIM_LOGIN_CHANNEL_SECRET),
        either(options->messaging.id, SIM_MESSAGING_CHANNEL_ID),
        either(options->messaging.secret, SIM_MESSAGING_CHANNEL_SECRET),
    };

    for (size_t i = 0; i < 4; i++) {
        if (given[i][0] == '\0' ||
            !str_copy(str_of(given[i]), sim->channel_text[i], sizeof(sim->channel_text[i])))
            return err_set(e, ERR_INPUT, "channel_refused", "channel id or secret too long");
    }
    sim->login = (struct sim_channel){sim->channel_text[0], sim->channel_text[1]};
    sim->messaging = (struct sim_channel){sim->channel_text[2], sim->channel_text[3]};
    return OK;
}

static enum err_code
make_people(struct sim *sim, const struct sim_options *options, struct err *e)
{
    int64_t n = options->people != 0 ? options->people : PEOPLE;

    if (n < 1 || n > SIM_PEOPLE_MAX || options->strangers < 0 || options->strangers > n)
        return err_field(e, ERR_INPUT, "people_range", "people", "1 to %d people", SIM_PEOPLE_MAX);
    sim->people_n = (size_t)n;
    sim->people = sim_alloc(sim->people_n * sizeof(struct sim_person));
    for (size_t i = 0; i < sim->people_n; i++) {
        struct sim_person *person = &sim->people[i];

        person->number = (int)i + 1;
        person->language = languages[i % 4].code;
        person->is_friend = (int64_t)i < n - options->strangers;
        snprintf(person->user_id, sizeof(person->user_id), SIM_USER_ID_FORMAT, (unsigned)i + 1);
        snprintf(person->name, sizeof(person->name), "Shopper %d (%s)", person->number,
                 languages[i % 4].label);
    }
    return OK;
}

static void
make_routes(struct sim *sim)
{
    sim->routes = sim_alloc(sim_rows_n * sizeof(struct route));
    for (size_t i = 0; i < sim_rows_n; i++)
        sim->routes[i] = (struct route){
            .method = sim_rows[i].method,
            .path = sim_rows[i].path,
            .who = ANYONE,
            .mode = PLAIN,
            .handler = sim_gate,
            .body_max = sim_rows[i].body == EMPTY ? 0 : BODY_MAX,
        };
}

static enum err_code
start_server(struct sim *sim, const char *listen, struct err *e)
{
    const struct server_options options = {
        .listen = listen,
        .csp = sim->csp,
        .workers = WORKERS,
        .arena_max = ARENA_MAX,
        .clock = sim->clock,
        .routes = sim->routes,
        .routes_n = sim_rows_n,
    };
    const struct server_backend backend = {.service = sim};
    struct server *server = NULL;

    write_csp(sim);
    pthread_mutex_lock(&sim->lock); /* a request that is quick must wait until all is in place */
    if (server_start(&server, &options, &backend, e)) {
        pthread_mutex_unlock(&sim->lock);
        return err_wrap(e, "line-sim");
    }
    sim->server = server;
    snprintf(sim->base_url, sizeof(sim->base_url), "http://%s:%d",
             listen[0] == '[' ? "[::1]" : "127.0.0.1", server_port(server));
    pthread_mutex_unlock(&sim->lock);
    return OK;
}

static void
init_state(struct sim *sim, const struct sim_options *options)
{
    pthread_mutex_init(&sim->lock, NULL);
    clock_cond_init(&sim->changed);
    sim->clock = options->clock != NULL ? options->clock : &sim->own_clock;
    sim->record = -1;
    sim->quota = options->quota != 0 ? options->quota : SIM_QUOTA;
    sim->tokens = sim_table_new(sim_token_free);
    sim->codes = sim_table_new(free);
    sim->replies = sim_table_new(free);
    sim->links = sim_table_new(free);
    sim->unread = sim_table_new(free);
    sim->units = sim_table_new(free);
    sim->groups = sim_table_new(free);
    sim->retries = sim_table_new(sim_retry_free);
    sim->menus = sim_menus_new();
    sim->rates = sim_rates_new();
    sim->console = sim_console_new();
    sim_keys_init(&sim->keys);
    make_routes(sim);
}

enum err_code
sim_start(const struct sim_options *options, struct sim **out, struct err *e)
{
    const char *listen = either(options->listen, SIM_LISTEN);
    struct sim *sim;

    if (!is_loopback(str_of(listen)))
        return err_field(e, ERR_INPUT, "listen_not_loopback", "listen",
                         "line-sim gives everybody's tokens to anybody: loopback only, not %s",
                         listen);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    sim = sim_alloc(sizeof(*sim));
    init_state(sim, options);
    if (options->clock_file != NULL &&
        !str_copy(str_of(options->clock_file), sim->clock_file, sizeof(sim->clock_file))) {
        sim_stop(sim);
        return err_field(e, ERR_INPUT, "file_refused", "clock_file", "path too long");
    }
    if (sim_record_open(either(options->record, getenv("SIM_RECORD")), &sim->record, e) ||
        take_urls(sim, options, e) || take_channels(sim, options, e) ||
        make_people(sim, options, e) || sim_sender_start(sim, e) || start_server(sim, listen, e)) {
        sim_stop(sim);
        return e->code;
    }
    *out = sim;
    return OK;
}

void
sim_stop(struct sim *sim)
{
    if (sim == NULL)
        return;
    pthread_mutex_lock(&sim->lock);
    sim->stopping = true;
    pthread_cond_broadcast(&sim->changed);
    pthread_mutex_unlock(&sim->lock);
    server_stop(sim->server);
    sim_sender_stop(sim);
    for (size_t i = 0; i < SIM_TALK_MAX; i++)
        json_decref(sim->talk[i].messages);
    sim_table_free(sim->tokens);
    sim_table_free(sim->codes);
    sim_table_free(sim->replies);
    sim_table_free(sim->links);
    sim_table_free(sim->unread);
    sim_table_free(sim->units);
    sim_table_free(sim->groups);
    sim_table_free(sim->retries);
    sim_menus_free(sim->menus);
    sim_keys_clear(&sim->keys);
    free(sim->rates);
    free(sim->console);
    free(sim->routes);
    free(sim->people);
    if (sim->record >= 0)
        close(sim->record);
    pthread_cond_destroy(&sim->changed);
    pthread_mutex_destroy(&sim->lock);
    free(sim);
}

int
sim_port(const struct sim *sim)
{
    return server_port(sim->server);
}

size_t
sim_accepted(struct sim *sim, const char *retry_key)
{
    const struct sim_retry *retry;
    size_t n;

    pthread_mutex_lock(&sim->lock);
    retry = sim_retry_find(sim, str_of(retry_key));
    n = retry != NULL ? retry->accepted : 0;
    pthread_mutex_unlock(&sim->lock);
    return n;
}

size_t
sim_asked(struct sim *sim, const char *retry_key)
{
    const struct sim_retry *retry;
    size_t n;

    pthread_mutex_lock(&sim->lock);
    retry = sim_retry_find(sim, str_of(retry_key));
    n = retry != NULL ? retry->asked : 0;
    pthread_mutex_unlock(&sim->lock);
    return n;
}

size_t
sim_shown(struct sim *sim, int person)
{
    const struct sim_person *found;
    size_t n;

    pthread_mutex_lock(&sim->lock);
    found = sim_person(sim, person);
    n = found != NULL ? found->shown : 0;
    pthread_mutex_unlock(&sim->lock);
    return n;
}

size_t
sim_hidden(struct sim *sim, int person)
{
    const struct sim_person *found;
    size_t n;

    pthread_mutex_lock(&sim->lock);
    found = sim_person(sim, person);
    n = found != NULL ? found->hidden : 0;
    pthread_mutex_unlock(&sim->lock);
    return n;
}

json_t *
sim_snapshot(struct sim *sim)
{
    json_t *state;

    pthread_mutex_lock(&sim->lock);
    state = sim_state_json(sim, 0);
    pthread_mutex_unlock(&sim->lock);
    return state;
}

json_t *
sim_deliveries(struct sim *sim)
{
    json_t *list;

    pthread_mutex_lock(&sim->lock);
    list = sim_sender_list(sim);
    pthread_mutex_unlock(&sim->lock);
    return list;
}
