#!/usr/bin/env bash
# Makes .venv, if need be, and installs one requirements file into it. Names what is missing on this machine.
# Usage: scripts/environment.sh requirements.txt
set -euo pipefail
cd "$(dirname "$0")/.."

debian_line="On Debian or Ubuntu: sudo apt-get install python3 python3-venv make git"

missing() {
    echo "Missing: $1." >&2
    echo "$debian_line" >&2
    exit 1
}

# A Python that is new enough *and* can make environments: Debian's, pyenv's, or the one named in PYTHON.
find_python() {
    local candidate found_new_enough=""
    for candidate in ${PYTHON:-} python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        found_new_enough=yes
        "$candidate" -c 'import ensurepip, venv' 2>/dev/null || continue
        echo "$candidate"
        return
    done
    [ -z "$found_new_enough" ] && missing "Python 3.11 or newer"
    missing "Python's venv module"
}

command -v git >/dev/null || missing "git"

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python="$(find_python)"
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi
echo "Installing $1"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$1"
