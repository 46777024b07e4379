/*
 * sim_state.h - what the simulator remembers, and the one mutex over all of it.
 *
 * Everything below is read and written with `lock` held; the gate holds it around every handler.
 * `changed` is signalled when something that somebody may wait for has happened.
 */
#ifndef SIM_SIM_STATE_H
#define SIM_SIM_STATE_H

#include "base/entropy.h"
#include "http/server.h"
#include "sim/sim.h"
#include "sim/sim_fault.h"
#include "sim/sim_idtoken.h"
#include "sim/sim_table.h"

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#define SIM_PEOPLE_MAX 100000
#define SIM_USER_ID_SIZE 34
#define SIM_URL_SIZE 512
#define SIM_TALK_MAX 8192 /* the newest entries over all talks; older ones are forgotten */

struct sim_person {
    int number; /* from 1 */
    char user_id[SIM_USER_ID_SIZE];
    char name[40];
    const char *language; /* BCP 47 */
    bool is_friend;       /* has added the account, and not blocked it since */
    bool is_blocking;
    int64_t wrote_ms; /* last message to the account; 0: never */
    int64_t auth_ms;  /* last proved who it is on LINE's pages; 0: never */
    size_t shown;
    size_t hidden;
};

/* One line of a talk: what one call or one act of the person added to it. */
struct sim_entry {
    int64_t number; /* from 1, over all talks; 0: an empty place */
    int person;
    int64_t at_ms;
    const char *how; /* "push", "reply", "multicast", "broadcast", or "person" for their own */
    bool shown;
    char retry_key[UUID_SIZE];
    char request_id[UUID_SIZE];
    json_t *messages;
};

struct sim_sender;
struct sim_menus;
struct sim_rate;
struct sim_console;

struct sim {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;

    /* Settings; constant after the start, but for what POST /sim/settings and /sim/console set. */
    char base_url[64]; /* "http://127.0.0.1:8091" */
    char webhook[SIM_URL_SIZE];
    char liff[SIM_URL_SIZE];
    char liff_origin[SIM_URL_SIZE];
    char callback[SIM_URL_SIZE];
    char csp[4 * SIM_URL_SIZE];
    struct sim_channel login, messaging;
    char channel_text[4][64]; /* what the two above point to */
    char clock_file[SIM_URL_SIZE];
    struct clock *clock;
    struct clock own_clock;
    int64_t quota; /* -1: none */
    int record;    /* where stampd's requests are written; -1: nowhere */
    bool is_off_the_record;

    struct server *server;
    struct route *routes;
    struct sim_sender *sender;
    struct sim_keys keys;

    struct sim_person *people;
    size_t people_n;
    struct sim_entry talk[SIM_TALK_MAX]; /* entry n stands at n % SIM_TALK_MAX */
    int64_t talk_last;

    struct sim_table *tokens;  /* by text: struct sim_token */
    struct sim_table *codes;   /* authorization codes: struct sim_code */
    struct sim_table *replies; /* reply tokens: struct sim_reply_token */
    struct sim_table *groups;  /* group and room ids the account is in */
    struct sim_table *unread;  /* tokens that mark messages as read */
    struct sim_table *units;   /* names of aggregation units: the month each is of */
    struct sim_table *links;   /* link tokens: struct sim_link */
    struct sim_table *retries; /* retry keys: struct sim_retry */
    struct sim_fault faults[SIM_FAULTS_MAX];
    int64_t faults_cleared; /* so many times: whoever hangs, goes on when it changes */
    struct sim_menus *menus;
    struct sim_console *console;
    struct sim_rate *rates; /* one for each row of the route table */

    int64_t usage; /* messages counted in `usage_month` */
    int64_t usage_month;
    bool is_redelivering; /* LINE's console switch "Webhook redelivery" */
    size_t asked;         /* calls to what stands in for LINE */
    size_t keys_asked;    /* of those, for the keys of ID tokens */
    size_t deauthorized;
    uint64_t messages_sent; /* numbers the messages, both ways */
};

/* The simulator's time: the clock file's when there is one. */
int64_t sim_now_ms(struct sim *sim);

/* For pthread_cond_timedwait on `changed`, whose clock is the monotonic one. */
struct timespec sim_after(int64_t wait_ms);

/* NULL when there is no such person. Borrowed. */
struct sim_person *sim_person(struct sim *sim, int64_t number);
struct sim_person *sim_person_by_id(struct sim *sim, struct str user_id);

/*
 * Add to a person's talk and tell the phones that show it. `messages` is borrowed (a reference is
 * taken). Messages to somebody who will not see them are remembered, marked as not shown.
 */
struct sim_entry *sim_talk_add(struct sim *sim, struct sim_person *person, const char *how,
                               json_t *messages, bool shown);
void sim_talk_changed(struct sim *sim, const struct sim_person *person);
/* NULL when it has been forgotten. */
const struct sim_entry *sim_talk_entry(const struct sim *sim, int64_t number);

/* Days and months as LINE's statistics count them: UTC+9. */
int sim_day(int64_t at_ms);   /* 20260401 */
int sim_month(int64_t at_ms); /* 202604 */

json_t *sim_person_json(const struct sim_person *person);

#endif
