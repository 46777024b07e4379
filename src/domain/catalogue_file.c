/*
 * The other half of catalogue.h: a catalogue as the operator writes it.
 */
#include "domain/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

#define KEYS_MOST 4096
#define PATH_SIZE 32

struct reading {
    struct catalogue *out;
    enum unit unit;
    size_t priced;
};

static enum err_code
invalid(const char *path, const char *why, struct err *e)
{
    return err_field(e, ERR_INPUT, "reward_invalid", path, "%s: %s", path, why);
}

/* A key stands once: it is what codes and numbers are counted under. A place stands once, too. */
static enum err_code
is_single(const struct catalogue *all, const struct reward *reward, const char *path, struct err *e)
{
    for (size_t i = 0; i < all->n; i++) {
        if (reward->key[0] != '\0' && strcmp(all->reward[i].key, reward->key) == 0)
            return invalid(path, "its key is there twice", e);
        if (reward->at != 0 && all->reward[i].at == reward->at)
            return invalid(path, "its place is there twice", e);
    }
    return OK;
}

static enum err_code
take(struct reading *r, const struct reward *reward, const char *path, struct err *e)
{
    if (reward_check(reward, path, r->unit, e) || is_single(r->out, reward, path, e))
        return e->code;
    r->priced += reward->price != 0;
    if (r->priced > CATALOGUE_MAX || r->out->n == CATALOGUE_ALL_MAX)
        return invalid(path, "at most 32 rewards have a price", e);
    r->out->reward[r->out->n++] = *reward;
    return OK;
}

/* Whoever draws wins something: the last prize is never sold out, and stands in for those that are.
 */
static enum err_code
check_prizes(const struct reward *prize, size_t n, const char *path, struct err *e)
{
    const struct reward *last = &prize[n - 1];
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += prize[i].odds;
    if (sum != ODDS_ALL)
        return invalid(path, "the odds of its prizes add up to 1000000", e);
    if (last->most != 0 || last->most_a_day != 0 || last->most_a_card != 0 || last->has_codes)
        return invalid(path, "its last prize is never sold out: no stock, no codes", e);
    return OK;
}

static enum err_code
read_prizes(struct reading *r, const json_t *in, const char *path, struct err *e)
{
    size_t n = json_array_size(in), first = r->out->n;

    if (n < 2 || n > PRIZES_MAX)
        return invalid(path, "2 to 8 prizes", e);
    for (size_t i = 0; i < n; i++) {
        struct reward prize;
        const json_t *none;
        char where[PATH_SIZE + 16];

        snprintf(where, sizeof(where), "%s.prizes[%zu]", path, i);
        if (reward_read(json_array_get(in, i), where, &prize, &none, e))
            return e->code;
        if (none != NULL || prize.odds == 0)
            return invalid(where, "a prize has odds, and no prizes of its own", e);
        if (take(r, &prize, where, e))
            return e->code;
    }
    return check_prizes(&r->out->reward[first], n, path, e);
}

static enum err_code
read_one(struct reading *r, const json_t *in, size_t i, struct err *e)
{
    struct reward reward;
    const json_t *prizes;
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "rewards[%zu]", i);
    if (reward_read(in, path, &reward, &prizes, e))
        return e->code;
    if (reward.odds != 0)
        return invalid(path, "only prizes have odds", e);
    reward.prizes_n = (int64_t)json_array_size(prizes);
    if (take(r, &reward, path, e))
        return e->code;
    return prizes == NULL ? OK : read_prizes(r, prizes, path, e);
}

enum err_code
catalogue_read(struct str text, enum unit unit, struct arena *a, struct catalogue *out,
               struct err *e)
{
    const json_t *rewards = NULL;
    const struct json_field field[] = {{"rewards", JSON_KIND_ARRAY, .out = &rewards}};
    struct reading r = {.out = out, .unit = unit};
    json_auto_t *all = NULL;

    *out = (struct catalogue){.n = 0};
    out->reward = arena_alloc(a, CATALOGUE_ALL_MAX * sizeof(*out->reward));
    if (out->reward == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a catalogue");
    if (json_parse_list(text, CATALOGUE_FILE_MAX, KEYS_MOST, &all, e) ||
        json_read(all, field, 1, e))
        return err_wrap(e, "catalogue");
    for (size_t i = 0; i < json_array_size(rewards); i++)
        if (read_one(&r, json_array_get(rewards, i), i, e))
            return err_wrap(e, "catalogue");
    return OK;
}

/* ---------------------------------------------------------------- writing */

/* The prizes of a lottery follow it. */
static json_t *
write_one(const struct catalogue *in, size_t *i)
{
    const struct reward *reward = &in->reward[(*i)++];
    json_t *out = reward_write(reward);
    json_t *prizes = reward->prizes_n == 0 ? NULL : json_array();

    for (int64_t left = reward->prizes_n; left > 0 && *i < in->n; left--)
        if (json_array_append_new(prizes, reward_write(&in->reward[(*i)++])) != 0) {
            json_decref(prizes);
            json_decref(out);
            return NULL;
        }
    if (prizes != NULL && json_object_set_new(out, "prizes", prizes) != 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}

enum err_code
catalogue_write(const struct catalogue *in, json_t **out, struct err *e)
{
    json_t *rewards = json_array();

    for (size_t i = 0; i < in->n;)
        if (json_array_append_new(rewards, write_one(in, &i)) != 0) {
            json_decref(rewards);
            return err_set(e, ERR_INTERNAL, "out_of_memory", "a catalogue as JSON");
        }
    *out = json_pack("{s:o}", "rewards", rewards);
    return *out != NULL ? OK : err_set(e, ERR_INTERNAL, "out_of_memory", "a catalogue as JSON");
}
