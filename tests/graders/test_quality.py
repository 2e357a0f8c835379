"""Signals of code, on small sources: each row is a fact about one."""

from __future__ import annotations

import json
from collections.abc import Callable
from textwrap import dedent

import pytest

from graders.model import NotApplicable
from graders.quality import communication, signals
from graders.quality.sources import Sources, sources
from tests.builders import a_case, a_notebook, a_submission


def read(source: str, **more: str) -> Sources:
    return sources(a_case(submission=a_submission({"pipeline.py": dedent(source), **more})))


SIGNALS: list[tuple[str, Callable[[Sources], float], str, float]] = [
    ("all in functions", signals.share_in_functions, "import os\nA = 1\ndef f():\n    return 1\n", 1.0),
    ("a main guard is fine", signals.share_in_functions, "if __name__ == '__main__':\n    print(1)\n", 1.0),
    ("work at import", signals.share_in_functions, "for i in range(3):\n    print(i)\n", 0.0),
    ("half and half", signals.share_in_functions, "def f():\n    return 1\nfor i in []:\n    print(i)\n", 0.5),
    ("longest function", signals.longest_function, "def f():\n    a = 1\n    return a\n", 3),
    ("annotated, self not counted", signals.annotated, "class A:\n    def f(self, x: int) -> int: ...\n", 1.0),
    ("half annotated", signals.annotated, "def f(x: int): ...\n", 0.5),
    ("a docstring", signals.documented, "def f():\n    'Says what it does.'\n", 1.0),
    ("an empty docstring is none", signals.documented, "def f():\n    ''\n", 0.0),
    ("one word is none", signals.documented, "def train():\n    'Train.'\n", 0.0),
    ("private names need none", signals.documented, "def f():\n    'Says what it does.'\ndef _g(): ...\n", 1.0),
    ("swallowed", lambda s: len(signals.swallowed(s)), "try:\n    f()\nexcept Exception:\n    x = 0\n", 1),
    ("bare", lambda s: len(signals.swallowed(s)), "try:\n    f()\nexcept:\n    pass\n", 1),
    ("narrow is fine", lambda s: len(signals.swallowed(s)), "try:\n    f()\nexcept KeyError:\n    pass\n", 0),
    ("logged is fine", lambda s: len(signals.swallowed(s)), "try:\n    f()\nexcept Exception:\n    l.error('')\n", 0),
    ("raised is fine", lambda s: len(signals.swallowed(s)), "try:\n    f()\nexcept Exception:\n    raise\n", 0),
    ("used is fine", lambda s: len(signals.swallowed(s)), "try:\n    f()\nexcept Exception as e:\n    g(e)\n", 0),
    ("own home", lambda s: len(signals.absolute_paths(s)), "P = '/home/ann/data.csv'\nQ = 'C:\\\\x'\n", 2),
    ("a relative path is fine", lambda s: len(signals.absolute_paths(s)), "P = 'data/x.csv'\nQ = '/'\n", 0),
    ("raises", signals.raises, "def f():\n    raise ValueError('no rows')\n", 1),
]


@pytest.mark.parametrize(("measure", "source", "expected"), [row[1:] for row in SIGNALS], ids=[r[0] for r in SIGNALS])
def test_signals(measure: Callable[[Sources], float], source: str, expected: float) -> None:
    """Each signal has the value a reader of the source would give."""
    assert measure(read(source)) == pytest.approx(expected)


def test_tests_are_not_the_product() -> None:
    """Test files are known by pytest's own naming and left out of the measures."""
    found = read("def f(): ...\n", **{"tests/test_f.py": "assert 1\n", "helper_test.py": "x = 1\n", "testing.py": ""})
    assert {m.path for m in found.product} == {"pipeline.py", "testing.py"}


@pytest.mark.parametrize("source", ["x = " + "-" * 20000 + "1", "x = " + "(" * 500 + ")" * 500, "def f(:", "\0"])
def test_source_that_cannot_be_parsed_is_not_judged(source: str) -> None:
    """Hostile or broken source ends in NotApplicable, never in a crash of the grader."""
    with pytest.raises(NotApplicable):
        read(source)


@pytest.mark.parametrize(
    ("files", "share"),
    [
        ({}, None),
        ({"requirements.txt": "numpy==2.4.6\npandas==3.1.1  # pinned\n# nothing\n"}, 1.0),
        ({"requirements.txt": "numpy\npandas>=3\n"}, 0.0),
        ({"requirements.txt": "numpy==2.4.6\npandas\n-r other.txt\n"}, 0.5),
        ({"pyproject.toml": '[project]\ndependencies = ["numpy==2.4.6"]\n'}, 1.0),
        ({"pyproject.toml": "not toml ["}, None),
        ({"pyproject.toml": "[tool.ruff]\n"}, None),
        ({"uv.lock": "", "pyproject.toml": ""}, 1.0),
    ],
)
def test_pinned(files: dict[str, str], share: float | None) -> None:
    """A pin names one version; a lock file pins everything."""
    assert communication.pinned_share(a_submission({"pipeline.py": "", **files})) == share


README = """# Churn

Problem
-------
We predict which customers leave within sixty days, so that the desk can call those worth calling first.

## Results
AUC .79

## Limits
The south and the old are under-collected, so that the score says little about them; measure before use there.
"""


def test_a_notebook_speaks_in_its_text_cells() -> None:
    """A lone notebook has no README beside it: its Markdown is what the candidate wrote."""
    cells = [{"cell_type": "markdown", "source": README.splitlines(keepends=True)}, {"cell_type": "code", "source": ""}]
    notebook = a_notebook(files={"churn.ipynb": json.dumps({"cells": cells}).encode()})
    assert communication.topics(notebook)["limits"]
    assert communication.words(notebook) == communication.words(a_submission({"README.md": README}))
    assert communication.words(a_notebook(files={"churn.ipynb": b"[]"})) == 0


def test_topics_need_words_of_their_own() -> None:
    """A heading with nothing under it is not a topic."""
    found = communication.topics(a_submission({"pipeline.py": "", "README.md": README}))
    assert [topic for topic, present in found.items() if present] == ["problem", "limits"]
