/*
 * sim_token.h - access tokens of people and of channels, and refresh tokens.
 *
 * Opaque to their holders; those of people contain '+', '/' and '=' as LINE's may, so that a client
 * that forgets to percent-encode one finds out here (line-platform 2.3).
 */
#ifndef SIM_SIM_TOKEN_H
#define SIM_SIM_TOKEN_H

#include "sim/sim_state.h"

enum sim_token_kind {
    TOKEN_USER,
    TOKEN_REFRESH,
    TOKEN_STATELESS,   /* 15 minutes, cannot be revoked, without number */
    TOKEN_SHORT_LIVED, /* 30 days, 30 at a time */
};

struct sim_token {
    enum sim_token_kind kind;
    const struct sim_channel *channel;
    const struct sim_person *person; /* of a user's token */
    bool openid, profile;            /* scopes of a user's token */
    bool is_revoked;
    int64_t issued_ms;
    int64_t expires_ms;
    char *text; /* also its name in the table */
};

/* The text lives as long as the token does: a day past its end. Borrowed. */
struct sim_token *sim_token_issue(struct sim *sim, const struct sim_token *facts);

/* Known, whatever its state; NULL when it is not. */
struct sim_token *sim_token_find(struct sim *sim, struct str text);
/* Neither expired nor revoked. */
bool sim_token_is_live(struct sim *sim, const struct sim_token *token);

/* Everything this person ever allowed this channel ends. */
void sim_token_revoke_all(struct sim *sim, const struct sim_person *person,
                          const struct sim_channel *channel);

/* "openid profile" in LINE's order; a literal. */
const char *sim_token_scope(const struct sim_token *token);

void sim_token_free(void *token);

#endif
