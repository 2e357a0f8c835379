"""A Docker engine of the tests' own, to be killed, starved and given other runtimes without anybody noticing."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import docker.errors
import pytest

from sandbox.image import build
from testing.waiting import SECONDS, until

FOLDER = Path(tempfile.gettempdir()) / "assay-engine"  # kept from one session to the next: loading the image is slow
RUNSC = "/usr/bin/runsc"
RUNSC_ARGUMENTS = ["--platform=ptrace", "--ignore-cgroups", "--network=none"]
CONTAINERD = f"""
version = 2
root = "{FOLDER}/containerd"
state = "{FOLDER}/exec/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "{FOLDER}/containerd.sock"
"""
CONFIGURATION = {
    "data-root": f"{FOLDER}/data",
    "exec-root": f"{FOLDER}/exec",
    "containerd": f"{FOLDER}/containerd.sock",
    "pidfile": f"{FOLDER}/pid",
    "hosts": [f"unix://{FOLDER}/docker.sock"],
    "bridge": "none",
    "iptables": False,
    "ip-forward": False,
    "runtimes": {"runsc": {"path": RUNSC, "runtimeArgs": RUNSC_ARGUMENTS}},
}


class Engine:
    """One dockerd as a child process, with a containerd that outlives it, as it does in real life."""

    url = CONFIGURATION["hosts"][0]  # type: ignore[index]  # a list of one

    def __init__(self) -> None:
        self.client = docker.DockerClient(base_url=self.url, version="1.41", timeout=120)
        (FOLDER / "daemon.json").write_text(json.dumps(CONFIGURATION))
        (FOLDER / "containerd.toml").write_text(CONTAINERD)
        self._containerd = launch("containerd", "containerd", "--config", f"{FOLDER}/containerd.toml")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # Without a bridge dockerd takes away docker0, which is the usual engine's unless ours has a network of its own.
        self._process = launch("dockerd", "unshare", "--net", "dockerd", "--config-file", f"{FOLDER}/daemon.json")
        until(self.ready)

    def ready(self) -> bool:
        """Whether it answers; AssertionError where it has ended instead."""
        assert self._process
        assert self._process.poll() is None, (FOLDER / "dockerd.log").read_text()[-2000:]
        return self.answers()

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:  # docker's client leaves one open where nobody listens
            if line.connect_ex(str(FOLDER / "docker.sock")):
                return False
        try:
            return bool(self.client.ping())
        except (docker.errors.DockerException, OSError):
            return False

    def stop(self) -> None:
        """As `systemctl stop` does it."""
        assert self._process
        self._process.terminate()
        self._process.wait(SECONDS)

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait(SECONDS)

    def close(self) -> None:
        self.ensure()
        self.stop()
        self.client.close()
        self._containerd.terminate()
        self._containerd.wait(SECONDS)

    def ensure(self) -> None:
        """Running, without containers."""
        if not self.answers():
            self.start()
        for container in self.client.containers.list(all=True, ignore_removed=True):
            container.remove(force=True, v=True)

    def load_base(self) -> None:
        """Bring the sandbox's base image over from the usual engine, which spares building it."""
        name = f"{build.NAME}-base:{build.tags()[0]}"
        if not build.present(self.client, name):
            build.ensure()
            usual = docker.from_env(timeout=600)
            self.client.api.load_image(usual.api.get_image(name))
            usual.close()


def launch(name: str, *command: str) -> subprocess.Popen[bytes]:
    """A process that ends with these tests, however they end.  The next ones would take an engine left behind for
    theirs, and could neither kill nor stop it."""
    command = ("setpriv", "--pdeathsig", "KILL", *command)
    with (FOLDER / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


@contextmanager
def running_engine() -> Iterator[Engine]:
    """The engine, alone in use and with the sandbox's base image; skips where no second one can be had."""
    if os.getuid() != 0 or not shutil.which("dockerd"):
        pytest.skip("a second Docker engine needs root and dockerd")
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        engine = Engine()
        engine.start()
        try:
            engine.load_base()
            yield engine
        finally:
            engine.close()
