/*
 * staff.h - the people who serve: a role, a shop, a PIN for its tills, and perhaps a LINE account
 * of their own.
 *
 * Nobody is removed: a person who leaves is no longer active, and what they did stays theirs.
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_STAFF_H
#define DOMAIN_STAFF_H

#include "base/entropy.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/name.h"
#include "domain/pin.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

enum role { CASHIER = 1, MANAGER = 2, OWNER_ROLE = 3 };

#define OWNER_LINK_LIFE_MS (INT64_C(72) * 60 * 60 * 1000)

struct staff {
    int64_t id;
    int64_t shop_id;   /* 0: every shop */
    int64_t member_id; /* 0: no LINE account declared */
    enum role role;
    bool has_pin;
    char name[NAME_SIZE];
};

const char *role_name(enum role role); /* "cashier", "manager", "owner" */
bool role_of(struct str name, enum role *out);

struct staff_new {
    struct str name;
    struct str shop_name; /* empty: every shop */
    enum role role;
    const char *pin_hash; /* NULL: none */
    int64_t now_ms;
};
/* Audited. ERR_CONFLICT "staff_exists", ERR_NOT_FOUND "shop_unknown", ERR_INPUT text_* */
enum err_code staff_add(struct db *db, const struct staff_new *in, int64_t *id_out, struct err *e);

/* Of active ones. ERR_NOT_FOUND "staff_unknown" */
enum err_code staff_load(struct db *db, int64_t id, struct staff *out, struct err *e);
enum err_code staff_by_member(struct db *db, int64_t member_id, struct staff *out, struct err *e);
enum err_code staff_list(struct db *db, int64_t shop_id, /* 0: all; else who may serve there */
                         enum err_code (*visit)(void *context, const struct staff *), void *context,
                         struct err *e);

/* All audited, of active ones. ERR_NOT_FOUND "staff_unknown" */
/* A new PIN; tries and locks begin anew. */
enum err_code
staff_set_pin(struct db *db, int64_t id, const char *pin_hash, int64_t now_ms, struct err *e);
/* Their own LINE account, whose card they may then not serve. ERR_CONFLICT "member_taken" */
enum err_code
staff_declare(struct db *db, int64_t id, int64_t member_id, int64_t now_ms, struct err *e);
/* They left: sessions and PIN are dead at once. ERR_CONFLICT "last_owner": nobody could make
 * another one; a link for owners makes the next (owner_link_make) */
enum err_code staff_end(struct db *db, int64_t id, int64_t now_ms, struct err *e);

/* The first owner: a one-time token for OWNER_LINK_LIFE_MS, printed by `stampd init`. Links made
 * before are void. */
enum err_code
owner_link_make(struct db *db, int64_t now_ms, char token_out[TOKEN_SIZE], struct err *e);
/* Makes the member an owner and burns the token. Audited. An owner who was no staff before is named
 * "owner": what LINE calls them stays sealed. ERR_AUTH "link_wrong" */
enum err_code owner_claim(struct db *db, struct str token, int64_t member_id, int64_t now_ms,
                          struct staff *out, struct err *e);

#endif
