#!/usr/bin/env bash
# The README's tables of commands, settings and routes are the ones the program prints.
exec sh tests/support/docs.sh "${B:-build/release}" --check
