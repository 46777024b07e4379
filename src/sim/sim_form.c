#include "sim/sim_form.h"

#include <string.h>

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

static bool
decode(struct arena *arena, struct str in, struct str *out)
{
    char *to = arena_alloc(arena, in.n + 1);
    size_t n = 0;

    if (to == NULL)
        return false;
    for (size_t i = 0; i < in.n; i++) {
        int high, low;

        if (in.at[i] != '%') {
            to[n++] = in.at[i] == '+' ? ' ' : in.at[i];
            continue;
        }
        high = i + 1 < in.n ? hex_value(in.at[i + 1]) : -1;
        low = i + 2 < in.n ? hex_value(in.at[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        to[n++] = (char)(high << 4 | low);
        i += 2;
    }
    *out = (struct str){to, n};
    return true;
}

bool
sim_form_parse(struct arena *arena, struct str text, struct sim_form *out)
{
    out->n = 0;
    while (text.n > 0) {
        struct str pair, name;

        if (!str_until(&text, '&', &pair)) {
            pair = text;
            text.n = 0;
        }
        if (pair.n == 0)
            continue;
        if (!str_until(&pair, '=', &name)) {
            name = pair;
            pair.n = 0;
        }
        if (out->n == SIM_FORM_FIELDS || !decode(arena, name, &out->field[out->n].name) ||
            !decode(arena, pair, &out->field[out->n].value))
            return false;
        for (size_t i = 0; i < out->n; i++) {
            if (str_eq(out->field[i].name, out->field[out->n].name))
                return false;
        }
        out->n++;
    }
    return true;
}

bool
sim_form_has(const struct sim_form *form, const char *name)
{
    for (size_t i = 0; i < form->n; i++) {
        if (str_eq(form->field[i].name, str_of(name)))
            return true;
    }
    return false;
}

struct str
sim_form_get(const struct sim_form *form, const char *name)
{
    for (size_t i = 0; i < form->n; i++) {
        if (str_eq(form->field[i].name, str_of(name)))
            return form->field[i].value;
    }
    return (struct str){"", 0};
}
