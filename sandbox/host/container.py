"""One container of the sandbox: made closed on every side, spoken to over its own input and output, removed."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import docker
import docker.errors
from docker.models.containers import Container as DockerContainer
from docker.types import LogConfig, Ulimit

from graders.model.probe import SandboxError
from sandbox.harness.zygote import PRELOAD
from sandbox.host import environment, seccomp
from sandbox.host.owner import LABELS
from sandbox.protocol import wire
from sandbox.protocol.frames import RECEIVE, Closed, Reader

USER = "0:0"  # of PID 1, which runs nothing of a candidate's
CAPABILITIES = ["SETUID", "SETGID", "KILL"]  # to start probes as another user, and to end them
START_SECONDS = 120.0  # to load the libraries, on a busy machine
WARMING_SECONDS = 600.0  # the same at low weight, beside busy containers
FULL_WEIGHT = 1024
LOW_WEIGHT = 64  # a sixteenth of a running submission's share of a contended core, and all of an idle one
PIDS = 64
BOOT = (
    "import sys; sys.path.insert(0, '/opt/assay'); from assay_harness.harness.zygote import main; "
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
    variables: Mapping[str, str] = field(default_factory=environment.variables)  # of its first interpreter
    layered: str = ""  # the image with packages of its own; "" is the sandbox's
    weight: int = FULL_WEIGHT  # of its core against what else runs there

    def fits(self, other: Shape) -> bool:
        """Whether a container of this shape does for the other, once the modules are loaded."""
        return (self.memory_mb, self.model_mb, self.layered) == (other.memory_mb, other.model_mb, other.layered)


class Lost(Exception):
    """The container went away in the middle of a probe."""

    def __init__(self, oom: bool, overdue: bool, complaints: str) -> None:
        super().__init__(complaints)
        self.oom, self.overdue, self.complaints = oom, overdue, complaints


def settings(shape: Shape, runtime: str | None, core: int | None) -> dict[str, Any]:
    """Everything the engine is told about a container; each line closes something.  Without a core it weighs little."""
    mount = "nosuid,nodev,noexec,nr_inodes=4096"
    return {
        "network_mode": "none",
        "read_only": True,
        "cap_drop": ["ALL"],
        "cap_add": CAPABILITIES,
        "security_opt": ["no-new-privileges", f"seccomp={seccomp.profile()}"],
        "user": USER,
        "mem_limit": f"{shape.memory_mb}m",
        "memswap_limit": f"{shape.memory_mb}m",
        "pids_limit": PIDS,
        "cpuset_cpus": None if core is None else str(core),
        "cpu_shares": LOW_WEIGHT if core is None and changeable(runtime) else shape.weight,
        "tmpfs": {
            "/tmp": f"size=64m,mode=1777,{mount}",  # noqa: S108
            "/job": f"size={shape.model_mb + 78}m,mode=1777,{mount}",
        },
        "shm_size": "64m",
        "ipc_mode": "private",
        "ulimits": [Ulimit(name="core", soft=0, hard=0)],
        "log_config": LogConfig(type=LogConfig.types.NONE),
        "hostname": "sandbox",
        "environment": {**ENVIRONMENT, **shape.variables, PRELOAD: " ".join(shape.preload)},
        "labels": LABELS,
        "runtime": runtime,
        "stdin_open": True,
    }


def changeable(runtime: str | None) -> bool:
    """Whether weight and core of a running container can be changed: gVisor's runtime has no command for it."""
    return runtime in (None, "runc")


class Container:
    """A started container: with a core it is ready for its first probe, without one it is still warming up.

    One without a core runs on any, at low weight, until `pin` gives it one.
    """

    def __init__(
        self, client: docker.DockerClient, image: str, shape: Shape, runtime: str | None, core: int | None
    ) -> None:
        self.shape, self.core = shape, core
        self._loaded, self._changeable = set(shape.preload), changeable(runtime)
        self._variables = shape.variables
        self._warming, self._ready = threading.Lock(), False
        self._docker: DockerContainer = client.containers.create(image, COMMAND, **settings(shape, runtime, core))
        self._deadline = time.monotonic() + (WARMING_SECONDS if core is None else START_SECONDS)
        try:
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            self._attached = self._docker.attach_socket(params=streams)
            self._socket: socket.socket = getattr(self._attached, "_sock")  # noqa: B009  (no public way to its timeout)
            self._reader = Reader(self._receive)
            self._docker.start()
            if core is not None:
                self.wait()
        except BaseException:
            self.remove()
            raise

    def wait(self) -> None:
        """Until its libraries are loaded; SandboxError when it does not come to that.  Any thread may wait."""
        with self._warming:
            if not self._ready:
                self._hello()
                self._ready = True

    def _hello(self) -> None:
        try:
            wire.decode(self._reader.read, 0)
        except (Closed, OSError, wire.ProtocolError) as error:
            complaints = self._reader.complaints.decode(errors="replace")
            raise SandboxError(f"the container did not start: {complaints[-1000:] or error!r}") from error

    def pin(self, core: int) -> None:
        """Give it this core and full weight; where the runtime cannot, it keeps full weight and all cores."""
        if self.core != core:
            if self._changeable:
                self._docker.update(cpuset_cpus=str(core), cpu_shares=self.shape.weight)
            self.core = core

    def load(self, modules: Iterable[str], variables: Mapping[str, str]) -> None:
        """Load what is missing of these modules, between probes; Lost when the container is.

        For other variables PID 1 begins anew and loads everything again.
        """
        missing = self.missing(modules)
        self._loaded.update(missing)
        if variables != self._variables:
            self.ask({"variables": dict(variables), "load": sorted(self._loaded)}, [], START_SECONDS, 0)
            self._variables = variables
        elif missing:
            self.ask({"load": missing}, [], START_SECONDS, 0)

    def loads(self, shape: Shape) -> tuple[bool, int]:
        """What it would take to be of this shape: whether all has to be loaded anew, and how many modules."""
        return shape.variables != self._variables, len(self.missing(shape.preload))

    def missing(self, modules: Iterable[str]) -> list[str]:
        return [name for name in modules if name not in self._loaded]

    @property
    def alive(self) -> bool:
        """Whether a container that waits for a request is still there, by its line alone."""
        try:
            self._socket.settimeout(0)
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False  # the end, or words nobody asked for

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
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes whoever is reading
        try:
            self._docker.remove(force=True, v=True)
        except docker.errors.APIError as error:
            if error.status_code not in (404, 409):  # gone, or someone else is removing it at this moment
                raise
        finally:
            with contextlib.suppress(OSError, AttributeError):
                self._socket.close()
                self._attached.close()
