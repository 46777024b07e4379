/*
 * The shopper's HTML: what people typed never becomes markup, one answer stays small, and each
 * language looks as it did (tests/golden/page_*.html, without style; GOLDEN=write rewrites them).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "api/card_ends.h"
#include "api/card_level.h"
#include "api/page_card.h"
#include "api/page_me.h"
#include "barcode/barcode.h"
#include "tests/support/check.h"

enum {
    PAGE_MAX = 96 * 1024,
    STEP_MS = 30000,
};

static const int64_t NOW_MS = 1795000015000; /* 2026-11-18 06:46:55 UTC, in the middle of a step */

#define HOSTILE "</title><img src=x onerror=alert(1)>\"'&{n}"
#define DIGITS "7112345678901234567890"

static struct arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(2 * MIB);
    return arena ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return check_forget_row(state);
}

#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static struct str
svg(enum barcode_type type, const char *text, const char *id)
{
    struct barcode_symbol symbol;
    char out[8192];
    size_t n;

    CHECK_INT(barcode_encode(type, text, strlen(text), NULL, &symbol, NULL), BARCODE_OK);
    n = barcode_svg(&symbol, &(struct barcode_svg_options){.id_prefix = id, .class_name = "code"},
                    out, sizeof out);
    return (struct str){arena_dup(arena, out, n), n};
}

/* As GET /api/card/codes answers, `n` steps of it, without the drawings. */
static struct str
codes(int n)
{
    struct buf b = buf_new(arena, 64 * KIB);
    int64_t from = NOW_MS - NOW_MS % STEP_MS;

    buf_text(&b, "{\"now\":");
    buf_int(&b, NOW_MS);
    buf_format(&b, ",\"step_ms\":%d,\"codes\":[", STEP_MS);
    for (int i = 0; i < n; i++) {
        char digits[sizeof DIGITS] = DIGITS;

        digits[12] = (char)('1' + i);
        buf_text(&b, i > 0 ? ",{\"from\":" : "{\"from\":");
        buf_int(&b, from + i * STEP_MS);
        buf_text(&b, ",\"until\":");
        buf_int(&b, from + (i + 1) * STEP_MS);
        buf_text(&b, ",\"digits\":");
        buf_json(&b, str_of(digits));
        buf_text(&b, ",\"linear\":");
        buf_json(&b, str_of(digits));
        buf_char(&b, '}');
    }
    buf_text(&b, "]}");
    CHECK_THAT(!buf_failed(&b));
    return buf_str(&b);
}

/* What the example card says, in each language. */
static const struct {
    const char *title, *plan, *name, *first, *full;
} said[LANGUAGES] = {
    [LANGUAGE_JA] = {"珈琲はなれ", "スタンプカード", "ミドリ", "クッキー1枚",
                     "お好きなドリンク1杯"},
    [LANGUAGE_EN] = {"Hanare Coffee", "Stamp card", "Midori", "One cookie", "Any drink"},
    [LANGUAGE_ZH_HANT] = {"離咖啡", "集點卡", "小綠", "餅乾一片", "任選飲品一杯"},
    [LANGUAGE_TH] = {"ฮานาเระ คอฟฟี่", "บัตรสะสมแสตมป์", "มิโดริ", "คุกกี้ 1 ชิ้น", "เครื่องดื่ม 1 แก้ว"},
};

static struct card_reward rewards[2];
static struct card_voucher voucher;
static struct card_other other;

static const struct card_ends no_ends;
static const struct card_level no_level;

static struct card_view
example(enum language l)
{
    rewards[0] = (struct card_reward){5, str_of(said[l].first)};
    rewards[1] = (struct card_reward){10, str_of(said[l].full)};
    voucher =
        (struct card_voucher){3, str_of(said[l].first), NOW_MS + 30LL * 86400000, REWARD_PLAIN, 0};
    other = (struct card_other){2, str_of(said[l].plan), false, 1234};
    return (struct card_view){
        .language = l,
        .ends = &no_ends,
        .level = &no_level,
        .title = str_of(said[l].title),
        .plan_id = 1,
        .plan_name = str_of(said[l].plan),
        .is_stamp = true,
        .member_name = str_of(said[l].name),
        .balance = 7,
        .goal = 10,
        .rewards = rewards,
        .rewards_n = 2,
        .vouchers = &voucher,
        .vouchers_n = 1,
        .others = &other,
        .others_n = 1,
        .qr_svg = svg(BARCODE_QR, DIGITS, "qr"),
        .linear_svg = svg(BARCODE_CODE128, DIGITS, "linear"),
        .digits = STR(DIGITS),
        .linear_text = STR(DIGITS),
        .codes_json = codes(1),
        .liff = CARD_LIFF_SIM,
        .liff_id = STR("sim"),
        .now_ms = NOW_MS,
        .utc_offset_min = 540,
        .js = "/static/card.js",
    };
}

static struct str
card_html(const struct card_view *view)
{
    struct buf b = buf_new(arena, PAGE_MAX);
    size_t now_at[PAGE_CARD_NOWS];

    page_card_write(&b, view, now_at);
    CHECK_THAT(!buf_failed(&b));
    return buf_str(&b);
}

static struct str
signin_html(const struct signin_view *view)
{
    struct buf b = buf_new(arena, PAGE_MAX);

    page_signin_write(&b, view);
    CHECK_THAT(!buf_failed(&b));
    return buf_str(&b);
}

static bool
has(struct str text, const char *part)
{
    return memmem(text.at, text.n, part, strlen(part)) != NULL;
}

static int
count(struct str text, const char *part)
{
    int n = 0;

    for (const char *at = text.at;
         (at = memmem(at, text.n - (size_t)(at - text.at), part, strlen(part))); at++)
        n++;
    return n;
}

/* ---------------------------------------------------------------- golden files */

/* One element a line, and neither the style nor the words: both have tests of their own. */
static struct str
readable(struct str html)
{
    static const struct {
        const char *from, *to;
    } skipped[] = {{"<style>", "</style>"}, {"id=\"words\">", "</script>"}};
    struct buf b = buf_new(arena, 2 * PAGE_MAX);

    for (size_t i = 0; i < html.n; i++) {
        buf_char(&b, html.at[i]);
        if (html.at[i] != '>')
            continue;
        for (size_t k = 0; k < COUNT(skipped); k++) {
            size_t n = strlen(skipped[k].from);

            if (i + 1 >= n && memcmp(html.at + i + 1 - n, skipped[k].from, n) == 0) {
                const char *end =
                    memmem(html.at + i, html.n - i, skipped[k].to, strlen(skipped[k].to));

                i = (size_t)(end - html.at) - 1;
            }
        }
        if (i + 1 < html.n && html.at[i + 1] == '<')
            buf_char(&b, '\n');
    }
    buf_char(&b, '\n');
    return buf_str(&b);
}

static void
check_golden(const char *name, struct str html)
{
    const char *path = arena_format(arena, "tests/golden/%s.html", name);
    struct str got = readable(html);
    char *want = arena_alloc(arena, 2 * PAGE_MAX);
    const char *mode = getenv("GOLDEN");
    FILE *file;

    if (mode && strcmp(mode, "write") == 0) {
        file = fopen(path, "w");
        CHECK_THAT(file && fwrite(got.at, 1, got.n, file) == got.n && fclose(file) == 0);
    }
    file = fopen(path, "r");
    CHECK_THAT(file != NULL);
    size_t n = fread(want, 1, 2 * PAGE_MAX, file);
    fclose(file);
    if (!str_eq(got, (struct str){want, n}))
        printf("%s is not what is written now; GOLDEN=write takes it over\n", path);
    CHECK_THAT(str_eq(got, (struct str){want, n}));
}

static void
each_language_reads_as_it_did(void **state)
{
    (void)state;
    for (enum language l = 0; l < LANGUAGES; l++) {
        CHECK_ROW(l);
        struct card_view view = example(l);

        check_golden(arena_format(arena, "page_card_%s", language_tag(l)), card_html(&view));
    }
}

/* What a sale earns stands below the points, as the plan counts its yen; a visit needs no words. */
static void
points_tell_what_a_sale_earns(void **state)
{
    static const struct {
        bool is_stamp, is_net;
        int64_t yen;
        enum rounding rounding;
        const char *says; /* NULL: nothing */
    } row[] = {
        {false, false, 100, ROUNDING_DOWN,
         "1 point for every \xC2\xA5"
         "100, rounded down"},
        {false, true, 100, ROUNDING_DOWN,
         "1 point for every \xC2\xA5"
         "100 without tax, rounded down"},
        {false, true, 1200, ROUNDING_UP,
         "1 point for every \xC2\xA5"
         "1,200 without tax, rounded up"},
        {false, false, 50, ROUNDING_NEAREST,
         "1 point for every \xC2\xA5"
         "50, rounded<"},
        {false, false, 0, ROUNDING_DOWN, NULL},
        {true, false, 100, ROUNDING_DOWN, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct card_view view = example(LANGUAGE_EN);

        CHECK_ROW(i);
        view.is_stamp = row[i].is_stamp;
        view.is_net = row[i].is_net;
        view.yen_per_point = row[i].yen;
        view.rounding = row[i].rounding;
        CHECK_THAT(has(card_html(&view), "class=\"rate\"") == (row[i].says != NULL));
        CHECK_THAT(row[i].says == NULL || has(card_html(&view), row[i].says));
    }
}

static void
the_sign_in_page_reads_as_it_did(void **state)
{
    (void)state;
    check_golden("page_signin_ja", signin_html(&(struct signin_view){
                                       .language = LANGUAGE_JA,
                                       .title = str_of(said[LANGUAGE_JA].title),
                                       .liff = CARD_LIFF_SIM,
                                       .js = "/static/card.js",
                                   }));
}

static struct str
me_html(enum language l)
{
    static struct me_consent consents[] = {{2, 0}, {1, 0}};
    struct me_holding holdings[] = {{str_of(said[l].plan), true, 7},
                                    {str_of(said[l].plan), false, 1234}};
    struct buf b = buf_new(arena, PAGE_MAX);
    struct card_view card = example(l);
    const struct me_view view = {
        .language = l,
        .title = str_of(said[l].title),
        .terms_version = 2,
        .consents = consents,
        .consents_n = 2,
        .holdings = holdings,
        .holdings_n = 2,
        .vouchers = card.vouchers,
        .vouchers_n = card.vouchers_n,
        .utc_offset_min = 540,
        .liff = CARD_LIFF_SIM,
        .liff_id = STR("sim"),
        .confirm = "leave-0123456789abcdef",
        .js = "/static/card.js",
    };

    consents[0].at_ms = NOW_MS;
    consents[1].at_ms = NOW_MS - 400LL * 86400000;
    page_me_write(&b, &view);
    CHECK_THAT(!buf_failed(&b));
    return buf_str(&b);
}

static void
pages_to_read_look_as_they_did(void **state)
{
    struct card_view asks = example(LANGUAGE_JA);
    struct buf b = buf_new(arena, PAGE_MAX);

    (void)state;
    asks.terms_version = 2;
    check_golden("page_card_asks_ja", card_html(&asks));
    for (enum language l = 0; l < LANGUAGES; l++)
        check_golden(arena_format(arena, "page_me_%s", language_tag(l)), me_html(l));
    page_terms_write(&b, &(struct terms_view){
                             .language = LANGUAGE_JA,
                             .title = str_of(said[LANGUAGE_JA].title),
                             .version = 2,
                             .text_language = LANGUAGE_JA,
                             .text = STR("第1条 目的\n\n第2条 退会\n会員はいつでも退会できます。"),
                             .from_ms = NOW_MS});
    CHECK_THAT(!buf_failed(&b));
    check_golden("page_terms_ja", buf_str(&b));
}

/* ---------------------------------------------------------------- safety and size */

static void
what_people_typed_never_becomes_markup(void **state)
{
    (void)state;
    struct card_view view = example(LANGUAGE_EN);
    struct str hostile = STR(HOSTILE);

    view.title = view.plan_name = view.member_name = view.linear_text = view.digits = hostile;
    view.friend_url = view.liff_id = rewards[0].title = rewards[1].title = hostile;
    voucher.title = other.name = hostile;

    struct str html = card_html(&view);
    CHECK_THAT(!has(html, "<img"));
    CHECK_THAT(!has(html, "alert(1)>"));
    CHECK_THAT(!has(html, "onerror=alert(1)\""));
    CHECK_INT(count(html, "onerror=alert(1)&gt;&quot;"), count(html, "onerror"));
    CHECK_THAT(count(html, "onerror") >= 10); /* all of them are on the page */

    struct signin_view signin = {.title = hostile, .liff_id = hostile, .js = "/static/card.js"};
    html = signin_html(&signin);
    CHECK_THAT(!has(html, "<img") && has(html, "&lt;img"));

    struct buf b = buf_new(arena, PAGE_MAX);
    page_shell_write(&b, &(struct page_shell){.title = hostile,
                                              .js = "/static/till.js",
                                              .attributes = &(struct page_fact){"shop", hostile},
                                              .attributes_n = 1});
    page_error_write(&b, LANGUAGE_EN, 404, hostile);
    CHECK_THAT(!buf_failed(&b) && !has(buf_str(&b), "<img") && count(buf_str(&b), "&lt;img") == 3);
}

static void
terms_are_asked_about_below_the_code_and_read_without_script(void **state)
{
    struct card_view view = example(LANGUAGE_EN);
    struct buf b = buf_new(arena, PAGE_MAX);
    struct terms_view terms = {
        .language = LANGUAGE_EN,
        .title = STR(HOSTILE),
        .version = 2,
        .text_language = LANGUAGE_TH,
        .text = STR("1. " HOSTILE "\n\n2. ..."),
        .from_ms = NOW_MS,
    };
    struct str html = card_html(&view);

    (void)state;
    CHECK_THAT(!has(html, "id=\"terms\""));
    view.terms_version = 2;
    html = card_html(&view);
    CHECK_THAT(has(html, "id=\"terms\" data-in=\"card\" data-version=\"2\""));
    CHECK_THAT(strstr(html.at, "id=\"qr\"") < strstr(html.at, "id=\"terms\""));
    page_terms_write(&b, &terms);
    html = buf_str(&b);
    CHECK_THAT(!buf_failed(&b) && !has(html, "<script") && !has(html, "<img"));
    CHECK_THAT(has(html, "Version 2, from 18 Nov 2026"));
    CHECK_THAT(has(html, "lang=\"th\">1. &lt;/title&gt;"));
}

/* One flight of TCP, 10 segments of 1,460 bytes: the card is there with the first answer. */
static void
a_card_is_one_answer_of_less_than_14_kib_gzipped(void **state)
{
    (void)state;
    for (enum language l = 0; l < LANGUAGES; l++) {
        CHECK_ROW(l);
        struct card_view view = example(l);
        z_stream z = {0};

        view.codes_json = codes(3);
        struct str html = card_html(&view);
        uLong room = compressBound((uLong)html.n) + 32;
        Bytef *out = arena_alloc(arena, room);

        CHECK_INT(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_in = (Bytef *)(uintptr_t)html.at;
        z.avail_in = (uInt)html.n;
        z.next_out = out;
        z.avail_out = (uInt)room;
        CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
        CHECK_THAT(z.total_out < 14 * KIB);
        deflateEnd(&z);

        /* Nothing is fetched but the script, after the paint. */
        CHECK_INT(count(html, " src="), 1);
        CHECK_INT(count(html, "<link"), 0);
    }
}

static void
nothing_stands_inline_that_the_policy_forbids(void **state)
{
    (void)state;
    struct card_view view = example(LANGUAGE_JA);
    struct str html = card_html(&view);

    CHECK_INT(count(html, " style="), 0);
    CHECK_INT(count(html, " onclick="), 0);
    CHECK_INT(count(html, "<style>"), 1);
    CHECK_INT(count(html, "<script>"), 0);
    for (int i = 0; i < 4; i++) {
        struct str policy = str_of(page_card_policy(i & 1 ? CARD_LIFF_LINE : CARD_LIFF_SIM, i & 2));

        CHECK_THAT(has(policy, "default-src 'none'") && has(policy, "'sha256-"));
        CHECK_THAT(!has(policy, "unsafe") && !has(policy, "*.") && !has(policy, "http://*"));
        CHECK_THAT(has(policy, i & 2 ? "frame-ancestors 'self'" : "frame-ancestors 'none'"));
        CHECK_THAT(has(policy, "api.line.me") == (i & 1));
    }
}

static void
a_page_past_its_cap_fails_and_says_so(void **state)
{
    (void)state;
    struct card_view view = example(LANGUAGE_TH);

    for (size_t cap = 1; cap < 40 * KIB; cap += 997) {
        struct buf b = buf_new(arena, cap);
        size_t now_at[PAGE_CARD_NOWS];

        page_card_write(&b, &view, now_at);
        if (!buf_failed(&b))
            CHECK_THAT(buf_str(&b).n <= cap);
    }
}

/* ---------------------------------------------------------------- states of the card */

static void
a_blocked_card_shows_no_code(void **state)
{
    (void)state;
    struct card_view view = example(LANGUAGE_EN);

    view.is_blocked = true;
    struct str html = card_html(&view);
    CHECK_THAT(!has(html, "id=\"panel\"") && !has(html, "id=\"codes\""));
    CHECK_THAT(!has(html, DIGITS) && has(html, "suspended"));
}

static void
rings_stand_for_small_goals_and_a_bar_for_the_rest(void **state)
{
    (void)state;
    static const struct {
        bool is_stamp;
        int64_t balance, goal;
        int rings, stamped;
        const char *shows;
    } row[] = {
        {true, 0, 10, 10, 0, "5 more stamps to: One cookie"},
        {true, 4, 10, 10, 4, "1 more stamp to: One cookie"},
        {true, 10, 10, 10, 10, "class=\"next\" hidden"},
        {true, 7, 50, 50, 7, "7 of 50"},
        {true, 7, 51, 0, 0,
         "<progress class=\"meter\" id=\"meter\" aria-labelledby=\"h-progress\""
         " max=\"51\" value=\"7\">"},
        {false, 1234567, 10, 0, 0, "1,234,567 pt"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        struct card_view view = example(LANGUAGE_EN);

        view.is_stamp = row[i].is_stamp;
        view.balance = row[i].balance;
        view.goal = row[i].goal;
        struct str html = card_html(&view);
        CHECK_INT(count(html, "data-state=\"stamped\">") + count(html, "data-state=\"empty\">") +
                      count(html, "class=\"goal\">"),
                  row[i].rings);
        CHECK_INT(count(html, "data-state=\"stamped\""), row[i].stamped);
        CHECK_THAT(has(html, row[i].shows));
    }
}

static void
codes_are_grouped_and_named_once_when_they_are_the_same(void **state)
{
    (void)state;
    struct card_view view = example(LANGUAGE_EN);

    CHECK_THAT(!has(card_html(&view), "id=\"digits\""));
    view.linear_text = STR("2 123456 789010");
    struct str html = card_html(&view);
    CHECK_THAT(has(html, ">2 123456 789010<"));
    CHECK_THAT(has(html, "id=\"digits\" translate=\"no\">7112 3456 7890 1234 5678 90<"));
}

static void
the_sign_in_page_starts_by_itself_only_inside_line_and_before_a_failure(void **state)
{
    (void)state;
    static const struct {
        bool is_inside;
        enum card_liff liff;
        enum signin_failure failure;
        const char *shows;
    } row[] = {
        {true, CARD_LIFF_LINE, SIGNIN_FIRST, "data-state=\"checking\""},
        {false, CARD_LIFF_LINE, SIGNIN_FIRST, "data-state=\"ready\""},
        {true, CARD_LIFF_NONE, SIGNIN_FIRST, "data-state=\"ready\""},
        {true, CARD_LIFF_LINE, SIGNIN_DENIED, "data-state=\"failed\""},
        {false, CARD_LIFF_NONE, SIGNIN_FIRST, "href=\"/line/login?next=/card\""},
        {false, CARD_LIFF_NONE, SIGNIN_AGAIN, "href=\"/line/login?next=/card&amp;retry=1\""},
        {false, CARD_LIFF_NONE, SIGNIN_DENIED, "The LINE login was cancelled."},
        {false, CARD_LIFF_NONE, SIGNIN_FAILED, "LINE could not confirm you."},
        {false, CARD_LIFF_NONE, SIGNIN_AGAIN, "That took too long."},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_THAT(has(signin_html(&(struct signin_view){
                           .language = LANGUAGE_EN,
                           .title = STR("Hanare Coffee"),
                           .is_inside = row[i].is_inside,
                           .liff = row[i].liff,
                           .failure = row[i].failure,
                           .js = "/static/card.js",
                       }),
                       row[i].shows));
    }
}

static void
the_page_that_asks_for_the_login_once_more_leads_to_it_and_back(void **state)
{
    (void)state;
    static const struct {
        bool is_inside;
        enum signin_failure failure;
        const char *reopen, *shows;
    } row[] = {
        {false, SIGNIN_FIRST, NULL, "href=\"/line/login?act=leave\""},
        {false, SIGNIN_FIRST, NULL, "data-state=\"ready\" data-next=\"/card/me?act=leave\""},
        {false, SIGNIN_FIRST, NULL, "href=\"/card/me\""},
        {false, SIGNIN_FIRST, NULL, "LINE has to confirm once more that it is you"},
        {false, SIGNIN_FIRST, NULL, "Nothing has been done yet."},
        {false, SIGNIN_DENIED, NULL, "href=\"/line/login?act=leave&amp;retry=1\""},
        {false, SIGNIN_AGAIN, NULL, "href=\"/line/login?act=leave&amp;retry=1\""},
        {false, SIGNIN_OLD, NULL, "href=\"/line/login?act=leave&amp;forced=1\""},
        {false, SIGNIN_OTHER, NULL, "href=\"/line/login?act=leave&amp;forced=1\""},
        {false, SIGNIN_OTHER, NULL, "That was another LINE account."},
        {true, SIGNIN_FIRST, "https://liff.line.me/1-a/again?act=leave", "data-state=\"checking\""},
        {true, SIGNIN_FIRST, "https://liff.line.me/1-a/again?act=leave",
         "id=\"login\" href=\"https://liff.line.me/1-a/again?act=leave\""},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf b = buf_new(arena, PAGE_MAX);

        CHECK_ROW(i);
        page_again_write(&b, &(struct again_view){
                                 .signin = {.language = LANGUAGE_EN,
                                            .title = STR("Hanare Coffee"),
                                            .is_inside = row[i].is_inside,
                                            .liff = CARD_LIFF_LINE,
                                            .failure = row[i].failure,
                                            .js = "/static/card.js"},
                                 .act = "leave",
                                 .page = "/card/me",
                                 .next = "/card/me?act=leave",
                                 .reopen = row[i].reopen,
                             });
        CHECK_THAT(has(buf_str(&b), row[i].shows));
    }
}

/* ---------------------------------------------------------------- words, numbers, days */

static void
placeholders_are_filled_and_everything_is_escaped(void **state)
{
    (void)state;
    struct buf b = buf_new(arena, KIB);

    page_word(&b, LANGUAGE_EN, WORD_CARD_NEXT_STAMP_OTHER,
              (struct page_fact[]){{"title", STR("<b>{n}</b>")}, {"n", STR("3")}}, 2);
    CHECK_STR(buf_str(&b), "3 more stamps to: &lt;b&gt;{n}&lt;/b&gt;");
}

static void
numbers_are_grouped_by_thousands(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        const char *text;
    } row[] = {
        {0, "0"},
        {7, "7"},
        {999, "999"},
        {1000, "1,000"},
        {-12345, "-12,345"},
        {1000000, "1,000,000"},
        {INT64_MAX, "9,223,372,036,854,775,807"},
        {INT64_MIN, "-9,223,372,036,854,775,808"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        struct page_number got = page_number(row[i].n);
        CHECK_TEXT(got.text, row[i].text);
    }
}

/* The wanted texts are what Intl.DateTimeFormat of Node writes for ja, en-GB, zh-Hant and th. */
static void
days_follow_the_place_and_the_language(void **state)
{
    (void)state;
    static const struct {
        enum language language;
        int64_t at_ms;
        int offset_min;
        const char *text;
    } row[] = {
        {LANGUAGE_JA, 1795000015000, 540, "2026年11月18日"},
        {LANGUAGE_EN, 1795000015000, 540, "18 Nov 2026"},
        {LANGUAGE_ZH_HANT, 1795000015000, 480, "2026年11月18日"},
        {LANGUAGE_TH, 1795000015000, 420, "18 พ.ย. 2569"},
        {LANGUAGE_EN, 0, 0, "1 Jan 1970"},
        {LANGUAGE_EN, -1, 0, "31 Dec 1969"},
        {LANGUAGE_EN, 1709164799999, 0, "28 Feb 2024"},
        {LANGUAGE_EN, 1709164800000, 0, "29 Feb 2024"},
        {LANGUAGE_EN, 1709218800000, 540, "1 Mar 2024"}, /* 15:00 UTC is midnight in Tokyo */
        {LANGUAGE_EN, 4107542399000, 0, "28 Feb 2100"},
        {LANGUAGE_EN, 4107542400000, 0, "1 Mar 2100"}, /* not a leap year */
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        struct buf b = buf_new(arena, 64);
        page_date(&b, row[i].language, row[i].at_ms, row[i].offset_min);
        CHECK_STR(buf_str(&b), row[i].text);
    }
}

static void
every_word_is_there_in_every_language(void **state)
{
    (void)state;
    for (enum language l = 0; l < LANGUAGES; l++) {
        CHECK_ROW(l);
        for (enum word w = 0; w < WORDS; w++)
            CHECK_THAT(word(l, w)[0] != '\0');
        CHECK_THAT(words_json(l)[0] == '{' && !strchr(words_json(l), '<'));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE_TEST(each_language_reads_as_it_did),
        PAGE_TEST(points_tell_what_a_sale_earns),
        PAGE_TEST(the_sign_in_page_reads_as_it_did),
        PAGE_TEST(pages_to_read_look_as_they_did),
        PAGE_TEST(what_people_typed_never_becomes_markup),
        PAGE_TEST(terms_are_asked_about_below_the_code_and_read_without_script),
        PAGE_TEST(a_card_is_one_answer_of_less_than_14_kib_gzipped),
        PAGE_TEST(nothing_stands_inline_that_the_policy_forbids),
        PAGE_TEST(a_page_past_its_cap_fails_and_says_so),
        PAGE_TEST(a_blocked_card_shows_no_code),
        PAGE_TEST(rings_stand_for_small_goals_and_a_bar_for_the_rest),
        PAGE_TEST(codes_are_grouped_and_named_once_when_they_are_the_same),
        PAGE_TEST(the_sign_in_page_starts_by_itself_only_inside_line_and_before_a_failure),
        PAGE_TEST(the_page_that_asks_for_the_login_once_more_leads_to_it_and_back),
        PAGE_TEST(placeholders_are_filled_and_everything_is_escaped),
        PAGE_TEST(numbers_are_grouped_by_thousands),
        PAGE_TEST(days_follow_the_place_and_the_language),
        PAGE_TEST(every_word_is_there_in_every_language),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
