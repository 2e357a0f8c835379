"""Processor seconds of each file of tests, by control group: with all processes they start, and their containers.

`.venv/bin/pytest -p benchmarks.cpu_of_tests tests/app/pages`, as root, where control groups count `cpuacct`.
The engine's own time is in no group, and so in no figure.  Use one process: without `-n`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from docker.types import HostConfig

NAME = f"assay-tests-{os.getpid()}"
GROUP = Path("/sys/fs/cgroup/cpuacct") / NAME

seconds: Counter[str] = Counter()


def used() -> float:
    return int((GROUP / "cpuacct.usage").read_text()) / 1e9


@contextmanager
def counted(name: str) -> Iterator[None]:
    begin = used()
    try:
        yield
    finally:
        seconds[name] += used() - begin


def pytest_configure() -> None:
    """Who runs the tests enters the group; containers are made in one below it."""
    GROUP.mkdir()
    (GROUP / "cgroup.procs").write_text(str(os.getpid()))
    made = HostConfig.__init__

    def inside(self: HostConfig, *given: Any, **more: Any) -> None:
        made(self, *given, **{"cgroup_parent": f"/{NAME}"} | more)

    HostConfig.__init__ = inside


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    with counted("collection"):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with counted(item.nodeid.partition("::")[0]):
        return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("processor seconds")
    for name, count in seconds.most_common():
        terminalreporter.write_line(f"{count:8.1f}  {name}")
    terminalreporter.write_line(f"{seconds.total():8.1f}  in all")
