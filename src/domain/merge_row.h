/*
 * merge_row.h - what merging and its undoing share. Only merge.c and unmerge.c include it.
 */
#ifndef DOMAIN_MERGE_ROW_H
#define DOMAIN_MERGE_ROW_H

#include "domain/merge.h"
#include "domain/refusal.h"

enum merge_kind merge_kind_of(struct str name);

/* Whoever approves is active, a manager or above, and none of the members. */
enum err_code merge_approver(struct db *db, int64_t staff_id, int64_t from_id, int64_t into_id,
                             struct merge_facts *facts, struct err *e);

/* The word as an error: who may not is told apart from what may not be. */
enum err_code merge_refuse(const char *word, int64_t from_id, int64_t into_id, struct err *e);
/* Nothing when the rule did not refuse. */
enum err_code merge_as_error(const struct refusal *refusal, const char *word, struct err *e);

/* The codes of the card die with its locator. into 0: it comes back to life. */
enum err_code merge_set_card(struct db *db, int64_t card_id, int64_t into, struct err *e);
/* What LINE was told for the account that was `member_id`'s says nothing about the new one. */
enum err_code merge_new_account(struct db *db, int64_t member_id, int64_t now_ms, struct err *e);
enum err_code merge_end_sessions(struct db *db, int64_t member_id, struct err *e);

#endif
