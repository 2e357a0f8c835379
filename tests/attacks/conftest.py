"""A sandbox for all attacks, and a host with something to steal and something to spoil."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from graders.model.challenge import Dataset
from sandbox.host.docker import DockerSandbox
from tests.attacks.attack import SECRET, listener_name
from tests.attacks.data import a_world


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the grader's with a secret in it."""
    folder = tmp_path_factory.mktemp("vault")
    (folder / "labels.csv").write_text(f"{SECRET}\n0\n1\n")
    return folder


@pytest.fixture(scope="session")
def docker_sandbox(vault: Path) -> Iterator[DockerSandbox]:
    """A sandbox of a grader that has a secret in its environment and its files."""
    os.environ["ASSAY_TEST_SECRET"] = f"{SECRET} {vault}"
    with DockerSandbox() as sandbox:
        yield sandbox
    del os.environ["ASSAY_TEST_SECRET"]


@pytest.fixture(scope="session")
def listener() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"\0{listener_name()}")
        listening.listen()
        listening.setblocking(False)
        yield listening


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="session")
def world() -> Dataset:
    return a_world()
