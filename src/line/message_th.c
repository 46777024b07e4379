#include "line/message_words.h"

const struct message_words message_words_th = {
    .one = {"# ดวง", "# คะแนน"},
    .other = {"# ดวง", "# คะแนน"},
    .days = {"วันนี้", "พรุ่งนี้", "ในอีก # วัน"},
    .progress = "{balance#} / {goal}",
    .left_reward = "อีก {left} รับ “{reward}”",
    .left = "อีก {left} จะเต็มบัตร",
    .more = "และอีก # รายการ",
    .and_more = " (และอีก # รายการ)",
    .text =
        {
            [MESSAGE_GRANT] =
                {
                    .headline = {"แสตมป์ +{amount}", "+{amount}"},
                    .body = {"{progress}"},
                    .foot = "{shop} · {date}",
                    .foot_bare = "{date}",
                    .alt = {"ได้รับแสตมป์ {amount} ตอนนี้มี {progress} ({plan})",
                            "ได้รับ {amount} ตอนนี้มี {progress} ({plan})"},
                    .line = {"แสตมป์ +{amount} ({shop}, {date})", "+{amount} ({shop}, {date})"},
                    .line_bare = "+{amount} ({date})",
                    .button = "เปิดบัตร",
                },
            [MESSAGE_ONE_MORE] =
                {
                    .headline = {"อีก {left} รับ “{reward}”"},
                    .body = {"ตอนนี้มี {progress}"},
                    .alt = {"อีก {left} รับ “{reward}” ({plan})"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_VOUCHER] =
                {
                    .headline = {"{reward}"},
                    .body = {"คุณได้รับของรางวัล"},
                    .foot = "ใช้ได้ถึง {date}",
                    .alt = {"คุณได้รับ “{reward}” ใช้ได้ถึง {date}"},
                    .line = {"ได้รับ “{reward}” ใช้ได้ถึง {date}"},
                    .button = "ดูของรางวัล",
                },
            [MESSAGE_VOUCHER_LAPSE] =
                {
                    .headline = {"{reward}"},
                    .body = {"ของรางวัลจะหมดอายุ{days}"},
                    .foot = "ใช้ได้ถึง {date}",
                    .alt = {"ของรางวัลจะหมดอายุ{days}: “{reward}” ใช้ได้ถึง {date}"},
                    .line = {"“{reward}” จะหมดอายุ{days} ใช้ได้ถึง {date}"},
                    .button = "ดูของรางวัล",
                },
            [MESSAGE_POINTS_LAPSE] =
                {
                    .headline = {"{amount}"},
                    .body = {"แสตมป์จะหมดอายุ{days}", "คะแนนจะหมดอายุ{days}"},
                    .foot = "ใช้ได้ถึง {date}",
                    .alt = {"แสตมป์ {amount} จะหมดอายุ{days} ใช้ได้ถึง {date} ({plan})",
                            "{amount} จะหมดอายุ{days} ใช้ได้ถึง {date} ({plan})"},
                    .line = {"แสตมป์ {amount} จะหมดอายุ{days} ใช้ได้ถึง {date}",
                             "{amount} จะหมดอายุ{days} ใช้ได้ถึง {date}"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_TIER] =
                {
                    .headline = {"{tier}"},
                    .body = {"ระดับสมาชิกของคุณเปลี่ยนแล้ว"},
                    .foot = "{gives}",
                    .alt = {"ตอนนี้คุณอยู่ในระดับ “{tier}” ({plan})"},
                    .line = {"ตอนนี้คุณอยู่ในระดับ “{tier}”"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_WELCOME] =
                {
                    .headline = {"ยินดีต้อนรับ"},
                    .body = {"เปิดบัตรสมาชิกจากแชตนี้ได้ทุกเมื่อ"},
                    .alt = {"ยินดีต้อนรับ บัตรสมาชิกของคุณอยู่ที่นี่ ({plan})"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_WELCOME_BACK] =
                {
                    .headline = {"ยินดีต้อนรับกลับมา"},
                    .body = {"ดีใจที่ได้พบคุณอีกครั้ง เปิดบัตรสมาชิกจากแชตนี้ได้ทุกเมื่อ"},
                    .alt = {"ยินดีต้อนรับกลับมา บัตรสมาชิกของคุณอยู่ที่นี่ ({plan})"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_BIRTHDAY] =
                {
                    .headline = {"สุขสันต์วันเกิด"},
                    .body = {"เราเตรียม “{reward}” ไว้ให้คุณแล้ว"},
                    .body_bare = "ขอให้ปีนี้เป็นปีที่ดีของคุณ",
                    .foot = "ใช้ได้ถึง {date}",
                    .alt = {"สุขสันต์วันเกิดจาก {plan}"},
                    .line = {"สุขสันต์วันเกิด เราเตรียม “{reward}” ไว้ให้คุณแล้ว"},
                    .line_bare = "สุขสันต์วันเกิด",
                    .button = "เปิดบัตร",
                },
            [MESSAGE_DORMANT] =
                {
                    .headline = {"ไม่ได้พบกันนานแล้ว"},
                    .body = {"คุณมาที่ร้านครั้งล่าสุดเมื่อ {date} หวังว่าจะได้พบกันอีก"},
                    .alt = {"คุณมาที่ร้านครั้งล่าสุดเมื่อ {date} ({plan})"},
                    .line = {"คุณมาที่ร้านครั้งล่าสุดเมื่อ {date}"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_GIFT_TAKEN] =
                {
                    .headline = {"{amount}"},
                    .body = {"มีผู้รับของขวัญของคุณแล้ว"},
                    .alt = {"มีผู้รับ {amount} ที่คุณส่งแล้ว ({plan})"},
                    .line = {"มีผู้รับ {amount} ที่คุณส่งแล้ว"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_GIFT_BACK] =
                {
                    .headline = {"{amount}"},
                    .body = {"ไม่มีผู้รับ ของขวัญกลับคืนสู่บัตรของคุณ"},
                    .alt = {"{amount} ที่คุณส่งกลับคืนสู่บัตรแล้ว ({plan})"},
                    .line = {"{amount} ที่คุณส่งกลับคืนสู่บัตรแล้ว"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_BALANCE] =
                {
                    .headline = {"{progress}"},
                    .foot = "ณ {date}",
                    .alt = {"ตอนนี้มีแสตมป์ {progress} ({plan})", "ตอนนี้มี {progress} ({plan})"},
                    .line = {"ตอนนี้มีแสตมป์ {progress}", "ตอนนี้มี {progress}"},
                    .button = "เปิดบัตร",
                },
            [MESSAGE_INVITE] =
                {
                    .headline = {"สร้างบัตรสมาชิกของคุณ"},
                    .body = {"แตะปุ่มครั้งเดียว บัตรสมาชิกพร้อมใช้ทันที"},
                    .alt = {"คุณยังไม่มีบัตร เริ่มใช้ {plan} ได้เลย"},
                    .button = "สร้างบัตร",
                },
            [MESSAGE_DIGEST] =
                {
                    .headline = {"แสตมป์ +{amount}", "+{amount}"},
                    .headline_bare = "มี {count} เรื่องแจ้งให้ทราบ",
                    .body = {"ตอนนี้มี {progress}"},
                    .alt = {"ได้รับแสตมป์ {amount} ตอนนี้มี {progress} ({plan})",
                            "ได้รับ {amount} ตอนนี้มี {progress} ({plan})"},
                    .button = "เปิดบัตร",
                },
        },
};
