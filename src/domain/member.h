/*
 * member.h - a person who holds cards, and the sealed tie between that person and LINE.
 *
 * The LINE user id, the name and the picture's URL are sealed with a key of the member's own, which
 * the root key wraps; a keyed index finds the member again at the next login. Nothing else of
 * LINE's is kept, and the LINE user id never leaves this module but to address a message.
 */
#ifndef DOMAIN_MEMBER_H
#define DOMAIN_MEMBER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

enum language { LANGUAGE_JA, LANGUAGE_EN, LANGUAGE_ZH_HANT, LANGUAGE_TH, LANGUAGES };

const char *language_tag(enum language language); /* "ja", "en", "zh-Hant", "th" */
/* The best of ours for a BCP 47 tag or an Accept-Language list; `otherwise` when none fits. */
enum language language_of(struct str tags, enum language otherwise);

struct member {
    int64_t id;
    enum language language;
    bool is_friend;
    int64_t joined_ms;
    int64_t agreed; /* newest version of the terms agreed to; 0: none yet */
    bool is_back;   /* had left not long before: gets no second gift of welcome */
    bool is_guest;  /* a browser's: nobody signed in yet (guest.h) */
    bool is_erased; /* a number that was somebody's (erasure.h) */
};

struct member_login {
    struct str line_id; /* ^U[0-9a-f]{32}$, verified */
    struct str name;    /* empty: LINE gave none; cut to 64 code points */
    struct str picture;
    enum language language; /* for a new member */
    bool is_friend;         /* for a new member: has added our account, as far as the login tells */
    int64_t now_ms;
};

/* The member behind a verified LINE user id, made at the first login; with a card under every plan.
 * A known member's name and picture become what LINE gives now. *is_new_out tells which it was.
 * Expects a savepoint around it, as every function here that writes. */
enum err_code member_enter(struct db *db, const struct member_login *login, struct member *out,
                           bool *is_new_out, struct err *e);

/* A card under every plan that the member has none of. */
enum err_code member_issue_cards(struct db *db, int64_t id, int64_t now_ms, struct err *e);

/* ERR_NOT_FOUND "member_unknown" */
enum err_code member_load(struct db *db, int64_t id, struct member *out, struct err *e);
enum err_code member_find(struct db *db, struct str line_id, struct member *out, struct err *e);
enum err_code member_set_language(struct db *db, int64_t id, enum language language, struct err *e);

/* Opened with the member's key. In arena; empty where there is none, as for one who was erased. */
enum err_code
member_name(struct db *db, int64_t id, struct arena *a, struct str *out, struct err *e);
enum err_code
member_picture(struct db *db, int64_t id, struct arena *a, struct str *out, struct err *e);
enum err_code
member_line_id(struct db *db, int64_t id, struct arena *a, struct str *out, struct err *e);

/* follow/unfollow by event time: an older event than the newest applied is no news and changes
 * nothing. is_news_out may be NULL. */
enum err_code member_befriend(struct db *db, int64_t id, bool is_friend, int64_t at_ms,
                              bool *is_news_out, struct err *e);

#endif
