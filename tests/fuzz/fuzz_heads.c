/* A file of heads as somebody kept it: what is read can be written and read again. */
#include <assert.h>

#include "domain/head_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static enum err_code
each(void *context, const struct head *head, struct err *e)
{
    char text[HEAD_TEXT_MAX];

    (void)context;
    (void)e;
    assert(head->number > 0 && head->size > 0 && head_text(head, text).n < sizeof(text));
    return OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t key[P256_PUBLIC_SIZE];
    struct err e;

    (void)heads_read((struct str){(const char *)data, n}, key, each, NULL, &e);
    return 0;
}
