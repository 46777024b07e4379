/*
 * login.h - LINE Login in a browser outside LINE: authorization code with PKCE, as values.
 *
 * The caller makes state, nonce and verifier (entropy_token each), keeps them in a short-lived
 * cookie, compares and burns them; here they are only put where LINE wants them.
 *
 * Source: LINE Login v2.1 reference; RFC 6749 section 4.1; RFC 7636.
 */
#ifndef LINE_LOGIN_H
#define LINE_LOGIN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define PKCE_CHALLENGE_SIZE 44 /* SHA-256 as base64url, and a NUL */
#define LOGIN_ANSWER_MAX_BYTES ((size_t)64 * 1024)

struct login_config {
    struct str authorize_url; /* https://access.line.me/oauth2/v2.1/authorize, or the stand-in's */
    struct str channel_id;
    struct str channel_secret;
    struct str redirect_uri; /* exactly as registered in LINE's console */
};

/* S256 of a verifier (RFC 7636 section 4.2); entropy_token's 43 characters are a good verifier. */
void pkce_challenge(struct str verifier, char out[PKCE_CHALLENGE_SIZE]);

/* How LINE is to ask. */
struct login_manner {
    struct str ui_locale; /* may be empty */
    /* After a callback whose state does not match: automatic login can fail so, and would do so
     * again. */
    bool disable_auto_login;
    /* Whoever proved it longer ago has to prove it anew, and the token tells when it was
     * (auth_time). 0: whenever it was. */
    int64_t max_age_s;
    /* prompt=login: LINE asks for password or QR whoever has proven it. Only when max_age did not
     * help, for many people have a phone that is logged in, and no password. */
    bool is_forced;
};

/* The address to send the browser to. Scope "openid profile"; bot_prompt=normal offers to add our
 * account as a friend. */
void login_authorize_url(struct buf *out, const struct login_config *config, struct str state,
                         struct str nonce, struct str challenge, const struct login_manner *manner);

/* Form body for POST /oauth2/v2.1/token. A code works once, even if this fails: no retry. */
void login_token_request(struct buf *out, const struct login_config *config, struct str code,
                         struct str verifier);

struct login_tokens {
    struct str id_token;     /* in arena; to be verified with idtoken_verify_hs256 */
    struct str access_token; /* in arena */
};

/*
 * Read the token endpoint's answer, whatever its status.
 *
 * ERR_AUTH "login_refused"      LINE answered with an OAuth error, such as a code used twice
 * ERR_UPSTREAM "login_answer"   anything else that is not a pair of tokens
 * ERR_INTERNAL                  the arena is full
 */
enum err_code
login_token_response(struct str text, struct arena *arena, struct login_tokens *out, struct err *e);

#endif
