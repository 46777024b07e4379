/*
 * template.h - the shop's own words for messages.
 *
 * A message of a kind in a language has four parts that people read first. For each of them the
 * owner may write a text, with fields in braces that every message fills in: "Thank you for your
 * visit to {shop}". A part that is not set is said in the program's words. Every change is a line
 * of the audit log. What a name of a person would be is no field: a message needs none.
 */
#ifndef DOMAIN_TEMPLATE_H
#define DOMAIN_TEMPLATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/member.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEMPLATE_MAX_UNITS 500 /* of a part as it is written, in UTF-16 units */
#define TEMPLATE_FIELD_SIZE 24

enum template_kind {
    TEMPLATE_GRANT,
    TEMPLATE_ONE_MORE,
    TEMPLATE_VOUCHER,
    TEMPLATE_VOUCHER_LAPSE,
    TEMPLATE_POINTS_LAPSE,
    TEMPLATE_TIER,
    TEMPLATE_WELCOME,
    TEMPLATE_WELCOME_BACK,
    TEMPLATE_BIRTHDAY,
    TEMPLATE_DORMANT,
    TEMPLATE_BALANCE,
    TEMPLATE_INVITE,
    TEMPLATE_KINDS,
};

enum template_part {
    TEMPLATE_HEADLINE,
    TEMPLATE_TEXT,
    TEMPLATE_ALT, /* what the list of chats shows */
    TEMPLATE_BUTTON,
    TEMPLATE_PARTS,
};

struct template_words {
    struct str part[TEMPLATE_PARTS]; /* empty: not set */
};

struct template_kept {
    int64_t version; /* 0: never changed */
    int64_t changed_ms;
    struct template_words words;
};

/* What is wrong with a part, if `word` is not NULL: "template_not_text" (no UTF-8, or all accents),
 * "template_control", "template_bidi", "template_empty", "template_brace" (opened and not closed,
 * or the other way round), "template_field_unknown", "template_field_unfit" (messages of this kind
 * have no such value), "template_too_long" (with the longest values filled in). */
struct template_finding {
    const char *word;
    char field[TEMPLATE_FIELD_SIZE]; /* of template_field_*; its front, if it is longer */
};

const char *template_kind_name(enum template_kind kind); /* "grant" ... */
bool template_kind_by_name(struct str name, enum template_kind *out);
const char *template_part_name(enum template_part part); /* "headline", "text", "alt", "button" */

/* How long a part may become: UTF-16 units, of a button characters as people see them. And how
 * long it is with the longest values filled in; of text that is none, something. */
size_t template_part_max(enum template_part part);
size_t template_part_longest(enum template_part part, struct str text);

/* The names of fields, from 0; NULL behind the last. Whether a kind's messages have it. */
const char *template_field_name(size_t i);
bool template_kind_has(enum template_kind kind, size_t field);

/*
 * The words as they would be kept - NFC, without invisible characters and outer white space; a
 * text may have several lines - and what is wrong with each part. Good parts are in arena, the
 * others and those not set empty. true: nothing is wrong.
 */
bool template_check(struct arena *a, enum template_kind kind, const struct template_words *words,
                    struct template_words *kept_out,
                    struct template_finding findings_out[TEMPLATE_PARTS]);

/* The same as a refusal: ERR_INPUT, a finding's word with the part in e->field. */
enum err_code
template_require(struct arena *a, enum template_kind kind, const struct template_words *words,
                 struct template_words *kept_out, struct err *e);

/* The words in force; version 0 and none of them when there are none. In arena. */
enum err_code template_load(struct db *db, enum template_kind kind, enum language language,
                            struct arena *a, struct template_kept *out, struct err *e);

struct template_change {
    enum template_kind kind;
    enum language language;
    int64_t version; /* that was looked at while writing: 0 where there was none */
    const struct template_words *words; /* NULL: back to the program's */
    int64_t staff_id;
    int64_t now_ms;
};
/*
 * Audited; expects a savepoint around it.
 *
 * ERR_INPUT as template_require; "template_empty" when no part is set
 * ERR_CONFLICT "template_changed": another change came first; nothing was written
 */
enum err_code template_set(struct db *db, const struct template_change *in, struct arena *a,
                           struct template_kept *out, struct err *e);

#endif
