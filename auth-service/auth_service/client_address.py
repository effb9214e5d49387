"""Where a request comes from, for counting attempts: a proxy's word is believed only when the proxy is ours."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi import Request

HOPS_MAX = 10
IPV6_SITE_BITS = 64
UNKNOWN = "unknown"

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def client_address(request: Request, *, trusted: Sequence[Network]) -> str:
    """Return the nearest address that is not a trusted proxy's; of IPv6 the /64, which is one customer."""
    peer = _parsed(request.client.host if request.client else "")
    if peer is None:
        return UNKNOWN
    said = ",".join(request.headers.getlist("x-forwarded-for")).split(",")[-HOPS_MAX:]
    client = peer
    for hop in reversed(said):
        address = _parsed(hop.strip())
        if address is None or not _is_trusted(client, trusted):
            break
        client = address
    return str(ip_network((client, IPV6_SITE_BITS), strict=False)) if client.version == 6 else str(client)


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
