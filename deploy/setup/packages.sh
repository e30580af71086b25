# Installs what a lock file pins, and Keepsake itself, into .venv: packages.sh requirements.lock
# While it runs .setup/unfinished exists, so that an interrupted installation is begun again.
set -eu

lock=$1
log=.setup/pip.log
total=$(grep -c == "$lock")
export PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

show_progress() {
    count=0
    while IFS= read -r line; do
        case $line in
        Collecting\ *)
            count=$((count + 1))
            if [ -t 1 ]; then
                printf '\r  fetched %d of %d ' "$count" "$total"
            elif [ $((count % 40)) -eq 0 ]; then
                echo "  fetched $count of $total"
            fi
            ;;
        Installing\ collected\ packages*)
            [ ! -t 1 ] || echo
            echo "  unpacking them, another minute or two ..."
            ;;
        esac
    done
}

install() {
    .venv/bin/python -m pip install "$@" || touch .setup/failed
}

echo "Installing $total packages from $lock (PyTorch is the big one; the first time takes minutes) ..."
touch .setup/unfinished
rm -f .setup/failed
install --no-compile -r "$lock" 2>&1 | tee "$log" | show_progress
if [ ! -e .setup/failed ]; then
    # On all cores, where pip would use one. A few packages hold files that no Python compiles; a third
    # of it all is what next to nobody imports.
    .venv/bin/python -m compileall -q -j 0 \
        -x '/(tests|transformers/models|torch/_inductor|torch/testing/_internal)/' \
        .venv/lib >/dev/null 2>&1 || true
    install --quiet --no-deps --no-build-isolation -e . >>"$log" 2>&1
fi
if [ -e .setup/failed ]; then
    # Up to the unpacking pip changes nothing in .venv.
    grep -q '^Installing collected packages' "$log" || rm .setup/unfinished
    grep '^ERROR' "$log" >&2 || tail -n 5 "$log" >&2
    echo "Installing the packages failed; the whole log is in $log." >&2
    exit 1
fi
rm .setup/unfinished
