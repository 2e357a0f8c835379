"""Tests are shared among processes by files: one process collects them all and forks, so that nothing is loaded twice.

What is loaded and collected takes a process some fifteen seconds, which each of pytest-xdist spends by itself.
"""

from __future__ import annotations

import atexit
import os
import warnings
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

import pytest

FORK = get_context("fork")


def run(session: pytest.Session, files: Sequence[list[pytest.Item]], processes: int) -> None:
    """Every test of `files` in one of so many processes; what they tell is told as if it had happened here."""
    queue = _queue(len(files))
    lines: dict[Connection, Any] = {}
    for _ in range(processes):
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=_work, args=(session, files, queue, theirs))
        process.start()
        theirs.close()
        lines[ours] = process
    left = {item.nodeid for file in files for item in file}
    while lines:
        for line in wait(list(lines)):
            assert isinstance(line, Connection)
            try:
                _tell(session.config, left, *line.recv())
            except EOFError:
                lines.pop(line).join()
    if left and not session.shouldfail:
        session.shouldfail = f"{len(left)} tests did not come to their end, {min(left)} among them"
        raise session.Failed(session.shouldfail)


def _queue(files: int) -> int:
    """The end of a pipe that holds the number of each file, in their order: whoever reads one has it alone."""
    end, start = os.pipe()
    with open(start, "wb") as numbers:
        numbers.write(b"".join(number.to_bytes(2, "big") for number in range(files)))
    return end


def _tell(config: pytest.Config, left: set[str], kind: str, told: Any) -> None:
    if kind == "warning":
        config.hook.pytest_warning_recorded.call_historic(kwargs=told)
        return
    report = config.hook.pytest_report_from_serializable(config=config, data=told)
    config.hook.pytest_runtest_logreport(report=report)
    if report.when == "teardown":
        left.discard(report.nodeid)
        config.hook.pytest_runtest_logfinish(nodeid=report.nodeid, location=report.location)


class _Teller:
    """Tells on a line what a terminal would show."""

    def __init__(self, config: pytest.Config, line: Connection) -> None:
        self._config, self._line = config, line

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._line.send(("report", told))

    def pytest_warning_recorded(
        self,
        warning_message: warnings.WarningMessage,
        when: str,
        nodeid: str,
        location: tuple[str, int, str] | None,
    ) -> None:
        if when != "runtest":  # it was told before the fork
            return
        category, where = warning_message.category, (warning_message.filename, warning_message.lineno)
        plain = warnings.WarningMessage(str(warning_message.message), category, *where)
        told = {"warning_message": plain, "when": when, "nodeid": nodeid, "location": location}
        self._line.send(("warning", told))


def _work(session: pytest.Session, files: Sequence[list[pytest.Item]], queue: int, line: Connection) -> None:
    """One process: it takes files until there are none, and ends as a pytest does."""
    atexit._clear()
    config = session.config
    # What tests print is caught in a file, which this process may not share.
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()
    config.get_terminal_writer()._file = open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    config.pluginmanager.register(_Teller(config, line))
    tests = _taken(files, queue)
    item = next(tests, None)
    while item is not None:
        following = next(tests, None)
        config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        item = None if session.shouldfail or session.shouldstop else following
    config.hook.pytest_sessionfinish(session=session, exitstatus=pytest.ExitCode.OK)
    config._ensure_unconfigure()
    line.close()
    atexit._run_exitfuncs()


def _taken(files: Sequence[list[pytest.Item]], queue: int) -> Iterator[pytest.Item]:
    while number := os.read(queue, 2):
        yield from files[int.from_bytes(number, "big")]
