"""What must not matter to the code score: package, `src/` layout, script or notebook, and the README's language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from app import quality
from tests.graders.source.test_writing import READMES
from tests.graders.variants import points, reference

#: Points of 100 that form may move, and points of 40 that language may move.
MOST, SAME = 3.0, 0.3
IMPORT = re.compile(r"(?m)^(?:from __future__ import annotations|(?:from|import) (?!churn)\S.*)\n")
OWN_IMPORT = re.compile(r"(?m)^from churn\b.*\n")
NAMES = '__all__ = ["evaluate", "predict", "train"]\n'
ENTRY = f'"""Entry points."""\n\nfrom churn.work import evaluate, predict, train\n\n{NAMES}'
PYPROJECT = '[project]\nname = "churn"\nversion = "1"\n\n[tool.pytest.ini_options]\npythonpath = ["src"]\n'
ORDER = ("config", "schema", "features", "model", "validation")


def flat(files: Mapping[str, str]) -> str:
    """The modules of `good` one below the other; a name that two of them use gets its module's in front."""
    texts = [re.sub(r'\A""".*?"""\n', "", files[f"churn/{name}.py"], flags=re.DOTALL) for name in ORDER]
    texts.append(files["pipeline.py"].split('"""', 2)[2])
    imports = sorted(
        {line for text in texts for line in IMPORT.findall(text)} - {"from collections.abc import Mapping\n"},
        key=lambda line: "__future__" not in line,
    )
    bodies = [OWN_IMPORT.sub("", IMPORT.sub("", text)).strip() for text in texts]
    own = {
        name: set(re.findall(r"(?m)^(?:def |class |(?=[A-Z_]+ ?[:=]))(\w+)", body))
        for name, body in zip(ORDER, bodies, strict=False)
    }
    for number, name in enumerate((*ORDER, "pipeline")):
        for module, names in own.items():
            for one in names:
                new = f"{one}_model" if one == "predict" else one
                bodies[number] = re.sub(rf"\b{module}\.{one}\b", new, bodies[number])
        if name == "model":
            bodies[number] = bodies[number].replace("def predict(", "def predict_model(")
        bodies[number] = re.sub(r"(?m)^log = .*\n", "", bodies[number]) if name != "schema" else bodies[number]
    return re.sub(
        r"\n{4,}", "\n\n\n", '"""Predict who leaves."""\n\n' + "".join(imports) + "\n" + "\n\n\n".join(bodies) + "\n"
    )


def cells(script: str) -> str:
    """A notebook: the imports, then each function, class and run of constants in a cell below a heading."""
    said, rest = script.split("\n", 1) if script.startswith('"') else ('"Who leaves"', script)
    imports = "".join(IMPORT.findall(rest))
    parts = re.split(r"(?m)\n\n+(?=(?:def|class|@)\b)", IMPORT.sub("", rest).strip())
    made = [cell("markdown", "# " + said.strip('"')), cell("code", imports.strip())]
    for part in parts:
        name = re.search(r"(?:def|class) (\w+)", part)
        made.append(cell("markdown", f"## {name[1].replace('_', ' ') if name else 'Constants'}"))
        made.append(cell("code", part.strip()))
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def cell(kind: str, source: str) -> dict[str, object]:
    """A cell as Jupyter keeps it."""
    code = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **code}


def forms(name: str) -> dict[str, dict[str, str]]:
    """A reference in four forms, each with the files beside the code that it came with."""
    files = reference(name)
    beside = {path: text for path, text in files.items() if not path.endswith(".py")}
    tests = {path: text for path, text in files.items() if path.startswith("tests/")}
    if name == "good":
        package, script = (
            {p: t for p, t in files.items() if p.startswith("churn/")} | {"pipeline.py": files["pipeline.py"]},
            flat(files),
        )
    else:
        script = files["pipeline.py"]
        package = {"churn/__init__.py": '"""Who leaves."""\n', "churn/work.py": script, "pipeline.py": ENTRY}
    src = {f"src/{p}" if p.startswith("churn/") else p: t for p, t in package.items()}
    return {
        "package": beside | tests | package,
        "src": beside | tests | src | {"pyproject.toml": PYPROJECT},
        "script": beside | {"pipeline.py": script},
        "notebook": beside | {"pipeline.ipynb": cells(script)},
    }


@pytest.mark.parametrize("name", ["good", "overfit", "accuracy_only", "leaky", "slow", "ugly_but_right"])
def test_form_alone_moves_little(name: str, tmp_path: Path) -> None:
    scores = {}
    for form, files in forms(name).items():
        for path, text in files.items():
            (tmp_path / form / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / form / path).write_text(text)
        found = quality.quality(tmp_path / form)
        scores[form] = found["code"]
    assert max(scores.values()) - min(scores.values()) <= MOST, scores


def test_a_readme_is_worth_the_same_in_six_languages() -> None:
    """The code section's points beside six twins of one README, around the same code."""
    code = {path: text for path, text in reference("good").items() if path != "README.md"}
    got = points({language: code | {"README.md": text} for language, text in READMES.items()})
    totals = {language: judged["total"] for language, judged in got.items()}
    assert max(totals.values()) - min(totals.values()) <= SAME, totals
