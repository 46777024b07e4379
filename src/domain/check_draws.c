/*
 * Every draw counted again, from the seed and the ledger.
 */
#include "domain/check_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "domain/catalogue.h"
#include "domain/draw.h"

/* One row of SQL_DRAW_ALL. */
static enum err_code
draw_is_right(struct db *db, const struct stmt *s, bool *right_out, struct err *e)
{
    struct reward lottery, prize[PRIZES_MAX];
    uint8_t seed[SEED_SIZE];
    struct lot lot = {.seq = stmt_int(s, 2), .nth = stmt_int(s, 3)};
    struct str key = stmt_blob(s, 6);
    size_t n, drawn;
    enum err_code code;

    *right_out = false;
    if (key.n != REQUEST_KEY_SIZE)
        return OK;
    memcpy(lot.request_key, key.at, REQUEST_KEY_SIZE);
    code = reward_load(db, stmt_int(s, 1), &lottery, e) ||
                   reward_prizes(db, lottery.id, prize, &n, e) ||
                   seed_load(db, lottery.plan_id, lottery.catalogue, seed, e)
               ? e->code
               : OK;
    if (code != OK)
        return strcmp(e->word, "seal_broken") == 0 || code == ERR_NOT_FOUND ? OK : code;
    if (n == 0 || draw_roll(seed, &lot) != stmt_int(s, 4))
        return OK;
    drawn = draw_pick(prize, n, stmt_int(s, 4));
    *right_out = prize[drawn].id == stmt_int(s, 5) &&
                 (stmt_int(s, 7) == prize[drawn].id || stmt_int(s, 7) == prize[n - 1].id);
    return OK;
}

enum err_code
check_draws(struct run *run, struct err *e)
{
    STMT s = db_stmt(run->db, SQL_DRAW_ALL);
    char detail[DETAIL_SIZE] = "";
    bool row, is_right;

    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "K9");
        if (!row)
            break;
        if (draw_is_right(run->db, s, &is_right, e))
            return err_wrap(e, "K9");
        if (is_right)
            continue;
        snprintf(detail, sizeof(detail), "voucher %" PRId64, stmt_int(s, 0));
        break;
    }
    check_tell(run, "K9_DRAWS_GENUINE", "every prize was drawn as the seed has it, or its stand-in",
               detail);
    return OK;
}
