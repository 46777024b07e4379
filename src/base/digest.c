#include "base/digest.h"

#include "base/entropy.h"
#include "base/reserve.h"

#include <assert.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONCE_SIZE 12
#define TAG_SIZE 16
#define HMAC_BLOCK 64 /* a longer key is hashed first (RFC 2104, section 2) */
#define HMAC_SLOTS 4

/* Looking an algorithm up costs more than using it (OpenSSL 3), so it is done once. */
static struct {
    pthread_once_t once;
    EVP_MD *sha256;
    EVP_MAC *hmac;
    EVP_CIPHER *aes;
    pthread_key_t scratch;
} library = {.once = PTHREAD_ONCE_INIT};

/* What a thread keeps between calls: contexts, and the last keys' HMACs ready to start again. */
struct scratch {
    EVP_MD_CTX *md;
    EVP_CIPHER_CTX *cipher;
    struct keyed {
        EVP_MAC_CTX *mac;
        uint8_t key[HMAC_BLOCK];
        size_t key_n;
    } keyed[HMAC_SLOTS];
    unsigned next_slot;
};

static _Thread_local struct scratch *scratch;

/* Before anybody, libcurl included, has asked OpenSSL for something. */
__attribute__((constructor)) static void
keep_memory_aside(void)
{
    reserve_for_openssl();
}

static void
must(bool worked, const char *what)
{
    if (worked)
        return;
    fprintf(stderr, "stampd: OpenSSL failed: %s\n", what);
    abort();
}

static void
scratch_free(void *arg)
{
    struct scratch *s = arg;

    for (size_t i = 0; i < HMAC_SLOTS; i++)
        EVP_MAC_CTX_free(s->keyed[i].mac);
    EVP_MD_CTX_free(s->md);
    EVP_CIPHER_CTX_free(s->cipher);
    OPENSSL_clear_free(s, sizeof(*s));
}

static void
library_load(void)
{
    library.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    library.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    library.aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    must(library.sha256 != NULL && library.hmac != NULL && library.aes != NULL, "fetch");
    must(pthread_key_create(&library.scratch, scratch_free) == 0, "pthread_key_create");
}

static struct scratch *
scratch_get(void)
{
    if (scratch != NULL)
        return scratch;
    pthread_once(&library.once, library_load);
    scratch = OPENSSL_zalloc(sizeof(*scratch));
    must(scratch != NULL, "memory");
    scratch->md = EVP_MD_CTX_new();
    scratch->cipher = EVP_CIPHER_CTX_new();
    must(scratch->md != NULL && scratch->cipher != NULL, "memory");
    must(pthread_setspecific(library.scratch, scratch) == 0, "pthread_setspecific");
    return scratch;
}

void
sha256(const void *bytes, size_t n, uint8_t out[SHA256_SIZE])
{
    struct scratch *s = scratch_get();

    must(EVP_DigestInit_ex2(s->md, library.sha256, NULL) == 1 &&
             EVP_DigestUpdate(s->md, bytes, n) == 1 && EVP_DigestFinal_ex(s->md, out, NULL) == 1,
         "SHA-256");
}

/* Start `mac` with this key. */
static void
mac_key(EVP_MAC_CTX *mac, const void *key, size_t key_n)
{
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };

    /* A NULL key would mean "the one before". */
    must(EVP_MAC_init(mac, key_n > 0 ? key : "", key_n, parameters) == 1, "HMAC key");
}

/*
 * A context started with this key. The few keys a thread uses (codes, ledger, sessions) stay
 * prepared: starting again costs half of starting from the key. The oldest slot makes way.
 */
static EVP_MAC_CTX *
mac_started(struct scratch *s, const void *key, size_t key_n)
{
    struct keyed *k;

    for (size_t i = 0; i < HMAC_SLOTS; i++) {
        k = &s->keyed[i];
        if (k->mac != NULL && k->key_n == key_n && key_n > 0 && digest_equal(k->key, key, key_n)) {
            must(EVP_MAC_init(k->mac, NULL, 0, NULL) == 1, "HMAC restart");
            return k->mac;
        }
    }
    k = &s->keyed[s->next_slot++ % HMAC_SLOTS];
    if (k->mac == NULL)
        k->mac = EVP_MAC_CTX_new(library.hmac);
    must(k->mac != NULL, "memory");
    mac_key(k->mac, key, key_n);
    k->key_n = key_n <= HMAC_BLOCK ? key_n : 0;
    memcpy(k->key, key, k->key_n);
    return k->mac;
}

void
hmac_sha256(const void *key, size_t key_n, const struct str *parts, size_t parts_n,
            uint8_t out[SHA256_SIZE])
{
    EVP_MAC_CTX *mac = mac_started(scratch_get(), key, key_n);
    size_t n = 0;

    for (size_t i = 0; i < parts_n; i++)
        must(EVP_MAC_update(mac, (const unsigned char *)parts[i].at, parts[i].n) == 1, "HMAC");
    must(EVP_MAC_final(mac, out, &n, SHA256_SIZE) == 1 && n == SHA256_SIZE, "HMAC");
}

void
hkdf_sha256(const uint8_t secret[KEY_SIZE], const char *purpose, uint8_t out[KEY_SIZE])
{
    /* Extract with a salt of zeros, then expand by one block: all that 32 bytes of output need
     * (RFC 5869, sections 2.2 and 2.3). */
    static const uint8_t no_salt[SHA256_SIZE];
    const struct str input = {(const char *)secret, KEY_SIZE};
    const struct str info[] = {str_of(purpose), STR("\x01")};
    uint8_t middle[SHA256_SIZE];

    hmac_sha256(no_salt, sizeof(no_salt), &input, 1, middle);
    hmac_sha256(middle, sizeof(middle), info, 2, out);
    digest_wipe(middle, sizeof(middle));
}

void
seal(const uint8_t key[KEY_SIZE], const void *plain, size_t n, struct str bound_to, uint8_t *out)
{
    EVP_CIPHER_CTX *c = scratch_get()->cipher;
    uint8_t *ciphertext = out + NONCE_SIZE;
    int done;

    assert(n <= INT_MAX && bound_to.n <= INT_MAX);
    entropy_fill(out, NONCE_SIZE);
    must(EVP_EncryptInit_ex2(c, library.aes, key, out, NULL) == 1, "AES key");
    if (bound_to.n > 0)
        must(EVP_EncryptUpdate(c, NULL, &done, (const uint8_t *)bound_to.at, (int)bound_to.n) == 1,
             "AES data");
    if (n > 0)
        must(EVP_EncryptUpdate(c, ciphertext, &done, plain, (int)n) == 1, "AES text");
    must(EVP_EncryptFinal_ex(c, ciphertext + n, &done) == 1 && done == 0 &&
             EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, ciphertext + n) == 1,
         "AES tag");
    must(EVP_CIPHER_CTX_reset(c) == 1, "AES end");
}

bool
seal_open(const uint8_t key[KEY_SIZE], struct str sealed, struct str bound_to, void *out)
{
    EVP_CIPHER_CTX *c = scratch_get()->cipher;
    const uint8_t *nonce = (const uint8_t *)sealed.at;
    uint8_t tag[TAG_SIZE];
    uint8_t nothing[1];
    size_t n;
    int done;
    bool genuine;

    if (sealed.n < SEAL_EXTRA || sealed.n > INT_MAX || bound_to.n > INT_MAX)
        return false;
    n = sealed.n - SEAL_EXTRA;
    memcpy(tag, nonce + NONCE_SIZE + n, TAG_SIZE);
    must(EVP_DecryptInit_ex2(c, library.aes, key, nonce, NULL) == 1, "AES key");
    if (bound_to.n > 0)
        must(EVP_DecryptUpdate(c, NULL, &done, (const uint8_t *)bound_to.at, (int)bound_to.n) == 1,
             "AES data");
    if (n > 0)
        must(EVP_DecryptUpdate(c, out, &done, nonce + NONCE_SIZE, (int)n) == 1, "AES text");
    must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1, "AES tag");
    genuine = EVP_DecryptFinal_ex(c, nothing, &done) == 1;
    if (!genuine && n > 0)
        digest_wipe(out, n); /* never hand out what was not proven */
    must(EVP_CIPHER_CTX_reset(c) == 1, "AES end");
    return genuine;
}

bool
digest_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void
digest_wipe(void *secret, size_t n)
{
    OPENSSL_cleanse(secret, n);
}
