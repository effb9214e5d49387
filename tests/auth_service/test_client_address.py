"""Whose attempts are counted together."""

from ipaddress import ip_network

import pytest
from fastapi import Request

from auth_service.client_address import client_address

TRUSTED = tuple(ip_network(network) for network in ("127.0.0.0/8", "::1/128", "172.18.0.0/16"))


def address_of(peer: str | None, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", hop.encode()) for hop in forwarded]
    client = None if peer is None else (peer, 40_000)
    return client_address(Request({"type": "http", "headers": headers, "client": client}), trusted=TRUSTED)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("127.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("127.0.0.1", (), "127.0.0.1"),
        ("172.18.0.5", ("198.51.100.1",), "198.51.100.1"),
        ("172.18.0.5", ("10.1.1.1, 198.51.100.1, 172.18.0.7",), "198.51.100.1"),
        ("127.0.0.1", ("10.1.1.1", "198.51.100.1"), "198.51.100.1"),
        ("127.0.0.1", ("nonsense",), "127.0.0.1"),
        ("127.0.0.1", ("198.51.100.1, nonsense",), "127.0.0.1"),
        ("127.0.0.1", (",".join(["127.0.0.1"] * 100_000),), "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", (), "2001:db8:1:2::/64"),
        ("127.0.0.1", ("2001:db8:1:2:aaaa::1",), "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("::ffff:127.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("fe80::1%eth0", (), "fe80::/64"),
        ("testclient", (), "unknown"),
        (None, ("198.51.100.1",), "unknown"),
    ],
)
def test_only_our_proxies_are_believed(peer: str | None, forwarded: tuple[str, ...], address: str) -> None:
    """T: X-Forwarded-For from a stranger changes nothing."""
    assert address_of(peer, *forwarded) == address
