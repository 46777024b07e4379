#include "sim/sim_console.h"

#include "sim/demo_values.h"
#include "sim/sim_check.h"
#include "sim/sim_handlers.h"

#include <string.h>

struct sim_console *
sim_console_new(void)
{
    struct sim_console *console = sim_alloc(sizeof(*console));

    *console = (struct sim_console){
        .liff_scope = "openid profile",
        .liff_type = "full",
        .bot_prompt = "normal",
        .chat_mode = "bot",
    };
    return console;
}

struct sim_person *
sim_bot_person(struct sim *sim, struct str user_id)
{
    return sim->console->other_provider ? NULL : sim_person_by_id(sim, user_id);
}

/* One word of a console's choice into `out`. */
static enum err_code
choose(struct sim_call *call, const char *field, struct str given, const char *words, char *out,
       size_t cap)
{
    char word[64];

    if (given.n == 0)
        return OK;
    if (!str_copy(given, word, sizeof(word)) || !sim_check_is_word(word, words) ||
        !str_copy(given, out, cap))
        return err_field(call->e, ERR_INPUT, "field_range", field, "one of %s", words);
    return OK;
}

/*
 * POST /sim/console: any of {"liff": URL, "liff_scope": "openid profile", "liff_type": "full",
 *   "bot_prompt": "normal", "chat_mode": "bot", "webhook_off": true, "menu_by_manager": true,
 *   "unverified": true, "other_provider": true, "webhook_test": "ERROR_STATUS_CODE",
 * "webhook_status": 302}
 */
enum err_code
sim_console_set(struct sim_call *call)
{
    struct sim_console *console = call->sim->console;
    struct str liff = {0}, scope = {0}, type = {0}, prompt = {0}, mode = {0}, reason = {0};
    const struct json_field fields[] = {
        {"liff", JSON_KIND_TEXT, true, 1, SIM_URL_SIZE - 1, &liff},
        {"liff_scope", JSON_KIND_TEXT, true, 1, sizeof(console->liff_scope) - 1, &scope},
        {"liff_type", JSON_KIND_TEXT, true, 1, 16, &type},
        {"bot_prompt", JSON_KIND_TEXT, true, 1, 16, &prompt},
        {"chat_mode", JSON_KIND_TEXT, true, 1, 16, &mode},
        {"webhook_test", JSON_KIND_TEXT, true, 1, 32, &reason},
        {"webhook_status", JSON_KIND_INT, true, 0, 599, &console->test_status},
        {"webhook_off", JSON_KIND_BOOL, true, 0, 0, &console->webhook_off},
        {"menu_by_manager", JSON_KIND_BOOL, true, 0, 0, &console->menu_by_manager},
        {"unverified", JSON_KIND_BOOL, true, 0, 0, &console->unverified},
        {"other_provider", JSON_KIND_BOOL, true, 0, 0, &console->other_provider},
    };

    if (json_read(call->json, fields, sizeof(fields) / sizeof(fields[0]), call->e) ||
        choose(call, "webhook_test", reason,
               "OK|COULD_NOT_CONNECT|REQUEST_TIMEOUT|ERROR_STATUS_CODE|UNCLASSIFIED",
               console->test_reason, sizeof(console->test_reason)) ||
        choose(call, "liff_type", type, "full|tall|compact", console->liff_type,
               sizeof(console->liff_type)) ||
        choose(call, "bot_prompt", prompt, "none|normal|aggressive", console->bot_prompt,
               sizeof(console->bot_prompt)) ||
        choose(call, "chat_mode", mode, "chat|bot", console->chat_mode, sizeof(console->chat_mode)))
        return call->e->code;
    if (liff.n > 0)
        str_copy(liff, call->sim->liff, sizeof(call->sim->liff));
    if (scope.n > 0)
        str_copy(scope, console->liff_scope, sizeof(console->liff_scope));
    return sim_answer(call, 200, json_object());
}

static json_t *
scopes_json(struct str words)
{
    json_t *list = json_array();

    while (words.n > 0) {
        struct str word;

        if (!str_until(&words, ' ', &word)) {
            word = words;
            words.n = 0;
        }
        json_array_append_new(list, json_stringn(word.at, word.n));
    }
    return list;
}

/* GET /liff/v1/apps: ours */
enum err_code
sim_liff_apps(struct sim_call *call)
{
    const struct sim_console *console = call->sim->console;

    return sim_answer(
        call, 200,
        json_pack("{s:[{s:s, s:{s:s, s:s, s:b}, s:s, s:{s:b, s:b}, s:s, s:o, s:s}]}", "apps",
                  "liffId", SIM_LIFF_ID, "view", "type", console->liff_type, "url", call->sim->liff,
                  "moduleMode", 0, "description", SIM_BOT_NAME, "features", "ble", 0, "qrCode", 1,
                  "permanentLinkPattern", "concat", "scope",
                  scopes_json(str_of(console->liff_scope)), "botPrompt", console->bot_prompt));
}
