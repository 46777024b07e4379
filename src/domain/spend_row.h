/*
 * spend_row.h - how a hold spends. Nobody but spend.c and hold.c includes it.
 */
#ifndef DOMAIN_SPEND_ROW_H
#define DOMAIN_SPEND_ROW_H

#include "domain/spend.h"

/* spend_points with another reason than "spend" on the transfer. */
enum err_code spend_for(struct db *db, const struct spend *in, const char *reason,
                        struct spend_result *out, struct refusal *refusal, struct err *e);

#endif
