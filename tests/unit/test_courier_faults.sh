#!/bin/bash
# A day of faults with 1,500 messages as part of every `make test`; `make courier-faults` takes 100,000.
set -euo pipefail
exec python3 tests/faults/courier.py --build "${B:-build/release}" --messages "${MESSAGES:-1500}" --kills "${KILLS:-6}"
