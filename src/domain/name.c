#include "domain/name.h"

#include "base/arena.h"
#include "base/text.h"

/* Far more than a name in any normal form takes; what does not fit here is no name. */
#define ROOM_BYTES (64 * KIB)

enum err_code
name_clean(struct str in, char out[NAME_SIZE], struct err *e)
{
    struct arena *a = arena_new(ROOM_BYTES);
    struct str text;
    enum err_code code;

    if (a == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory for a name");
    code = text_clean(a, in, NAME_POINTS, &text, e);
    if (code == OK && !str_copy(text, out, NAME_SIZE))
        code = err_set(e, ERR_INPUT, "text_too_long", "name of %zu bytes", text.n);
    arena_free(a);
    return code;
}

/* The front of valid UTF-8, at most `max` code points. */
static struct str
front(struct str text, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        if (((unsigned char)text.at[i] & 0xC0) != 0x80 && n++ == max)
            return (struct str){text.at, i};
    return text;
}

void
name_cut(struct str in, char out[NAME_SIZE])
{
    struct arena *a = arena_new(ROOM_BYTES);
    struct str text;
    struct err ignored;

    out[0] = '\0';
    if (a == NULL)
        return;
    /* Cleaned again after the cut, which may leave a space or half of a joined picture at the end.
     */
    if (text_clean(a, in, SIZE_MAX, &text, &ignored) == OK &&
        text_clean(a, front(text, NAME_POINTS), NAME_POINTS, &text, &ignored) == OK)
        str_copy(text, out, NAME_SIZE);
    arena_free(a);
}
