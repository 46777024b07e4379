#include "line/message_words.h"

const struct message_words message_words_ja =
    {
        .one = {"#個", "#ポイント"},
        .other = {"#個", "#ポイント"},
        .days = {"本日", "明日", "あと#日"},
        .progress = "{balance#} / {goal}",
        .left_reward = "あと{left}で「{reward}」",
        .left = "あと{left}でカードがいっぱいになります",
        .more = "ほか#件",
        .and_more = "（ほか#件）",
        .text =
            {
                [MESSAGE_GRANT] =
                    {
                        .headline = {"スタンプ +{amount}", "+{amount}"},
                        .body = {"{progress}"},
                        .foot = "{shop} · {date}",
                        .foot_bare = "{date}",
                        .alt = {"スタンプが{amount}たまりました。現在 {progress}（{plan}）",
                                "{amount}たまりました。現在 {progress}（{plan}）"},
                        .line = {"スタンプ +{amount}（{shop}・{date}）",
                                 "+{amount}（{shop}・{date}）"},
                        .line_bare = "+{amount}（{date}）",
                        .button = "カードを開く",
                    },
                [MESSAGE_ONE_MORE] =
                    {
                        .headline = {"あと{left}で「{reward}」"},
                        .body = {"現在 {progress}です。"},
                        .alt = {"特典まであと{left}です：「{reward}」（{plan}）"},
                        .button = "カードを開く",
                    },
                [MESSAGE_VOUCHER] =
                    {
                        .headline = {"{reward}"},
                        .body = {"特典を獲得しました"},
                        .foot = "有効期限 {date}",
                        .alt = {"特典「{reward}」を獲得しました（有効期限 {date}）"},
                        .line = {"特典「{reward}」を獲得しました（有効期限 {date}）"},
                        .button = "特典を見る",
                    },
                [MESSAGE_VOUCHER_LAPSE] =
                    {
                        .headline = {"{reward}"},
                        .body = {"特典の有効期限は{days}です"},
                        .foot = "有効期限 {date}",
                        .alt = {"特典の有効期限は{days}です：「{reward}」（{date}まで）"},
                        .line = {"特典「{reward}」の有効期限は{days}です（{date}まで）"},
                        .button = "特典を見る",
                    },
                [MESSAGE_POINTS_LAPSE] =
                    {
                        .headline = {"{amount}"},
                        .body = {"スタンプが{days}で失効します", "ポイントが{days}で失効します"},
                        .foot = "有効期限 {date}",
                        .alt = {"スタンプ{amount}が{days}で失効します（有効期限 {date}・{plan}）",
                                "{amount}が{days}で失効します（有効期限 {date}・{plan}）"},
                        .line = {"スタンプ{amount}が{days}で失効します（有効期限 {date}）",
                                 "{amount}が{days}で失効します（有効期限 {date}）"},
                        .button = "カードを開く",
                    },
                [MESSAGE_TIER] =
                    {
                        .headline = {"{tier}"},
                        .body = {"会員ランクが変わりました"},
                        .foot = "{gives}",
                        .alt = {"会員ランクが「{tier}」になりました（{plan}）"},
                        .line = {"会員ランクが「{tier}」になりました"},
                        .button = "カードを開く",
                    },
                [MESSAGE_WELCOME] =
                    {
                        .headline = {"ご登録ありがとうございます"},
                        .body = {"会員カードは、いつでもこのトークから開けます。"},
                        .alt = {"ご登録ありがとうございます。会員カードはこちらです（{plan}）"},
                        .button = "カードを開く",
                    },
                [MESSAGE_WELCOME_BACK] =
                    {
                        .headline = {"おかえりなさい"},
                        .body =
                            {"またお会いできてうれしいです。会員カードは、いつでもこのトークから"
                             "開けます。"},
                        .alt = {"おかえりなさい。会員カードはこちらです（{plan}）"},
                        .button = "カードを開く",
                    },
                [MESSAGE_BIRTHDAY] =
                    {
                        .headline = {"お誕生日おめでとうございます"},
                        .body = {"「{reward}」をご用意しました。"},
                        .body_bare = "すてきな一年になりますように。",
                        .foot = "有効期限 {date}",
                        .alt = {"お誕生日おめでとうございます（{plan}）"},
                        .line = {"お誕生日おめでとうございます。「{reward}」をご用意しました"},
                        .line_bare = "お誕生日おめでとうございます",
                        .button = "カードを開く",
                    },
                [MESSAGE_DORMANT] =
                    {
                        .headline = {"お久しぶりです"},
                        .body = {"前回のご来店は{date}でした。またのお越しをお待ちしております。"},
                        .alt = {"お久しぶりです。前回のご来店は{date}でした（{plan}）"},
                        .line = {"前回のご来店は{date}でした"},
                        .button = "カードを開く",
                    },
                [MESSAGE_GIFT_TAKEN] =
                    {
                        .headline = {"スタンプ{amount}", "{amount}"},
                        .body = {"贈りものが受け取られました"},
                        .alt = {"贈ったスタンプ{amount}が受け取られました（{plan}）",
                                "贈った{amount}が受け取られました（{plan}）"},
                        .line = {"贈ったスタンプ{amount}が受け取られました",
                                 "贈った{amount}が受け取られました"},
                        .button = "カードを開く",
                    },
                [MESSAGE_GIFT_BACK] =
                    {
                        .headline = {"スタンプ{amount}", "{amount}"},
                        .body = {"贈りものは受け取られず、カードに戻りました"},
                        .alt = {"贈ったスタンプ{amount}がカードに戻りました（{plan}）",
                                "贈った{amount}がカードに戻りました（{plan}）"},
                        .line = {"贈ったスタンプ{amount}がカードに戻りました",
                                 "贈った{amount}がカードに戻りました"},
                        .button = "カードを開く",
                    },
                [MESSAGE_BALANCE] =
                    {
                        .headline = {"{progress}"},
                        .foot = "{date} 時点",
                        .alt = {"スタンプは現在 {progress} です（{plan}）",
                                "現在 {progress} です（{plan}）"},
                        .line = {"スタンプは現在 {progress} です", "現在 {progress} です"},
                        .button = "カードを開く",
                    },
                [MESSAGE_INVITE] =
                    {
                        .headline = {"カードをつくりましょう"},
                        .body = {"ボタンを押すだけで、会員カードがすぐにできます。"},
                        .alt = {"まだカードがありません。{plan}をはじめましょう"},
                        .button = "カードをつくる",
                    },
                [MESSAGE_DIGEST] =
                    {
                        .headline = {"スタンプ +{amount}", "+{amount}"},
                        .headline_bare = "お知らせが{count}件あります",
                        .body = {"現在 {progress}"},
                        .alt = {"スタンプが{amount}たまりました。現在 {progress}（{plan}）",
                                "{amount}たまりました。現在 {progress}（{plan}）"},
                        .button = "カードを開く",
                    },
            },
};
