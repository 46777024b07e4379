/*
 * birthday.h - a member's birthday without its year, if they gave it: for one greeting a year.
 *
 * It is theirs to change and to take back at any time; who was greeted this year is not greeted
 * again for having moved it.
 */
#ifndef DOMAIN_BIRTHDAY_H
#define DOMAIN_BIRTHDAY_H

#include "base/err.h"
#include "store/db.h"

#include <stdint.h>

struct birthday {
    int64_t month; /* 1 to 12; 0: not given */
    int64_t day;   /* 1 to 29, 30 or 31 */
};

enum err_code birthday_load(struct db *db, int64_t member_id, struct birthday *out, struct err *e);
/* ERR_INPUT "birthday_invalid" (e->field): there is no such day; nothing was written */
enum err_code
birthday_save(struct db *db, int64_t member_id, const struct birthday *birthday, struct err *e);
enum err_code birthday_forget(struct db *db, int64_t member_id, struct err *e);

#endif
