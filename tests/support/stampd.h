/*
 * stampd.h - what an operator types. The whole program but for its main() runs in the test's own
 * process, with what it prints kept.
 */
#ifndef TESTS_SUPPORT_STAMPD_H
#define TESTS_SUPPORT_STAMPD_H

#include <stdbool.h>
#include <stddef.h>

#define STAMPD_SAID_MAX (256 * 1024)

extern char printed[STAMPD_SAID_MAX], complained[STAMPD_SAID_MAX]; /* by the last call */

/* stampd word word ...: the exit status. No word has a space in it. */
int stampd(const char *words);
/* The same on the harness's own installation. */
int stampd_here(const char *words);

/* A file's text, which must fit. */
void read_back(const char *path, char *out, size_t cap);

/* Whether a text has this in it; says so when it has not. */
bool tells(const char *text, const char *what);

#endif
