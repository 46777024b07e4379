/*
 * keyword_book.h - the rules of keyword.h in the book, and the hours when staff answer.
 *
 * What an owner typed is stored as it will be compared and sent: words folded, texts cleaned.
 * Functions that write expect a savepoint around them.
 */
#ifndef DOMAIN_KEYWORD_BOOK_H
#define DOMAIN_KEYWORD_BOOK_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/keyword.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

/* Those that are on, to choose from; without their buttons. In arena. */
enum err_code
keyword_rules_load(struct db *db, struct arena *a, struct keyword_rules *out, struct err *e);
/* All of them, on or not, with their buttons; by id. In arena. */
enum err_code keyword_list(struct db *db, struct arena *a, struct keyword_rule **out, size_t *n_out,
                           struct err *e);
/* One with its buttons. In arena. ERR_NOT_FOUND "keyword_unknown" */
enum err_code
keyword_load(struct db *db, struct arena *a, int64_t id, struct keyword_rule *out, struct err *e);

/*
 * Make a rule, or put it in the place of the one with its id. Audited.
 *
 * ERR_INPUT (with e->field)  "keyword_words", "keyword_reply", "keyword_buttons",
 *                            "keyword_priority", "keyword_hours"
 * ERR_CONFLICT "keyword_full"
 * ERR_NOT_FOUND "keyword_unknown"
 */
enum err_code keyword_save(struct db *db, struct arena *a, const struct keyword_rule *rule,
                           int64_t staff_id, int64_t now_ms, int64_t *id_out, struct err *e);
/* With the buttons that lead to it. Audited. ERR_NOT_FOUND "keyword_unknown" */
enum err_code
keyword_remove(struct db *db, int64_t id, int64_t staff_id, int64_t now_ms, struct err *e);

/* All of them anew; none: nobody answers by hand. Audited. ERR_INPUT "keyword_hours" */
enum err_code staff_hours_save(struct db *db, const struct week_span *span, size_t n,
                               int64_t staff_id, int64_t now_ms, struct err *e);

#endif
