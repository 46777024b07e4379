#!/bin/bash
#
# Other people's programs judge our barcodes: ZBar and ZXing must read back every image. Prints
# what was read; the first difference fails. That zint draws the same is test_barcode_zint.c.
#
#   B=build/<variant> test_barcode_readers.sh [SEED]
#
set -euo pipefail
export LC_ALL=C

dump=${B:-build/release}/tests/support/barcode_dump
vectors=tests/support/barcode_vectors.tsv
RANDOM=${1:-20260401} # bash's own generator: the same payloads on every run
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0

digits=0123456789
letters=ABCDEFGHIJKLMNOPQRSTUVWXYZ
printable=$(printf '%b' "$(printf '\\x%x' {32..126})")
mostly_digits=$digits$digits$digits$digits$printable

random_texts() { # COUNT ALPHABET SHORTEST LONGEST [STEP]
    seed=$RANDOM alphabet=$2 awk -v count="$1" -v least="$3" -v most="$4" -v step="${5:-1}" 'BEGIN {
        srand(ENVIRON["seed"])
        alphabet = ENVIRON["alphabet"]
        while (count-- > 0) {
            text = ""
            for (n = least + step * int(rand() * ((most - least) / step + 1)); n > 0; n--)
                text = text substr(alphabet, 1 + int(rand() * length(alphabet)), 1)
            print text
        }
    }'
}

framed() { # start and stop of NW-7 around every line
    awk '{ print substr("ABCD", NR % 4 + 1, 1) $0 substr("ABCD", int(NR / 4) % 4 + 1, 1) }'
}

ean() { # its check digit behind every line
    awk '{
        sum = 0
        for (i = 1; i <= length($0); i++)
            sum += substr($0, i, 1) * ((length($0) - i) % 2 ? 1 : 3)
        print $0 (10 - sum % 10) % 10
    }'
}

draw() { # SCALE, lines of "type ratio check text" on standard input
    rm -f "$dir"/image*
    "$dump" "$1" "$dir/image"
}

read_back() { # WHAT ZBAR_FILE ZXING_FILE
    zbarimg --quiet --raw --nodbus "$dir"/image*.pgm >"$dir/zbar"
    diff "$2" "$dir/zbar"
    ZXingReader -1 "$dir"/image*.pgm | sed -e 's/^[^"]*"//' -e 's/"[^"]*$//' >"$dir/zxing"
    diff "$3" "$dir/zxing"
    echo "$1: $(wc -l <"$2") read back by ZBar and ZXing"
    passed=$((passed + 1))
}

judge() { # TYPE RATIO SCALE ZXING_FILE
    sed "s/^/$1 $2 none /" "$dir/$1" | draw "$3"
    read_back "$1, ratio $2, $3 px" "$dir/$1" "$4"
}

column() { # FIELDS
    grep -v '^#' "$vectors" | cut -f"$1"
}
column 9 >"$dir/zbar_wanted"
column 10 >"$dir/zxing_wanted"
column 1-4 | tr '\t' ' ' | draw 3
read_back 'vectors at 3 px' "$dir/zbar_wanted" "$dir/zxing_wanted"

cat >"$dir/qr" <<'END' # of test_barcode.c
2123456789010
2000000000015
M1-20001
M1.7K3F9Q2X.48215360.83920417
https://liff.line.me/1234567890-AbcdEfgh?c=7K3F9Q2X
END
judge qr 2 3 "$dir/qr"

# A prefix of 2, since with 0 readers may say UPC-A.
random_texts 20 "$digits" 11 11 | sed 's/^/2/' | ean >"$dir/ean13"
random_texts 20 "$digits" 7 7 | ean >"$dir/ean8"
random_texts 10 "$mostly_digits" 1 14 >"$dir/code128"
random_texts 10 "$digits" 22 22 >>"$dir/code128"
random_texts 20 "$digits"'-$:/.+' 4 12 | framed >"$dir/nw7"
random_texts 20 "$digits$letters"'-. $/+%' 1 10 >"$dir/code39"
random_texts 20 "$digits" 6 18 2 >"$dir/itf"
random_texts 10 "$digits" 1 60 >"$dir/qr"
random_texts 10 "$printable" 1 60 >>"$dir/qr"
sed 's/^.\(.*\).$/\1/' "$dir/nw7" >"$dir/bare" # ZXing drops start and stop
for scale in 2 3 4; do
    for type in ean13 ean8 code128 qr; do # of one ratio
        judge $type 2 $scale "$dir/$type"
    done
    for ratio in 2 2.5 3; do
        judge nw7 $ratio $scale "$dir/bare"
        judge code39 $ratio $scale "$dir/code39"
        judge itf $ratio $scale "$dir/itf"
    done
done

random_texts 2500 "$digits" 1 213 >"$dir/qr"
random_texts 2500 "$digits$letters"' $%*+./:-' 1 100 >>"$dir/qr"
random_texts 2500 "$printable" 1 60 >>"$dir/qr"
random_texts 2500 "$mostly_digits" 1 100 >>"$dir/qr"
judge qr 2 3 "$dir/qr"
echo "$passed passed, 0 failed"
