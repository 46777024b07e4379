#include "sim/sim_token.h"

#include "base/codec.h"

#include <stdlib.h>
#include <string.h>

#define SHORT_LIVED_MAX 30

void
sim_token_free(void *token)
{
    free(((struct sim_token *)token)->text);
    free(token);
}

static bool
is_remembered(const char *name, void *value, void *context)
{
    const int64_t *now_ms = context;

    (void)name;
    return ((struct sim_token *)value)->expires_ms + DAY_MS > *now_ms;
}

struct oldest {
    const struct sim_channel *channel;
    struct sim_token *token;
    size_t live;
};

static bool
find_oldest(const char *name, void *value, void *context)
{
    struct sim_token *token = value;
    struct oldest *oldest = context;

    (void)name;
    if (token->kind == TOKEN_SHORT_LIVED && token->channel == oldest->channel &&
        !token->is_revoked) {
        oldest->live++;
        if (oldest->token == NULL || token->issued_ms < oldest->token->issued_ms)
            oldest->token = token;
    }
    return true;
}

/* The 31st short-lived token revokes the first (line-platform 11). */
static void
make_room(struct sim *sim, const struct sim_channel *channel)
{
    struct oldest oldest = {.channel = channel};

    sim_table_sweep(sim->tokens, find_oldest, &oldest);
    if (oldest.live >= SHORT_LIVED_MAX)
        oldest.token->is_revoked = true;
}

struct sim_token *
sim_token_issue(struct sim *sim, const struct sim_token *facts)
{
    uint8_t random[768];
    size_t n = facts->kind == TOKEN_STATELESS ? sizeof(random) : 97;
    struct sim_token *token = sim_alloc(sizeof(*token));
    int64_t now_ms = sim_now_ms(sim);

    if (sim_table_count(sim->tokens) % 256 == 255)
        sim_table_sweep(sim->tokens, is_remembered, &now_ms);
    if (facts->kind == TOKEN_SHORT_LIVED)
        make_room(sim, facts->channel);
    *token = *facts;
    token->issued_ms = now_ms;
    token->text = sim_alloc(BASE64_SIZE(n));
    entropy_fill(random, n);
    if (facts->kind == TOKEN_USER || facts->kind == TOKEN_SHORT_LIVED)
        base64_encode(random, n, token->text);
    else
        base64url_encode(random, n, token->text);
    sim_table_put(sim->tokens, token->text, token);
    return token;
}

struct sim_token *
sim_token_find(struct sim *sim, struct str text)
{
    return sim_table_get(sim->tokens, text);
}

bool
sim_token_is_live(struct sim *sim, const struct sim_token *token)
{
    return !token->is_revoked && token->expires_ms > sim_now_ms(sim);
}

struct holder {
    const struct sim_person *person;
    const struct sim_channel *channel;
};

static bool
revoke_if_held(const char *name, void *value, void *context)
{
    struct sim_token *token = value;
    const struct holder *holder = context;

    (void)name;
    if (token->person == holder->person && token->channel == holder->channel)
        token->is_revoked = true;
    return true;
}

void
sim_token_revoke_all(struct sim *sim, const struct sim_person *person,
                     const struct sim_channel *channel)
{
    struct holder holder = {person, channel};

    sim_table_sweep(sim->tokens, revoke_if_held, &holder);
}

const char *
sim_token_scope(const struct sim_token *token)
{
    if (token->openid && token->profile)
        return "openid profile";
    return token->openid ? "openid" : "profile";
}
