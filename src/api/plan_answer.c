#include "api/plan_answer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "domain/plan_diff.h"
#include "domain/plan_json.h"
#include "domain/plan_publish.h"

enum err_code
write_plan_file(struct buf *b, const struct plan_rules *rules, struct err *e)
{
    json_auto_t *all = NULL;
    char *text;

    if (plan_file_write(rules, &all, e))
        return e->code;
    text = json_dumps(all, JSON_COMPACT);
    if (text == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a plan as text");
    buf_text(b, text);
    free(text);
    return OK;
}

static void
write_value(struct buf *b, const char *name, struct str value)
{
    if (value.n == 0)
        return;
    buf_format(b, ",\"%s\":", name);
    buf_str_raw(b, value);
}

enum err_code
write_plan_changes(struct arena *a, struct buf *b, const struct plan_rules *was,
                   const struct plan_rules *is, struct err *e)
{
    json_auto_t *old = NULL;
    json_auto_t *new = NULL;
    struct plan_change *change;
    size_t n;

    if (plan_file_write(was, &old, e) || plan_file_write(is, &new, e) ||
        plan_diff(a, old, new, &change, &n, e))
        return e->code;
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        buf_text(b, i > 0 ? ",{\"path\":" : "{\"path\":");
        buf_json(b, str_of(change[i].path));
        write_value(b, "was", change[i].was);
        write_value(b, "is", change[i].is);
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return OK;
}

enum err_code
write_plan_losses(struct db *db, struct buf *b, const struct plan_rules *was,
                  const struct plan_rules *is, struct err *e)
{
    struct loss loss[LOSSES_MAX];
    size_t n = plan_losses(was, is, loss);
    int64_t cards;

    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (cards_on_the_way(db, was->plan_id, loss[i].below, &cards, e))
            return e->code;
        buf_format(b, "%s{\"kind\":\"%s\",\"title\":", i > 0 ? "," : "", loss_name(loss[i].kind));
        buf_json(b, str_of(loss[i].title));
        buf_format(b, ",\"was\":%" PRId64 ",\"is\":%" PRId64 ",\"cards\":%" PRId64 "}", loss[i].was,
                   loss[i].is, cards);
    }
    buf_char(b, ']');
    return OK;
}

/* ---------------------------------------------------------------- a rehearsal */

static void
write_outcomes(struct buf *b, const char *name, const struct outcomes *all)
{
    buf_format(b, ",\"%s\":{\"cards\":%" PRId64 ",\"top\":[", name, all->cards);
    for (size_t i = 0; i < all->n; i++) {
        const struct outcome *one = &all->top[i];

        buf_format(b,
                   "%s{\"card\":%" PRId64 ",\"member\":%" PRId64 ",\"vouchers\":[%" PRId64
                   ",%" PRId64 "],\"units\":[%" PRId64 ",%" PRId64 "],\"balance\":[%" PRId64
                   ",%" PRId64 "],\"weight\":%" PRId64 "}",
                   i > 0 ? "," : "", one->card_id, one->member_id, one->vouchers_was,
                   one->vouchers_is, one->units_was, one->units_is, one->balance_was,
                   one->balance_is, one->weight);
    }
    buf_text(b, "]}");
}

static void
write_sums(struct buf *b, const char *name, const struct plan_rules *rules,
           const struct replay_sums *sums)
{
    buf_format(b,
               ",\"%s\":{\"visits\":%" PRId64 ",\"units\":%" PRId64 ",\"rounds\":%" PRId64
               ",\"vouchers\":%" PRId64 ",\"lapsed\":%" PRId64 ",\"yen\":%" PRId64 ",\"refused\":{",
               name, sums->visits, sums->units, sums->rounds, sums->vouchers, sums->lapsed,
               sums->units * rules->spend.yen);
    for (int i = 0; i < REPLAY_REFUSALS; i++)
        buf_format(b, "%s\"%s\":%" PRId64, i > 0 ? "," : "",
                   replay_refusal_name((enum replay_refusal)i), sums->refused[i]);
    buf_text(b, "},\"rewards\":[");
    for (size_t i = 0; i < rules->rewards_n; i++) {
        buf_text(b, i > 0 ? ",{\"title\":" : "{\"title\":");
        buf_json(b, str_of(rules->reward[i].title));
        buf_format(b, ",\"at\":%" PRId64 ",\"n\":%" PRId64 "}", rules->reward[i].at,
                   sums->reward[i]);
    }
    buf_text(b, "]}");
}

void
write_rehearsal(struct buf *b, const struct rehearsal *r)
{
    buf_format(b,
               "\"cards\":%" PRId64 ",\"transfers\":%" PRId64 ",\"same\":%" PRId64
               ",\"after\":%" PRId64 ",\"over\":%s",
               r->cards, r->transfers, r->same, r->after_card, r->is_over ? "true" : "false");
    write_outcomes(b, "gain", &r->gain);
    write_outcomes(b, "loss", &r->loss);
    write_sums(b, "was", &r->was, &r->sums_was);
    write_sums(b, "is", &r->is, &r->sums_is);
    buf_format(b,
               ",\"end_earlier\":%" PRId64 ",\"end_later\":%" PRId64 ",\"fill_at_once\":%" PRId64
               ",\"under_way\":%" PRId64,
               r->end_earlier, r->end_later, r->fill_at_once, r->under_way);
    buf_format(b, ",\"doubted\":{\"transfers\":%" PRId64, r->doubted);
    for (int i = 0; i < REPLAY_DOUBTS; i++)
        buf_format(b, ",\"%s\":%" PRId64, replay_doubt_name((enum replay_doubt)i), r->doubts[i]);
    buf_char(b, '}');
}
