/*
 * name.h - what people and places are called: one stored form, whoever typed it.
 */
#ifndef DOMAIN_NAME_H
#define DOMAIN_NAME_H

#include "base/err.h"
#include "base/str.h"

#define NAME_POINTS 64
#define NAME_SIZE (NAME_POINTS * 4 + 1) /* bytes of that many code points, and a NUL */

/* Typed by one of us: refused when it is not 1 to 64 code points of text. ERR_INPUT text_* */
enum err_code name_clean(struct str in, char out[NAME_SIZE], struct err *e);

/* Given by LINE: cut to 64 code points; "" when nothing readable is left. */
void name_cut(struct str in, char out[NAME_SIZE]);

#endif
