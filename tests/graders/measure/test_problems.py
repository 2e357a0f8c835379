"""Why a run gave nothing, in words a candidate can act on."""

from __future__ import annotations

import pytest

from graders.measure.problems import ADVICE, problem, summary
from graders.model.challenge import Limits
from graders.model.probe import Action, Exit, Failure
from graders.model.submission import Location
from sandbox.protocol.answers import Answer
from sandbox.protocol.failure import Ending, attribute
from testing.builders import a_run


@pytest.mark.parametrize("kind", sorted(ADVICE))
@pytest.mark.parametrize("action", Action)
def test_every_kind_gives_a_whole_sentence_and_a_hint(kind: str, action: Action) -> None:
    """No placeholder is left, the code is the kind, the sandbox's own numbers are shown."""
    run = a_run(action=action, exit=Exit.BAD_OUTPUT, failure=Failure(kind, "490 values for 500 rows {x}"))
    found = problem(run)
    assert found.code == kind
    assert "{phase}" not in found.message
    assert "{detail}" not in found.message
    assert found.message[-1] in ".}"
    assert found.hint


LIMITS = Limits(cpu_seconds=60, seconds=120, memory_mb=1024, model_mb=50)


def ended(**facts: object) -> Ending:
    used: dict[str, object] = {"seconds": 61, "cpu_seconds": 33, "peak_mb": 900, "saved": (7, 77 * 2**20)}
    fields = {"action": Action.TRAIN, "limits": LIMITS, "status": 0, "answer_limit": 4000} | used | facts
    return Ending(**fields)  # type: ignore[arg-type]  # a builder's free-form fields


def answer(kind: str, message: str = "", **more: object) -> dict[str, object]:
    return {"answer": Answer(failure=Failure(kind, message), **more), "answer_state": "given"}  # type: ignore[arg-type]


#: (what happened, what the message has to hold beside the phase: the limit and what was used)
ENDINGS: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
    "CPU time": ({"limit": "cpu"}, ("33.0 of 60 CPU seconds", "61.0 s")),
    "wall clock": ({"limit": "wall"}, ("120 seconds of wall clock", "33.0 of 60")),
    "memory, by the kernel": ({"status": -9, "oom": True}, ("1024 MB", "900 MB")),
    "memory, by PID 1": ({"limit": "memory"}, ("1024 MB", "900 MB")),
    "memory, by an exception": (answer("MemoryError"), ("1024 MB", "900 MB")),
    "memory, with the container": ({"lost": True, "oom": True}, ("1024 MB",)),
    "the host's watchdog": ({"lost": True, "overdue": True}, ("120 seconds of wall clock",)),
    "a signal": ({"status": -11}, ("SIGSEGV", "61.0 s", "900 MB")),
    "no answer": ({"status": 3}, ("status 3", "61.0 s")),
    "an exit": (answer("SystemExit"), ("sys.exit", "61.0 s")),
    "an answer too large": ({"status": -9, "answer_state": "too large"}, ("4000 bytes",)),
    "a failing import": (answer("IMPORT_FAILED", "KeyError: 'x'"), ("Importing",)),
    "a missing function": (answer("NO_FUNCTION", "not defined", problem=True), ("defines no function",)),
    "a crash": (answer("ValueError", "bad shape"), ("ValueError",)),
}


#: Endings whose numbers the candidate's process chooses: of predict, which has seen hidden rows, they are not told.
CHOSEN = {"a signal", "no answer", "an exit", "an answer too large"}


@pytest.mark.parametrize("action", [Action.TRAIN, Action.EVALUATE, Action.PREDICT])
@pytest.mark.parametrize("what", ENDINGS)
def test_every_ending_names_phase_limit_use_and_a_way_on(what: str, action: Action) -> None:
    """Whatever ended it, in whichever phase: what happened, of how much, and what to try."""
    facts, wanted = ENDINGS[what]
    exit_, failure = attribute(ended(**facts, action=action))
    found = problem(a_run(action=action, exit=exit_, failure=failure))
    withheld = action is Action.PREDICT and what in CHOSEN
    assert all(part in found.message for part in (action.value, *(() if withheld else wanted))), found.message
    assert not set("{}") & set(found.message)
    assert len(found.hint.split()) > 4


@pytest.mark.parametrize(
    "facts", [{"model_state": "too large"}, answer("OSError", errno=28), answer("OSError", errno=27)]
)
def test_a_model_too_large_is_told_its_size(facts: dict[str, object]) -> None:
    """What was saved and what may be, in MB and files; the same where the disk was full before."""
    given: dict[str, object] = {"answer": Answer(), "answer_state": "given"}
    exit_, failure = attribute(ended(**(given | facts)))
    found = problem(a_run(action=Action.TRAIN, exit=exit_, failure=failure))
    assert found.code == "MODEL_TOO_LARGE"
    assert "train saved 77.0 MB in 7 files, and a model may have 50 MB in 500 files" in found.message


HOSTILE = "row 17: age 44, tickets 3"


@pytest.mark.parametrize(
    ("action", "kind", "shown"),
    [
        (Action.TRAIN, "KeyError", True),
        (Action.EVALUATE, "KeyError", True),
        (Action.TRAIN, "IMPORT_FAILED", True),
        (Action.PREDICT, "KeyError", False),  # it has seen hidden rows: its words could carry them out
        (Action.PREDICT, "IMPORT_FAILED", False),
    ],
)
def test_words_from_predict_never_leave(action: Action, kind: str, shown: bool) -> None:
    """The text of an exception is shown for train and evaluate, and withheld for predict."""
    run = a_run(action=action, exit=Exit.CRASHED, failure=Failure(kind, HOSTILE))
    assert (HOSTILE in problem(run).message) == shown
    assert (HOSTILE in summary(run)) == ((shown and kind != "IMPORT_FAILED") or shown)


@pytest.mark.parametrize(
    ("action", "kind", "text", "told"),
    [
        (Action.PREDICT, "FileNotFoundError", "", "Load only what train saved"),
        (Action.TRAIN, "FileNotFoundError", "No such file: 'train.csv'", "Use the rows in `data`"),
        (Action.TRAIN, "LightGBMError", "No OpenCL device found", "no graphics card"),
        (Action.EVALUATE, "CatBoostError", "CUDA driver version is insufficient", "no graphics card"),
        (Action.PREDICT, "LightGBMError", "No OpenCL device found", "check.py"),  # what predict says is not looked at
        (Action.TRAIN, "KeyError", "age", "check.py"),
    ],
)
def test_a_crash_of_one_cause_is_told_with_what_to_do(action: Action, kind: str, text: str, told: str) -> None:
    run = a_run(action=action, exit=Exit.CRASHED, failure=Failure(kind, text))
    assert told in problem(run).hint


def test_the_innermost_place_is_named() -> None:
    """Of the frames in the candidate's own files the last is where it happened."""
    frames = (Location("pipeline.py", 4), Location("churn.ipynb", 2, 5))
    run = a_run(exit=Exit.CRASHED, failure=Failure("KeyError", "", frames))
    assert problem(run).where == frames[-1]
