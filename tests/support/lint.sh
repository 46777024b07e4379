#!/bin/sh
# Form, then what tools can see, then a grep of what we avoid.
set -u
status=0
sources=$(find src barcode tests -name '*.c' -o -name '*.h' | sort)
say() { echo "lint: $1"; }

say "clang-format"
clang-format --dry-run --Werror $sources 2>/tmp/lint.$$ || { head -20 /tmp/lint.$$; status=1; }
# The first two cannot see that err_set never returns OK, so every "a(&x) || b(x)" looks unset to them; the
# compilers' -Wmaybe-uninitialized can. A parcel owns its body; the waits on the stack outlive their jobs. The end
# of an array is taken for a place outside it.
say "cppcheck"
cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr -Isrc -I. -Ibuild \
    --include=/usr/include/jansson.h \
    --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
    --suppress=uninitvar --suppress=ctuuninitvar --suppress=autoVariables \
    --suppress=ctuPointerArith --suppress=memleak:src/app/dispatch.c src barcode || status=1
say "clang-tidy"
clang-tidy --quiet $(find src barcode -name '*.c') -- -std=c17 -D_GNU_SOURCE -Isrc -I. -Ibuild \
    $(pkg-config --cflags pangocairo | sed 's/-I/-isystem /g') 2>/dev/null |
    grep -E '(warning|error):' && status=1
say "words we avoid"
grep -nE '(^|[^_a-z])(strcpy|strcat|sprintf|atoi|strtok|gets|sscanf)\(' $(find src barcode -name '*.c' -o -name '*.h') && status=1
grep -rnE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write' web && status=1
rm -f /tmp/lint.$$
exit $status
