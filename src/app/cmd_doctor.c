#include "app/commands.h"

enum err_code
command_doctor(struct call *call, struct err *e)
{
    (void)call;
    return err_set(e, ERR_INTERNAL, "x", "x");
}
