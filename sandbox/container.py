"""One container of the sandbox: made closed on every side, spoken to over its own input and output, removed."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from typing import Any

import docker
import docker.errors
from docker.models.containers import Container as DockerContainer
from docker.types import LogConfig, Ulimit

from graders.model import SandboxError
from sandbox import environment, seccomp
from sandbox.frames import RECEIVE, Closed, Reader
from sandbox.harness import wire
from sandbox.harness.zygote import PRELOAD
from sandbox.owner import LABELS

USER = "10001:10001"
START_SECONDS = 120.0  # to load the libraries, on a busy machine
PIDS = 64
BOOT = (
    "import sys; sys.path.insert(0, '/opt/assay'); from assay_harness.zygote import main; "
    "sys.path.remove('/opt/assay'); sys.exit(main())"
)
COMMAND = ["/opt/py/bin/python", "-s", "-P", "-c", BOOT]

ENVIRONMENT = {
    **environment.COMMON,
    **dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), "/tmp"),  # noqa: S108  (the container's own)
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True)
class Shape:
    """What distinguishes one container from another before it has run anything."""

    memory_mb: int
    model_mb: int
    preload: tuple[str, ...]  # modules


class Lost(Exception):
    """The container went away in the middle of a probe."""

    def __init__(self, oom: bool, overdue: bool, complaints: str) -> None:
        super().__init__(complaints)
        self.oom, self.overdue, self.complaints = oom, overdue, complaints


def settings(shape: Shape, runtime: str | None, core: int) -> dict[str, Any]:
    """Everything the engine is told about a container; each line closes something."""
    mount = "nosuid,nodev,noexec,nr_inodes=4096"
    owner = USER.replace(":", ",gid=")
    return {
        "network_mode": "none",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges", f"seccomp={seccomp.profile()}"],
        "user": USER,
        "mem_limit": f"{shape.memory_mb}m",
        "memswap_limit": f"{shape.memory_mb}m",
        "pids_limit": PIDS,
        "cpuset_cpus": str(core),
        "tmpfs": {
            "/tmp": f"size=64m,mode=1777,{mount}",  # noqa: S108
            "/job": f"size={shape.model_mb + 78}m,mode=700,uid={owner},{mount}",
        },
        "shm_size": "64m",
        "ipc_mode": "private",
        "ulimits": [Ulimit(name="core", soft=0, hard=0)],
        "log_config": LogConfig(type=LogConfig.types.NONE),
        "hostname": "sandbox",
        "environment": {**ENVIRONMENT, PRELOAD: " ".join(shape.preload)},
        "labels": LABELS,
        "runtime": runtime,
        "stdin_open": True,
    }


class Container:
    """A started container, ready for its first probe."""

    def __init__(self, client: docker.DockerClient, image: str, shape: Shape, runtime: str | None, core: int) -> None:
        self.shape, self.core = shape, core
        self._docker: DockerContainer = client.containers.create(image, COMMAND, **settings(shape, runtime, core))
        self._deadline = time.monotonic() + START_SECONDS
        try:
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            self._attached = self._docker.attach_socket(params=streams)
            self._socket: socket.socket = getattr(self._attached, "_sock")  # noqa: B009  (no public way to its timeout)
            self._reader = Reader(self._receive)
            self._docker.start()
            self.warm_up_seconds = self._hello()
        except BaseException:
            self.remove()
            raise

    def _hello(self) -> float:
        try:
            header, _ = wire.decode(self._reader.read, 0)
        except (Closed, OSError, wire.ProtocolError) as error:
            complaints = self._reader.complaints.decode(errors="replace")
            raise SandboxError(f"the container did not start: {complaints[-1000:] or error!r}") from error
        return float(header["ready"])

    def ask(
        self, header: wire.Header, blobs: list[bytes], seconds: float, most: int
    ) -> tuple[wire.Header, list[bytes]]:
        """The reply to one request, at most `most` bytes of it, within `seconds`; Lost when the container is."""
        self._deadline = time.monotonic() + seconds
        try:
            self._socket.settimeout(seconds)
            self._socket.sendall(wire.encode(header, blobs))
            return wire.decode(self._reader.read, most)
        except TimeoutError as error:
            raise self._lost(overdue=True) from error
        except (Closed, OSError) as error:
            raise self._lost(overdue=False) from error

    def _receive(self, size: int) -> bytes:
        self._socket.settimeout(max(self._deadline - time.monotonic(), 0.001))
        return self._socket.recv(min(size, RECEIVE))

    def _lost(self, overdue: bool) -> Lost:
        """Why there is no reply, by the engine's own account; its silence is an error of ours."""
        self._docker.reload()
        state = self._docker.attrs["State"]
        complaints = self._reader.complaints.decode(errors="replace")
        return Lost(bool(state.get("OOMKilled")), overdue and bool(state.get("Running")), complaints)

    def remove(self) -> None:
        """End and remove it; one that is gone already is as good."""
        with contextlib.suppress(OSError, AttributeError):
            self._socket.close()
            self._attached.close()
        try:
            self._docker.remove(force=True, v=True)
        except docker.errors.NotFound:
            return
        except docker.errors.APIError as error:
            if error.status_code != 409:  # someone else is removing it at this moment
                raise
