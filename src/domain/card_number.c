#include "domain/card_number.h"

#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/card_row.h"
#include "domain/keys.h"
#include "domain/plan.h"
#include "domain/reading.h"

#define TRIES 64 /* numbers brought along stand in the way, and some places have none */

enum err_code
card_number(struct db *db, int64_t card_id, char out[NUMBER_SIZE], struct err *e)
{
    STMT s = db_stmt(db, SQL_NUMBER_OF_CARD);
    bool row;

    stmt_bind_int(s, ":card_id", card_id);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "number of card %" PRId64, card_id);
    out[0] = '\0';
    if (row)
        str_copy(stmt_text(s, 0), out, NUMBER_SIZE);
    return OK;
}

/* The card that has the units of a merged one now. That one may itself have been merged since; what
 * goes round in a circle cannot be merged, so there is an end. */
static enum err_code
follow(struct db *db, int64_t into, struct card *card, struct err *e)
{
    while (into != 0) {
        STMT s = db_stmt(db, SQL_CARD_MERGED_INTO);

        stmt_bind_int(s, ":card_id", into);
        if (stmt_one(s, "card", e))
            return err_wrap(e, "card that card %" PRId64 " went into", card->id);
        card_read(s, card);
        into = stmt_int(s, 10);
    }
    return OK;
}

enum err_code
card_by_number(struct db *db, const char *plain, struct card *out, bool *found_out, bool *ended_out,
               struct err *e)
{
    int64_t into = 0;
    STMT s = db_stmt(db, SQL_CARD_BY_NUMBER);

    stmt_bind_text(s, ":plain", str_of(plain));
    if (stmt_step(s, found_out, e))
        return err_wrap(e, "card by number");
    if (*found_out) {
        card_read(s, out);
        *ended_out = stmt_int(s, 10) != 0;
        into = stmt_int(s, 11);
    }
    return follow(db, into, out, e);
}

/* ---------------------------------------------------------------- giving */

static enum err_code
end(struct db *db, int64_t card_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NUMBER_END);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

static enum err_code
next_id(struct db *db, int64_t *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_NUMBER_NEXT_ID);

    if (stmt_one(s, "number", e))
        return e->code;
    *out = stmt_int(s, 0);
    return OK;
}

/* *added_out false: it is taken. */
static enum err_code
add(struct db *db, int64_t id, int64_t card_id, const char *number, int64_t now_ms, bool *added_out,
    struct err *e)
{
    struct reading reading;
    STMT s = db_stmt(db, SQL_NUMBER_ADD);

    scan_normalise(str_of(number), &reading);
    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_text(s, ":number", str_of(number));
    stmt_bind_text(s, ":plain", str_of(reading.plain));
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    *added_out = db_changes(db) == 1;
    return OK;
}

enum err_code
card_number_make(struct db *db, int64_t card_id, const struct number_format *format, int64_t now_ms,
                 struct err *e)
{
    char number[NUMBER_SIZE];
    int64_t id;

    if (end(db, card_id, now_ms, e) || next_id(db, &id, e))
        return err_wrap(e, "number card %" PRId64, card_id);
    for (int i = 0; i < TRIES; i++) {
        bool is_added = false;
        enum err_code code = number_make(keys_of(db), format, id + i, number, e);

        if (code != OK && strcmp(e->word, "number_none") == 0)
            continue;
        if (code != OK || add(db, id + i, card_id, number, now_ms, &is_added, e))
            return err_wrap(e, "number card %" PRId64, card_id);
        if (is_added)
            return OK;
    }
    return err_set(e, ERR_CONFLICT, "numbers_full", "no free number in %d draws", TRIES);
}

enum err_code
card_number_make_missing(struct db *db, int64_t plan_id, int64_t now_ms, int64_t *made_out,
                         struct err *e)
{
    struct plan_rules rules;
    STMT s = db_stmt(db, SQL_CARDS_WITHOUT_NUMBER);
    bool row;

    *made_out = 0;
    if (plan_load(db, plan_id, 0, &rules, e))
        return e->code;
    if (!rules.number.is_set)
        return OK;
    stmt_bind_int(s, ":plan_id", plan_id);
    for (;; (*made_out)++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "number cards of plan %" PRId64, plan_id);
        if (!row)
            return OK;
        if (card_number_make(db, stmt_int(s, 0), &rules.number, now_ms, e))
            return e->code;
    }
}

enum err_code
card_number_set(struct db *db, const struct card *card, struct str number, const struct by *by,
                struct err *e)
{
    struct plan_rules rules;
    char text[NUMBER_SIZE];
    bool is_added = false;
    int64_t id;

    if (plan_load(db, card->plan_id, 0, &rules, e))
        return e->code;
    if (!rules.number.is_set)
        return err_set(e, ERR_INPUT, "number_off", "plan %" PRId64 " has no fixed numbers",
                       card->plan_id);
    if (number_fits(&rules.number, number, e))
        return e->code;
    str_copy(number, text, sizeof(text));
    if (end(db, card->id, by->now_ms, e) || next_id(db, &id, e) ||
        add(db, id, card->id, text, by->now_ms, &is_added, e))
        return err_wrap(e, "set the number of card %" PRId64, card->id);
    if (!is_added)
        return err_set(e, ERR_CONFLICT, "number_taken", "a card has that number, or had it");
    return audit_write(db, "card.numbered", by->staff_id, by->till_id, card->id, by->now_ms, e);
}
