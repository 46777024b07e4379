/*
 * stampd doctor: looks at everything that has to fit together before a shop can open, one line for
 * each, and says where to mend what does not. It changes nothing, here or at LINE, and says no
 * secret. What comes from LINE is shown without its control characters.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/app.h"
#include "app/commands.h"
#include "base/clock.h"
#include "base/json.h"
#include "domain/keys.h"
#include "line/jwks.h"
#include "line/token.h"
#include "line/transport.h"
#include "store/migrate.h"

#define DISK_FAIL_MIB 100
#define DISK_WARN_MIB 1024
#define CLOCK_WARN_S 60
#define LINE_PATIENCE_MS 15000 /* LINE waits for our webhook before it answers the test */

enum finding { FINE, NOTE, WARN, FAIL };

struct doctor {
    struct call *call;
    const struct config *c;
    struct arena *arena;
    struct transport *transport;
    int64_t started_ms;
    bool listens; /* stampd itself answers on LISTEN */
};

static void say(struct doctor *d, enum finding finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
say(struct doctor *d, enum finding finding, const char *format, ...)
{
    static const char *const words[] = {"ok", "note", "warn", "FAIL"};
    char line[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    buf_format(d->call->out, "%-5s %s\n", words[finding], line);
    if (finding == FAIL)
        d->call->failed = true;
    if (d->call->flush)
        d->call->flush(d->call);
}

/* Somebody else's words on the operator's terminal: printable ASCII, and not for ever. */
static const char *
shown(struct doctor *d, struct str text)
{
    char *out = arena_dup(d->arena, text.at ? text.at : "", text.n < 120 ? text.n : 120);

    for (char *c = out; c && *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return out ? out : "";
}

static const char *
text_of(const char *text)
{
    return text ? text : "";
}

/* ---------------------------------------------------------------- this machine */

static void
look_at_settings(struct doctor *d)
{
    const struct {
        const char *key, *value, *where;
        bool needed;
    } rows[] = {
        {"LOGIN_CHANNEL_ID", d->c->login_channel_id, "LINE Login channel, Basic settings", true},
        {"LOGIN_CHANNEL_SECRET", d->c->login_channel_secret, "LINE Login channel, Basic settings",
         true},
        {"CHANNEL_ID", d->c->channel_id, "Messaging API channel, Basic settings", true},
        {"CHANNEL_SECRET", d->c->channel_secret, "Messaging API channel, Basic settings", true},
        {"LIFF_ID", d->c->liff_id,
         "LINE Login channel, LIFF; without it cards open in browsers only", false},
    };
    bool all = true;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].value)
            continue;
        all = false;
        say(d, rows[i].needed ? FAIL : WARN,
            "setting %s is empty - it stands in LINE's developer console: %s", rows[i].key,
            rows[i].where);
    }
    if (!d->c->bot_user_id)
        say(d, WARN,
            "setting BOT_USER_ID is empty - events for another account are taken too; its value "
            "stands below, if LINE can be asked");
    if (all)
        say(d, FINE, "settings: nothing that LINE has to give is missing");
    if (d->c->channel_secret_old)
        say(d, NOTE,
            "CHANNEL_SECRET_OLD is still accepted - remove it once LINE uses the new secret");
}

static void
look_at_key(struct doctor *d)
{
    const char *path = data_path(d->arena, d->c, DATA_ROOT_KEY);
    struct keys keys;
    struct err e = {0};

    if (keys_load(path, &keys, &e)) {
        say(d, FAIL, "root key %s - %s", e.text,
            e.code == ERR_NOT_FOUND
                ? "`stampd init` makes one; for a book that exists, bring back its own"
                : "it has 32 bytes and mode 600");
        return;
    }
    digest_wipe(&keys, sizeof(keys));
    say(d, FINE, "root key %s: 32 bytes, for our eyes only", path);
}

static void
look_at_book(struct doctor *d)
{
    const char *path = data_path(d->arena, d->c, DATA_BOOK);
    const struct db_options options = {.mode = DB_READ};
    struct db *db = NULL;
    struct err e = {0};
    int64_t version;

    if (migrate_version(path, &version, &e)) {
        say(d, FAIL, "book %s", e.text);
    } else if (version == 0) {
        say(d, FAIL, "book %s: none - run `stampd init`", path);
    } else if (version != migrate_latest()) {
        say(d, FAIL, "book %s: schema %" PRId64 ", this program has %" PRId64 " - %s", path,
            version, migrate_latest(),
            version < migrate_latest() ? "run `stampd migrate`" : "use a newer stampd");
    } else if (db_open(&db, path, &options, &e)) {
        say(d, FAIL, "book %s", e.text);
    } else {
        say(d, FINE, "book %s: schema %" PRId64 " (`stampd check` proves what is in it)", path,
            version);
    }
    db_close(db);
}

static void
look_at_disk(struct doctor *d)
{
    const char *dir = d->c->data_dir;
    struct statvfs disk;
    struct stat facts;
    uint64_t mib;

    if (stat(dir, &facts) || !S_ISDIR(facts.st_mode) || access(dir, W_OK | X_OK)) {
        say(d, FAIL, "data folder %s: %s - stampd must be able to write in it", dir,
            errno ? strerror(errno) : "no folder");
        return;
    }
    if (facts.st_mode & 077)
        say(d, WARN, "data folder %s: others may look into it - chmod 700", dir);
    if (statvfs(dir, &disk)) {
        say(d, WARN, "data folder %s: free space not known: %s", dir, strerror(errno));
        return;
    }
    mib = (uint64_t)disk.f_bavail * disk.f_frsize / MIB;
    say(d,
        mib < DISK_FAIL_MIB   ? FAIL
        : mib < DISK_WARN_MIB ? WARN
                              : FINE,
        "data folder %s: writable, %" PRIu64 " MiB free%s", dir, mib,
        mib < DISK_WARN_MIB ? " - a full disk stops every grant" : "");
}

/* ---------------------------------------------------------------- asking */

static void
arrived(struct exchange *x)
{
    *(bool *)x->context = true;
}

/* One request, waited for; x->status 0 where nobody answered. Clear it afterwards. */
static void
fetch(struct doctor *d, struct exchange *x)
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

static const char *
api(struct doctor *d, const char *path)
{
    return arena_format(d->arena, "%s%s", d->c->line_api_url, path);
}

/* With a channel's token; the answer's JSON: new, or NULL after having said why. */
static json_t *
ask_line(struct doctor *d, const char *what, const char *method, const char *path,
         const struct token *token, int *status_out)
{
    struct exchange x = {
        .method = method,
        .url = api(d, path),
        .headers = {arena_format(d->arena, "Authorization: Bearer %s", text_of(token->text))},
        .timeout_ms = LINE_PATIENCE_MS,
    };
    json_t *value = NULL;
    struct err e = {0};

    if (strcmp(method, "POST") == 0) {
        x.headers[1] = "Content-Type: application/json";
        x.body = STR("{}");
    }
    fetch(d, &x);
    *status_out = x.status;
    if (x.status == 0)
        say(d, FAIL, "%s: cannot reach %s: %s", what, d->c->line_api_url,
            shown(d, str_of(x.failure)));
    else if (json_parse(x.answer, EXCHANGE_ANSWER_MAX, &value, &e))
        say(d, FAIL, "%s: LINE answered %d, and no JSON", what, x.status);
    exchange_clear(&x);
    return value;
}

static struct str
member_text(const json_t *object, const char *name)
{
    return str_of(text_of(json_string_value(json_object_get(object, name))));
}

/* ---------------------------------------------------------------- where we can be reached */

static struct str
host_of(const char *url)
{
    struct str host = str_of(url);

    (void)(str_skip(&host, STR("https://")) || str_skip(&host, STR("http://")));
    return host;
}

static void
look_at_listen(struct doctor *d)
{
    struct str host = host_of(d->c->public_url), port = str_of(d->c->listen);
    bool everywhere = str_skip(&port, STR("0.0.0.0:")) || str_skip(&port, STR("[::]:"));
    struct exchange x = {
        .method = "GET",
        .url = arena_format(d->arena, "http://%s%.*s/healthz", everywhere ? "127.0.0.1:" : "",
                            (int)port.n, port.at),
        .headers = {arena_format(d->arena, "Host: %.*s", (int)host.n, host.at)},
        .timeout_ms = 5 * SECOND_MS,
    };

    if (str_starts(str_of(d->c->listen), STR("unix:"))) {
        d->listens = true; /* as far as we can tell */
        say(d, NOTE, "LISTEN %s: a Unix socket is not looked at from here", d->c->listen);
        return;
    }
    fetch(d, &x);
    d->listens = x.status == 200;
    if (x.status == 200)
        say(d, FINE, "LISTEN %s: stampd answers", d->c->listen);
    else if (x.status == 0)
        say(d, WARN, "LISTEN %s: nobody answers - start `stampd serve` (%s)", d->c->listen,
            shown(d, str_of(x.failure)));
    else
        say(d, WARN, "LISTEN %s: answers %d - is it another program, or another PUBLIC_URL?",
            d->c->listen, x.status);
    exchange_clear(&x);
}

static void
look_at_public_url(struct doctor *d)
{
    struct exchange x = {
        .method = "GET",
        .url = arena_format(d->arena, "%s/healthz", d->c->public_url),
        .timeout_ms = 10 * SECOND_MS,
    };

    if (!str_starts(str_of(d->c->public_url), STR("https://"))) {
        say(d, WARN, "PUBLIC_URL %s: only this machine can open it - LINE and phones need https",
            d->c->public_url);
        return;
    }
    if (!d->c->proxy_header)
        say(d, WARN,
            "PROXY_HEADER is empty - behind a proxy all visitors look like one, and share its "
            "limits: let the proxy overwrite X-Real-IP, and name that header");
    fetch(d, &x);
    if (x.status == 200)
        say(d, FINE, "PUBLIC_URL %s: stampd answers through the proxy", d->c->public_url);
    else if (x.status == 0)
        say(d, WARN,
            "PUBLIC_URL %s: cannot reach it from here: %s - look at DNS, certificate, proxy",
            d->c->public_url, shown(d, str_of(x.failure)));
    else
        say(d, FAIL, "PUBLIC_URL %s: answers %d instead of stampd - look at the proxy's target",
            d->c->public_url, x.status);
    exchange_clear(&x);
}

/* ---------------------------------------------------------------- LINE */

/* False: LINE cannot be reached, and there is no point in asking on. */
static bool
look_at_keys_and_clock(struct doctor *d)
{
    struct exchange x = {.method = "GET", .url = api(d, "/oauth2/v2.1/certs")};
    struct jwks *keys = NULL;
    struct err e = {0};
    int64_t now_ms;
    bool reached;

    fetch(d, &x);
    reached = x.status != 0;
    now_ms = d->call->now_ms + (clock_monotonic_ms() - d->started_ms);
    if (!reached)
        say(d, FAIL,
            "LINE: cannot reach %s: %s - look at the network, DNS and the clock; nothing else "
            "was asked of LINE",
            d->c->line_api_url, shown(d, str_of(x.failure)));
    else if (x.status != 200 || jwks_parse(x.answer, &keys, &e))
        say(d, FAIL, "LINE's keys for ID tokens: answer %d without keys - is LINE_API_URL right?",
            x.status);
    else
        say(d, FINE, "LINE's keys for ID tokens: fetched");
    if (x.date_ms) {
        int64_t off_s = (now_ms - x.date_ms) / SECOND_MS;
        bool right = off_s <= CLOCK_WARN_S && off_s >= -CLOCK_WARN_S;
        say(d, right ? FINE : WARN, "clock: %" PRId64 " s from LINE's%s", off_s,
            right ? ""
                  : " - logins and codes fail with a wrong clock: switch NTP on (timedatectl)");
    }
    jwks_free(keys);
    exchange_clear(&x);
    return reached;
}

/* A token proves that id and secret belong together. */
static bool
take_token(struct doctor *d, const char *name, const char *id, const char *secret,
           struct token *out)
{
    struct buf form = buf_new(d->arena, 4 * KIB);
    struct exchange x = {
        .method = "POST",
        .url = api(d, "/oauth2/v3/token"),
        .headers = {"Content-Type: application/x-www-form-urlencoded"},
    };
    struct err e = {0};
    enum err_code code;

    if (!id || !secret)
        return false; /* said before */
    token_request(&form, str_of(id), str_of(secret));
    x.body = buf_str(&form);
    fetch(d, &x);
    code = token_response(x.answer, d->call->now_ms, out, &e);
    if (x.status == 0)
        say(d, FAIL, "%s channel %s: cannot reach %s: %s", name, id, d->c->line_api_url,
            shown(d, str_of(x.failure)));
    else if (code == ERR_AUTH)
        say(d, FAIL,
            "%s channel %s: LINE refuses this id with this secret - copy both again from the "
            "channel's Basic settings",
            name, id);
    else if (code)
        say(d, FAIL, "%s channel %s: LINE answered %d without a token", name, id, x.status);
    else
        say(d, FINE, "%s channel %s: id and secret belong together", name, id);
    exchange_clear(&x);
    return out->text != NULL;
}

static void
look_at_bot(struct doctor *d, const struct token *token)
{
    int status;
    json_auto_t *bot = ask_line(d, "official account", "GET", "/v2/bot/info", token, &status);
    struct str id = member_text(bot, "userId");

    if (!bot)
        return;
    if (status != 200) {
        say(d, FAIL, "official account: LINE answered %d", status);
        return;
    }
    say(d, FINE, "official account %s", shown(d, member_text(bot, "basicId")));
    if (d->c->bot_user_id && !str_eq(id, str_of(d->c->bot_user_id)))
        say(d, FAIL,
            "BOT_USER_ID is not this account's - every event would be refused: set it to %s",
            shown(d, id));
    else if (!d->c->bot_user_id)
        say(d, NOTE, "BOT_USER_ID can be set to %s", shown(d, id));
    if (!str_eq(member_text(bot, "chatMode"), STR("bot")))
        say(d, WARN,
            "official account: chat is on - people of the shop may answer beside us; LINE "
            "Official Account Manager, Response settings");
}

static void
look_at_webhook(struct doctor *d, const struct token *token)
{
    const char *wanted = arena_format(d->arena, "%s/line/webhook", d->c->public_url);
    int status;
    json_auto_t *set =
        ask_line(d, "webhook", "GET", "/v2/bot/channel/webhook/endpoint", token, &status);
    json_auto_t *test = NULL;
    struct str url = member_text(set, "endpoint");

    if (!set)
        return;
    if (status != 200 || !str_eq(url, str_of(wanted))) {
        say(d, FAIL, "webhook: LINE has %s - set the URL to %s in the Messaging API channel",
            url.n ? shown(d, url) : "none", wanted);
        return;
    }
    if (!json_is_true(json_object_get(set, "active"))) {
        say(d, FAIL,
            "webhook %s: not in use - switch \"Use webhook\" on in the Messaging API channel",
            wanted);
        return;
    }
    say(d, FINE, "webhook %s: set and in use", wanted);
    if (!d->listens) {
        say(d, NOTE, "webhook: not tried, for stampd is not running");
        return;
    }
    test = ask_line(d, "webhook test", "POST", "/v2/bot/channel/webhook/test", token, &status);
    if (!test)
        return;
    if (json_is_true(json_object_get(test, "success")))
        say(d, FINE, "webhook: LINE has just reached it, and its signature was right");
    else
        say(d, FAIL,
            "webhook: LINE tried and failed: %s %s - 401 means CHANNEL_SECRET is of another "
            "channel; no answer means that PUBLIC_URL is not reachable from outside",
            shown(d, member_text(test, "reason")), shown(d, member_text(test, "detail")));
}

static bool
has_scope(const json_t *app, const char *wanted)
{
    const json_t *scope;
    size_t i;

    json_array_foreach(
        json_object_get(app, "scope"), i,
        scope) if (str_eq(str_of(text_of(json_string_value(scope))), str_of(wanted))) return true;
    return false;
}

static void
look_at_liff(struct doctor *d, const struct token *token)
{
    const char *wanted = arena_format(d->arena, "%s/card", d->c->public_url);
    int status;
    json_auto_t *answer = NULL;
    const json_t *app, *found = NULL;
    size_t i;
    struct str url;

    if (!d->c->liff_id)
        return;
    answer = ask_line(d, "LIFF app", "GET", "/liff/v1/apps", token, &status);
    if (!answer)
        return;
    json_array_foreach(json_object_get(answer, "apps"), i,
                       app) if (str_eq(member_text(app, "liffId"), str_of(d->c->liff_id))) found =
        app;
    if (!found) {
        say(d, FAIL,
            "LIFF app %s: not in LINE Login channel %s (LINE answered %d) - LIFF_ID stands there "
            "under LIFF",
            d->c->liff_id, text_of(d->c->login_channel_id), status);
        return;
    }
    url = member_text(json_object_get(found, "view"), "url");
    if (!str_eq(url, str_of(wanted)))
        say(d, FAIL, "LIFF app %s: opens %s - set its endpoint URL to %s", d->c->liff_id,
            shown(d, url), wanted);
    else
        say(d, FINE, "LIFF app %s: opens %s", d->c->liff_id, wanted);
    if (!has_scope(found, "openid") || !has_scope(found, "profile"))
        say(d, FAIL, "LIFF app %s: needs the scopes openid and profile, or nobody can sign in",
            d->c->liff_id);
}

static void
look_at_line(struct doctor *d)
{
    struct token login = {0}, messaging = {0};

    if (!look_at_keys_and_clock(d))
        return;
    if (take_token(d, "LINE Login", d->c->login_channel_id, d->c->login_channel_secret, &login))
        look_at_liff(d, &login);
    if (take_token(d, "Messaging API", d->c->channel_id, d->c->channel_secret, &messaging)) {
        look_at_bot(d, &messaging);
        look_at_webhook(d, &messaging);
    }
    if (login.text && messaging.text)
        say(d, NOTE,
            "both channels must stand under one provider, or members cannot be written to - LINE "
            "does not tell us: look in the console");
    token_clear(&login);
    token_clear(&messaging);
}

enum err_code
command_doctor(struct call *call, struct err *e)
{
    const struct transport_options options = {.allow_http_loopback = true};
    struct doctor d = {
        .call = call,
        .c = call->config,
        .arena = call->arena,
        .started_ms = clock_monotonic_ms(),
    };

    signal(SIGPIPE, SIG_IGN); /* transport.h */
    look_at_settings(&d);
    look_at_key(&d);
    look_at_book(&d);
    look_at_disk(&d);
    d.transport = transport_new(&options);
    if (!d.transport)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory for requests");
    look_at_listen(&d);
    look_at_public_url(&d);
    look_at_line(&d);
    transport_free(d.transport);
    buf_text(call->out,
             call->failed ? "something is wrong: see FAIL above\n" : "nothing is wrong\n");
    return OK;
}
