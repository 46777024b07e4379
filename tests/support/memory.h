/*
 * memory.h - memory that runs out when told to, for the whole program: our own calls, SQLite's,
 * OpenSSL's, libmicrohttpd's, libcurl's, jansson's, and the C library's own.
 *
 * Only programs that the Makefile links with it have it, for it takes malloc's place.
 */
#ifndef TESTS_SUPPORT_MEMORY_H
#define TESTS_SUPPORT_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* The threads that are there now always find memory: they belong to the test. */
void memory_spare(void);

/* The n-th allocation from now on fails, and if it is for good, every one after it until
 * memory_back. n 0: none, but they are counted. */
void memory_fail(int64_t n, bool for_good);
void memory_back(void);

int64_t memory_asked(void);  /* allocations between the two */
int64_t memory_failed(void); /* of them, those that failed */

#endif
