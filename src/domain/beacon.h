/*
 * beacon.h - LINE Beacons in the shops: a hint that a member is near, and nothing more.
 *
 * A Simple Beacon's frames can be recorded and played elsewhere, so no point ever comes of one. Who
 * was near is known for a day, the newest time for each shop. Functions that write expect a
 * savepoint around them.
 *
 * Source: Messaging API documentation, "Using beacons with LINE".
 */
#ifndef DOMAIN_BEACON_H
#define DOMAIN_BEACON_H

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/name.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define BEACON_HWID_SIZE 11 /* 10 hexadecimal digits and a NUL */
#define BEACON_KEPT_MS DAY_MS
#define BEACON_EVERY_HOURS_MAX 24 /* what is not known any more cannot be counted from */

struct beacon {
    char hwid[BEACON_HWID_SIZE];
    char shop_name[NAME_SIZE];
    int64_t every_hours;
};

/* A beacon in a shop, or the same one moved there. Audited. ERR_INPUT "beacon_hwid",
 * "beacon_every_hours"; ERR_NOT_FOUND "shop_unknown" */
enum err_code beacon_add(struct db *db, struct str hwid, struct str shop_name, int64_t every_hours,
                         int64_t now_ms, struct err *e);
/* Audited. ERR_NOT_FOUND "beacon_unknown" */
enum err_code beacon_remove(struct db *db, struct str hwid, int64_t now_ms, struct err *e);
/* Each to `visit`, which stops the listing by returning anything but OK. */
enum err_code
beacon_list(struct db *db, enum err_code (*visit)(void *context, const struct beacon *),
            void *context, struct err *e);

/* A member came near at at_ms. ERR_NOT_FOUND "beacon_unknown" */
enum err_code
beacon_seen(struct db *db, struct str hwid, int64_t member_id, int64_t at_ms, struct err *e);
/* Whether the member may be greeted there now; if so, not again for the beacon's hours.
 * ERR_NOT_FOUND "beacon_unknown" */
enum err_code beacon_greet(struct db *db, struct str hwid, int64_t member_id, int64_t now_ms,
                           bool *may_out, struct err *e);

/* Forget who was near longer ago than BEACON_KEPT_MS. */
enum err_code beacon_sweep(struct db *db, int64_t now_ms, struct err *e);

#endif
