/*
 * flex.h - messages for tests: what a shop would send, whether LINE would take what was written.
 */
#ifndef TESTS_SUPPORT_FLEX_H
#define TESTS_SUPPORT_FLEX_H

#include <jansson.h>

#include "base/buf.h"
#include "line/message.h"

#define FLEX_USER "U00000000000000000000000000000001"
#define FLEX_URL "https://liff.line.me/1234567890-AbcdEfgh/card"

/* "ja", "en", "zh-Hant", "th" */
extern const char *const flex_language[MESSAGE_LANGUAGES];

/* A message with every value that its kind has, in words of its language; all borrowed. */
struct message
flex_example(enum message_kind kind, enum message_language language, enum message_unit unit);

/* New (json_decref): a body that LINE would take, parsed; `address` is "to" or "replyToken". Fails
 * the test when a property, a colour, a length or the number of messages is not as LINE has it. */
json_t *flex_checked_body(const struct buf *body, const char *address, size_t want_n);

/* The member's text, or "". */
const char *flex_text(const json_t *object, const char *name);

/* Equal to tests/golden/<name>, which GOLDEN=write makes so. */
void flex_check_golden(const char *name, const char *text);

#endif
