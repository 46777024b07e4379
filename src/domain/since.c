#include "domain/since.h"

#include "domain/chain.h"

static enum err_code
booked_ms(struct db *db, int64_t seq, int64_t *at_ms_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_SINCE_BOOKED);

    stmt_bind_int(s, ":seq", seq);
    if (stmt_one(s, "transfer", e))
        return e->code;
    *at_ms_out = stmt_int(s, 0);
    return OK;
}

enum err_code
since_seq(struct db *db, int64_t at_ms, int64_t *seq_out, struct err *e)
{
    struct chain_head head;
    int64_t low = 1;
    int64_t high;

    if (chain_head(db, CHAIN_TRANSFER, &head, e))
        return e->code;
    high = head.seq + 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int64_t booked = 0;

        if (booked_ms(db, middle, &booked, e))
            return err_wrap(e, "find a time in the book");
        if (booked < at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    *seq_out = low;
    return OK;
}
