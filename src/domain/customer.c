#include "domain/customer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/entropy.h"
#include "base/text.h"
#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/card.h"
#include "domain/card_number.h"
#include "domain/customer_row.h"
#include "domain/guess.h"
#include "domain/keys.h"
#include "domain/moving.h"

#define NUMBER_MIN 4
#define TYPED_MAX 128 /* bytes: full-width, with spaces */

/* ---------------------------------------------------------------- what was typed */

/* Capitals and digits only; spaces and dashes are left out. */
static bool
plain_of(struct str typed, char *out, size_t max)
{
    struct arena *a = arena_new(4 * KIB);
    struct str text;
    size_t n = 0;
    bool is_good = a != NULL && typed.n <= TYPED_MAX && text_fold(a, typed, &text);

    for (size_t i = 0; is_good && i < text.n; i++) {
        char c = text.at[i];

        if (c == ' ' || c == '-')
            continue;
        c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        is_good = n < max && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
        if (is_good)
            out[n++] = c;
    }
    arena_free(a);
    out[n] = '\0';
    return is_good;
}

bool
customer_number_read(struct str typed, char out[CUSTOMER_NUMBER_SIZE])
{
    return plain_of(typed, out, CUSTOMER_NUMBER_MAX) && strlen(out) >= NUMBER_MIN;
}

/* Up to `max` digits. */
static bool
digits(struct str *in, size_t max, int64_t *out)
{
    size_t n = 0;

    for (*out = 0; n < max && in->n > 0 && *in->at >= '0' && *in->at <= '9'; n++, in->at++, in->n--)
        *out = *out * 10 + (*in->at - '0');
    return n > 0;
}

static bool
day_was(int64_t year, int64_t month, int64_t day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return year >= 1880 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && is_leap);
}

bool
birthday_read(struct str typed, char out[9])
{
    struct arena *a = arena_new(4 * KIB);
    int64_t year, month, day;
    struct str in;
    bool is_good = a != NULL && typed.n <= TYPED_MAX && text_fold(a, typed, &in);

    if (is_good) {
        in = str_trim(in);
        is_good = digits(&in, 4, &year) &&
                  (str_skip(&in, STR("-")) || str_skip(&in, STR("/")) || in.n == 4) &&
                  digits(&in, 2, &month) &&
                  (str_skip(&in, STR("-")) || str_skip(&in, STR("/")) || in.n == 2) &&
                  digits(&in, 2, &day) && in.n == 0 && day_was(year, month, day);
    }
    arena_free(a);
    snprintf(out, 9, "%04d%02d%02d", is_good ? (int)year : 0, is_good ? (int)month : 0,
             is_good ? (int)day : 0);
    return is_good;
}

void
customer_proof(const struct db *db, const char *number, const char *birthday,
               uint8_t out[CUSTOMER_PROOF_SIZE])
{
    const struct str parts[] = {STR("customer:"), str_of(number), STR(":"), str_of(birthday)};
    uint8_t hash[SHA256_SIZE];

    hmac_sha256(keys_of(db)->index, KEY_SIZE, parts, 4, hash);
    memcpy(out, hash, CUSTOMER_PROOF_SIZE);
}

/* ---------------------------------------------------------------- reading */

static void
customer_read(const struct stmt *s, struct customer *out)
{
    out->id = stmt_int(s, 0);
    str_copy(stmt_text(s, 1), out->number, sizeof(out->number));
    out->plan_id = stmt_int(s, 2);
    out->points = stmt_int(s, 3);
    out->member_id = stmt_int(s, 4);
    out->linked_ms = stmt_int(s, 5);
    out->is_brought = !stmt_is_null(s, 6);
}

enum err_code
customer_list(struct db *db, struct str number,
              enum err_code (*visit)(void *context, const struct customer *), void *context,
              struct err *e)
{
    STMT s = db_stmt(db, SQL_CUSTOMER_LIST);

    stmt_bind_text(s, ":number", number);
    for (;;) {
        struct customer customer;
        bool row;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "customers");
        if (!row)
            return OK;
        customer_read(s, &customer);
        if (visit(context, &customer))
            return e->code;
    }
}

enum err_code
customers_of_member(struct db *db, int64_t member_id, struct customer *out, size_t cap,
                    size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CUSTOMERS_OF_MEMBER);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    for (;; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "customers of member %" PRId64, member_id);
        if (!row || n == cap)
            break;
        customer_read(s, &out[n]);
    }
    *n_out = n;
    return OK;
}

static enum err_code
load(struct db *db, int64_t id, struct customer *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CUSTOMER_LOAD);

    stmt_bind_int(s, ":id", id);
    if (stmt_one(s, "customer", e))
        return e->code;
    customer_read(s, out);
    return OK;
}

enum err_code
customer_known_by_shop(struct db *db, struct str number, int64_t now_ms, int64_t *id_out,
                       struct err *e)
{
    char plain[CUSTOMER_NUMBER_SIZE];
    uint8_t nothing[CUSTOMER_PROOF_SIZE];
    STMT add = db_stmt(db, SQL_CUSTOMER_FROM_SHOP);
    STMT find = db_stmt(db, SQL_CUSTOMER_BY_NUMBER);

    if (!customer_number_read(number, plain))
        return err_set(e, ERR_INPUT, "customer_number", "not written like a number");
    entropy_fill(nothing, sizeof(nothing));
    stmt_bind_text(add, ":number", str_of(plain));
    stmt_bind_blob(add, ":proof", nothing, sizeof(nothing));
    stmt_bind_int(add, ":now_ms", now_ms);
    stmt_bind_text(find, ":number", str_of(plain));
    if (stmt_run(add, e) || stmt_one(find, "customer", e))
        return err_wrap(e, "a customer of the shop's login");
    *id_out = stmt_int(find, 0);
    return OK;
}

/* ---------------------------------------------------------------- linking */

/* The plastic's number takes the place of the card's, where the plan has such numbers and it is
 * free; where not, the card keeps its own. */
static enum err_code
take_number(struct db *db, const struct card *card, const char *number, int64_t now_ms,
            bool *done_out, struct err *e)
{
    DB_TX tx = {0};
    enum err_code code;

    *done_out = false;
    if (db_begin(db, &tx, e))
        return e->code;
    code = card_number_set(db, card, str_of(number), &(struct by){.now_ms = now_ms}, e);
    if (code == ERR_INPUT || code == ERR_CONFLICT) {
        *e = (struct err){0};
        return OK;
    }
    *done_out = code == OK;
    return code ? code : db_commit(&tx, e);
}

static enum err_code
mark(struct db *db, const struct customer *customer, int64_t member_id, int64_t brought_seq,
     int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_CUSTOMER_LINK);

    stmt_bind_int(s, ":id", customer->id);
    stmt_bind_int(s, ":member_id", member_id);
    bind_id(s, ":seq", brought_seq);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

static enum err_code
bring(struct db *db, const struct customer_link *in, const struct customer *customer,
      const struct card *card, int64_t *seq_out, struct customer_linked *out,
      const char **refused_out, struct err *e)
{
    struct entry entry = {.card = card,
                          .amount = customer->points,
                          .reached = customer->points,
                          .kind = TRANSFER_BRING,
                          .reason = "customer",
                          .now_ms = in->now_ms};
    struct refusal refusal;

    memcpy(entry.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (units_enter(db, &entry, seq_out, &out->rewards, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        *refused_out = refusal_word(refusal.kind);
    else
        out->brought = customer->points;
    return OK;
}

/* What the record brings into the card of its plan. */
static enum err_code
take_over(struct db *db, const struct customer_link *in, const struct customer *customer,
          int64_t *seq_out, struct customer_linked *out, const char **refused_out, struct err *e)
{
    struct card card;

    *seq_out = 0;
    if (customer->plan_id == 0)
        return OK;
    if (card_of_plan(db, in->member_id, customer->plan_id, &card, e))
        return e->code;
    if (!card.is_active) {
        *refused_out = "card_blocked";
        return OK;
    }
    if (customer->points > 0 && !customer->is_brought &&
        bring(db, in, customer, &card, seq_out, out, refused_out, e))
        return e->code;
    if (*refused_out != NULL)
        return OK;
    return take_number(db, &card, customer->number, in->now_ms, &out->has_number, e);
}

enum err_code
customer_link_proven(struct db *db, int64_t customer_id, const struct customer_link *in,
                     struct customer_linked *out, const char **refused_out, struct err *e)
{
    struct customer mine[CUSTOMERS_OF_MEMBER_MAX];
    DB_TX tx = {0};
    int64_t seq;
    size_t n;

    *out = (struct customer_linked){.brought = 0};
    *refused_out = NULL;
    if (db_begin(db, &tx, e) || load(db, customer_id, &out->customer, e) ||
        customers_of_member(db, in->member_id, mine, CUSTOMERS_OF_MEMBER_MAX, &n, e))
        return err_wrap(e, "link customer %" PRId64, customer_id);
    if (out->customer.member_id != 0)
        *refused_out = "link_taken";
    else if (n == CUSTOMERS_OF_MEMBER_MAX)
        *refused_out = "link_full";
    if (*refused_out == NULL && take_over(db, in, &out->customer, &seq, out, refused_out, e))
        return err_wrap(e, "link customer %" PRId64, customer_id);
    if (*refused_out != NULL)
        return OK;
    if (mark(db, &out->customer, in->member_id, seq, in->now_ms, e) ||
        audit_write(db, "customer.linked", 0, 0, customer_id, in->now_ms, e) || db_commit(&tx, e))
        return err_wrap(e, "link customer %" PRId64, customer_id);
    return OK;
}

/* 0: no such number, or another birthday; both cost the same. */
static enum err_code
prove(struct db *db, const char *number, const char *birthday, int64_t *id_out, struct err *e)
{
    uint8_t proof[CUSTOMER_PROOF_SIZE];
    struct str kept;
    STMT s = db_stmt(db, SQL_CUSTOMER_PROOF);
    bool row;

    *id_out = 0;
    customer_proof(db, number, birthday, proof);
    stmt_bind_text(s, ":number", str_of(number));
    if (stmt_step(s, &row, e))
        return e->code;
    if (!row)
        return OK;
    kept = stmt_blob(s, 1);
    if (kept.n == sizeof(proof) && digest_equal(kept.at, proof, sizeof(proof)))
        *id_out = stmt_int(s, 0);
    return OK;
}

enum err_code
customer_link(struct db *db, const struct customer_link *in, struct customer_linked *out,
              const char **refused_out, struct err *e)
{
    char number[CUSTOMER_NUMBER_SIZE], birthday[9], who[24];
    bool may, may_number;
    int64_t id;

    *refused_out = NULL;
    if (!customer_number_read(in->number, number))
        return err_field(e, ERR_INPUT, "customer_number", "number", "not written like a number");
    if (!birthday_read(in->birthday, birthday))
        return err_field(e, ERR_INPUT, "customer_birthday", "birthday", "no day there was");
    snprintf(who, sizeof(who), "%" PRId64, in->member_id);
    if (guess_may(db, GUESS_CUSTOMER_BY_MEMBER, str_of(who), in->now_ms, &may, e) ||
        guess_may(db, GUESS_CUSTOMER_BY_NUMBER, str_of(number), in->now_ms, &may_number, e))
        return e->code;
    if (!may || !may_number) {
        *refused_out = "tries_over";
        return OK;
    }
    if (prove(db, number, birthday, &id, e))
        return err_wrap(e, "prove a customer");
    if (id != 0)
        return customer_link_proven(db, id, in, out, refused_out, e);
    *refused_out = "link_unknown";
    return guess_wrong(db, GUESS_CUSTOMER_BY_MEMBER, str_of(who), in->now_ms, e) ||
                   guess_wrong(db, GUESS_CUSTOMER_BY_NUMBER, str_of(number), in->now_ms, e)
               ? e->code
               : OK;
}

enum err_code
customer_unlink(struct db *db, int64_t customer_id, int64_t member_id, int64_t now_ms,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_CUSTOMER_UNLINK);

    stmt_bind_int(s, ":id", customer_id);
    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_run(s, e))
        return err_wrap(e, "unlink customer %" PRId64, customer_id);
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "customer_unknown", "customer %" PRId64, customer_id);
    return audit_write(db, "customer.unlinked", 0, 0, customer_id, now_ms, e);
}
