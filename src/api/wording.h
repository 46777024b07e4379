/*
 * wording.h - the shop's own words, from the book into a message.
 */
#ifndef API_WORDING_H
#define API_WORDING_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/member.h"
#include "domain/template.h"
#include "line/message.h"
#include "store/db.h"

enum message_language wording_language(enum language language);
enum message_kind wording_kind(enum template_kind kind);

/* The words as line/message.h takes them; borrowed from `words`. */
struct message_own wording_own(const struct template_words *words);

/* Let the message say what the shop wrote for its kind and language, if it wrote anything. In
 * arena. */
enum err_code wording_apply(struct db *db, struct arena *a, struct message *message, struct err *e);

#endif
