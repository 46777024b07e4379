#include <inttypes.h>

#include "app/commands.h"
#include "domain/reward_code.h"

#define FILE_MAX (4 * MIB)

enum { CODES_PLAN, CODES_REWARD, CODES_FILE, CODES_DRY };

const struct option_row reward_codes_options[] = {
    {"plan", "N", NULL, "its number, see plan list"},
    {"reward", "KEY", NULL, "the key of a reward with \"codes\": true, see catalogue show"},
    {"file", "FILE", NULL, "CSV, one code a line; - is standard input"},
    {"dry-run", NULL, NULL, "say what would happen, and change nothing"},
    {0},
};

enum err_code
command_reward_codes_prepare(struct call *call, struct err *e)
{
    return command_file(call, CODES_FILE, FILE_MAX, e);
}

enum err_code
command_reward_codes(struct call *call, struct err *e)
{
    struct code_load in = {.key = call->value[CODES_REWARD],
                           .is_dry = call->value[CODES_DRY].at != NULL,
                           .now_ms = call->now_ms};
    struct code_report out;

    if (command_number(call, &in.plan_id, e) ||
        reward_codes_load(call->db, call->value[CODES_FILE], &in, call->arena, &out, e))
        return e->code;
    for (size_t i = 0; i < out.faults_n && i < CODE_FAULTS_MAX; i++)
        buf_format(call->out, "line %" PRId64 ": %s\n", out.fault[i].line, out.fault[i].word);
    if (out.faults_n > 0)
        return err_set(e, ERR_INPUT, out.fault[0].word,
                       "%zu lines are wrong, the first is %" PRId64, out.faults_n,
                       out.fault[0].line);
    buf_format(call->out, "%s%" PRId64 " codes loaded, %" PRId64 " nobody's yet\n",
               in.is_dry ? "dry run, nothing was changed: " : "", out.rows, out.left);
    return OK;
}
