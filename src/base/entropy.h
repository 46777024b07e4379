/*
 * entropy.h - the one source of random bytes.
 *
 * entropy_seed makes it repeatable for tests and for the demo's history; a service that goes live
 * never calls it. Safe from any thread.
 */
#ifndef BASE_ENTROPY_H
#define BASE_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

#define TOKEN_SIZE 44 /* 256 bits as base64url, and a NUL */
#define UUID_SIZE 37

void entropy_fill(void *out, size_t n); /* ends the process when the system has no randomness */
uint64_t entropy_below(uint64_t limit); /* uniform in 0..limit-1; limit > 0 */
void entropy_token(char out[TOKEN_SIZE]);
void entropy_uuid(char out[UUID_SIZE]); /* version 4, lower case (RFC 9562) */
void entropy_seed(uint64_t seed);

#endif
