"""What the service says of itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.platform import log
from app.platform.settings import Settings


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_a_log_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """With the time in UTC, the level and what was given."""
    log.configure(Settings(log_json=True))
    structlog.get_logger("app.worker.jobs").info("graded", submission="s1")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["submission"], line["level"]) == ("graded", "s1", "info")
    assert line["timestamp"].endswith("Z")


def test_a_fault_is_told_without_the_values_at_hand(capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback holds our lines, not the variables, which are the candidate's."""
    log.configure(Settings())
    held = "what the candidate wrote"
    try:
        int(held[:0] or "x")
    except ValueError:
        structlog.get_logger("app").exception("broken")
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert held not in said


def test_the_chatter_of_libraries_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """The queue logs every job; only its warnings pass."""
    log.configure(Settings())
    logging.getLogger("procrastinate.worker").info("Starting job grade[1]")
    logging.getLogger("procrastinate.worker").warning("lost")
    said = capsys.readouterr().err
    assert "Starting job" not in said
    assert "lost" in said
