#include "line/token.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"

#define TOKEN_MAX_BYTES ((size_t)8 * 1024)

void
token_request(struct buf *out, struct str channel_id, struct str channel_secret)
{
    buf_text(out, "grant_type=client_credentials&client_id=");
    buf_url(out, channel_id);
    buf_text(out, "&client_secret=");
    buf_url(out, channel_secret);
}

/* The token goes into a header line: nothing but visible ASCII may be in it. */
static bool
is_header_safe(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~')
            return false;
    return true;
}

static int64_t
smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

enum err_code
token_response(struct str text, int64_t now_ms, struct token *out, struct err *e)
{
    struct str refusal = STR(""), token = STR("");
    int64_t life_s = 0;
    const struct json_field refused[] = {
        {"error", JSON_KIND_TEXT, .min = 1, .max = 4 * KIB, .out = &refusal},
    };
    const struct json_field granted[] = {
        {"access_token", JSON_KIND_TEXT, .min = 1, .max = TOKEN_MAX_BYTES, .out = &token},
        {"expires_in", JSON_KIND_INT, .min = 1, .max = 30 * 24 * 3600, .out = &life_s},
    };
    json_auto_t *root = NULL;
    int64_t life_ms;
    char *copy;

    if (json_parse(text, TOKEN_ANSWER_MAX_BYTES, &root, e))
        return err_set(e, ERR_UPSTREAM, "token_answer", "LINE's token answer is no JSON");
    if (json_read_some(root, refused, 1, e) == OK)
        return err_set(e, ERR_AUTH, "token_refused", "LINE gave no token: %.64s", refusal.at);
    if (json_read_some(root, granted, 2, e) || !is_header_safe(token))
        return err_set(e, ERR_UPSTREAM, "token_answer", "LINE's token answer has no usable token");
    copy = strndup(token.at, token.n);
    if (copy == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory for a token");
    token_clear(out);
    life_ms = life_s * SECOND_MS; /* 15 minutes; what were shorter is not renewed all the time */
    *out = (struct token){
        .text = copy,
        .renew_ms = now_ms + life_ms - smaller(TOKEN_EARLY_MS, life_ms / 2),
        .last_ms = now_ms + life_ms - smaller(TOKEN_LAST_MS, life_ms / 4),
    };
    return OK;
}

void
token_clear(struct token *t)
{
    if (t->text != NULL)
        digest_wipe(t->text, strlen(t->text));
    free(t->text);
    *t = (struct token){0};
}

bool
token_is_usable(const struct token *t, int64_t now_ms)
{
    return t->text != NULL && now_ms < t->last_ms;
}

bool
token_is_due(const struct token *t, int64_t now_ms)
{
    return t->text == NULL || now_ms >= t->renew_ms;
}
