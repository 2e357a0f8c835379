"""What strangers' code is made of: forms, libraries and idioms, each read for what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.intake.source_tree import filled_in
from app.quality import quality
from graders.checks.code.beside import cannot_fail
from graders.model.probe import Action, Exit, Run
from graders.probes.names import ProbeName
from graders.source import archive, danger, dead, faults, literals, naming, repeats, shape, suite, texture
from graders.source.code import Code
from graders.source.sources import Sources
from testing.builders import a_submission

STATEMENTS = "".join(f"    step({n})\n" for n in range(30))
GUARD = "def f(a):\n    return a\n\n\nif __name__ == '__main__':\n"
ROWS = ", ".join(f'{{"airline": "A{n}", "fee": {n}.5}}' for n in range(12)).replace("}, ", "},\n    ")
MARIMO = """import marimo

app = marimo.App()


@app.cell
def _(pd):
    df = pd.read_csv("x")
    df.plot()
    return df
"""
RITUAL = """
def one(a):
    try:
        log.info("in one")
        return a
    except Exception as error:
        log.error("out of one")
        raise RuntimeError("one failed") from error
"""


def read(text: str, **more: str) -> Sources:
    return Code(a_submission({"work.py": text, **more}), {}).sources


FACTS: list[tuple[str, Callable[[Sources], float], str, float]] = [
    ("a long guard is loose code", shape.share_in_functions, GUARD + STATEMENTS, 2 / 33),
    ("a short guard is none", shape.share_in_functions, GUARD + "    step(1)\n", 1.0),
    ("a long guard is a long block", shape.share_in_long_units, GUARD + STATEMENTS * 2, 61 / 63),
    ("work under a name", shape.share_in_functions, f"def main():\n{STATEMENTS}\nmain()\n", 0.0),
    ("a cell of marimo is loose code", shape.share_in_functions, MARIMO, 1 - 3 / 4),
    (
        "work under a name whose result is kept",
        shape.share_in_functions,
        f"def fit():\n{STATEMENTS}\nmodel = fit()\n",
        1 / 32,
    ),
    ("a helper is none", shape.share_in_functions, f"def fit(a):\n{STATEMENTS}\nmodel = fit(A)\n", 31 / 32),
    ("a cloud calls it", lambda s: shape.entry(s)[0], "def lambda_handler(event, context):\n    return 1\n", 1.0),
    ("a queue starts it", lambda s: shape.entry(s)[0], "from celery import Celery\n", 1.0),
    (
        "all errors beside a narrow one are all errors",
        lambda s: len(faults.raises(s)),
        RITUAL.replace("Exception", "(KeyError, Exception)"),
        0,
    ),
    ("a key names its number", lambda s: len(naming.magic_numbers(s)), 'send({"age": 34, "fee": 88.5})\n', 0),
    ("a key that is a number names none", lambda s: len(naming.magic_numbers(s)), "send({34: 88.5})\n", 2),
    ("a table is no log", lambda s: len(faults.logs(s)), "df.info()\nst.error('a')\nmath.log(2)\nmlflow.log(1)\n", 0),
    (
        "loggers by any name",
        lambda s: len(faults.logs(s)),
        "chat = getLogger('a')\nchat.info('a')\nself.logger.info('a')\nLOG.error('a')\nget_logger().info('a')\n",
        4,
    ),
    ("to pass on an error says nothing", lambda s: len(faults.raises(s)), RITUAL, 0),
    (
        "a narrow error in words of one's own",
        lambda s: len(faults.raises(s)),
        RITUAL.replace("Exception", "KeyError"),
        1,
    ),
    ("an abstract method promises", dead.hollow_lines, "class A(ABC):\n    @abstractmethod\n    def f(self): ...\n", 0),
    ("a protocol promises", dead.hollow_lines, "class A(Protocol):\n    def f(self) -> int: ...\n", 0),
    ("an overload promises", dead.hollow_lines, "@overload\ndef f(a: int) -> int: ...\n", 0),
    ("a stub is still hollow", dead.hollow_lines, "def f():\n    pass\n", 2),
    ("data are no repetition", repeats.repeated_share, f"A = [\n    {ROWS},\n]\nB = [\n    {ROWS},\n]\n", 0.0),
    ("data need no names", lambda s: len(naming.magic_numbers(s)), f"send([\n    {ROWS},\n])\n", 0),
    ("a number with a name of its own", lambda s: len(naming.magic_numbers(s)), "batch = 64\nz = 64\nf(64)\n", 2),
    ("a short list is no data", lambda s: sum(len(list(literals.data(m))) for m in s.product), "f([1, 2, 3])\n", 0),
    (
        "a request of one's own service",
        lambda s: len(danger.downloads(s)),
        "requests.post('http://x.org', json=a)\n",
        0,
    ),
    ("a service is an entry", lambda s: shape.entry(s)[0], "app = FastAPI()\n", 1.0),
    ("a schedule is an entry", lambda s: shape.entry(s)[0], "with DAG('daily') as dag:\n    pass\n", 1.0),
    (
        "a word that any sentence has",
        naming.documented,
        "def load(path):\n    'Function to load the data from this path.'\n",
        0.0,
    ),
    (
        "a local function needs no docstring",
        naming.documented,
        "def f():\n    'Says what it does.'\n    def g(): ...\n",
        1.0,
    ),
    ("a private one may have one", naming.documented, "def f(): ...\ndef _g():\n    'Cuts tails of charges.'\n", 0.5),
    (
        "the base says what fit does",
        naming.documented,
        "class A(Base):\n    'Cuts tails.'\n    def fit(self, x): ...\n",
        1.0,
    ),
    ("a line has its indentation and not its comment", texture.line_length, "if a:\n    b = 1  # one\n", 7.0),
    (
        "comments explain in words, once, and code explains nothing",
        texture.comment_share,
        "# Rates above the cap are cut.\na = 1\n# Rates above the cap are cut.\nb = 2\n# cut\n# c = rates(a, b)\n",
        0.5,
    ),
    (
        "a template says nothing",
        lambda s: naming.documented(s) or 0.0,
        "".join(f"def f{n}():\n    'Runs one step well.'\n" for n in range(5)),
        0.0,
    ),
]


@pytest.mark.parametrize(("measure", "text", "expected"), [row[1:] for row in FACTS], ids=[row[0] for row in FACTS])
def test_each_idiom_is_read_for_what_it_is(measure: Callable[[Sources], float], text: str, expected: float) -> None:
    """The value is the one that a reader who knows the library would give."""
    assert measure(read(text)) == pytest.approx(expected, abs=0.05)


def code_with(text: str, rule: str, line: int, message: str, path: str = "work.py") -> Code:
    violation = {"code": rule, "path": path, "line": line, "column": 1, "message": message}
    run = Run(ProbeName.RUFF, Action.RUFF, Exit.OK, output=json.dumps({"violations": [violation]}))
    return Code(a_submission({path: text}), {ProbeName.RUFF: run})


LATER = "class A:\n    def f(self) -> B:\n        return B()\n\n\nclass B:\n    pass\n"
CELLS = "import pandas as pd\n\n# %% read\ndf = pd.read_csv(P)\n\n# %% look\ndf.head()\n" + "x = 1\n" * 40
QUERY = "def f(df):\n    limit = 3\n    return df.query('x > @limit')\n"
FORMULA = "import numpy as np\nfit = smf.ols('y ~ np.log(x)', rows)\n"
SQL = "def f(path):\n    frame = read(path)\n    return duckdb.sql('SELECT * FROM frame')\n"
COLUMN = "import {}\nkept = rows.filter({} == None)\n"
AXES = "from {} import Float\nrows: {}\n"
SAVED = "import {}\ndef config():\n    rate = 0.1\n"
LOOP = "import json\nfor c in columns: {}(lambda v: v * c)\n"
ROUTES = 'import json\n@app.get("/a")\ndef page():\n    return 1\n\n@app.get("/b")\ndef page():\n    return 2\n'
LOCAL, IMPORT = "Local variable `{}` is assigned to but never used", "`numpy` imported but unused"
LOGURU = "from loguru import logger\nlogger.info('{}', 1)\n"


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        (code_with(LOGURU, "PLE1205", 2, "Too many arguments for `logging` format string"), False),
        (code_with(LOGURU.replace("loguru", "logging"), "PLE1205", 2, "Too many arguments"), True),
        (code_with("# a\nimport os\n", "E902", 1, "stream did not contain valid UTF-8"), False),
        (code_with(LATER + "import os\n", "F821", 2, "Undefined name `B`"), False),
        (code_with(LATER + "import os\nC\n", "F821", 9, "Undefined name `C`"), True),
        (code_with(CELLS, "B018", 7, "Found useless expression"), False),
        (code_with(CELLS.replace("# %%", "#"), "B018", 7, "Found useless expression"), True),
        (code_with(CELLS, "F821", 7, "Undefined name `display`"), False),
        (code_with("from a import b\n", "F401", 1, "`a.b` imported but unused", "work/__init__.py"), False),
        (code_with("from a import b\n", "F401", 1, "`a.b` imported but unused"), True),
        (code_with("import os\n" + CELLS + "import os\n", "F811", 49, "Redefinition of unused `os`"), False),
        (code_with("import os\nimport os\n", "F811", 2, "Redefinition of unused `os`"), True),
        (code_with("eval('1')\nimport os\n", "S307", 1, "Use of possibly insecure function"), False),
        (code_with("eval(text)\nimport os\n", "S307", 1, "Use of possibly insecure function"), True),
        (code_with(QUERY, "F841", 2, LOCAL.format("limit")), False),
        (code_with(QUERY.replace("@", ""), "F841", 2, LOCAL.format("limit")), True),
        (code_with(FORMULA, "F401", 1, IMPORT), False),
        (code_with(FORMULA.replace("~", "-"), "F401", 1, IMPORT), True),
        (code_with(SQL, "F841", 2, LOCAL.format("frame")), False),
        (code_with(SQL.replace("SELECT * FROM", "read from the"), "F841", 2, LOCAL.format("frame")), True),
        (code_with(COLUMN.format("polars", "pl.col('a')"), "E711", 2, "Comparison to `None`"), False),
        (code_with(COLUMN.format("polars", "rows"), "E711", 2, "Comparison to `None`"), True),
        (code_with(COLUMN.format("json", "rows.a"), "E711", 2, "Comparison to `None`"), True),
        (code_with(AXES.format("jaxtyping", "Float[Array, 'batch']"), "F821", 2, "Undefined name `batch`"), False),
        (code_with(AXES.format("typing", "Float[Array, 'batch']"), "F821", 2, "Undefined name `batch`"), True),
        (code_with("import streamlit as st\n'# Title'\n", "B018", 2, "Found useless expression"), False),
        (code_with(SAVED.format("sacred"), "F841", 3, LOCAL.format("rate")), False),
        (code_with(SAVED.format("json"), "F841", 3, LOCAL.format("rate")), True),
        (code_with(LOOP.format("kept.apply"), "B023", 2, "Function definition does not bind `c`"), False),
        (code_with(LOOP.format("kept.append"), "B023", 2, "Function definition does not bind `c`"), True),
        (code_with(ROUTES, "F811", 7, "Redefinition of unused `page`"), False),
        (code_with(ROUTES.replace('@app.get("/b")', "# b"), "F811", 7, "Redefinition of unused `page`"), True),
        (code_with("x = 1\n", "F401", 1, "`sklearn.experimental.enable_iterative_imputer` imported but unused"), False),
    ],
)
def test_an_idiom_of_a_library_is_no_error(code: Code, counts: bool) -> None:
    """What ruff reports counts only where it is a fault in the light of the library or the form."""
    assert bool(code.violations) is counts


OWN = "def score(rows):\n    return rows\n\n\napp = FastAPI()\n"
CLIENT = "from fastapi.testclient import TestClient\nfrom work import app\n\nclient = TestClient(app)\n\n\n"


@pytest.mark.parametrize(
    ("test", "able"),
    [
        (f"{CLIENT}def test_a():\n    assert client.get('/').status_code == 200\n", 1),
        ("import requests\nURL = 'http://localhost:8000'\ndef test_a():\n    assert requests.get(URL).ok\n", 1),
        (
            "import unittest\nfrom work import app\nclass A(unittest.TestCase):\n    def setUp(self):\n"
            "        self.asked = app\n    def test_a(self):\n        self.assertTrue(self.asked)\n",
            1,
        ),
        (
            "@pytest.fixture\ndef test_rows():\n    return 1\ndef test_a(test_rows):\n    assert test_rows\n",
            1,
        ),
        ("from hypothesis import given\n@given(st.lists())\ndef test_a(rows):\n    assert score(rows) == rows\n", 1),
        ("import subprocess\ndef test_a():\n    assert subprocess.run(['python', 'work.py']).returncode == 0\n", 1),
        ("class TestA:\n    class TestB:\n        def test_a(self):\n            assert score(1) == 1\n", 1),
        ("def test_a(num_regression):\n    num_regression.check({'a': score(1)})\n", 1),
        ("def rows():\n    return score(1)\ndef test_a():\n    assert rows() == 1\n", 1),
        ("def add(a):\n    return a + 1\ndef test_a():\n    assert add(1) == 2\n", 0),
        ("import requests\ndef test_a():\n    assert requests.get('https://example.org').ok\n", 0),
        ("def helper():\n    def test_a():\n        assert score(1)\n", 0),
    ],
)
def test_tests_are_known_in_all_their_forms(test: str, able: int) -> None:
    """Clients of a service, cases, fixtures and properties speak of the product; a stranger's page does not."""
    found = read(OWN, **{"tests/test_it.py": test})
    assert len(suite.effective(found)) == able
    assert len(suite.test_functions(found)) <= 1


def test_a_test_that_says_again_what_the_code_says_is_called_so() -> None:
    """It does assert something of the submission's, and nothing that could be wrong."""
    tests = {"test_a.py": "import work\ndef test_a():\n    assert work.LIMIT == 3\n"}
    code = Code(a_submission({"work.py": "LIMIT = 3\n", **tests}), {})
    (found,) = cannot_fail(code)
    assert found.what == "test_a only says again what the code says"


def test_a_test_of_a_command_beside_the_entry_asserts_something_of_the_submission() -> None:
    """Nothing that is graded imports the command, and it is the submission's code all the same."""
    test = "from drift import index\ndef test_a():\n    assert index(1) == 2\n"
    pipeline = "def train(a, b):\n    return a\ndef evaluate(a):\n    return a\ndef predict(a, b):\n    return a\n"
    files = {"pipeline.py": pipeline, "drift.py": "def index(a):\n    return a + 1\n", "tests/test_a.py": test}
    assert list(cannot_fail(Code(a_submission(files), {}))) == []
    without = {path: text for path, text in files.items() if path != "drift.py"}
    assert len(list(cannot_fail(Code(a_submission(without), {})))) == 1


def test_an_example_in_a_docstring_is_a_test() -> None:
    """Where it calls the function and says what comes of it."""
    example = 'def half(a):\n    """Half of it.\n\n    >>> half(3)\n    {}\n    """\n    return a / 2\n'
    assert len(suite.effective(read(example.format("1.5")))) == 1
    assert suite.test_functions(read(example.format(""))) == []
    in_steps = example.replace(">>> half(3)", ">>> a = half(3)\n    >>> a")
    assert len(suite.effective(read(in_steps.format("1.5")))) == 1


@pytest.mark.parametrize(
    "mark", ["# %%", "#%%", "# %% [code]", "# +", "# <codecell>", "# In[ ]:", "# COMMAND ----------"]
)
def test_a_script_with_cells_is_known(mark: str) -> None:
    """By the marks of editors, exports and servers; a banner divides nothing into cells."""
    script = "{0}\nimport pandas as pd\n\n{0}\nrows = 1\n"
    assert read(script.format(mark)).product[0].has_cells
    assert not read(script.format("# + rows that were kept")).product[0].has_cells
    assert read(MARIMO).product[0].has_cells


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("batect.yml", "command: pytest"),
        (".mise.toml", 'run = "pytest"'),
        ("noxfile.py", 'session.run("pytest")'),
        ("tox.ini", "commands = pytest"),
        ("justfile", "test:\n  pytest"),
        ("Taskfile.yml", "cmds: [ruff check]"),
        (".gitlab-ci.yml", "script: [pytest]"),
        (".circleci/config.yml", "run: nosetests"),
        ("azure-pipelines.yml", "script: python -m unittest"),
        ("Jenkinsfile", "sh 'make test'"),
        ("pyproject.toml", '[tool.poe.tasks]\ntest = "pytest"'),
        ("scripts/test.sh", "pytest"),
        (".config/mise/config.toml", 'run = "pytest"'),
        ("Taskfile.dist.yml", "cmds: [pytest]"),
        (".woodpecker/test.yaml", "commands: [pytest]"),
        (".azuredevops/ci.yml", "script: pytest"),
        (".cirrus.yml", "script: pytest"),
        (".githooks/pre-commit", "ruff check"),
        ("tests/BUILD", "py_test(name='a')"),
        ("script/test", "pytest"),
    ],
)
def test_runners_are_known(path: str, text: str) -> None:
    """Whatever runs tests or a linter with one word or on every change; an empty file of the name does not."""
    assert archive.checked(a_submission({path: text})) == [path]
    assert archive.checked(a_submission({path: "# nothing"})) == []


def test_a_template_is_read_with_its_blanks_filled_in(tmp_path: Path) -> None:
    """Placeholders become names, steering lines go, and nothing is dropped."""
    text = b"from {{ cookiecutter.module }}.data import rows\n{% if x %}\nNAME = '{{cookiecutter.name}}'\n{% endif %}\n"
    assert filled_in(text) == b"from module.data import rows\n\nNAME = 'name'\n\n"
    folder = tmp_path / "{{ cookiecutter.repo }}" / "src"
    folder.mkdir(parents=True)
    (folder / "work.py").write_bytes(text + b"\n\ndef f(a):\n    return a\n")
    (structure, *_) = quality(tmp_path)["section"]["criteria"]
    assert structure["points"] > 0
    assert "cannot be parsed" not in structure["why"]


def test_a_file_that_does_not_parse_costs_its_share_and_is_named(tmp_path: Path) -> None:
    """One broken file of a long work is not the end of it."""
    good = "\n\n".join(f"def rate_{n}(rows):\n    kept = rows[{n}:]\n    return len(kept) + {n}\n" for n in range(60))
    (tmp_path / "good.py").write_text(good)
    (whole, *_) = quality(tmp_path)["section"]["criteria"]
    (tmp_path / "half.py").write_text("def f(:\n" + "    x = 1\n" * 19)
    (less, *_) = quality(tmp_path)["section"]["criteria"]
    assert 0.8 * whole["points"] < less["points"] < whole["points"]
    assert "1 file cannot be parsed: half.py" in less["why"]
