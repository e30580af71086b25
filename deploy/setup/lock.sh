# Pins pyproject.toml's dependencies into requirements.lock and requirements-dev.lock.
# No hashes and no "+cpu": PyTorch's wheel differs from platform to platform, its version doesn't.
set -eu

pin() {
    .venv/bin/pip-compile --quiet --no-header --annotation-style=line --strip-extras \
        --unsafe-package pip --no-emit-index-url --no-emit-find-links --no-emit-trusted-host "$@"
}

# pip-compile's annotations name the lock it was held to, which is noise here.
tidy() {
    {
        echo "# Made from pyproject.toml by \`make lock\`; edit that, not this."
        sed -e 's/+cpu//' -e 's/-c requirements.lock, //' -e '/^#/d' -e '/^$/d' "$1"
    } >"$1.tidy"
    mv "$1.tidy" "$1"
}

pin "$@" --output-file=requirements.lock pyproject.toml
tidy requirements.lock
pin "$@" --extra=dev --constraint=requirements.lock --output-file=requirements-dev.lock pyproject.toml
tidy requirements-dev.lock
