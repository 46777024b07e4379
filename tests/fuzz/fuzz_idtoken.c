/* Any bytes as a token, then as the claims of one whose signature holds. */
#include <assert.h>

#include "base/codec.h"
#include "base/digest.h"
#include "line/idtoken.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static char token[8 * 1024] = "eyJhbGciOiJIUzI1NiJ9.", kid[JWKS_KID_SIZE];
    const struct idtoken_want want = {STR("1234567890"), {NULL, 0}, INT64_C(1767225660000)};
    struct arena *arena = arena_new(64 * KIB);
    uint8_t mac[SHA256_SIZE];
    struct idtoken out;
    struct str covered;
    struct err e;

    idtoken_kid((struct str){(const char *)data, n}, kid, &e);
    base64url_encode(data, n < 4096 ? n : 4096, token + 21);
    covered = str_of(token);
    hmac_sha256("secret", 6, &covered, 1, mac);
    token[covered.n] = '.';
    base64url_encode(mac, sizeof(mac), token + covered.n + 1);
    if (idtoken_verify_hs256(str_of(token), STR("secret"), &want, arena, &out, &e) == OK)
        assert(userid_is_valid(str_of(out.sub)) && out.exp_ms > want.now_ms && out.auth_ms >= 0 &&
               out.auth_ms <= want.now_ms + 60 * 1000);
    arena_free(arena);
    return 0;
}
