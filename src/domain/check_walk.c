#include "domain/check_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "domain/head_check.h"
#include "domain/keys.h"
#include "domain/transfer.h"

#define TELL_EVERY 16384 /* transfers */

/*
 * One walk for five questions: transfers stand by card, so that in the order of their numbers each
 * is somewhere else, and finding it costs more than all that is then asked of it.
 */
struct walk {
    int64_t before_ms;
    uint8_t before_mac[MAC_SIZE];
    char time[DETAIL_SIZE], chain[DETAIL_SIZE], mac[DETAIL_SIZE]; /* the first that is wrong */
    struct head_walk heads;
};

static void
note(char detail[DETAIL_SIZE], const struct transfer *t)
{
    if (detail[0] == '\0')
        snprintf(detail, DETAIL_SIZE, "transfer %" PRId64, t->seq);
}

static void
look_at(struct walk *w, const uint8_t *key, const struct transfer *t)
{
    uint8_t mac[MAC_SIZE];

    if (t->at_ms < w->before_ms)
        note(w->time, t);
    if (!digest_equal(t->prev_mac, w->before_mac, MAC_SIZE))
        note(w->chain, t);
    transfer_mac(key, t, mac);
    if (!digest_equal(mac, t->mac, MAC_SIZE))
        note(w->mac, t);
    w->before_ms = t->at_ms;
    memcpy(w->before_mac, t->mac, MAC_SIZE);
}

static enum err_code
walk(struct run *run, struct walk *w, int64_t of, struct err *e)
{
    STMT s = db_stmt(run->db, SQL_TRANSFER_ALL);
    const uint8_t *key = keys_of(run->db)->ledger;
    bool row;

    for (int64_t done = 0;; done++) {
        struct transfer t;

        if (done % TELL_EVERY == 0)
            check_begin(run, "K1_TRANSFERS_GENUINE", done, of);
        if (stmt_step(s, &row, e))
            return err_wrap(e, "K1");
        if (!row)
            return OK;
        transfer_read(s, &t);
        look_at(w, key, &t);
        if (head_walk_add(&w->heads, &t, e))
            return err_wrap(e, "K7");
    }
}

enum err_code
check_transfers(struct run *run, struct err *e)
{
    struct walk w = {.before_ms = INT64_MIN};
    struct chain_head head = {.seq = 0};
    enum err_code code;

    if (chain_head(run->db, CHAIN_TRANSFER, &head, e) &&
        e->code != ERR_NOT_FOUND) /* I07's matter */
        return e->code;
    code = head_walk_begin(&w.heads, run->db, e) || walk(run, &w, head.seq, e) ||
                   head_walk_end(&w.heads, e)
               ? e->code
               : OK;
    head_walk_clear(&w.heads);
    if (code)
        return code;
    check_tell(run, "I05_TIME_ADVANCES", "time never goes back along the transfers", w.time);
    check_tell(run, "I06_CHAINED", "a transfer carries the MAC of the one before", w.chain);
    check_tell(run, "K1_TRANSFERS_GENUINE", "every transfer is as it was written", w.mac);
    check_tell(run, "K7_HEADS_GENUINE", "every signed head, and the tree below it, is this book's",
               w.heads.detail);
    check_tell(run, "I67_MONTHS", "what is stored of months is what moved in them", w.heads.months);
    return OK;
}
