#include "sim/sim_login.h"

#include "sim/sim_event.h"
#include "sim/sim_handlers.h"

#include <stdlib.h>
#include <string.h>

#define PEOPLE_ON_PAGE 24
#define AGE_MAX_S (INT64_C(10) * 365 * 24 * 3600)

/* The parameters of an authorization request; values borrowed from the query or the form. */
static const char *const names[] = {
    "response_type", "client_id",  "redirect_uri",   "state",
    "scope",         "nonce",      "prompt",         "max_age",
    "bot_prompt",    "ui_locales", "code_challenge", "code_challenge_method",
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

struct ask {
    struct str value[NAMES];
    bool openid, profile, email;
    int64_t max_age_s; /* -1: none was given */
};

static struct str
asked(const struct ask *ask, const char *name)
{
    size_t i = 0;

    while (strcmp(names[i], name) != 0)
        i++;
    return ask->value[i];
}

static bool
is_callback(const struct sim *sim, struct str uri)
{
    struct str rest = uri;

    /* The registered URL, or that URL with more query parameters (line-platform 2.1). */
    return uri.n < SIM_URL_SIZE && str_skip(&rest, str_of(sim->callback)) &&
           (rest.n == 0 || rest.at[0] == '?');
}

static bool
is_alphanumeric(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if ((c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' &&
            c != '_')
            return false;
    }
    return text.n > 0;
}

static bool
read_scope(struct ask *ask)
{
    struct str rest = asked(ask, "scope");

    while (rest.n > 0) {
        struct str word;

        if (!str_until(&rest, ' ', &word)) {
            word = rest;
            rest.n = 0;
        }
        if (str_eq(word, STR("openid")))
            ask->openid = true;
        else if (str_eq(word, STR("profile")))
            ask->profile = true;
        else if (str_eq(word, STR("email")))
            ask->email = true;
        else
            return false;
    }
    return (ask->openid || ask->profile) && (!ask->email || ask->openid);
}

/* What LINE shows on its own page, because it cannot trust the way back; NULL when all is well. */
static const char *
problem_shown(const struct sim *sim, const struct ask *ask)
{
    if (!str_eq(asked(ask, "client_id"), str_of(sim->login.id)))
        return "400 Bad Request: invalid client_id";
    if (!is_callback(sim, asked(ask, "redirect_uri")))
        return "400 Bad Request: invalid redirect_uri (not a registered callback URL)";
    return NULL;
}

/* What goes back to the client as ?error=; NULL when the page may be shown. */
static const char *
problem_returned(struct ask *ask)
{
    struct str challenge = asked(ask, "code_challenge");

    if (!str_eq(asked(ask, "response_type"), STR("code")))
        return "UNSUPPORTED_RESPONSE_TYPE";
    if (!is_alphanumeric(asked(ask, "state")) || asked(ask, "state").n > 255)
        return "INVALID_REQUEST";
    if (!read_scope(ask))
        return "INVALID_SCOPE";
    if (challenge.n > 0 && (challenge.n != 43 || !is_alphanumeric(challenge) ||
                            !str_eq(asked(ask, "code_challenge_method"), STR("S256"))))
        return "INVALID_REQUEST";
    if (asked(ask, "nonce").n > 255)
        return "INVALID_REQUEST";
    if (asked(ask, "max_age").n > 0 &&
        !str_int(asked(ask, "max_age"), &ask->max_age_s, 0, AGE_MAX_S))
        return "INVALID_REQUEST";
    if (str_eq(asked(ask, "prompt"), STR("none"))) /* nobody is ever signed in here beforehand */
        return "LOGIN_REQUIRED";
    return NULL;
}

static enum err_code
show_problem(struct sim_call *call, const char *problem)
{
    struct buf page = buf_new(call->req->arena, 4 * KIB);

    buf_text(&page, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>");
    buf_text(&page, problem);
    buf_text(&page, "</title><h1>");
    buf_text(&page, problem);
    buf_text(&page, "</h1><p>line-sim shows this instead of going back, as LINE does.</p></html>");
    return reply_html(call->reply, 400, &page, call->e);
}

/* Back to the client's callback with a query; `redirect_uri` has been found to be registered. */
static enum err_code
go_back(struct sim_call *call, const struct ask *ask, const char *name, const char *value,
        const char *more)
{
    struct str uri = asked(ask, "redirect_uri");
    struct buf url = buf_new(call->req->arena, 4 * KIB);

    for (size_t i = 0; i < uri.n; i++) { /* a header is ASCII: nothing else is in a URL */
        if (uri.at[i] <= ' ' || uri.at[i] > '~')
            return show_problem(call, "400 Bad Request: invalid redirect_uri");
    }
    buf_str_raw(&url, uri);
    buf_char(&url, memchr(uri.at, '?', uri.n) != NULL ? '&' : '?');
    buf_format(&url, "%s=%s", name, value);
    buf_text(&url, more);
    buf_text(&url, "&state=");
    buf_url(&url, asked(ask, "state"));
    if (buf_failed(&url))
        return err_set(call->e, ERR_INTERNAL, "internal", "callback URL over 4 KiB");
    reply_header(call->reply, "Location", buf_str(&url).at);
    return reply_empty(call->reply, 302);
}

static void
write_people(struct buf *page, const struct sim *sim)
{
    buf_text(page, "<fieldset><legend>Who are you?</legend>");
    for (size_t i = 0; i < sim->people_n && i < PEOPLE_ON_PAGE; i++) {
        const struct sim_person *person = &sim->people[i];

        buf_format(page,
                   "<label class=\"person\"><input type=\"radio\" name=\"person\" value=\"%d\"%s>",
                   person->number, i == 0 ? " checked" : "");
        buf_format(page, "<span class=\"face f%d\" aria-hidden=\"true\">%d</span><span>",
                   person->number % 6, person->number);
        buf_xml(page, str_of(person->name));
        buf_text(page, person->is_friend ? " <small>friend of the account</small>" : "");
        buf_text(page, "</span></label>");
    }
    buf_text(page, "</fieldset>");
}

static void
write_consent(struct buf *page, const struct ask *ask)
{
    buf_text(page, "<p>The service asks for:</p><ul>");
    if (ask->openid)
        buf_text(page, "<li>your internal identifier</li>");
    if (ask->profile)
        buf_text(page, "<li>your display name and picture</li>");
    if (ask->email)
        buf_text(page, "<li>your e-mail address</li>");
    buf_text(page, "</ul>");
    if (asked(ask, "bot_prompt").n > 0)
        buf_text(page,
                 "<label class=\"friend\"><input type=\"checkbox\" name=\"add_friend\" value=\"1\""
                 " checked> Add the official account as a friend</label>");
}

enum err_code
sim_authorize_page(struct sim_call *call)
{
    struct ask ask = {.max_age_s = -1};
    const char *problem;
    struct buf page = buf_new(call->req->arena, 64 * KIB);

    for (size_t i = 0; i < NAMES; i++)
        ask.value[i] = sim_query(call, names[i]);
    problem = problem_shown(call->sim, &ask);
    if (problem != NULL)
        return show_problem(call, problem);
    problem = problem_returned(&ask);
    if (problem != NULL)
        return go_back(call, &ask, "error", problem, "");

    buf_text(&page, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                    "<title>Sign in (line-sim)</title><link rel=\"stylesheet\" href=\"/phone.css\">"
                    "</head><body class=\"consent\"><main><p class=\"badge\">line-sim</p>"
                    "<h1>Sign in</h1><form method=\"post\" action=\"/sim/authorize\">");
    for (size_t i = 0; i < NAMES; i++) {
        buf_format(&page, "<input type=\"hidden\" name=\"%s\" value=\"", names[i]);
        buf_xml(&page, ask.value[i]);
        buf_text(&page, "\">");
    }
    write_people(&page, call->sim);
    write_consent(&page, &ask);
    buf_text(&page, "<button class=\"allow\" name=\"answer\" value=\"allow\">Allow</button>"
                    "<button class=\"cancel\" name=\"answer\" value=\"cancel\">Cancel</button>"
                    "</form></main></body></html>");
    return reply_html(call->reply, 200, &page, call->e);
}

/* Whoever proved it before on this page has to do so anew only where it was too long ago for
 * max_age, or prompt=login asks for it whatever was before (OpenID Connect Core 3.1.2.1). */
static const char *
prove(struct sim_person *person, const struct ask *ask, int64_t now_ms)
{
    bool is_known = person->auth_ms > 0 && !str_eq(asked(ask, "prompt"), STR("login")) &&
                    (ask->max_age_s < 0 || now_ms - person->auth_ms <= ask->max_age_s * SECOND_MS);

    if (!is_known)
        person->auth_ms = now_ms;
    return is_known ? "linesso" : "pwd";
}

static enum err_code
allow(struct sim_call *call, const struct ask *ask, struct sim_person *person, bool add_friend)
{
    struct sim_code *code = sim_alloc(sizeof(*code));
    char text[TOKEN_SIZE];
    bool was_friend = person->is_friend;

    code->person = person;
    code->openid = ask->openid;
    code->profile = ask->profile;
    code->amr = prove(person, ask, call->now_ms);
    code->auth_ms = ask->max_age_s >= 0 ? person->auth_ms : 0;
    code->issued_ms = call->now_ms;
    str_copy(asked(ask, "redirect_uri"), code->redirect_uri, sizeof(code->redirect_uri));
    str_copy(asked(ask, "nonce"), code->nonce, sizeof(code->nonce));
    str_copy(asked(ask, "code_challenge"), code->challenge, sizeof(code->challenge));
    entropy_token(text);
    sim_table_put(call->sim->codes, text, code);

    if (asked(ask, "bot_prompt").n == 0 || was_friend) /* the box was not shown: no word about it */
        return go_back(call, ask, "code", text, "");
    if (add_friend)
        sim_befriend(call->sim, person);
    return go_back(call, ask, "code", text,
                   add_friend ? "&friendship_status_changed=true"
                              : "&friendship_status_changed=false");
}

/* POST /sim/authorize: the parameters again, and person=N, answer=allow|cancel, add_friend=1. */
enum err_code
sim_authorize_decide(struct sim_call *call)
{
    struct ask ask = {.max_age_s = -1};
    struct sim_person *person = NULL;
    const char *problem;
    int64_t number;

    for (size_t i = 0; i < NAMES; i++)
        ask.value[i] = sim_form_get(&call->form, names[i]);
    problem = problem_shown(call->sim, &ask);
    if (problem != NULL)
        return show_problem(call, problem);
    problem = problem_returned(&ask);
    if (problem != NULL)
        return go_back(call, &ask, "error", problem, "");
    if (str_eq(sim_form_get(&call->form, "answer"), STR("cancel")))
        return go_back(call, &ask, "error", "ACCESS_DENIED",
                       "&error_description=The+user+canceled+the+login.");
    if (str_int(sim_form_get(&call->form, "person"), &number, 1, SIM_PEOPLE_MAX))
        person = sim_person(call->sim, number);
    if (person == NULL)
        return err_field(call->e, ERR_INPUT, "person_unknown", "person", "no such person");
    return allow(call, &ask, person, str_eq(sim_form_get(&call->form, "add_friend"), STR("1")));
}
