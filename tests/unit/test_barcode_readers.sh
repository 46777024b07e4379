#!/bin/bash
#
# Other people's programs judge our barcodes: zint must draw the same linear modules, ZBar and
# ZXing must read back every image. Prints what was compared; the first difference fails.
#
#   B=build/<variant> test_barcode_readers.sh [SEED]
#
set -euo pipefail
export LC_ALL=C

dump=${B:-build/release}/tests/support/barcode_dump
RANDOM=${1:-20260401} # bash's own generator: the same payloads on every run
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

digits=0123456789
printable=$(printf '%b' "$(printf '\\x%x' {32..126})")
mostly_digits=$digits$digits$digits$digits$printable

random_text() { # ALPHABET LENGTH
    local text='' i
    for ((i = 0; i < $2; i++)); do
        text+=${1:RANDOM % ${#1}:1}
    done
    printf '%s\n' "$text"
}

random_lines() { # COUNT ALPHABET SHORTEST LONGEST
    local i
    for ((i = 0; i < $1; i++)); do
        random_text "$2" $(($3 + RANDOM % ($4 - $3 + 1)))
    done
}

# A prefix of 20-29: with a leading 0 readers may say UPC-A and drop the 0.
random_ean13() { # COUNT, the check digit included
    local i j digit sum text
    for ((i = 0; i < $1; i++)); do
        text=2
        sum=2
        for ((j = 1; j < 12; j++)); do
            digit=$((RANDOM % 10)) # not in a subshell, which would seed itself anew
            text+=$digit
            sum=$((sum + digit * (j % 2 ? 3 : 1)))
        done
        printf '%s%d\n' "$text" $(((10 - sum % 10) % 10))
    done
}

# zint prints modules in hexadecimal, filled up to the last digit; a symbol ends in a bar.
zint_modules() { # ZINT_TYPE FILE
    zint -b "$1" --batch --dump -i "$2" | sed -e 's/ //g' \
        -e 's/0/..../g; s/1/...#/g; s/2/..#./g; s/3/..##/g; s/4/.#../g; s/5/.#.#/g' \
        -e 's/6/.##./g; s/7/.###/g; s/8/#.../g; s/9/#..#/g; s/A/#.#./g; s/B/#.##/g' \
        -e 's/C/##../g; s/D/##.#/g; s/E/###./g; s/F/####/g' -e 's/\.*$//'
}

same_as_zint() { # NAME ZINT_TYPE FILE
    sed "s/^/$1 /" "$3" | "$dump" rows >"$dir/ours"
    zint_modules "$2" "$3" >"$dir/zint"
    diff "$dir/ours" "$dir/zint"
    echo "$1: $(wc -l <"$3") symbols drawn as zint draws them"
}

read_back() { # NAME SCALE FILE
    rm -f "$dir"/image*
    sed "s/^/$1 /" "$3" | "$dump" images "$2" "$dir/image"
    zbarimg --quiet --raw --nodbus "$dir"/image*.pgm >"$dir/zbar"
    diff "$3" "$dir/zbar"
    ZXingReader -1 "$dir"/image*.pgm | sed -e 's/^[^"]*"//' -e 's/"[^"]*$//' >"$dir/zxing"
    diff "$3" "$dir/zxing"
    echo "$1: $(wc -l <"$3") symbols at $2 pixels per module read back by ZBar and ZXing"
}

random_lines 200 "$digits" 12 12 >"$dir/ean13"
random_lines 200 "$printable" 1 14 >"$dir/code128"
random_lines 200 "$mostly_digits" 1 14 >>"$dir/code128"
random_lines 100 "$digits" 1 25 >>"$dir/code128"
same_as_zint ean13 13 "$dir/ean13"
same_as_zint code128 20 "$dir/code128"

random_ean13 20 >"$dir/ean13"
random_lines 10 "$mostly_digits" 1 14 >"$dir/code128"
random_lines 10 "$digits" 22 22 >>"$dir/code128"
random_lines 10 "$digits" 1 60 >"$dir/qr"
random_lines 10 "$printable" 1 60 >>"$dir/qr"
for scale in 2 3 4; do
    for name in ean13 code128 qr; do
        read_back $name $scale "$dir/$name"
    done
done
echo "11 passed, 0 failed"
