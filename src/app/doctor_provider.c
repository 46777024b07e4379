/*
 * Do both channels stand under one provider? LINE has no call that says so. But a person's id is
 * the same in all channels of a provider and another elsewhere (line-platform 1.2), so the book can
 * tell: LINE takes a push to somebody who has signed in, or knows their profile, only if it is so.
 */
#include <stdio.h>

#include "app/doctor.h"
#include "domain/identity.h"

#define PEOPLE_ASKED 10

#define MENDING                                                                                    \
    " - both must be under one provider (LINE Developers Console, the provider's name above the "  \
    "channel); a channel cannot be moved, so make the LINE Login channel anew under the provider " \
    "of the Messaging API channel"

/* Of the last pushes, how many LINE took and how many it refused. */
static void
count_pushes(struct doctor *d, int64_t *taken, int64_t *refused)
{
    STMT s = db_stmt(d->db, SQL_DOCTOR_PUSHES);
    struct err e = {0};
    bool row;

    *taken = *refused = 0;
    if (stmt_step(s, &row, &e) == OK && row) {
        *taken = stmt_int(s, 0);
        *refused = stmt_int(s, 1);
    }
}

/* True: the account knows this member. False otherwise, or when it cannot be asked. */
static bool
is_known(struct doctor *d, int64_t member, const struct token *bot)
{
    struct str line_id;
    struct err e = {0};
    struct exchange x = {
        .method = "GET",
        .headers = {arena_format(d->arena, "Authorization: Bearer %s", bot->text)},
    };

    if (identity_open(d->db, member, IDENTITY_LINE_ID, d->arena, &line_id, &e) || line_id.n == 0)
        return false;
    x.url =
        doctor_api(d, arena_format(d->arena, "/v2/bot/profile/%.*s", (int)line_id.n, line_id.at));
    doctor_fetch(d, &x);
    exchange_clear(&x);
    return x.status == 200;
}

static int
newest_members(struct doctor *d, int64_t members[PEOPLE_ASKED])
{
    STMT s = db_stmt(d->db, SQL_DOCTOR_MEMBERS);
    struct err e = {0};
    bool row;
    int n = 0;

    while (n < PEOPLE_ASKED && stmt_step(s, &row, &e) == OK && row)
        members[n++] = stmt_int(s, 0);
    return n;
}

/* The newest members, until one is known. How many were asked for; *known_out: one is. */
static int
ask_for_members(struct doctor *d, const struct token *bot, bool *known_out)
{
    int64_t members[PEOPLE_ASKED];
    int n = newest_members(d, members), asked = 0;

    *known_out = false;
    while (asked < n && !*known_out)
        *known_out = is_known(d, members[asked++], bot);
    return asked;
}

void
doctor_look_provider(struct doctor *d, const struct token *bot)
{
    int64_t taken, refused;
    bool known;
    int asked;

    if (!d->db)
        return;
    count_pushes(d, &taken, &refused);
    asked = taken ? 0 : ask_for_members(d, bot, &known);
    if (taken || (asked && known))
        doctor_say(d, FINE, "provider: both channels are under one, for the account knows members");
    else if (refused)
        doctor_say(d, FAIL,
                   "provider: LINE has taken no push to a member and refused %lld, and the account "
                   "knows none of the newest %d" MENDING,
                   (long long)refused, asked);
    else if (asked)
        doctor_say(d, WARN,
                   "provider: the account knows none of the newest %d members: either none of them "
                   "is its friend, or the channels are under two providers" MENDING,
                   asked);
    else
        doctor_say(d, NOTE,
                   "provider: both channels must stand under one provider, or members cannot be "
                   "written to; that shows once somebody has signed in");
}
