"""Addresses: of the network, and of people."""

import pytest

from backend.gateway.emails import is_email
from backend.gateway.networks import household, is_this_machine


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("LocalHost", True),
        ("localhost.", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("127.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:10.0.0.1", False),
        ("192.168.1.5", False),
        ("", False),
        (None, False),
    ],
)
def test_which_hosts_are_this_machine(host: str | None, ours: bool) -> None:
    assert is_this_machine(host) is ours


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a socket's path", "a socket's path"),
        (None, "unknown"),
    ],
)
def test_which_hosts_count_as_one(host: str | None, counted: str) -> None:
    assert household(host) == counted


@pytest.mark.parametrize(
    ("text", "somebody_s"),
    [
        ("ada@example.com", True),
        ("ada+chat@bücher.example", True),
        ("ada@localhost", True),
        ("ada", False),
        ("ada@", False),
        ("a da@example.com", False),
        ("ada@example.com\n", False),
        ("a@b@example.com", False),
        ("a\x00@example.com", False),
        ("x" * 250 + "@example.com", False),
        ("local@keepsake.localhost", False),
        ("id@external.INVALID.", False),
    ],
)
def test_what_may_be_somebody_s_address(text: str, somebody_s: bool) -> None:
    assert is_email(text) is somebody_s
