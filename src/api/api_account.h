/*
 * api_account.h - what is a member's own beside the card: records of before, and the way back after
 * a lost LINE account.
 */
#ifndef API_API_ACCOUNT_H
#define API_API_ACCOUNT_H

#include "http/reply.h"
#include "http/request.h"

/* GET /account: the page; without a session, to the card's. */
enum err_code api_account_page(struct request *req, struct reply *reply, struct err *e);

/* GET /api/me/account  ->  200 {"customers":[{"id":1,"number":"2000","points":7,"plan":"..."}],
 * "recovery":ms|null, "joined":[{"kind":"rescue","at":ms,"undone":false,"reason":null}],
 * "line":true, "shop":false}  ("shop": the shop's own login may be linked) */
enum err_code api_account_show(struct request *req, struct reply *reply, struct err *e);

/* POST /api/me/link  {"number":"2000","birthday":"1990-04-01"}  ->  200 {"id":1,"brought":7,
 * "plan":1,"number":false}; 409 with a word of customer_link */
enum err_code api_account_link(struct request *req, struct reply *reply, struct err *e);
/* POST /api/me/unlink  {"customer":1}  ->  204 */
enum err_code api_account_unlink(struct request *req, struct reply *reply, struct err *e);

/* POST /api/me/recovery-code  {}  ->  200 {"code":"...","until":ms} */
enum err_code api_recovery_make(struct request *req, struct reply *reply, struct err *e);
/* POST /api/me/recover  {"code":"..."}  ->  200 {"merged":true}, with a session of the member whose
 * code it was; 409 with a word of recovery_use */
enum err_code api_recover(struct request *req, struct reply *reply, struct err *e);

#endif
