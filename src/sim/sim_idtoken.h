/*
 * sim_idtoken.h - ID tokens as LINE makes them (line-platform 2.5): HS256 with the channel secret
 * in the web flow, ES256 with a key of the JWKS in LIFF.
 *
 * The ES256 key is made at the start and forgotten at the end; it can be rotated while running.
 */
#ifndef SIM_SIM_IDTOKEN_H
#define SIM_SIM_IDTOKEN_H

#include "base/arena.h"
#include "base/str.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#define SIM_ISSUER "https://access.line.me" /* whatever our own address is */
#define SIM_ID_TOKEN_S 3600
#define SIM_KEYS_MAX 4

struct sim;
struct sim_person;

struct sim_keys {
    struct {
        EVP_PKEY *key;
        char kid[24];
    } at[SIM_KEYS_MAX]; /* newest first */
    size_t n;
};

void sim_keys_init(struct sim_keys *keys);
void sim_keys_clear(struct sim_keys *keys);
/* A new key signs from now on. The older ones stay in the JWKS, or go at once. */
void sim_keys_rotate(struct sim_keys *keys, bool forget_older);
json_t *sim_keys_jwks(const struct sim_keys *keys); /* new */

struct sim_id_token {
    const struct sim_person *person;
    struct str nonce; /* empty: none was sent */
    const char *amr;  /* how the person proved who they are */
    int64_t auth_ms;  /* 0: no auth_time was asked for */
    int64_t issued_ms;
    bool has_profile; /* name and picture */
    bool is_es256;
};

/* In arena. */
char *sim_id_token_make(struct sim *sim, struct arena *arena, const struct sim_id_token *token);

/*
 * POST /oauth2/v2.1/verify: NULL when the token holds, and its claims in *claims_out (new); else
 * LINE's description of what is wrong. `nonce` and `user_id` are compared unless empty.
 */
const char *
sim_id_token_check(struct sim *sim, struct arena *arena, struct str text, struct str client_id,
                   struct str nonce, struct str user_id, json_t **claims_out);

/* The three parts of a compact JWS; false when there are not three. */
bool sim_jws_split(struct str text, struct str *head, struct str *payload, struct str *signature);
/* base64url JSON object: new, or NULL. */
json_t *sim_jws_json(struct arena *arena, struct str part);

#endif
