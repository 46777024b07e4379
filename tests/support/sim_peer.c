#include "tests/support/sim_peer.h"

#include "sim/demo_values.h"
#include "tests/support/check.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PATIENCE_MS 15000

static size_t
take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct sim_peer *p = context;
    size_t have = strlen(p->text);

    if (have + size * n >= sizeof(p->text))
        return 0;
    memcpy(p->text + have, bytes, size * n);
    p->text[have + size * n] = '\0';
    return size * n;
}

static void
take_value(struct str line, struct str name, char *out, size_t cap)
{
    if (line.n > name.n && strncasecmp(line.at, name.at, name.n) == 0)
        str_copy(str_trim((struct str){line.at + name.n, line.n - name.n}), out, cap);
}

static size_t
take_header(char *bytes, size_t size, size_t n, void *context)
{
    struct sim_peer *p = context;
    struct str line = {bytes, size * n};

    while (line.n > 0 && (line.at[line.n - 1] == '\r' || line.at[line.n - 1] == '\n'))
        line.n--;
    take_value(line, STR("x-line-request-id:"), p->request_id, sizeof(p->request_id));
    take_value(line, STR("x-line-accepted-request-id:"), p->accepted_id, sizeof(p->accepted_id));
    take_value(line, STR("location:"), p->location, sizeof(p->location));
    return size * n;
}

static void
forget_answer(struct sim_peer *p)
{
    json_decref(p->json);
    p->json = NULL;
    p->status = 0;
    p->text[0] = p->request_id[0] = p->accepted_id[0] = p->location[0] = '\0';
}

static int
call(struct sim_peer *p, const char *base, const char *method, const char *path,
     const char *const *headers, struct str body)
{
    struct curl_slist *lines = curl_slist_append(NULL, "Expect:");
    CURL *curl = curl_easy_init();
    char url[8192];
    long status = 0;
    int64_t begun_ms = clock_monotonic_ms();

    CHECK_THAT(curl != NULL);
    forget_answer(p);
    snprintf(url, sizeof(url), "%s%s", base, path);
    for (; headers != NULL && *headers != NULL; headers++)
        lines = curl_slist_append(lines, *headers);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    if (body.at != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.at);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, p);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)PATIENCE_MS);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    p->took_ms = clock_monotonic_ms() - begun_ms;
    p->status = (int)status;
    p->json = json_loads(p->text, 0, NULL);
    curl_slist_free_all(lines);
    curl_easy_cleanup(curl);
    return p->status;
}

int
sim_peer_call(struct sim_peer *p, const char *method, const char *path, const char *const *headers,
              const char *body)
{
    return call(p, p->base, method, path, headers, body != NULL ? str_of(body) : (struct str){0});
}

static const char *
bearer(char *line, size_t cap, const char *token)
{
    snprintf(line, cap, "Authorization: Bearer %s", token != NULL ? token : "");
    return token != NULL ? line : NULL;
}

int
sim_peer_get(struct sim_peer *p, const char *path, const char *token)
{
    char line[2200];
    const char *headers[] = {bearer(line, sizeof(line), token), NULL};

    return sim_peer_call(p, "GET", path, headers, NULL);
}

int
sim_peer_form(struct sim_peer *p, const char *path, const char *form)
{
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded", NULL};

    return sim_peer_call(p, "POST", path, headers, form);
}

int
sim_peer_json(struct sim_peer *p, const char *path, const char *token, const char *json)
{
    char line[2200];
    const char *headers[] = {"Content-Type: application/json", bearer(line, sizeof(line), token),
                             NULL};

    return sim_peer_call(p, "POST", path, headers, json);
}

int
sim_peer_send(struct sim_peer *p, const char *path, const char *json, const char *retry_key)
{
    char line[2200], key[128];
    const char *headers[] = {"Content-Type: application/json; charset=UTF-8",
                             bearer(line, sizeof(line), p->token), NULL, NULL};

    if (retry_key != NULL) {
        snprintf(key, sizeof(key), "X-Line-Retry-Key: %s", retry_key);
        headers[2] = key;
    }
    return sim_peer_call(p, "POST", path, headers, json);
}

int
sim_peer_upload(struct sim_peer *p, const char *menu, const char *type, struct str bytes)
{
    char line[2200], path[128], content[64];
    const char *headers[] = {content, bearer(line, sizeof(line), p->token), NULL};

    snprintf(path, sizeof(path), "/v2/bot/richmenu/%s/content", menu);
    snprintf(content, sizeof(content), "Content-Type: %s", type);
    return call(p, p->data_base, "POST", path, headers, bytes);
}

void
sim_peer_start(struct sim_peer *p, const struct sim_options *options)
{
    struct sim_options with = options != NULL ? *options : (struct sim_options){.webhook = ""};
    struct err e = {0};

    memset(p, 0, sizeof(*p));
    atomic_store(&p->clock.fixed_ms, SIM_PEER_NOW_MS);
    with.listen = "127.0.0.1:0";
    with.clock = &p->clock;
    CHECK_OK(sim_start(&with, &p->sim, &e), e);
    snprintf(p->base, sizeof(p->base), "http://127.0.0.1:%d", sim_port(p->sim));
    snprintf(p->data_base, sizeof(p->data_base), "http://localhost:%d", sim_port(p->sim));
    sim_peer_renew_token(p);
}

void
sim_peer_stop(struct sim_peer *p)
{
    forget_answer(p);
    sim_stop(p->sim);
}

void
sim_peer_renew_token(struct sim_peer *p)
{
    CHECK_INT(sim_peer_form(p, "/oauth2/v3/token",
                            "grant_type=client_credentials&client_id=" SIM_MESSAGING_CHANNEL_ID
                            "&client_secret=" SIM_MESSAGING_CHANNEL_SECRET),
              200);
    CHECK_THAT(str_copy(str_of(sim_peer_text(p, "/access_token")), p->token, sizeof(p->token)));
}

static const json_t *
at_place(const struct sim_peer *p, const char *place)
{
    struct str rest = str_of(place);
    const json_t *value = p->json;

    str_skip(&rest, STR("/"));
    while (rest.n > 0) {
        struct str step;
        char name[64];
        uint64_t index;

        if (!str_until(&rest, '/', &step)) {
            step = rest;
            rest.n = 0;
        }
        CHECK_THAT(str_copy(step, name, sizeof(name)));
        if (json_is_array(value) && str_number(&step, &index, 1000000))
            value = json_array_get(value, index);
        else
            value = json_object_get(value, name);
    }
    return value;
}

const char *
sim_peer_text(const struct sim_peer *p, const char *place)
{
    const char *text = json_string_value(at_place(p, place));

    return text != NULL ? text : "";
}

int64_t
sim_peer_int(const struct sim_peer *p, const char *place)
{
    const json_t *value = at_place(p, place);

    return json_is_true(value) ? 1 : (int64_t)json_number_value(value);
}

static char *
next_place(void)
{
    static char places[4][4096];
    static unsigned next;

    return places[next++ % 4];
}

struct str
sim_peer_png(uint32_t width, uint32_t height)
{
    static const char header[33] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR........\x08\x02\0\0\0";
    char *out = next_place();

    memcpy(out, header, sizeof(header));
    for (int i = 0; i < 4; i++) {
        out[16 + i] = (char)(width >> (24 - 8 * i));
        out[20 + i] = (char)(height >> (24 - 8 * i));
    }
    return (struct str){out, sizeof(header)};
}

const char *
sim_peer_user(int person)
{
    char *out = next_place();

    snprintf(out, 64, SIM_USER_ID_FORMAT, (unsigned)person);
    return out;
}

const char *
sim_peer_encode(const char *text)
{
    char *encoded = curl_easy_escape(NULL, text, 0);
    char *out = next_place();

    CHECK_THAT(encoded != NULL && str_copy(str_of(encoded), out, 4096));
    curl_free(encoded);
    return out;
}
