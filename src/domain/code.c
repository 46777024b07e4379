#include "domain/code.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "domain/permute.h"

#define LOCATOR_DIGITS 10
#define PROOF_LIMIT UINT64_C(100000000)

int64_t
code_step(int64_t at_ms)
{
    assert(at_ms >= 0);
    return at_ms / CODE_STEP_MS;
}

static bool
all_digits(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return true;
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
keyed_number(const uint8_t key[KEY_SIZE], const void *bytes, size_t n, uint64_t limit)
{
    const struct str input = {bytes, n};
    uint8_t mac[SHA256_SIZE];
    uint64_t number = 0;

    hmac_sha256(key, KEY_SIZE, &input, 1, mac);
    for (int i = 0; i < 8; i++)
        number = number << 8 | mac[i];
    return number % limit;
}

/* ---------------------------------------------------------------- 22 digits */

static int64_t
proof_of(const struct keys *keys, enum code_kind kind, int64_t locator, int64_t step)
{
    uint8_t input[8 + 1 + 8 + 8] = "code-v1";

    input[8] = (uint8_t)kind;
    put_be(input + 9, (uint64_t)locator, 8);
    put_be(input + 17, (uint64_t)step, 8);
    return (int64_t)keyed_number(keys->code, input, sizeof(input), PROOF_LIMIT);
}

/* A string of digits modulo 97: ISO/IEC 7064, MOD 97-10 asks for 1 over number and check digits. */
static int
mod_97(const char *digits, size_t n)
{
    int rest = 0;

    for (size_t i = 0; i < n; i++)
        rest = (rest * 10 + (digits[i] - '0')) % 97;
    return rest;
}

void
code_make(const struct keys *keys, enum code_kind kind, int64_t locator, int64_t step,
          char out[CODE_DIGITS + 1])
{
    char text[64];
    int n;

    assert(locator >= 0 && locator < INT64_C(10000000000));
    n = snprintf(text, sizeof(text), "%02d%010" PRId64 "%08" PRId64, (int)kind, locator,
                 proof_of(keys, kind, locator, step));
    assert(n == CODE_DIGITS - 2);
    snprintf(text + n, sizeof(text) - (size_t)n, "%02d", 98 - mod_97(text, (size_t)n) * 100 % 97);
    memcpy(out, text, CODE_DIGITS + 1);
}

static int64_t
number_of(const char *digits, size_t n)
{
    int64_t number = 0;

    for (size_t i = 0; i < n; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

bool
code_parse(struct str digits, struct code *out)
{
    int64_t kind;

    if (digits.n != CODE_DIGITS || !all_digits(digits) || mod_97(digits.at, digits.n) != 1)
        return false;
    /* 00, 01 and 99 leave the same rest as 97, 98 and 02, but are never made. */
    if (number_of(digits.at + 20, 2) < 2 || number_of(digits.at + 20, 2) > 98)
        return false;
    kind = number_of(digits.at, 2);
    if (kind != CODE_MEMBER && kind != CODE_VOUCHER)
        return false;
    out->kind = (enum code_kind)kind;
    out->locator = number_of(digits.at + 2, LOCATOR_DIGITS);
    out->proof = number_of(digits.at + 12, 8);
    return true;
}

bool
code_is_of_step(const struct keys *keys, const struct code *code, int64_t step)
{
    int64_t proof = proof_of(keys, code->kind, code->locator, step);

    return digest_equal(&proof, &code->proof, sizeof(proof));
}

/* ---------------------------------------------------------------- JAN-13 */

char
gs1_check_digit(struct str digits)
{
    int sum = 0;

    for (size_t i = 0; i < digits.n; i++)
        sum += (digits.at[digits.n - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
    return (char)('0' + (10 - sum % 10) % 10);
}

static struct permutation
jan_permutation(const struct keys *keys, int64_t step)
{
    return (struct permutation){
        .key = keys->locator, .label = "jan-v1", .tweak = step, .digits = LOCATOR_DIGITS};
}

void
jan_make(const struct keys *keys, int64_t prefix, int64_t locator, int64_t step,
         char out[JAN_DIGITS + 1])
{
    const struct permutation p = jan_permutation(keys, step);
    char text[64];
    int n;

    assert(prefix >= 20 && prefix <= 29 && locator >= 0 && locator < INT64_C(10000000000));
    n = snprintf(text, sizeof(text), "%02" PRId64 "%010" PRIu64, prefix,
                 permute(&p, (uint64_t)locator));
    assert(n == JAN_DIGITS - 1);
    memcpy(out, text, JAN_DIGITS - 1);
    out[JAN_DIGITS - 1] = gs1_check_digit((struct str){text, JAN_DIGITS - 1});
    out[JAN_DIGITS] = '\0';
}

int64_t
jan_locator(const struct keys *keys, struct str digits, int64_t step)
{
    const struct permutation p = jan_permutation(keys, step);

    assert(digits.n == JAN_DIGITS && all_digits(digits));
    return (int64_t)permute_back(&p, (uint64_t)number_of(digits.at + 2, LOCATOR_DIGITS));
}
