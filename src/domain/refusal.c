#include "domain/refusal.h"

#include <assert.h>
#include <stddef.h>

const char *
refusal_word(enum refusal_kind kind)
{
    static const char *const word[] = {
#define REFUSAL_WORD(name, text) [REFUSAL_##name] = text,
        REFUSAL_TABLE(REFUSAL_WORD)
#undef REFUSAL_WORD
    };

    assert((size_t)kind < sizeof(word) / sizeof(word[0]));
    return word[kind];
}
