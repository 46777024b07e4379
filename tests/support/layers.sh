#!/bin/sh
# A folder of src/ includes only folders to its left: base -> {store, line, http} -> domain -> api -> app.
# barcode/ includes nothing of ours; src/sim is a program of its own on base and http.
status=0
check() { # folder, folders it may include
    found=$(grep -nE '^#include "' "$1"/*.c "$1"/*.h 2>/dev/null | grep -vE "#include \"($2)/")
    [ -z "$found" ] && return
    echo "$1 may include only $2:"
    echo "$found"
    status=1
}
check barcode 'barcode'
check src/base 'base'
check src/store 'base|store'
check src/line 'base|line'
check src/http 'base|http'
check src/domain 'base|store|domain|barcode'
check src/api 'base|store|line|http|domain|api|barcode|web'
check src/app 'base|store|line|http|domain|api|app|barcode|web'
check src/sim 'base|http|sim'
names=$(find src barcode -name '*.c' -printf '%f\n' | sort | uniq -d)
[ -z "$names" ] || { echo "file names used twice: $names"; status=1; }
[ $status -eq 0 ] && echo "layers: as designed"
exit $status
