/*
 * terms.h - what members agree to, and who agreed to what, and when.
 *
 * Terms have versions, each in one or more languages; a text is never changed. In force is the
 * greatest version whose time has come. A card is there whether its member has agreed or not: a new
 * version is asked about, and a member who does not answer is bound by the one agreed to before.
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_TERMS_H
#define DOMAIN_TERMS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/member.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

#define TERMS_TEXT_MAX 32768 /* code points */
#define CONSENTS_MAX 64

struct terms_new {
    int64_t version; /* of an earlier text of which this is a translation; 0: a new one */
    enum language language;
    struct str text;
    int64_t from_ms; /* of a new version: when it comes into force */
    int64_t now_ms;
};

/*
 * Add a text; audited. Lines keep their ends, but what text_clean removes is removed.
 *
 * ERR_INPUT     "text_invalid", "text_empty", "text_too_long"
 * ERR_NOT_FOUND "terms_unknown": no such version to translate
 * ERR_CONFLICT  "terms_final": the version has this language already; "terms_order": a greater
 *               version may not come into force before a smaller one
 */
enum err_code terms_add(struct db *db, struct arena *a, const struct terms_new *in,
                        int64_t *version_out, struct err *e);

/* *version_out 0: none. *until_ms_out: when another one comes into force; 0: not known. */
enum err_code terms_in_force(struct db *db, int64_t now_ms, int64_t *version_out,
                             int64_t *until_ms_out, struct err *e);

struct terms {
    enum language language; /* of the text: the one wanted, if there is one in it */
    int64_t from_ms;
    struct str text; /* in arena */
};
/* ERR_NOT_FOUND "terms_unknown" */
enum err_code terms_load(struct db *db, int64_t version, enum language language, struct arena *a,
                         struct terms *out, struct err *e);

/* Each text in turn; `points` is its length. */
enum err_code terms_list(struct db *db,
                         void (*each)(void *context, int64_t version, struct str language,
                                      int64_t from_ms, int64_t points),
                         void *context, struct err *e);

/* Agreeing again changes nothing: the first time counts.
 * ERR_CONFLICT "terms_other": that version is not in force */
enum err_code
terms_agree(struct db *db, int64_t member_id, int64_t version, int64_t now_ms, struct err *e);

struct consent {
    int64_t version, at_ms;
};
/* The newest first, at most `cap`. */
enum err_code consents_of_member(struct db *db, int64_t member_id, struct consent *out, size_t cap,
                                 size_t *n_out, struct err *e);

#endif
