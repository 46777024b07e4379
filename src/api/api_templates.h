/*
 * api_templates.h - the shop's own words for messages, as the owner's page edits them.
 */
#ifndef API_TEMPLATES_H
#define API_TEMPLATES_H

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

/* Every kind: our words, the shop's own, the fields, how long a part may be. */
enum err_code api_templates_show(struct request *req, struct reply *reply, struct err *e);

/* Words by language:
 * {"language":"ja","version":0,"headline":...,"text":...,"alt":...,"button":...}; a part that is
 * left out is said in ours. */
enum err_code api_template_set(struct request *req, struct reply *reply, struct err *e);
enum err_code api_template_reset(struct request *req, struct reply *reply, struct err *e);

/* What they look like, with sample values, and what is wrong with them: nothing is kept. */
enum err_code api_template_preview(struct request *req, struct reply *reply, struct err *e);

/* The same as a message to the owner's own LINE account, which LINE counts. */
enum err_code api_template_test(struct request *req, struct reply *reply, struct err *e);

#endif
