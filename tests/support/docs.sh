#!/bin/sh
# Rewrite the tables of README.md from the program: what stands between <!-- NAME --> and <!-- end -->.
# With --check only compare. Usage: docs.sh build/<variant> [--check]
set -eu
bin=$1
new=$(mktemp)
cp README.md "$new"
for what in commands settings routes; do
    "$bin/stampd" help --markdown "$what" >"$new.$what"
    awk -v what="$what" -v file="$new.$what" '
        $0 == "<!-- " what " -->" { print; print ""; while ((getline line < file) > 0) print line; print ""; inside = 1 }
        $0 == "<!-- end " what " -->" { inside = 0 }
        !inside && $0 != "<!-- " what " -->" { print }' "$new" >"$new.out"
    mv "$new.out" "$new"
    rm "$new.$what"
done
if [ "${2:-}" = --check ]; then
    diff README.md "$new" || { echo "README.md does not say what the program says: run make docs"; rm "$new"; exit 1; }
    rm "$new"
    echo "1 passed, README's tables are the program's"
else
    mv "$new" README.md
fi
