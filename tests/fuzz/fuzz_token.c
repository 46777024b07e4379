/* Any bytes as an answer of LINE's token endpoints. */
#include <assert.h>
#include <string.h>

#include "line/login.h"
#include "line/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct str text = {(const char *)data, n};
    struct arena *arena = arena_new(64 * KIB);
    struct login_tokens login;
    struct token token = {0};
    struct err e;

    if (token_response(text, 0, &token, &e) == OK) /* fit for a header line */
        assert(token.text[0] != '\0' && strpbrk(token.text, " \r\n") == NULL);
    if (login_token_response(text, arena, &login, &e) == OK)
        assert(login.id_token.n > 0 && login.access_token.n > 0);
    token_clear(&token);
    arena_free(arena);
    return 0;
}
