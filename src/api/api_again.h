/*
 * api_again.h - the page that asks for LINE's login once more, and tells why.
 *
 * Below /card, for LINE's SDK starts nowhere else: inside LINE it is the app's own token that
 * proves who is looking, and a token too old is renewed by opening the card anew. Everywhere else a
 * link leads through LINE's login pages.
 */
#ifndef API_API_AGAIN_H
#define API_API_AGAIN_H

#include "api/fresh_act.h"
#include "http/route.h"

/* GET /card/again?act=leave[&login=denied|failed|again|other|old]; without a session or an act to
 * the card, for a guest or who has just proven it to the page of the act */
route_handler api_again_page;

/* Where the act goes on once it is proven: "/card/me?act=leave". In arena; NULL: no memory. */
const char *again_page_of(struct arena *arena, enum fresh_act act);

#endif
