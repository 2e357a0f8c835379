"""Whose fault was it: the table."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest

from graders.model import Action, Exit, Failure, Limits, SandboxError
from sandbox.answers import Answer
from sandbox.failure import Ending, attribute

FINE = Ending(Action.TRAIN, Limits(), status=0, answer=Answer(), answer_state="given", model_state="given")
SILENT = replace(FINE, answer=None, answer_state="none")


def raised(kind: str, number: int = 0) -> Answer:
    return Answer(failure=Failure(kind, "why"), errno=number)


@pytest.mark.parametrize(
    ("ending", "exit_", "kind"),
    [
        (FINE, Exit.OK, None),
        (replace(FINE, oom=True), Exit.OK, None),  # a helper process died; the answer was not missed
        (replace(FINE, limit="cpu"), Exit.TIMED_OUT, "CPU_LIMIT"),  # an answer after the limit does not count
        (replace(FINE, limit="wall"), Exit.TIMED_OUT, "WALL_LIMIT"),
        (replace(SILENT, status=-24), Exit.TIMED_OUT, "CPU_LIMIT"),
        (replace(SILENT, status=-9, oom=True), Exit.OUT_OF_MEMORY, "MEMORY_LIMIT"),
        (replace(FINE, status=-9, oom=True), Exit.OUT_OF_MEMORY, "MEMORY_LIMIT"),
        (replace(SILENT, status=-9), Exit.CRASHED, "SIGNAL"),
        (replace(SILENT, status=-11), Exit.CRASHED, "SIGNAL"),
        (replace(SILENT, status=-99), Exit.CRASHED, "SIGNAL"),
        (SILENT, Exit.NO_ANSWER, "NO_ANSWER"),
        (replace(SILENT, status=3), Exit.NO_ANSWER, "NO_ANSWER"),
        (replace(FINE, status=3), Exit.NO_ANSWER, "NO_ANSWER"),  # the harness ends with 0
        (replace(SILENT, answer_state="too large"), Exit.TOO_LARGE, "ANSWER_TOO_LARGE"),
        (replace(FINE, answer=raised("ValueError")), Exit.CRASHED, "ValueError"),
        (replace(FINE, answer=raised("IMPORT_FAILED")), Exit.CRASHED, "IMPORT_FAILED"),
        (replace(FINE, answer=raised("KeyboardInterrupt")), Exit.CRASHED, "KeyboardInterrupt"),
        (replace(FINE, answer=raised("MemoryError")), Exit.OUT_OF_MEMORY, "MEMORY_LIMIT"),
        (replace(FINE, answer=raised("SystemExit")), Exit.NO_ANSWER, "NO_ANSWER"),
        (replace(FINE, answer=raised("OSError", errno.EFBIG)), Exit.TOO_LARGE, "MODEL_TOO_LARGE"),
        (replace(FINE, answer=raised("OSError", errno.ENOSPC)), Exit.TOO_LARGE, "MODEL_TOO_LARGE"),
        (replace(FINE, answer=raised("OSError", errno.EROFS)), Exit.CRASHED, "OSError"),
        (replace(FINE, action=Action.PREDICT, answer=raised("OSError", errno.ENOSPC)), Exit.CRASHED, "OSError"),
        (replace(FINE, answer=replace(raised("PRED_RANGE"), problem=True)), Exit.BAD_OUTPUT, "PRED_RANGE"),
        (replace(FINE, model_state="too large"), Exit.TOO_LARGE, "MODEL_TOO_LARGE"),
        (replace(FINE, model_state="unsafe"), Exit.BAD_OUTPUT, "MODEL_UNSAFE"),
        (replace(SILENT, status=None, lost=True, oom=True), Exit.OUT_OF_MEMORY, "MEMORY_LIMIT"),
        (replace(SILENT, status=None, lost=True, overdue=True), Exit.TIMED_OUT, "WALL_LIMIT"),
    ],
)
def test_the_candidate_ended_it(ending: Ending, exit_: Exit, kind: str | None) -> None:
    """Every ending has one exit, and a reason unless it is a good one."""
    found, failure = attribute(ending)
    assert found is exit_
    assert (failure.kind if failure else None) == kind


def test_a_lost_container_is_our_fault() -> None:
    """No candidate can end PID 1, so nobody is graded on it."""
    with pytest.raises(SandboxError, match="boom"):
        attribute(replace(SILENT, lost=True, complaints="boom"))
