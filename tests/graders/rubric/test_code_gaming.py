"""Tricks that look like quality: each is worth next to nothing beside the honest original."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.graders.variants import Points, points, reference

Files = dict[str, str]
MOST_GAIN = 2.0


def marked(files: Files) -> Files:
    text = re.sub(r"(?m)(\S)$", r"\1  # noqa", files["pipeline.py"])
    return files | {"pipeline.py": f"# ruff: noqa\n# flake8: noqa\n# pylint: disable=all\n{text}"}


def configured(files: Files) -> Files:
    return files | {
        "ruff.toml": "exclude = ['*']\n",
        "pyproject.toml": "[tool.ruff]\nexclude = ['*']\nlint.ignore = ['ALL']\n",
        "setup.cfg": "[flake8]\nexclude = *\n[radon]\nexclude = *\n",
        ".gitignore": "*.py\n",
    }


def docstrings(text: str) -> Callable[[Files], Files]:
    """The same docstring under every function."""
    added = rf'\1\n    """{text}"""'
    return lambda files: files | {"pipeline.py": re.sub(r"(?m)^(def .*:)$", added, files["pipeline.py"])}


def padded(template: str, used: bool = False) -> Callable[[Files], Files]:
    """Eighty trivial functions, with types and docstrings."""
    added = "\n\n\n".join(template.format(n=n) for n in range(80))
    table = f"\n\nHELPERS = [{', '.join(f'helper_{n}' for n in range(80))}]\n" if used else "\n"
    return lambda files: files | {"pipeline.py": f"{files['pipeline.py']}\n\n{added}{table}"}


def vendored(folder: str, *beside: str) -> Callable[[Files], Files]:
    """Good code of somebody else's, carried along and imported."""

    def changed(files: Files) -> Files:
        foreign = {p: text for p, text in reference("good").items() if p.startswith("churn/")}
        carried = {p.replace("churn/", f"{folder}/", 1): text.replace("churn", folder) for p, text in foreign.items()}
        package = folder.replace("/", ".")
        uses = f"from {package} import config, features, model, schema, validation\n"
        notice = {f"{folder}/{name}": "MIT License\n\nCopyright (c) 2020 Somebody\n" for name in beside}
        return files | carried | notice | {"pipeline.py": uses + files["pipeline.py"]}

    return changed


def empty_tests(body: str) -> Callable[[Files], Files]:
    tests = "\n\n".join(f"def test_case_{n}():\n    {body}" for n in range(30))
    return lambda files: files | {"tests/test_all.py": f"import pipeline\n\n\n{tests}\n"}


def filler(files: Files) -> Files:
    words = "lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore magna aliqua"
    topics = ("Problem", "Approach", "Results", "Limits", "Next steps")
    parts = [f"## {topic}\n\n{' '.join([words.replace('sed', topic)] * 20)}\n" for topic in topics]
    return files | {"README.md": "# Churn\n\n" + "\n".join(parts)}


def type_comments(files: Files) -> Files:
    text = re.sub(r"(?m)^(def .*:)$", r"\1  # type: (pd.DataFrame, Path) -> None", files["pipeline.py"])
    return files | {"pipeline.py": text}


def said_nothing(files: Files) -> Files:
    text = files["pipeline.py"].replace("(data, model_dir):", "(data: Any, model_dir: Any) -> Any:")
    return files | {"pipeline.py": "from typing import Any\n" + text.replace("(data):", "(data: object) -> object:")}


TRIVIAL = (
    "def helper_{n}(value: int) -> int:\n"
    '    """Return the value with the offset of step {n}."""\n'
    "    return value + {n}"
)
PASSED_ON = (
    'def helper_{n}(value: float) -> float:\n    """Give the value that step {n} was given."""\n    return value'
)

TRICKS: dict[str, Callable[[Files], Files]] = {
    "noqa on every line": marked,
    "settings of its own": configured,
    "empty docstrings": docstrings(""),
    "one-word docstrings": docstrings("Function."),
    "docstrings to do": docstrings("TODO: write a docstring."),
    "trivial functions": padded(TRIVIAL),
    "trivial functions in a table": padded(TRIVIAL, used=True),
    "functions that pass on": padded(PASSED_ON),
    "a vendored package": vendored("vendor/nice"),
    "a library with its licence": vendored("nicelib", "LICENSE"),
    "tests without assertions": empty_tests("pipeline.train"),
    "tests that assert a constant": empty_tests("assert True"),
    "tests of arithmetic": empty_tests("assert 1 + 1 == 2"),
    "filler in the README": filler,
    "type comments": type_comments,
    "types that say nothing": said_nothing,
}
HONEST = ("ugly_but_right", "overfit")


@pytest.fixture(scope="module")
def judged() -> dict[str, Points]:
    originals = {name: reference(name) for name in HONEST}
    twins = {f"{name}: {trick}": change(files) for name, files in originals.items() for trick, change in TRICKS.items()}
    return points(originals | twins)


@pytest.mark.parametrize("original", HONEST)
@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_gains_next_to_nothing(trick: str, original: str, judged: dict[str, Points]) -> None:
    """The code section of the twin has at most two points more."""
    gains = {k: round(v - judged[original][k], 2) for k, v in judged[f"{original}: {trick}"].items()}
    assert gains["total"] <= MOST_GAIN, gains
