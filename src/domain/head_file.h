/*
 * head_file.h - heads as JSON: what is published, and what somebody keeps away from this machine.
 */
#ifndef DOMAIN_HEAD_FILE_H
#define DOMAIN_HEAD_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "domain/head.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define HEADS_FILE_MAX (4 * MIB) /* 20 years of days */

/* {"number":..,"at":..,"size":..,"root":hex,"last":hex,"audit_seq":..,"audit":hex,"before":hex,
 * "signature":base64url} */
void head_write(struct buf *out, const struct head *head);
/* {"format":"stampd heads 1","key":base64url,"heads":[...]}: from `from` on, at most `cap`. */
enum err_code heads_write(struct db *db, int64_t from, int64_t cap, struct buf *out, struct err *e);

/*
 * What heads_write wrote; heads may have been left out. `each` is called for every one, in the
 * file's order.
 *
 * ERR_INPUT "heads_malformed"; ERR_TOO_LARGE "heads_malformed"; or what `each` returned
 */
enum err_code
heads_read(struct str text, uint8_t key_out[P256_PUBLIC_SIZE],
           enum err_code (*each)(void *context, const struct head *head, struct err *e),
           void *context, struct err *e);

#endif
