#include "sim/sim_sender.h"

#include "base/clock.h"
#include "base/codec.h"
#include "base/digest.h"
#include "sim/demo_values.h"
#include "sim/sim_event.h"
#include "sim/sim_menu.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANSWER_MS 10000
#define CONNECT_MS 2000
#define REDELIVERIES_MAX 3
#define DEPTH 100000 /* of a body that is nested on purpose */

struct sim_sender {
    pthread_t thread;
    pthread_cond_t work;
    CURL *curl;
    struct sim_delivery at[SIM_DELIVERIES_MAX]; /* delivery n stands at n % SIM_DELIVERIES_MAX */
    int64_t last;
};

bool
sim_is_loopback_url(struct str url)
{
    static const char *const hosts[] = {"127.0.0.1", "[::1]", "localhost"};

    if (!str_skip(&url, STR("http://")))
        return false;
    for (size_t i = 0; i < 3; i++) {
        struct str rest = url;

        if (str_skip(&rest, str_of(hosts[i])) &&
            (rest.n == 0 || rest.at[0] == ':' || rest.at[0] == '/' || rest.at[0] == '?'))
            return memchr(rest.at, '@', rest.n) == NULL;
    }
    return false;
}

static void
clear(struct sim_delivery *delivery)
{
    json_decref(delivery->events);
    free(delivery->body);
    *delivery = (struct sim_delivery){0};
}

/* LINE writes emoji as two \uXXXX escapes; the signature is over the bytes with the escapes. */
static void
write_body(struct sim_delivery *delivery, const struct sim_parcel *parcel)
{
    json_t *body = json_pack("{s:s, s:O}", "destination",
                             parcel->destination != NULL ? parcel->destination : SIM_BOT_USER_ID,
                             "events", delivery->events);
    char *text;

    if (parcel->pad_bytes > 0) {
        char *pad = sim_alloc((size_t)parcel->pad_bytes + 1);

        memset(pad, '.', (size_t)parcel->pad_bytes);
        json_object_set_new(body, "somethingLong", json_string(pad));
        free(pad);
    }
    text = json_dumps(body, JSON_COMPACT);
    if (parcel->escapes || strpbrk(text, "\xf0\xf1\xf2\xf3\xf4") != NULL) {
        free(text);
        text = json_dumps(body, JSON_COMPACT | JSON_ENSURE_ASCII);
    }
    json_decref(body);
    delivery->body = text;
    delivery->body_n = strlen(text);
}

/* Replace the body's opening brace by `front` and n times '[' and ']' behind it. */
static void
put_in_front(struct sim_delivery *delivery, struct str front, size_t deep)
{
    size_t n = front.n + 2 * deep + delivery->body_n;
    char *text = malloc(n + 1), *at = text;

    if (text == NULL)
        abort();
    at = (char *)memcpy(at, front.at, front.n) + front.n;
    at = (char *)memset(at, '[', deep) + deep;
    at = (char *)memset(at, ']', deep) + deep;
    *at++ = ',';
    memcpy(at, delivery->body + 1, delivery->body_n); /* the NUL as well */
    free(delivery->body);
    delivery->body = text;
    delivery->body_n = n;
}

static void
spoil(struct sim_delivery *delivery, enum sim_damage damage)
{
    switch (damage) {
    case DAMAGE_NONE:
        break;
    case DAMAGE_TRUNCATED: /* jansson's memory is malloc's */
        delivery->body_n = delivery->body_n * 2 / 3;
        delivery->body[delivery->body_n] = '\0';
        break;
    case DAMAGE_NESTED:
        put_in_front(delivery, STR("{\"deep\":"), DEPTH);
        break;
    case DAMAGE_NOT_UTF8:
        put_in_front(delivery, STR("{\"odd\":\"\xff\""), 0);
        break;
    }
}

static void
sign(const struct sim *sim, struct sim_delivery *delivery, enum sim_signature kind)
{
    const char *secret = kind == SIGNATURE_OTHER ? sim->login.secret : sim->messaging.secret;
    struct str parts[] = {{delivery->body, delivery->body_n}, STR(" ")};
    uint8_t digest[SHA256_SIZE];

    if (kind == SIGNATURE_MISSING || kind == SIGNATURE_EMPTY)
        return;
    hmac_sha256(secret, strlen(secret), parts, kind == SIGNATURE_BAD ? 2 : 1, digest);
    base64_encode(digest, sizeof(digest), delivery->signature);
}

int64_t
sim_sender_queue(struct sim *sim, const struct sim_parcel *parcel)
{
    struct sim_sender *sender = sim->sender;
    const char *url = parcel->url != NULL ? parcel->url : sim->webhook;
    struct sim_delivery *delivery = &sender->at[(sender->last + 1) % SIM_DELIVERIES_MAX];

    if (url[0] == '\0' || (delivery->number > 0 && !delivery->is_done))
        return 0;
    clear(delivery);
    delivery->number = ++sender->last;
    delivery->events = json_incref(parcel->events);
    delivery->how = *parcel;
    delivery->how.url = delivery->how.destination = NULL; /* borrowed, and used up here */
    delivery->how.events = NULL;
    delivery->due_ms = clock_monotonic_ms() + parcel->wait_ms;
    str_copy(str_of(url), delivery->url, sizeof(delivery->url));
    write_body(delivery, parcel);
    spoil(delivery, parcel->damage);
    sign(sim, delivery, parcel->signature);
    sim_sender_wake(sim);
    return delivery->number;
}

void
sim_sender_wake(struct sim *sim)
{
    pthread_cond_signal(&sim->sender->work);
}

static size_t
ignore_answer(char *bytes, size_t size, size_t n, void *context)
{
    (void)bytes, (void)context;
    return size * n;
}

struct outcome {
    int status;
    char reason[96];
    int64_t took_ms;
};

/* Without the lock: everything it needs has been copied or belongs to a place that is not reused.
 */
static struct outcome
post(CURL *curl, const struct sim_delivery *delivery)
{
    struct outcome out = {0};
    struct curl_slist *headers = NULL;
    char line[96], problem[CURL_ERROR_SIZE] = "";
    int64_t begun_ms = clock_monotonic_ms();
    long status = 0;
    CURLcode code;

    headers = curl_slist_append(headers, "Content-Type: application/json; charset=utf-8");
    headers = curl_slist_append(headers, "Expect:");
    if (delivery->how.signature == SIGNATURE_EMPTY) {
        headers = curl_slist_append(headers, "x-line-signature;");
    } else if (delivery->how.signature != SIGNATURE_MISSING) {
        snprintf(line, sizeof(line), "x-line-signature: %s", delivery->signature);
        headers = curl_slist_append(headers, line);
    }
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, delivery->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "LineBotWebhook/2.0");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, delivery->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)delivery->body_n);
    curl_easy_setopt(curl, CURLOPT_MAX_SEND_SPEED_LARGE, (curl_off_t)delivery->how.bytes_per_s);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    out.status = code == CURLE_OK ? (int)status : 0;
    if (code != CURLE_OK)
        snprintf(out.reason, sizeof(out.reason), "%.90s",
                 problem[0] != '\0' ? problem : curl_easy_strerror(code));
    out.took_ms = clock_monotonic_ms() - begun_ms;
    curl_slist_free_all(headers);
    return out;
}

/* LINE repeats what was not answered with 2xx, when the console's switch is on. */
static void
maybe_again(struct sim *sim, const struct sim_delivery *delivery)
{
    bool failed = delivery->status < 200 || delivery->status > 299;
    struct sim_parcel parcel = delivery->how;

    if (!(delivery->how.again ||
          (failed && sim->is_redelivering && delivery->how.attempt < REDELIVERIES_MAX)))
        return;
    parcel.again = false;
    parcel.attempt++;
    parcel.wait_ms = failed ? SECOND_MS << (parcel.attempt - 1) : 0;
    parcel.events = sim_event_redelivered(sim, delivery->events);
    parcel.url = delivery->url;
    sim_sender_queue(sim, &parcel);
    json_decref(parcel.events);
}

/* The oldest that is due; else NULL, and how long until there is one. */
static struct sim_delivery *
next_due(struct sim_sender *sender, int64_t *wait_ms)
{
    int64_t first = sender->last - SIM_DELIVERIES_MAX + 1;
    int64_t now_ms = clock_monotonic_ms();

    *wait_ms = MINUTE_MS;
    for (int64_t n = first > 1 ? first : 1; n <= sender->last; n++) {
        struct sim_delivery *delivery = &sender->at[n % SIM_DELIVERIES_MAX];

        if (delivery->is_done)
            continue;
        if (delivery->due_ms <= now_ms)
            return delivery;
        if (delivery->due_ms - now_ms < *wait_ms)
            *wait_ms = delivery->due_ms - now_ms;
    }
    return NULL;
}

static void *
run(void *context)
{
    struct sim *sim = context;
    struct sim_sender *sender = sim->sender;

    pthread_mutex_lock(&sim->lock);
    while (!sim->stopping) {
        int64_t wait_ms, batch_ms = sim_batch_step(sim);
        struct sim_delivery *delivery = next_due(sender, &wait_ms);
        struct outcome outcome;
        int times = 1;

        if (delivery == NULL) {
            struct timespec until = sim_after(wait_ms < batch_ms ? wait_ms : batch_ms);

            pthread_cond_timedwait(&sender->work, &sim->lock, &until);
            continue;
        }
        if (sim_fault_doubles_webhooks(sim))
            times = 2;
        pthread_mutex_unlock(&sim->lock);
        while (times-- > 0)
            outcome = post(sender->curl, delivery);
        pthread_mutex_lock(&sim->lock);
        delivery->status = outcome.status;
        memcpy(delivery->reason, outcome.reason, sizeof(delivery->reason));
        delivery->took_ms = outcome.took_ms;
        delivery->is_done = true;
        maybe_again(sim, delivery);
        pthread_cond_broadcast(&sim->changed);
    }
    pthread_mutex_unlock(&sim->lock);
    return NULL;
}

enum err_code
sim_sender_start(struct sim *sim, struct err *e)
{
    struct sim_sender *sender = sim_alloc(sizeof(*sender));

    clock_cond_init(&sender->work);
    sender->curl = curl_easy_init();
    sim->sender = sender;
    if (sender->curl != NULL && pthread_create(&sender->thread, NULL, run, sim) == 0)
        return OK;
    curl_easy_cleanup(sender->curl);
    pthread_cond_destroy(&sender->work);
    free(sender);
    sim->sender = NULL;
    return err_set(e, ERR_INTERNAL, "internal", "the webhook sender cannot start");
}

void
sim_sender_stop(struct sim *sim)
{
    struct sim_sender *sender = sim->sender;

    if (sender == NULL)
        return;
    pthread_mutex_lock(&sim->lock);
    pthread_cond_broadcast(&sender->work); /* sim->stopping has been set */
    pthread_mutex_unlock(&sim->lock);
    pthread_join(sender->thread, NULL);
    for (size_t i = 0; i < SIM_DELIVERIES_MAX; i++)
        clear(&sender->at[i]);
    curl_easy_cleanup(sender->curl);
    pthread_cond_destroy(&sender->work);
    free(sender);
    sim->sender = NULL;
}

const struct sim_delivery *
sim_sender_wait(struct sim *sim, int64_t number, int64_t wait_ms)
{
    const struct sim_delivery *delivery = &sim->sender->at[number % SIM_DELIVERIES_MAX];
    struct timespec until = sim_after(wait_ms);

    while (!sim->stopping && delivery->number == number && !delivery->is_done) {
        if (pthread_cond_timedwait(&sim->changed, &sim->lock, &until) == ETIMEDOUT)
            break;
    }
    return delivery->number == number && delivery->is_done ? delivery : NULL;
}

/* Of a body that is not UTF-8 there is nothing to show. */
static json_t *
shown_body(const struct sim_delivery *delivery)
{
    json_t *body = json_stringn(delivery->body, delivery->body_n);

    return body != NULL ? body : json_null();
}

json_t *
sim_delivery_json(const struct sim_delivery *delivery)
{
    return json_pack(
        "{s:I, s:b, s:i, s:s, s:I, s:s, s:i, s:o, s:O}", "number", (json_int_t)delivery->number,
        "done", (int)delivery->is_done, "status", delivery->status, "reason", delivery->reason,
        "ms", (json_int_t)delivery->took_ms, "signature", delivery->signature, "attempt",
        delivery->how.attempt, "body", shown_body(delivery), "events", delivery->events);
}

json_t *
sim_sender_list(struct sim *sim)
{
    struct sim_sender *sender = sim->sender;
    int64_t first = sender->last - SIM_DELIVERIES_MAX + 1;
    json_t *list = json_array();

    for (int64_t n = first > 1 ? first : 1; n <= sender->last; n++)
        json_array_append_new(list, sim_delivery_json(&sender->at[n % SIM_DELIVERIES_MAX]));
    return list;
}
