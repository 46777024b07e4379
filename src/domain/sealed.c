#include "domain/sealed.h"

#include <stdlib.h>

enum err_code
sealed_init(struct sealed *out, const uint8_t key[KEY_SIZE], struct str plain, struct str place,
            struct err *e)
{
    uint8_t *at = malloc(plain.n + SEAL_EXTRA);

    if (at == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory to seal %zu bytes", plain.n);
    seal(key, plain.at, plain.n, place, at);
    *out = (struct sealed){.at = at, .n = plain.n + SEAL_EXTRA};
    return OK;
}

void
sealed_clear(struct sealed *s)
{
    free(s->at);
    s->at = NULL;
}

void
sealed_bind(struct stmt *s, const char *name, const struct sealed *value)
{
    if (value->at == NULL)
        stmt_bind_null(s, name);
    else
        stmt_bind_blob(s, name, value->at, value->n);
}

enum err_code
sealed_open(const uint8_t key[KEY_SIZE], struct str sealed, struct str place, struct arena *a,
            struct str *out, struct err *e)
{
    char *text;

    if (sealed.n < SEAL_EXTRA)
        return err_set(e, ERR_INTERNAL, "seal_broken", "%.*s: only %zu bytes", (int)place.n,
                       place.at, sealed.n);
    text = arena_alloc(a, sealed.n - SEAL_EXTRA + 1);
    if (text == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "%.*s: no room to open %zu bytes",
                       (int)place.n, place.at, sealed.n);
    if (!seal_open(key, sealed, place, text))
        return err_set(e, ERR_INTERNAL, "seal_broken", "%.*s does not open", (int)place.n,
                       place.at);
    *out = (struct str){text, sealed.n - SEAL_EXTRA};
    return OK;
}
