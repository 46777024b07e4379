/*
 * ladder.h - the cost ladder: how a notice reaches its member for as little as possible.
 *
 *   shown on the open card -> free reply -> merged with another message -> push, if rules and the
 *   budget allow -> kept for the next time the card is opened
 *
 * Pure functions over facts: the table of kinds below says how urgent each is, the owner's rules
 * (budget.h) and the month's budget say what may be spent. notice.c feeds them and writes down what
 * they say.
 */
#ifndef DOMAIN_LADDER_H
#define DOMAIN_LADDER_H

#include "base/str.h"
#include "domain/budget.h"

#include <stdbool.h>
#include <stdint.h>

#define LADDER_KIND_TABLE(K)                                                                       \
    /* kind         word             topic     worth */                                            \
    K(GRANT, "grant", RECEIPTS, FREE)                                                              \
    K(ONE_MORE, "one_more", REWARDS, CALM)                                                         \
    K(VOUCHER, "voucher", REWARDS, URGENT)                                                         \
    K(VOUCHER_LAPSE, "voucher_lapse", REWARDS, DATED)                                              \
    K(POINTS_LAPSE, "points_lapse", REWARDS, DATED)                                                \
    K(TIER, "tier", REWARDS, CALM)                                                                 \
    K(BIRTHDAY, "birthday", OFFERS, CALM)                                                          \
    K(DORMANT, "dormant", OFFERS, CALM)                                                            \
    K(GIFT_TAKEN, "gift_taken", RECEIPTS, FREE)                                                    \
    K(GIFT_BACK, "gift_back", RECEIPTS, FREE)                                                      \
    K(STAFF, "staff", ALWAYS, URGENT)

enum notice_kind {
#define LADDER_KIND_ID(name, word, topic, worth) NOTICE_##name,
    LADDER_KIND_TABLE(LADDER_KIND_ID)
#undef LADDER_KIND_ID
        NOTICE_KINDS
};

enum notice_worth {
    WORTH_FREE,   /* told where that costs nothing (a stamp: unless the owner pushes receipts) */
    WORTH_CALM,   /* pushed, outside quiet hours, within the member's weekly cap */
    WORTH_DATED,  /* pushed, outside quiet hours if that is still in time; may use the reserve */
    WORTH_URGENT, /* pushed at once: the member has just done something; may use the reserve */
};

/* What a member may say yes or no to. */
enum topic { TOPIC_RECEIPTS, TOPIC_REWARDS, TOPIC_OFFERS, TOPICS, TOPIC_ALWAYS = TOPICS };

const char *notice_kind_word(enum notice_kind kind);
bool notice_kind_of(struct str word, enum notice_kind *out);
enum topic notice_topic(enum notice_kind kind);
enum notice_worth notice_worth(enum notice_kind kind);
const char *topic_word(enum topic topic);
bool topic_of(struct str word, enum topic *out);
/* Before anybody said anything: offers have to be asked for. */
bool topic_is_wanted_at_first(enum topic topic);

enum ladder_step {
    LADDER_WAIT,  /* until again_ms: something better may come, or nothing may be sent yet */
    LADDER_REPLY, /* with a reply token that lives: free */
    LADDER_MERGE, /* a message to this member goes out anyway: free */
    LADDER_PUSH,
    LADDER_KEEP, /* the card shows it when it is opened next */
    LADDER_DROP, /* nothing left to say */
    LADDER_STEPS
};
const char *ladder_step_word(enum ladder_step step);

struct ladder_facts {
    enum notice_kind kind;
    bool is_over; /* its cause is gone: a voucher that was used */
    int64_t until_ms;
    bool is_wanted;      /* its topic, by this member */
    bool is_friend;      /* has not blocked us */
    bool has_chance;     /* a reply token of this member lives */
    bool has_carrier;    /* a message to this member goes out now */
    int64_t pushes;      /* to this member in the last seven days */
    int64_t pushes_ms;   /* when the oldest of those will be seven days old */
    int64_t left;        /* of the month's budget; BUDGET_NONE: any number */
    int64_t left_urgent; /* with the reserve */
};

struct ladder_decision {
    enum ladder_step step;
    const char *reason; /* a word for the record: "reply_token", "quiet_hours" ... */
    int64_t again_ms;   /* WAIT: look again then, or when something happens to the member */
};

struct ladder_decision ladder_decide(const struct message_policy *policy,
                                     const struct ladder_facts *facts, int64_t now_ms);

/* When the quiet hours that now_ms lies in are over; now_ms when it lies in none. */
int64_t ladder_quiet_until(const struct message_policy *policy, int64_t now_ms);

#endif
