/*
 * lapse.h - the end of lots.
 *
 * A lot that has ended leaves the card as a transfer of its own, when the card is next used or when
 * the daily run comes to it, whichever is first: until then its units count for nothing but the
 * balance.
 */
#ifndef DOMAIN_LAPSE_H
#define DOMAIN_LAPSE_H

#include "base/err.h"
#include "domain/card.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* What has ended on this card leaves it; *card is as it is then. Costs one comparison when nothing
 * ends. */
enum err_code lapse_card(struct db *db, struct card *card, int64_t now_ms, struct err *e);

/*
 * The same for at most `max` cards; *done_out: no more are left. A run that breaks off goes on
 * where it was, and one that comes again finds nothing to do.
 */
enum err_code lapse_run(struct db *db, int64_t now_ms, int64_t max, bool *done_out, struct err *e);

#endif
