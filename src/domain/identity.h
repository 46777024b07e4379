/*
 * identity.h - who a member is on LINE, sealed.
 *
 * Each member has a key of its own, wrapped by ours; LINE user id, name and picture are sealed with
 * it. Destroy that key and nobody, backups included, can tell whose card it was. A keyed hash of
 * the LINE user id finds the member again. Only member.c, erasure.c, merge.c and unmerge.c use
 * this.
 */
#ifndef DOMAIN_IDENTITY_H
#define DOMAIN_IDENTITY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdint.h>

#define LINE_ID_LENGTH 33 /* U and 32 hexadecimal digits */
#define DEPARTED_SIZE 16

enum identity_field { IDENTITY_LINE_ID, IDENTITY_NAME, IDENTITY_PICTURE, IDENTITY_FIELDS };

struct profile {
    struct str name; /* empty: none */
    struct str picture;
};

/* ERR_NOT_FOUND "member_unknown" */
enum err_code
identity_find(struct db *db, struct str line_id, int64_t *member_id_out, struct err *e);
enum err_code identity_add(struct db *db, int64_t member_id, struct str line_id,
                           const struct profile *profile, struct err *e);
/* As LINE has it now: what it no longer gives is forgotten. */
enum err_code
identity_refresh(struct db *db, int64_t member_id, const struct profile *profile, struct err *e);

/* The key, and what it opened, are gone. */
enum err_code identity_destroy(struct db *db, int64_t member_id, struct err *e);
/* A keyed hash of a LINE user id that finds nobody's identity. */
void identity_departed_hash(const struct db *db, struct str line_id, uint8_t out[DEPARTED_SIZE]);

/* In arena; empty where there is none. ERR_NOT_FOUND "member_unknown" */
enum err_code identity_open(struct db *db, int64_t member_id, enum identity_field field,
                            struct arena *a, struct str *out, struct err *e);

/* ---------------------------------------------------------------- LINE accounts that change hands
 */

/* The member's LINE account leads nowhere from now on; kept with the merge that closed it. Nothing
 * for a member without one. */
enum err_code identity_close(struct db *db, int64_t member_id, int64_t merge_id, struct err *e);
/* What that merge closed leads to the member again.
 * ERR_CONFLICT "line_account_in_use": it leads to another by now */
enum err_code identity_reopen(struct db *db, int64_t member_id, int64_t merge_id, struct err *e);
/* The LINE account of `from` is that of `to`, who has none.
 * ERR_CONFLICT "line_account_none": `from` has none either */
enum err_code
identity_pass(struct db *db, int64_t from_id, int64_t to_id, int64_t merge_id, struct err *e);
/* The member has no LINE account any more, and nothing tells which it was. */
enum err_code identity_end(struct db *db, int64_t member_id, struct err *e);

#endif
