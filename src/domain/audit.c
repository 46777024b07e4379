#include "domain/audit.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/bind.h"
#include "domain/keys.h"

void
audit_mac(const uint8_t key[KEY_SIZE], const uint8_t prev_mac[MAC_SIZE],
          const struct audit_line *line, uint8_t out[MAC_SIZE])
{
    struct chain_row row = {.n = 0};

    chain_bytes(&row, "audit v1", 8);
    chain_int(&row, line->seq);
    chain_int(&row, line->at_ms);
    chain_bytes(&row, line->act.at, line->act.n);
    chain_int_or_null(&row, line->staff_id);
    chain_int_or_null(&row, line->till_id);
    chain_int_or_null(&row, line->subject);
    chain_mac(key, prev_mac, &row, out);
}

static enum err_code
insert(struct db *db, const struct audit_line *line, const uint8_t prev_mac[MAC_SIZE],
       const uint8_t mac[MAC_SIZE], struct err *e)
{
    STMT s = db_stmt(db, SQL_AUDIT_ADD);

    stmt_bind_int(s, ":seq", line->seq);
    stmt_bind_int(s, ":at_ms", line->at_ms);
    stmt_bind_text(s, ":act", line->act);
    bind_id(s, ":staff_id", line->staff_id);
    bind_id(s, ":till_id", line->till_id);
    bind_id(s, ":subject", line->subject);
    stmt_bind_blob(s, ":prev_mac", prev_mac, MAC_SIZE);
    stmt_bind_blob(s, ":mac", mac, MAC_SIZE);
    return stmt_run(s, e);
}

enum err_code
audit_write(struct db *db, const char *act, int64_t staff_id, int64_t till_id, int64_t subject,
            int64_t now_ms, struct err *e)
{
    struct chain_head from, to;
    struct audit_line line = {
        .act = str_of(act), .staff_id = staff_id, .till_id = till_id, .subject = subject};

    assert(line.act.n > 0 && line.act.n <= AUDIT_ACT_MAX);
    if (chain_head(db, CHAIN_AUDIT, &from, e))
        return err_wrap(e, "audit %s", act);
    line.seq = from.seq + 1;
    line.at_ms = now_ms > from.at_ms ? now_ms : from.at_ms;
    to.seq = line.seq;
    to.at_ms = line.at_ms;
    audit_mac(keys_of(db)->audit, from.mac, &line, to.mac);
    if (insert(db, &line, from.mac, to.mac, e) || chain_move(db, CHAIN_AUDIT, &from, &to, e))
        return err_wrap(e, "audit %s", act);
    return OK;
}
