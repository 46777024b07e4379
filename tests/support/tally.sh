#!/bin/sh
# The closing line of a test run: what cmocka, node:test and the scripts counted, in one sum.
# Usage: tally.sh build/<variant>
logs=$(find "$1/tests" -name '*.log' | sort)
passed=$(cat $logs /dev/null | sed -nE 's/^\[  PASSED  \] ([0-9]+) test.*/\1/p; s/^# pass ([0-9]+)$/\1/p; s/^ℹ pass ([0-9]+)$/\1/p; s/^([0-9]+) passed.*/\1/p' |
    awk '{n += $1} END {print n + 0}')
failed=0
for log in $logs; do
    [ -e "${log%.log}.ok" ] && continue
    echo "failed: ${log%.log}"
    failed=$((failed + 1))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
