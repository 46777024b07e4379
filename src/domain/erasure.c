#include "domain/erasure.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/entropy.h"
#include "domain/audit.h"
#include "domain/card.h"
#include "domain/debt.h"
#include "domain/gift.h"
#include "domain/hold.h"
#include "domain/identity.h"
#include "domain/member.h"
#include "domain/outbox.h"
#include "domain/posting.h"
#include "domain/staff.h"

#define AMOUNT_MAX                                                                                 \
    INT64_C(1000000) /* of one transfer; cards that were put together may hold more */
#define ROOM_BYTES (64 * KIB)

static const char *const why_name[ERASURE_WHYS] = {
    [ERASURE_LEFT] = "left",
    [ERASURE_UNFOLLOWED] = "unfollowed",
    [ERASURE_DORMANT] = "dormant",
};

static const char *const act[ERASURE_WHYS] = {
    [ERASURE_LEFT] = "member.left",
    [ERASURE_UNFOLLOWED] = "member.purged",
    [ERASURE_DORMANT] = "member.purged",
};

const char *
erasure_why_name(enum erasure_why why)
{
    return why_name[why];
}

/* ---------------------------------------------------------------- may it be */

/* Staff stay staff: only that this card was theirs is forgotten. */
static enum err_code
leave_staff(struct db *db, int64_t member_id, struct err *e)
{
    struct staff staff;
    STMT s = db_stmt(db, SQL_STAFF_FORGET_MEMBER);
    enum err_code code = staff_by_member(db, member_id, &staff, e);

    if (code != OK && code != ERR_NOT_FOUND)
        return code;
    if (code == OK && staff.role == OWNER_ROLE)
        return err_set(e, ERR_CONFLICT, "still_owner", "member %" PRId64 " is an owner", member_id);
    *e = (struct err){0};
    stmt_bind_int(s, ":member_id", member_id);
    return stmt_run(s, e);
}

static enum err_code
mark(struct db *db, int64_t member_id, enum erasure_why why, int64_t now_ms, struct err *e)
{
    struct member member;
    STMT s = db_stmt(db, SQL_MEMBER_ERASE);

    if (member_load(db, member_id, &member, e))
        return e->code;
    stmt_bind_int(s, ":id", member_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_text(s, ":why", str_of(why_name[why]));
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_CONFLICT, "member_erased", "member %" PRId64, member_id);
    return OK;
}

/* ---------------------------------------------------------------- what they held */

static enum err_code
expire_units(struct db *db, struct card *card, enum erasure_why why, int64_t now_ms, struct err *e)
{
    while (card->balance > 0) {
        POSTING posting = {.db = NULL};
        struct transfer t = {
            .kind = TRANSFER_EXPIRE,
            .amount = card->balance < AMOUNT_MAX ? card->balance : AMOUNT_MAX,
        };
        struct plan_rules rules;

        if (plan_load(db, card->plan_id, 0, &rules, e))
            return e->code;
        t.plan_version = rules.version;
        str_copy(str_of(why_name[why]), t.reason, sizeof(t.reason));
        entropy_fill(t.request_key, sizeof(t.request_key)); /* nobody asked for it by a key */
        if (posting_open(&posting, db, card, NULL, now_ms, e) || posting_add(&posting, &t, e) ||
            posting_close(&posting, e))
            return err_wrap(e, "expire what card %" PRId64 " holds", card->id);
        card->balance = posting.place.balance;
    }
    return OK;
}

static enum err_code
expire_vouchers(struct db *db, int64_t card_id, int64_t now_ms, int64_t *n, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHERS_FORFEIT);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return err_wrap(e, "vouchers of card %" PRId64, card_id);
    *n += db_changes(db);
    return OK;
}

static enum err_code
end_cards(struct db *db, int64_t member_id, enum erasure_why why, int64_t now_ms,
          struct erased *out, struct err *e)
{
    struct card card[CARDS_OF_MEMBER_MAX];
    size_t n;

    if (hold_release_member(db, member_id, now_ms, e) ||
        cards_of_member(db, member_id, card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        out->units += card[i].balance;
        if (expire_units(db, &card[i], why, now_ms, e) ||
            expire_vouchers(db, card[i].id, now_ms, &out->vouchers, e) ||
            debt_move(db, &card[i], 0, now_ms, e) || card_end(db, card[i].id, now_ms, e))
            return e->code;
    }
    out->cards = (int64_t)n;
    return OK;
}

/* ---------------------------------------------------------------- who they were */

/* Each takes :member_id. A table that knows more of a member than a number has a row here. */
static const enum sql_id removals[] = {
    SQL_NOTICES_WAITING_CANCEL, SQL_NOTICES_KEPT_CANCEL, SQL_ERASE_NOTICE_DETAILS,
    SQL_ERASE_REPLY_CHANCE,     SQL_ERASE_TOPIC_CHOICES, SQL_ERASE_MENU_LINK,
    SQL_ERASE_MENU_DUE,         SQL_ERASE_CONSENTS,      SQL_ERASE_SESSIONS,
    SQL_ERASE_BEACON_VISITS,    SQL_RECOVERY_END,        SQL_ERASE_CUSTOMERS,
    SQL_BIRTHDAY_FORGET,
};

static enum err_code
remove_traces(struct db *db, int64_t member_id, int64_t now_ms, struct err *e)
{
    if (outbox_erase(db, member_id, now_ms, e))
        return e->code;
    for (size_t i = 0; i < sizeof(removals) / sizeof(removals[0]); i++) {
        STMT s = db_stmt(db, removals[i]);

        stmt_bind_int(s, ":member_id", member_id);
        if (stmt_run(s, e))
            return err_wrap(e, "what member %" PRId64 " left behind", member_id);
    }
    return OK;
}

static enum err_code
note_departure(struct db *db, struct str line_id, int64_t now_ms, struct err *e)
{
    uint8_t hash[DEPARTED_SIZE];
    STMT s = db_stmt(db, SQL_DEPARTED_ADD);

    identity_departed_hash(db, line_id, hash);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    stmt_bind_int(s, ":until_ms", now_ms + DEPARTED_MS);
    return stmt_run(s, e);
}

/* A card that nobody signed in for has no identity to forget. */
static enum err_code
forget_identity(struct db *db, int64_t member_id, int64_t now_ms, struct arena *a, struct err *e)
{
    struct str line_id;
    enum err_code code = identity_open(db, member_id, IDENTITY_LINE_ID, a, &line_id, e);

    if (code == ERR_NOT_FOUND) {
        *e = (struct err){0};
        return OK;
    }
    return code || note_departure(db, line_id, now_ms, e) || identity_destroy(db, member_id, e)
               ? e->code
               : OK;
}

enum err_code
erase_member(struct db *db, int64_t member_id, enum erasure_why why, int64_t now_ms,
             struct erased *out, struct err *e)
{
    struct arena *a = arena_new(ROOM_BYTES);
    enum err_code code;

    *out = (struct erased){0};
    if (a == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "erase member %" PRId64, member_id);
    code = mark(db, member_id, why, now_ms, e) || leave_staff(db, member_id, e) ||
                   gifts_return(db, member_id, now_ms, e) ||
                   end_cards(db, member_id, why, now_ms, out, e) ||
                   remove_traces(db, member_id, now_ms, e) ||
                   forget_identity(db, member_id, now_ms, a, e) ||
                   audit_write(db, act[why], 0, 0, member_id, now_ms, e)
               ? e->code
               : OK;
    arena_free(a);
    if (code != OK)
        return err_wrap(e, "erase member %" PRId64, member_id);
    db_forget(db);
    return OK;
}

/* ---------------------------------------------------------------- afterwards */

enum err_code
departed_lately(struct db *db, struct str line_id, int64_t now_ms, bool *out, struct err *e)
{
    uint8_t hash[DEPARTED_SIZE];
    STMT s = db_stmt(db, SQL_DEPARTED_FIND);

    identity_departed_hash(db, line_id, hash);
    stmt_bind_blob(s, ":hash", hash, sizeof(hash));
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_step(s, out, e);
}

enum err_code
departed_sweep(struct db *db, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_DEPARTED_SWEEP);

    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e) ? err_wrap(e, "forget who left") : OK;
}

enum err_code
erased_since(struct db *db, int64_t since_ms, int64_t out[ERASURE_WHYS], struct err *e)
{
    STMT s = db_stmt(db, SQL_ERASED_SINCE);

    stmt_bind_int(s, ":since_ms", since_ms);
    if (stmt_one(s, "member", e))
        return err_wrap(e, "count who left");
    for (int i = 0; i < ERASURE_WHYS; i++)
        out[i] = stmt_int(s, i);
    return OK;
}
