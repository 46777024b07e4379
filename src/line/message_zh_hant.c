#include "line/message_words.h"

const struct message_words message_words_zh_hant = {
    .one = {"# 章", "# 點"},
    .other = {"# 章", "# 點"},
    .days = {"今天", "明天", " # 天後"},
    .progress = "{balance#} / {goal}",
    .left_reward = "再集 {left}，即可兌換「{reward}」",
    .left = "再集 {left}即可集滿",
    .more = "還有 # 則",
    .and_more = "（還有 # 則）",
    .text =
        {
            [MESSAGE_GRANT] =
                {
                    .headline = {"+{amount}"},
                    .body = {"{progress}"},
                    .foot = "{shop} · {date}",
                    .foot_bare = "{date}",
                    .alt = {"獲得 {amount}，目前 {progress}（{plan}）"},
                    .line = {"+{amount}（{shop}，{date}）"},
                    .line_bare = "+{amount}（{date}）",
                    .button = "開啟會員卡",
                },
            [MESSAGE_ONE_MORE] =
                {
                    .headline = {"再集 {left}，即可兌換「{reward}」"},
                    .body = {"目前 {progress}。"},
                    .alt = {"再集 {left}，即可兌換「{reward}」（{plan}）"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_VOUCHER] =
                {
                    .headline = {"{reward}"},
                    .body = {"獲得好禮"},
                    .foot = "有效至 {date}",
                    .alt = {"獲得好禮「{reward}」（有效至 {date}）"},
                    .line = {"獲得好禮「{reward}」（有效至 {date}）"},
                    .button = "查看好禮",
                },
            [MESSAGE_VOUCHER_LAPSE] =
                {
                    .headline = {"{reward}"},
                    .body = {"您的好禮將於{days}到期"},
                    .foot = "有效至 {date}",
                    .alt = {"好禮將於{days}到期：「{reward}」（有效至 {date}）"},
                    .line = {"好禮將於{days}到期：「{reward}」（有效至 {date}）"},
                    .button = "查看好禮",
                },
            [MESSAGE_POINTS_LAPSE] =
                {
                    .headline = {"{amount}"},
                    .body = {"集章將於{days}到期", "點數將於{days}到期"},
                    .foot = "有效至 {date}",
                    .alt = {"集章 {amount}將於{days}到期（有效至 {date}，{plan}）",
                            "{amount}將於{days}到期（有效至 {date}，{plan}）"},
                    .line = {"集章 {amount}將於{days}到期（有效至 {date}）",
                             "{amount}將於{days}到期（有效至 {date}）"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_TIER] =
                {
                    .headline = {"{tier}"},
                    .body = {"您的會員等級已更新"},
                    .foot = "{gives}",
                    .alt = {"您的會員等級已更新為「{tier}」（{plan}）"},
                    .line = {"會員等級已更新為「{tier}」"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_WELCOME] =
                {
                    .headline = {"歡迎加入"},
                    .body = {"您可以隨時從這個聊天室開啟會員卡。"},
                    .alt = {"歡迎加入！會員卡在這裡（{plan}）"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_WELCOME_BACK] =
                {
                    .headline = {"歡迎回來"},
                    .body = {"很高興再次見到您。您可以隨時從這個聊天室開啟會員卡。"},
                    .alt = {"歡迎回來！會員卡在這裡（{plan}）"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_BIRTHDAY] =
                {
                    .headline = {"生日快樂"},
                    .body = {"我們為您準備了「{reward}」。"},
                    .body_bare = "祝您有美好的一年。",
                    .foot = "有效至 {date}",
                    .alt = {"祝您生日快樂！（{plan}）"},
                    .line = {"生日快樂！我們為您準備了「{reward}」"},
                    .line_bare = "生日快樂！",
                    .button = "開啟會員卡",
                },
            [MESSAGE_DORMANT] =
                {
                    .headline = {"好久不見"},
                    .body = {"您上次來店是 {date}，期待再次為您服務。"},
                    .alt = {"好久不見！您上次來店是 {date}（{plan}）"},
                    .line = {"您上次來店是 {date}"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_GIFT_TAKEN] =
                {
                    .headline = {"{amount}"},
                    .body = {"您的禮物已被接受"},
                    .alt = {"您送出的{amount}已被接受（{plan}）"},
                    .line = {"您送出的{amount}已被接受"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_GIFT_BACK] =
                {
                    .headline = {"{amount}"},
                    .body = {"無人接受，禮物已退回您的卡片"},
                    .alt = {"您送出的{amount}已退回卡片（{plan}）"},
                    .line = {"您送出的{amount}已退回卡片"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_BALANCE] =
                {
                    .headline = {"{progress}"},
                    .foot = "截至 {date}",
                    .alt = {"目前 {progress}（{plan}）"},
                    .line = {"目前 {progress}"},
                    .button = "開啟會員卡",
                },
            [MESSAGE_INVITE] =
                {
                    .headline = {"建立您的會員卡"},
                    .body = {"按一下按鈕，會員卡立即可用。"},
                    .alt = {"您還沒有會員卡，立即加入 {plan}"},
                    .button = "建立會員卡",
                },
            [MESSAGE_DIGEST] =
                {
                    .headline = {"+{amount}"},
                    .headline_bare = "有 {count} 則通知",
                    .body = {"目前 {progress}"},
                    .alt = {"獲得 {amount}，目前 {progress}（{plan}）"},
                    .button = "開啟會員卡",
                },
        },
};
