/*
 * shrink.h - from many steps that fail together to few that still do.
 *
 * Delta debugging (Zeller, Hildebrandt, 2002): ever smaller pieces are left out as long as what is
 * left fails. A step must mean something whatever steps went before it.
 */
#ifndef TESTS_SUPPORT_SHRINK_H
#define TESTS_SUPPORT_SHRINK_H

#include <stdbool.h>
#include <stddef.h>

/* keep[0..n-1] are numbers of steps, ascending, that fail together; afterwards those that are left.
 * Returns how many. */
size_t shrink(bool (*fails)(void *context, const size_t *keep, size_t n), void *context,
              size_t *keep, size_t n);

#endif
