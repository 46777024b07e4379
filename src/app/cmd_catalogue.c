#include <inttypes.h>
#include <stdlib.h>

#include "app/commands.h"
#include "domain/catalogue.h"
#include "domain/reward_code.h"

enum { CATALOGUE_PLAN, CATALOGUE_FILE };

const struct option_row catalogue_set_options[] = {
    {"plan", "N", NULL, "its number, see plan list"},
    {"file", "FILE", NULL, "JSON, UTF-8; - is standard input"},
    {"dry-run", NULL, NULL, "say what it holds, and change nothing"},
    {0},
};

const struct option_row catalogue_show_options[] = {
    {"plan", "N", NULL, "its number, see plan list"},
    {"json", NULL, NULL, "as catalogue set takes it"},
    {0},
};

static enum err_code
plan_of(struct call *call, struct plan_rules *out, struct err *e)
{
    int64_t id;
    enum err_code code;

    if (command_number(call, &id, e))
        return e->code;
    code = plan_load(call->db, id, 0, out, e);
    if (code == ERR_NOT_FOUND)
        return err_set(e, code, "plan_unknown", "there is no plan %" PRId64, id);
    return code;
}

/* ---------------------------------------------------------------- saying it */

static void
say_yen(struct buf *out, int64_t milli)
{
    buf_format(out, "%" PRId64 ".%03" PRId64 " yen", milli / 1000, milli % 1000);
}

static void
say_left(struct buf *out, const struct reward *reward, const struct reward_counts *counts)
{
    int64_t left = stock_left(reward, counts);

    if (left >= 0)
        buf_format(out, ", %" PRId64 " left", left);
    if (reward->has_codes && counts->codes_left <= REWARD_CODES_FEW)
        buf_text(out, " - FEW CODES: load more with reward codes");
    if (counts->issued > 0)
        buf_format(out, ", %" PRId64 " issued", counts->issued);
    if (reward->gives_back)
        buf_text(out, ", back if unused");
}

static void
say_way(struct buf *out, const struct reward *reward)
{
    if (reward->price != 0)
        buf_format(out, "%7" PRId64 " points", reward->price);
    else if (reward->at != 0)
        buf_format(out, "     at %6" PRId64, reward->at);
    else
        buf_format(out, "     %2" PRId64 ".%04" PRId64 " %%", reward->odds / 10000,
                   reward->odds % 10000);
}

/* Lotteries tell what a draw costs in the long run. */
static enum err_code
say_all(struct call *call, const struct plan_rules *rules, const struct catalogue *all,
        struct err *e)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct reward *reward = &all->reward[i];
        struct reward_counts counts;
        int64_t cost = reward_cost_milli(reward, reward + 1, (size_t)reward->prizes_n);

        if (stock_load(call->db, rules, reward, 0, call->now_ms, &counts, e))
            return e->code;
        say_way(call->out, reward);
        buf_format(call->out, "  %-24s %s", reward->key, reward->title);
        if (cost != 0) {
            buf_text(call->out, reward->prizes_n != 0 ? ", costs on average " : ", costs ");
            say_yen(call->out, cost);
        }
        say_left(call->out, reward, &counts);
        buf_char(call->out, '\n');
    }
    return OK;
}

/* ---------------------------------------------------------------- the commands */

enum err_code
command_catalogue_prepare(struct call *call, struct err *e)
{
    return command_file(call, CATALOGUE_FILE, CATALOGUE_FILE_MAX, e);
}

enum err_code
command_catalogue_set(struct call *call, struct err *e)
{
    struct plan_rules rules;
    struct catalogue all;
    int64_t number;

    if (plan_of(call, &rules, e) ||
        catalogue_read(call->value[CATALOGUE_FILE], rules.unit, call->arena, &all, e))
        return e->code;
    if (call->value[2].at != NULL) {
        buf_text(call->out, "dry run, nothing was changed:\n");
        return say_all(call, &rules, &all, e);
    }
    if (catalogue_set(call->db, rules.plan_id, &all, 0, call->now_ms, &number, e) ||
        catalogue_load(call->db, rules.plan_id, call->arena, &all, e))
        return e->code;
    buf_format(call->out, "plan %" PRId64 ", catalogue %" PRId64 "\n", rules.plan_id, number);
    return say_all(call, &rules, &all, e);
}

static enum err_code
say_json(struct call *call, const struct catalogue *all, struct err *e)
{
    json_auto_t *json = NULL;
    char *text;

    if (catalogue_write(all, &json, e))
        return e->code;
    text = json_dumps(json, JSON_INDENT(2));
    if (text == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a catalogue as text");
    buf_text(call->out, text);
    buf_char(call->out, '\n');
    free(text);
    return OK;
}

enum err_code
command_catalogue_show(struct call *call, struct err *e)
{
    struct plan_rules rules;
    struct catalogue all;

    if (plan_of(call, &rules, e) || catalogue_load(call->db, rules.plan_id, call->arena, &all, e))
        return e->code;
    return call->value[1].at != NULL ? say_json(call, &all, e) : say_all(call, &rules, &all, e);
}
