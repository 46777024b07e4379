#include <inttypes.h>

#include "app/commands.h"
#include "base/clock.h"
#include "domain/customer.h"

#define FILE_MAX (2 * MIB)
#define FLUSH_BYTES (64 * KIB)

enum { CUSTOMER_FILE, CUSTOMER_PLAN, CUSTOMER_DRY };

const struct option_row customer_import_options[] = {
    {"file", "FILE", NULL, "CSV with a heading, UTF-8; - is standard input"},
    {"plan", "N", "0", "whose card gets the points, where the table has no column plan"},
    {"dry-run", NULL, NULL, "say what would happen, and change nothing"},
    {0},
};

enum err_code
command_customer_prepare(struct call *call, struct err *e)
{
    return command_file(call, CUSTOMER_FILE, FILE_MAX, e);
}

enum err_code
command_customer_import(struct call *call, struct err *e)
{
    struct customer_import in = {.is_dry = call->value[CUSTOMER_DRY].at != NULL,
                                 .now_ms = call->now_ms};
    struct customer_report out;

    if (!str_int(call->value[CUSTOMER_PLAN], &in.plan_id, 0, INT64_MAX))
        return err_set(e, ERR_INPUT, "usage", "--plan: a plan's number is wanted");
    if (customer_import(call->db, call->value[CUSTOMER_FILE], &in, call->arena, &out, e))
        return e->code;
    buf_format(call->out,
               "%s%" PRId64 " rows: %" PRId64 " new, %" PRId64 " changed, %" PRId64
               " as before, %" PRId64 " linked and left alone\n",
               in.is_dry ? "dry run, nothing was changed: " : "", out.rows, out.added, out.changed,
               out.same, out.linked);
    return OK;
}

const struct option_row customer_list_options[] = {
    {"number", "NUMBER", "", "one of them"},
    {0},
};

static enum err_code
say_customer(void *context, const struct customer *customer)
{
    struct call *call = context;
    char linked[CLOCK_TEXT_SIZE];

    buf_format(call->out, "%6" PRId64 "  %s", customer->id, customer->number);
    if (customer->plan_id)
        buf_format(call->out, "  plan %" PRId64 ", %" PRId64 "%s", customer->plan_id,
                   customer->points, customer->is_brought ? " brought" : " to bring");
    if (customer->member_id) {
        clock_text(customer->linked_ms, linked);
        buf_format(call->out, "  member %" PRId64 " since %s", customer->member_id, linked);
    }
    buf_char(call->out, '\n');
    if (call->flush && call->out->n > FLUSH_BYTES)
        call->flush(call);
    return OK;
}

enum err_code
command_customer_list(struct call *call, struct err *e)
{
    char number[CUSTOMER_NUMBER_SIZE] = "";

    if (call->value[0].n && !customer_number_read(call->value[0], number))
        return err_set(e, ERR_INPUT, "customer_number", "4 to 32 letters and digits are wanted");
    return customer_list(call->db, str_of(number), say_customer, call, e);
}
