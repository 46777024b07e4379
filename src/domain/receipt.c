#include "domain/receipt.h"

#include "base/clock.h"
#include "domain/rules.h"

/* The date of a business day is that of the calendar day it begins on. */
static int64_t
day_number(const struct plan_rules *rules, int64_t at_ms)
{
    return (business_day(rules, at_ms).start_ms + rules->utc_offset_min * MINUTE_MS) / DAY_MS;
}

enum err_code
receipt_read(const struct plan_rules *rules, int64_t shop_id, struct str typed, int64_t sold_ms,
             struct receipt *out, struct err *e)
{
    out->shop_id = shop_id;
    out->day = rules->late.numbers_daily ? day_number(rules, sold_ms) : 0;
    if (!receipt_number_read(typed, out->number))
        return err_field(e, ERR_INPUT, "receipt_invalid", "receipt",
                         "a receipt's number has up to %d letters and digits", RECEIPT_NUMBER_MAX);
    return OK;
}

enum err_code
receipt_find(struct db *db, const struct receipt *receipt, struct receipt_use *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_RECEIPT_USES);
    bool row;

    *out = (struct receipt_use){.turn = 0};
    stmt_bind_int(s, ":shop_id", receipt->shop_id);
    stmt_bind_text(s, ":number", str_of(receipt->number));
    stmt_bind_int(s, ":day", receipt->day);
    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "receipt of shop %lld", (long long)receipt->shop_id);
        if (!row)
            return OK;
        if (stmt_int(s, 0) == receipt->day && stmt_int(s, 1) >= out->turn)
            out->turn = stmt_int(s, 1) + 1;
        if (!stmt_is_null(s, 4))
            continue;
        out->is_used = true;
        out->at_ms = stmt_int(s, 2);
        out->till_id = stmt_int(s, 3);
    }
}

enum err_code
receipt_sale(struct db *db, int64_t shop_id, struct str typed, int64_t *seq_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_RECEIPT_SALES);
    char number[RECEIPT_NUMBER_SIZE];
    bool row, is_more;

    if (!receipt_number_read(typed, number))
        return err_field(e, ERR_INPUT, "receipt_invalid", "receipt", "not a receipt's number");
    stmt_bind_int(s, ":shop_id", shop_id);
    stmt_bind_text(s, ":number", str_of(number));
    if (stmt_step(s, &row, e))
        return err_wrap(e, "sale of a receipt");
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "receipt_unknown", "a receipt of shop %lld",
                       (long long)shop_id);
    *seq_out = stmt_int(s, 0);
    if (stmt_step(s, &is_more, e))
        return err_wrap(e, "sale of a receipt");
    return is_more
               ? err_field(e, ERR_INPUT, "receipt_ambiguous", "receipt", "a number of several days")
               : OK;
}

enum err_code
receipt_add(struct db *db, const struct receipt *receipt, int64_t turn, int64_t seq, struct err *e)
{
    STMT s = db_stmt(db, SQL_RECEIPT_ADD);

    stmt_bind_int(s, ":shop_id", receipt->shop_id);
    stmt_bind_text(s, ":number", str_of(receipt->number));
    stmt_bind_int(s, ":day", receipt->day);
    stmt_bind_int(s, ":turn", turn);
    stmt_bind_int(s, ":seq", seq);
    return stmt_run(s, e);
}
