"""Git over SSH: to a server whose key is known beforehand, with a key of the invitation's own.

Nothing of this machine takes part: no agent, no configuration, no known hosts, no key of its own, no program.
"""

from __future__ import annotations

import base64
import io
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dulwich.client import TraditionalGitClient
from dulwich.protocol import Protocol

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


class UnknownHost(Exception):
    """The key of the server is not one that we know."""


class Denied(Exception):
    """The server does not take the invitation's key."""


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


class SshClient(TraditionalGitClient):
    """Git over SSH to the very address that was examined.  What is read is bounded by `read`.

    Raises UnknownHost and Denied; OSError and paramiko's SSHException where the server does not answer.
    """

    def __init__(self, url: str, address: str, seed: bytes, hosts: tuple[KnownHost, ...], read: Callable[[int], None]):
        super().__init__(quiet=True)
        parts = urlsplit(url)
        self._host, self._port, self._user = parts.hostname or "", parts.port or PORT, parts.username or "git"
        self._address, self._seed, self._read = address, seed, read
        name = self._host if self._port == PORT else f"[{self._host}]:{self._port}"
        self._keys = {(kind, key) for host, kind, key in hosts if host == name}

    def _connect(
        self,
        cmd: bytes,
        path: str | bytes,
        protocol_version: int | None = None,  # noqa: ARG002 - the first one, which every server speaks
    ) -> tuple[Protocol, Callable[[], bool], IO[bytes] | None]:
        if not self._keys:
            raise UnknownHost
        transport = paramiko.Transport(socket.create_connection((self._address, self._port), timeout=15.0))
        try:
            channel = self._channel(transport)
            name = path.decode() if isinstance(path, bytes) else path
            channel.exec_command(f"git-{cmd.decode()} '{name}'")
        except BaseException:
            transport.close()
            raise

        def read(size: int) -> bytes:
            data = bytes(channel.recv(size))
            self._read(len(data))
            return data

        def write(data: bytes) -> int:
            channel.sendall(data)
            return len(data)

        return Protocol(_whole(read), write, transport.close), channel.recv_ready, None

    def _channel(self, transport: paramiko.Transport) -> paramiko.Channel:
        transport.get_security_options().key_types = _algorithms({kind for kind, _key in self._keys})
        transport.start_client(timeout=15.0)
        shown = transport.get_remote_server_key()
        if (shown.get_name(), base64.b64encode(shown.asbytes()).decode()) not in self._keys:
            raise UnknownHost
        pem = Ed25519PrivateKey.from_private_bytes(self._seed).private_bytes(
            Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
        )
        try:
            transport.auth_publickey(self._user, paramiko.Ed25519Key.from_private_key(io.StringIO(pem.decode())))
        except paramiko.AuthenticationException:
            raise Denied from None
        channel = transport.open_session(timeout=15.0)
        channel.settimeout(15.0)
        return channel


def _algorithms(kinds: set[str]) -> list[str]:
    """What to ask the server for; an RSA key signs with SHA-2."""
    return [
        name for kind in sorted(kinds) for name in (("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,))
    ]


def _whole(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """A read that gives as many bytes as asked for, fewer only at the end."""

    def all_of(size: int) -> bytes:
        pieces, left = list[bytes](), size
        while left > 0 and (piece := read(min(left, 2**16))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    return all_of


def quotable(path: str) -> bool:
    """Whether a path can stand in quotes in the one command that is sent."""
    return bool(path) and len(path) <= 1000 and path.isascii() and path.isprintable() and not set(path) & set("'\\!")
