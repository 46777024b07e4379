/*
 * staff.h - the people who serve: a PIN at a till, a role, and perhaps a LINE account of their own.
 *
 * A PIN is 4 to 8 digits, kept as a yescrypt hash (crypt(5)). Checking it takes about 0.1 s of CPU on purpose:
 * pin_matches runs on a worker, never on the writer; pin_tried then records how it went.
 */
#ifndef DOMAIN_STAFF_H
#define DOMAIN_STAFF_H

#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

enum role { CASHIER = 1, MANAGER = 2, OWNER_ROLE = 3 };

#define PIN_TRIES 5
#define PIN_LOCK_MS (15 * 60 * 1000)
#define PIN_HASH_SIZE 384

struct staff {
    int64_t id;
    int64_t shop_id; /* 0: every shop */
    int64_t member_id; /* 0: no LINE account declared */
    enum role role;
    bool has_pin;
    char name[65 * 4];
};

const char *role_name(enum role role); /* "cashier", "manager", "owner" */
bool role_of(struct str name, enum role *out);

/* ERR_INPUT "pin_invalid": not 4-8 digits, or all the same digit, or a straight run */
enum err_code pin_hash(struct str pin, char out[PIN_HASH_SIZE], struct err *e);
bool pin_matches(struct str pin, const char *hash);

struct staff_new {
    struct str name;
    struct str shop_name; /* empty: every shop */
    enum role role;
    const char *pin_hash; /* NULL: none */
    int64_t now_ms;
};
/* ERR_CONFLICT "staff_exists", ERR_NOT_FOUND "shop_unknown" */
enum err_code staff_add(struct db *db, const struct staff_new *in, int64_t *id_out, struct err *e);
enum err_code staff_load(struct db *db, int64_t id, struct staff *out, struct err *e); /* active ones */
enum err_code staff_by_member(struct db *db, int64_t member_id, struct staff *out, struct err *e);
enum err_code staff_list(struct db *db, int64_t shop_id, /* 0: all; else who may serve there */
                         enum err_code (*visit)(void *context, const struct staff *), void *context,
                         struct err *e);

/* May this person try a PIN at this till now? Gives the hash. ERR_CONFLICT "pin_locked" with *until_ms_out,
 * ERR_NOT_FOUND "staff_unknown" when not of this shop. */
enum err_code pin_open(struct db *db, int64_t till_id, int64_t staff_id, int64_t now_ms,
                       char hash_out[PIN_HASH_SIZE], int64_t *until_ms_out, struct err *e);
/* Record a try; *left_out: tries before the lock (0: locked now, *until_ms_out). */
enum err_code pin_tried(struct db *db, int64_t till_id, int64_t staff_id, bool matched,
                        int64_t now_ms, int64_t *left_out, int64_t *until_ms_out, struct err *e);

/* The first owner: a one-time token, printed by `stampd init`. */
enum err_code owner_link_make(struct db *db, int64_t now_ms, char token_out[44], struct err *e);
/* Makes the member an owner and burns the token. ERR_AUTH "link_wrong" */
enum err_code owner_claim(struct db *db, struct str token, int64_t member_id, int64_t now_ms,
                          struct staff *out, struct err *e);

#endif
