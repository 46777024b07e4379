/*
 * sim_gate.h - one gate for every call: faults, LINE's own checks, the answer's shape.
 *
 * The route table (sim_routes.c) says what a call must bring; a handler runs only when it did, with
 * the simulator's lock held, and answers as LINE answers, refusals included. It returns an error
 * only when the simulator itself is at a loss.
 */
#ifndef SIM_SIM_GATE_H
#define SIM_SIM_GATE_H

#include "sim/sim_form.h"
#include "sim/sim_token.h"

#include <jansson.h>

struct sim_shapes;

struct sim_call {
    struct sim *sim;
    struct request *req;
    struct reply *reply;
    struct err *e;
    int64_t now_ms;
    char request_id[UUID_SIZE];
    bool is_lost; /* to be accepted, and to reach nobody (FAULT_DROP_200) */

    /* As the row of the table asked for: */
    struct sim_token *token;
    struct sim_form form;
    json_t *json; /* an object; borrowed */
};

typedef enum err_code sim_handler(struct sim_call *call);

enum sim_access {
    SIM_OWN,    /* not LINE: the phone, the control of the simulator */
    LINE_OPEN,  /* needs no token */
    LINE_BOT,   /* a channel access token of the Messaging API channel */
    LINE_DATA,  /* the same, at api-data.line.me: here under the name localhost only */
    LINE_LOGIN, /* a channel access token of the login channel */
    LINE_USER,  /* an access token of a person */
};

enum sim_body { EMPTY, JSON, FORM, BYTES };

struct sim_row {
    enum http_method method;
    const char *path;
    enum sim_access access;
    enum sim_body body;
    bool takes_retry_key;
    sim_handler *handler;
};

extern const struct sim_row sim_rows[];
extern const size_t sim_rows_n;

/* The handler of every route; finds the row by its place. */
route_handler sim_gate;

/* 200 and others with a value, which is taken. */
enum err_code sim_answer(struct sim_call *call, int status, json_t *value);
/* {"message": ...} as the Messaging API refuses. */
enum err_code sim_refuse(struct sim_call *call, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "The property, 'to', in the request body is invalid (line: 1, column: 8)" */
enum err_code sim_refuse_property(struct sim_call *call, const char *name);
/* False after refusing with all that is wrong with the body (sim_check.h). */
bool sim_body_will_do(struct sim_call *call, const struct sim_shapes *shapes);
/* {"error": ..., "error_description": ...} as the OAuth endpoints refuse. */
enum err_code
sim_refuse_oauth(struct sim_call *call, int status, const char *error, const char *description);

/* A query parameter, or an empty str. */
struct str sim_query(const struct sim_call *call, const char *name);
/* ?person=N of the simulator's own routes; NULL with e set when there is no such person. */
struct sim_person *sim_query_person(struct sim_call *call);

#endif
