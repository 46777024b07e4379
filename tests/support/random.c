#include "tests/support/random.h"

#include <stdint.h>
#include <string.h>

static uint32_t state = 20260401;

unsigned
random_below(unsigned limit)
{
    state ^= state << 13; /* xorshift */
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
}

void
random_text(char *text, size_t n, const char *alphabet)
{
    size_t letters = strlen(alphabet);

    for (size_t i = 0; i < n; i++)
        text[i] = alphabet[random_below((unsigned)letters)];
    text[n] = '\0';
}
