#include "base/entropy.h"

#include "base/codec.h"
#include "base/digest.h"

#include <assert.h>
#include <limits.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The repeatable stream: SHA-256 of the seed and a block number, block after block. */
static struct {
    atomic_bool on;
    pthread_mutex_t lock;
    struct {
        uint64_t seed;
        uint64_t block;
    } next;
    uint8_t bytes[SHA256_SIZE];
    size_t left; /* unused bytes, at the end of `bytes` */
} seeded = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
entropy_seed(uint64_t seed)
{
    pthread_mutex_lock(&seeded.lock);
    seeded.next.seed = seed;
    seeded.next.block = 0;
    seeded.left = 0;
    atomic_store(&seeded.on, true);
    pthread_mutex_unlock(&seeded.lock);
}

static void
fill_seeded(uint8_t *out, size_t n)
{
    pthread_mutex_lock(&seeded.lock);
    while (n > 0) {
        size_t take;

        if (seeded.left == 0) {
            sha256(&seeded.next, sizeof(seeded.next), seeded.bytes);
            seeded.next.block++;
            seeded.left = sizeof(seeded.bytes);
        }
        take = n < seeded.left ? n : seeded.left;
        memcpy(out, seeded.bytes + sizeof(seeded.bytes) - seeded.left, take);
        seeded.left -= take;
        out += take;
        n -= take;
    }
    pthread_mutex_unlock(&seeded.lock);
}

void
entropy_fill(void *out, size_t n)
{
    if (atomic_load_explicit(&seeded.on, memory_order_relaxed)) {
        fill_seeded(out, n);
        return;
    }
    assert(n <= INT_MAX);
    if (RAND_bytes(out, (int)n) != 1) {
        fputs("stampd: no random bytes from OpenSSL\n", stderr);
        abort();
    }
}

uint64_t
entropy_below(uint64_t limit)
{
    uint64_t number;

    assert(limit > 0);
    /* The numbers below 2^64 mod limit would come up once more often than the others. */
    do
        entropy_fill(&number, sizeof(number));
    while (number < (0 - limit) % limit);
    return number % limit;
}

void
entropy_token(char out[TOKEN_SIZE])
{
    uint8_t bytes[32];

    entropy_fill(bytes, sizeof(bytes));
    base64url_encode(bytes, sizeof(bytes), out);
    digest_wipe(bytes, sizeof(bytes));
}

void
entropy_uuid(char out[UUID_SIZE])
{
    static const uint8_t group[] = {4, 2, 2, 2, 6};
    uint8_t bytes[16];
    const uint8_t *at = bytes;

    entropy_fill(bytes, sizeof(bytes));
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40); /* version 4 */
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80); /* variant of RFC 9562, section 4.1 */
    for (size_t i = 0; i < sizeof(group); i++) {
        hex_encode(at, group[i], out);
        at += group[i];
        out += 2 * group[i];
        *out++ = '-';
    }
    out[-1] = '\0';
}
