/*
 * plan_json.h - a plan's rules as JSON: in a plan file whole, in the book the parts that have no
 * column of their own.
 *
 * A part is an object of the plan file under its name, read and written by its own module
 * (plan_expiry.h and the like). The book keeps the parts of a version as one text: they are read
 * together, once a connection, and no statement looks into them.
 */
#ifndef DOMAIN_PLAN_JSON_H
#define DOMAIN_PLAN_JSON_H

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "domain/plan.h"

#define PLAN_FILE_MAX (64 * 1024) /* bytes */

/*
 * A plan file over what `rules` say: what it does not name stays, a part or list that it names is
 * replaced whole, null takes it away. Whether the rules fit each other is plan_create's to say, and
 * plan_add_version's.
 *
 * ERR_INPUT "json_malformed", "field_unknown", "field_type", "field_range", "plan_invalid" and
 * "number_format", with the field as it stands in the file: "tier.steps.1.from"; *rules may be half
 * changed
 */
enum err_code plan_file_read(struct str text, struct plan_rules *rules, struct err *e);
/* What plan_file_read makes the same rules of. *out is new. ERR_INTERNAL "out_of_memory" */
enum err_code plan_file_write(const struct plan_rules *rules, json_t **out, struct err *e);

/* The parts alone, for plan_version.terms. *out is new: free(). */
enum err_code plan_terms_write(const struct plan_rules *rules, char **out, struct err *e);
enum err_code plan_terms_read(struct str text, struct plan_rules *rules, struct err *e);

#endif
