"""No text of a candidate's holds up the one who asks: it is read in a process with limits, used once."""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest

from app.intake import Rejected, bounded, from_path, unpack
from app.intake.bounded import SERVER
from sandbox.protocol.failure import Starved
from sandbox.static_tools.bounded import Bounds, Overrun
from tests.app.intake.make import PACKAGES, PIPELINE, notebook, zipped

SMALL = Bounds(cpu_seconds=1, memory_mb=128, seconds=300)


def test_a_result_and_a_refusal_come_back_as_they_are(tmp_path: Path) -> None:
    """The caller cannot tell in which process it was read."""
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    assert from_path(tmp_path, PACKAGES).files == unpack(zipped({"pipeline.py": PIPELINE}), "a.zip", PACKAGES).files
    with pytest.raises(Rejected) as refused:
        unpack(b"x = (", "work.py", PACKAGES)
    assert refused.value.problem.code == "SYNTAX_ERROR"
    assert str(refused.value).startswith("SYNTAX_ERROR: ")


@pytest.mark.parametrize(
    ("function", "argument", "limit"),
    [
        (re.compile("(a+)+$").match, "a" * 60 + "b", "cpu"),
        (bytearray, 1 << 30, "memory"),
        (os._exit, 0, "cpu"),
        (os.abort, None, "cpu"),
    ],
    ids=["time", "memory", "gone", "killed"],
)
def test_what_takes_too_much_is_ended(function: object, argument: object, limit: str) -> None:
    """Processor time, memory, or an end without a word: the caller learns of it and goes on."""
    arguments = () if argument is None else (argument,)
    with pytest.raises(Overrun, match=limit):
        SERVER.call(SMALL, function, *arguments)  # type: ignore[arg-type]
    assert SERVER.call(SMALL, len, "abc") == 3


def test_the_end_is_the_candidates_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stable code, plain words."""
    monkeypatch.setattr(bounded, "BOUNDS", Bounds(cpu_seconds=1, memory_mb=1))
    with pytest.raises(Rejected) as refused:
        unpack(notebook(*["x = 1\n" * 90_000] * 3, PIPELINE), "work.ipynb", PACKAGES)
    assert refused.value.problem.code == "READING_LIMIT"


def test_a_wall_clock_that_runs_out_is_our_fault() -> None:
    """Waiting on a busy machine is nobody's refusal; what still runs is ended."""
    with pytest.raises(Starved):
        SERVER.call(Bounds(seconds=0.3), time.sleep, 20)


def test_a_server_that_died_is_begun_again() -> None:
    """No call is lost with it."""
    server = SERVER
    SERVER.call(SMALL, len, "a")
    assert server._control is not None
    server._control.close()
    assert SERVER.call(SMALL, len, "abcd") == 4


HOSTILE = {
    "blanks in a magic": ("w.ipynb", notebook("x = 1\n%time" + " " * 40_000 + "\n" + "y = 2", PIPELINE)),
    "blanks before a shell line": ("w.ipynb", notebook("x = 1\n" + " " * 40_000 + "!ls\n", PIPELINE)),
    "a long name before an assignment": ("w.ipynb", notebook("a" * 40_000 + " ?", PIPELINE)),
    "words and commas": ("w.ipynb", notebook("a, " * 15_000 + "= 1 !", PIPELINE)),
    "a broken cell of blanks": ("w.ipynb", notebook("def " + " " * 40_000 + "(", PIPELINE)),
    "quotes": ("w.ipynb", notebook("!" + "'\"" * 20_000, PIPELINE)),
    "a README of newlines": ("w.zip", zipped({"pipeline.py": PIPELINE, "README.md": "\n" * 60_000})),
    "one word": (
        "w.zip",
        zipped({"pipeline.py": PIPELINE, "README.md": "a" * 60_000, "requirements.txt": "b" * 60_000}),
    ),
    "many names": ("w.zip", zipped({"pipeline.py": PIPELINE, **{f"{'a' * 200}{n}.py": "" for n in range(400)}})),
    "nested json": ("w.ipynb", json.dumps({"cells": []}).replace("[]", "[" * 40_000).encode()),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_a_moment(name: str) -> None:
    """A tenth of a second of processor time here; whatever is quadratic takes more than ten."""
    file, data = HOSTILE[name]
    SERVER.call(SMALL, len, "a")
    assert SERVER.call(Bounds(cpu_seconds=20), _cpu_of_reading, data, file) < 5.0


def _cpu_of_reading(data: bytes, file: str) -> float:
    from app.intake import receive  # noqa: PLC0415 - in the process that reads

    before = time.process_time()
    with suppress(Rejected):
        receive.unpack(data, file, PACKAGES)
    return time.process_time() - before
