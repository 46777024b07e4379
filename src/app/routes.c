#include "app/routes.h"

#include "api/api_account.h"
#include "api/api_admin.h"
#include "api/api_again.h"
#include "api/api_bonus.h"
#include "api/api_card.h"
#include "api/api_catalogue.h"
#include "api/api_gift.h"
#include "api/api_history.h"
#include "api/api_keywords.h"
#include "api/api_late.h"
#include "api/api_leave.h"
#include "api/api_liability.h"
#include "api/api_login.h"
#include "api/api_me.h"
#include "api/api_menus.h"
#include "api/api_messages.h"
#include "api/api_news.h"
#include "api/api_pages.h"
#include "api/api_past.h"
#include "api/api_plans.h"
#include "api/api_proof.h"
#include "api/api_refund.h"
#include "api/api_rescue.h"
#include "api/api_swaps.h"
#include "api/api_templates.h"
#include "api/api_terms.h"
#include "api/api_till.h"
#include "api/api_topics.h"
#include "api/api_webhook.h"
#include "api/keyed.h"
#include "api/shop_link.h"

/* clang-format off */
const struct route routes[] = {
    /* method path                        who             mode   handler           body limit, ask, media */
    {GET,  "/",                           ANYONE,         PLAIN, api_home,         0, NULL, NULL},
    {GET,  "/card",                       MAYBE_MEMBER,   READ,  api_card_page,    0, NULL, NULL},
    {GET,  "/card/me",                    MAYBE_MEMBER,   READ,  api_me_page,      0, NULL, NULL},
    {GET,  "/card/again",                 MAYBE_MEMBER,   READ,  api_again_page,   0, NULL, NULL},
    {GET,  "/card/gift",                  MAYBE_MEMBER,   READ,  api_gift_page,    0, NULL, NULL},
    {GET,  "/card/gift/:token",           MAYBE_MEMBER,   READ,  api_gift_take_page, 0, NULL, NULL},
    {GET,  "/card/history",               MAYBE_MEMBER,   READ,  api_history_page, 0, NULL, NULL},
    {GET,  "/card/:plan",                 MAYBE_MEMBER,   READ,  api_card_page,    0, NULL, NULL},
    {GET,  "/terms",                      MAYBE_MEMBER,   READ,  api_terms_page,   0, NULL, NULL},
    {GET,  "/account",                    MAYBE_MEMBER,   READ,  api_account_page, 0, NULL, NULL},
    {GET,  "/till",                       ANYONE,         PLAIN, api_till_page,    0, NULL, NULL},
    {GET,  "/admin",                      ANYONE,         PLAIN, api_admin_page,   0, NULL, NULL},
    {GET,  "/static/*",                   ANYONE,         PLAIN, api_static,       0, NULL, NULL},
    {GET,  "/healthz",                    ANYONE,         PLAIN, api_health,       0, NULL, NULL},
    {GET,  "/metrics",                    ANYONE,         PLAIN, api_metrics,      0, NULL, NULL},

    {POST, "/line/webhook",               SIGNED_BY_LINE, WRITE, api_webhook,      1 * MIB, api_webhook_ask, NULL},
    {POST, "/line/session",               ANYONE,         WRITE, api_session,      16 * KIB, api_session_ask, NULL},
    {POST, "/line/guest",                 MAYBE_MEMBER,   WRITE, api_guest,        1 * KIB, NULL, NULL},
    {GET,  "/line/login",                 MAYBE_MEMBER,   PLAIN, api_login,        0, NULL, NULL},
    {GET,  "/line/account-link",          ANYONE,         WRITE, api_account_linked, 0, NULL, NULL},
    {GET,  "/line/callback",              ANYONE,         WRITE, api_callback,     0, api_callback_ask, NULL},
    {POST, "/line/logout",                MEMBER,         WRITE, api_logout,       1 * KIB, NULL, NULL},

    {GET,  "/api/card",                   MEMBER,         READ,  api_card_show,    0, NULL, NULL},
    {GET,  "/api/card/codes",             MEMBER,         READ,  api_card_codes,   0, NULL, NULL},
    {POST, "/api/card/confirm",           MEMBER,         WRITE, api_card_confirm, 1 * KIB, NULL, NULL},
    {POST, "/api/card/spend",             MEMBER,         WRITE, api_spend_yes,    1 * KIB, NULL, NULL},
    {GET,  "/api/card/offers",            MEMBER,         READ,  api_offers,       0, NULL, NULL},
    {POST, "/api/card/swaps",             MEMBER,         KEYED, api_swap,         1 * KIB, keyed_ask, NULL},
    {POST, "/api/card/swaps/undo",        MEMBER,         KEYED, api_swap_undo,    1 * KIB, keyed_ask, NULL},
    {GET,  "/api/vouchers/:voucher",      MEMBER,         READ,  api_voucher_show, 0, NULL, NULL},
    {GET,  "/api/vouchers/:voucher/code", MEMBER,         READ,  api_voucher_code, 0, NULL, NULL},
    {GET,  "/api/events",                 MEMBER,         READ,  api_card_events,  0, NULL, NULL},
    {GET,  "/api/notices",                MEMBER,         READ,  api_news_show,    0, NULL, NULL},
    {POST, "/api/notices/:notice/seen",   MEMBER,         WRITE, api_notice_seen,  1 * KIB, NULL, NULL},
    {GET,  "/api/gifts",                  MEMBER,         READ,  api_gifts_show,   0, NULL, NULL},
    {POST, "/api/gifts",                  MEMBER,         KEYED, api_gift_make,    1 * KIB, keyed_ask, NULL},
    {POST, "/api/gifts/accept",           MEMBER,         KEYED, api_gift_accept,  1 * KIB, keyed_ask, NULL},
    {POST, "/api/gifts/:gift/take-back",  MEMBER,         KEYED, api_gift_take_back, 1 * KIB, keyed_ask, NULL},
    {GET,  "/api/profile",                MEMBER,         READ,  api_profile_show, 0, NULL, NULL},
    {POST, "/api/profile",                MEMBER,         WRITE, api_profile_save, 1 * KIB, NULL, NULL},

    {POST, "/api/terms/accept",           MEMBER,         WRITE, api_terms_accept, 1 * KIB, NULL, NULL},
    {GET,  "/api/me/export",              FRESH_MEMBER,   READ,  api_me_export,    0, NULL, NULL},
    {POST, "/api/me/export/link",         FRESH_MEMBER,   READ,  api_me_export_link, 1 * KIB, NULL, NULL},
    {GET,  "/api/me/history",             MEMBER,         READ,  api_history,      0, NULL, NULL},
    {GET,  "/api/me/lines",               MEMBER,         READ,  api_own_lines,    0, NULL, NULL},
    {GET,  "/api/me/draws",               MEMBER,         READ,  api_draws,        0, NULL, NULL},
    {GET,  "/api/heads",                  ANYONE,         READ,  api_heads,        0, NULL, NULL},
    {GET,  "/data/:link",                 ANYONE,         READ,  api_data,         0, NULL, NULL},
    {GET,  "/api/me/topics",              MEMBER,         READ,  api_topics_show,  0, NULL, NULL},
    {POST, "/api/me/topics",              MEMBER,         WRITE, api_topic_choose, 1 * KIB, NULL, NULL},
    {GET,  "/api/me/birthday",            MEMBER,         READ,  api_birthday_show, 0, NULL, NULL},
    {POST, "/api/me/birthday",            MEMBER,         WRITE, api_birthday_save, 1 * KIB, NULL, NULL},
    {POST, "/api/me/leave",               FRESH_MEMBER,   WRITE, api_leave,        4 * KIB, api_leave_ask, NULL},

    {GET,  "/api/me/account",             MEMBER,         READ,  api_account_show, 0, NULL, NULL},
    {POST, "/api/me/link",                FRESH_MEMBER,   KEYED, api_account_link, 1 * KIB, keyed_ask, NULL},
    {POST, "/api/me/shop-login",          FRESH_MEMBER,   WRITE, api_shop_login,   1 * KIB, api_shop_login_ask, NULL},
    {POST, "/api/me/unlink",              FRESH_MEMBER,   WRITE, api_account_unlink, 1 * KIB, NULL, NULL},
    {POST, "/api/me/recovery-code",       FRESH_MEMBER,   WRITE, api_recovery_make, 1 * KIB, NULL, NULL},
    {POST, "/api/me/recover",             FRESH_MEMBER,   KEYED, api_recover,      1 * KIB, keyed_ask, NULL},

    {GET,  "/api/till",                   ANYONE,         READ,  api_till_show,    0, NULL, NULL},
    {GET,  "/api/till/samples",           ANYONE,         PLAIN, api_till_samples, 0, NULL, NULL},
    {POST, "/api/till/enrol",             ANYONE,         WRITE, api_till_enrol,   1 * KIB, NULL, NULL},
    {POST, "/api/till/staff",             TILL,           WRITE, api_till_staff,   1 * KIB, api_till_staff_ask, NULL},
    {POST, "/api/till/lock",              STAFF,          WRITE, api_till_lock,    1 * KIB, NULL, NULL},
    {GET,  "/api/till/today",             STAFF,          READ,  api_till_today,   0, NULL, NULL},
    {POST, "/api/till/scans",             STAFF,          WRITE, api_scan,         4 * KIB, NULL, NULL},
    {POST, "/api/till/grants",            STAFF,          KEYED, api_grant,        16 * KIB, keyed_ask, NULL},
    {POST, "/api/till/grants/quote",      STAFF,          READ,  api_grant_quote,  16 * KIB, NULL, NULL},
    {POST, "/api/till/late",              STAFF,          KEYED, api_late,         4 * KIB, keyed_ask, NULL},
    {GET,  "/api/till/past",              STAFF,          READ,  api_past,         0, NULL, NULL},
    {GET,  "/api/till/reversals/:transfer", STAFF,        READ,  api_reversal_ahead, 0, NULL, NULL},
    {POST, "/api/till/reversals",         STAFF,          KEYED, api_reversal,     4 * KIB, keyed_ask, NULL},
    {GET,  "/api/till/offers",            STAFF,          READ,  api_till_offers,  0, NULL, NULL},
    {POST, "/api/till/swaps",             STAFF,          KEYED, api_till_swap,    4 * KIB, keyed_ask, NULL},
    {POST, "/api/till/swaps/undo",        STAFF,          KEYED, api_till_swap_undo, 4 * KIB, keyed_ask, NULL},
    {POST, "/api/till/redemptions",       STAFF,          KEYED, api_redemption,   4 * KIB, keyed_ask, NULL},
    {POST, "/api/till/refunds/quote",     STAFF,          READ,  api_refund_quote, 1 * KIB, NULL, NULL},
    {POST, "/api/till/refunds",           STAFF,          KEYED, api_refund,       1 * KIB, keyed_ask, NULL},
    {POST, "/api/till/vouchers/cancel/quote", STAFF,      READ,  api_cancel_quote, 1 * KIB, NULL, NULL},
    {POST, "/api/till/vouchers/cancel",   STAFF,          KEYED, api_voucher_cancel, 1 * KIB, keyed_ask, NULL},
    {POST, "/api/till/redemptions/undo",  STAFF,          KEYED, api_unredeem,     1 * KIB, keyed_ask, NULL},
    {POST, "/api/till/quotes",            STAFF,          READ,  api_spend_quote,  1 * KIB, NULL, NULL},
    {POST, "/api/till/spends",            STAFF,          KEYED, api_spend,        1 * KIB, keyed_ask, NULL},
    {POST, "/api/till/holds",             STAFF,          KEYED, api_hold,         1 * KIB, keyed_ask, NULL},
    {POST, "/api/till/holds/:hold/capture", STAFF,        KEYED, api_hold_capture, 1 * KIB, keyed_ask, NULL},
    {POST, "/api/till/holds/:hold/release", STAFF,        KEYED, api_hold_release, 1 * KIB, keyed_ask, NULL},

    {GET,  "/api/admin",                  ANYONE,         READ,  api_admin_show,   0, NULL, NULL},
    {POST, "/api/admin/claim",            MEMBER,         WRITE, api_admin_claim,  1 * KIB, NULL, NULL},
    {POST, "/api/admin/rescues",          OWNER,          KEYED, api_rescue,       1 * KIB, keyed_ask, NULL},
    {POST, "/api/admin/rescues/undo",     OWNER,          KEYED, api_rescue_undo,  1 * KIB, keyed_ask, NULL},
    {POST, "/api/admin/logout",           OWNER,          WRITE, api_admin_logout, 1 * KIB, NULL, NULL},
    {GET,  "/api/admin/today",            OWNER,          READ,  api_admin_today,  0, NULL, NULL},
    {GET,  "/api/admin/events",           OWNER,          READ,  api_admin_events, 0, NULL, NULL},
    {GET,  "/api/admin/bonuses",          OWNER,          READ,  api_bonuses_show, 0, NULL, NULL},
    {POST, "/api/admin/bonuses",          OWNER,          KEYED, api_bonus_give,   1 * KIB, keyed_ask, NULL},
    {POST, "/api/admin/bonuses/look",     OWNER,          READ,  api_bonus_look,   16 * KIB, NULL, NULL},
    {POST, "/api/admin/bonuses/:card",    OWNER,          KEYED, api_bonus_give_card, 1 * KIB, keyed_ask, NULL},
    {GET,  "/api/admin/catalogues",       OWNER,          READ,  api_catalogues_show, 0, NULL, NULL},
    {GET,  "/api/admin/keywords",         OWNER,          READ,  api_keywords_show, 0, NULL, NULL},
    {POST, "/api/admin/keywords",         OWNER,          WRITE, api_keyword_save, 64 * KIB, NULL, NULL},
    {POST, "/api/admin/keywords/hours",   OWNER,          WRITE, api_keyword_hours, 8 * KIB, NULL, NULL},
    {POST, "/api/admin/keywords/try",     OWNER,          READ,  api_keyword_try,  64 * KIB, NULL, NULL},
    {POST, "/api/admin/keywords/:keyword/remove", OWNER,  WRITE, api_keyword_remove, 1 * KIB, NULL, NULL},
    {GET,  "/api/admin/plans",            OWNER,          READ,  api_plans_show,   0, NULL, NULL},
    {POST, "/api/admin/plans/:plan/catalogue", OWNER,     WRITE, api_catalogue_save, 160 * KIB, NULL, NULL},
    {POST, "/api/admin/plans/:plan/codes", OWNER,         WRITE, api_codes_load,   512 * KIB, NULL, NULL},
    {POST, "/api/admin/plans/:plan/drafts", OWNER,        WRITE, api_plan_draft_save, 160 * KIB, NULL, NULL},
    {POST, "/api/admin/plans/:plan/drafts/:draft/remove", OWNER, WRITE, api_plan_draft_remove, 1 * KIB, NULL, NULL},
    {POST, "/api/admin/plans/:plan/example", OWNER,       READ,  api_plan_example, 160 * KIB, NULL, NULL},
    {POST, "/api/admin/plans/:plan/rehearse", OWNER,      READ,  api_plan_rehearse, 1 * KIB, NULL, NULL},
    {POST, "/api/admin/plans/:plan/publish", OWNER,       KEYED, api_plan_publish, 1 * KIB, keyed_ask, NULL},
    {POST, "/api/admin/plans/:plan/schedule", OWNER,      KEYED, api_plan_schedule, 1 * KIB, keyed_ask, NULL},
    {POST, "/api/admin/plans/:plan/unschedule", OWNER,    WRITE, api_plan_unschedule, 1 * KIB, NULL, NULL},
    {GET,  "/api/admin/liability",        OWNER,          READ,  api_liability,    0, NULL, NULL},
    {GET,  "/api/admin/menus",            OWNER,          READ,  api_menus_show,   0, NULL, NULL},
    {GET,  "/api/admin/messages",         OWNER,          READ,  api_messages_show, 0, NULL, NULL},
    {POST, "/api/admin/messages/policy",  OWNER,          WRITE, api_messages_policy, 4 * KIB, NULL, NULL},
    {POST, "/api/admin/messages/log",     OWNER,          READ,  api_messages_log, 4 * KIB, NULL, NULL},
    {POST, "/api/admin/messages/write",   OWNER,          KEYED, api_messages_write, 64 * KIB, keyed_ask, NULL},
    {GET,  "/api/admin/templates",        OWNER,          READ,  api_templates_show, 0, NULL, NULL},
    {POST, "/api/admin/templates/:kind",  OWNER,          WRITE, api_template_set, 64 * KIB, NULL, NULL},
    {POST, "/api/admin/templates/:kind/preview", OWNER,   READ,  api_template_preview, 64 * KIB, NULL, NULL},
    {POST, "/api/admin/templates/:kind/reset", OWNER,     WRITE, api_template_reset, 1 * KIB, NULL, NULL},
    {POST, "/api/admin/templates/:kind/test", OWNER,      WRITE, api_template_test, 64 * KIB, NULL, NULL},

    {GET,  "/demo",                       ANYONE,         PLAIN, api_demo_page,    0, NULL, NULL},
    {GET,  "/api/demo",                   ANYONE,         PLAIN, api_demo_show,    0, NULL, NULL},
    {POST, "/api/demo/code",              ANYONE,         WRITE, api_demo_code,    1 * KIB, NULL, NULL},
};
/* clang-format on */

const size_t routes_n = sizeof(routes) / sizeof(routes[0]);

void
routes_markdown(struct buf *out)
{
    static const char *const whos[] = {
        [ANYONE] = "anyone",      [MAYBE_MEMBER] = "anyone",
        [MEMBER] = "member",      [FRESH_MEMBER] = "member who has just signed in",
        [TILL] = "enrolled till", [STAFF] = "staff at a till",
        [OWNER] = "owner",        [SIGNED_BY_LINE] = "LINE, signed",
    };
    static const char *const modes[] = {
        [PLAIN] = "",
        [READ] = "reads",
        [WRITE] = "writes",
        [KEYED] = "writes once per Idempotency-Key",
    };

    buf_text(out, "| request | who | book |\n|---|---|---|\n");
    for (size_t i = 0; i < routes_n; i++)
        buf_format(out, "| `%s %s` | %s | %s |\n", method_name(routes[i].method), routes[i].path,
                   whos[routes[i].who], modes[routes[i].mode]);
}
