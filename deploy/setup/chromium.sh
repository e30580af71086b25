# Sees that the browser tests have a Chromium; installs Debian's when that needs no questions.
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then
        exit 0
    fi
done
if [ "$(id -u)" -eq 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests ..."
    export DEBIAN_FRONTEND=noninteractive
    mkdir -p .setup
    if {
        apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium
    } >.setup/apt.log 2>&1; then
        exit 0
    fi
fi
echo "The browser tests need Chromium: install it (on Debian: apt-get install chromium) and run again." >&2
exit 1
