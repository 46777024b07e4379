/*
 * card_find.h - which card is meant by what a person of the shop scans or types, to look it up.
 *
 * Nothing is granted by it, so a code need not be fresh: the 22 digits of any time do, a rotating
 * JAN-13 as long as it is shown, and a fixed number, with or without its check digit.
 */
#ifndef DOMAIN_CARD_FIND_H
#define DOMAIN_CARD_FIND_H

#include "base/err.h"
#include "base/str.h"
#include "domain/card.h"
#include "store/db.h"

#include <stdint.h>

/*
 * ERR_INPUT     "code_unreadable": neither a card's code nor a number of any kind
 * ERR_NOT_FOUND "card_unknown"
 * ERR_CONFLICT  "code_ambiguous": two cards may be meant; the 22 digits tell which
 */
enum err_code
card_find(struct db *db, struct str text, int64_t now_ms, struct card *out, struct err *e);

#endif
