#include "http/cookie.h"

#include "base/codec.h"

#include <inttypes.h>

#define TOKEN_BYTES 32

void
cookie_set(struct request *req, struct reply *reply, const char *name, const char *value,
           int64_t max_age_s, enum cookie_same_site same_site)
{
    const char *line = arena_format(
        req->arena, "%s=%s; Path=/; Secure; HttpOnly; SameSite=%s; Max-Age=%" PRId64, name,
        max_age_s > 0 ? value : "", same_site == SAME_SITE_STRICT ? "Strict" : "Lax", max_age_s);

    if (line != NULL)
        reply_header(reply, "Set-Cookie", line);
}

bool
cookie_hash(const struct request *req, const char *name, uint8_t out[SHA256_SIZE])
{
    uint8_t token[TOKEN_BYTES];
    struct str value;
    size_t n;

    if (!request_cookie(req, name, &value) || value.n != TOKEN_SIZE - 1 ||
        !base64url_decode(value, token, sizeof(token), &n) || n != sizeof(token))
        return false;
    digest_wipe(token, sizeof(token));
    sha256(value.at, value.n, out);
    return true;
}

/* Source: Fetch Metadata (W3C), section 2.4; RFC 6454 section 7. An old browser sends only Origin,
 * and a POST from another site carries one of the two in every browser since 2020. */
enum err_code
cookie_check_origin(const struct request *req, const char *own_origin, struct err *e)
{
    struct str site = request_header(req, "sec-fetch-site");
    struct str origin = request_header(req, "origin");

    if (site.n > 0 && !str_eq(site, STR("same-origin")))
        return err_set(e, ERR_FORBIDDEN, "origin_foreign", "Sec-Fetch-Site is not same-origin");
    if (origin.n > 0 && !str_eq(origin, str_of(own_origin)))
        return err_set(e, ERR_FORBIDDEN, "origin_foreign", "Origin is not ours");
    if (site.n == 0 && origin.n == 0 && request_header(req, "cookie").n > 0)
        return err_set(e, ERR_FORBIDDEN, "origin_missing", "neither Sec-Fetch-Site nor Origin");
    return OK;
}
