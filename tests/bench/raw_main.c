/*
 * The ceiling: the rows a grant writes, written by nothing but our statements, 64 to a COMMIT. No
 * HTTP, no reading, no rules, no MAC; the book is worthless afterwards.
 *
 *   raw_main BOOK SECONDS [rules]    prints grants a second; on a book of book_main, with the rows
 * of its rules
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "store/db.h"

#define BATCH 64
#define CHECKPOINT_PAGES 1000 /* as the writer does */

static const char answer[] =
    "{\"transfer\":1234567,\"mac\":\"00112233445566778899aabbccddeeff\",\"amount\":1,\"balance\":7,"
    "\"goal\":10,\"unit\":\"stamp\",\"rounds\":0,\"name\":\"Member 1234\",\"vouchers\":[],"
    "\"undo_until\":1795364940000}";

/* Of the demo's book, or of that which book_main makes. */
static int64_t plan = 3, till = 4;

struct head {
    int64_t seq;
    uint8_t mac[16];
};

static enum err_code
card_at(struct db *db, int64_t member, int64_t *id_out, int64_t *balance_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_OF_PLAN);

    stmt_bind_int(s, ":member_id", member);
    stmt_bind_int(s, ":plan_id", plan);
    if (stmt_one(s, "card", e))
        return e->code;
    *id_out = stmt_int(s, 0);
    *balance_out = stmt_int(s, 5);
    return OK;
}

static enum err_code
scan_add(struct db *db, int64_t card, int64_t step, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_SCAN_ADD);

    stmt_bind_int(s, ":card_id", card);
    stmt_bind_int(s, ":step", step);
    stmt_bind_text(s, ":form", STR("digits22"));
    stmt_bind_int(s, ":till_id", till);
    stmt_bind_int(s, ":staff_id", 1);
    stmt_bind_int(s, ":at_ms", now_ms);
    stmt_bind_int(s, ":until_ms", now_ms + 120000);
    return stmt_run(s, e);
}

static enum err_code
transfer_add(struct db *db, int64_t card, int64_t balance, int64_t scan, const struct head *head,
             const uint8_t key[16], int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFER_ADD);

    stmt_bind_int(s, ":card_id", card);
    stmt_bind_int(s, ":seq", head->seq + 1);
    stmt_bind_int(s, ":kind", 1);
    stmt_bind_int(s, ":debit", -(8 * plan + 1));
    stmt_bind_int(s, ":credit", card);
    stmt_bind_int(s, ":amount", 1);
    stmt_bind_int(s, ":balance_after", balance + 1);
    stmt_bind_int(s, ":at_ms", now_ms);
    stmt_bind_int(s, ":plan_id", plan);
    stmt_bind_int(s, ":plan_version", 1);
    stmt_bind_int(s, ":shop_id", 1);
    stmt_bind_int(s, ":till_id", till);
    stmt_bind_int(s, ":staff_id", 1);
    stmt_bind_int(s, ":scan_id", scan);
    stmt_bind_text(s, ":reason", STR("visit"));
    stmt_bind_blob(s, ":request_key", key, 16);
    stmt_bind_blob(s, ":prev_mac", head->mac, 16);
    stmt_bind_blob(s, ":mac", key, 16);
    return stmt_run(s, e);
}

static enum err_code
balances_move(struct db *db, int64_t card, int64_t balance, struct err *e)
{
    STMT own = db_stmt(db, SQL_CARD_SET_BALANCE);
    STMT other = db_stmt(db, SQL_SYSTEM_ACCOUNT_MOVE);

    stmt_bind_int(own, ":card_id", card);
    stmt_bind_int(own, ":before", balance);
    stmt_bind_int(own, ":after", balance + 1);
    stmt_bind_int(own, ":reached", balance + 1);
    stmt_bind_int(own, ":owed", 0);
    stmt_bind_int(other, ":id", -(8 * plan + 1));
    stmt_bind_int(other, ":plan_id", plan);
    stmt_bind_int(other, ":amount", -1);
    return stmt_run(own, e) || stmt_run(other, e) ? e->code : OK;
}

static enum err_code
chain_move(struct db *db, struct head *head, const uint8_t key[16], int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_CHAIN_MOVE);

    stmt_bind_text(s, ":chain", STR("transfer"));
    stmt_bind_int(s, ":seq", head->seq + 1);
    stmt_bind_int(s, ":at_ms", now_ms);
    stmt_bind_blob(s, ":mac", key, 16);
    stmt_bind_int(s, ":old_seq", head->seq);
    stmt_bind_blob(s, ":old_mac", head->mac, 16);
    if (stmt_run(s, e))
        return e->code;
    head->seq++;
    memcpy(head->mac, key, 16);
    return OK;
}

static enum err_code
rest_add(struct db *db, int64_t member, int64_t card, int64_t seq, const uint8_t key[16],
         int64_t now_ms, struct err *e)
{
    STMT notice = db_stmt(db, SQL_NOTICE_ADD);
    STMT kept = db_stmt(db, SQL_ANSWER_ADD);

    stmt_bind_int(notice, ":member_id", member);
    stmt_bind_int(notice, ":card_id", card);
    stmt_bind_text(notice, ":kind", STR("grant"));
    stmt_bind_int(notice, ":seq", seq);
    stmt_bind_null(notice, ":voucher_id");
    stmt_bind_int(notice, ":due_ms", now_ms + 8000);
    stmt_bind_int(notice, ":until_ms", now_ms + 8000);
    stmt_bind_int(notice, ":now_ms", now_ms);
    stmt_bind_blob(kept, ":request_key", key, 16);
    stmt_bind_blob(kept, ":fingerprint", key, 16);
    stmt_bind_int(kept, ":status", 201);
    stmt_bind_blob(kept, ":body", answer, sizeof(answer) - 1);
    stmt_bind_int(kept, ":now_ms", now_ms);
    return stmt_run(notice, e) || stmt_run(kept, e) ? e->code : OK;
}

static enum err_code
tally_add(struct db *db, const char *what, int64_t id, int64_t day_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_EARN_TALLY_ADD);

    stmt_bind_int(s, ":from_ms", day_ms);
    stmt_bind_int(s, ":plan_id", plan);
    stmt_bind_text(s, ":what", str_of(what));
    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":units", 1);
    return stmt_run(s, e);
}

/* What ends one day, why it is so much, and what is capped. */
static enum err_code
rules_add(struct db *db, int64_t card, int64_t seq, int64_t now_ms, struct err *e)
{
    int64_t day_ms = now_ms - now_ms % DAY_MS;
    STMT lot = db_stmt(db, SQL_LOT_ADD);
    STMT part = db_stmt(db, SQL_EARN_PART_ADD);

    stmt_bind_int(lot, ":card_id", card);
    stmt_bind_int(lot, ":seq", seq);
    stmt_bind_int(lot, ":part", 0);
    stmt_bind_int(lot, ":plan_version", 1);
    stmt_bind_int(lot, ":amount", 1);
    stmt_bind_int(lot, ":remaining", 1);
    stmt_bind_int(lot, ":expires_ms", now_ms + 365 * DAY_MS);
    stmt_bind_int(lot, ":renews", 0);
    stmt_bind_int(part, ":seq", seq);
    stmt_bind_int(part, ":place", 1);
    stmt_bind_text(part, ":reason", STR("campaign:200"));
    stmt_bind_int(part, ":units", 1);
    return stmt_run(lot, e) || stmt_run(part, e) || tally_add(db, "member", card, day_ms, e) ||
                   tally_add(db, "staff", 1, day_ms, e) || tally_add(db, "till", till, day_ms, e)
               ? e->code
               : OK;
}

/* Of anybody who has one of the plan: the demo's own may have none. */
static enum err_code
any_card(struct db *db, int64_t members, int64_t *member_out, int64_t *id_out, int64_t *balance_out,
         struct err *e)
{
    enum err_code code;

    do {
        *member_out = 1 + (int64_t)entropy_below((uint64_t)members);
        code = card_at(db, *member_out, id_out, balance_out, e);
    } while (code == ERR_NOT_FOUND);
    e->code = code;
    return code;
}

static enum err_code
grant(struct db *db, int64_t members, bool has_rules, struct head *head, int64_t now_ms,
      struct err *e)
{
    int64_t member, card, balance;
    uint8_t key[16];

    entropy_fill(key, sizeof(key));
    return db_savepoint(db, e) || any_card(db, members, &member, &card, &balance, e) ||
                   scan_add(db, card, head->seq, now_ms, e) ||
                   transfer_add(db, card, balance, db_last_id(db), head, key, now_ms, e) ||
                   balances_move(db, card, balance, e) || chain_move(db, head, key, now_ms, e) ||
                   rest_add(db, member, card, head->seq, key, now_ms, e) ||
                   (has_rules && rules_add(db, card, head->seq, now_ms, e)) ||
                   db_savepoint_release(db, e)
               ? e->code
               : OK;
}

static enum err_code
run(struct db *db, bool has_rules, int64_t until_ms, int64_t *n_out, struct err *e)
{
    struct head head = {0};
    struct clock clock = {0};
    int64_t members = 0;

    {
        STMT s = db_stmt(db, SQL_CHAIN_HEAD);
        STMT m = db_stmt(db, SQL_FIGURES_MEMBERS);

        stmt_bind_text(s, ":chain", STR("transfer"));
        stmt_bind_int(m, ":from_ms", 0);
        stmt_bind_int(m, ":until_ms", 0);
        if (stmt_one(s, "head", e) || stmt_one(m, "member", e))
            return e->code;
        head.seq = stmt_int(s, 0);
        memcpy(head.mac, stmt_blob(s, 2).at, sizeof(head.mac));
        members = stmt_int(m, 0);
    }
    for (*n_out = 0; clock_monotonic_ms() < until_ms; *n_out += BATCH) {
        DB_TX tx = {0};
        int64_t now_ms = clock_now_ms(&clock);

        if (db_begin(db, &tx, e))
            return e->code;
        for (int i = 0; i < BATCH; i++)
            if (grant(db, members, has_rules, &head, now_ms, e))
                return e->code;
        if (db_commit(&tx, e) || (db_wal_backlog(db) >= CHECKPOINT_PAGES && db_checkpoint(db, e)))
            return e->code;
    }
    return OK;
}

int
main(int argc, char **argv)
{
    const struct db_options options = {.mode = DB_WRITE};
    int64_t began_ms, n = 0;
    struct db *db = NULL;
    struct err e = {0};

    if (argc < 3)
        return 2;
    if (argc > 3)
        plan = till = 1;
    if (!db_open(&db, argv[1], &options, &e)) {
        began_ms = clock_monotonic_ms();
        if (!run(db, argc > 3, began_ms + (int64_t)(strtod(argv[2], NULL) * 1000), &n, &e))
            printf("%.0f\n", (double)n * 1000 / (double)(clock_monotonic_ms() - began_ms));
    }
    db_close(db);
    if (e.code)
        fprintf(stderr, "raw: %s\n", e.text);
    return e.code != OK;
}
