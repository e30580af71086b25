"""Network addresses: which are this machine's, and which count as one. Pure functions."""

from ipaddress import IPv6Address, ip_address, ip_network

LOCAL_NAME = "localhost"


def is_this_machine(host: str | None) -> bool:
    """Whether an IP address or a name, without a port, is this machine's own loopback."""
    if not host:
        return False
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return host.lower() == LOCAL_NAME
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback


def household(host: str | None) -> str:
    """What counts as one address for a limit: an IPv4 address, or the /64 that one IPv6 client has to
    itself; the text itself for anything else."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((str(address).partition("%")[0], 64), strict=False))
