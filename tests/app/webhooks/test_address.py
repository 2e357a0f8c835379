"""Which addresses count as the open internet, and how a receiver is named."""

from __future__ import annotations

import pytest

from app.webhooks import address


@pytest.mark.parametrize(
    ("where", "allowed"),
    [
        ("9.9.9.9", True),
        ("2620:fe::fe", True),
        ("64:ff9b::909:909", True),
        ("::ffff:9.9.9.9", True),
        ("fec0::1", False),  # site-local: Python calls it global
        ("feff::1", False),
        ("4000::1", False),  # handed out to nobody
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:a00:1::", False),
        ("::a00:1", False),
        ("ff0e::1", False),
        ("240.0.0.1", False),
    ],
)
def test_what_is_public(where: str, allowed: bool) -> None:
    """What IANA has handed out for the open internet, and nothing that only leads back to us."""
    assert address.public(where) is allowed


@pytest.mark.parametrize(
    ("url", "authority", "pinned"),
    [
        ("https://9.9.9.9/a", "9.9.9.9", "https://9.9.9.9:443/a"),
        ("https://[2620:fe::fe]/a", "[2620:fe::fe]", "https://[2620:fe::fe]:443/a"),
        ("https://[2620:fe::fe]:8443/a?b#c", "[2620:fe::fe]:8443", "https://[2620:fe::fe]:8443/a?b"),
    ],
)
def test_how_a_receiver_is_named(url: str, authority: str, pinned: str) -> None:
    """The Host header of an IPv6 address has its brackets."""
    target = address.resolve(url, private=False)
    assert (target.authority, target.pinned) == (authority, pinned)
