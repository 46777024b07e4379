/*
 * token.h - the stateless channel access token our calls carry: 15 minutes, never revoked.
 *
 * Kept in memory only. A leak dies by itself, and any number may be issued.
 *
 * Source: channel-access-token.yml, POST /oauth2/v3/token.
 */
#ifndef LINE_TOKEN_H
#define LINE_TOKEN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define TOKEN_ANSWER_MAX_BYTES ((size_t)64 * 1024)
#define TOKEN_EARLY_MS (INT64_C(60) * 1000) /* this long before its end a successor is fetched */
#define TOKEN_LAST_MS (INT64_C(10) * 1000)  /* this near its end nothing is started with it */

struct token { /* all zero: none */
    char *text;
    int64_t renew_ms; /* from then on a successor is fetched, while this one is in use */
    int64_t last_ms;  /* from then on it is not used */
};

/* Form body for POST /oauth2/v3/token. */
void token_request(struct buf *out, struct str channel_id, struct str channel_secret);

/*
 * Read the answer, whatever its status; *out is replaced (token_clear) only by a good one.
 *
 * ERR_AUTH "token_refused"     LINE answered with an OAuth error: wrong channel id or secret
 * ERR_UPSTREAM "token_answer"  anything else that is not a token
 */
enum err_code token_response(struct str text, int64_t now_ms, struct token *out, struct err *e);
void token_clear(struct token *t); /* wiped; forgets a token that LINE refused */

bool token_is_usable(const struct token *t, int64_t now_ms);
bool token_is_due(const struct token *t, int64_t now_ms); /* for renewal; none at all is due too */

#endif
