"""Intake in a process that can be ended: no text of a candidate's holds up the one that asks.

That process alone loads what reads archives, notebooks and code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from app.intake.problems import Rejected, rejected
from app.words import _, language, said_in
from graders.model.submission import Submission
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun

T = TypeVar("T")
P = ParamSpec("P")
BOUNDS = Bounds(cpu_seconds=10, memory_mb=512)
SERVER = ForkServer("app.intake.receive")
CODE_SERVER = ForkServer("app.quality")


def unpack(data: bytes, name: str, packages: frozenset[str], *, own: bool = False) -> Submission:
    """As receive.unpack; Rejected too where the text takes too much to read, SandboxError where the machine does."""
    return bounded(SERVER, BOUNDS, _unpack, data, name, packages, own=own)


def from_path(path: Path, packages: frozenset[str], *, own: bool = False) -> Submission:
    """As receive.from_path, and bounded in the same way."""
    return bounded(SERVER, BOUNDS, _from_path, path.absolute(), packages, own=own)


def _unpack(data: bytes, name: str, packages: frozenset[str], *, own: bool) -> Submission:
    from app.intake import receive  # noqa: PLC0415 - in the process that reads

    return receive.unpack(data, name, packages, own=own)


def _from_path(path: Path, packages: frozenset[str], *, own: bool) -> Submission:
    from app.intake import receive  # noqa: PLC0415 - in the process that reads

    return receive.from_path(path, packages, own=own)


def bounded(server: ForkServer, bounds: Bounds, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What `function` returns; Rejected where the text takes more than the bounds."""
    try:
        return server.call(bounds, partial(said_in, language(), function), *args, **named)
    except Overrun as overrun:
        raise too_much(bounds) from overrun


def too_much(bounds: Bounds) -> Rejected:
    """The refusal of a text that takes more than the bounds."""
    message = _("Reading it takes more than {seconds} s of processor time or {memory} MB.").format(
        seconds=bounds.cpu_seconds, memory=bounds.memory_mb
    )
    return rejected("READING_LIMIT", message)
