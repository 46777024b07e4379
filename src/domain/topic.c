#include "domain/topic.h"

enum err_code
topic_load(struct db *db, int64_t member_id, bool out[TOPICS + 1], struct err *e)
{
    STMT s = db_stmt(db, SQL_TOPICS_OF_MEMBER);
    enum topic topic;
    bool row;

    for (int i = 0; i < TOPICS; i++)
        out[i] = topic_is_wanted_at_first((enum topic)i);
    out[TOPIC_ALWAYS] = true;
    stmt_bind_int(s, ":member_id", member_id);
    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "topics");
        if (!row)
            return OK;
        if (topic_of(stmt_text(s, 0), &topic))
            out[topic] = stmt_int(s, 1) != 0;
    }
}

enum err_code
topic_choose(struct db *db, int64_t member_id, enum topic topic, bool is_wanted, int64_t now_ms,
             struct err *e)
{
    STMT s = db_stmt(db, SQL_TOPIC_CHOOSE);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_text(s, ":topic", str_of(topic_word(topic)));
    stmt_bind_int(s, ":is_wanted", is_wanted);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}
