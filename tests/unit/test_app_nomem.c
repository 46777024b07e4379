/*
 * Every route, and memory that runs out while it is asked: at the n-th allocation of the service's
 * threads, once or from then on, for every n. The answer is the right one, or 500 or 503, or, where
 * there was no memory for an answer, none. Whoever was refused finds the book as it was and gets
 * through with the next try, the same key once; what was acknowledged is in the book, which is
 * sound.
 *
 * A few n of each route in `make test`; all of them by `make nomem`, in parts.
 */
#include "tests/support/acts.h"
#include "tests/support/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/routes.h"
#include "base/entropy.h"
#include "domain/code.h"
#include "tests/support/crowd.h"

#define SHORT_TRIES 4
#define BEYOND 12 /* an allocation more or less in each try; then there are none left */
#define PARTS 10  /* each on a book of its own, which grows with every try */

static _Atomic bool is_broken;

/* ---------------------------------------------------------------- whether an answer is whole */

static uint64_t
mix(uint64_t hash, uint64_t more)
{
    return (hash ^ more) * UINT64_C(0x100000001b3);
}

/* Of names, kinds and numbers of things, not of the values that time and chance decide. */
static uint64_t
shape_of_json(const json_t *value)
{
    uint64_t hash = mix(17, (uint64_t)json_typeof(value));
    const char *name;
    json_t *part;
    size_t i;

    if (json_is_array(value)) {
        json_array_foreach(value, i, part)
            hash = mix(hash, shape_of_json(part));
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, name, part) {
            for (const char *at = name; *at != '\0'; at++)
                hash = mix(hash, (uint64_t)*at);
            hash = mix(hash, shape_of_json(part));
        }
    }
    return hash;
}

/* Where somebody is sent, without what comes behind the question mark. */
static uint64_t
shape_of_way(struct str location)
{
    uint64_t hash = 23;

    for (size_t i = 0; i < location.n && (i == 0 || location.at[i - 1] != '?'); i++)
        hash = mix(hash, (uint64_t)location.at[i]);
    return hash;
}

static uint64_t
shape_of_answer(void)
{
    uint64_t tags = 0;

    if (answer.status == 303)
        return shape_of_way(http_answer_header(&answer, "location"));
    if (str_starts(http_answer_header(&answer, "content-type"), STR("application/json")))
        return shape_of_json(got("")); /* of a stream, it would be an answer before it */
    for (size_t i = 0; i < answer.body_n; i++)
        tags += answer.body[i] == '<';
    return tags;
}

/* ---------------------------------------------------------------- one route */

struct trial {
    const struct route *route;
    const struct act *act;
    struct act_request made;
    bool is_used; /* `made` went through, and has to be made anew */
    bool changes; /* the book, when it goes through */
    uint64_t shape;
    int64_t asked; /* allocations, when there is memory for all */
    int64_t first; /* that fails now */
    int64_t faults, runs, refused, unanswered, tolerated, restarts;
};

/* What LINE could not be told for want of memory is tried again when its time comes. */
static bool
is_quiet(void)
{
    return stored_int("SELECT (SELECT count(*) FROM notice WHERE state IN ('waiting', 'held')"
                      " AND due_ms <= %lld)"
                      " + (SELECT count(*) FROM outbox WHERE is_settled = 0"
                      " AND (closed_ms IS NOT NULL OR state = 'sending' OR next_ms <= %lld))"
                      " + (SELECT count(*) FROM inbox WHERE state = 'received')",
                      (long long)harness_now(), (long long)harness_now()) == 0;
}

/* Who found no memory in the background waits a while, and no time goes by itself. */
static bool
gets_quiet(void)
{
    static int asked;

    if (is_quiet())
        return true;
    if (++asked % 200 == 0)
        harness_advance(MINUTE_MS);
    return false;
}

/* Told, and counted: the next one may say more. */
__attribute__((format(printf, 2, 3))) static void
fault(struct trial *t, const char *format, ...)
{
    char text[500];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    print_message("FAULT %s allocation %" PRId64 ": %s\n", t->route->path, t->first, text);
    t->faults++;
}

/* What was kept of an answer has ended, and what was owed is done: nothing else is going on. */
static void
make(struct trial *t)
{
    if (t->is_used)
        act_make(t->act, t->route, &t->made);
    t->is_used = false;
    harness_advance(CODE_STEP_MS / 4 + t->act->rest_ms);
    UNTIL(gets_quiet());
}

/* What is due in the background, now that it is later, is done: two rounds of the scheduler, of
 * which the first may have begun before, leave the book as it is. However busy the machine is, what
 * changes after that is the request's. */
static void
mark_at_rest(void)
{
    const struct service_counts *counts = &app_service(here.app)->counts;

    do {
        uint64_t rounds = counts->rounds + 2;

        stored_mark();
        UNTIL(counts->rounds >= rounds);
    } while (stored_has_changed());
}

/* How it goes with memory for all. */
static void
go_well(struct trial *t)
{
    t->is_used = true;
    make(t);
    mark_at_rest();
    memory_fail(0, false);
    ANSWERS(act_send(t->act, &t->made), t->act->status);
    memory_back();
    t->asked = memory_asked();
    t->changes = stored_has_changed();
    t->shape = shape_of_answer();
    t->is_used = true;
}

static void
start_again(struct trial *t)
{
    harness_stop_app();
    is_broken = false;
    harness_start_app();
    t->restarts++;
}

static int
ask_later(struct trial *t)
{
    harness_advance(CODE_STEP_MS / 4 + t->act->rest_ms);
    return act_send(t->act, &t->made);
}

/* It was refused, or nobody knows: asked again, it goes through. */
static void
ask_again(struct trial *t, bool was_done)
{
    int status = ask_later(t);

    if (status == 503 && strcmp(got_text("error"), "stopping") == 0)
        UNTIL(is_broken);
    if (is_broken) {
        start_again(t);
        status = ask_later(t);
    }
    if (status == 502 && t->route->ask != NULL) /* LINE is left alone for a moment */
        status = ask_later(t);
    if (status != t->act->status &&
        !((t->act->is_used_up || (was_done && t->route->mode != KEYED)) && status < 500))
        fault(t, "asked again: %d  %.200s", status, answer.body);
    t->is_used = true;
}

static void
judge(struct trial *t, int status)
{
    bool has_changed = stored_has_changed();

    if (status == 303 && shape_of_answer() != t->shape)
        status = 500; /* somebody in a browser is sent where it is told */
    if (memory_failed() == 0 && status != t->act->status)
        fault(t, "refused without a cause: %d  %.200s", status, answer.body);
    if (status == t->act->status) {
        t->tolerated += memory_failed() > 0;
        t->is_used = true;
        if (t->changes && !has_changed)
            fault(t, "acknowledged, and not in the book");
        if (t->route->method == GET && shape_of_answer() != t->shape)
            fault(t, "an answer that is not whole: %.300s", answer.body);
        return;
    }
    t->refused += status != 0;
    t->unanswered += status == 0;
    if (status != 0 && status != 500 && status != 503 &&
        !(status == 502 && t->route->ask != NULL)) /* LINE could not be asked */
        fault(t, "answered %d  %.200s", status, answer.body);
    if (status != 0 && has_changed)
        fault(t, "answered %d, and the book has changed", status);
    ask_again(t, has_changed);
}

static bool
fail_at(struct trial *t, int64_t first, bool for_good)
{
    int status;

    make(t);
    t->first = first;
    mark_at_rest();
    memory_fail(first, for_good);
    status = act_send(t->act, &t->made);
    memory_back();
    t->runs++;
    judge(t, status);
    return memory_failed() > 0;
}

/* ---------------------------------------------------------------- all of them */

static void
a_few(struct trial *t)
{
    for (int i = 0; i < SHORT_TRIES; i++) {
        int64_t first = 1 + (int64_t)entropy_below((uint64_t)t->asked + 1);

        fail_at(t, first, i % 2 != 0);
    }
}

static void
every_one(struct trial *t)
{
    for (int64_t first = 1, beyond = 0; beyond < BEYOND; first++) {
        beyond = fail_at(t, first, false) ? 0 : beyond + 1;
        if (beyond == 0)
            fail_at(t, first, true);
    }
}

static bool
is_asked_for(size_t i)
{
    const char *only = getenv("ROUTE");
    size_t part = number_of_env("PART", 0); /* 1 ... PARTS; 0: all */

    return (part == 0 || 1 + i * PARTS / routes_n == part) &&
           (only == NULL || str_starts(str_of(routes[i].path), str_of(only)));
}

static void
note_broken(const struct err *e)
{
    (void)e;
    is_broken = true;
}

static void
nothing_is_done_by_half_when_memory_runs_out(void **state)
{
    uint64_t seed = number_of_env("SEED", 1);
    int64_t allocations = 0, runs = 0, wrong = 0, faults = 0, untried = 0, tried = 0;

    (void)state;
    print_message("seed %" PRIu64 "\n", seed);
    acts_live();
    for (size_t i = 0; i < routes_n; i++) {
        struct trial t = {.route = &routes[i], .act = act_of(&routes[i])};

        if (!is_asked_for(i))
            continue;
        if (t.act == NULL) {
            print_message("NOT TRIED %s: tests/support/acts.c has no request to it\n",
                          t.route->path);
            untried++;
            continue;
        }
        acts_arrive();
        go_well(&t);
        if (getenv("NOMEM") != NULL)
            every_one(&t);
        else
            a_few(&t);
        stored_is_sound();
        print_message("%-4s %-40s allocations %4" PRId64 "  runs %5" PRId64 "  refused %5" PRId64
                      "  unanswered %3" PRId64 "  done all the same %4" PRId64 "  restarts %" PRId64
                      "\n",
                      method_name(t.route->method), t.route->path, t.asked, t.runs, t.refused,
                      t.unanswered, t.tolerated, t.restarts);
        tried++;
        allocations += t.asked;
        runs += t.runs;
        wrong += t.refused + t.unanswered;
        faults += t.faults;
    }
    print_message("%" PRId64 " of %zu routes, %" PRId64 " allocations, %" PRId64 " runs\n", tried,
                  routes_n, allocations, runs);
    CHECK_INT(faults, 0);
    if (getenv("NOMEM") != NULL)
        CHECK_INT(untried, 0);
    CHECK_INT(wrong > 0, tried > 0);
}

/* ---------------------------------------------------------------- the service */

static int
set_up(void **state)
{
    entropy_seed(number_of_env("SEED", 1));
    harness_when_broken(note_broken);
    harness_setting("PEER_RATE=0\nSHOP_LOGIN_URL=https://shop.example/login\n"
                    "SHOP_LOGIN_SECRET=a secret that the shop and we have");
    if (harness_set_up(state) != 0)
        return -1;
    acts_set_up();
    harness_stop_app();
    memory_spare(); /* this one, and line-sim's */
    harness_start_app();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
        nothing_is_done_by_half_when_memory_runs_out, set_up, harness_tear_down)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
