/*
 * userid.h - how LINE names a person: 'U' and 32 lower-case hexadecimal digits.
 *
 * The same person has the same id in every channel of one provider, and another one elsewhere.
 */
#ifndef LINE_USERID_H
#define LINE_USERID_H

#include "base/str.h"

#include <stdbool.h>

#define USERID_LENGTH 33
#define USERID_SIZE (USERID_LENGTH + 1) /* with a NUL */

bool userid_is_valid(struct str id);

#endif
