"""`assay quality`: the code section of anything that is code, with neither Docker nor a contract."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.intake import Rejected
from app.intake.source_tree import Choice, read_source
from app.quality import quality
from app.words import reading_in
from graders.report.schema import json_schema
from tests.app.intake.make import notebook, zipped
from tests.graders.variants import REFERENCES, points, reference

MODULE = (
    'def area(width: float, height: float) -> float:\n    """Square metres of a room."""\n    return width * height\n'
)
#: Points and gain are both given to one decimal.
ROUNDED = 0.11
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": "# Rooms"},
        {
            "id": "b",
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": 1,
            "source": "%matplotlib inline\n!ls\nP = '/home/ann/x.csv'",
        },
    ],
}


def laid_out(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def criteria(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {criterion["id"]: criterion for criterion in document["section"]["criteria"]}


def test_any_folder_is_judged_and_every_criterion_says_why(tmp_path: Path) -> None:
    """A folder without pipeline.py gets a section; each judged criterion has a reason, and advice where it lost."""
    found = quality(laid_out(tmp_path, {"src/rooms.py": MODULE, "README.md": "# Rooms\n"}))
    assert 0 < found["score"] < 100
    for criterion in criteria(found).values():
        assert criterion["why"]
        if criterion["points"] is not None and criterion["points"] < 0.9 * criterion["max"]:
            assert criterion["next"]
            assert 0 < criterion["gain"] <= criterion["max"] - criterion["points"] + ROUNDED
    assert criteria(found)["determinism"]["points"] is None


def test_the_command_prints_json_that_meets_the_reports_schema(tmp_path: Path) -> None:
    """Section and findings are those of report.json, so one reader serves both."""
    result = CliRunner().invoke(app, ["quality", str(laid_out(tmp_path, {"rooms.py": MODULE})), "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    for name, values in (("section", [found["section"]]), ("finding", found["findings"])):
        checked = {"$ref": f"#/$defs/{name}", "$defs": json_schema()["$defs"]}
        for value in values:
            jsonschema.validate(value, checked)


def test_a_reader_of_french_gets_every_sentence(tmp_path: Path) -> None:
    """Those without a gap were once left empty."""
    found = quality(laid_out(tmp_path, {"rooms.py": MODULE}))
    with reading_in("fr"):
        told = quality(tmp_path)
    for one, said in zip(found["section"]["criteria"], told["section"]["criteria"], strict=True):
        assert said["title"] not in {"", one["title"]}
        assert [bool(said[name]) for name in ("why", "next")] == [bool(one[name]) for name in ("why", "next")]


def test_the_command_says_it_to_people_too(tmp_path: Path) -> None:
    """Without --json the same is printed in words."""
    result = CliRunner().invoke(app, ["quality", str(laid_out(tmp_path, {"rooms.py": MODULE}) / "rooms.py")])
    assert result.exit_code == 0
    assert "structure" in result.stdout


def test_nothing_to_judge_is_said_without_a_number(tmp_path: Path) -> None:
    """A folder of another language has no score, not a low one."""
    path = laid_out(tmp_path, {"solution.R": "x <- 1\n", "README.md": "# Churn, in R\n"})
    result = CliRunner().invoke(app, ["quality", str(path)])
    assert result.exit_code == 0
    assert result.stdout.strip() == "Nothing to judge: there is no code."


def test_a_notebook_anywhere_is_read_cell_by_cell(tmp_path: Path) -> None:
    """Magics are no obstacle, and evidence names the cell."""
    path = tmp_path / "rooms.ipynb"
    path.write_text(json.dumps(NOTEBOOK))
    (found,) = [f for f in quality(path)["findings"] if f["code"] == "REPRO003"]
    assert [(e["path"], e["cell"], e["line"]) for e in found["evidence"]] == [("rooms.ipynb", 2, 3)]


@pytest.mark.parametrize("form", ["folder", "archive", "notebook"])
def test_a_notebook_heavy_with_outputs_is_read_all_the_same(form: str, tmp_path: Path) -> None:
    """Its outputs count for nothing; whoever left them is told."""
    book = json.loads(notebook("def rate(a, b):\n    return a / b\n"))
    book["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (6 << 20)}]
    (tmp_path / "explore.ipynb").write_text(json.dumps(book))
    (tmp_path / "work.zip").write_bytes(zipped({"explore.ipynb": json.dumps(book)}))
    submission = read_source(tmp_path / {"folder": "", "archive": "work.zip", "notebook": "explore.ipynb"}[form])
    assert [source.path for source in submission.sources] == ["explore.ipynb"]
    told = [thing.what for thing in submission.set_aside]
    assert form == "notebook" or told == ["6 MB of outputs: clear them before you hand it in"]


def test_what_is_no_code_is_refused(tmp_path: Path) -> None:
    """A file of another kind is a refusal with a code."""
    with pytest.raises(Rejected):
        quality(laid_out(tmp_path, {"a.txt": "x"}) / "a.txt")


def test_an_empty_folder_is_not_judged(tmp_path: Path) -> None:
    """Where there is no code nothing is said about code."""
    assert criteria(quality(tmp_path))["structure"]["points"] is None


@pytest.mark.parametrize(
    ("choice", "read"),
    [
        (Choice(), {"a.py", "src/b.py", "src/deep/c.py"}),
        (Choice(("*.py",)), {"a.py"}),
        (Choice(("src/*.py",)), {"src/b.py"}),
        (Choice(("src/**/*.py",)), {"src/b.py", "src/deep/c.py"}),
        (Choice(("**/*.py",), ("src/deep",)), {"a.py", "src/b.py"}),
    ],
)
def test_what_is_read_can_be_chosen(choice: Choice, read: set[str], tmp_path: Path) -> None:
    """Patterns are those of shells; prefixes leave out."""
    folder = laid_out(tmp_path, dict.fromkeys(("a.py", "src/b.py", "src/deep/c.py"), MODULE))
    assert {source.path for source in read_source(folder, choice).sources} == read


HUGE = {
    "many lines": "x=1\n" * 100_000,
    "a deep unary chain": "x = " + "-" * 200_000 + "1\n",
    "one line of 5 MB": "x = '" + "y" * 5_000_000 + "'\n",
    "deep nesting": "x = " + "[" * 50_000 + "]" * 50_000 + "\n",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_the_worst_text_earns_nothing_and_ends_in_time(text: str, tmp_path: Path) -> None:
    """What no tool can read in its bounds is worth nothing, and costs seconds."""
    found = criteria(quality(laid_out(tmp_path, {"rooms.py": text})))
    assert found["structure"]["points"] == 0
    assert found["readability"]["points"] == 0


def grown(files: dict[str, str], copies: int) -> dict[str, str]:
    """More code of the same quality: the package again, under names of its own."""
    more = {}
    for n in range(copies):
        for path, text in files.items():
            if path.startswith("churn/"):
                more[path.replace("churn/", f"part{n}/")] = renamed(text.replace("churn", f"part{n}"), n)
    imports = "".join(f"import part{n}.validation\n" for n in range(copies))
    used = ", ".join(f"part{n}.validation" for n in range(copies))
    text = files["pipeline.py"].replace("from churn import", imports + "from churn import", 1)
    return files | more | {"pipeline.py": f"{text}\n\nPARTS = ({used})\n"}


def renamed(text: str, copy: int) -> str:
    tree = ast.parse(text)
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for name in sorted(name for name in own if len(name) > 2):
        text = re.sub(rf"\b{name}\b", f"{name}_{'abcdefgh'[copy]}", text)
    return text


def test_size_does_not_matter() -> None:
    """Part of a good submission, the whole, and five times as much of it score alike on what is read off the code."""
    good = reference("good")
    files = {"whole": good, "five times": grown(good, 5)}
    judged = points(files)
    assert judged["five times"]["structure"] == pytest.approx(judged["whole"]["structure"], abs=0.5)
    for name in ("readability", "error-handling", "correctness"):
        assert judged["five times"][name] == pytest.approx(judged["whole"][name], abs=1.0), name


def test_references_are_told_apart() -> None:
    """The good reference is far above the ugly one, and the notebook lies between."""
    scores = {name: quality(REFERENCES / name)["score"] for name in ("good", "notebook", "ugly_but_right")}
    assert scores["good"] > 85
    assert scores["good"] - 20 > scores["notebook"] > scores["ugly_but_right"]
