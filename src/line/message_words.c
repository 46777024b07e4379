#include "line/message_words.h"

#include <assert.h>
#include <string.h>

const struct message_words message_words[MESSAGE_LANGUAGES] = {
    [MESSAGE_JA] =
        {
            .one = {"#個", "#ポイント"},
            .other = {"#個", "#ポイント"},
            .progress = "{balance#} / {goal}",
            .gained = {"スタンプ +{amount}", "+{amount}"},
            .left_reward = "あと{left}で「{reward}」",
            .left = "あと{left}でカードがいっぱいになります",
            .won = "特典を獲得しました",
            .until = "有効期限 {date}",
            .as_of = "{date} 時点",
            .invite = "カードをつくりましょう",
            .invite_how = "ボタンを押すだけで、会員カードがすぐにできます。",
            .alt =
                {
                    {"スタンプが{amount}たまりました。現在 {progress}（{plan}）",
                     "{amount}たまりました。現在 {progress}（{plan}）"},
                    {"特典「{reward}」を獲得しました（有効期限 {date}）",
                     "特典「{reward}」を獲得しました（有効期限 {date}）"},
                    {"スタンプは現在 {progress} です（{plan}）", "現在 {progress} です（{plan}）"},
                    {"まだカードがありません。{plan}をはじめましょう",
                     "まだカードがありません。{plan}をはじめましょう"},
                },
            .button = {"カードを開く", "特典を見る", "カードを開く", "カードをつくる"},
        },
    [MESSAGE_EN] =
        {
            .one = {"# stamp", "# point"},
            .other = {"# stamps", "# points"},
            .progress = "{balance#} of {goal}",
            .gained = {"+{amount}", "+{amount}"},
            .left_reward = "{left} to go for “{reward}”",
            .left = "{left} to go until your card is full",
            .won = "You earned a reward",
            .until = "Use it by {date}",
            .as_of = "As of {date}",
            .invite = "Get your card",
            .invite_how = "One tap and your membership card is ready.",
            .alt =
                {
                    {"+{amount}: you now have {progress} ({plan})",
                     "+{amount}: you now have {progress} ({plan})"},
                    {"You earned a reward: {reward}. Use it by {date}",
                     "You earned a reward: {reward}. Use it by {date}"},
                    {"You have {progress} ({plan})", "You have {progress} ({plan})"},
                    {"You have no card yet. Start {plan} with one tap",
                     "You have no card yet. Start {plan} with one tap"},
                },
            .button = {"Open card", "See reward", "Open card", "Get my card"},
        },
    [MESSAGE_ZH_HANT] =
        {
            .one = {"# 章", "# 點"},
            .other = {"# 章", "# 點"},
            .progress = "{balance#} / {goal}",
            .gained = {"+{amount}", "+{amount}"},
            .left_reward = "再集 {left}，即可兌換「{reward}」",
            .left = "再集 {left}即可集滿",
            .won = "獲得好禮",
            .until = "有效至 {date}",
            .as_of = "截至 {date}",
            .invite = "建立您的會員卡",
            .invite_how = "按一下按鈕，會員卡立即可用。",
            .alt =
                {
                    {"獲得 {amount}，目前 {progress}（{plan}）",
                     "獲得 {amount}，目前 {progress}（{plan}）"},
                    {"獲得好禮「{reward}」（有效至 {date}）",
                     "獲得好禮「{reward}」（有效至 {date}）"},
                    {"目前 {progress}（{plan}）", "目前 {progress}（{plan}）"},
                    {"您還沒有會員卡，立即加入 {plan}", "您還沒有會員卡，立即加入 {plan}"},
                },
            .button = {"開啟會員卡", "查看好禮", "開啟會員卡", "建立會員卡"},
        },
    [MESSAGE_TH] =
        {
            .one = {"# ดวง", "# คะแนน"},
            .other = {"# ดวง", "# คะแนน"},
            .progress = "{balance#} / {goal}",
            .gained = {"แสตมป์ +{amount}", "+{amount}"},
            .left_reward = "อีก {left} รับ “{reward}”",
            .left = "อีก {left} จะเต็มบัตร",
            .won = "คุณได้รับของรางวัล",
            .until = "ใช้ได้ถึง {date}",
            .as_of = "ณ {date}",
            .invite = "สร้างบัตรสมาชิกของคุณ",
            .invite_how = "แตะปุ่มครั้งเดียว บัตรสมาชิกพร้อมใช้ทันที",
            .alt =
                {
                    {"ได้รับแสตมป์ {amount} ตอนนี้มี {progress} ({plan})",
                     "ได้รับ {amount} ตอนนี้มี {progress} ({plan})"},
                    {"คุณได้รับ “{reward}” ใช้ได้ถึง {date}", "คุณได้รับ “{reward}” ใช้ได้ถึง {date}"},
                    {"ตอนนี้มีแสตมป์ {progress} ({plan})", "ตอนนี้มี {progress} ({plan})"},
                    {"คุณยังไม่มีบัตร เริ่มใช้ {plan} ได้เลย", "คุณยังไม่มีบัตร เริ่มใช้ {plan} ได้เลย"},
                },
            .button = {"เปิดบัตร", "ดูของรางวัล", "เปิดบัตร", "สร้างบัตร"},
        },
};

/* 1234567 as 1,234,567: all four languages group so. */
static void
number(struct buf *out, int64_t n)
{
    if (n >= 1000) {
        number(out, n / 1000);
        buf_format(out, ",%03d", (int)(n % 1000));
    } else {
        buf_int(out, n);
    }
}

static void
counted(struct buf *out, const struct message *m, int64_t n)
{
    const struct message_words *words = &message_words[m->language];
    const char *form = n == 1 ? words->one[m->unit] : words->other[m->unit];
    const char *mark = strchr(form, '#');

    buf_bytes(out, form, (size_t)(mark - form));
    number(out, n);
    buf_text(out, mark + 1);
}

static void
value(struct buf *out, const struct message *m, struct str name)
{
    if (str_eq(name, STR("plan")))
        buf_str_raw(out, m->plan_name);
    else if (str_eq(name, STR("reward")))
        buf_str_raw(out, m->reward_title);
    else if (str_eq(name, STR("shop")))
        buf_str_raw(out, m->shop_name);
    else if (str_eq(name, STR("date")))
        buf_str_raw(out, m->date_text);
    else if (str_eq(name, STR("amount")))
        counted(out, m, m->amount);
    else if (str_eq(name, STR("balance")))
        counted(out, m, m->balance);
    else if (str_eq(name, STR("balance#")))
        number(out, m->balance);
    else if (str_eq(name, STR("goal")))
        counted(out, m, m->goal);
    else if (str_eq(name, STR("left")))
        counted(out, m, m->goal - m->balance);
    else {
        assert(str_eq(name, STR("progress"))); /* else a template of ours names nothing */
        message_expand(out, m, m->goal > 0 ? message_words[m->language].progress : "{balance}");
    }
}

void
message_expand(struct buf *out, const struct message *message, const char *template)
{
    struct str rest = str_of(template), text, name;

    while (str_until(&rest, '{', &text)) {
        buf_str_raw(out, text);
        if (str_until(&rest, '}', &name))
            value(out, message, name);
    }
    buf_str_raw(out, rest);
}
