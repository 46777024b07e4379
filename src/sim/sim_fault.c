#include "sim/sim_fault.h"

#include "http/reply.h"
#include "sim/sim_state.h"

#include <errno.h>
#include <string.h>

static const char *const names[FAULT_KINDS] = {
    [FAULT_NONE] = "none",
    [FAULT_400] = "400",
    [FAULT_401] = "401",
    [FAULT_429] = "429",
    [FAULT_429_USER] = "429_user",
    [FAULT_429_MONTH] = "429_month",
    [FAULT_500_BEFORE] = "500_before",
    [FAULT_500_AFTER] = "500_after",
    [FAULT_HANG] = "hang",
    [FAULT_HANG_AFTER] = "hang_after",
    [FAULT_RESET] = "reset",
    [FAULT_RESET_AFTER] = "reset_after",
    [FAULT_DROP_200] = "drop_200",
    [FAULT_SLOW] = "slow",
    [FAULT_NOT_JSON] = "not_json",
    [FAULT_TRUNCATED] = "truncated",
    [FAULT_NESTED] = "nested",
    [FAULT_NOT_UTF8] = "not_utf8",
    [FAULT_HUGE] = "huge",
    [FAULT_EMPTY] = "empty",
    [FAULT_DUPLICATE_WEBHOOKS] = "duplicate_webhooks",
};

enum sim_fault_kind
sim_fault_kind_of(struct str name)
{
    for (enum sim_fault_kind kind = FAULT_400; kind < FAULT_KINDS; kind++) {
        if (str_eq(name, str_of(names[kind])))
            return kind;
    }
    return FAULT_NONE;
}

const char *
sim_fault_name(enum sim_fault_kind kind)
{
    return names[kind];
}

bool
sim_fault_add(struct sim *sim, const struct sim_fault *fault)
{
    for (size_t i = 0; i < SIM_FAULTS_MAX; i++) {
        if (sim->faults[i].kind == FAULT_NONE) {
            sim->faults[i] = *fault;
            return true;
        }
    }
    return false;
}

void
sim_fault_clear(struct sim *sim)
{
    memset(sim->faults, 0, sizeof(sim->faults));
    sim->faults_cleared++;
    pthread_cond_broadcast(&sim->changed);
}

static bool
covers(const struct sim_fault *fault, struct str path)
{
    struct str pattern = str_of(fault->path);

    if (pattern.n > 0 && pattern.at[pattern.n - 1] == '*')
        return str_starts(path, (struct str){pattern.at, pattern.n - 1});
    return str_eq(path, pattern);
}

static bool
happens(struct sim_fault *fault)
{
    if (fault->times < 0)
        return (double)entropy_below(1000000) < fault->rate * 1e6;
    if (fault->times == 0)
        return false;
    fault->times--;
    return true;
}

enum sim_fault_kind
sim_fault_take(struct sim *sim, struct str path, int64_t *delay_ms_out)
{
    for (size_t i = 0; i < SIM_FAULTS_MAX; i++) {
        struct sim_fault *fault = &sim->faults[i];
        enum sim_fault_kind kind = fault->kind;

        if (kind == FAULT_NONE || kind == FAULT_DUPLICATE_WEBHOOKS || !covers(fault, path) ||
            !happens(fault))
            continue;
        fault->happened++;
        *delay_ms_out = fault->delay_ms;
        return kind;
    }
    return FAULT_NONE;
}

bool
sim_fault_doubles_webhooks(struct sim *sim)
{
    for (size_t i = 0; i < SIM_FAULTS_MAX; i++) {
        struct sim_fault *fault = &sim->faults[i];

        if (fault->kind == FAULT_DUPLICATE_WEBHOOKS && happens(fault)) {
            fault->happened++;
            return true;
        }
    }
    return false;
}

/* `n` bytes in arena: half of them '[', half ']'; or spaces in a JSON text. */
static struct str
fill(struct arena *arena, size_t n, bool is_deep)
{
    char *text = arena_alloc(arena, n);

    if (text == NULL)
        return STR("");
    memset(text, is_deep ? '[' : ' ', n);
    memset(text + n / 2, is_deep ? ']' : ' ', n - n / 2);
    if (!is_deep) {
        text[0] = '{';
        text[n - 1] = '}';
    }
    return (struct str){text, n};
}

void
sim_fault_spoil(enum sim_fault_kind kind, struct reply *reply, struct arena *arena)
{
    switch (kind) {
    case FAULT_NOT_JSON:
        reply->body = STR("<html><body>502 Bad Gateway</body></html>");
        break;
    case FAULT_TRUNCATED:
        reply->body.n = reply->body.n / 2;
        break;
    case FAULT_NESTED:
        reply->body = fill(arena, 200000, true);
        break;
    case FAULT_NOT_UTF8:
        reply->body = STR("{\"message\":\"\xff\"}");
        break;
    case FAULT_HUGE:
        reply->body = fill(arena, 4 * MIB, false);
        break;
    case FAULT_EMPTY:
        reply->body.n = 0;
        break;
    default:
        break;
    }
}

void
sim_fault_wait(struct sim *sim, int64_t delay_ms)
{
    int64_t cleared = sim->faults_cleared;
    struct timespec until = sim_after(delay_ms);

    while (!sim->stopping && sim->faults_cleared == cleared) {
        if (pthread_cond_timedwait(&sim->changed, &sim->lock, &until) == ETIMEDOUT)
            return;
    }
}

json_t *
sim_fault_list(const struct sim *sim)
{
    json_t *list = json_array();

    for (size_t i = 0; i < SIM_FAULTS_MAX; i++) {
        const struct sim_fault *fault = &sim->faults[i];

        if (fault->kind != FAULT_NONE)
            json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:f, s:I, s:I}", "path",
                                                  fault->path, "kind", names[fault->kind], "times",
                                                  (json_int_t)fault->times, "rate", fault->rate,
                                                  "ms", (json_int_t)fault->delay_ms, "happened",
                                                  (json_int_t)fault->happened));
    }
    return list;
}
