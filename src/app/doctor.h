/*
 * doctor.h - `stampd doctor`: one line for each thing that has to fit before a shop can open.
 *
 * A finding says what is wrong and, behind a dash, where to mend it. Nothing is changed, here or at
 * LINE, and no secret is said. What comes from LINE is shown without its control characters.
 */
#ifndef APP_DOCTOR_H
#define APP_DOCTOR_H

#include <jansson.h>

#include "app/app.h"
#include "app/commands.h"
#include "domain/keys.h"
#include "line/token.h"
#include "line/transport.h"
#include "store/db.h"

/* Where things are set, as LINE's own pages call them. */
#define AT_LOGIN_CHANNEL "LINE Developers Console, LINE Login channel"
#define AT_BOT_CHANNEL "LINE Developers Console, Messaging API channel"
#define AT_MANAGER "LINE Official Account Manager"

enum finding { FINE, NOTE, WARN, FAIL, FINDINGS };

struct doctor {
    struct call *call;
    const struct config *c;
    struct arena *arena;
    struct transport *transport;
    struct keys keys;
    struct db *db;      /* the book, with the keys; NULL where one of them is missing */
    int64_t started_ms; /* monotonic */
    bool listens;       /* stampd itself answers on LISTEN */
    int count[FINDINGS];
};

void doctor_say(struct doctor *d, enum finding finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Somebody else's words on the operator's terminal: printable ASCII, and not for ever. In arena. */
const char *doctor_shown(struct doctor *d, struct str text);

/* One request, waited for; x->status 0 where nobody answered. Clear it afterwards. */
void doctor_fetch(struct doctor *d, struct exchange *x);

/*
 * Ask LINE with a channel's token: the answer's JSON, new; NULL after having said why there is
 * none. `body` NULL: a GET, else a POST of that JSON.
 */
json_t *doctor_ask(struct doctor *d, const char *what, const char *path, const char *body,
                   const struct token *token, int *status_out);

const char *doctor_api(struct doctor *d, const char *path);     /* the whole URL, in arena */
struct str doctor_text(const json_t *object, const char *name); /* "" where there is none */

/* The chapters, in order. */
void doctor_look_here(struct doctor *d);    /* settings, keys, book, disk */
void doctor_look_outside(struct doctor *d); /* LISTEN, PUBLIC_URL and its certificates */
bool doctor_look_clock(struct doctor *d);   /* false: LINE cannot be reached at all */
void
doctor_take_tokens(struct doctor *d, struct token *login, struct token *bot); /* none: said why */
void doctor_look_login(struct doctor *d, const struct token *login); /* sign-in, LIFF app */
void doctor_look_bot(struct doctor *d, const struct token *bot); /* account, webhook, quota, menu */
void
doctor_look_provider(struct doctor *d, const struct token *bot); /* do the two belong together? */

#endif
