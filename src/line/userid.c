#include "line/userid.h"

#include <string.h>

bool
userid_is_valid(struct str id)
{
    if (id.n != USERID_LENGTH || id.at[0] != 'U')
        return false;
    for (size_t i = 1; i < id.n; i++)
        if (id.at[i] == '\0' || strchr("0123456789abcdef", id.at[i]) == NULL)
            return false;
    return true;
}
