# Prints where the browser tests' Chromium is; installs Debian's when that needs no questions.
set -u

find_chromium() {
    for name in "${CHROMIUM_PATH:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}

find_chromium && exit 0
if [ "$(id -u)" -eq 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests ..." >&2
    export DEBIAN_FRONTEND=noninteractive
    mkdir -p .setup
    {
        apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium
    } >.setup/apt.log 2>&1
    find_chromium && exit 0
fi
echo "The browser tests need Chromium: install it (on Debian: apt-get install chromium) and run again." >&2
exit 1
