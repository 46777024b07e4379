#include "domain/card_find.h"

#include "domain/card_number.h"
#include "domain/card_row.h"
#include "domain/code.h"
#include "domain/keys.h"
#include "domain/reading.h"

enum err_code
card_by_jan(struct db *db, const char *digits, int64_t step, struct card *out, bool *found_out,
            struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_BY_JAN);

    stmt_bind_int(s, ":prefix", (digits[0] - '0') * 10 + (digits[1] - '0'));
    stmt_bind_int(s, ":locator", jan_locator(keys_of(db), str_of(digits), step));
    if (stmt_step(s, found_out, e))
        return e->code;
    if (*found_out)
        card_read(s, out);
    return OK;
}

/* Cards that may be meant: the last of them, and how many different ones. */
struct hits {
    struct card card;
    int n;
};

static void
hit(struct hits *hits, const struct card *card)
{
    hits->n += hits->n == 0 || hits->card.id != card->id;
    hits->card = *card;
}

static enum err_code
add_by_number(struct db *db, const struct reading *reading, struct hits *hits, struct err *e)
{
    for (int i = 0; i < reading->n_candidates; i++) {
        struct card card;
        bool is_found, is_ended;

        if (card_by_number(db, reading->candidate[i], &card, &is_found, &is_ended, e))
            return e->code;
        if (is_found && !is_ended)
            hit(hits, &card);
    }
    return OK;
}

/* Of this step, or the one before: what a till would take. */
static enum err_code
add_by_jan(struct db *db, const char *digits, int64_t now_ms, struct hits *hits, struct err *e)
{
    for (int64_t step = code_step(now_ms); step >= code_step(now_ms) - 1; step--) {
        struct card card;
        bool is_found;

        if (card_by_jan(db, digits, step, &card, &is_found, e))
            return e->code;
        if (is_found)
            hit(hits, &card);
    }
    return OK;
}

enum err_code
card_find(struct db *db, struct str text, int64_t now_ms, struct card *out, struct err *e)
{
    struct hits hits = {.n = 0};
    struct reading reading;

    scan_normalise(text, &reading);
    if (reading.kind == READING_MEMBER)
        return card_of_locator(db, reading.code.locator, out, e);
    if (reading.kind == READING_VOUCHER || reading.n_candidates == 0)
        return err_field(e, ERR_INPUT, "code_unreadable", "code", "no code or number of a card");
    if (add_by_number(db, &reading, &hits, e) ||
        (reading.kind == READING_JAN && add_by_jan(db, reading.digits, now_ms, &hits, e)))
        return e->code;
    if (hits.n == 0)
        return err_set(e, ERR_NOT_FOUND, "card_unknown", "no card has this number");
    if (hits.n > 1)
        return err_set(e, ERR_CONFLICT, "code_ambiguous",
                       "two cards may be meant: give the 22 digits");
    *out = hits.card;
    return OK;
}
