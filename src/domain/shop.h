/*
 * shop.h - shops and the tills in them.
 *
 * A till is enrolled once, by an 8-digit code that works for ten minutes, and is known afterwards
 * by its session. The code itself is not stored. Functions that write expect a savepoint around
 * them.
 */
#ifndef DOMAIN_SHOP_H
#define DOMAIN_SHOP_H

#include "base/err.h"
#include "base/str.h"
#include "domain/name.h"
#include "domain/plan.h"
#include "store/db.h"

#include <stdint.h>

#define ENROL_CODE_SIZE 9 /* 8 digits and a NUL */
#define ENROL_CODE_LIFE_MS (10 * 60 * 1000)

struct shop {
    int64_t id;
    char name[NAME_SIZE];
    bool has_linear; /* shows another code than the plan: see card_linear */
    enum linear linear;
    bool has_place;
    int64_t latitude, longitude; /* millionths of a degree */
};

struct till {
    int64_t id;
    int64_t shop_id;
    char name[NAME_SIZE];
    char shop_name[NAME_SIZE];
    char state[10]; /* waiting, enrolled, revoked */
};

/* ERR_CONFLICT "shop_exists"; ERR_INPUT text_* */
enum err_code
shop_add(struct db *db, struct str name, int64_t now_ms, int64_t *id_out, struct err *e);
/* What cards show that were here last; NULL: what their plan says. Audited. ERR_NOT_FOUND
 * "shop_unknown" */
enum err_code shop_set_linear(struct db *db, struct str name, const enum linear *linear,
                              int64_t now_ms, struct err *e);
/* Where it stands, in millionths of a degree. Audited. ERR_INPUT "shop_place" (on no globe);
 * ERR_NOT_FOUND "shop_unknown" */
enum err_code shop_set_place(struct db *db, struct str name, int64_t latitude, int64_t longitude,
                             int64_t now_ms, struct err *e);
/* As the crow flies, from there to a shop that has a place; metres. */
double shop_distance(const struct shop *shop, double latitude, double longitude);
enum err_code shop_find(struct db *db, struct str name, struct shop *out, struct err *e);
/* Each row to `visit`, which stops the listing by returning anything but OK. */
enum err_code shop_list(struct db *db, enum err_code (*visit)(void *context, const struct shop *),
                        void *context, struct err *e);

/* A new till, or a new code for the one of that name, which then waits for it: its sessions end and
 * its old code is void. Audited. ERR_NOT_FOUND "shop_unknown"; ERR_INPUT text_* */
enum err_code till_add(struct db *db, struct str shop_name, struct str name, int64_t now_ms,
                       char code_out[ENROL_CODE_SIZE], int64_t *id_out, struct err *e);
/* The code becomes void. Audited. ERR_AUTH "enrol_code_wrong", also when it is too old. */
enum err_code
till_enrol(struct db *db, struct str code, int64_t now_ms, struct till *out, struct err *e);
/* A lost till: neither its sessions nor a code that waits let anybody in. Audited.
 * ERR_NOT_FOUND "till_unknown", also when it is revoked already */
enum err_code till_revoke(struct db *db, int64_t id, int64_t now_ms, struct err *e);
enum err_code till_load(struct db *db, int64_t id, struct till *out, struct err *e);
enum err_code till_list(struct db *db, enum err_code (*visit)(void *context, const struct till *),
                        void *context, struct err *e);

#endif
