#include "api/wording.h"

static const enum message_language languages[LANGUAGES] = {
    [LANGUAGE_JA] = MESSAGE_JA,
    [LANGUAGE_EN] = MESSAGE_EN,
    [LANGUAGE_ZH_HANT] = MESSAGE_ZH_HANT,
    [LANGUAGE_TH] = MESSAGE_TH,
};

static const enum message_kind kinds[TEMPLATE_KINDS] = {
    [TEMPLATE_GRANT] = MESSAGE_GRANT,
    [TEMPLATE_ONE_MORE] = MESSAGE_ONE_MORE,
    [TEMPLATE_VOUCHER] = MESSAGE_VOUCHER,
    [TEMPLATE_VOUCHER_LAPSE] = MESSAGE_VOUCHER_LAPSE,
    [TEMPLATE_POINTS_LAPSE] = MESSAGE_POINTS_LAPSE,
    [TEMPLATE_TIER] = MESSAGE_TIER,
    [TEMPLATE_WELCOME] = MESSAGE_WELCOME,
    [TEMPLATE_WELCOME_BACK] = MESSAGE_WELCOME_BACK,
    [TEMPLATE_BIRTHDAY] = MESSAGE_BIRTHDAY,
    [TEMPLATE_DORMANT] = MESSAGE_DORMANT,
    [TEMPLATE_BALANCE] = MESSAGE_BALANCE,
    [TEMPLATE_INVITE] = MESSAGE_INVITE,
};

static const enum message_part parts[TEMPLATE_PARTS] = {
    [TEMPLATE_HEADLINE] = MESSAGE_HEADLINE,
    [TEMPLATE_TEXT] = MESSAGE_TEXT,
    [TEMPLATE_ALT] = MESSAGE_ALT,
    [TEMPLATE_BUTTON] = MESSAGE_BUTTON,
};

enum message_language
wording_language(enum language language)
{
    return languages[language];
}

enum message_kind
wording_kind(enum template_kind kind)
{
    return kinds[kind];
}

struct message_own
wording_own(const struct template_words *words)
{
    struct message_own own = {0};

    for (int i = 0; i < TEMPLATE_PARTS; i++)
        own.part[parts[i]] = words->part[i];
    return own;
}

enum err_code
wording_apply(struct db *db, struct arena *a, struct message *message, struct err *e)
{
    struct template_kept kept;
    struct message_own *own;
    int kind = 0, language = 0;

    while (kind < TEMPLATE_KINDS && kinds[kind] != message->kind)
        kind++;
    while (language < LANGUAGES - 1 && languages[language] != message->language)
        language++;
    if (kind == TEMPLATE_KINDS)
        return OK; /* an answer or a digest has no words of its own */
    if (template_load(db, (enum template_kind)kind, (enum language)language, a, &kept, e))
        return e->code;
    if (kept.version == 0)
        return OK;
    own = arena_alloc(a, sizeof(*own));
    if (own == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "words of a message");
    *own = wording_own(&kept.words);
    message->own = own;
    return OK;
}
