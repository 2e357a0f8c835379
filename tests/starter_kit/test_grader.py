"""The check says where this machine is not the grader's, and what that may change."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from starter_kit.check import CheckResult, lines
from starter_kit.grader import Grader
from testing.builders import a_submission

HERE = ".".join(map(str, sys.version_info[:2]))


def differences(source: str, grader: Grader, **files: str) -> str:
    return "\n".join(grader.differences(a_submission({"pipeline.py": source, **files})))


def test_where_all_agrees_nothing_is_said() -> None:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    same = Grader(HERE, {"numpy": np.__version__, "pandas": pd.__version__}, {"numpy": "numpy", "pandas": "pandas"})
    assert differences("import numpy\nimport os", same) == ""
    assert lines(CheckResult(None))[-1].startswith("All is well")


def test_another_python_is_said() -> None:
    told = differences("", Grader("3.9"))
    assert f"Python is {HERE} here and 3.9 there" in told


def test_another_version_is_said_of_what_the_work_uses() -> None:
    """Pandas is always used; of the rest only what some module imports."""
    grader = Grader(
        HERE,
        {"pandas": "0.1", "scikit-learn": "0.2", "scipy": "0.3"},
        {"pandas": "pandas", "sklearn": "scikit-learn", "scipy": "scipy"},
    )
    told = differences("from sklearn import metrics", grader)
    assert "pandas is " in told
    assert "0.1 there" in told
    assert "scikit-learn is " in told
    assert "scipy" not in told


def test_a_project_that_is_installed_here_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The grader has the upload alone: a package under src/ is found here because it is installed."""
    (tmp_path / "churn_of_mine").mkdir()
    (tmp_path / "churn_of_mine" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = "from churn_of_mine import columns"
    told = differences(source, Grader(HERE), **{"code/churn_of_mine/__init__.py": ""})
    assert "churn_of_mine is installed on this machine" in told
    assert differences(source, Grader(HERE), **{"churn_of_mine/__init__.py": ""}) == ""


def test_then_not_all_is_well() -> None:
    """What differs stands in place of the promise."""
    told = lines(CheckResult(None, differences=("Python is 3.13 here and 3.11 there",)))
    assert not any("All is well" in line for line in told)
    assert "  - Python is 3.13 here and 3.11 there" in told
