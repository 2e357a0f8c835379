"""Where a webhook may point: a public https address, looked up once and then kept to.

A name is resolved, every address it has is examined, and the connection goes to the very address that was examined;
so a name that changes its answer in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.words import _

PORT = {"https": 443, "http": 80}
URL_MAX = 2000
#: All of IPv6 that is handed out for the open internet.
UNICAST = ipaddress.IPv6Network("2000::/3")


class Unsafe(Exception):
    """This address is not one that webhooks may be sent to; the message says why."""


@dataclass(frozen=True)
class Target:
    """A URL in parts, and the address that its name stood for when it was examined."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def pinned(self) -> str:
        """The URL with the address in place of the name."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{shown}:{self.port}{self.path}"

    @property
    def authority(self) -> str:
        """What the Host header says."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == PORT[self.scheme] else f"{shown}:{self.port}"


def check(url: str, *, private: bool) -> None:
    """Unsafe for what is no such URL at all; nothing is looked up.  `private` allows http and our own network."""
    _split(url, private=private)


def host(url: str) -> str:
    """The host of a URL that was checked, for showing."""
    return urlsplit(url).hostname or ""


def resolve(url: str, *, private: bool) -> Target:
    """The target of a URL; Unsafe where any address of its name is not public."""
    scheme, host, port, path = _split(url, private=private)
    return Target(scheme, host, port, address_of(host, port, private=private), path)


def address_of(host: str, port: int, *, private: bool) -> str:
    """The address that a name stands for now; Unsafe where any address of it is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unsafe(_("Its host name cannot be looked up.")) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not private and not all(map(public, addresses)):
        raise Unsafe(_("Its host name leads to an address that is not public."))
    return addresses[0]


def public(address: str) -> bool:
    """Whether an address is one of the open internet: no private, loopback, link-local or multicast range."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is not None:
            return public(str(inner))
        if ip not in UNICAST:  # site-local addresses, for one, count as global for Python
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    known = ipaddress.IPv6Network("64:ff9b::/96")
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in known else None


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _split(url: str, *, private: bool) -> tuple[str, str, int, str]:
    if len(url) > URL_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise Unsafe(_("It is not a URL of ordinary characters."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unsafe(_("It is not a URL.")) from None
    if parts.scheme not in (("https", "http") if private else ("https",)):
        raise Unsafe(_("It must begin with https://."))
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise Unsafe(_("It must name a host, and no user."))
    if not private and _literal(parts.hostname) and not public(parts.hostname):
        raise Unsafe(_("It must lead to a public address."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port or PORT[parts.scheme], path
