/*
 * spend_parts.h - what requests and answers about spent and held points share.
 */
#ifndef API_SPEND_PARTS_H
#define API_SPEND_PARTS_H

#include "api/service.h"
#include "base/buf.h"
#include "domain/hold.h"
#include "domain/spend.h"
#include "http/reply.h"
#include "http/request.h"

#include <stdbool.h>
#include <stdint.h>

/* A spending as far as the request's actor and time tell. */
struct spend spend_by(const struct request *req);

/* ERR_INPUT "field_missing", field "points": it takes one of the two. */
enum err_code spend_amount(int64_t points, bool all, int64_t *out, struct err *e);

/* In arena; empty on failure. */
struct str shop_of_till(struct request *req, struct err *e);

/* "transfer":57,"mac":"...","points":300,"worth":300,"balance":940 */
void write_spend(struct buf *b, const struct spend_result *r);

enum err_code publish_spend(struct request *req, struct reply *reply, const struct spend_result *r,
                            struct err *e);

/* A hold that time has ended: the open card shows what came back, as after a release. */
void publish_hold_over(const struct service *s, const struct hold_ended *ended);

/* ,"held":[{"hold":5,"points":300,"till":"..","until":ms,"may_release":true}] of a card, and
 * nothing when there is nothing; of a voucher "voucher":3 instead of the points. */
enum err_code write_held(struct buf *b, struct request *req, int64_t card_id, struct err *e);

#endif
