/*
 * harness.h - the whole service in the test's own process: line-sim, stampd, browsers, one clock.
 *
 * Both servers listen on free loopback ports and share a clock that stands still until a test moves
 * it. Two shops, three tills, staff, two plans and an owner's link are there at the start; members
 * come by logging in. Everything fails the test instead of returning an error, and what happens in
 * the background is waited for by UNTIL, never by sleeping for a time.
 */
#ifndef TESTS_SUPPORT_HARNESS_H
#define TESTS_SUPPORT_HARNESS_H

#include <jansson.h>

#include "app/app.h"
#include "app/config.h"
#include "base/clock.h"
#include "base/entropy.h"
#include "domain/shop.h"
#include "sim/sim.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

#define HARNESS_NOW_MS INT64_C(1775005200000) /* 2026-04-01 10:00 in Tokyo */
#define HARNESS_PATIENCE_MS 30000             /* sanitizers on a busy machine are slow */
#define HARNESS_PIN "258013"                  /* everybody's */

enum { UENO = 1, NAMBA };                                  /* shops */
enum { UENO_LEFT = 1, UENO_RIGHT, NAMBA_ONLY, TILLS = 3 }; /* tills, not yet enrolled */
enum { UENO_CASHIER = 1, UENO_MANAGER, NAMBA_CASHIER };    /* staff */
enum {
    STAMPS = 1, /* goal 4, rewards at 2 and 4, 30 minutes between two, told of every grant;
                 * credited afterwards for 7 days */
    POINTS,     /* 100 yen a point, goal 50, one reward, JAN-13; a point is spent as a yen, or
                 * given away */
};

struct harness {
    struct clock clock;
    struct sim *sim;
    struct app *app; /* NULL between harness_stop_app and harness_start_app */
    struct config config;
    int port;
    char origin[64]; /* "http://127.0.0.1:port" */
    char sim_url[64];
    char dir[300];
    char enrol_code[TILLS][ENROL_CODE_SIZE];
    char owner_link[TOKEN_SIZE];
};
extern struct harness here;

/* One setting more for stampd.conf, before the next start; NULL: as it was. */
void harness_setting(const char *line);

/* So many people at line-sim, from the next set-up on; 0: its own eight. */
void harness_people(int n);

/* What is called when the writer trusts its disk no longer, from the next start on; NULL: the
 * program ends. */
void harness_when_broken(void (*broken)(const struct err *e));

int harness_set_up(void **state);
int harness_tear_down(void **state);
#define HARNESS_TEST(name) cmocka_unit_test_setup_teardown(name, harness_set_up, harness_tear_down)

/* As when the process ends and begins again: same data, same settings, same port. */
void harness_stop_app(void);
void harness_start_app(void);
/* LINE is gone; and it is there again, knowing nothing of before. */
void harness_stop_sim(void);
void harness_start_sim(void);

/* Move the clock, and let the scheduler know at once. */
void harness_advance(int64_t ms);
int64_t harness_now(void);
/* Somebody sets the clock, and no time goes by. */
void harness_set_wrong(int64_t ms);

/* ---- waiting */

#define UNTIL(condition)                                                                           \
    do {                                                                                           \
        const int64_t until_ms = clock_monotonic_ms() + HARNESS_PATIENCE_MS;                       \
        while (!(condition)) {                                                                     \
            if (clock_monotonic_ms() > until_ms)                                                   \
                check_that(false, CHECK_AT("in time: " #condition));                               \
            harness_pause();                                                                       \
        }                                                                                          \
    } while (0)
void harness_pause(void); /* wakes the scheduler, and gives the others a moment */

/* ---- the book, on a read-only connection of its own */

/* With SQLite's %Q and %w beside printf's: not for the compiler to check. */
int64_t stored_int(const char *sql, ...);
/* Of the first row; borrowed until the next call but three. "" when there is none. */
const char *stored_text(const char *sql, ...);
/* Of everything in every table, but for what is over, and for when sessions were last used. */
uint64_t stored_hash(void);
/* Whether that has become another since the mark; while the service runs. */
void stored_mark(void);
bool stored_has_changed(void);
/* What nobody is meant to do to it. The app must be stopped. */
void stored_spoil(const char *sql);
/* Every invariant of `stampd check` holds. */
void stored_is_sound(void);

/* ---- browsers */

struct browser {
    const char *origin;  /* NULL: our own; "": none is sent */
    const char *headers; /* more header lines, each with its CR LF; may be NULL */
    const char *address; /* as the proxy tells it; NULL: a new one each time; "": without a proxy */
    struct {
        char name[24], value[1100];
    } cookie[8];
};
const char *cookie_of(const struct browser *b, const char *name);        /* NULL: it has none */
void cookie_put(struct browser *b, const char *name, const char *value); /* "": gone */

/* One request on a connection of its own, from an address of its own. What came back is in
 * `answer`, and parsed where it is JSON; the status. */
extern struct http_answer answer;
int get(struct browser *b, const char *path);
/* JSON made of the format; `key`: the Idempotency-Key, or NULL. */
int post(struct browser *b, const char *path, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
int ask(struct browser *b, const char *method, const char *path, const char *content_type,
        struct str body);
/* The two halves of post, for requests that are under way together. */
struct http_peer *post_begin(struct browser *b, const char *path, const char *key,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));
int post_end(struct browser *b, struct http_peer *begun);
/* The same to line-sim. */
int sim_get(const char *path);
int sim_post(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));
int sim_delete(const char *path);

#define ANSWERS(call, status) harness_answers((call), (status), CHECK_AT(#call))
void harness_answers(int got, int want, struct check_at at);
/* Status and error word; the shape of the answer as well. */
#define REFUSES(call, status, word) harness_refuses((call), (status), (word), CHECK_AT(#call))
void harness_refuses(int got, int want, const char *word, struct check_at at);

/* Of the last JSON answer, by path: "card.balance", "vouchers.0.id". Absent: NULL, -1, "". */
const json_t *got(const char *path);
int64_t got_int(const char *path);
const char *got_text(const char *path);
bool got_true(const char *path);

const char *fresh_key(void); /* borrowed until the next call but seven */

/* ---- what people do */

void login_liff(struct browser *b, int person);
/* Once more, by whoever has a session: for what a session alone is not enough for. */
void login_again(struct browser *b, int person);
/* Through LINE's pages, as person, to `next`; the path it ends at, borrowed until the next call. */
const char *login_web(struct browser *b, int person, const char *next);
const char *liff_token(int person); /* borrowed until the next call */
/* GET /line/login, the consent page as person (0: cancelled), and what comes back to us. */
const char *login_begin(struct browser *b, int person, const char *login_path);

void till_enrol_here(struct browser *b, int till);
void till_sign_in(struct browser *b, int till, int staff);
/* The 22 digits on the card now; borrowed until the next call but three. */
const char *card_code(struct browser *member, int plan);
const char *voucher_code(struct browser *member, int64_t voucher);
/* A step later (a code works once): read the card and grant; the transfer. */
int64_t grant_stamps(struct browser *till, struct browser *member, int stamps);

/* ---- server-sent events */

struct events;
struct events *events_open(struct browser *b, const char *path);
void events_close(struct events *s);
/* The data of the next event of that name, as if it were an answer (got); fails the test when it
 * does not come. */
void events_next(struct events *s, const char *name);
bool events_ended(struct events *s); /* soon */

#endif
