#include "sim/sim_handlers.h"

#include <stdlib.h>

#define LIFF_TOKEN_MS (12 * HOUR_MS)

/* GET /.well-known/openid-configuration: LINE's, but with our addresses; the issuer never changes
 */
enum err_code
sim_discovery(struct sim_call *call)
{
    static const struct {
        const char *name, *path;
    } endpoint[] = {
        {"authorization_endpoint", "/oauth2/v2.1/authorize"},
        {"token_endpoint", "/oauth2/v2.1/token"},
        {"revocation_endpoint", "/oauth2/v2.1/revoke"},
        {"userinfo_endpoint", "/oauth2/v2.1/userinfo"},
        {"jwks_uri", "/oauth2/v2.1/certs"},
    };
    json_t *facts = json_pack("{s:s, s:[s], s:[s], s:[s], s:[s]}", "issuer", SIM_ISSUER,
                              "response_types_supported", "code", "subject_types_supported",
                              "pairwise", "id_token_signing_alg_values_supported", "ES256",
                              "code_challenge_methods_supported", "S256");

    for (size_t i = 0; i < sizeof(endpoint) / sizeof(endpoint[0]); i++)
        json_object_set_new(facts, endpoint[i].name,
                            json_sprintf("%s%s", call->sim->base_url, endpoint[i].path));
    return sim_answer(call, 200, facts);
}

/* GET /oauth2/v2.1/certs */
enum err_code
sim_certs(struct sim_call *call)
{
    call->sim->keys_asked++;
    return sim_answer(call, 200, sim_keys_jwks(&call->sim->keys));
}

/* GET /oauth2/v2.1/verify?access_token= */
enum err_code
sim_verify_access(struct sim_call *call)
{
    struct sim_token *token = sim_token_find(call->sim, sim_query(call, "access_token"));

    if (token == NULL || token->kind != TOKEN_USER)
        return sim_refuse_oauth(call, 400, "invalid_request", "The access token is not JWS");
    if (token->is_revoked)
        return sim_refuse_oauth(call, 400, "invalid_request", "The access token revoked");
    if (token->expires_ms <= call->now_ms)
        return sim_refuse_oauth(call, 400, "invalid_request", "The access token expired");
    return sim_answer(call, 200,
                      json_pack("{s:s, s:s, s:I}", "scope", sim_token_scope(token), "client_id",
                                token->channel->id, "expires_in",
                                (json_int_t)((token->expires_ms - call->now_ms) / SECOND_MS)));
}

/* POST /oauth2/v2.1/verify  id_token, client_id, nonce?, user_id? */
enum err_code
sim_verify_id(struct sim_call *call)
{
    json_t *claims = NULL;
    const char *problem;

    if (!sim_form_has(&call->form, "id_token") || !sim_form_has(&call->form, "client_id"))
        return sim_refuse_oauth(call, 400, "invalid_request", "some parameters missed or invalid");
    problem = sim_id_token_check(call->sim, call->req->arena, sim_form_get(&call->form, "id_token"),
                                 sim_form_get(&call->form, "client_id"),
                                 sim_form_get(&call->form, "nonce"),
                                 sim_form_get(&call->form, "user_id"), &claims);
    if (problem != NULL)
        return sim_refuse_oauth(call, 400, "invalid_request", problem);
    return sim_answer(call, 200, claims);
}

static void
set_picture(const struct sim *sim, json_t *facts, const char *name, const struct sim_person *person)
{
    if (person->number % 4 != 0)
        json_object_set_new(facts, name,
                            json_sprintf("%s/sim/picture/%d", sim->base_url, person->number));
}

/* GET, POST /oauth2/v2.1/userinfo */
enum err_code
sim_userinfo(struct sim_call *call)
{
    const struct sim_person *person = call->token->person;
    json_t *facts;

    if (!call->token->openid)
        return sim_refuse(call, 403, "The access token has no openid scope");
    facts = json_pack("{s:s}", "sub", person->user_id);
    if (call->token->profile) {
        json_object_set_new(facts, "name", json_string(person->name));
        set_picture(call->sim, facts, "picture", person);
    }
    return sim_answer(call, 200, facts);
}

/* GET /v2/profile */
enum err_code
sim_profile(struct sim_call *call)
{
    const struct sim_person *person = call->token->person;
    json_t *facts;

    if (!call->token->profile)
        return sim_refuse(call, 403, "The access token has no profile scope");
    facts = json_pack("{s:s, s:s}", "userId", person->user_id, "displayName", person->name);
    set_picture(call->sim, facts, "pictureUrl", person);
    return sim_answer(call, 200, facts);
}

/* GET /friendship/v1/status */
enum err_code
sim_friendship(struct sim_call *call)
{
    if (!call->token->profile)
        return sim_refuse(call, 403, "The access token has no profile scope");
    return sim_answer(call, 200,
                      json_pack("{s:b}", "friendFlag", (int)call->token->person->is_friend));
}

/* POST /user/v1/deauthorize  {"userAccessToken": "..."}  ->  204 */
enum err_code
sim_deauthorize(struct sim_call *call)
{
    const char *text = json_string_value(json_object_get(call->json, "userAccessToken"));
    const struct sim_token *token = sim_token_find(call->sim, str_of(text));

    if (call->token->kind == TOKEN_SHORT_LIVED) /* v2.1 or stateless only (line-platform 2.4) */
        return sim_refuse(
            call, 401, "Authentication failed due to the following reason: token of another kind");
    if (token == NULL || token->kind != TOKEN_USER || token->channel != &call->sim->login ||
        !sim_token_is_live(call->sim, token))
        return sim_refuse(call, 400, "invalid token");
    call->sim->deauthorized++;
    sim_token_revoke_all(call->sim, token->person, token->channel);
    return reply_empty(call->reply, 204);
}

/*
 * GET /sim/liff-token?person=N&scope=openid+profile  ->  what liff.init() would know
 *
 * scope=openid alone is what a MINI App has at first: an ID token without a name.
 */
enum err_code
sim_liff_token(struct sim_call *call)
{
    const struct sim_person *person = sim_query_person(call);
    struct sim_id_token id_token = {
        .person = person, .amr = "linesso", .issued_ms = call->now_ms, .is_es256 = true};
    const struct sim_token *access;

    if (person == NULL)
        return call->e->code;
    id_token.has_profile = !str_eq(sim_query(call, "scope"), STR("openid"));
    access = sim_token_issue(call->sim, &(struct sim_token){
                                            .kind = TOKEN_USER,
                                            .channel = &call->sim->login,
                                            .person = person,
                                            .openid = true,
                                            .profile = id_token.has_profile,
                                            .expires_ms = call->now_ms + LIFF_TOKEN_MS,
                                        });
    return sim_answer(call, 200,
                      json_pack("{s:s, s:s, s:i}", "id_token",
                                sim_id_token_make(call->sim, call->req->arena, &id_token),
                                "access_token", access->text, "expires_in", SIM_ID_TOKEN_S));
}
