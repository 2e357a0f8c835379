"""Whose fault was it: the table."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest

from graders.model.challenge import Limits
from graders.model.probe import Action, Exit, Failure, SandboxError
from sandbox.protocol.answers import Answer
from sandbox.protocol.failure import Ending, Starved, attribute

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
        (replace(FINE, limit="memory"), Exit.OUT_OF_MEMORY, "MEMORY_LIMIT"),  # PID 1 counted, where no kernel does
        (replace(SILENT, limit="cpu", oom=True), Exit.TIMED_OUT, "CPU_LIMIT"),  # time had run out already
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


def test_starvation_is_our_fault() -> None:
    """A machine with too much to do grades nobody."""
    with pytest.raises(Starved, match="waited 360 s"):
        attribute(replace(SILENT, limit="starved", waited=360.0))


def test_a_lost_container_is_our_fault() -> None:
    """No candidate can end PID 1, so nobody is graded on it."""
    with pytest.raises(SandboxError, match="boom"):
        attribute(replace(SILENT, lost=True, complaints="boom"))


LIMITS = Limits(cpu_seconds=60, seconds=120, memory_mb=1024, model_mb=50)
USED = Ending(Action.TRAIN, LIMITS, status=-9, seconds=61, cpu_seconds=60.04, peak_mb=900, saved=(3, 60 * 2**20))
ANSWERED = replace(USED, status=0, answer=Answer(), answer_state="given", answer_limit=4000)


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        (replace(USED, limit="cpu"), "train used 60.0 of 60 CPU seconds after 61.0 s of wall clock"),
        (
            replace(USED, limit="wall", seconds=120.2, cpu_seconds=0.5),
            "train had not ended after 120 of 120 seconds of wall clock; it had used 0.5 of 60 CPU seconds",
        ),
        (
            replace(USED, oom=True),
            "train needed more than its 1024 MB after 61.0 s of wall clock; its largest process held 900 MB",
        ),
        (
            replace(ANSWERED, answer=raised("MemoryError")),
            "train needed more than its 1024 MB after 61.0 s of wall clock; its largest process held 900 MB",
        ),
        (
            replace(USED, lost=True, oom=True, seconds=0, peak_mb=0),
            "train needed more than its 1024 MB",
        ),
        (USED, "train was ended by SIGKILL after 61.0 s of wall clock; its largest process held 900 MB"),
        (
            replace(USED, status=3),
            "the process of train ended with status 3 and no answer after 61.0 s of wall clock",
        ),
        (replace(ANSWERED, answer=raised("SystemExit")), "train called sys.exit after 61.0 s of wall clock"),
        (
            replace(ANSWERED, model_state="too large"),
            "train saved 60.0 MB in 3 files, and a model may have 50 MB in 500 files",
        ),
        (
            replace(USED, answer_state="too large", answer_limit=4000),
            "what train returned takes more than the 4000 bytes an honest answer can have",
        ),
    ],
)
def test_the_reason_says_what_was_used_of_what(ending: Ending, sentence: str) -> None:
    """Phase, limit and use stand in every sentence of ours."""
    failure = attribute(ending)[1]
    assert failure
    assert failure.message == sentence


@pytest.mark.parametrize("kind", ["MemoryError", "SystemExit"])
def test_no_word_of_the_candidate_enters_a_sentence_of_ours(kind: str) -> None:
    """The kinds that are shown for predict too are free of what the candidate's exception said."""
    said = Answer(failure=Failure(kind, "row 17: age 44"))
    failure = attribute(replace(ANSWERED, action=Action.PREDICT, answer=said))[1]
    assert failure
    assert "44" not in failure.message
