#include <inttypes.h>
#include <stdlib.h>

#include "app/commands.h"
#include "app/plan_words.h"
#include "domain/plan_json.h"
#include "domain/plan_publish.h"

#define FILE_MAX (60 * KIB) /* a message of the control socket holds it */

enum { LOAD_FILE, LOAD_PLAN, LOAD_ACCEPT };

const struct option_row plan_load_options[] = {
    {"file", "FILE", NULL, "the plan file, JSON; - is standard input; see plan file"},
    {"plan", "N", "0", "the plan that gets these rules; 0: a new one"},
    {"accept", "LOSSES", "", "what they may take from cards on their way; see plan publish"},
    {0},
};

enum err_code
command_plan_load_prepare(struct call *call, struct err *e)
{
    return command_file(call, LOAD_FILE, FILE_MAX, e);
}

/* Of a new plan, where its file says nothing. */
static const struct plan_rules new_rules = {
    .unit = UNIT_STAMP,
    .cool_down_min = 240,
    .utc_offset_min = 9 * 60,
    .day_cut_hour = 4,
    .linear = LINEAR_CODE128,
    .jan_prefix = 29,
};

static enum err_code
make(struct call *call, struct err *e)
{
    struct plan_rules rules = new_rules;
    int64_t id;

    if (plan_file_read(call->value[LOAD_FILE], &rules, e) ||
        plan_create(call->db, &rules, call->now_ms, &id, e))
        return e->code;
    buf_format(call->out, "plan %" PRId64 "\n", id);
    return OK;
}

static enum err_code
change(struct call *call, int64_t id, struct err *e)
{
    struct publish in = {.plan_id = id, .now_ms = call->now_ms};
    struct plan_rules rules;
    int64_t version;

    if (plan_load(call->db, id, 0, &rules, e) == ERR_NOT_FOUND)
        return err_set(e, ERR_NOT_FOUND, "plan_unknown", "there is no plan %" PRId64, id);
    if (e->code || plan_file_read(call->value[LOAD_FILE], &rules, e) ||
        plan_losses_read(call->value[LOAD_ACCEPT], &in.accepted, e) ||
        plan_publish_rules(call->db, &rules, &in, &version, e))
        return e->code;
    buf_format(call->out, "plan %" PRId64 ", version %" PRId64 "\n", id, version);
    return OK;
}

enum err_code
command_plan_load(struct call *call, struct err *e)
{
    int64_t id;

    if (!str_int(call->value[LOAD_PLAN], &id, 0, INT32_MAX))
        return err_set(e, ERR_INPUT, "usage", "--plan is a plan's number; see plan list");
    return id == 0 ? make(call, e) : change(call, id, e);
}

const struct option_row plan_file_options[] = {
    {"plan", "N", NULL, "its number, see plan list"},
    {0},
};

enum err_code
command_plan_file(struct call *call, struct err *e)
{
    struct plan_rules rules;
    json_auto_t *all = NULL;
    char *text;
    int64_t id;

    if (command_number(call, &id, e) || plan_load(call->db, id, 0, &rules, e) ||
        plan_file_write(&rules, &all, e))
        return e->code;
    text = json_dumps(all, JSON_INDENT(2));
    if (text == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a plan as JSON");
    buf_format(call->out, "%s\n", text);
    free(text);
    return OK;
}
