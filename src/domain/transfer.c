#include "domain/transfer.h"

#include <string.h>

#include "domain/bind.h"

void
transfer_mac(const uint8_t key[KEY_SIZE], const struct transfer *t, uint8_t out[MAC_SIZE])
{
    struct chain_row row = {.n = 0};

    chain_bytes(&row, "transfer v1", 11);
    chain_int(&row, t->card_id);
    chain_int(&row, t->seq);
    chain_int(&row, (int64_t)t->kind);
    chain_int(&row, t->debit);
    chain_int(&row, t->credit);
    chain_int(&row, t->amount);
    chain_int(&row, t->balance_after);
    chain_int(&row, t->at_ms);
    chain_int_or_null(&row, t->visit_ms);
    chain_int(&row, t->plan_id);
    chain_int(&row, t->plan_version);
    chain_int_or_null(&row, t->shop_id);
    chain_int_or_null(&row, t->till_id);
    chain_int_or_null(&row, t->staff_id);
    chain_int_or_null(&row, t->scan_id);
    chain_int_or_null(&row, t->yen);
    chain_bytes(&row, t->reason, strlen(t->reason));
    chain_int_or_null(&row, t->cause_seq);
    chain_int_or_null(&row, t->reverses_seq);
    chain_int_or_null(&row, t->usable_ms);
    chain_int_or_null(&row, t->expires_ms);
    chain_bytes(&row, t->request_key, REQUEST_KEY_SIZE);
    chain_mac(key, t->prev_mac, &row, out);
}

/* NULL reads as 0. A 0 that somebody wrote must not pass for NULL in the chain. */
static int64_t
read_or_null(const struct stmt *s, int column)
{
    int64_t value = stmt_int(s, column);

    return value == 0 && !stmt_is_null(s, column) ? INT64_MIN : value;
}

static void
read_16(const struct stmt *s, int column, uint8_t out[16])
{
    struct str bytes = stmt_blob(s, column);

    memset(out, 0, 16);
    memcpy(out, bytes.at, bytes.n < 16 ? bytes.n : 16);
}

void
transfer_read(const struct stmt *s, struct transfer *out)
{
    out->card_id = stmt_int(s, 0);
    out->seq = stmt_int(s, 1);
    out->kind = (enum transfer_kind)stmt_int(s, 2);
    out->debit = stmt_int(s, 3);
    out->credit = stmt_int(s, 4);
    out->amount = stmt_int(s, 5);
    out->balance_after = stmt_int(s, 6);
    out->at_ms = stmt_int(s, 7);
    out->visit_ms = read_or_null(s, 8);
    out->plan_id = stmt_int(s, 9);
    out->plan_version = stmt_int(s, 10);
    out->shop_id = read_or_null(s, 11);
    out->till_id = read_or_null(s, 12);
    out->staff_id = read_or_null(s, 13);
    out->scan_id = read_or_null(s, 14);
    out->yen = read_or_null(s, 15);
    str_copy(stmt_text(s, 16), out->reason, sizeof(out->reason));
    out->cause_seq = read_or_null(s, 17);
    out->reverses_seq = read_or_null(s, 18);
    out->usable_ms = read_or_null(s, 19);
    out->expires_ms = read_or_null(s, 20);
    read_16(s, 21, out->request_key);
    read_16(s, 22, out->prev_mac);
    read_16(s, 23, out->mac);
}

enum err_code
transfer_insert(struct db *db, const struct transfer *t, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_ADD);

    stmt_bind_int(s, ":card_id", t->card_id);
    stmt_bind_int(s, ":seq", t->seq);
    stmt_bind_int(s, ":kind", (int64_t)t->kind);
    stmt_bind_int(s, ":debit", t->debit);
    stmt_bind_int(s, ":credit", t->credit);
    stmt_bind_int(s, ":amount", t->amount);
    stmt_bind_int(s, ":balance_after", t->balance_after);
    stmt_bind_int(s, ":at_ms", t->at_ms);
    bind_id(s, ":visit_ms", t->visit_ms);
    stmt_bind_int(s, ":plan_id", t->plan_id);
    stmt_bind_int(s, ":plan_version", t->plan_version);
    bind_id(s, ":shop_id", t->shop_id);
    bind_id(s, ":till_id", t->till_id);
    bind_id(s, ":staff_id", t->staff_id);
    bind_id(s, ":scan_id", t->scan_id);
    bind_id(s, ":yen", t->yen);
    stmt_bind_text(s, ":reason", str_of(t->reason));
    bind_id(s, ":cause_seq", t->cause_seq);
    bind_id(s, ":reverses_seq", t->reverses_seq);
    bind_id(s, ":usable_ms", t->usable_ms);
    bind_id(s, ":expires_ms", t->expires_ms);
    stmt_bind_blob(s, ":request_key", t->request_key, REQUEST_KEY_SIZE);
    stmt_bind_blob(s, ":prev_mac", t->prev_mac, MAC_SIZE);
    stmt_bind_blob(s, ":mac", t->mac, MAC_SIZE);
    return stmt_run(s, e);
}

enum err_code
transfer_by_seq(struct db *db, int64_t seq, struct transfer *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_BY_SEQ);

    stmt_bind_int(s, ":seq", seq);
    if (stmt_one(s, "transfer", e))
        return e->code;
    transfer_read(s, out);
    return OK;
}
