#include "base/reserve.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_BYTES 4096 /* the largest context that we use is AES-GCM's, under 1 KiB */
#define SLOTS 128       /* pages that are never touched cost nothing */

static struct {
    pthread_mutex_t lock;
    bool is_taken[SLOTS];
    _Alignas(64) unsigned char slot[SLOTS][SLOT_BYTES];
} reserve = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool
is_ours(const void *at)
{
    uintptr_t from = (uintptr_t)reserve.slot;

    return (uintptr_t)at >= from && (uintptr_t)at < from + sizeof(reserve.slot);
}

static void *
take(size_t n)
{
    void *found = NULL;

    if (n > SLOT_BYTES)
        return NULL;
    pthread_mutex_lock(&reserve.lock);
    for (size_t i = 0; i < SLOTS && found == NULL; i++)
        if (!reserve.is_taken[i]) {
            reserve.is_taken[i] = true;
            found = reserve.slot[i];
        }
    pthread_mutex_unlock(&reserve.lock);
    return found;
}

static void
give_back(void *at)
{
    size_t slot = ((uintptr_t)at - (uintptr_t)reserve.slot) / SLOT_BYTES;

    memset(at, 0, SLOT_BYTES);
    pthread_mutex_lock(&reserve.lock);
    reserve.is_taken[slot] = false;
    pthread_mutex_unlock(&reserve.lock);
}

/* ---------------------------------------------------------------- as OpenSSL asks */

static void *
allocate(size_t n, const char *file, int line)
{
    void *at = n > 0 ? malloc(n) : NULL;

    (void)file, (void)line;
    return at != NULL || n == 0 ? at : take(n);
}

static void
release(void *at, const char *file, int line)
{
    (void)file, (void)line;
    if (is_ours(at))
        give_back(at);
    else
        free(at);
}

static void *
reallocate(void *at, size_t n, const char *file, int line)
{
    void *more;

    if (at == NULL)
        return allocate(n, file, line);
    if (n == 0) {
        release(at, file, line);
        return NULL;
    }
    if (!is_ours(at)) /* what is there already can grow no more: it is not ours to measure */
        return realloc(at, n);
    if (n <= SLOT_BYTES)
        return at;
    more = malloc(n);
    if (more != NULL) {
        memcpy(more, at, SLOT_BYTES);
        give_back(at);
    }
    return more;
}

void
reserve_for_openssl(void)
{
    (void)CRYPTO_set_mem_functions(allocate, reallocate, release);
}
