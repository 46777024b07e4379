/*
 * hammer_inside.h - what the files of the hammer share.
 */
#ifndef TESTS_SUPPORT_HAMMER_INSIDE_H
#define TESTS_SUPPORT_HAMMER_INSIDE_H

#include "tests/support/hammer.h"

#define BODY_MAX 192

unsigned below(struct worker *w, size_t limit);
void must(struct worker *w, bool question, const char *what);
/* It is a refusal, with one of these words. */
void count_refusal(struct worker *w, const char *allowed);

/* One request; as the member whose card that is, where a phone asks. */
int ask_plain(struct worker *w, int of, const char *path, const char *body);
/* The same with a key of its own, remembered to be asked again. */
int ask_keyed(struct worker *w, int of, const char *path, const char *body);
/* The answer's transfer. */
void tell(struct worker *w, struct told t);

/* The scan of a code that nobody has read; false: there is none left in this round. */
bool sit_down(struct worker *w);

/* One thing to do; false: there is nothing to do it to. */
typedef bool act(struct worker *w);
act hammer_spend, hammer_hold, hammer_end_hold, hammer_unspend, hammer_swap, hammer_unswap;
/* What comes next with the card of a scan: it carries one use at a time. */
act *hammer_at_card(struct worker *w);
void hammer_uses_open(size_t most);
void hammer_uses_close(void);

#endif
