#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "base/entropy.h"
#include "domain/pin.h"
#include "domain/staff.h"

#define PIN_DIGITS 6
#define PIN_LINE 64

enum { STAFF_NAME, STAFF_SHOP, STAFF_ROLE, STAFF_PIN_STDIN, STAFF_PIN_HASH };

const struct option_row staff_add_options[] = {
    {"name", "NAME", NULL, "as it stands on the till's screen"},
    {"shop", "SHOP", "", "where they serve; left out: every shop"},
    {"role", "ROLE", "cashier", "cashier, manager or owner"},
    {"pin-stdin", NULL, NULL, "read the PIN (4 to 8 digits) from standard input"},
    {"pin-hash", "HASH", "", "a crypt(5) hash of the PIN instead"},
    {0},
};

static enum err_code
pin_read(char pin[PIN_LINE], struct err *e)
{
    if (isatty(STDIN_FILENO))
        fprintf(stderr, "PIN: ");
    if (!fgets(pin, PIN_LINE, stdin))
        return err_set(e, ERR_INPUT, "pin_invalid", "no PIN on standard input");
    pin[strcspn(pin, "\r\n")] = '\0';
    return OK;
}

/* A PIN that pin_hash does not find too simple. */
static enum err_code
pin_make(char pin[PIN_LINE], char hash[PIN_HASH_SIZE], struct err *e)
{
    for (int tries = 0; tries < 20; tries++) {
        snprintf(pin, PIN_LINE, "%0*" PRIu64, PIN_DIGITS, entropy_below(1000000));
        *e = (struct err){0};
        if (!pin_hash(str_of(pin), hash, e))
            return OK;
    }
    return e->code;
}

/* The hash of the PIN given on standard input, or of one made and printed here. */
static enum err_code
pin_prepare(struct call *call, int stdin_option, int hash_option, struct err *e)
{
    char *hash = arena_alloc(call->arena, PIN_HASH_SIZE);
    char pin[PIN_LINE];

    if (!hash)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "PIN");
    if (call->value[hash_option].n)
        return OK;
    if (call->value[stdin_option].at) {
        if (pin_read(pin, e) || pin_hash(str_of(pin), hash, e))
            return e->code;
    } else {
        if (pin_make(pin, hash, e))
            return e->code;
        buf_format(call->out, "pin %s\n", pin);
    }
    call->value[hash_option] = str_of(hash);
    return OK;
}

enum err_code
command_staff_prepare(struct call *call, struct err *e)
{
    return pin_prepare(call, STAFF_PIN_STDIN, STAFF_PIN_HASH, e);
}

enum err_code
command_staff_add(struct call *call, struct err *e)
{
    char hash[PIN_HASH_SIZE];
    struct staff_new in = {
        .name = call->value[STAFF_NAME],
        .shop_name = call->value[STAFF_SHOP],
        .pin_hash = hash,
        .now_ms = call->now_ms,
    };
    int64_t id;

    if (!role_of(call->value[STAFF_ROLE], &in.role))
        return err_set(e, ERR_INPUT, "role_unknown", "--role is cashier, manager or owner");
    if (!str_copy(call->value[STAFF_PIN_HASH], hash, sizeof(hash)))
        return err_set(e, ERR_INPUT, "pin_invalid", "--pin-hash is too long");
    if (staff_add(call->db, &in, &id, e))
        return e->code;
    buf_format(call->out, "staff %" PRId64 "\n", id);
    return OK;
}

const struct option_row staff_pin_options[] = {
    {"staff", "N", NULL, "their number, see staff list"},
    {"pin-stdin", NULL, NULL, "read the PIN (4 to 8 digits) from standard input"},
    {"pin-hash", "HASH", "", "a crypt(5) hash of the PIN instead"},
    {0},
};

enum err_code
command_staff_pin_prepare(struct call *call, struct err *e)
{
    return pin_prepare(call, 1, 2, e);
}

enum err_code
command_staff_pin(struct call *call, struct err *e)
{
    char hash[PIN_HASH_SIZE];
    int64_t id;

    if (!str_copy(call->value[2], hash, sizeof(hash)))
        return err_set(e, ERR_INPUT, "pin_invalid", "--pin-hash is too long");
    if (command_number(call, &id, e) || staff_set_pin(call->db, id, hash, call->now_ms, e))
        return e->code;
    buf_format(call->out, "staff %" PRId64 "\n", id);
    return OK;
}

const struct option_row staff_end_options[] = {
    {"staff", "N", NULL, "their number, see staff list"},
    {0},
};

enum err_code
command_staff_end(struct call *call, struct err *e)
{
    int64_t id;

    if (command_number(call, &id, e) || staff_end(call->db, id, call->now_ms, e))
        return e->code;
    buf_format(call->out, "staff %" PRId64 " has left\n", id);
    return OK;
}

static enum err_code
say_staff(void *context, const struct staff *staff)
{
    buf_format(context, "%4" PRId64 "  %-8s %-9s %s%s\n", staff->id, role_name(staff->role),
               staff->shop_id ? "one shop" : "all shops", staff->name,
               staff->has_pin ? "" : " (no PIN)");
    return OK;
}

enum err_code
command_staff_list(struct call *call, struct err *e)
{
    return staff_list(call->db, 0, say_staff, call->out, e);
}
