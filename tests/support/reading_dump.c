/*
 * reading_dump - mangled codes and what scan_normalise makes of them, for the till's script to
 * compare: `reading_dump N` prints N lines of JSON, [text, kind, digits, plain, [candidate ...]].
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/entropy.h"
#include "tests/support/mangle.h"

static void
print(const struct mangled *mangled)
{
    static const char *const kinds[] = {"member", "voucher",    "jan",    "static",
                                        "goods",  "unreadable", "unknown"};
    struct reading reading;
    json_t *candidates = json_array();
    json_t *row;

    scan_normalise((struct str){mangled->text, mangled->n}, &reading);
    for (int i = 0; i < reading.n_candidates; i++)
        json_array_append_new(candidates, json_string(reading.candidate[i]));
    row = json_pack("[s#, s, s, s, o]", mangled->text, (int)mangled->n, kinds[reading.kind],
                    reading.digits, reading.plain, candidates);
    json_dumpf(row, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(row);
}

int
main(int argc, char **argv)
{
    static struct crowd crowd;
    struct mangled mangled;
    long n = argc == 2 ? strtol(argv[1], NULL, 10) : 0;

    entropy_seed(20260401);
    crowd_make(&crowd);
    for (long i = 0; i < n; i++) {
        crowd_mangle(&crowd, &mangled);
        print(&mangled);
    }
    return n > 0 ? 0 : 2;
}
