/*
 * reward_json.h - what a reward is worth and what it asks for, as facts in our answers: pages say
 * them in the language of whoever reads.
 */
#ifndef API_REWARD_JSON_H
#define API_REWARD_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "domain/plan.h"
#include "domain/refusal.h"
#include "domain/reward.h"
#include "store/db.h"

#include <stdint.h>

/* ,"kind":"yen_off","value":500 */
void write_worth(struct buf *b, enum reward_kind kind, int64_t value);

/*
 * null, or {"shops":["Ueno"],"days":31,"from_min":600,"until_min":1020,"from":ms,"until":ms,
 * "min_yen":1000,"new_days":30}; what it does not ask for is left out. issued_ms: of the voucher,
 * 0 while it is none, when "wait_days" is told instead.
 */
enum err_code write_when(struct buf *b, struct db *db, const struct plan_rules *rules,
                         const struct reward_when *when, int64_t issued_ms, struct err *e);

/* ,"reason":"sold_out_today","again":ms and the other facts of a refusal; nothing for NONE */
void write_reason(struct buf *b, const struct refusal *refusal);

#endif
