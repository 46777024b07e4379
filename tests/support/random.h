/* random.h - the same random inputs on every run, for tests that try many. */
#ifndef TESTS_SUPPORT_RANDOM_H
#define TESTS_SUPPORT_RANDOM_H

#include <stddef.h>

unsigned random_below(unsigned limit);
/* n characters of the alphabet and a terminator. */
void random_text(char *text, size_t n, const char *alphabet);

#endif
