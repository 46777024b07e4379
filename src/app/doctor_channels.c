/*
 * The two channels' ids and secrets. A token proves that a pair belongs together; what it opens
 * proves of which kind its channel is. LINE does not say which half of a pair is wrong, so the
 * likely mix-ups are tried.
 */
#include <inttypes.h>
#include <string.h>

#include "app/doctor.h"
#include "base/buf.h"
#include "base/clock.h"
#include "line/jwks.h"

#define CLOCK_WARN_S 60
#define SECRET_LENGTH 32

bool
doctor_look_clock(struct doctor *d)
{
    struct exchange x = {.method = "GET", .url = doctor_api(d, "/oauth2/v2.1/certs")};
    struct jwks *keys = NULL;
    struct err e = {0};
    int64_t now_ms;
    bool reached;

    doctor_fetch(d, &x);
    reached = x.status != 0;
    now_ms = d->call->now_ms + (clock_monotonic_ms() - d->started_ms);
    if (!reached)
        doctor_say(d, FAIL,
                   "LINE: cannot reach %s: %s - look at the network, DNS and the clock; nothing "
                   "else was asked of LINE",
                   d->c->line_api_url, doctor_shown(d, str_of(x.failure)));
    else if (x.status != 200 || jwks_parse(x.answer, &keys, &e))
        doctor_say(d, FAIL,
                   "LINE's keys for ID tokens: answer %d without keys - is LINE_API_URL right?",
                   x.status);
    else
        doctor_say(d, FINE, "LINE's keys for ID tokens: fetched");
    if (x.date_ms) {
        int64_t off_s = (now_ms - x.date_ms) / SECOND_MS;
        bool right = off_s <= CLOCK_WARN_S && off_s >= -CLOCK_WARN_S;

        doctor_say(
            d, right ? FINE : WARN, "clock: %" PRId64 " s from LINE's%s", off_s,
            right ? ""
                  : " - logins and codes fail with a wrong clock: switch NTP on (timedatectl)");
    }
    jwks_free(keys);
    exchange_clear(&x);
    return reached;
}

/* A channel as the settings have it. */
struct pair {
    const char *name, *id_setting, *secret_setting, *where;
    const char *id, *secret;
};

enum answer { TAKEN, REFUSED, NO_ANSWER };

/* A token for this id and this secret; *status_out 0 when nobody answered. */
static enum answer
try_pair(struct doctor *d, const char *id, const char *secret, struct token *out, int *status_out,
         const char **failure_out)
{
    struct buf form = buf_new(d->arena, 4 * KIB);
    struct exchange x = {
        .method = "POST",
        .url = doctor_api(d, "/oauth2/v3/token"),
        .headers = {"Content-Type: application/x-www-form-urlencoded"},
    };
    struct err e = {0};
    enum err_code code;

    token_request(&form, str_of(id), str_of(secret));
    x.body = buf_str(&form);
    doctor_fetch(d, &x);
    code = token_response(x.answer, d->call->now_ms, out, &e);
    *status_out = x.status;
    *failure_out = doctor_shown(d, str_of(x.failure));
    exchange_clear(&x);
    return !x.status || (code && code != ERR_AUTH) ? NO_ANSWER : code ? REFUSED : TAKEN;
}

static bool
is_made_of(const char *text, const char *letters)
{
    return text[0] && text[strspn(text, letters)] == '\0';
}

/* Why LINE may have refused it, as far as can be found out. */
static const char *
suspicion(struct doctor *d, const struct pair *own, const struct pair *other)
{
    struct token token = {0};
    const char *ignored;
    int status;

    if (!is_made_of(own->id, "0123456789"))
        return arena_format(d->arena, "%s is no channel id, which has digits only",
                            own->id_setting);
    if (strlen(own->secret) != SECRET_LENGTH || !is_made_of(own->secret, "0123456789abcdef"))
        return arena_format(d->arena,
                            "%s is no channel secret, which has 32 of the characters 0-9 a-f; this "
                            "one has %zu",
                            own->secret_setting, strlen(own->secret));
    if (other->secret && try_pair(d, own->id, other->secret, &token, &status, &ignored) == TAKEN) {
        token_clear(&token);
        return arena_format(d->arena, "the secret in %s belongs to it: %s and %s were mixed up",
                            other->secret_setting, own->secret_setting, other->secret_setting);
    }
    return arena_format(d->arena, "copy both again from %s, Basic settings", own->where);
}

static void
take_token(struct doctor *d, const struct pair *own, const struct pair *other, struct token *out)
{
    const char *failure;
    int status;

    if (!own->id || !own->secret)
        return; /* said before */
    switch (try_pair(d, own->id, own->secret, out, &status, &failure)) {
    case TAKEN:
        doctor_say(d, FINE, "%s channel %s: id and secret belong together", own->name, own->id);
        break;
    case REFUSED:
        doctor_say(d, FAIL, "%s channel %s: LINE refuses this id with this secret - %s", own->name,
                   own->id, suspicion(d, own, other));
        break;
    case NO_ANSWER:
        if (status)
            doctor_say(d, FAIL, "%s channel %s: LINE answered %d without a token", own->name,
                       own->id, status);
        else
            doctor_say(d, FAIL, "%s channel %s: cannot reach %s: %s", own->name, own->id,
                       d->c->line_api_url, failure);
        break;
    }
}

/* Only a Messaging API channel has an account. */
static bool
has_account(struct doctor *d, const struct token *token)
{
    struct exchange x = {
        .method = "GET",
        .url = doctor_api(d, "/v2/bot/info"),
        .headers = {arena_format(d->arena, "Authorization: Bearer %s", token->text)},
    };

    doctor_fetch(d, &x);
    exchange_clear(&x);
    return x.status == 200;
}

void
doctor_take_tokens(struct doctor *d, struct token *login, struct token *bot)
{
    const struct pair of_login = {"LINE Login",           "LOGIN_CHANNEL_ID",
                                  "LOGIN_CHANNEL_SECRET", AT_LOGIN_CHANNEL,
                                  d->c->login_channel_id, d->c->login_channel_secret};
    const struct pair of_bot = {"Messaging API", "CHANNEL_ID",     "CHANNEL_SECRET",
                                AT_BOT_CHANNEL,  d->c->channel_id, d->c->channel_secret};

    take_token(d, &of_login, &of_bot, login);
    take_token(d, &of_bot, &of_login, bot);
    if (login->text && has_account(d, login)) {
        doctor_say(d, FAIL,
                   "LOGIN_CHANNEL_ID %s: this is a Messaging API channel - the id and secret of "
                   "the LINE Login channel belong here%s",
                   of_login.id,
                   bot->text && !has_account(d, bot) ? "; the two pairs have changed places" : "");
        token_clear(login);
    }
    if (bot->text && !has_account(d, bot)) {
        doctor_say(d, FAIL,
                   "CHANNEL_ID %s: LINE knows no account behind it, so this is no Messaging API "
                   "channel - its id and secret stand at " AT_BOT_CHANNEL ", Basic settings",
                   of_bot.id);
        token_clear(bot);
    }
}
