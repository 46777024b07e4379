/*
 * stampd plan rehearse: who would gain and who would lose by a draft, over the real book.
 */
#include <inttypes.h>
#include <string.h>

#include "api/plan_answer.h"
#include "app/commands.h"
#include "app/plan_words.h"
#include "base/clock.h"
#include "domain/plan_draft.h"
#include "domain/plan_json.h"
#include "domain/rehearsal.h"

#define AT_ONCE 20000 /* transfers between two looks at the clock */
#define SAY_EVERY_MS (2 * SECOND_MS)

enum { REHEARSE_PLAN, REHEARSE_FILE, REHEARSE_DRAFT, REHEARSE_JSON };

const struct option_row plan_rehearse_options[] = {
    {"plan", "", NULL, "the plan's number, see plan list"},
    {"file", "FILE", "", "a plan file; - is standard input"},
    {"draft", "N", "", "or a draft, see plan drafts"},
    {"json", NULL, NULL, "for machines: one object, at the end"},
    {0},
};

enum err_code
command_plan_rehearse_prepare(struct call *call, struct err *e)
{
    if ((call->value[REHEARSE_FILE].n > 0) == (call->value[REHEARSE_DRAFT].n > 0))
        return err_set(e, ERR_INPUT, "usage", "--file FILE or --draft N: one of them is wanted");
    return call->value[REHEARSE_FILE].n > 0 ? command_file(call, REHEARSE_FILE, PLAN_FILE_MAX, e)
                                            : OK;
}

static enum err_code
rules_to_try(struct call *call, int64_t plan_id, struct plan_rules *out, struct err *e)
{
    struct plan_draft draft = {.rules = call->value[REHEARSE_FILE]};
    int64_t id;

    if (call->value[REHEARSE_DRAFT].n > 0) {
        if (!str_int(call->value[REHEARSE_DRAFT], &id, 1, INT64_MAX))
            return err_set(e, ERR_INPUT, "usage", "--draft: its number is wanted");
        if (plan_draft_load(call->db, call->arena, plan_id, id, &draft, e))
            return e->code;
    }
    return plan_file_for(call->db, plan_id, draft.rules, out, e);
}

/* ---------------------------------------------------------------- what came of it */

static void
say_pair(struct buf *out, const char *what, int64_t was, int64_t is)
{
    buf_format(out, "  %-28s %14" PRId64 " %14" PRId64 "  %+" PRId64 "\n", what, was, is, is - was);
}

static void
say_refusals(struct buf *out, const struct rehearsal *r)
{
    for (int i = 0; i < REPLAY_REFUSALS; i++) {
        int64_t was = r->sums_was.refused[i], is = r->sums_is.refused[i];
        char what[40] = "refused: ";

        strncat(what, replay_refusal_name((enum replay_refusal)i), sizeof(what) - 16);
        if (was != 0 || is != 0)
            say_pair(out, what, was, is);
    }
}

static void
say_rewards(struct buf *out, const char *when, const struct plan_rules *rules,
            const struct replay_sums *sums)
{
    for (size_t i = 0; i < rules->rewards_n; i++)
        buf_format(out, "  %s  %10" PRId64 " x \"%s\" at %" PRId64 "\n", when, sums->reward[i],
                   rules->reward[i].title, rules->reward[i].at);
}

static void
say_sums(struct buf *out, const struct rehearsal *r)
{
    const struct replay_sums *was = &r->sums_was, *is = &r->sums_is;

    buf_format(out, "  %-28s %14s %14s\n", "", "as it is", "the draft");
    say_pair(out, "visits that earn", was->visits, is->visits);
    say_refusals(out, r);
    say_pair(out, "units given", was->units, is->units);
    if (r->was.spend.yen != 0 || r->is.spend.yen != 0)
        say_pair(out, "  worth in yen at the till", was->units * r->was.spend.yen,
                 is->units * r->is.spend.yen);
    say_pair(out, "units that lapsed", was->lapsed, is->lapsed);
    say_pair(out, "cards filled", was->rounds, is->rounds);
    say_pair(out, "vouchers issued", was->vouchers, is->vouchers);
    say_rewards(out, "as it is: ", &r->was, was);
    say_rewards(out, "the draft:", &r->is, is);
}

static void
say_outcomes(struct buf *out, const char *what, const struct outcomes *all)
{
    if (all->n > 0)
        buf_format(out, "the largest %s:\n", what);
    for (size_t i = 0; i < all->n; i++) {
        const struct outcome *one = &all->top[i];

        buf_format(out,
                   "  card %-9" PRId64 " vouchers %" PRId64 " -> %" PRId64 ", units %" PRId64
                   " -> %" PRId64 ", on the card %" PRId64 " -> %" PRId64 "\n",
                   one->card_id, one->vouchers_was, one->vouchers_is, one->units_was, one->units_is,
                   one->balance_was, one->balance_is);
    }
}

/* What a rehearsal cannot know, so that nobody takes it for more than it is. */
static void
say_doubts(struct buf *out, const struct rehearsal *r)
{
    static const char *const why[REPLAY_DOUBTS] = {
        [REPLAY_ITEMS] =
            "sales under changed rules for items, whose lines the book does not keep: they count "
            "as plain sales",
        [REPLAY_CAPS] =
            "visits under changed caps of staff or tills, which one card does not tell: no "
            "cap was held against them",
        [REPLAY_TIERS] =
            "visits of cards that may have had another tier: they count in the tier they had",
        [REPLAY_REFUNDS] = "refunds after which a reward may have been used already, or units may "
                           "have ended: what was reached counts as used",
    };

    if (r->doubted == 0)
        return;
    buf_format(out, "%" PRId64 " of %" PRId64 " transfers could not be judged for certain:\n",
               r->doubted, r->transfers);
    for (int i = 0; i < REPLAY_DOUBTS; i++)
        if (r->doubts[i] > 0)
            buf_format(out, "  %10" PRId64 " %s\n", r->doubts[i], why[i]);
}

static enum err_code
say_warnings(struct call *call, const struct rehearsal *r, struct err *e)
{
    if (r->is.goal < r->was.goal && r->fill_at_once > 0)
        buf_format(call->out,
                   "goal lowered from %" PRId64 " to %" PRId64 ": %" PRId64
                   " cards fill at their next visit\n",
                   r->was.goal, r->is.goal, r->fill_at_once);
    if (r->end_earlier > 0)
        buf_format(call->out,
                   "of units given from now on: %" PRId64 " such as these would end earlier; what "
                   "is on cards keeps its end\n",
                   r->end_earlier);
    return say_plan_losses(call, &r->was, &r->is, e);
}

static enum err_code
say_rehearsal(struct call *call, const struct rehearsal *r, int64_t ms, struct err *e)
{
    struct buf *out = call->out;

    buf_format(out,
               "%" PRId64 " cards, %" PRId64 " transfers in %" PRId64 ".%" PRId64 " s: %" PRId64
               " a second\n",
               r->cards, r->transfers, ms / 1000, ms % 1000 / 100,
               r->transfers * 1000 / (ms > 0 ? ms : 1));
    buf_format(out, "cards that gain %" PRId64 ", lose %" PRId64 ", stay as they are %" PRId64 "\n",
               r->gain.cards, r->loss.cards, r->same);
    say_sums(out, r);
    if (r->end_earlier + r->end_later > 0)
        buf_format(out, "  units that would end earlier %" PRId64 ", later %" PRId64 "\n",
                   r->end_earlier, r->end_later);
    say_outcomes(out, "gains", &r->gain);
    say_outcomes(out, "losses", &r->loss);
    say_doubts(out, r);
    return say_warnings(call, r, e);
}

static enum err_code
write_json(struct call *call, const struct rehearsal *r, struct err *e)
{
    buf_format(call->out, "{\"plan\":%" PRId64 ",\"version\":%" PRId64 ",", r->was.plan_id,
               r->was.version);
    write_rehearsal(call->out, r);
    buf_text(call->out, ",\"changes\":");
    if (write_plan_changes(call->arena, call->out, &r->was, &r->is, e))
        return e->code;
    buf_text(call->out, ",\"losses\":");
    if (write_plan_losses(call->db, call->out, &r->was, &r->is, e))
        return e->code;
    buf_text(call->out, "}\n");
    return OK;
}

/* ---------------------------------------------------------------- the run */

static void
say_progress(struct call *call, const struct rehearsal *r, int64_t ms)
{
    if (call->flush == NULL || call->value[REHEARSE_JSON].at != NULL)
        return;
    buf_format(call->out, "... %" PRId64 " cards, %" PRId64 " transfers, %" PRId64 " a second\n",
               r->cards, r->transfers, r->transfers * 1000 / (ms > 0 ? ms : 1));
    call->flush(call);
}

static enum err_code
run(struct call *call, struct rehearsal *r, int64_t *ms_out, struct err *e)
{
    int64_t begun_ms = clock_monotonic_ms(), said_ms = begun_ms;

    while (!r->is_over) {
        int64_t now_ms = clock_monotonic_ms();

        if (now_ms - said_ms >= SAY_EVERY_MS) {
            say_progress(call, r, now_ms - begun_ms);
            said_ms = now_ms;
        }
        if (rehearsal_go_on(call->db, r, AT_ONCE, e))
            return e->code;
    }
    *ms_out = clock_monotonic_ms() - begun_ms;
    return OK;
}

enum err_code
command_plan_rehearse(struct call *call, struct err *e)
{
    struct rehearsal *r = arena_alloc(call->arena, sizeof(*r));
    struct plan_rules was, is;
    int64_t plan_id, ms = 0;

    if (r == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rehearsal");
    if (command_number(call, &plan_id, e) || plan_load(call->db, plan_id, 0, &was, e) ||
        rules_to_try(call, plan_id, &is, e))
        return e->code;
    rehearsal_begin(r, &was, &is, call->now_ms);
    if (run(call, r, &ms, e))
        return e->code;
    return call->value[REHEARSE_JSON].at != NULL ? write_json(call, r, e)
                                                 : say_rehearsal(call, r, ms, e);
}
