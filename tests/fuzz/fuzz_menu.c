/* Any bytes as LINE's lists of menus and aliases: what is taken is fit for a path. */
#include <assert.h>

#include "line/menu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct str answer = {(const char *)data, n};
    struct arena *a = arena_new(4 * MIB);
    struct menu_listed *menus;
    struct menu_alias *aliases;
    size_t menus_n = 0, aliases_n = 0;
    struct err e;

    if (!menu_read_list(answer, a, &menus, &menus_n, &e))
        for (size_t i = 0; i < menus_n; i++)
            assert(menu_id_is_valid(str_of(menus[i].id)));
    if (!menu_read_aliases(answer, a, &aliases, &aliases_n, &e))
        for (size_t i = 0; i < aliases_n; i++)
            assert(menu_alias_is_valid(str_of(aliases[i].alias)));
    arena_free(a);
    return 0;
}
