#include "base/codec.h"
#include "base/digest.h"
#include "sim/sim_handlers.h"
#include "sim/sim_login.h"

#include <assert.h>

#define USER_TOKEN_MS (30 * DAY_MS)
#define REFRESH_TOKEN_MS (90 * DAY_MS)
#define STATELESS_TOKEN_MS (15 * MINUTE_MS)

/* The channel that the form's client_id and client_secret name; NULL and 400 when there is none. */
static const struct sim_channel *
channel_of(struct sim_call *call)
{
    const struct sim_channel *channels[] = {&call->sim->login, &call->sim->messaging};
    struct str id = sim_form_get(&call->form, "client_id");
    struct str secret = sim_form_get(&call->form, "client_secret");

    for (size_t i = 0; i < 2; i++) {
        if (str_eq(id, str_of(channels[i]->id)) && str_eq(secret, str_of(channels[i]->secret)))
            return channels[i];
    }
    sim_refuse_oauth(call, 400, "invalid_client", "invalid client_id or client_secret");
    return NULL;
}

static bool
is_verifier(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if ((c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' &&
            c != '.' && c != '_' && c != '~')
            return false;
    }
    return text.n >= 43 && text.n <= 128; /* RFC 7636 4.1 */
}

static bool
verifier_matches(const struct sim_code *code, struct str verifier)
{
    uint8_t digest[SHA256_SIZE];
    char challenge[BASE64_SIZE(SHA256_SIZE)];

    if (code->challenge[0] == '\0')
        return verifier.n == 0;
    if (!is_verifier(verifier))
        return false;
    sha256(verifier.at, verifier.n, digest);
    base64url_encode(digest, sizeof(digest), challenge);
    return str_eq(str_of(challenge), str_of(code->challenge));
}

static const char *
code_problem(struct sim_call *call, const struct sim_channel *channel, const struct sim_code *code)
{
    if (code == NULL || channel != &call->sim->login ||
        code->issued_ms + SIM_CODE_MS <= call->now_ms)
        return "invalid authorization code";
    if (!str_eq(sim_form_get(&call->form, "redirect_uri"), str_of(code->redirect_uri)))
        return "redirect_uri does not match";
    if (!verifier_matches(code, sim_form_get(&call->form, "code_verifier")))
        return "code_verifier does not match";
    return NULL;
}

static json_t *
user_tokens(struct sim_call *call, const struct sim_code *code)
{
    struct sim_token facts = {
        .kind = TOKEN_USER,
        .channel = &call->sim->login,
        .person = code->person,
        .openid = code->openid,
        .profile = code->profile,
        .expires_ms = call->now_ms + USER_TOKEN_MS,
    };
    const struct sim_token *access = sim_token_issue(call->sim, &facts);
    const struct sim_token *refresh;

    facts.kind = TOKEN_REFRESH;
    facts.expires_ms = call->now_ms + REFRESH_TOKEN_MS;
    refresh = sim_token_issue(call->sim, &facts);
    return json_pack("{s:s, s:i, s:s, s:s, s:s}", "access_token", access->text, "expires_in",
                     (int)(USER_TOKEN_MS / SECOND_MS), "refresh_token", refresh->text, "scope",
                     sim_token_scope(access), "token_type", "Bearer");
}

static enum err_code
by_code(struct sim_call *call)
{
    const struct sim_channel *channel = channel_of(call);
    struct str text = sim_form_get(&call->form, "code");
    const struct sim_code *found = sim_table_get(call->sim->codes, text);
    struct sim_code code = found != NULL ? *found : (struct sim_code){0};
    const char *problem;
    json_t *tokens;

    sim_table_drop(call->sim->codes, text); /* used up, whatever comes of it */
    if (channel == NULL)
        return OK;
    problem = code_problem(call, channel, found != NULL ? &code : NULL);
    if (problem != NULL)
        return sim_refuse_oauth(call, 400, "invalid_grant", problem);
    tokens = user_tokens(call, &code);
    if (code.openid) {
        const struct sim_id_token id_token = {
            .person = code.person,
            .nonce = str_of(code.nonce),
            .amr = code.amr,
            .auth_ms = code.auth_ms,
            .issued_ms = call->now_ms,
            .has_profile = code.profile,
        };

        json_object_set_new(tokens, "id_token",
                            json_string(sim_id_token_make(call->sim, call->req->arena, &id_token)));
    }
    return sim_answer(call, 200, tokens);
}

/* The same refresh token comes back, no longer-lived than before, and no ID token. */
static enum err_code
by_refresh_token(struct sim_call *call)
{
    const struct sim_channel *channel = channel_of(call);
    struct sim_token *refresh =
        sim_token_find(call->sim, sim_form_get(&call->form, "refresh_token"));
    struct sim_token facts;
    const struct sim_token *access;

    if (channel == NULL)
        return OK;
    if (refresh == NULL || refresh->kind != TOKEN_REFRESH || refresh->channel != channel ||
        !sim_token_is_live(call->sim, refresh))
        return sim_refuse_oauth(call, 400, "invalid_grant", "invalid refresh token");
    facts = *refresh;
    facts.kind = TOKEN_USER;
    facts.expires_ms = call->now_ms + USER_TOKEN_MS;
    access = sim_token_issue(call->sim, &facts);
    return sim_answer(call, 200,
                      json_pack("{s:s, s:s, s:i, s:s, s:s}", "token_type", "Bearer", "scope",
                                sim_token_scope(access), "expires_in",
                                (int)(USER_TOKEN_MS / SECOND_MS), "access_token", access->text,
                                "refresh_token", refresh->text));
}

/* POST /oauth2/v2.1/token */
enum err_code
sim_oauth_token(struct sim_call *call)
{
    struct str grant = sim_form_get(&call->form, "grant_type");

    if (str_eq(grant, STR("authorization_code")))
        return by_code(call);
    if (str_eq(grant, STR("refresh_token")))
        return by_refresh_token(call);
    if (str_eq(grant, STR("client_credentials"))) /* a JWT assertion, whose key is not registered */
        return sim_refuse_oauth(call, 400, "invalid_client", "client_assertion is not supported");
    return sim_refuse_oauth(call, 400, "unsupported_grant_type", "unsupported grant_type");
}

static enum err_code
channel_token(struct sim_call *call, enum sim_token_kind kind, int64_t life_ms)
{
    const struct sim_channel *channel;
    const struct sim_token *token;

    if (!str_eq(sim_form_get(&call->form, "grant_type"), STR("client_credentials")))
        return sim_refuse_oauth(call, 400, "unsupported_grant_type", "unsupported grant_type");
    channel = channel_of(call);
    if (channel == NULL)
        return OK;
    token = sim_token_issue(call->sim, &(struct sim_token){.kind = kind,
                                                           .channel = channel,
                                                           .expires_ms = call->now_ms + life_ms});
    return sim_answer(call, 200,
                      json_pack("{s:s, s:s, s:I}", "token_type", "Bearer", "access_token",
                                token->text, "expires_in", (json_int_t)(life_ms / SECOND_MS)));
}

/* POST /oauth2/v3/token: LINE's example says 899 */
enum err_code
sim_stateless_token(struct sim_call *call)
{
    return channel_token(call, TOKEN_STATELESS, STATELESS_TOKEN_MS - SECOND_MS);
}

/* POST /v2/oauth/accessToken */
enum err_code
sim_short_token(struct sim_call *call)
{
    return channel_token(call, TOKEN_SHORT_LIVED, 30 * DAY_MS);
}

/* POST /oauth2/v2.1/revoke: 200 and nothing else, also for a token nobody knows (RFC 7009 2.2) */
enum err_code
sim_revoke(struct sim_call *call)
{
    const struct sim_channel *channel = channel_of(call);
    struct sim_token *token = sim_token_find(call->sim, sim_form_get(&call->form, "access_token"));

    if (channel == NULL)
        return OK;
    if (token != NULL && token->channel == channel && token->kind != TOKEN_STATELESS)
        token->is_revoked = true;
    return reply_empty(call->reply, 200);
}

/* POST /v2/oauth/verify */
enum err_code
sim_verify_channel(struct sim_call *call)
{
    struct sim_token *token = sim_token_find(call->sim, sim_form_get(&call->form, "access_token"));

    if (token == NULL || token->kind != TOKEN_SHORT_LIVED || !sim_token_is_live(call->sim, token))
        return sim_refuse_oauth(call, 400, "invalid_request", "access token invalid");
    return sim_answer(call, 200,
                      json_pack("{s:s, s:I, s:s}", "client_id", token->channel->id, "expires_in",
                                (json_int_t)((token->expires_ms - call->now_ms) / SECOND_MS),
                                "scope", "P CM"));
}

/* POST /v2/oauth/revoke */
enum err_code
sim_revoke_channel(struct sim_call *call)
{
    struct sim_token *token = sim_token_find(call->sim, sim_form_get(&call->form, "access_token"));

    if (token != NULL && token->kind == TOKEN_SHORT_LIVED)
        token->is_revoked = true;
    return reply_empty(call->reply, 200);
}
