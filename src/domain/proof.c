#include "domain/proof.h"

#include <inttypes.h>

#include "domain/transfer.h"
#include "domain/tree_book.h"

static enum err_code
own_lines(struct db *db, int64_t member_id, int64_t below, struct proven_line *out, size_t cap,
          size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFERS_OF_MEMBER);
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":below", below);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (*n_out = 0; *n_out < cap; (*n_out)++) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        transfer_read(s, &out[*n_out].transfer);
        out[*n_out].hashes = 0;
    }
    return OK;
}

enum err_code
proof_of_member(struct db *db, int64_t member_id, int64_t size, int64_t below,
                struct proven_line *out, size_t cap, size_t *n_out, struct err *e)
{
    struct tree_reader reader = tree_reader(db);

    if (own_lines(db, member_id, below, out, cap, n_out, e))
        return err_wrap(e, "lines of member %" PRId64, member_id);
    for (size_t i = 0; i < *n_out; i++)
        if (out[i].transfer.seq <= size && tree_inclusion(out[i].transfer.seq - 1, size, tree_read,
                                                          &reader, out[i].hash, &out[i].hashes, e))
            return err_wrap(e, "proof of line %" PRId64, out[i].transfer.seq);
    return OK;
}
