# Makes an empty .venv with the first Python found that is new enough. PYTHON=... names another.
set -eu

python=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Keepsake needs Python 3.11 or newer; install it, or name one with: make PYTHON=/path/to/python3 ..." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python has no venv module; install it (on Debian or Ubuntu: apt-get install python3-venv)." >&2
    exit 1
fi

echo "Making .venv with $("$python" -V) ..."
rm -rf .venv .setup/unfinished
"$python" -m venv .venv
