"""What goes wrong before a text is read is our fault, never the text's; more in app/intake/test_bounded.py."""

from __future__ import annotations

import gc
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from graders.model.probe import SandboxError
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun, beside, forked

BOUNDS = Bounds(seconds=300)


class Unreadable:
    """It can be written down and not be read, like a value of another version of the code."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.fspath, (1,)


def test_a_request_that_cannot_be_read_is_ours() -> None:
    with pytest.raises(SandboxError, match="could not be read: TypeError"):
        ForkServer().call(BOUNDS, len, Unreadable())  # type: ignore[arg-type]


def test_a_server_that_cannot_begin_is_ours() -> None:
    with pytest.raises(SandboxError, match="no process could be begun"):
        ForkServer("no_such_module").call(BOUNDS, len, "abc")


def test_no_reader_copies_what_was_loaded() -> None:
    """A collection in a forked process would touch, and so copy, all that the server holds."""
    assert ForkServer("pandas").call(BOUNDS, gc.get_freeze_count) > 50_000


def _inner() -> tuple[int, int]:
    """This process, and whose child the one is that answers a call from here."""
    return os.getpid(), ForkServer("no_such_module").call(Bounds(cpu_seconds=5), os.getppid)


def _endless() -> None:
    while True:
        pass


def _inner_overrun() -> str:
    try:
        ForkServer().call(Bounds(cpu_seconds=1), _endless)
    except Overrun as overrun:
        return overrun.limit
    return ""


def _inner_pid() -> int:
    return ForkServer().call(BOUNDS, os.getpid)


def _held_length(held: bytes, more: int) -> int:
    return len(held) + more


def _working(seconds: float) -> bool:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return True


def test_a_session_has_one_process_and_hands_over_once_what_it_holds() -> None:
    """A call that fails spoils no later answer; the process ends with the session."""
    held = bytes(1 << 20)
    with ForkServer(__name__).session(BOUNDS, held) as session:
        first = session.call(os.getpid)
        with pytest.raises(TypeError):
            session.call(_held_length, held, "no number")  # type: ignore[arg-type]
        assert session.call(_held_length, held, 1) == (1 << 20) + 1
        assert session.call(os.getpid) == first != os.getpid()
    _gone(first)


def test_a_session_that_takes_too_much_is_ended() -> None:
    """Also where its calls take it together, each of them less."""
    with ForkServer(__name__).session(Bounds(cpu_seconds=1)) as session, pytest.raises(Overrun, match="cpu"):
        all(session.call(_working, 0.3) for _ in itertools.count())


def test_a_process_forked_from_a_command_is_bounded_and_ends_with_it() -> None:
    with forked(BOUNDS) as session:
        pid = session.call(os.getpid)
        assert pid != os.getpid()
    os.waitpid(pid, 0)
    with forked(Bounds(cpu_seconds=1)) as session, pytest.raises(Overrun, match="cpu"):
        session.call(_endless)


def test_no_process_is_left_of_a_call_within_a_call() -> None:
    _gone(ForkServer(__name__).call(BOUNDS, _inner_pid))


def _gone(pid: int) -> None:
    """Whether a process that nobody waits for has ended, as it does at once; the suite's own limit ends the wait."""
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)


def test_a_call_within_a_call_needs_no_other_server() -> None:
    """It is forked from the process that asks, which has loaded all; limits of its own hold."""
    server = ForkServer(__name__)
    asking, parent = server.call(BOUNDS, _inner)
    assert asking == parent != os.getpid()
    assert server.call(BOUNDS, _inner_overrun) == "cpu"


@pytest.mark.skipif(os.cpu_count() == 1, reason="there is no other core")
def test_work_beside_is_done_in_a_process_that_ends_with_its_asker() -> None:
    server = ForkServer(__name__)
    asking, working, refused, starved = server.call(BOUNDS, _with_work_beside)
    assert asking != working
    assert (refused, starved) == ("no", "cpu")
    _gone(working)


def test_nothing_is_forked_from_a_process_that_may_have_threads() -> None:
    assert beside(os.getpid)() == os.getpid()


def _with_work_beside() -> tuple[int, int, str, str]:
    refused, starved, working = beside(_refusing), beside(_dying), beside(os.getpid)
    said = []
    for result in (refused, starved):
        try:
            result()
        except ValueError as why:
            said.append(str(why))
        except Overrun as why:
            said.append(why.limit)
    return os.getpid(), working(), said[0], said[1]


def _refusing() -> None:
    raise ValueError("no")


def _dying() -> None:
    os.kill(os.getpid(), 9)
