"""Keys of Git over SSH: those of servers, known beforehand, and the invitation's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.platform.secrets import Keyring

PORT = 22
#: `git@host:owner/name.git`, as hosts show it.
SHORT = re.compile(r"([a-z0-9_-]{1,32}+)@([A-Za-z0-9.-]{1,253}+):(?!/)([!-~]{1,1000}+)")
USER = re.compile(r"[a-z0-9_-]{1,32}")
#: The Ed25519 keys that these hosts publish; by them nobody in between can pretend to be them.
PUBLISHED: Mapping[str, str] = {
    "github.com": "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    "gitlab.com": "AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf",
    "bitbucket.org": "AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO",
    "codeberg.org": "AAAAC3NzaC1lZDI1NTE5AAAAIIVIC02vnjFyL+I4RHfvIGNtOgJMe769VTF1VR4EB3ZB",
}
#: (name of the host, type of the key, the key in base64); another port than 22 is `[host]:port`.
KnownHost = tuple[str, str, str]


def known_hosts(path: str) -> tuple[KnownHost, ...]:
    """The published keys, and those of a file in the format of OpenSSH's known_hosts, names in the clear."""
    known = [(host, "ssh-ed25519", key) for host, key in PUBLISHED.items()]
    for line in Path(path).read_text(encoding="utf-8").splitlines() if path else ():
        names, *rest = line.split()[:3] or [""]
        if len(rest) == 2 and not names.startswith(("#", "@", "|")):
            known += [(name, rest[0], rest[1]) for name in names.split(",")]
    return tuple(known)


def normal(url: str) -> str:
    """`git@host:path` as the URL that it stands for; anything else as it is."""
    match = SHORT.fullmatch(url)
    return f"ssh://{match[1]}@{match[2]}/{match[3]}" if match else url


def deploy_key(keys: Keyring, invitation_id: str) -> bytes:
    """The seed of the invitation's key pair: made of our secret, so that nothing is kept."""
    return keys.derive("deploy-key", invitation_id)


def public_key(seed: bytes) -> str:
    """The line that a candidate gives their host, as a key that may only read."""
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return f"{key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()} assay"


def quotable(path: str) -> bool:
    """Whether a path can stand in quotes in the one command that is sent."""
    return bool(path) and len(path) <= 1000 and path.isascii() and path.isprintable() and not set(path) & set("'\\!")
