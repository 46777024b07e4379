#include "domain/permute.h"

#include <assert.h>
#include <string.h>

#define ROUNDS 10 /* as NIST SP 800-38G, FF1, for the same kind of network */
#define LABEL_SIZE 8

uint64_t
power_of_ten(unsigned n)
{
    uint64_t power = 1;

    assert(n <= 19);
    while (n-- > 0)
        power *= 10;
    return power;
}

static void
put_be(uint8_t *out, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
}

/* The first 8 bytes of an HMAC as a number below `limit`. Of 2^64 values the last few make the
 * lowest results likelier by less than limit / 2^64: nothing that could be noticed. */
static uint64_t
round_number(const struct permutation *p, unsigned round, uint64_t half, uint64_t limit)
{
    uint8_t bytes[LABEL_SIZE + 8 + 1 + 1 + 8] = {0};
    const struct str input = {(const char *)bytes, sizeof(bytes)};
    uint8_t mac[SHA256_SIZE];
    uint64_t number = 0;

    memcpy(bytes, p->label, strlen(p->label));
    put_be(bytes + LABEL_SIZE, (uint64_t)p->tweak, 8);
    bytes[LABEL_SIZE + 8] = (uint8_t)p->digits;
    bytes[LABEL_SIZE + 9] = (uint8_t)round;
    put_be(bytes + LABEL_SIZE + 10, half, 8);
    hmac_sha256(p->key, KEY_SIZE, &input, 1, mac);
    for (int i = 0; i < 8; i++)
        number = number << 8 | mac[i];
    return number % limit;
}

/*
 * A Feistel network over two halves of decimal digits, adding modulo a power of ten. The halves of
 * an odd number of digits differ by one and take turns, so that exactly the numbers of that many
 * digits are permuted and no cycle has to be walked to stay among them.
 */
struct halves {
    uint64_t limit[2]; /* of the half that even and odd rounds change */
    uint64_t a, b;     /* b is known to the round, a changes */
};

static void
check(const struct permutation *p, uint64_t number)
{
    assert(p->digits >= PERMUTE_DIGITS_MIN && p->digits <= PERMUTE_DIGITS_MAX);
    assert(strlen(p->label) < LABEL_SIZE && number < power_of_ten(p->digits));
}

static struct halves
split(const struct permutation *p, uint64_t number)
{
    struct halves h;

    h.limit[0] = power_of_ten(p->digits / 2);
    h.limit[1] = power_of_ten(p->digits - p->digits / 2);
    h.a = number / h.limit[1];
    h.b = number % h.limit[1];
    return h;
}

uint64_t
permute(const struct permutation *p, uint64_t number)
{
    struct halves h;

    check(p, number);
    h = split(p, number);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t limit = h.limit[i % 2];
        uint64_t changed = (h.a + round_number(p, i, h.b, limit)) % limit;

        h.a = h.b;
        h.b = changed;
    }
    return h.a * h.limit[1] + h.b; /* an even number of rounds: each half is where it was */
}

uint64_t
permute_back(const struct permutation *p, uint64_t number)
{
    struct halves h;

    check(p, number);
    h = split(p, number);
    for (unsigned i = ROUNDS; i-- > 0;) {
        uint64_t limit = h.limit[i % 2];
        uint64_t before = (h.b + limit - round_number(p, i, h.a, limit)) % limit;

        h.b = h.a;
        h.a = before;
    }
    return h.a * h.limit[1] + h.b;
}
