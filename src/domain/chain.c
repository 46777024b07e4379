#include "domain/chain.h"

#include <assert.h>
#include <string.h>

enum { PART_NULL, PART_INT, PART_BYTES };

static void
put(struct chain_row *row, const void *bytes, size_t n)
{
    assert(n <= sizeof(row->bytes) - row->n); /* our own rows: their greatest length is known */
    if (n > 0)
        memcpy(row->bytes + row->n, bytes, n);
    row->n += n;
}

static void
put_tagged(struct chain_row *row, uint8_t tag, uint64_t value)
{
    uint8_t bytes[9] = {tag};

    for (int i = 0; i < 8; i++)
        bytes[1 + i] = (uint8_t)(value >> (56 - 8 * i));
    put(row, bytes, sizeof(bytes));
}

void
chain_int(struct chain_row *row, int64_t value)
{
    put_tagged(row, PART_INT, (uint64_t)value);
}

void
chain_int_or_null(struct chain_row *row, int64_t value)
{
    static const uint8_t nothing = PART_NULL;

    if (value == 0)
        put(row, &nothing, 1);
    else
        chain_int(row, value);
}

void
chain_bytes(struct chain_row *row, const void *bytes, size_t n)
{
    put_tagged(row, PART_BYTES, n);
    put(row, bytes, n);
}

void
chain_mac(const uint8_t key[KEY_SIZE], const uint8_t prev_mac[MAC_SIZE],
          const struct chain_row *row, uint8_t out[MAC_SIZE])
{
    const struct str parts[] = {{(const char *)prev_mac, MAC_SIZE},
                                {(const char *)row->bytes, row->n}};
    uint8_t whole[SHA256_SIZE];

    hmac_sha256(key, KEY_SIZE, parts, 2, whole);
    memcpy(out, whole, MAC_SIZE);
}

static struct str
chain_name(enum chain chain)
{
    return chain == CHAIN_TRANSFER ? STR("transfer") : STR("audit");
}

enum err_code
chain_head(struct db *db, enum chain chain, struct chain_head *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CHAIN_HEAD);

    stmt_bind_text(s, ":chain", chain_name(chain));
    if (stmt_one(s, "chain", e))
        return err_wrap(e, "head of the %s chain", chain_name(chain).at);
    out->seq = stmt_int(s, 0);
    out->at_ms = stmt_int(s, 1);
    if (stmt_blob(s, 2).n != MAC_SIZE)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "head of the %s chain: no MAC",
                       chain_name(chain).at);
    memcpy(out->mac, stmt_blob(s, 2).at, MAC_SIZE);
    return OK;
}

enum err_code
chain_move(struct db *db, enum chain chain, const struct chain_head *from,
           const struct chain_head *to, struct err *e)
{
    STMT s = db_stmt(db, SQL_CHAIN_MOVE);

    assert(to->seq > from->seq && to->at_ms >= from->at_ms);
    stmt_bind_text(s, ":chain", chain_name(chain));
    stmt_bind_int(s, ":seq", to->seq);
    stmt_bind_int(s, ":at_ms", to->at_ms);
    stmt_bind_blob(s, ":mac", to->mac, MAC_SIZE);
    stmt_bind_int(s, ":old_seq", from->seq);
    stmt_bind_blob(s, ":old_mac", from->mac, MAC_SIZE);
    if (stmt_run(s, e))
        return err_wrap(e, "move the %s chain", chain_name(chain).at);
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "chain_moved", "%s chain is no longer at %lld",
                       chain_name(chain).at, (long long)from->seq);
    return OK;
}
