#include "line/message_words.h"

const struct message_words message_words_en = {
    .one = {"# stamp", "# point"},
    .other = {"# stamps", "# points"},
    .days = {"today", "tomorrow", "in # days"},
    .progress = "{balance#} of {goal}",
    .left_reward = "{left} to go for “{reward}”",
    .left = "{left} to go until your card is full",
    .more = "and # more",
    .and_more = " (and # more)",
    .text =
        {
            [MESSAGE_GRANT] =
                {
                    .headline = {"+{amount}"},
                    .body = {"{progress}"},
                    .foot = "{shop} · {date}",
                    .foot_bare = "{date}",
                    .alt = {"+{amount}: you now have {progress} ({plan})"},
                    .line = {"+{amount} ({shop}, {date})"},
                    .line_bare = "+{amount} ({date})",
                    .button = "Open card",
                },
            [MESSAGE_ONE_MORE] =
                {
                    .headline = {"{left} to go for “{reward}”"},
                    .body = {"You have {progress}."},
                    .alt = {"Only {left} to go for “{reward}” ({plan})"},
                    .button = "Open card",
                },
            [MESSAGE_VOUCHER] =
                {
                    .headline = {"{reward}"},
                    .body = {"You earned a reward"},
                    .foot = "Use it by {date}",
                    .alt = {"You earned a reward: {reward}. Use it by {date}"},
                    .line = {"Reward: {reward}. Use it by {date}"},
                    .button = "See reward",
                },
            [MESSAGE_VOUCHER_LAPSE] =
                {
                    .headline = {"{reward}"},
                    .body = {"Your reward ends {days}"},
                    .foot = "Use it by {date}",
                    .alt = {"Your reward ends {days}: {reward}. Use it by {date}"},
                    .line = {"Reward ends {days}: {reward}. Use it by {date}"},
                    .button = "See reward",
                },
            [MESSAGE_POINTS_LAPSE] =
                {
                    .headline = {"{amount}"},
                    .body = {"Expiring {days}"},
                    .foot = "Use by {date}",
                    .alt = {"{amount} expiring {days}. Use by {date} ({plan})"},
                    .line = {"{amount} expiring {days}. Use by {date}"},
                    .button = "Open card",
                },
            [MESSAGE_TIER] =
                {
                    .headline = {"{tier}"},
                    .body = {"Your membership level has changed"},
                    .foot = "{gives}",
                    .alt = {"Your level is now {tier} ({plan})"},
                    .line = {"Your level is now {tier}"},
                    .button = "Open card",
                },
            [MESSAGE_WELCOME] =
                {
                    .headline = {"Welcome"},
                    .body = {"You can open your membership card from this chat at any time."},
                    .alt = {"Welcome! Your card is one tap away ({plan})"},
                    .button = "Open card",
                },
            [MESSAGE_WELCOME_BACK] =
                {
                    .headline = {"Welcome back"},
                    .body = {"Good to see you again. You can open your membership card from this "
                             "chat at any time."},
                    .alt = {"Welcome back! Your card is one tap away ({plan})"},
                    .button = "Open card",
                },
            [MESSAGE_BIRTHDAY] =
                {
                    .headline = {"Happy birthday"},
                    .body = {"“{reward}” is waiting for you."},
                    .body_bare = "We wish you a wonderful year.",
                    .foot = "Use it by {date}",
                    .alt = {"Happy birthday from {plan}"},
                    .line = {"Happy birthday: “{reward}” is waiting for you"},
                    .line_bare = "Happy birthday",
                    .button = "Open card",
                },
            [MESSAGE_DORMANT] =
                {
                    .headline = {"It has been a while"},
                    .body = {"Your last visit was on {date}. We would be glad to see you again."},
                    .alt = {"Your last visit was on {date} ({plan})"},
                    .line = {"Your last visit was on {date}"},
                    .button = "Open card",
                },
            [MESSAGE_GIFT_TAKEN] =
                {
                    .headline = {"{amount}"},
                    .body = {"Somebody took your gift"},
                    .alt = {"Your gift of {amount} was taken ({plan})"},
                    .line = {"Your gift of {amount} was taken"},
                    .button = "Open card",
                },
            [MESSAGE_GIFT_BACK] =
                {
                    .headline = {"{amount}"},
                    .body = {"Nobody took your gift: it is on your card again"},
                    .alt = {"Your gift of {amount} came back ({plan})"},
                    .line = {"Your gift of {amount} came back"},
                    .button = "Open card",
                },
            [MESSAGE_BALANCE] =
                {
                    .headline = {"{progress}"},
                    .foot = "As of {date}",
                    .alt = {"You have {progress} ({plan})"},
                    .line = {"You have {progress}"},
                    .button = "Open card",
                },
            [MESSAGE_INVITE] =
                {
                    .headline = {"Get your card"},
                    .body = {"One tap and your membership card is ready."},
                    .alt = {"You have no card yet. Start {plan} with one tap"},
                    .button = "Get my card",
                },
            [MESSAGE_DIGEST] =
                {
                    .headline = {"+{amount}"},
                    .headline_bare = "{count} things to tell you",
                    .body = {"You now have {progress}"},
                    .alt = {"+{amount}: you now have {progress} ({plan})"},
                    .button = "Open card",
                },
        },
};
