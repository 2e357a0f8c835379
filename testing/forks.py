"""One process collects all tests, then forks those that run them: to collect all takes each as long as a hundred tests.

`pytest --forks=4`: files of tests are handed out one after another, and a file's tests share a process.
With `--gate=FILE` what needs the sandbox's image begins once that file exists.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Sequence
from itertools import groupby
from multiprocessing.connection import Connection as Line
from multiprocessing.connection import Pipe, wait
from pathlib import Path
from typing import Any

import pytest

#: What needs no image and may begin before there is one.
BEFORE = ("tests/graders/", "tests/app/api/", "tests/app/pages/", "tests/challenges/tables/lint/", "tests/test_")
LOOK_SECONDS = 0.5

Items = list[pytest.Item]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forks", type=int, default=0, help="so many processes share the files of tests")
    parser.addoption("--gate", type=Path, help="once this file exists what needs the image begins; its text ends all")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    option = session.config.option
    if not option.forks or option.collectonly or session.testsfailed:
        return None
    with contextlib.suppress(Worked):
        forks = Forks(session.config, session.items)
        for _ in range(option.forks):
            forks.begin()
        forks.hear()
    return True


class Worked(Exception):
    """This is one of the processes that run tests, and has run its own."""


class Forks:
    """The processes that run tests, by the line on which each asks for a file and tells what comes of it."""

    def __init__(self, config: pytest.Config, items: Items) -> None:
        self._config = config
        self._files = [list(file) for _, file in groupby(items, lambda item: item.nodeid.partition("::")[0])]
        self._onwards = {file[at].nodeid: file[at:] for file in self._files for at in range(len(file))}
        self._left = list(range(len(self._files)))
        self._running: dict[Line, tuple[int, Items]] = {}  # its process, and the test it is in with what is to follow
        self._free: list[Line] = []

    def begin(self, first: Items = []) -> None:  # noqa: B006 - nobody changes it
        """Another process, for these tests and then for files that it is given."""
        ours, theirs = Pipe()
        if pid := os.fork():
            theirs.close()
            self._running[ours] = pid, []
            return
        for line in (ours, *self._running):
            line.close()
        work(self._config, theirs, first, self._files)
        raise Worked

    def hear(self) -> None:
        """Give each process its next file, and tell what comes of them all."""
        while self._running:
            for line in wait([*self._running], LOOK_SECONDS):
                self._hear(line)
            while self._free and (number := self._next()) is not None:
                self._free.pop().send(number)

    def _next(self) -> int | None:
        """The first of the files that may begin; -1 where none is left, None where one has to wait."""
        gate = self._config.option.gate
        is_open = gate is None or gate.exists()
        if gate and is_open and (why := gate.read_text()):
            pytest.exit(why.strip(), returncode=1)
        may = (number for number in self._left if is_open or self._files[number][0].nodeid.startswith(BEFORE))
        number = next(may, None if self._left else -1)
        if number in self._left:
            self._left.remove(number)
        return number

    def _hear(self, line: Any) -> None:
        hook = self._config.hook
        pid, now = self._running[line]
        try:
            said, told = line.recv()
        except EOFError:
            del self._running[line]
            _, status = os.waitpid(pid, 0)
            if now:  # it has died in a test
                why = f"its process ended with status {os.waitstatus_to_exitcode(status)}"
                failed = pytest.TestReport(now[0].nodeid, now[0].location, {}, "failed", why, "call")
                hook.pytest_runtest_logreport(report=failed)
                self.begin(now[1:])
            return
        if said == "free":
            self._free.append(line)
        elif said == "begins":
            self._running[line] = pid, self._onwards[told["nodeid"]]
            hook.pytest_runtest_logstart(**told)
        elif said == "ends":
            self._running[line] = pid, []
            hook.pytest_runtest_logfinish(**told)
        elif said == "report":
            hook.pytest_runtest_logreport(report=hook.pytest_report_from_serializable(config=self._config, data=told))
        else:
            hook.pytest_warning_recorded.call_historic(kwargs=told)


def work(config: pytest.Config, line: Line, first: Items, files: Sequence[Items]) -> None:
    """Run tests in this process and tell the other what comes of them."""

    def following() -> Items:
        try:
            line.send(("free", None))
            number = line.recv()
        except (EOFError, OSError):  # the other has gone
            os._exit(1)
        return [] if number < 0 else files[number]

    capture = config.pluginmanager.getplugin("capturemanager")
    assert capture
    capture.stop_global_capturing()  # its file is the other's, too
    capture.start_global_capturing()
    capture.suspend_global_capture()
    config.workerinput = {}  # type: ignore[attr-defined]  # so do plugins know a process that is not the first
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(Teller(config, line))
    items = first or following()
    while items:
        item, *items = items
        items = items or following()  # what the next test shares with this one is not taken down between them
        config.hook.pytest_runtest_protocol(item=item, nextitem=items[0] if items else None)
    line.close()


class Teller:
    """Hands on what a terminal would show."""

    def __init__(self, config: pytest.Config, line: Line) -> None:
        self._config, self._line = config, line

    def pytest_runtest_logstart(self, nodeid: str, location: object) -> None:
        self._line.send(("begins", {"nodeid": nodeid, "location": location}))

    def pytest_runtest_logfinish(self, nodeid: str, location: object) -> None:
        self._line.send(("ends", {"nodeid": nodeid, "location": location}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._line.send(("report", self._config.hook.pytest_report_to_serializable(config=self._config, report=report)))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: object
    ) -> None:
        if self._line.closed:
            return
        told = f"{warning_message.category.__name__}: {warning_message.message}"  # the other need not know its class
        plain = warnings.WarningMessage(told, Warning, warning_message.filename, warning_message.lineno)
        about = {"when": when, "nodeid": nodeid, "location": location}
        self._line.send(("warning", {"warning_message": plain, **about}))
