"""A git server over SSH for tests: it takes one key, and serves one repository to `git-upload-pack` alone."""

from __future__ import annotations

import base64
import shlex
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import paramiko
from dulwich.protocol import ReceivableProtocol
from dulwich.repo import MemoryRepo
from dulwich.server import DictBackend, UploadPackHandler

PATH = "/work.git"


@dataclass
class SshServer:
    """Where it listens, its own key as a line of known_hosts, and what it was asked to run."""

    port: int
    known_host: str
    commands: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"ssh://git@127.0.0.1:{self.port}{PATH}"


class _Door(paramiko.ServerInterface):
    def __init__(self, allowed: str, run: Callable[[paramiko.Channel, str], None]) -> None:
        self._allowed, self._run = allowed, run

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - the library's name
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        good = username == "git" and self._allowed.split()[1] == key.get_base64()
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002 - the library's names
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(target=self._run, args=(channel, command.decode()), daemon=True).start()
        return True


@contextmanager
def serving_ssh(repo: MemoryRepo, allowed: str, flood: int = 0) -> Iterator[SshServer]:
    """Serve `repo` to whoever has the private part of `allowed`; with `flood` so many MB instead."""
    own = paramiko.ECDSAKey.generate()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    line = f"[127.0.0.1]:{port} {own.get_name()} {base64.b64encode(own.asbytes()).decode()}"
    server = SshServer(port, line)

    def run(channel: paramiko.Channel, command: str) -> None:
        server.commands.append(command)
        with suppress(OSError, EOFError, paramiko.SSHException):
            for number in range(16 * flood):
                line = b"1" * 40 + b" refs/heads/%d-" % number
                channel.sendall(b"fff0" + line + b"x" * (2**16 - 20 - len(line)))
            if not flood:
                _program, path = shlex.split(command)
                protocol = ReceivableProtocol(channel.recv, lambda data: channel.sendall(data) or len(data))
                UploadPackHandler(DictBackend({PATH: repo}), [path], protocol).handle()
            channel.send_exit_status(0)
        with suppress(OSError, EOFError):  # whoever was flooded has hung up
            channel.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                transport = paramiko.Transport(listener.accept()[0])
                transport.add_server_key(own)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=_Door(allowed, run))

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.close()
