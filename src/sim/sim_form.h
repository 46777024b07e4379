/*
 * sim_form.h - application/x-www-form-urlencoded (WHATWG URL, section 5.1), the body of every OAuth
 * call.
 */
#ifndef SIM_FORM_H
#define SIM_FORM_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define SIM_FORM_FIELDS 24

struct sim_form {
    struct {
        struct str name;
        struct str value;
    } field[SIM_FORM_FIELDS];
    size_t n;
};

/* Decoded in arena. False: too many fields, a name twice, or a broken percent sign. */
bool sim_form_parse(struct arena *arena, struct str text, struct sim_form *out);

/* Empty when it is not there. */
struct str sim_form_get(const struct sim_form *form, const char *name);
bool sim_form_has(const struct sim_form *form, const char *name);

#endif
