#include "api/fresh_act.h"

#include <stddef.h>

static const struct {
    const char *word, *page;
} acts[] = {
    [FRESH_NONE] = {"", "/card"},
    [FRESH_EXPORT] = {"export", "/card/me"},
    [FRESH_LEAVE] = {"leave", "/card/me"},
    [FRESH_LINK] = {"link", "/account"},
    [FRESH_UNLINK] = {"unlink", "/account"},
    [FRESH_SHOP] = {"shop", "/account"},
    [FRESH_CODE] = {"code", "/account"},
    [FRESH_RECOVER] = {"recover", "/account"},
};

enum fresh_act
fresh_act_of(struct str word)
{
    for (size_t i = FRESH_NONE + 1; i < sizeof(acts) / sizeof(acts[0]); i++)
        if (str_eq(word, str_of(acts[i].word)))
            return (enum fresh_act)i;
    return FRESH_NONE;
}

const char *
fresh_act_word(enum fresh_act act)
{
    return acts[act].word;
}

const char *
fresh_act_page(enum fresh_act act)
{
    return acts[act].page;
}
