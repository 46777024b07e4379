#include "domain/member.h"

#include <assert.h>
#include <inttypes.h>

#include "domain/bonus.h"
#include "domain/card.h"
#include "domain/erasure.h"
#include "domain/identity.h"
#include "domain/name.h"

#define PICTURE_MAX 1024 /* LINE's are about 130 bytes; a longer one is not worth keeping */
#define WEIGHT_FULL 1000

static const char *const tag[LANGUAGES] = {
    [LANGUAGE_JA] = "ja",
    [LANGUAGE_EN] = "en",
    [LANGUAGE_ZH_HANT] = "zh-Hant",
    [LANGUAGE_TH] = "th",
};

/* ---------------------------------------------------------------- languages */

const char *
language_tag(enum language language)
{
    return tag[language];
}

/* The part before the mark, or all of it; *in is what follows. */
static struct str
take(struct str *in, char mark)
{
    struct str part;

    if (str_until(in, mark, &part))
        return part;
    part = *in;
    in->n = 0;
    return part;
}

/*
 * The first subtag is all that tells ours apart: every Chinese reader is better served by zh-Hant
 * than by any other of the four. LINE also writes zh_TW.
 */
static bool
language_known(struct str wanted, enum language *out)
{
    static const struct {
        struct str primary;
        enum language language;
    } ours[] = {
        {{"ja", 2}, LANGUAGE_JA},
        {{"en", 2}, LANGUAGE_EN},
        {{"zh", 2}, LANGUAGE_ZH_HANT},
        {{"th", 2}, LANGUAGE_TH},
    };
    struct str rest = take(&wanted, '-');
    struct str primary = take(&rest, '_');

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (str_eq_nocase(primary, ours[i].primary)) {
            *out = ours[i].language;
            return true;
        }
    return false;
}

/* "q=0.85" as 850. Source: RFC 9110, section 12.4.2. */
static bool
weight_of(struct str text, int *out)
{
    uint64_t whole;
    int weight;

    text = str_trim(text);
    if (text.n == 0) {
        *out = WEIGHT_FULL;
        return true;
    }
    if (!(str_skip(&text, STR("q=")) || str_skip(&text, STR("Q="))) ||
        !str_number(&text, &whole, 1))
        return false;
    weight = (int)whole * WEIGHT_FULL;
    if (str_skip(&text, STR("."))) {
        int unit = WEIGHT_FULL;

        for (; text.n > 0 && unit > 1 && text.at[0] >= '0' && text.at[0] <= '9';
             text.at++, text.n--)
            weight += (text.at[0] - '0') * (unit /= 10);
    }
    if (text.n > 0 || weight > WEIGHT_FULL)
        return false;
    *out = weight;
    return true;
}

enum language
language_of(struct str tags, enum language otherwise)
{
    enum language best = otherwise;
    int best_weight = 0;

    while (tags.n > 0) {
        struct str weight_text = take(&tags, ',');
        struct str wanted = str_trim(take(&weight_text, ';'));
        enum language language = otherwise;
        int weight;

        if (!weight_of(weight_text, &weight) || weight <= best_weight)
            continue; /* of equals, the first named */
        if (!str_eq(wanted, STR("*")) && !language_known(wanted, &language))
            continue;
        best = language;
        best_weight = weight;
    }
    return best;
}

/* ---------------------------------------------------------------- entering */

static enum err_code
add(struct db *db, const struct member_login *login, int64_t *id_out, struct err *e)
{
    bool is_back;
    STMT s = db_stmt(db, SQL_MEMBER_ADD);

    if (departed_lately(db, login->line_id, login->now_ms, &is_back, e))
        return e->code;
    stmt_bind_int(s, ":is_back", is_back);
    stmt_bind_text(s, ":language", str_of(language_tag(login->language)));
    stmt_bind_int(s, ":is_friend", login->is_friend);
    stmt_bind_int(s, ":now_ms", login->now_ms);
    if (stmt_run(s, e))
        return e->code;
    *id_out = db_last_id(db);
    return OK;
}

/* Noted once a day: who is not seen for years is forgotten. */
static enum err_code
note_seen(struct db *db, int64_t id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_MEMBER_SEEN);

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

/* Plans that came after the member joined are caught up with here. */
enum err_code
member_issue_cards(struct db *db, int64_t id, int64_t now_ms, struct err *e)
{
    struct card card;
    STMT s = db_stmt(db, SQL_MEMBER_PLANS_WITHOUT_CARD);
    bool row;

    stmt_bind_int(s, ":member_id", id);
    for (;;) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        if (card_issue(db, id, stmt_int(s, 0), now_ms, &card, e) ||
            bonus_join(db, &card, now_ms, e))
            return e->code;
    }
}

enum err_code
member_enter(struct db *db, const struct member_login *login, struct member *out, bool *is_new_out,
             struct err *e)
{
    char name[NAME_SIZE];
    struct profile profile = {.picture = login->picture};
    int64_t id;
    bool is_new;

    assert(login->line_id.n == LINE_ID_LENGTH);
    name_cut(login->name, name);
    profile.name = str_of(name);
    if (profile.picture.n > PICTURE_MAX)
        profile.picture = STR("");
    is_new = identity_find(db, login->line_id, &id, e) != OK;
    if (is_new) {
        if (e->code != ERR_NOT_FOUND || add(db, login, &id, e) ||
            identity_add(db, id, login->line_id, &profile, e))
            return err_wrap(e, "make a member");
    } else if (identity_refresh(db, id, &profile, e)) {
        return err_wrap(e, "refresh member %" PRId64, id);
    }
    if (note_seen(db, id, login->now_ms, e) || member_issue_cards(db, id, login->now_ms, e) ||
        member_load(db, id, out, e))
        return err_wrap(e, "enter as member %" PRId64, id);
    *is_new_out = is_new;
    return OK;
}

/* ---------------------------------------------------------------- a known member */

enum err_code
member_load(struct db *db, int64_t id, struct member *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MEMBER_LOAD);

    stmt_bind_int(s, ":id", id);
    if (stmt_one(s, "member", e))
        return err_wrap(e, "load member %" PRId64, id);
    *out = (struct member){
        .id = stmt_int(s, 0),
        .language = language_of(stmt_text(s, 1), LANGUAGE_JA),
        .is_friend = stmt_int(s, 2) != 0,
        .joined_ms = stmt_int(s, 3),
        .agreed = stmt_int(s, 4),
        .is_back = stmt_int(s, 5) != 0,
        .is_erased = !stmt_is_null(s, 6),
        .is_guest = stmt_int(s, 7) != 0,
    };
    return OK;
}

enum err_code
member_find(struct db *db, struct str line_id, struct member *out, struct err *e)
{
    int64_t id;

    if (identity_find(db, line_id, &id, e))
        return e->code;
    return member_load(db, id, out, e);
}

enum err_code
member_set_language(struct db *db, int64_t id, enum language language, struct err *e)
{
    STMT s = db_stmt(db, SQL_MEMBER_SET_LANGUAGE);

    stmt_bind_int(s, ":id", id);
    stmt_bind_text(s, ":language", str_of(language_tag(language)));
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "member_unknown", "no member %" PRId64, id);
    return OK;
}

/* Lists of what was done name everybody in them: one who is a guest, was merged or erased must not
 * end them. */
static enum err_code
open_or_none(struct db *db, int64_t id, enum identity_field field, struct arena *a, struct str *out,
             struct err *e)
{
    struct member member;
    enum err_code code = identity_open(db, id, field, a, out, e);

    if (code != ERR_NOT_FOUND || member_load(db, id, &member, e))
        return code;
    *out = STR("");
    *e = (struct err){0};
    return OK;
}

enum err_code
member_name(struct db *db, int64_t id, struct arena *a, struct str *out, struct err *e)
{
    return open_or_none(db, id, IDENTITY_NAME, a, out, e);
}

enum err_code
member_picture(struct db *db, int64_t id, struct arena *a, struct str *out, struct err *e)
{
    return open_or_none(db, id, IDENTITY_PICTURE, a, out, e);
}

enum err_code
member_line_id(struct db *db, int64_t id, struct arena *a, struct str *out, struct err *e)
{
    return identity_open(db, id, IDENTITY_LINE_ID, a, out, e);
}

enum err_code
member_befriend(struct db *db, int64_t id, bool is_friend, int64_t at_ms, bool *is_news_out,
                struct err *e)
{
    struct member member;
    bool is_news;
    STMT s = db_stmt(db, SQL_MEMBER_BEFRIEND);

    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":is_friend", is_friend);
    stmt_bind_int(s, ":at_ms", at_ms);
    if (stmt_run(s, e))
        return e->code;
    is_news = db_changes(db) == 1;
    if (is_news_out != NULL)
        *is_news_out = is_news;
    return is_news ? OK : member_load(db, id, &member, e); /* older, or nobody's */
}
