"""What honest people hand in, read as it is: each kind in a few forms beside its twin."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.quality import quality
from graders.model.case import NotApplicable
from graders.model.submission import Location, Source, as_text
from graders.source import communication, pins, shape, suite
from graders.source.code import Code
from graders.source.sources import read
from testing.builders import a_notebook, a_submission
from tests.graders.variants import Points, evidence_of, points, reference

Files = dict[str, str]
#: Points by which a form may differ from its twin, of the 36 that are read.
ALIKE = 0.5


def moved(files: Files, before: str, after: str) -> Files:
    return {re.sub(f"^{before}", after, path): text for path, text in files.items()}


def put_on_path(line: str) -> Callable[[Files], Files]:
    """The package below `src/`, put on the search path by a line of the entry."""

    def changed(files: Files) -> Files:
        text = files["pipeline.py"].replace("from churn import", f"import sys\n\n{line}\nfrom churn import", 1)
        return moved(files, "churn/", "src/churn/") | {"pipeline.py": text}

    return changed


def flat_src(files: Files) -> Files:
    """Modules without a package in a folder of another name that is put on the path."""
    text = files["pipeline.py"].replace("from churn import", "import sys\n\nsys.path.append('lib')\nimport", 1)
    flat = {path: re.sub(r"\bfrom churn import", "import", body) for path, body in files.items()}
    flat = {path: body.replace("from churn.", "from ") for path, body in flat.items()}
    return moved(flat, "churn/", "lib/") | {"pipeline.py": text.replace("from churn.", "from ")}


def computed(files: Files) -> Files:
    """Modules that are imported by a name put together as it runs."""
    lines = (
        "import importlib\n\n"
        "model, schema, validation = (importlib.import_module(f'churn.{name}') for name in "
        "('model', 'schema', 'validation'))\n"
    )
    return files | {"pipeline.py": files["pipeline.py"].replace("from churn import model, schema, validation\n", lines)}


def with_licence(path: str) -> Callable[[Files], Files]:
    return lambda files: files | {path: "MIT License\n\nCopyright (c) 2026 Jane Doe\n"}


def renamed(before: str, after: str) -> Callable[[Files], Files]:
    return lambda files: moved(files, re.escape(before), after)


FORMS: dict[str, Callable[[Files], Files]] = {
    "src layout": put_on_path("sys.path.insert(0, str(Path(__file__).parent / 'src'))"),
    "src layout by pytest's own setting": lambda files: (
        put_on_path("sys.path.insert(0, 'src')")(files)
        | {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src", "."]\n'}
    ),
    "modules in a folder on the path": flat_src,
    "imported by a computed name": computed,
    "a licence in the package": with_licence("churn/LICENSE"),
    "a notice in the package": with_licence("churn/COPYING.txt"),
    "a licence in src": lambda files: (
        put_on_path("sys.path.insert(0, 'src')")(files) | with_licence("src/LICENSE.txt")({})
    ),
    "a licence beside the tests": with_licence("tests/LICENSE"),
    "README in capitals": renamed("README.md", "README.MD"),
    "README in full": renamed("README.md", "Readme.markdown"),
    "README beside the documentation": renamed("README.md", "docs/README.md"),
    "notes in French": renamed("README.md", "LISEZMOI.md"),
    "requirements in capitals": renamed("requirements.txt", "Requirements.txt"),
    "requirements in a folder": renamed("requirements.txt", "requirements/base.txt"),
}


@pytest.fixture(scope="module")
def judged() -> dict[str, Points]:
    good = reference("good")
    return points({"": good} | {form: change(good) for form, change in FORMS.items()})


@pytest.mark.parametrize("form", FORMS)
def test_the_form_costs_nothing(form: str, judged: dict[str, Points]) -> None:
    """The good reference in another usual form has the points that it has in its own."""
    differs = {name: judged[form][name] - had for name, had in judged[""].items()}
    assert abs(differs["total"]) <= ALIKE, differs


def test_a_package_in_a_folder_of_its_own_is_the_candidates(tmp_path: Path) -> None:
    """A licence beside everything handed in is that of the work."""
    for path, text in (reference("good") | {"LICENSE": "MIT License\n"}).items():
        (tmp_path / "take-home" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "take-home" / path).write_text(text)
    found = quality(tmp_path)
    assert found["code"] > 90
    assert not [f["code"] for f in found["findings"] if f["code"] == "DOC001" and f["status"] == "flagged"]


LIBRARY = "def fit(rows, depth):\n    if depth > 3:\n        raise ValueError('depth')\n    return rows\n" * 9
USES = "import nicelib\n\n\ndef train(data, model_dir):\n    return nicelib.fit(data['age'], 2)\n" + "\n\nX = 1\n" * 30


def test_a_library_that_is_used_is_still_somebody_elses() -> None:
    """It has a licence of its own, and speaks of nothing that the rest of the work speaks of."""
    files = {"pipeline.py": USES, "nicelib/__init__.py": LIBRARY, "nicelib/LICENSE": "MIT"}
    assert read(a_submission(files)).borrowed == ("nicelib/__init__.py",)


CONTRACT = "def train(d, m): ...\ndef evaluate(d): ...\ndef predict(d, m): ...\n"


@pytest.mark.parametrize(
    ("entry", "module", "counts"),
    [
        ("import rates", "src/rates.py", True),
        ("import sys; sys.path.append('code/lib')\nimport rates", "code/lib/rates.py", True),
        ("from rooms.rates import x", "packages/rooms/rates.py", True),
        ("import importlib\nr = importlib.import_module('churn.rates')", "churn/rates.py", True),
        ("import importlib\nr = [importlib.import_module('.' + n, 'churn') for n in N]", "churn/rates.py", True),
        ("import runpy\nrunpy.run_path('steps/rates.py')", "steps/rates.py", True),
        ("import subprocess, sys\nsubprocess.run([sys.executable, 'steps/rates.py'])", "steps/rates.py", True),
        ("import os", "steps/rates.py", False),
        ("import json", "steps/json.py", False),
        ("import importlib\nr = importlib.import_module('churn.model')", "old/rates.py", False),
    ],
)
def test_what_plain_python_finds_is_found(entry: str, module: str, counts: bool) -> None:
    """A module counts where the entry can reach it, however the search path is set; nothing else does."""
    more = {"churn/__init__.py": "", "churn/model.py": "y = 1\n", module: "x = 1\n"}
    found = read(a_submission({"pipeline.py": f"{entry}\n{CONTRACT}", **more}))
    assert (module in {m.path for m in found.product}) is counts


def cells(*sources_: str) -> Source:
    lines = [(n, at, line) for n, text in enumerate(sources_, 1) for at, line in enumerate(text.split("\n"), 1)]
    text = "".join(f"{line}\n" for *_, line in lines)
    return Source("churn.ipynb", text.encode(), tuple((n, at) for n, at, _ in lines))


MODULE = '''\
"""Rates."""

LIMIT = 3


# of one group
def rate(rows: list[float]) -> float:
    """Mean of the values of a group, in Euro."""
    return sum(rows) / LIMIT


print(rate([1.0]))
'''


def test_borders_of_cells_cost_nothing(tmp_path: Path) -> None:
    """The same code in a script and in cells has the same points for what is read off it."""
    (tmp_path / "rates.py").write_text(MODULE)
    parts = [part.strip("\n") for part in MODULE.split("\n\n\n")]
    code = [{"id": str(n), "cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": part}
            for n, part in enumerate(parts)]  # fmt: skip
    (tmp_path / "rates.ipynb").write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code})
    )
    script, notebook = quality(tmp_path / "rates.py"), quality(tmp_path / "rates.ipynb")
    assert notebook["code"] == pytest.approx(script["code"], abs=1)


SAVED = """
def train(data, model_dir):
    joblib.dump(build().fit(data[COLUMNS], data["churned"]), model_dir / "m")

def evaluate(data):
    return {}

def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(data[COLUMNS])[:, 1]

def build():
    return make_pipeline(SimpleImputer(), OneHotEncoder(), LogisticRegression())
"""
LOADED = 'return joblib.load(model_dir / "m").predict_proba(data[COLUMNS])[:, 1]'
TWICE = SAVED.replace(LOADED, f"data['x'] = data['a'] / 2\n    {LOADED}").replace(
    "    joblib.dump", "    data['x'] = data['a'] / 2\n    joblib.dump"
)


@pytest.mark.parametrize(
    ("source", "twice"),
    [
        (SAVED, False),
        (
            SAVED.replace(LOADED, "model, scaler = joblib.load(p)\n    return model.predict(scaler.transform(data))"),
            False,
        ),
        (TWICE, True),
        (TWICE.replace("data['x'] = data['a'] / 2", "data = data.fillna(0)"), True),
        (TWICE.replace("data['x'] = data['a'] / 2", "data = [text.lower() for text in data['a']]"), True),
        (
            TWICE.replace("data['x'] = data['a'] / 2", "data = prepared(data)") + "def prepared(d):\n    return d\n",
            False,
        ),
    ],
)
def test_a_fitted_pipeline_that_is_saved_is_the_remedy(source: str, twice: bool) -> None:
    """Prepared twice is what train and predict both compute, each by code of its own."""
    submission = a_submission({"pipeline.py": source})
    assert shape.prepared_twice(Code(submission, {}).sources) is twice
    assert bool(evidence_of("CODE012", submission)) is twice


@pytest.mark.parametrize(
    "files", [{"README.md": "# Churn\n\nAll in R.", "solution.R": "d <- 1"}, {"a/__init__.py": ""}]
)
def test_where_there_is_nothing_to_judge_there_is_no_number(files: Files, tmp_path: Path) -> None:
    """Without a line of Python neither the score nor any criterion has a number, and each says why."""
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    found = quality(tmp_path)
    assert (found["score"], found["code"], found["section"]["points"]) == (None, None, None)
    assert {c["points"] for c in found["section"]["criteria"]} == {None}
    assert "no code" in found["section"]["criteria"][0]["why"]


@pytest.mark.parametrize(("functions", "few"), [(3, True), (60, False)])
def test_few_lines_are_said_where_there_are_few(functions: int, few: bool, tmp_path: Path) -> None:
    """A function that only returns nothing makes a long file no short one."""
    written = [f"def rate_{n}(rows):\n    kept = rows[{n}:]\n    return len(kept) + {n}\n" for n in range(functions)]
    (tmp_path / "rates.py").write_text("\n\n".join([*written, "def nothing():\n    return None\n"]))
    (structure,) = [c for c in quality(tmp_path)["section"]["criteria"] if c["id"] == "structure"]
    assert ("few to judge by" in structure["why"]) is few


def test_no_share_of_nothing_is_evidence() -> None:
    """Where none of several is so, it is said in words."""
    submission = a_submission({"pipeline.py": "x = 1\n", "requirements.txt": "pandas\nnumpy\n"})
    (found,) = evidence_of("REPRO002", submission)
    assert found.what == "none of 2 stated requirements name one version"
    with pytest.raises(NotApplicable):
        evidence_of("REPRO002", a_submission({"solution.R": "x"}))


@pytest.mark.parametrize(
    ("path", "text", "share"),
    [
        ("REQUIREMENTS.TXT", "\ufeffpandas==3.1\n", 1.0),
        ("low_requirements.txt", "pandas==3.1\nnumpy\n", 0.5),
        ("pyproject.toml", '[tool.poetry.group.main.dependencies]\npandas = "3.1"\n', 1.0),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\npytest = "8.1"\n', None),
        ("pyproject.toml", '[tool.hatch.envs.default]\ndependencies = ["pandas==3.1", "numpy"]\n', 0.5),
        ("pyproject.toml", '[dependency-groups]\nmain = ["pandas==3.1"]\n', 1.0),
        ("requirements.txt", "git+https://example.org/a@v1\ngit+https://example.org/b\n", 0.5),
        ("Makefile", "install:\n\tpip install --upgrade pip\n\tpip install -r requirements.txt pandas==3.1\n", 1.0),
        ("look.ipynb", '{"cells": [{"cell_type": "code", "source": ["!pip install pandas==3.1 numpy\\n"]}]}', 0.5),
        ("requirements/prod.txt", "pandas==3.1\n", 1.0),
        ("requirements.in", "pandas\n", 0.0),
        ("constraints.txt", "pandas==3.*\nnumpy==2.4 --hash=sha256:0a\n", 0.5),
        ("setup.py", "NEEDS = ['a==1', 'b']\nsetup(install_requires=NEEDS)\n", 0.5),
        ("setup.cfg", "[options]\ninstall_requires =\n    a==1\n    b==2\n", 1.0),
        (
            "environment.yaml",
            "channels:\n- defaults\ndependencies:\n- python=3.11\n- a=1.0=py3\n- pip:\n  - b>=2\n",
            0.5,
        ),
        ("pixi.toml", '[dependencies]\na = "==1.0"\nb = ">=2"\n', 0.5),
        ("pyproject.toml", '[tool.pixi.dependencies]\na = "==1.0"\n', 1.0),
        ("Pipfile", '[packages]\na = "==1.0"\nb = "*"\n', 0.5),
        ("Dockerfile", "RUN pip install --no-cache-dir a==1.0 \\\n    b && rm -r x\n", 0.5),
        ("pipeline.py", '# /// script\n# dependencies = ["a==1", "b"]\n# ///\nx = 1\n', 0.5),
        ("environment.yml", "dependencies: [python=3.11, 'a=1.0', b]\n", 0.5),
        ("environment.yml", "dependencies:\n- conda-forge::a=1.0\n- b>=2\n".encode("utf-16-le"), 0.5),
        ("requirements.txt", "# platform: linux-64\na=1.0=py311_0\nb=2.0\n", 0.5),
        ("requirements.txt", "a==1.0\nb\n".encode("utf-16-be"), 0.5),
        ("spec-file.txt", "@EXPLICIT\nhttps://x.org/linux-64/a-1.0-py311_0.conda#0a1b\nb\n", 0.5),
        ("conda-lock.yml", "", 1.0),
        ("pylock.toml", "", 1.0),
        ("notes.txt", "a==1\n", None),
    ],
)
def test_requirements_are_read_wherever_they_stand(path: str, text: str | bytes, share: float | None) -> None:
    """In all forms and spellings, without Python itself, channels and options."""
    assert pins.pinned_share(a_submission({"pipeline.py": "x = 1\n"} | {path: text})) == share


def test_constraints_name_the_versions_of_a_list() -> None:
    """As pip takes them together, whatever the form of a name."""
    files = {"requirements.txt": "-c constraints.txt\npandas\nscikit_learn\nnumpy\n"}
    files |= {"constraints.txt": "pandas==3.1\nscikit-learn==1.9\nnumpy>=2\nscipy==1.15\n"}
    found = pins.read(a_submission({"pipeline.py": "x = 1\n"} | files))
    assert found == pins.Pins(("pandas", "scikit_learn"), ("numpy",), Location("requirements.txt", 4))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read_in_its_encoding(encoding: str) -> None:
    """With a mark, or without one as some editors write it."""
    assert as_text("Größe in m²\n".encode(encoding)) == "Größe in m²\n"


@pytest.mark.parametrize(
    ("path", "read_"),
    [
        *((name, True) for name in ("readme", "README.rst", "Readme.txt", "README.en.md", "NOTES.adoc", "REPORT.md")),
        *((name, True) for name in ("READ ME.md", "read_me.txt", "Read-me.md")),
        *((name, True) for name in ("docs/README.md", ".github/readme.md", "LIESMICH.md", "solution.md")),
        *((name, False) for name in ("churn/README.md", "readme.py", "requirements.txt", "notes_of_data.csv")),
    ],
)
def test_the_text_beside_the_code_has_many_names(path: str, read_: bool) -> None:
    """README and notes are known by name, in capitals or not, by any ending of a text, in several languages."""
    assert ("weeks" in communication.prose(a_submission({"pipeline.py": "", path: "Counted in weeks."}))) is read_


@pytest.mark.parametrize(
    "text",
    [
        "# Limits #\nsaid",
        "Limits\n======\nsaid",
        "======\nLimits\n======\nsaid",
        "== Limits ==\nsaid",
        "Limits\n~~~\nsaid",
    ],
)
def test_headings_in_any_markup(text: str) -> None:
    """Markdown, reStructuredText and AsciiDoc mark the same heading; a line of a program is none."""
    assert list(communication.sections(f"{text}\n```\n# a comment\n```")) == [("Limits", "said\n```\n# a comment\n```")]


def test_a_constant_is_the_candidates_own() -> None:
    """A test may be about a list of columns."""
    files = {
        "pipeline.py": "COLUMNS = ['age']\n",
        "test_a.py": "import pipeline\ndef test_a():\n    assert 'b' in COLUMNS\n",
    }
    assert suite.able_share(Code(a_submission(files), {}).sources) == 1


def test_a_notebook_keeps_the_contract() -> None:
    """Its own entry is the contract, as that of a script."""
    notebook = a_notebook(notebooks=(cells("import os", CONTRACT),))
    assert shape.entry(Code(notebook, {}).sources)[0] == 1.0
