"""Tricks that look like quality: each is worth next to nothing beside the honest original."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from graders.source.code import Code
from testing.builders import a_submission
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


def in_each(change: Callable[[str, str], str]) -> Callable[[Files], Files]:
    """Every function of the entry with another body, made of its name and its body."""

    def changed(files: Files) -> Files:
        parts = re.split(r"(?m)^(def (\w+)\(.*\n)", files["pipeline.py"])
        done = [
            head + change(name, rest) for head, name, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
        ]
        return files | {"pipeline.py": f"import logging\n\nlog = logging.getLogger()\n{parts[0]}{''.join(done)}"}

    return changed


def in_try(name: str, body: str) -> str:
    """A ritual around the body: log, do, log, pass on."""
    lines = [f"    {line}" if line.startswith("    ") else line for line in body.rstrip().split("\n")]
    end = f'    except Exception as error:\n        log.error("{name}")\n        raise RuntimeError("{name}")'
    return f'    try:\n        log.info("{name}")\n' + "\n".join(lines) + f"\n{end}\n\n\n"


def added(text: str, path: str = "pipeline.py") -> Callable[[Files], Files]:
    return lambda files: files | {path: f"{files.get(path, '')}\n\n{text}\n"}


def numbered(template: str, count: int = 40) -> str:
    return "\n\n\n".join(template.replace("{n}", str(n)).replace("{m}", str(n - 1)) for n in range(1, count))


def named_literals(files: Files) -> Files:
    """A constant for each number, named after the number."""
    numbers = sorted(set(re.findall(r"(?<![\w.])\d{2,}(?![\w.])", files["pipeline.py"])))
    text = files["pipeline.py"]
    for number in numbers:
        text = re.sub(rf"(?<![\w.\"']){number}(?![\w.\"'])", f"NUMBER_{number}", text)
    return files | {"pipeline.py": "".join(f"NUMBER_{n} = {n}\n" for n in numbers) + text}


def optional_any(files: Files) -> Files:
    text = files["pipeline.py"].replace("(data, model_dir):", "(data: Optional[Any], model_dir: 'Any') -> Any | None:")
    text = re.sub(r"(?m)^def (\w+)\((\w+)\):", r"def \1(\2: Union[Any, None]) -> typing.Any:", text)
    return files | {"pipeline.py": "import typing\nfrom typing import Any, Optional, Union\n" + text}


CHAIN = 'def step_{n}(value: int) -> int:\n    """Go on to the next of all steps."""\n    return step_{m}(value) + {n}'
PROTOCOL = (
    'class Reads{n}(Protocol):\n    """What can be read, kind {n}."""\n\n    def read(self, path: str) -> bytes: ...'
)
OVERLOAD = "@overload\ndef form_{n}(value: int, width: int) -> str: ..."
SETTINGS = 'class Settings{n}:\n    """Holds what stage number {n} has to know."""'
EXISTS = "def test_case_{n}():\n    assert pipeline.train is not None\n    assert callable(pipeline.predict)"
RESTATES = "def test_case_{n}():\n    assert pipeline.train.__name__ == 'train'\n    assert pipeline.LIMIT_{n} == {n}"
LIMITS = "\n".join(f"LIMIT_{n} = {n}" for n in range(40))
HEADINGS = "\n\n".join(
    f"## {title}\n\nThe pipeline has functions train, evaluate and predict for data and features of the {title}."
    for title in ("Problem", "Approach", "Results", "Limits", "Next steps", "Monitoring")
)
GUARD = "    if log is None:\n        raise ValueError('log is None')\n"

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
    "a comment that says nothing above each line": lambda files: (
        files
        | {
            "pipeline.py": re.sub(
                r"(?m)^(    \w+ = .*)$", r"    # This is the next step of it\n\1", files["pipeline.py"]
            )
        }
    ),
    "libraries that start it": lambda files: (
        files | {"pipeline.py": f"import celery\nimport polars\n{files['pipeline.py']}"}
    ),
    "a handler of a cloud": added("def lambda_handler(event, context):\n    return train(event)\n"),
    "a vendored package": vendored("vendor/nice"),
    "a library with its licence": vendored("nicelib", "LICENSE"),
    "tests without assertions": empty_tests("pipeline.train"),
    "tests that assert a constant": empty_tests("assert True"),
    "tests of arithmetic": empty_tests("assert 1 + 1 == 2"),
    "filler in the README": filler,
    "type comments": type_comments,
    "types that say nothing": said_nothing,
    "types that say nothing in many words": optional_any,
    "docstrings by a template": in_each(
        lambda name, body: f'    """Perform the step {name} of our pipeline."""\n{body}'
    ),
    "a ritual in every function": in_each(in_try),
    "logging of nothing": in_each(lambda name, body: f'    log.info("{name}")\n{body}'),
    "one-line functions in a chain": added("def step_0(value):\n    return value\n\n\n" + numbered(CHAIN)),
    "protocols": added(numbered(PROTOCOL)),
    "overloads": added(numbered(OVERLOAD)),
    "classes that hold nothing": added(numbered(SETTINGS)),
    "tests that restate the code": lambda files: (
        added(LIMITS)(files) | {"tests/test_all.py": f"import pipeline\n\n\n{numbered(RESTATES)}\n"}
    ),
    "tests that it exists": added(f"import pipeline\n\n\n{numbered(EXISTS)}", "tests/test_all.py"),
    "a generated README": added(HEADINGS, "README.md"),
    "constants named after their value": named_literals,
    "guards against nothing": in_each(lambda name, body: GUARD + body if name else body),
    "a Makefile that says pytest": added("test:\n\techo pytest", "Makefile"),
    "marks of cells": in_each(lambda name, body: f"{body}\n# %% {name}\n"),
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


def test_modules_that_are_made_of_one_count_once() -> None:
    """Six modules that differ in names alone, opened by the entry, are one module; two small ones alike are two."""
    book = (
        '"""What {0}s there are."""\n\nfrom dataclasses import dataclass, field\n\n\n@dataclass\nclass {1}Book:\n'
        '    """Every {0} in the order in which it came; a name occurs once."""\n\n'
        "    kept: dict[str, int] = field(default_factory=dict)\n\n"
        "    def add(self, name: str, rank: int) -> None:\n"
        '        """Keep another {0}, unless its name is there already."""\n'
        "        if name in self.kept or not name:\n"
        '            raise KeyError(f"a {0} of that name is kept already, or has none")\n'
        "        self.kept[name] = rank\n\n"
        "    def in_order(self) -> list[str]:\n"
        '        """Names from the lowest rank to the highest."""\n'
        "        return sorted(self.kept, key=lambda name: (self.kept[name], name))\n\n\n"
        "def {0}s_of(names: list[str]) -> {1}Book:\n"
        '    """A book whose ranks follow the order of the names."""\n'
        "    book = {1}Book()\n    for rank, name in enumerate(names):\n        book.add(name, rank)\n    return book\n"
    )
    names = ("column", "limit", "month", "figure", "entry", "region")
    opened = "".join(f"from books.{name} import {name}s_of\n" for name in names)
    used = "\n".join(f"    {name}s_of(list(data.columns))" for name in names)
    entry = (
        f"{opened}\n\ndef train(data, model_dir):\n{used}\n\n\ndef predict(data, model_dir):\n    return data['a']\n"
    )
    files = {f"books/{name}.py": book.format(name, name.capitalize()) for name in names}
    for shown, modules in ((names, 2), (names[:2], 3)):
        given = {path: text for path, text in files.items() if path[6:-3] in shown}
        sources = Code(a_submission({"pipeline.py": entry, "books/__init__.py": "", **given}), {}).sources
        assert (
            sum(bool(module.code_lines) for module in sources.product if module.path != "books/__init__.py") == modules
        )
