#include "domain/gift.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/entropy.h"
#include "base/text.h"
#include "domain/audit.h"
#include "domain/keys.h"
#include "domain/ladder.h"
#include "domain/lapse.h"
#include "domain/member.h"
#include "domain/moving.h"
#include "domain/posting.h"
#include "domain/sealed.h"

#define TOKEN_BYTES 16
#define ROOM_BYTES (16 * KIB)
#define REASON "gift"

static const char *const states[] = {
    [GIFT_OPEN] = "open", [GIFT_ACCEPTED] = "accepted", [GIFT_RETURNED] = "returned"};

const char *
gift_state_name(enum gift_state state)
{
    return states[state];
}

/* ---------------------------------------------------------------- the link */

static void
hash_of(const struct db *db, struct str token, uint8_t out[SHA256_SIZE])
{
    const struct str parts[] = {STR("gift:"), token};

    hmac_sha256(keys_of(db)->index, KEY_SIZE, parts, 2, out);
}

/* What is sealed with a gift is tied to the transfer it left with. */
static struct str
seal_place(int64_t out_seq, const char *what, char *out, size_t cap)
{
    snprintf(out, cap, "gift:%" PRId64 ":%s", out_seq, what);
    return str_of(out);
}

static enum err_code
seal_in(struct db *db, int64_t out_seq, const char *what, struct str plain, struct sealed *out,
        struct err *e)
{
    char place[40];

    if (plain.n == 0)
        return OK;
    return sealed_init(out, keys_of(db)->kept, plain,
                       seal_place(out_seq, what, place, sizeof(place)), e);
}

static enum err_code
open_out(struct db *db, int64_t out_seq, const char *what, struct str sealed, struct arena *a,
         struct str *out, struct err *e)
{
    char place[40];

    *out = (struct str){0};
    if (sealed.n == 0)
        return OK;
    return sealed_open(keys_of(db)->kept, sealed, seal_place(out_seq, what, place, sizeof(place)),
                       a, out, e);
}

/* ---------------------------------------------------------------- rows */

static void
gift_read_row(const struct stmt *s, struct gift *out)
{
    struct str state = stmt_text(s, 5);

    *out = (struct gift){
        .id = stmt_int(s, 0),
        .card_id = stmt_int(s, 1),
        .plan_id = stmt_int(s, 2),
        .member_id = stmt_int(s, 3),
        .amount = stmt_int(s, 4),
        .out_seq = stmt_int(s, 6),
        .made_ms = stmt_int(s, 7),
        .until_ms = stmt_int(s, 8),
        .closed_ms = stmt_int(s, 9),
    };
    while (!str_eq(state, str_of(states[out->state])))
        out->state++; /* the book holds no other words */
}

static enum err_code
gift_load(struct db *db, int64_t id, struct gift *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_GIFT_LOAD);

    stmt_bind_int(s, ":gift_id", id);
    if (stmt_one(s, "gift", e))
        return err_wrap(e, "gift %" PRId64, id);
    gift_read_row(s, out);
    return OK;
}

/* *nickname_out: sealed and borrowed from the statement, so that the caller opens it here. */
static enum err_code
gift_by_token(struct db *db, struct str token, struct arena *a, struct gift *out,
              struct str *nickname_out, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    STMT s = db_stmt(db, SQL_GIFT_BY_TOKEN);

    hash_of(db, token, hash);
    stmt_bind_blob(s, ":token_hash", hash, sizeof(hash));
    if (stmt_one(s, "gift", e))
        return err_wrap(e, "a gift's link");
    gift_read_row(s, out);
    return nickname_out == NULL
               ? OK
               : open_out(db, out->out_seq, "nickname", stmt_blob(s, 10), a, nickname_out, e);
}

/* ---------------------------------------------------------------- giving */

static enum err_code
given_so_far(struct db *db, const struct card *card, const struct plan_rules *rules, int64_t now_ms,
             int64_t *day_out, int64_t *open_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_GIFTS_SO_FAR);

    stmt_bind_int(s, ":card_id", card->id);
    stmt_bind_int(s, ":from_ms", business_day(rules, now_ms).start_ms);
    if (stmt_one(s, "gifts", e))
        return err_wrap(e, "gifts of card %" PRId64, card->id);
    *day_out = stmt_int(s, 0);
    *open_out = stmt_int(s, 1);
    return OK;
}

static enum err_code
usable_of(struct db *db, const struct card *card, int64_t now_ms, int64_t *out, struct err *e)
{
    POSTING posting = {.db = NULL};

    return posting_open(&posting, db, card, NULL, now_ms, e) || posting_usable(&posting, out, e)
               ? e->code
               : OK;
}

static enum err_code
party_of(struct db *db, const struct card *card, struct gift_party *out, struct err *e)
{
    struct member member;

    if (member_load(db, card->member_id, &member, e))
        return e->code;
    *out = (struct gift_party){.is_active = card->is_active, .is_guest = member.is_guest};
    return OK;
}

static enum err_code
judge_giving(struct db *db, const struct card *card, const struct plan_rules *rules, int64_t amount,
             int64_t now_ms, struct refusal *refusal, struct err *e)
{
    struct gift_giving giving = {.amount = amount};

    if (party_of(db, card, &giving.giver, e) || usable_of(db, card, now_ms, &giving.usable, e) ||
        given_so_far(db, card, rules, now_ms, &giving.given_day, &giving.open, e))
        return e->code;
    *refusal = gift_may_give(rules, &giving, now_ms);
    return OK;
}

/* 0: none of the units that left ends. */
static enum err_code
first_end(struct db *db, const struct card *card, int64_t seq, int64_t *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_GIFT_FIRST_END);

    stmt_bind_int(s, ":card_id", card->id);
    stmt_bind_int(s, ":seq", seq);
    if (stmt_one(s, "lots", e))
        return err_wrap(e, "ends of transfer %" PRId64, seq);
    *out = stmt_int(s, 0);
    return OK;
}

static enum err_code
add(struct db *db, const struct gift *gift, struct str nickname, struct err *e)
{
    uint8_t bytes[TOKEN_BYTES], hash[SHA256_SIZE];
    char token[BASE64_SIZE(TOKEN_BYTES)];
    SEALED sealed_token = {0};
    SEALED sealed_name = {0};
    STMT s = db_stmt(db, SQL_GIFT_ADD);

    entropy_fill(bytes, sizeof(bytes));
    base64url_encode(bytes, sizeof(bytes), token);
    hash_of(db, str_of(token), hash);
    if (seal_in(db, gift->out_seq, "token", str_of(token), &sealed_token, e) ||
        seal_in(db, gift->out_seq, "nickname", nickname, &sealed_name, e))
        return e->code;
    stmt_bind_int(s, ":card_id", gift->card_id);
    stmt_bind_blob(s, ":token_hash", hash, sizeof(hash));
    sealed_bind(s, ":token", &sealed_token);
    sealed_bind(s, ":nickname", &sealed_name);
    stmt_bind_int(s, ":amount", gift->amount);
    stmt_bind_int(s, ":out_seq", gift->out_seq);
    stmt_bind_int(s, ":now_ms", gift->made_ms);
    stmt_bind_int(s, ":until_ms", gift->until_ms);
    return stmt_run(s, e);
}

static enum err_code
write_gift(struct db *db, const struct gift_new *in, const struct card *card,
           const struct plan_rules *rules, struct str nickname, struct gift *out, struct err *e)
{
    struct entry leaves = {.card = card,
                           .amount = in->amount,
                           .kind = TRANSFER_GIFT_OUT,
                           .reason = REASON,
                           .now_ms = in->now_ms};
    int64_t end_ms;

    *out = (struct gift){.card_id = card->id,
                         .plan_id = card->plan_id,
                         .member_id = card->member_id,
                         .amount = in->amount,
                         .made_ms = in->now_ms};
    memcpy(leaves.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (units_leave(db, &leaves, rules, &out->out_seq, e) ||
        first_end(db, card, out->out_seq, &end_ms, e))
        return e->code;
    out->until_ms = gift_until(rules, end_ms, in->now_ms);
    if (add(db, out, nickname, e))
        return e->code;
    out->id = db_last_id(db);
    return audit_write(db, "gift.made", 0, 0, out->out_seq, in->now_ms, e);
}

static enum err_code
make(struct db *db, const struct gift_new *in, struct str nickname, struct gift *out,
     struct card *card, struct refusal *refusal, struct err *e)
{
    struct plan_rules rules;

    if (plan_load(db, in->plan_id, 0, &rules, e) ||
        card_of_plan(db, in->member_id, in->plan_id, card, e) ||
        lapse_card(db, card, in->now_ms, e) ||
        judge_giving(db, card, &rules, in->amount, in->now_ms, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    return write_gift(db, in, card, &rules, nickname, out, e) || card_load(db, card->id, card, e)
               ? e->code
               : OK;
}

enum err_code
gift_make(struct db *db, const struct gift_new *in, struct gift *out, struct card *card_out,
          struct refusal *refusal, struct err *e)
{
    struct arena *a = arena_new(ROOM_BYTES);
    struct str nickname = {0};
    enum err_code code;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (a == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "make a gift");
    code =
        (in->nickname.n > 0 && text_clean(a, in->nickname, GIFT_NICKNAME_POINTS, &nickname, e)) ||
                make(db, in, nickname, out, card_out, refusal, e)
            ? e->code
            : OK;
    arena_free(a);
    return code == OK ? OK : err_wrap(e, "gift of member %" PRId64, in->member_id);
}

/* ---------------------------------------------------------------- taking */

/* A gift reaches goals, which are spent for their reward, and nothing in passing (plan_gift.h). */
static struct rounds
goals_of(const struct plan_rules *rules, const struct card *card, int64_t amount)
{
    const struct place place = {.balance = card->balance, .reached = card->reached};
    struct rounds all = rounds_of(rules, &place, amount);
    struct rounds out = all;

    out.steps_n = 0;
    for (size_t i = 0; i < all.steps_n; i++)
        if (all.step[i].is_round)
            out.step[out.steps_n++] = all.step[i];
    return out;
}

/* The taker's card of the gift's plan, made where there is none; of nobody, there is none. */
static enum err_code
taker_card(struct db *db, int64_t member_id, const struct gift *gift, int64_t now_ms,
           struct card *out, struct err *e)
{
    enum err_code code = card_of_plan(db, member_id, gift->plan_id, out, e);

    if (code == ERR_NOT_FOUND)
        code = card_issue(db, member_id, gift->plan_id, now_ms, out, e);
    return code == OK ? lapse_card(db, out, now_ms, e) : code;
}

/* `taker` NULL: whoever it will be, if it is somebody whom nothing stands against. */
static enum err_code
judge_taking(struct db *db, const struct gift *gift, const struct card *taker, int64_t now_ms,
             struct refusal *refusal, struct err *e)
{
    struct gift_taking taking = {
        .state = gift->state,
        .until_ms = gift->until_ms,
        .closed_ms = gift->closed_ms,
        .taker = {.is_active = true},
        .is_own = taker != NULL && gift->member_id == taker->member_id,
    };
    struct card giver;

    if (card_load(db, gift->card_id, &giver, e) || party_of(db, &giver, &taking.giver, e) ||
        (taker != NULL && party_of(db, taker, &taking.taker, e)))
        return e->code;
    *refusal = gift_may_take(&taking, now_ms);
    return OK;
}

static enum err_code
close_gift(struct db *db, enum sql_id sql, const struct gift *gift, int64_t in_seq, int64_t now_ms,
           struct err *e)
{
    STMT s = db_stmt(db, sql);

    stmt_bind_int(s, ":gift_id", gift->id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (in_seq != 0)
        stmt_bind_int(s, ":in_seq", in_seq);
    if (stmt_run(s, e))
        return e->code;
    assert(db_changes(db) == 1); /* read as open in this transaction */
    return OK;
}

/* The giver's part in how it ended; shown where that is free. */
static enum err_code
tell_giver(struct db *db, const struct gift *gift, enum notice_kind kind, int64_t now_ms,
           struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_ADD);

    stmt_bind_int(s, ":member_id", gift->member_id);
    stmt_bind_int(s, ":card_id", gift->card_id);
    stmt_bind_text(s, ":kind", str_of(notice_kind_word(kind)));
    stmt_bind_int(s, ":seq", gift->out_seq);
    stmt_bind_null(s, ":voucher_id");
    stmt_bind_int(s, ":due_ms", now_ms);
    stmt_bind_int(s, ":until_ms", now_ms + NOTICE_GRANT_LIFE_MS);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

static enum err_code
write_taken(struct db *db, const struct gift_take *in, const struct plan_rules *rules,
            const struct rounds *goals, struct gift_taken *out, struct err *e)
{
    struct entry enters = {.card = &out->card,
                           .amount = out->gift.amount,
                           .kind = TRANSFER_GIFT_IN,
                           .reason = REASON,
                           .cause_seq = out->gift.out_seq,
                           .now_ms = in->now_ms};

    memcpy(enters.request_key, in->request_key, REQUEST_KEY_SIZE);
    out->rewards = (int64_t)goals->steps_n;
    if (units_put(db, &enters, rules, goals, &out->seq, e) ||
        close_gift(db, SQL_GIFT_ACCEPT, &out->gift, out->seq, in->now_ms, e) ||
        tell_giver(db, &out->gift, NOTICE_GIFT_TAKEN, in->now_ms, e) ||
        audit_write(db, "gift.taken", 0, 0, out->seq, in->now_ms, e))
        return e->code;
    return card_load(db, out->card.id, &out->card, e);
}

enum err_code
gift_accept(struct db *db, const struct gift_take *in, struct gift_taken *out,
            struct refusal *refusal, struct err *e)
{
    struct plan_rules rules;
    struct rounds goals;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (gift_by_token(db, in->token, NULL, &out->gift, NULL, e) ||
        taker_card(db, in->member_id, &out->gift, in->now_ms, &out->card, e) ||
        judge_taking(db, &out->gift, &out->card, in->now_ms, refusal, e) ||
        plan_load(db, out->gift.plan_id, 0, &rules, e))
        return err_wrap(e, "accept a gift, member %" PRId64, in->member_id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    goals = goals_of(&rules, &out->card, out->gift.amount);
    if (goals.too_many) {
        refusal->kind = REFUSAL_TOO_MUCH;
        return OK;
    }
    return write_taken(db, in, &rules, &goals, out, e)
               ? err_wrap(e, "accept gift %" PRId64, out->gift.id)
               : OK;
}

/* ---------------------------------------------------------------- going back */

static enum err_code
go_back(struct db *db, const struct gift *gift, const uint8_t request_key[REQUEST_KEY_SIZE],
        const char *act, int64_t now_ms, struct err *e)
{
    struct reversal in = {.seq = gift->out_seq, .reason = REASON, .now_ms = now_ms};
    struct reversal_result out;
    struct refusal refusal;
    struct transfer left;
    struct card card;

    memcpy(in.request_key, request_key, REQUEST_KEY_SIZE);
    if (transfer_by_seq(db, gift->out_seq, &left, e) ||
        posting_take_back(db, &in, &left, gift->out_seq, &out, &refusal, e))
        return err_wrap(e, "gift %" PRId64 " goes back", gift->id);
    assert(refusal.kind == REFUSAL_NONE); /* what comes back meets no reward */
    return close_gift(db, SQL_GIFT_RETURN, gift, 0, now_ms, e) ||
                   card_load(db, gift->card_id, &card, e) || lapse_card(db, &card, now_ms, e) ||
                   audit_write(db, act, 0, 0, out.seq, now_ms, e)
               ? e->code
               : OK;
}

/* Nobody asked for it by a key. */
static enum err_code
go_back_unasked(struct db *db, int64_t gift_id, const char *act, int64_t now_ms, struct gift *out,
                struct err *e)
{
    uint8_t key[REQUEST_KEY_SIZE];

    entropy_fill(key, sizeof(key));
    return gift_load(db, gift_id, out, e) || go_back(db, out, key, act, now_ms, e) ? e->code : OK;
}

enum err_code
gift_take_back(struct db *db, int64_t gift_id, int64_t member_id,
               const uint8_t request_key[REQUEST_KEY_SIZE], int64_t now_ms, struct card *card_out,
               struct refusal *refusal, struct err *e)
{
    struct gift gift;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (gift_load(db, gift_id, &gift, e))
        return e->code;
    if (gift.member_id != member_id)
        return err_set(e, ERR_NOT_FOUND, "gift_unknown", "gift %" PRId64 " is another's", gift_id);
    *refusal = gift_may_return(gift.state, gift.closed_ms);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    return go_back(db, &gift, request_key, "gift.recalled", now_ms, e) ||
                   card_load(db, gift.card_id, card_out, e)
               ? e->code
               : OK;
}

static enum err_code
next_of(struct db *db, enum sql_id sql, const char *name, int64_t value, int64_t *id_out,
        struct err *e)
{
    STMT s = db_stmt(db, sql);
    bool row;

    stmt_bind_int(s, name, value);
    if (stmt_step(s, &row, e))
        return e->code;
    *id_out = row ? stmt_int(s, 0) : 0;
    return OK;
}

enum err_code
gifts_return(struct db *db, int64_t member_id, int64_t now_ms, struct err *e)
{
    for (;;) {
        struct gift gift;
        int64_t id = 0;

        if (next_of(db, SQL_GIFT_OPEN_OF_MEMBER, ":member_id", member_id, &id, e) ||
            (id != 0 && go_back_unasked(db, id, "gift.returned", now_ms, &gift, e)))
            return err_wrap(e, "gifts of member %" PRId64, member_id);
        if (id == 0)
            return OK;
    }
}

enum err_code
gift_expire_due(struct db *db, int64_t now_ms, int64_t max, int64_t *n_out, struct err *e)
{
    for (*n_out = 0; *n_out < max; (*n_out)++) {
        struct gift gift;
        int64_t id = 0;

        if (next_of(db, SQL_GIFT_DUE, ":now_ms", now_ms, &id, e) ||
            (id != 0 && (go_back_unasked(db, id, "gift.over", now_ms, &gift, e) ||
                         tell_giver(db, &gift, NOTICE_GIFT_BACK, now_ms, e))))
            return err_wrap(e, "gifts that are over");
        if (id == 0)
            return OK;
    }
    return OK;
}

/* ---------------------------------------------------------------- reading */

enum err_code
gift_see(struct db *db, struct str token, int64_t member_id, int64_t now_ms, struct arena *a,
         struct gift_seen *out, struct err *e)
{
    struct card taker = {.member_id = member_id, .is_active = true};
    enum err_code code = OK;

    if (gift_by_token(db, token, a, &out->gift, &out->nickname, e))
        return e->code;
    if (member_id == 0)
        return judge_taking(db, &out->gift, NULL, now_ms, &out->refusal, e);
    code = card_of_plan(db, member_id, out->gift.plan_id, &taker, e);
    if (code != OK && code != ERR_NOT_FOUND) /* one is made when they accept */
        return code;
    *e = (struct err){0};
    taker.member_id = member_id;
    return judge_taking(db, &out->gift, &taker, now_ms, &out->refusal, e);
}

static enum err_code
read_line(struct db *db, const struct stmt *s, struct arena *a, struct gift_line *out,
          struct err *e)
{
    struct str token;

    gift_read_row(s, &out->gift);
    if (open_out(db, out->gift.out_seq, "token", stmt_blob(s, 10), a, &token, e))
        return e->code;
    str_copy(token, out->token, sizeof(out->token));
    return OK;
}

enum err_code
gifts_of_member(struct db *db, int64_t member_id, struct gift_line *out, size_t cap, size_t *n_out,
                struct err *e)
{
    struct arena *a = arena_new(ROOM_BYTES);
    STMT s = db_stmt(db, SQL_GIFTS_OF_MEMBER);
    enum err_code code = a == NULL ? err_set(e, ERR_INTERNAL, "out_of_memory", "gifts") : OK;
    size_t n = 0;
    bool row = true;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    while (code == OK && row) {
        code = stmt_step(s, &row, e);
        if (code == OK && row && n < cap)
            code = read_line(db, s, a, &out[n++], e);
    }
    arena_free(a);
    *n_out = n;
    return code == OK ? OK : err_wrap(e, "gifts of member %" PRId64, member_id);
}

enum err_code
gift_room(struct db *db, const struct card *card, const struct plan_rules *rules, int64_t now_ms,
          int64_t *out, struct err *e)
{
    struct gift_giving giving = {.amount = 0};
    int64_t left;

    if (party_of(db, card, &giving.giver, e) || usable_of(db, card, now_ms, &giving.usable, e) ||
        given_so_far(db, card, rules, now_ms, &giving.given_day, &giving.open, e))
        return e->code;
    left = rules->gift.day_max - giving.given_day;
    giving.amount = giving.usable < left ? giving.usable : left;
    *out = gift_may_give(rules, &giving, now_ms).kind == REFUSAL_NONE ? giving.amount : 0;
    return OK;
}
