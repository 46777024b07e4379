#include "domain/keyword_book.h"

#include <inttypes.h>

#include "base/text.h"
#include "domain/audit.h"

static enum err_code
refuse(struct err *e, const char *word, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, word, field, "rule: %s", why);
}

static enum err_code
no_room(struct err *e)
{
    return err_set(e, ERR_INTERNAL, "arena_full", "no room for the keyword rules");
}

/* ---------------------------------------------------------------- reading */

static bool
keep(struct arena *a, struct str text, struct str *out)
{
    *out = (struct str){arena_dup(a, text.at, text.n), text.n};
    return out->at != NULL;
}

/* The columns of KEYWORD_COLUMNS in sql.def. */
static bool
read_rule(const struct stmt *s, struct arena *a, struct keyword_rule *out)
{
    *out = (struct keyword_rule){
        .id = stmt_int(s, 0),
        .is_on = stmt_int(s, 1),
        .match =
            (enum keyword_match)str_index(stmt_text(s, 2), keyword_match_names, KEYWORD_MATCHES),
        .priority = stmt_int(s, 4),
        .has_language = !stmt_is_null(s, 5),
        .language = language_of(stmt_text(s, 5), LANGUAGE_JA),
        .hours = (enum keyword_hours)str_index(stmt_text(s, 6), keyword_hours_names, KEYWORD_HOURS),
        .span = {.days = (unsigned)stmt_int(s, 7),
                 .from_min = (int)stmt_int(s, 8),
                 .until_min = (int)stmt_int(s, 9)},
        .action =
            (enum keyword_action)str_index(stmt_text(s, 10), keyword_action_names, KEYWORD_ACTIONS),
    };
    return keep(a, stmt_text(s, 3), &out->words) && keep(a, stmt_text(s, 11), &out->reply);
}

static enum err_code
read_rules(struct stmt *s, struct arena *a, struct keyword_rule **out, size_t *n_out, struct err *e)
{
    struct keyword_rule *rule = NULL;
    size_t n = 0;
    bool row;

    for (;; n++) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        rule = arena_grow(a, rule, n * sizeof(*rule), (n + 1) * sizeof(*rule));
        if (rule == NULL || !read_rule(s, a, &rule[n]))
            return no_room(e);
    }
    *out = rule;
    *n_out = n;
    return OK;
}

static enum err_code
read_buttons(struct db *db, struct arena *a, struct keyword_rule *rule, struct err *e)
{
    struct keyword_button *button = arena_alloc(a, KEYWORD_BUTTONS_MAX * sizeof(*button));
    STMT s = db_stmt(db, SQL_KEYWORD_BUTTONS);
    bool row;

    if (button == NULL)
        return no_room(e);
    stmt_bind_int(s, ":rule_id", rule->id);
    for (rule->buttons_n = 0; rule->buttons_n < KEYWORD_BUTTONS_MAX; rule->buttons_n++) {
        struct keyword_button *b = &button[rule->buttons_n];

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        b->press =
            (enum keyword_press)str_index(stmt_text(s, 1), keyword_press_names, KEYWORD_PRESSES);
        b->rule_id = stmt_int(s, 3);
        if (!keep(a, stmt_text(s, 0), &b->label) || !keep(a, stmt_text(s, 2), &b->says))
            return no_room(e);
    }
    rule->button = button;
    return OK;
}

static enum err_code
read_staff_hours(struct db *db, struct keyword_rules *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_STAFF_HOURS);
    bool row;

    for (out->staff_n = 0; out->staff_n < STAFF_HOURS_MAX; out->staff_n++) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        out->staff[out->staff_n] = (struct week_span){.days = (unsigned)stmt_int(s, 0),
                                                      .from_min = (int)stmt_int(s, 1),
                                                      .until_min = (int)stmt_int(s, 2)};
    }
    return OK;
}

enum err_code
keyword_rules_load(struct db *db, struct arena *a, struct keyword_rules *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_KEYWORD_ON);
    STMT zone = db_stmt(db, SQL_KEYWORD_ZONE);

    if (stmt_one(zone, "message_policy", e) || read_staff_hours(db, out, e))
        return e->code;
    out->utc_offset_min = (int)stmt_int(zone, 0);
    return read_rules(s, a, &out->rule, &out->n, e);
}

enum err_code
keyword_list(struct db *db, struct arena *a, struct keyword_rule **out, size_t *n_out,
             struct err *e)
{
    STMT s = db_stmt(db, SQL_KEYWORD_LIST);

    if (read_rules(s, a, out, n_out, e))
        return e->code;
    for (size_t i = 0; i < *n_out; i++)
        if (read_buttons(db, a, &(*out)[i], e))
            return e->code;
    return OK;
}

enum err_code
keyword_load(struct db *db, struct arena *a, int64_t id, struct keyword_rule *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_KEYWORD_LOAD);

    stmt_bind_int(s, ":id", id);
    if (stmt_one(s, "keyword", e))
        return e->code;
    if (!read_rule(s, a, out))
        return no_room(e);
    return read_buttons(db, a, out, e);
}

/* ---------------------------------------------------------------- what an owner typed */

/* "446:1988" and "446:*" are not to be folded away: the asterisk is punctuation. */
static bool
is_sticker_id(struct str word)
{
    struct str rest = word;
    uint64_t n;

    return str_number(&rest, &n, INT64_MAX) && str_skip(&rest, STR(":")) &&
           (str_eq(rest, STR("*")) || (str_number(&rest, &n, INT64_MAX) && rest.n == 0));
}

/* One word a line, commas between them as well, each folded. */
static enum err_code
words_fold(struct arena *a, const struct keyword_rule *in, struct str *out, struct err *e)
{
    struct buf words = buf_new(a, KEYWORD_WORDS_MAX);
    bool needs_some =
        in->match == KEYWORD_EXACT || in->match == KEYWORD_CONTAINS || in->match == KEYWORD_STICKER;
    struct str rest = in->words;

    while (needs_some && rest.n > 0) {
        struct str word = {rest.at, 0};

        while (word.n < rest.n && rest.at[word.n] != '\n' && rest.at[word.n] != ',')
            word.n++;
        rest = (struct str){rest.at + word.n, rest.n - word.n};
        if (rest.n > 0)
            rest = (struct str){rest.at + 1, rest.n - 1};
        word = str_trim(word);
        if ((in->match != KEYWORD_STICKER || !is_sticker_id(word)) &&
            !text_fold_words(a, word, &word))
            return refuse(e, "keyword_words", "words", "a word is no text");
        if (word.n == 0)
            continue;
        if (words.n > 0)
            buf_char(&words, '\n');
        buf_str_raw(&words, word);
    }
    if (buf_failed(&words))
        return refuse(e, "keyword_words", "words", "the words are over 1000 bytes");
    if (needs_some && words.n == 0)
        return refuse(e, "keyword_words", "words", "there is no word to wait for");
    *out = buf_str(&words);
    return OK;
}

static enum err_code
reply_clean(struct arena *a, const struct keyword_rule *in, struct str *out, struct err *e)
{
    *out = (struct str){0};
    if (in->action != KEYWORD_TEXT)
        return OK;
    if (text_clean_lines(a, in->reply, KEYWORD_REPLY_UNITS, out, e))
        return refuse(e, "keyword_reply", "reply",
                      "the answer is empty, over 5000 units or no text");
    return OK;
}

static enum err_code
button_clean(struct db *db, struct arena *a, const struct keyword_button *in,
             struct keyword_button *out, struct err *e)
{
    *out = (struct keyword_button){.press = in->press};
    if (text_clean(a, in->label, KEYWORD_LABEL_UNITS, &out->label, e) ||
        text_utf16_units(out->label) > KEYWORD_LABEL_UNITS)
        return refuse(e, "keyword_buttons", "buttons",
                      "a button's label is empty or over 20 units");
    if (in->press == KEYWORD_PRESS_SAYS &&
        (text_clean(a, in->says, KEYWORD_SAYS_UNITS, &out->says, e) ||
         text_utf16_units(out->says) > KEYWORD_SAYS_UNITS))
        return refuse(e, "keyword_buttons", "buttons",
                      "what a button says is empty or over 300 units");
    if (in->press == KEYWORD_PRESS_RULE) {
        STMT s = db_stmt(db, SQL_KEYWORD_LOAD);

        stmt_bind_int(s, ":id", in->rule_id);
        if (stmt_one(s, "keyword", e))
            return refuse(e, "keyword_buttons", "buttons", "a button leads to a rule that is none");
        out->rule_id = in->rule_id;
    }
    return OK;
}

static enum err_code
rule_clean(struct db *db, struct arena *a, const struct keyword_rule *in, struct keyword_rule *out,
           struct err *e)
{
    struct keyword_button *button = arena_alloc(a, KEYWORD_BUTTONS_MAX * sizeof(*button));

    if (button == NULL)
        return no_room(e);
    *out = *in;
    if (in->priority < -KEYWORD_PRIORITY_MAX || in->priority > KEYWORD_PRIORITY_MAX)
        return refuse(e, "keyword_priority", "priority", "the priority is not within -100 and 100");
    if (in->span.days == 0 || in->span.days > WEEK_DAILY || in->span.from_min < 0 ||
        in->span.from_min >= WEEK_DAY_MIN || in->span.until_min < 0 ||
        in->span.until_min >= WEEK_DAY_MIN)
        return refuse(e, "keyword_hours", "days", "there is no day, or no time of day");
    if (in->buttons_n > KEYWORD_BUTTONS_MAX || (in->buttons_n > 0 && in->action == KEYWORD_SILENT))
        return refuse(e, "keyword_buttons", "buttons",
                      "over 13 buttons, or some where nothing is said");
    if (words_fold(a, in, &out->words, e) || reply_clean(a, in, &out->reply, e))
        return e->code;
    for (size_t i = 0; i < in->buttons_n; i++)
        if (button_clean(db, a, &in->button[i], &button[i], e))
            return e->code;
    out->button = button;
    return OK;
}

/* ---------------------------------------------------------------- writing */

static void
bind_rule(struct stmt *s, const struct keyword_rule *rule, int64_t now_ms)
{
    stmt_bind_int(s, ":is_on", rule->is_on);
    stmt_bind_text(s, ":match", str_of(keyword_match_names[rule->match]));
    stmt_bind_text(s, ":words", rule->words);
    stmt_bind_int(s, ":priority", rule->priority);
    if (rule->has_language)
        stmt_bind_text(s, ":language", str_of(language_tag(rule->language)));
    else
        stmt_bind_null(s, ":language");
    stmt_bind_text(s, ":hours", str_of(keyword_hours_names[rule->hours]));
    stmt_bind_int(s, ":days", rule->span.days);
    stmt_bind_int(s, ":from_min", rule->span.from_min);
    stmt_bind_int(s, ":until_min", rule->span.until_min);
    stmt_bind_text(s, ":action", str_of(keyword_action_names[rule->action]));
    if (rule->action == KEYWORD_TEXT)
        stmt_bind_text(s, ":reply", rule->reply);
    else
        stmt_bind_null(s, ":reply");
    stmt_bind_int(s, ":now_ms", now_ms);
}

static enum err_code
write_buttons(struct db *db, const struct keyword_rule *rule, struct err *e)
{
    STMT clear = db_stmt(db, SQL_KEYWORD_BUTTONS_CLEAR);

    stmt_bind_int(clear, ":rule_id", rule->id);
    if (stmt_run(clear, e))
        return e->code;
    for (size_t i = 0; i < rule->buttons_n; i++) {
        const struct keyword_button *b = &rule->button[i];
        STMT s = db_stmt(db, SQL_KEYWORD_BUTTON_ADD);

        stmt_bind_int(s, ":rule_id", rule->id);
        stmt_bind_int(s, ":place", (int64_t)i + 1);
        stmt_bind_text(s, ":label", b->label);
        stmt_bind_text(s, ":press", str_of(keyword_press_names[b->press]));
        if (b->press == KEYWORD_PRESS_SAYS)
            stmt_bind_text(s, ":says", b->says);
        else
            stmt_bind_null(s, ":says");
        if (b->press == KEYWORD_PRESS_RULE)
            stmt_bind_int(s, ":target_id", b->rule_id);
        else
            stmt_bind_null(s, ":target_id");
        if (stmt_run(s, e))
            return e->code;
    }
    return OK;
}

static enum err_code
add(struct db *db, const struct keyword_rule *rule, int64_t now_ms, int64_t *id_out, struct err *e)
{
    STMT count = db_stmt(db, SQL_KEYWORD_COUNT);
    STMT s = db_stmt(db, SQL_KEYWORD_ADD);

    if (stmt_one(count, "keyword", e))
        return e->code;
    if (stmt_int(count, 0) >= KEYWORD_RULES_MAX)
        return err_set(e, ERR_CONFLICT, "keyword_full", "there are 200 rules already");
    bind_rule(s, rule, now_ms);
    if (stmt_run(s, e))
        return e->code;
    *id_out = db_last_id(db);
    return OK;
}

static enum err_code
change(struct db *db, const struct keyword_rule *rule, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_KEYWORD_CHANGE);

    bind_rule(s, rule, now_ms);
    stmt_bind_int(s, ":id", rule->id);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "keyword_unknown", "no rule %" PRId64, rule->id);
    return OK;
}

enum err_code
keyword_save(struct db *db, struct arena *a, const struct keyword_rule *rule, int64_t staff_id,
             int64_t now_ms, int64_t *id_out, struct err *e)
{
    struct keyword_rule clean;
    int64_t id = rule->id;

    if (rule_clean(db, a, rule, &clean, e) ||
        (id == 0 ? add(db, &clean, now_ms, &id, e) : change(db, &clean, now_ms, e)))
        return e->code;
    clean.id = id;
    if (write_buttons(db, &clean, e) ||
        audit_write(db, "keyword.saved", staff_id, 0, id, now_ms, e))
        return err_wrap(e, "save rule %" PRId64, id);
    *id_out = id;
    return OK;
}

enum err_code
keyword_remove(struct db *db, int64_t id, int64_t staff_id, int64_t now_ms, struct err *e)
{
    STMT buttons = db_stmt(db, SQL_KEYWORD_BUTTONS_OF);
    STMT s = db_stmt(db, SQL_KEYWORD_REMOVE);

    stmt_bind_int(buttons, ":id", id);
    stmt_bind_int(s, ":id", id);
    if (stmt_run(buttons, e) || stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "keyword_unknown", "no rule %" PRId64, id);
    return audit_write(db, "keyword.removed", staff_id, 0, id, now_ms, e);
}

enum err_code
staff_hours_save(struct db *db, const struct week_span *span, size_t n, int64_t staff_id,
                 int64_t now_ms, struct err *e)
{
    STMT clear = db_stmt(db, SQL_STAFF_HOURS_CLEAR);

    if (n > STAFF_HOURS_MAX)
        return refuse(e, "keyword_hours", "hours", "over 14 spans of hours");
    if (stmt_run(clear, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        STMT s = db_stmt(db, SQL_STAFF_HOURS_ADD);

        if (span[i].days == 0 || span[i].days > WEEK_DAILY || span[i].from_min < 0 ||
            span[i].from_min >= WEEK_DAY_MIN || span[i].until_min < 0 ||
            span[i].until_min >= WEEK_DAY_MIN)
            return refuse(e, "keyword_hours", "hours", "there is no day, or no time of day");
        stmt_bind_int(s, ":days", span[i].days);
        stmt_bind_int(s, ":from_min", span[i].from_min);
        stmt_bind_int(s, ":until_min", span[i].until_min);
        if (stmt_run(s, e))
            return e->code;
    }
    return audit_write(db, "staff_hours.saved", staff_id, 0, 0, now_ms, e);
}
