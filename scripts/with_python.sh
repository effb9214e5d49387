#!/bin/sh
# Runs the launcher with the first Python on this machine that Parley supports.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))'
for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if command -v "$python" >/dev/null 2>&1 && "$python" -c "$supported" 2>/dev/null; then
        exec "$python" "$here/run.py" "$@"
    fi
done
found=$(python3 --version 2>&1 || echo 'no Python 3')
echo "Parley needs Python 3.11, 3.12, 3.13 or 3.14, and this machine has: $found. Please install one of them (your package manager, or https://www.python.org/downloads/) and start again." >&2
exit 1
