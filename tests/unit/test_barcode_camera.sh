#!/bin/bash
#
# A camera takes our pictures off a screen (tests/support/barcode_camera.c); ZBar and ZXing must
# read every photograph, and nothing else in it. Prints how many, the first failure fails.
#
#   B=build/<variant> test_barcode_camera.sh [COUNT OF EACH KIND [SEED]]
#
set -euo pipefail
export LC_ALL=C

count=${1:-5}
seed=${2:-20261122}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"${B:-build/release}/tests/support/barcode_camera" "$count" "$seed" "$dir" >"$dir/list"

# All that a reader finds, a line each. ZBar also says what it is, which we do not ask.
zbar() { zbarimg --quiet --raw --nodbus "$1" 2>/dev/null || true; }
zxing() { ZXingReader -1 "$1" 2>/dev/null | sed -n 's/^[^"]*"\(.*\)"[^"]*$/\1/p'; }

# ZXing gives NW-7 without its start and stop.
without_start_stop() { [[ $1 =~ ^[A-D](.*)[A-D]$ ]] && echo "${BASH_REMATCH[1]}" || echo "$1"; }

declare -A read
unread=0
misread=0
while read -r name file text; do
    for reader in zbar zxing; do
        got=$($reader "$file")
        want=$text
        [[ $name == nw7* && $reader == zxing ]] && want=$(without_start_stop "$text")
        if [[ $got == "$want" ]]; then
            read[$name $reader]=$((${read[$name $reader]:-0} + 1))
        elif [[ -z $got ]]; then
            echo "$name, $reader: $text is not read"
            unread=$((unread + 1))
        else
            echo "$name, $reader: $text is read as $got"
            misread=$((misread + 1))
        fi
    done
done <"$dir/list"

for name in $(cut -d' ' -f1 "$dir/list" | uniq); do
    echo "$name: of $count photographs ZBar reads ${read[$name zbar]:-0}, ZXing ${read[$name zxing]:-0}"
done
echo "$unread not read, $misread misread"
[[ $unread == 0 && $misread == 0 ]]
echo "$(cut -d' ' -f1 "$dir/list" | uniq | wc -l) passed, 0 failed"
