"""Git over SSH: to a server whose key is known beforehand, with a key of the invitation's own.

Nothing of this machine takes part: no agent, no configuration, no known hosts, no key of its own, no program.
"""

from __future__ import annotations

import base64
import io
import socket
from collections.abc import Callable
from typing import IO
from urllib.parse import urlsplit

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from dulwich.client import TraditionalGitClient
from dulwich.protocol import Protocol

from app.submissions.ssh import PORT, KnownHost


class UnknownHost(Exception):
    """The key of the server is not one that we know."""


class Denied(Exception):
    """The server does not take the invitation's key."""


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
