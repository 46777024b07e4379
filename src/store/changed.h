/*
 * changed.h - what a commit of the writer's changes, as kinds of things in base/versions.
 */
#ifndef STORE_CHANGED_H
#define STORE_CHANGED_H

/* Things with a version of their own. What else a shopper sees on a card (plans, rewards, vouchers,
 * shops ...) changes so rarely that it changes everything. */
enum changed {
    CHANGED_SESSION,
    CHANGED_MEMBER,
    CHANGED_CARD, /* with its transfers: each goes with a new balance */
};

#endif
