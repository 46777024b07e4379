#include "tests/support/workload_inside.h"

#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "tests/support/check.h"

/* ---------------------------------------------------------------- what was made */

static void
keep(struct made *made, int64_t id)
{
    made->id[made->n++ % WORKLOAD_KEPT] = id;
}

/* One of them, oftener a new one; 0: there is none. */
static int64_t
any(const struct made *made)
{
    size_t there = made->n < WORKLOAD_KEPT ? made->n : WORKLOAD_KEPT;
    size_t back;

    if (there == 0)
        return 0;
    back = (size_t)entropy_below(there < 6 ? there : entropy_below(2) ? 6 : there);
    return made->id[(made->n - 1 - back) % WORKLOAD_KEPT];
}

/* Points that end, are credited late, thanked with, spent, swapped and given away. */
static int64_t
add_purse(struct book *b)
{
    const struct plan_rules purse = {
        .name = "Purse",
        .unit = UNIT_POINT,
        .jan_prefix = 22,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .spend = {.yen = 1, .step = 1, .least = 1, .percent_max = 100},
        .expiry = {.kind = EXPIRY_AFTER, .days = 30},
        .gift = {.day_max = 1000, .min = 1, .days = 7},
        .late = {.days = 30},
        .earn =
            {.events_n = 1,
             .event = {{.name = "survey", .title = "Survey", .units = 3, .once = EARN_ONCE_DAY}}},
    };
    int64_t id;
    struct err e;

    CHECK_OK(plan_create(b->db, &purse, b->now_ms, &id, &e), e);
    book_catalogue(
        b, id,
        "{\"rewards\":[{\"price\":30,\"key\":\"mug\",\"title\":\"Mug\",\"valid_days\":10,"
        "\"kind\":\"gift\"}]}");
    return id;
}

void
workload_open(struct workload *load, struct book *b)
{
    int64_t plan[] = {BOOK_STAMPS, add_purse(b), BOOK_POINTS};

    *load = (struct workload){.keys = &b->keys, .now_ms = b->now_ms, .mug = book_reward(b, "mug")};
    for (size_t i = 0; i < WORKLOAD_CARDS; i++)
        load->card[i] = book_card(b, plan[i % COUNT(plan)]);
}

/* ---------------------------------------------------------------- what comes next */

enum step_kind
workload_kind(void)
{
    static const struct {
        enum step_kind kind;
        unsigned share;
    } row[] = {
        {STEP_GRANT, 30},    {STEP_REVERSE, 6}, {STEP_REDEEM, 9},   {STEP_MERGE, 4},
        {STEP_UNMERGE, 4},   {STEP_NOTICES, 4}, {STEP_EXPIRE, 2},   {STEP_FORGET, 2},
        {STEP_SPEND, 5},     {STEP_HOLD, 6},    {STEP_CAPTURE, 5},  {STEP_SWAP, 3},
        {STEP_SWAP_BACK, 2}, {STEP_GIFT, 3},    {STEP_ACCEPT, 3},   {STEP_REFUND, 3},
        {STEP_LATE, 2},      {STEP_BONUS, 1},   {STEP_UNREDEEM, 2}, {STEP_CANCEL, 2},
        {STEP_LAPSE, 2},
    };
    uint64_t which = entropy_below(100);
    size_t i = 0;

    while (which >= row[i].share)
        which -= row[i++].share;
    return row[i].kind;
}

void
workload_next(struct workload *load, enum step_kind kind, struct step *out)
{
    *out = (struct step){
        .load = load, .kind = kind, .card = load->card[entropy_below(WORKLOAD_CARDS)]};
    load->now_ms +=
        CODE_STEP_MS + (int64_t)entropy_below(entropy_below(4) > 0 ? 20 * MINUTE_MS : 9 * HOUR_MS);
    if (kind == STEP_EXPIRE)
        load->now_ms += 15 * DAY_MS;
    if (kind >= STEP_SPEND && kind <= STEP_BONUS) /* a purse's */
        out->card = load->card[1 + 3 * entropy_below(WORKLOAD_CARDS / 3)];
    load->keys_used++;
    out->job.run = workload_run;
    out->now_ms = load->now_ms;
    out->units = 1 + (int64_t)entropy_below(4);
    memcpy(out->request_key, &load->keys_used, sizeof(load->keys_used));
    switch (kind) {
    case STEP_REVERSE:
        out->id = any(&load->grants);
        break;
    case STEP_REDEEM:
    case STEP_UNREDEEM:
    case STEP_CANCEL:
        out->id = any(&load->vouchers);
        break;
    case STEP_CAPTURE:
        out->id = any(&load->holds);
        break;
    case STEP_SWAP_BACK:
        out->id = any(&load->swaps);
        break;
    case STEP_ACCEPT:
        memcpy(out->gift_token, load->gift_token, GIFT_TOKEN_SIZE);
        break;
    case STEP_REFUND:
        out->id = any(&load->sales);
        break;
    case STEP_UNMERGE:
        out->id = any(&load->merges);
        break;
    case STEP_NOTICES:
        out->id = any(&load->notices);
        break;
    case STEP_MERGE:
        out->id = out->card.member_id;
        out->into_id = load->card[entropy_below(WORKLOAD_CARDS)].member_id;
        break;
    default:
        break;
    }
}

void
workload_acknowledge(const struct step *s)
{
    struct workload *load = s->load;

    load->transfers = s->transfers;
    load->audit = s->audit;
    load->done[s->kind] += s->has_changed;
    if (s->kind == STEP_MERGE)
        keep(&load->merges, s->merge_id);
    if (s->has_changed && s->kind == STEP_HOLD)
        keep(&load->holds, s->made_id);
    if (s->has_changed && s->kind == STEP_SWAP)
        keep(&load->swaps, s->made_id);
    if (s->has_changed && s->kind == STEP_GIFT)
        memcpy(load->gift_token, s->gift_token, GIFT_TOKEN_SIZE);
    if (s->kind != STEP_GRANT || !s->has_changed)
        return;
    keep(&load->grants, s->granted.seq);
    if (s->granted.rules.unit == UNIT_POINT)
        keep(&load->sales, s->granted.seq);
    if (s->granted.notice_id != 0)
        keep(&load->notices, s->granted.notice_id);
    for (size_t i = 0; i < s->granted.vouchers_n; i++)
        keep(&load->vouchers, s->granted.voucher[i].id);
}
