"""Rows 56 and 57: predict has seen hidden rows, so nothing it words, names, numbers or counts may reach a candidate."""

from __future__ import annotations

from concurrent.futures import Future
from textwrap import dedent, indent

import pytest

from graders.measure.problems import problem
from graders.model.probe import Action, Exit, Failure, Run
from graders.model.report import Problem
from graders.model.submission import Location, Submission
from sandbox.host.docker import DockerSandbox
from sandbox.testing.specimens import submission as text_submission
from testing.builders import a_run
from tests.attacks.attack import FEATURE, ROOMY, gained_nothing, hidden, told

#: Ways to say `text`, or the number 4711, which is nowhere in these sources.
WAYS = {
    "the words of an exception": "raise ValueError(text)",
    "the words of an exit": "sys.exit(text)",
    "the words of a want of memory": "raise MemoryError(text)",
    "the name of a class": "raise type(text, (Exception,), {})",
    "the name of a class that looks known": "raise type('ValueError', (Exception,), {'__str__': lambda self: text})",
    "a chain of exceptions": "try:\n    raise KeyError(text)\nexcept KeyError as error:\n"
    "    raise OSError(number, text) from error",
    "a group of exceptions": "raise ExceptionGroup(text, [ValueError(text)])",
    "a file name": "exec(compile('raise ValueError', text + '.py', 'exec'))",
    "a file name in the submission": "exec(compile('raise ValueError', os.getcwd() + '/' + text, 'exec'))",
    "a line number": "exec(compile('\\n' * (number - 1) + 'raise ValueError', os.getcwd() + '/pipeline.py', 'exec'))",
    "a syntax error": "raise SyntaxError(text, (os.getcwd() + '/pipeline.py', number, 1, text))",
    "a function's name": "name = text.replace('-', '_')\n"
    "exec(f'def {name}(): raise ValueError', globals())\nglobals()[name]()",
    "the printed log": "print(text, file=sys.stderr)\nraise ValueError",
    "an import by name": "import importlib\nimportlib.import_module(text)",
    "an answer with words": "answer({'failure': {'exception': text, 'message': text, 'errno': 0, 'frames': []}})",
    "an answer with words for a number": "answer({'problem': 'PRED_LENGTH', 'numbers': [text, 1]})",
    "an answer with an unknown problem": "answer({'problem': text, 'numbers': []})",
    "an answer with a far line": "answer({'failure': {'exception': 'ValueError', 'message': '', 'errno': 0, "
    "'frames': [['pipeline.py', number]]}})",
}


def source(way: str) -> str:
    body = indent(WAYS[way], "    ")
    return (
        dedent("""
        import json, os, sys
        def answer(header):
            raw = json.dumps(header).encode()
            os.pwrite(3, len(raw).to_bytes(4, "big") + raw, 0)
            os._exit(0)
        def predict(data, model_dir):
            text = data["region"].iloc[0]
            number = int(text.rpartition("-")[2])
        """)
        + f"{body}\n"
    )


@pytest.fixture(scope="module")
def started(docker_sandbox: DockerSandbox) -> dict[str, Future[tuple[Run, ...]]]:
    return {way: docker_sandbox.start(text_submission(source(way)), [hidden()]) for way in WAYS}


@pytest.mark.parametrize("way", WAYS)
def test_row_57_predict_tells_its_kind_and_a_true_line(way: str, started: dict[str, Future[tuple[Run, ...]]]) -> None:
    """Whatever it tries to say, neither the hidden text nor the hidden number is in what a report tells."""
    (run,) = started[way].result(300)
    of = text_submission(source(way))
    assert not run.ok
    gained_nothing(run, of)
    assert "4711" not in told(run, of)
    place = problem(run).where
    assert place is None or (place.path in of.files and (place.line or 1) <= len(source(way).splitlines()) + 1)


def a_failure(kind: str, message: str) -> tuple[Run, Submission]:
    failure = Failure(kind, message, (Location("pipeline.py", 3),))
    return a_run("predict", Action.PREDICT, Exit.BAD_OUTPUT, failure=failure), text_submission()


@pytest.mark.parametrize("kind", ["PRED_LENGTH", "PRED_SHAPE", "PRED_NOT_FINITE", "PRED_RANGE", "NO_ANSWER"])
def test_row_57_predict_tells_no_count(kind: str) -> None:
    """How many values were wrong, or the exit status, is the candidate's to choose, and so could spell out a row."""
    run, of = a_failure(kind, "4711 values for 815 rows")
    assert "4711" not in told(run, of)


def test_row_57_what_train_says_is_told() -> None:
    """Before any hidden row was seen the candidate's own words help the candidate, and are told."""
    failure = Failure("ValueError", "no column 'age'", (Location("pipeline.py", 3),))
    why: Problem = problem(a_run("train", Action.TRAIN, Exit.CRASHED, failure=failure))
    assert "no column 'age'" in why.message
    assert hidden(ROOMY).data is not None
    assert FEATURE in set(hidden(ROOMY).data["region"])  # type: ignore[index]  # it is not None, as just said
