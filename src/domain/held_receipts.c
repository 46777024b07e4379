#include "domain/held_receipts.h"

#include <inttypes.h>
#include <string.h>

#include "base/codec.h"

bool
held_receipt_read(struct str line, struct held_receipt *out)
{
    struct str number, mac;
    size_t n;

    if (!str_until(&line, ' ', &number))
        return false;
    mac = line;
    if (str_until(&line, ' ', &mac) && (line.n == 0 || line.at[0] != '#'))
        return false;
    return str_int(number, &out->seq, 1, INT64_MAX) && hex_decode(mac, out->mac, MAC_SIZE, &n) &&
           n == MAC_SIZE;
}

static enum err_code
is_in_book(struct db *db, const struct held_receipt *receipt, bool *is_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_MAC);
    bool row;

    stmt_bind_int(s, ":seq", receipt->seq);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "receipt %" PRId64, receipt->seq);
    *is_out = row && stmt_blob(s, 0).n == MAC_SIZE &&
              digest_equal(stmt_blob(s, 0).at, receipt->mac, MAC_SIZE);
    return OK;
}

enum err_code
held_receipts_check(struct db *db, FILE *file, int64_t *n_out, char *detail, size_t size,
                    struct err *e)
{
    char line[HELD_LINE_MAX];

    *n_out = 0;
    detail[0] = '\0';
    for (int64_t number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
        struct str text = {line, strcspn(line, "\r\n")};
        struct held_receipt receipt;
        bool is;

        if (text.n == 0 || text.at[0] == '#')
            continue;
        if (!held_receipt_read(text, &receipt))
            return err_set(e, ERR_INPUT, "receipts_malformed",
                           "line %" PRId64 " of the receipts: not a number and a MAC", number);
        if (is_in_book(db, &receipt, &is, e))
            return e->code;
        (*n_out)++;
        if (!is && detail[0] == '\0')
            snprintf(detail, size, "receipt %" PRId64, receipt.seq);
    }
    if (ferror(file))
        return err_set(e, ERR_INPUT, "receipts_malformed", "the receipts cannot be read");
    return OK;
}
