# Succeeds when Node 20.19 or newer (what Vite needs) and npm are here; else says so in one line: node.sh "consequence"
if command -v npm >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
' 2>/dev/null; then
    exit 0
fi
echo "Node 20.19 or newer (with npm) was not found: install it from nodejs.org or your system's packages. $1" >&2
exit 1
