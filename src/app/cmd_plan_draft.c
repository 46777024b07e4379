/*
 * stampd plan draft, drafts, draft-remove, publish, unschedule, history: how a plan changes.
 * What a change would have meant is asked in cmd_plan_rehearse.c.
 */
#include <inttypes.h>
#include <string.h>

#include "app/commands.h"
#include "app/plan_words.h"
#include "base/clock.h"
#include "domain/plan_draft.h"
#include "domain/plan_json.h"
#include "domain/plan_loss.h"
#include "domain/plan_publish.h"

#define VERSIONS_SHOWN 50

static enum err_code
number_of(const struct call *call, int option, const char *name, int64_t *out, struct err *e)
{
    if (str_int(call->value[option], out, 1, INT64_MAX))
        return OK;
    return err_set(e, ERR_INPUT, "usage", "--%s: its number is wanted, see plan drafts", name);
}

/* ---------------------------------------------------------------- drafts */

enum { DRAFT_PLAN, DRAFT_FILE, DRAFT_NAME, DRAFT_OLD };

const struct option_row plan_draft_options[] = {
    {"plan", "", NULL, "the plan's number, see plan list"},
    {"file", "FILE", NULL, "a plan file: what is to change, or all of it; - is standard input"},
    {"name", "NAME", "draft", "by which you know it"},
    {"draft", "N", "0", "in the place of this one; 0: a new one"},
    {0},
};

enum err_code
command_plan_draft_prepare(struct call *call, struct err *e)
{
    return command_file(call, DRAFT_FILE, PLAN_FILE_MAX, e);
}

enum err_code
command_plan_draft(struct call *call, struct err *e)
{
    struct plan_draft draft = {.rules = call->value[DRAFT_FILE]};
    int64_t id;

    if (command_number(call, &draft.plan_id, e))
        return e->code;
    if (!str_int(call->value[DRAFT_OLD], &draft.id, 0, INT64_MAX))
        return err_set(e, ERR_INPUT, "usage", "--draft: its number is wanted, see plan drafts");
    if (!str_copy(call->value[DRAFT_NAME], draft.name, sizeof(draft.name)))
        return err_set(e, ERR_INPUT, "text_too_long", "--name: at most 64 characters");
    if (plan_draft_save(call->db, call->arena, &draft, 0, call->now_ms, &id, e))
        return e->code;
    buf_format(call->out,
               "draft %" PRId64 " of plan %" PRId64 "; `stampd plan rehearse %" PRId64
               " --draft %" PRId64 "` tells who would gain and who would lose\n",
               id, draft.plan_id, draft.plan_id, id);
    return OK;
}

const struct option_row plan_drafts_options[] = {
    {"plan", "", NULL, "the plan's number, see plan list"},
    {0},
};

static enum err_code
say_draft(struct call *call, const struct plan_rules *now, const struct plan_draft *draft,
          struct err *e)
{
    struct plan_rules rules = *now;
    char saved[CLOCK_TEXT_SIZE];

    clock_text(draft->saved_ms, saved);
    buf_format(call->out, "%4" PRId64 "  %s  %s%s\n", draft->id, saved, draft->name,
               draft->base_version == now->version ? ""
                                                   : "  (outdated: another version is in "
                                                     "force since)");
    return plan_file_read(draft->rules, &rules, e) || say_plan_changes(call, now, &rules, e)
               ? e->code
               : OK;
}

enum err_code
command_plan_drafts(struct call *call, struct err *e)
{
    struct plan_rules now;
    struct plan_draft *draft;
    int64_t plan_id;
    size_t n;

    if (command_number(call, &plan_id, e) || plan_load(call->db, plan_id, 0, &now, e) ||
        plan_draft_list(call->db, call->arena, plan_id, &draft, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (say_draft(call, &now, &draft[i], e))
            return e->code;
    if (n == 0)
        buf_text(call->out, "no drafts\n");
    return OK;
}

const struct option_row plan_draft_remove_options[] = {
    {"plan", "", NULL, "the plan's number, see plan list"},
    {"draft", "N", NULL, "the draft's, see plan drafts"},
    {0},
};

enum err_code
command_plan_draft_remove(struct call *call, struct err *e)
{
    int64_t plan_id, id;

    return command_number(call, &plan_id, e) || number_of(call, 1, "draft", &id, e) ||
                   plan_draft_remove(call->db, plan_id, id, 0, call->now_ms, e)
               ? e->code
               : OK;
}

/* ---------------------------------------------------------------- into force */

enum { PUBLISH_PLAN, PUBLISH_DRAFT, PUBLISH_AT, PUBLISH_ACCEPT };

const struct option_row plan_publish_options[] = {
    {"plan", "", NULL, "the plan's number, see plan list"},
    {"draft", "N", NULL, "the draft's, see plan drafts"},
    {"at", "TIME", "", "2027-01-01T04:00+09:00; at once"},
    {"accept", "LOSSES", "",
     "what it may take from cards on their way, by comma: goal_raised, reward_removed, "
     "reward_later, worth_less"},
    {0},
};

static enum err_code
publish_at(struct call *call, const struct publish *in, struct err *e)
{
    int64_t at_ms, id;
    char at[CLOCK_TEXT_SIZE];

    if (!plan_time_read(call->value[PUBLISH_AT], &at_ms))
        return err_set(e, ERR_INPUT, "usage", "--at is a time such as 2027-01-01T04:00+09:00");
    if (plan_schedule(call->db, call->arena, in, at_ms, &id, e))
        return e->code;
    clock_text(at_ms, at);
    buf_format(call->out,
               "plan %" PRId64 " changes at %s; `stampd plan unschedule %" PRId64
               "` calls it off\n",
               in->plan_id, at, in->plan_id);
    return OK;
}

enum err_code
command_plan_publish(struct call *call, struct err *e)
{
    struct publish in = {.now_ms = call->now_ms};
    int64_t version;

    if (command_number(call, &in.plan_id, e) ||
        number_of(call, PUBLISH_DRAFT, "draft", &in.draft_id, e) ||
        plan_losses_read(call->value[PUBLISH_ACCEPT], &in.accepted, e))
        return e->code;
    if (call->value[PUBLISH_AT].n > 0)
        return publish_at(call, &in, e);
    if (plan_publish(call->db, call->arena, &in, &version, e))
        return e->code;
    buf_format(call->out, "plan %" PRId64 ", version %" PRId64 " is in force\n", in.plan_id,
               version);
    return OK;
}

const struct option_row plan_unschedule_options[] = {
    {"plan", "", NULL, "the plan's number, see plan show"},
    {0},
};

enum err_code
command_plan_unschedule(struct call *call, struct err *e)
{
    struct plan_schedule *one;
    int64_t plan_id, draft_id;
    size_t n;

    if (command_number(call, &plan_id, e) ||
        plan_schedule_list(call->db, call->arena, plan_id, 1, &one, &n, e))
        return e->code;
    if (n == 0 || one->state != SCHEDULE_WAITING)
        return err_set(e, ERR_NOT_FOUND, "schedule_unknown", "nothing waits for plan %" PRId64,
                       plan_id);
    if (plan_schedule_cancel(call->db, call->arena, plan_id, one->id, 0, call->now_ms, &draft_id,
                             e))
        return e->code;
    buf_format(call->out, "called off; draft %" PRId64 " has its rules\n", draft_id);
    return OK;
}

/* ---------------------------------------------------------------- what was */

const struct option_row plan_history_options[] = {
    {"plan", "", NULL, "the plan's number, see plan list"},
    {0},
};

static enum err_code
say_version(struct call *call, int64_t plan_id, const struct plan_version *version, struct err *e)
{
    struct plan_rules was, is;
    char from[CLOCK_TEXT_SIZE];

    clock_text(version->from_ms, from);
    buf_format(call->out, "version %" PRId64 "  from %s\n", version->version, from);
    if (version->version == 1)
        return OK;
    return plan_load(call->db, plan_id, version->version - 1, &was, e) ||
                   plan_load(call->db, plan_id, version->version, &is, e) ||
                   say_plan_changes(call, &was, &is, e)
               ? e->code
               : OK;
}

enum err_code
command_plan_history(struct call *call, struct err *e)
{
    struct plan_version version[VERSIONS_SHOWN];
    struct plan_rules now;
    int64_t plan_id;
    size_t n;

    if (command_number(call, &plan_id, e) || plan_load(call->db, plan_id, 0, &now, e) ||
        plan_versions(call->db, plan_id, version, VERSIONS_SHOWN, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (say_version(call, plan_id, &version[i], e))
            return e->code;
    return OK;
}
