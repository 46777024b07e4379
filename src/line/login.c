#include "line/login.h"

#include <inttypes.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/json.h"

void
pkce_challenge(struct str verifier, char out[PKCE_CHALLENGE_SIZE])
{
    uint8_t digest[SHA256_SIZE];

    sha256(verifier.at, verifier.n, digest);
    base64url_encode(digest, sizeof(digest), out);
}

/* "name=" and the value percent-encoded; `name` brings its own & and is a literal. */
static void
parameter(struct buf *out, const char *name, struct str value)
{
    buf_text(out, name);
    buf_url(out, value);
}

void
login_authorize_url(struct buf *out, const struct login_config *config, struct str state,
                    struct str nonce, struct str challenge, const struct login_manner *manner)
{
    buf_str_raw(out, config->authorize_url);
    buf_text(out, "?response_type=code");
    parameter(out, "&client_id=", config->channel_id);
    parameter(out, "&redirect_uri=", config->redirect_uri);
    parameter(out, "&state=", state);
    buf_text(out, "&scope=openid%20profile");
    parameter(out, "&nonce=", nonce);
    parameter(out, "&code_challenge=", challenge);
    buf_text(out, "&code_challenge_method=S256&bot_prompt=normal");
    if (manner->ui_locale.n > 0)
        parameter(out, "&ui_locales=", manner->ui_locale);
    if (manner->disable_auto_login)
        buf_text(out, "&disable_auto_login=true");
    if (manner->max_age_s > 0)
        buf_format(out, "&max_age=%" PRId64, manner->max_age_s);
    if (manner->is_forced)
        buf_text(out, "&prompt=login");
}

void
login_token_request(struct buf *out, const struct login_config *config, struct str code,
                    struct str verifier)
{
    buf_text(out, "grant_type=authorization_code");
    parameter(out, "&code=", code);
    parameter(out, "&redirect_uri=", config->redirect_uri);
    parameter(out, "&client_id=", config->channel_id);
    parameter(out, "&client_secret=", config->channel_secret);
    parameter(out, "&code_verifier=", verifier);
}

enum err_code
login_token_response(struct str text, struct arena *arena, struct login_tokens *out, struct err *e)
{
    struct str refusal = STR(""), id_token = STR(""), access_token = STR("");
    const struct json_field refused[] = {
        {"error", JSON_KIND_TEXT, .min = 1, .max = 4 * KIB, .out = &refusal},
    };
    const struct json_field granted[] = {
        {"id_token", JSON_KIND_TEXT, .min = 1, .max = 8 * KIB, .out = &id_token},
        {"access_token", JSON_KIND_TEXT, .min = 1, .max = 8 * KIB, .out = &access_token},
    };
    json_auto_t *root = NULL;
    struct login_tokens found;

    if (json_parse(text, LOGIN_ANSWER_MAX_BYTES, &root, e))
        return err_set(e, ERR_UPSTREAM, "login_answer", "LINE's token answer is no JSON");
    if (json_read_some(root, refused, 1, e) == OK)
        return err_set(e, ERR_AUTH, "login_refused", "LINE refused the code: %.64s", refusal.at);
    if (json_read_some(root, granted, 2, e))
        return err_set(e, ERR_UPSTREAM, "login_answer", "LINE's token answer lacks a token");
    found.id_token = (struct str){arena_dup(arena, id_token.at, id_token.n), id_token.n};
    found.access_token =
        (struct str){arena_dup(arena, access_token.at, access_token.n), access_token.n};
    if (found.id_token.at == NULL || found.access_token.at == NULL)
        return err_set(e, ERR_INTERNAL, "arena_full", "no room for LINE's tokens");
    *out = found;
    return OK;
}
