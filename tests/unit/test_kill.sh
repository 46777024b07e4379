#!/bin/bash
# Five kills as part of every `make test`; `make kill` does five hundred.
set -euo pipefail
exec python3 tests/faults/kill.py --build "${B:-build/release}" --kills "${KILLS:-5}" --load-s 0.4
