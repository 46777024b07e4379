#include "sim/sim_gate.h"

#include "base/json.h"
#include "sim/sim_check.h"
#include "sim/sim_handlers.h"
#include "sim/sim_menu.h"
#include "sim/sim_rate.h"
#include "sim/sim_record.h"
#include "sim/sim_retry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum err_code
sim_answer(struct sim_call *call, int status, json_t *value)
{
    return reply_json_value(call->req, call->reply, status, value, call->e);
}

enum err_code
sim_refuse(struct sim_call *call, int status, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return sim_answer(call, status, json_pack("{s:s}", "message", text));
}

enum err_code
sim_refuse_oauth(struct sim_call *call, int status, const char *error, const char *description)
{
    return sim_answer(call, status,
                      json_pack("{s:s, s:s}", "error", error, "error_description", description));
}

/* Where the name stands, as LINE's parser counts; 1, 1 when it is not there at all. */
enum err_code
sim_refuse_property(struct sim_call *call, const char *name)
{
    char quoted[64];
    struct str body = call->req->body;
    int line = 1, column = 1;
    int n = snprintf(quoted, sizeof(quoted), "\"%s\"", name);
    const char *at = memmem(body.at, body.n, quoted, (size_t)n);

    for (const char *c = body.at; at != NULL && c < at; c++) {
        column++;
        if (*c == '\n') {
            line++;
            column = 1;
        }
    }
    return sim_refuse(call, 400,
                      "The property, '%s', in the request body is invalid (line: %d, column: %d)",
                      name, line, column);
}

bool
sim_body_will_do(struct sim_call *call, const struct sim_shapes *shapes)
{
    struct sim_check check;
    char summary[64];

    sim_check_init(&check, false, "");
    sim_check_object(&check, shapes, call->json);
    if (json_array_size(check.details) == 0) {
        sim_check_clear(&check);
        return true;
    }
    snprintf(summary, sizeof(summary), "The request body has %zu error(s)",
             json_array_size(check.details));
    sim_answer(call, 400, json_pack("{s:s, s:o}", "message", summary, "details", check.details));
    return false;
}

struct str
sim_query(const struct sim_call *call, const char *name)
{
    struct str value;

    return request_query(call->req, name, &value) ? value : (struct str){"", 0};
}

struct sim_person *
sim_query_person(struct sim_call *call)
{
    struct sim_person *person = NULL;
    int64_t number;

    if (str_int(sim_query(call, "person"), &number, 1, SIM_PEOPLE_MAX))
        person = sim_person(call->sim, number);
    if (person == NULL)
        err_field(call->e, ERR_NOT_FOUND, "person_unknown", "person", "no such person");
    return person;
}

/* 401 unless the Authorization header holds a live token of the right kind. */
static bool
has_token(struct sim_call *call, enum sim_access access)
{
    struct str text = request_header(call->req, "Authorization");
    const char *problem = NULL;

    if (access == LINE_OPEN)
        return true;
    call->token = str_skip(&text, STR("Bearer ")) ? sim_token_find(call->sim, text) : NULL;
    if (text.n == 0)
        problem = "Authentication failed due to the following reason: missing token";
    else if (call->token == NULL)
        problem = "Authentication failed due to the following reason: invalid token";
    else if (!sim_token_is_live(call->sim, call->token))
        problem = "Authentication failed due to the following reason: token expired";
    else if (access == LINE_USER
                 ? call->token->kind != TOKEN_USER
                 : call->token->kind == TOKEN_USER || call->token->kind == TOKEN_REFRESH ||
                       call->token->channel !=
                           (access == LINE_LOGIN ? &call->sim->login : &call->sim->messaging))
        problem = "Authentication failed due to the following reason: token of another kind";
    if (problem != NULL)
        sim_refuse(call, 401, "%s", problem);
    return problem == NULL;
}

/* The media type without its parameters, such as "; charset=utf-8". */
static struct str
media_type(const struct request *req)
{
    struct str given = request_header(req, "Content-Type");
    struct str type;

    return str_trim(str_until(&given, ';', &type) ? type : given);
}

static bool
has_json(struct sim_call *call)
{
    struct str type = media_type(call->req);
    struct str body = call->req->body;
    json_error_t problem;
    bool is_out_of_memory;

    if (!str_eq_nocase(type, STR("application/json"))) {
        sim_refuse(call, 415, "The content type, %.*s, is not supported", (int)(type.n & 127),
                   type.at);
        return false;
    }
    call->json = json_load(body, JSON_REJECT_DUPLICATES, &problem, &is_out_of_memory);
    if (json_is_object(call->json))
        return true;
    sim_refuse(call, 400, "The request body could not be parsed as JSON (line: %d, column: %d)",
               call->json != NULL ? 1 : problem.line, call->json != NULL ? 1 : problem.column);
    return false;
}

static bool
has_body(struct sim_call *call, enum sim_body body)
{
    switch (body) {
    case JSON:
        return has_json(call);
    case FORM:
        if (str_eq_nocase(media_type(call->req), STR("application/x-www-form-urlencoded")) &&
            sim_form_parse(call->req->arena, call->req->body, &call->form))
            return true;
        sim_refuse_oauth(call, 400, "invalid_request", "some parameters missed or invalid");
        return false;
    case EMPTY:
    case BYTES:
        break;
    }
    return true;
}

/* Pictures have a host of their own, and at the other nobody knows them (line-platform 4.1). */
static bool
is_at_its_host(struct sim_call *call, const struct sim_row *row)
{
    if (row->access != LINE_DATA ||
        str_starts(request_header(call->req, "Host"), STR("localhost:")))
        return true;
    sim_refuse(call, 404, "Not found");
    return false;
}

static bool
may_have_retry_key(struct sim_call *call, const struct sim_row *row)
{
    if (row->takes_retry_key || request_header(call->req, "X-Line-Retry-Key").n == 0)
        return true;
    sim_refuse(call, 400, "The retry key is not supported by this endpoint");
    return false;
}

/* The connection ends without an answer. (The server wants a status even so.) */
static void
go_away(struct sim_call *call)
{
    call->reply->status = 500;
    call->reply->drop = true;
}

/* The retry key's message was taken before. */
static bool
is_settled(const struct sim_call *call)
{
    const struct sim_retry *retry =
        sim_retry_find(call->sim, request_header(call->req, "X-Line-Retry-Key"));

    return retry != NULL && sim_retry_is_accepted(retry, call->now_ms);
}

/* True when the fault has already answered (or will never answer). */
static bool
fault_before(struct sim_call *call, enum sim_fault_kind fault, int64_t delay_ms)
{
    switch (fault) {
    case FAULT_400:
        if (is_settled(call)) /* LINE says so before it looks at anything else */
            return false;
        sim_refuse(call, 400, "The request body has 1 error(s)");
        return true;
    case FAULT_401:
        sim_refuse(call, 401, "Authentication failed due to the following reason: token expired");
        return true;
    case FAULT_429:
        sim_refuse(call, 429, "The API rate limit has been exceeded. Try again later.");
        return true;
    case FAULT_429_USER:
        sim_refuse(call, 429, "Too many messages have been sent to this user.");
        return true;
    case FAULT_429_MONTH:
        if (is_settled(call))
            return false;
        sim_refuse(call, 429, "You have reached your monthly limit.");
        return true;
    case FAULT_500_BEFORE:
        sim_refuse(call, 500, "Internal Server Error");
        return true;
    case FAULT_HANG:
        sim_fault_wait(call->sim, delay_ms);
        go_away(call);
        return true;
    case FAULT_RESET:
        go_away(call);
        return true;
    case FAULT_SLOW:
        sim_fault_wait(call->sim, delay_ms);
        return false;
    case FAULT_DROP_200:
        call->is_lost = true;
        return false;
    default:
        return false;
    }
}

/* What was done is done; only the answer goes wrong. */
static void
fault_after(struct sim_call *call, enum sim_fault_kind fault, int64_t delay_ms,
            const struct reply *blank)
{
    if (fault == FAULT_500_AFTER) {
        *call->reply = *blank;
        sim_refuse(call, 500, "Internal Server Error");
    } else if (fault == FAULT_HANG_AFTER || fault == FAULT_RESET_AFTER) {
        if (fault == FAULT_HANG_AFTER)
            sim_fault_wait(call->sim, delay_ms);
        go_away(call);
    } else {
        sim_fault_spoil(fault, call->reply, call->req->arena);
    }
}

enum err_code
sim_nothing_here(struct sim_call *call)
{
    return sim_refuse(call, 404, "Not found");
}

static enum err_code
answer_as_line(struct sim_call *call, const struct sim_row *row)
{
    struct reply blank = *call->reply;
    int64_t delay_ms = 0;
    enum sim_fault_kind fault = sim_fault_take(call->sim, call->req->path, &delay_ms);
    struct str key = request_header(call->req, "X-Line-Retry-Key");
    enum err_code code = OK;

    entropy_uuid(call->request_id);
    call->sim->asked++;
    if (!call->sim->is_off_the_record)
        sim_record(call->sim->record, call->req);
    if (row->takes_retry_key && sim_retry_is_key(key))
        sim_retry_note(call->sim, key);
    if (!fault_before(call, fault, delay_ms)) {
        if (is_at_its_host(call, row) && has_token(call, row->access) &&
            sim_rate_allows(call, row) && has_body(call, row->body) &&
            may_have_retry_key(call, row))
            code = row->handler(call);
        fault_after(call, fault, delay_ms, &blank);
    }
    reply_header(call->reply, "x-line-request-id",
                 arena_dup(call->req->arena, call->request_id, UUID_SIZE - 1));
    return code;
}

static enum err_code
answer_as_simulator(struct sim_call *call, const struct sim_row *row)
{
    if (row->body == JSON) {
        /* A page of another site can post JSON here only after asking, which nobody answers. */
        if (!str_eq_nocase(media_type(call->req), STR("application/json")))
            return err_set(call->e, ERR_MEDIA, "media_type", "JSON only");
        if (json_parse(call->req->body, MIB, &call->json, call->e))
            return call->e->code;
    } else if (!has_body(call, row->body)) {
        return OK;
    }
    return row->handler(call);
}

/* A foreign name for our address is a page of another site trying its luck (DNS rebinding). */
static bool
is_own_host(struct str host)
{
    return str_starts(host, STR("127.0.0.1:")) || str_starts(host, STR("localhost:")) ||
           str_starts(host, STR("[::1]:"));
}

enum err_code
sim_gate(struct request *req, struct reply *reply, struct err *e)
{
    struct sim *sim = req->service;
    const struct sim_row *row = &sim_rows[req->route - sim->routes];
    struct sim_call call = {.sim = sim, .req = req, .reply = reply, .e = e};
    enum err_code code;

    if (!is_own_host(request_header(req, "Host")))
        return err_set(e, ERR_MISDIRECTED, "host_unknown", "not a name of ours");
    pthread_mutex_lock(&sim->lock);
    call.now_ms = sim_now_ms(sim);
    (void)sim_batch_step(sim);
    code = row->access == SIM_OWN ? answer_as_simulator(&call, row) : answer_as_line(&call, row);
    pthread_mutex_unlock(&sim->lock);
    json_decref(call.json);
    return code;
}
