/*
 * acts_make.h - what each request of acts.c needs before it can go well. Only acts.c and
 * acts_make.c include it.
 */
#ifndef TESTS_SUPPORT_ACTS_MAKE_H
#define TESTS_SUPPORT_ACTS_MAKE_H

#include "tests/support/acts.h"

#define OFTEN 3  /* the plan without a pause */
#define WALLET 4 /* whose points are spent at the till */

/* line-sim's people */
enum { MEMBER_PERSON = 1, FRIEND, OTHER, OWNER_PERSON, LEAVER, LOSER, FINDER, READER };

/* Who is there, signed in; `right` is another till. Who act_member is, in LINE and in the book. */
extern int act_person;
extern int64_t act_member_id, act_reader_id;
extern struct browser act_member, act_reader, act_till, act_right, act_owner;

void an_event(struct act_request *made);
void a_reader(struct act_request *made);
void the_first_lines(struct act_request *made);
void a_look_at_callers(struct act_request *made);
void a_call_by_card(struct act_request *made);
void a_liff_login(struct act_request *made);
void nobody_yet(struct act_request *made);
void a_web_login(struct act_request *made);
void somebody_else(struct act_request *made);
void a_shop_account(struct act_request *made);
void a_grant_to_come(struct act_request *made);
void a_card_shown(struct act_request *made);
void a_sale_without_a_card(struct act_request *made);
void a_gift_shown(struct act_request *made);
void a_gift_to_make(struct act_request *made);
void a_gift_to_take(struct act_request *made);
void a_gift_to_take_back(struct act_request *made);
void a_mistake(struct act_request *made);
void a_mistake_looked_at(struct act_request *made);
void a_manager_who_looks_back(struct act_request *made);
void a_voucher_shown(struct act_request *made);
void a_voucher_read(struct act_request *made);
void a_redemption(struct act_request *made);
void a_yes(struct act_request *made);
void a_basket(struct act_request *made);
void a_basket_paid_for(struct act_request *made);
void a_basket_left(struct act_request *made);
void a_wish(struct act_request *made);
void a_second_thought(struct act_request *made);
void a_voucher_looked_at(struct act_request *made);
void a_card_that_wishes(struct act_request *made);
void a_wish_at_the_till(struct act_request *made);
void a_sale_returned(struct act_request *made);
void a_voucher_in_error(struct act_request *made);
void another_price(struct act_request *made);
void more_codes(struct act_request *made);
void a_draft(struct act_request *made);
void a_draft_to_go(struct act_request *made);
void a_draft_rehearsed(struct act_request *made);
void a_draft_ready(struct act_request *made);
void a_draft_for_later(struct act_request *made);
void a_draft_withdrawn(struct act_request *made);
void news(struct act_request *made);
void a_new_till(struct act_request *made);
void a_till_without_anybody(struct act_request *made);
void another_till(struct act_request *made);
void new_terms(struct act_request *made);
void long_here(struct act_request *made);
void after_a_while(struct act_request *made);
void a_link_to_data(struct act_request *made);
void another_birthday(struct act_request *made);
void another_language(struct act_request *made);
void another_wish(struct act_request *made);
void somebody_who_leaves(struct act_request *made);
void a_record_of_before(struct act_request *made);
void a_record_linked(struct act_request *made);
void a_way_back(struct act_request *made);
void a_call(struct act_request *made);
void a_lost_phone(struct act_request *made);
void a_rescue(struct act_request *made);
void a_link_for_an_owner(struct act_request *made);
void an_owner_who_goes(struct act_request *made);
void a_rule(struct act_request *made);
void a_rule_to_go(struct act_request *made);
void other_words(struct act_request *made);
void words_to_go(struct act_request *made);
void words_to_try(struct act_request *made);
void a_policy(struct act_request *made);
void a_code_to_look_up(struct act_request *made);
void a_letter(struct act_request *made);
void a_script(struct act_request *made);
void a_stream(struct act_request *made);

#endif
