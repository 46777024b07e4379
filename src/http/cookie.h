/*
 * cookie.h - session cookies and the rules against forged requests (security.md 6.3, 6.4).
 *
 * A session cookie is "__Host-<name>": Secure, HttpOnly, Path=/, no Domain. Its value is 256 random
 * bits as base64url; only its SHA-256 is ever stored.
 */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include "base/digest.h"
#include "base/entropy.h"
#include "http/reply.h"
#include "http/request.h"

enum cookie_same_site { SAME_SITE_LAX, SAME_SITE_STRICT };

/* `name` is the whole name, "__Host-m"; max_age_s 0 removes it. */
void cookie_set(struct request *req, struct reply *reply, const char *name, const char *value,
                int64_t max_age_s, enum cookie_same_site same_site);

/* The SHA-256 of a cookie's value (of its text); false when it is absent or not the 43 characters
 * of a canonical base64url token. */
bool cookie_hash(const struct request *req, const char *name, uint8_t out[SHA256_SIZE]);

/*
 * May this request change something? Sec-Fetch-Site, where present, must be same-origin; Origin,
 * where present, must be ours; and a request with a cookie needs at least one of the two.
 *
 * ERR_FORBIDDEN "origin_foreign", "origin_missing"
 */
enum err_code cookie_check_origin(const struct request *req, const char *own_origin, struct err *e);

#endif
