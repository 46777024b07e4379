#include "domain/purge.h"

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static struct purge_verdict
judge_dormant(int64_t due_ms, const struct purge_facts *facts, int64_t now_ms)
{
    const struct purge_verdict erase = {.act = PURGE_ERASE, .why = ERASURE_DORMANT};
    const struct purge_verdict nothing = {.act = PURGE_NOTHING};

    if (!facts->is_friend || !facts->is_on_line)
        return now_ms >= due_ms ? erase : nothing;
    if (facts->warned_ms >
        facts->active_ms) /* a warning before the last visit is about another absence */
        return now_ms >= later(due_ms, facts->warned_ms + PURGE_WARNING_MS) ? erase : nothing;
    if (now_ms < due_ms - PURGE_WARNING_MS)
        return nothing;
    return (struct purge_verdict){.act = PURGE_WARN,
                                  .ends_ms = later(due_ms, now_ms + PURGE_WARNING_MS)};
}

struct purge_verdict
purge_decide(const struct purge_rules *rules, const struct purge_facts *facts, int64_t now_ms)
{
    int64_t gone_ms = later(facts->active_ms, facts->friend_ms);

    if (facts->is_staff)
        return (struct purge_verdict){.act = PURGE_NOTHING};
    if (!facts->is_friend && rules->unfollowed_days > 0 &&
        now_ms >= gone_ms + rules->unfollowed_days * DAY_MS)
        return (struct purge_verdict){.act = PURGE_ERASE, .why = ERASURE_UNFOLLOWED};
    if (rules->dormant_days > 0)
        return judge_dormant(facts->active_ms + rules->dormant_days * DAY_MS, facts, now_ms);
    return (struct purge_verdict){.act = PURGE_NOTHING};
}

static struct purge_facts
read_facts(const struct stmt *s)
{
    return (struct purge_facts){
        .active_ms = later(stmt_int(s, 2), stmt_int(s, 3)),
        .friend_ms = stmt_int(s, 4),
        .warned_ms = stmt_int(s, 5),
        .is_friend = stmt_int(s, 6) != 0,
        .is_on_line = stmt_int(s, 7) != 0,
        .is_staff = stmt_int(s, 8) != 0,
    };
}

enum err_code
purge_find(struct db *db, const struct purge_rules *rules, int64_t now_ms, size_t scan,
           int64_t *after_id, struct purge_due *out, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PURGE_SCAN);
    size_t scanned = 0, n = 0;
    bool row;

    stmt_bind_int(s, ":after", *after_id);
    stmt_bind_int(s, ":max", (int64_t)scan);
    for (;; scanned++) {
        struct purge_facts facts;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "who has long been away");
        if (!row)
            break;
        *after_id = stmt_int(s, 0);
        if (!stmt_is_null(s, 9)) /* nobody's any more */
            continue;
        facts = read_facts(s);
        out[n] = (struct purge_due){
            .member_id = stmt_int(s, 0),
            .language = language_of(stmt_text(s, 1), LANGUAGE_JA),
            .verdict = purge_decide(rules, &facts, now_ms),
        };
        n += out[n].verdict.act != PURGE_NOTHING;
    }
    if (scanned < scan)
        *after_id = 0;
    *n_out = n;
    return OK;
}

enum err_code
purge_warned(struct db *db, int64_t member_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_PURGE_WARNED);

    stmt_bind_int(s, ":id", member_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}
