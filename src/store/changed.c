#include "store/changed.h"

#include "store/db_raw.h"

#include <string.h>

enum effect { ALL, ROW, NONE };

/*
 * A table that is not here changes everything. NONE: no page for a shopper shows it, or not without
 * something else that changes with it. SQLite does not tell of tables WITHOUT ROWID: of those that
 * a page shows, a transfer and a lot come with their card's balance, and a plan_version with its
 * plan.
 */
static const struct {
    const char *table;
    enum changed what;
    enum effect of_insert, of_others;
} effects[] = {
    {"answer", 0, NONE, NONE},
    {"system_account", 0, NONE, NONE},
    {"draw", 0, NONE, NONE},
    {"lot_seed", 0, NONE, NONE},
    {"reward_code", 0, NONE, NONE},
    {"stock", 0, NONE, NONE}, /* offers are asked for anew each time */
    {"run_ended", 0, NONE, NONE},
    {"card_tier", CHANGED_CARD, ROW, ROW}, /* numbered by its card */
    {"card", CHANGED_CARD, ALL, ROW}, /* a new one: its member may have looked in vain before */
    {"code_failure", CHANGED_CARD, ROW, ROW}, /* numbered by its card */
    {"notice", 0, NONE, NONE},
    {"gift", 0, NONE, NONE},
    {"scan", 0, NONE, NONE},
    {"spend_yes", 0, NONE, NONE},
    {"hold", 0, NONE, NONE},              /* its points are in the card's balance */
    {"redemption_undone", 0, NONE, NONE}, /* its voucher is changed with it */
    {"audit", 0, NONE, NONE},
    {"head", 0, NONE, NONE},
    {"refund", 0, NONE, NONE}, /* what it takes or leaves owed changes its card */
    {"debt_move", 0, NONE, NONE},
    {"outbox", 0, NONE, NONE},
    {"reply_chance", 0, NONE, NONE},
    {"keyword_rule", 0, NONE, NONE},
    {"staff_hours", 0, NONE, NONE},
    {"menu_link", 0, NONE, NONE},
    {"menu_due", 0, NONE, NONE},
    {"menu_work", 0, NONE, NONE},
    {"menu_period", 0, NONE, NONE},
    {"consent", 0, NONE, NONE}, /* its member is changed with it */
    {"budget_month", 0, NONE, NONE},
    {"line_quota", 0, NONE, NONE},
    {"reply_chance", 0, NONE, NONE},
    {"birthday", 0, NONE, NONE},
    {"session", CHANGED_SESSION, NONE, ROW},
    {"member", CHANGED_MEMBER, NONE, ROW},
    {"identity", CHANGED_MEMBER, NONE, ROW},
    {"recovery_code", 0, NONE, NONE},
    {"plan_draft", 0, NONE, NONE}, /* what comes of them is a plan's next version */
    {"plan_schedule", 0, NONE, NONE},
    {"customer", 0, NONE, NONE},
    {"identity_closed", 0, NONE, NONE},
    {"member_key", CHANGED_MEMBER, NONE, ROW},
};

static void
note_row(void *versions, int operation, const char *schema, const char *table, sqlite3_int64 id)
{
    enum effect effect = ALL;
    enum changed what = 0;

    (void)schema;
    for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
        if (strcmp(effects[i].table, table) == 0) {
            effect = operation == SQLITE_INSERT ? effects[i].of_insert : effects[i].of_others;
            what = effects[i].what;
        }
    if (effect == ALL)
        versions_change_all(versions);
    else if (effect == ROW)
        versions_change(versions, what, id);
}

void
changed_watch(struct db *db, struct versions *versions)
{
    db->versions = versions;
    if (versions != NULL)
        sqlite3_update_hook(db->handle, note_row, versions);
}

void
changed_commit(struct db *db)
{
    if (db->versions != NULL)
        versions_commit(db->versions);
}
