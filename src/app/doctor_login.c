/*
 * The LINE Login channel: may people sign in, and does the LIFF app open the card?
 */
#include "app/doctor.h"
#include "line/login.h"

static bool
has_scope(const json_t *app, struct str wanted)
{
    const json_t *scope;
    size_t i;

    json_array_foreach(json_object_get(app, "scope"), i, scope) {
        const char *text = json_string_value(scope);

        if (text && str_eq(str_of(text), wanted))
            return true;
    }
    return false;
}

/*
 * LINE's sign-in page refuses an address it was not told of before anybody has signed in. It does
 * so with a page of its own and 400; what else it answers there is not documented.
 */
static void
look_at_callback(struct doctor *d)
{
    const char *callback = arena_format(d->arena, "%s/line/callback", d->c->public_url);
    const struct login_config config = {
        .authorize_url =
            str_of(arena_format(d->arena, "%s/oauth2/v2.1/authorize", d->c->line_access_url)),
        .channel_id = str_of(d->c->login_channel_id),
        .redirect_uri = str_of(callback),
    };
    struct buf url = buf_new(d->arena, 4 * KIB);
    char challenge[PKCE_CHALLENGE_SIZE];
    struct exchange x = {.method = "GET"};

    pkce_challenge(STR("doctor"), challenge);
    login_authorize_url(&url, &config, STR("doctor"), STR("doctor"), str_of(challenge),
                        &(struct login_manner){0});
    x.url = buf_str(&url).at;
    doctor_fetch(d, &x);
    if (x.status == 400)
        doctor_say(d, FAIL,
                   "sign-in: LINE refuses to begin one - add %s at " AT_LOGIN_CHANNEL
                   ", LINE Login, Callback URL",
                   callback);
    else if (x.status >= 200 && x.status <= 399)
        doctor_say(d, FINE, "sign-in: LINE takes %s as callback URL", callback);
    else
        doctor_say(d, NOTE, "sign-in: LINE's page answered %d, which tells nothing", x.status);
    exchange_clear(&x);
}

static void
look_at_app(struct doctor *d, const json_t *app)
{
    const char *wanted = arena_format(d->arena, "%s/card", d->c->public_url), *id = d->c->liff_id;
    const json_t *view = json_object_get(app, "view");
    struct str url = doctor_text(view, "url");

    if (!str_eq(url, str_of(wanted)))
        doctor_say(d, FAIL,
                   "LIFF app %s: opens %s - set its Endpoint URL to %s (" AT_LOGIN_CHANNEL
                   ", LIFF)",
                   id, doctor_shown(d, url), wanted);
    else
        doctor_say(d, FINE, "LIFF app %s: opens %s", id, wanted);
    if (!has_scope(app, STR("openid")))
        doctor_say(
            d, FAIL,
            "LIFF app %s: has no scope openid, so nobody can sign in - tick it (" AT_LOGIN_CHANNEL
            ", LIFF, Scopes)",
            id);
    if (!has_scope(app, STR("profile")))
        doctor_say(d, FAIL,
                   "LIFF app %s: has no scope profile, so members have no names - tick it "
                   "(" AT_LOGIN_CHANNEL ", LIFF, Scopes)",
                   id);
    if (!str_eq(doctor_text(view, "type"), STR("full")))
        doctor_say(d, WARN,
                   "LIFF app %s: opens in size %s - the card needs Full (" AT_LOGIN_CHANNEL
                   ", LIFF, Size)",
                   id, doctor_shown(d, doctor_text(view, "type")));
    if (str_eq(doctor_text(app, "botPrompt"), STR("none")))
        doctor_say(d, WARN,
                   "LIFF app %s: offers nobody to add the official account, and only friends get "
                   "messages - set Add friend option to On (" AT_LOGIN_CHANNEL ", LIFF)",
                   id);
}

static void
look_at_liff(struct doctor *d, const struct token *token)
{
    struct str of_channel = str_of(d->c->liff_id), channel;
    int status;
    json_auto_t *answer = NULL;
    const json_t *app, *found = NULL;
    size_t i;

    if (str_until(&of_channel, '-', &channel) && !str_eq(channel, str_of(d->c->login_channel_id))) {
        doctor_say(d, FAIL,
                   "LIFF app %s: of channel %.*s, not in LINE Login channel %s - LIFF_ID stands "
                   "at " AT_LOGIN_CHANNEL ", LIFF",
                   d->c->liff_id, (int)channel.n, channel.at, d->c->login_channel_id);
        return;
    }
    answer = doctor_ask(d, "LIFF app", "/liff/v1/apps", NULL, token, &status);
    json_array_foreach(json_object_get(answer, "apps"), i, app) {
        if (str_eq(doctor_text(app, "liffId"), str_of(d->c->liff_id)))
            found = app;
    }
    if (found)
        look_at_app(d, found);
    else if (answer)
        doctor_say(d, FAIL,
                   "LIFF app %s: not in LINE Login channel %s (LINE answered %d) - LIFF_ID stands "
                   "at " AT_LOGIN_CHANNEL ", LIFF",
                   d->c->liff_id, d->c->login_channel_id, status);
}

/* No call of LINE's tells a channel's status, or which account is linked to it. */
static void
look_at_status(struct doctor *d)
{
    int64_t people = 0;
    struct err e = {0};

    if (d->db) {
        STMT s = db_stmt(d->db, SQL_DOCTOR_PEOPLE);
        bool row;

        if (stmt_step(s, &row, &e) == OK && row)
            people = stmt_int(s, 0);
    }
    doctor_say(
        d, NOTE,
        "LINE Login channel %s: LINE tells no program whether it is Published; in status "
        "Developing only its admins and testers can sign in (%lld people have so far) - look "
        "beside its name in LINE Developers Console; there, at Basic settings, Linked LINE "
        "Official Account must be this one as well",
        d->c->login_channel_id, (long long)people);
}

void
doctor_look_login(struct doctor *d, const struct token *login)
{
    look_at_callback(d);
    if (d->c->liff_id)
        look_at_liff(d, login);
    look_at_status(d);
}
