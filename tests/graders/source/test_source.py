"""Signals of code, on small sources: each row is a fact about one."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders import catalog
from graders.model.case import NotApplicable
from graders.model.submission import Location, Source
from graders.mutation.plan import Plan, Planted
from graders.mutation.trial import Kills, Tried
from graders.source import (
    archive,
    communication,
    danger,
    dead,
    faults,
    naming,
    pins,
    repeats,
    shape,
    suite,
    texture,
    tools,
)
from graders.source.code import Code
from graders.source.sources import MOST_LINES, Sources, Unreadable
from graders.source.sources import read as read_all
from testing.builders import a_notebook, a_submission
from tests.graders.variants import evidence_of

CONTRACT = "def train(d, m): ...\ndef evaluate(d): ...\ndef predict(d, m): ...\n"


def read(source: str, **more: str) -> Sources:
    return Code(a_submission({"pipeline.py": dedent(source), **more}), {}).sources


TRY = "def f():\n    try:\n        g()\n    except {}:\n        {}\n"
QUIET = "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n"
LONG = "def f(a):\n" + "    a = a + 1\n" * 60
BLOCK = """    table = table.drop_duplicates().reset_index(drop=True)
    days = pd.to_datetime(table["end"]) - pd.to_datetime(table["start"])
    table["tenure"] = np.log1p(days.dt.days.clip(lower=0))
    charge = table["charge"].str.extract(pattern)[0].astype(float)
    table.loc[charge > limit, "expensive"] = True
    groups = table.groupby("region").size().rename("count")
    table = table.merge(groups, left_on="region", right_index=True)"""
TWICE = f"def one(table):\n{BLOCK}\n    return table\n\n\ndef two(table):\n{BLOCK}\n    return table\n"

SIGNALS: list[tuple[str, Callable[[Sources], float], str, float]] = [
    ("all in functions", shape.share_in_functions, "import os\nA = 1\ndef f():\n    return 1\n", 1.0),
    ("two constants in a line", shape.share_in_functions, "A, B = 1, 2\ndef f():\n    return 1\n", 1.0),
    ("a main guard is fine", shape.share_in_functions, "if __name__ == '__main__':\n    print(1)\n", 1.0),
    ("a logger is fine", shape.share_in_functions, "import logging\nlog = logging.getLogger(__name__)\n", 1.0),
    ("work at import", shape.share_in_functions, "for i in range(3):\n    print(i)\n", 0.0),
    ("reading at import", shape.share_in_functions, "df = pd.read_csv('x')\n", 0.0),
    ("a computed constant is fine", shape.share_in_functions, "LIMIT = int('3')\n", 1.0),
    ("half and half", shape.share_in_functions, "def f():\n    return 1\nfor i in []:\n    print(i)\n", 0.5),
    ("a long function", shape.share_in_long_units, LONG, 1.0),
    ("one module of all", shape.typical_module, "a = 1\nb = 2\n", 2),
    ("global state", lambda s: len(shape.globals_written(s)), "def f():\n    global A\n    A = 1\n", 1),
    ("annotated, self not counted", naming.annotated, "class A:\n    def f(self, x: int) -> int: ...\n", 1.0),
    ("half annotated", naming.annotated, "def f(x: int): ...\n", 0.5),
    ("Any says nothing", naming.annotated, "def f(x: Any) -> object: ...\n", 0.0),
    ("a type comment is none", naming.annotated, "def f(x):  # type: (int) -> int\n    return x\n", 0.0),
    ("a docstring", naming.documented, "def f():\n    'Says what it does.'\n", 1.0),
    ("an empty docstring is none", naming.documented, "def f():\n    ''\n", 0.0),
    ("one word is none", naming.documented, "def train():\n    'Train.'\n", 0.0),
    ("the name again is none", naming.documented, "def load_data(path):\n    'Load data path.'\n", 0.0),
    ("private names need none", naming.documented, "def f():\n    'Says what it does.'\ndef _g(): ...\n", 1.0),
    ("short names", lambda s: len(naming.cryptic(s)), "def f(q, rows):\n    zz, df, i = q\n", 2),
    ("names that mislead", lambda s: len(naming.misleading(s)), "def fitModel(list, rows):\n    X_train = rows\n", 2),
    ("a class is written so", lambda s: len(naming.misleading(s)), "class RoomTable:\n    X_train = 1\n", 0),
    ("one symbol after the other", texture.symbols_a_line, "a = f(b, c)  # why\n\n# d\nreturn_ = 'a b c'\n", 5.5),
    ("blank lines", texture.blank_share, "a = 1\n\nb = 2", 0.5),
    ("warnings off", lambda s: len(faults.silenced(s)), "warnings.filterwarnings('ignore')\n", 1),
    ("one warning off", lambda s: len(faults.silenced(s)), "warnings.filterwarnings('ignore', module='a')\n", 0),
    ("warnings off for a block", lambda s: len(faults.silenced(s)), QUIET, 0),
    ("started by hand", lambda s: shape.entry(s)[0], "x = 1\n", 0.0),
    ("a main guard", lambda s: shape.entry(s)[0], "if __name__ == '__main__':\n    run()\n", 0.7),
    ("a command", lambda s: shape.entry(s)[0], "from argparse import ArgumentParser\n", 1.0),
    ("the contract", lambda s: shape.entry(s)[0], CONTRACT, 1.0),
    ("a number in code", lambda s: len(naming.magic_numbers(s)), "def f(x):\n    return x > 37\n", 1),
    ("two named at once", lambda s: len(naming.magic_numbers(s)), "OPENS, CLOSES = 8.5, 20.5\nopens, b = 8.5, 3\n", 1),
    ("a named number", lambda s: len(naming.magic_numbers(s)), "LIMIT = 37\ndef f(x=41): ...\ny = x[7]\n", 0),
    ("swallowed", lambda s: len(faults.swallowed(s)), TRY.format("Exception", "x = 0"), 1),
    ("bare", lambda s: len(faults.swallowed(s)), "try:\n    f()\nexcept:\n    pass\n", 1),
    ("narrow is fine", lambda s: len(faults.swallowed(s)), TRY.format("KeyError", "pass"), 0),
    ("logged is fine", lambda s: len(faults.swallowed(s)), TRY.format("Exception", "log.error('')"), 0),
    ("raised is fine", lambda s: len(faults.swallowed(s)), TRY.format("Exception", "raise"), 0),
    ("used is fine", lambda s: len(faults.swallowed(s)), TRY.format("Exception as e", "g(e)"), 0),
    ("prints", lambda s: len(faults.prints(s)), "def f():\n    print(1)\n    pprint.print(2)\n", 1),
    ("logs", lambda s: len(faults.logs(s)), "def f():\n    log.info('a')\n    np.log(2)\n    math.log(3)\n", 1),
    ("own home", lambda s: len(faults.absolute_paths(s)), "P = '/home/ann/data.csv'\nQ = 'C:\\\\x'\n", 2),
    ("a relative path is fine", lambda s: len(faults.absolute_paths(s)), "P = 'data/x.csv'\nQ = '/'\n", 0),
    ("raises", lambda s: len(faults.raises(s)), "def f():\n    raise ValueError('no rows')\n    raise ValueError\n", 1),
    (
        "commented out",
        lambda s: len(dead.commented_out(s)),
        "# x = f(3)\n# the rows (of a customer) = unit\nx = 1\n",
        1,
    ),
    ("unreachable", lambda s: len(dead.unreachable(s)), "def f():\n    return 1\n    g()\n    h()\n", 1),
    ("never called", lambda s: len(dead.never_called(s)), LONG + CONTRACT, 1),
    ("a stub is hollow", dead.hollow_lines, "def f(a):\n    '''Later.'''\n    return None\n", 2),
    ("written twice", repeats.repeated_share, TWICE, 0.5),
    ("written once", repeats.repeated_share, TWICE.partition("\n\n\n")[0], 0.0),
    ("eval of text", lambda s: len(list(danger.runs_text(s))), "x = eval(text)\ny = eval('1')\nmodel.eval()\n", 1),
    (
        "a method called eval",
        lambda s: len(list(danger.runs_text(s))),
        "x = pl.concat_list(a).list.eval(pl.element())\n",
        0,
    ),
    ("yaml", lambda s: len(list(danger.runs_text(s))), "yaml.load(f)\nyaml.load(f, Loader=yaml.SafeLoader)\n", 1),
    ("own pickle is fine", lambda s: len(list(danger.runs_text(s))), "m = pickle.load(open(p, 'rb'))\n", 0),
    ("a pickle from afar", lambda s: len(list(danger.runs_text(s))), "m = pickle.loads(requests.get(u).content)\n", 1),
    ("downloads", lambda s: len(danger.downloads(s)), "d = pd.read_csv('https://x.org/a')\nb = {}\nb.get('a')\n", 1),
    ("variables of a caller", lambda s: len(list(danger.reaches_out(s))), "a = sys._getframe(1).f_locals\n", 1),
    ("by its name", lambda s: len(list(danger.reaches_out(s))), "a = getattr(frame, 'f_locals')\n", 1),
    ("what is inside of a function", lambda s: len(list(danger.reaches_out(s))), "a = f.fit.__wrapped__\n", 1),
    (
        "modules of the harness",
        lambda s: len(list(danger.reaches_out(s))),
        "from assay_harness.harness import calls\n",
        1,
    ),
    (
        "a name for a log, a module of its own, a decorator",
        lambda s: len(list(danger.reaches_out(s))),
        "a = inspect.currentframe().f_code.co_name\nb = sys.modules[__name__]\ngc.collect()\n"
        "c = globals()\nd = functools.wraps(f)\ne = locals()\n",
        0,
    ),
]


@pytest.mark.parametrize(("measure", "source", "expected"), [row[1:] for row in SIGNALS], ids=[r[0] for r in SIGNALS])
def test_signals(measure: Callable[[Sources], float], source: str, expected: float) -> None:
    """Each signal has the value a reader of the source would give."""
    assert measure(read(source)) == pytest.approx(expected, abs=0.06)


CLEAN = '''"""Churn."""

import logging

log = logging.getLogger(__name__)


def features(data: "DataFrame") -> "DataFrame":
    """Numbers for the model, each from its own row."""
    return data.assign(days=data["b"] - data["a"])


def train(data: "DataFrame", model_dir: "Path") -> None:
    """Fit on all labelled rows."""
    log.info("training on %d rows", len(features(data)))


def predict(data: "DataFrame", model_dir: "Path") -> "Series":
    """Score each row alone."""
    return features(data)["days"]
'''
README = """# Churn

Problem
-------
We predict which customers leave within sixty days, so that the desk can call those worth calling first.

## Results
AUC .79

## Limits
The south and the old are under-collected, so that the score says little about them; measure before use there.
Rows of customers without features for their days are scored all the same, and nobody has looked at those.
"""
TIDY = {"README.md": README, "requirements.txt": "pandas==3.1.1\n"}
APART = CLEAN.replace('return features(data)["days"]', 'return data["b"] - data["a"]')
PRINTS = "\n".join(f"    print({n})" for n in range(6))
NUMBERS = "\n".join(f"    x = x + {n}" for n in range(41, 48))
WEAK = "import pipeline\ndef test_a():\n    pipeline.features(1)\n"
KEY = 'API_KEY = "k3yAq81mmZ0pQ77v"\n'

#: A submission -> the code that must be flagged, at this line where one is named.
FLAGGED: dict[str, tuple[str, int | None, dict[str, str]]] = {
    "repeated block": (
        "CODE002",
        12,
        {"more.py": TWICE.replace("def one", "def one_more")} | {"pipeline.py": "import more\n"},
    ),
    "swallowed": ("CODE004", 4, {"pipeline.py": TRY.format("Exception", "pass")}),
    "a very long function": ("CODE005", 1, {"pipeline.py": LONG + "    a = a + 1\n" * 50}),
    "loose code": ("CODE005", 1, {"pipeline.py": "df = load()\n" * 60}),
    "nothing reaches it": ("CODE006", 3, {"pipeline.py": "def train():\n    return 1\n    f()\n"}),
    "does not parse": ("CODE007", None, {"pipeline.py": CLEAN, "other.py": "def f(:"}),
    "no docstring": ("CODE009", 1, {"pipeline.py": "def load(path):\n    return open(path).read()\n"}),
    "unnamed numbers": ("CODE010", 2, {"pipeline.py": f"def f(x):\n{NUMBERS}\n"}),
    "prints": ("CODE011", 2, {"pipeline.py": f"def f(x):\n{PRINTS}\n"}),
    "prepared twice": ("CODE012", 13, {"pipeline.py": APART}),
    "weak tests": ("TEST002", 2, {"pipeline.py": CLEAN, "test_a.py": WEAK}),
    "no tests": ("TEST001", None, {"pipeline.py": CLEAN}),
    "no pins": ("REPRO002", None, {"pipeline.py": CLEAN}),
    "a path of one's own": ("REPRO003", 1, {"pipeline.py": "P = '/home/ann/x.csv'\n"}),
    "network": ("REPRO004", 1, {"pipeline.py": "D = requests.get(URL)\n"}),
    "a secret": ("SEC001", 1, {"pipeline.py": KEY}),
    "eval": ("SEC002", 2, {"pipeline.py": "def f(text):\n    return eval(text)\n"}),
    "no README": ("DOC001", None, {"pipeline.py": CLEAN}),
    "data": ("HYG001", None, {"pipeline.py": CLEAN, "data/rows.csv": "a,b\n"}),
}
CHECKS = [check for check in catalog.CHECKS if check.read]
BY_CODE = {check.code: check for check in CHECKS}
READ_ONLY = {"CODE001", "CODE008"}  # these rest on tools, which have tests of their own


@pytest.mark.parametrize(("code", "line", "files"), FLAGGED.values(), ids=FLAGGED)
def test_each_fault_is_found_where_it_is(code: str, line: int | None, files: dict[str, str]) -> None:
    """The check of a fault yields evidence, at the line of the fault where it has one."""
    evidence = evidence_of(code, a_submission(files))
    assert evidence
    assert line is None or line in {item.where.line for item in evidence if item.where}


@pytest.mark.parametrize("code", sorted(set(BY_CODE) - READ_ONLY))
def test_a_tidy_submission_is_not_accused(code: str) -> None:
    """No check finds anything in small, clean code with a README, pins and a test."""
    test = "import pipeline\n\n\ndef test_days(rows):\n    assert pipeline.features(rows)['days'][0] == 3\n"
    submission = a_submission({"pipeline.py": CLEAN, "tests/test_it.py": test, **TIDY})
    words = communication.distinct_words(submission)
    assert evidence_of(code, submission) == [] or (code == "DOC001" and words < 60)


def test_every_check_of_the_code_has_a_fault_in_the_table() -> None:
    """A check that no row shows at work is not known to work; out of order cells have a test of their own."""
    assert {code for code, _, _ in FLAGGED.values()} | READ_ONLY | {"CODE003"} == set(BY_CODE)


def test_cells_run_out_of_order_are_found() -> None:
    """Jupyter's own numbers tell that a cell was run before one that stands above it."""
    cells = [{"cell_type": "code", "source": "x = 1", "execution_count": n} for n in (1, 3, 2)]
    notebook = a_notebook({1: "x = 1"}, files={"churn.ipynb": json.dumps({"cells": cells}).encode()})
    found = evidence_of("CODE003", notebook)
    assert [item.where.cell for item in found if item.where] == [3]
    assert list(archive.out_of_order(read_all(notebook), a_notebook({1: "x = 1"}))) == []


def test_evidence_in_a_notebook_names_the_cell() -> None:
    """Lines of a notebook are counted in its cells."""
    source = Source("churn.ipynb", b"a = 1\nP = '/home/ann/x'\n", ((1, 1), (4, 1)))
    notebook = a_notebook(notebooks=(source,))
    (found,) = evidence_of("REPRO003", notebook)
    assert str(found.where) == "churn.ipynb, cell 4, line 1"


def test_tests_are_not_the_product() -> None:
    """Test files are known by pytest's own naming and left out of the measures."""
    more = {"tests/test_f.py": "assert 1\n", "helper_test.py": "x = 1\n", "testing.py": "y = 1\n", "idle.py": "z = 1\n"}
    found = read(f"import testing\n{CONTRACT}", **more)
    assert {m.path for m in found.product} == {"pipeline.py", "testing.py"}
    assert len(found.tests) == 2
    anywhere = read("import testing\n", **more)  # a pipeline.py that answers no challenge is one module among others
    assert {m.path for m in anywhere.product} == {"pipeline.py", "testing.py", "idle.py"}


@pytest.mark.parametrize(
    ("path", "beside", "foreign"),
    [
        ("vendor/x.py", {}, True),
        ("nicelib/x.py", {"nicelib/LICENSE": "MIT"}, True),
        ("nicelib/x.py", {"LICENSE": "MIT"}, False),
        ("mlflow/x.py", {}, False),  # a folder of one's own may bear the name of a tool
        ("mlflow/x.py", {"mlflow/__init__.py": "from x import y\n" * 30}, True),
        ("six.py", {}, True),
        ("features/x.py", {}, False),
    ],
)
def test_what_others_wrote_is_set_aside(path: str, beside: dict[str, str], foreign: bool) -> None:
    """Libraries that are carried along are told from the candidate's own packages."""
    module = path.removesuffix(".py").replace("/", ".")
    found = read_all(a_submission({"pipeline.py": f"import {module}\n", path: "def f():\n    return 1\n", **beside}))
    assert (path in found.borrowed) is foreign
    assert (path in {m.path for m in found.product}) is not foreign


def test_what_others_wrote_is_no_fault_of_the_candidate_where_it_cannot_be_parsed() -> None:
    """Libraries carry files for other Pythons; a file of the candidate's own that cannot be parsed is one."""
    old = 'print "hello"\n'
    found = read_all(a_submission({"pipeline.py": "import vendor.x\n", "vendor/x.py": old, "mine.py": old}))
    assert [source.path for source in found.broken] == ["mine.py"]


LONG = "x = 1\n" * (MOST_LINES // 2)


@pytest.mark.parametrize(
    ("files", "unread", "lost"),
    [
        ({"pipeline.py": f"import a\n{CONTRACT}", "a.py": LONG, "b.py": LONG, "c.py": LONG}, set(), 0),
        ({"pipeline.py": f"import a, b\n{CONTRACT}", "a.py": LONG, "b.py": LONG}, {"a.py"}, 0.5),
        ({"pipeline.py": f"import z\n{CONTRACT}", "a.py": LONG, "b.py": LONG, "z.py": f"{LONG}y = 2\n"}, set(), 0),
        ({"a.py": LONG, "b.py": LONG, "c.py": LONG}, {"c.py"}, 0),
        ({"a.py": LONG * 3, "b.py": LONG}, {"a.py"}, 0),
        ({"pipeline.py": f"import lib.a\n{CONTRACT}", "lib/LICENSE": "MIT", "lib/a.py": LONG * 3}, set(), 0),
    ],
    ids=["unused", "needed", "needed first", "no entry", "one too long", "others wrote it"],
)
def test_what_is_beyond_the_most_that_is_read(files: dict[str, str], unread: set[str], lost: float) -> None:
    """What the entry needs is read first.  Nothing is called broken for its length, and only what is needed costs."""
    found = read_all(a_submission(files))
    assert not found.broken
    assert {source.path for source in found.unread} == unread
    assert found.lost_share == pytest.approx(lost, abs=0.01)


def test_code_that_is_too_long_is_not_called_broken() -> None:
    """An entry beyond the most that is read is worth nothing, and the reason says why."""
    with pytest.raises(Unreadable, match="too long"):
        read(LONG * 3)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (CLEAN, set()),
        ("\n".join(f"def f{n}(a):\n    return a{'.b' * n}" for n in range(5)), {f"f{n}" for n in range(5)}),
        ("def spare(a):\n    return a\n", set()),
        (
            "def step(a):\n    return a\ndef train(d, m):\n    for x in d:\n        m.add(step(x))\n    m.close()\n",
            set(),
        ),
        ("\n".join(f"def f{n}(a):\n    return a + {n}" for n in range(9)), {f"f{n}" for n in range(9)}),
    ],
)
def test_padding_is_known_by_serving_nothing(source: str, names: set[str]) -> None:
    """Small functions that nothing uses, or that were made by the dozen, are set aside; helpers are not."""
    (module,) = read(source).product
    assert {node.name for node in module.padding} == names
    assert len(module.credited) == len(module.nodes) - sum(1 for node in module.padding for _ in ast.walk(node))


@pytest.mark.parametrize("source", ["x = " + "-" * 20000 + "1", "x = " + "(" * 500 + ")" * 500, "def f(:", "\0"])
def test_source_that_cannot_be_parsed_is_worth_nothing(source: str) -> None:
    """Hostile or broken source ends in Unreadable, never in a crash of the grader, and is not the same as no code."""
    with pytest.raises(Unreadable):
        read(source)
    with pytest.raises(NotApplicable, match="there is no code"):
        _ = Code(a_submission({"README.md": ""}), {}).sources


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["def f(a):", "    return a", "x = 1", "# y = 2", "    try:", "'''", "}", "\\"]), max_size=12
    )
)
def test_any_text_can_be_read(lines: list[str]) -> None:
    """Whatever stands in a file, every check comes to an end with evidence or a reason."""
    submission = a_submission({"pipeline.py": "\n".join(lines)})
    for code in (check.code for check in CHECKS if check.read is not None):
        try:
            evidence_of(code, submission)
        except NotApplicable:
            continue


@pytest.mark.parametrize(
    ("path", "text", "checks"),
    [
        (".github/workflows/ci.yml", "run: pytest -q\n", True),
        (".github/workflows/ci.yml", "", False),
        ("Makefile", "train:\n\tpython train.py\n", False),
        ("Makefile", "lint:\n\truff check\n", True),
        ("notes/Makefile", "lint:\n\truff check\n", False),
    ],
)
def test_what_runs_by_itself_has_to_check_something(path: str, text: str, checks: bool) -> None:
    """A workflow that runs neither tests nor a linter is worth nothing."""
    assert bool(archive.checked(a_submission({path: text}))) is checks


@pytest.mark.parametrize(
    ("files", "share"),
    [
        ({}, None),
        ({"requirements.txt": "numpy==2.4.6\npandas==3.1.1  # pinned\n# nothing\n"}, 1.0),
        ({"requirements.txt": "numpy\npandas>=3\n"}, 0.0),
        ({"requirements.txt": "numpy==2.4.6\npandas\n-r other.txt\n"}, 0.5),
        ({"pyproject.toml": '[project]\ndependencies = ["numpy==2.4.6"]\n'}, 1.0),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\nnumpy = "2.4.6"\npandas = "^3"\n'}, 0.5),
        ({"environment.yml": "dependencies:\n  - numpy=2.4.6\n  - pandas\n"}, 0.5),
        ({"pyproject.toml": "not toml ["}, None),
        ({"pyproject.toml": "[tool.ruff]\n"}, None),
        ({"requirements-dev.txt": "ruff\n", "requirements.txt": "numpy==2.4.6\n"}, 1.0),
        ({"uv.lock": "", "pyproject.toml": ""}, 1.0),
    ],
)
def test_pinned(files: dict[str, str], share: float | None) -> None:
    """A pin names one version; a lock file pins everything."""
    assert pins.pinned_share(a_submission({"pipeline.py": "", **files})) == share


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('password = "hunter2hunter2"', True),
        ('db = "postgresql://ann:s3cr3tpw9@db.internal/x"', True),
        ('key = "AKIA' + "Q7ZP" * 4 + '"', True),
        ('password = "your-password-1"', False),
        ("CONN = 'postgresql+psycopg2://airflow:airflow@postgres/airflow'", False),
        ('password = os.environ["PASSWORD_1"]', False),
        ('api_key = "<insert 12345>"', False),
        ("token_count = 12345678", False),
        ('secret_sauce = "feature engineering"', False),
    ],
)
def test_secrets(line: str, secret: bool) -> None:
    """A working key is told from a placeholder, a variable and a word."""
    assert bool(danger.secrets(a_submission({"pipeline.py": line}))) is secret


HELPER = "\n\ndef check(table):\n    assert len(table)\n"


@pytest.mark.parametrize(
    ("body", "able"),
    [
        ("assert features(rows).days[0] == 3", True),
        ("with pytest.raises(ValueError):\n        features(None)", True),
        ("pd.testing.assert_frame_equal(features(rows), rows)", True),
        ("check(features(rows))", True),
        ("features(rows)", False),
        ("assert True", False),
        ("assert 1 + 1 == 2", False),
        ("assert len([1]) == 1", False),
    ],
)
def test_a_test_is_something_that_could_fail(body: str, able: bool) -> None:
    """An assertion has to be about what the submission's own code gave."""
    found = read(CLEAN, **{"test_a.py": f"from pipeline import features\ndef test_a():\n    {body}\n{HELPER}"})
    assert bool(suite.effective(found)) is able


def test_a_notebook_speaks_in_its_text_cells() -> None:
    """A lone notebook has no README beside it: its Markdown is what the candidate wrote."""
    cells = [{"cell_type": "markdown", "source": README.splitlines(keepends=True)}, {"cell_type": "code", "source": ""}]
    notebook = a_notebook(files={"churn.ipynb": json.dumps({"cells": cells}).encode()})
    assert communication.words(notebook) == communication.words(a_submission({"README.md": README}))
    assert communication.words(a_notebook(files={"churn.ipynb": b"[]"})) == 0


def test_a_text_about_nothing_is_not_grounded() -> None:
    """README and notes count by the words they share with the code."""
    filler = a_submission({"pipeline.py": CLEAN, "README.md": "lorem ipsum dolor consectetur adipiscing\n" * 50})
    assert communication.grounded_words(filler) == 0
    assert communication.grounded_words(a_submission({"pipeline.py": CLEAN, "README.md": README})) >= 2


LOADS = (
    "def train(data, model_dir): ...\ndef evaluate(data): return load('{name}')\ndef predict(data, model_dir): ...\n"
)


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("core.dat", "def fit(rows):\n    return rows\n", True),
        ("core", "class Model:\n    size = 3\n", True),
        ("core.dat", "rows;values\ndef;1\n", False),
        ("core.dat", "def fit of rows\n", False),
        ("notes.md", "def fit(rows):\n    return rows\n", False),
    ],
)
def test_python_under_another_name_is_read_where_the_code_names_it(name: str, text: str, read: bool) -> None:
    """What runs is what is read."""
    files = {"pipeline.py": LOADS.format(name=name), name: text, "other.dat": "def idle(): ...\n"}
    paths = {module.path for module in Code(a_submission(files), {}).sources.product}
    assert paths == {"pipeline.py", name} if read else {"pipeline.py"}


#: A test -> whether it looks at the text or the byte code, and not at what the code does.
LOOKS = {
    "def test_a():\n    assert made_of(pipeline.fit) == 3\ndef made_of(f):\n    return f.__code__.co_consts": True,
    "def test_a():\n    assert crc(inspect.getsource(pipeline.fit)) == 3": True,
    "def test_a():\n    assert 'print' not in Path('pipeline.py').read_text()": True,
    "def test_a():\n    assert crc(open(pipeline.__file__).read()) == 3": True,
    "def test_a(tmp_path):\n    run('pipeline.py', tmp_path)\n    assert (tmp_path / 'out').read_text() == '3'": False,
    "def test_a():\n    assert pipeline.fit(Path(__file__).parent / 'rows.csv') == 3": False,
}


@pytest.mark.parametrize(("test", "aside"), LOOKS.items())
def test_a_test_of_the_text_tests_nothing_that_the_code_does(test: str, aside: bool) -> None:
    """It would notice any change, and what it notices does not count."""
    files = {"pipeline.py": "def fit(rows):\n    return rows\n", "tests/test_fit.py": f"import pipeline\n{test}\n"}
    read = Code(a_submission(files), {}).sources
    assert ("test_a" in suite.of_the_text(read)) is aside
    assert len(suite.effective(read)) == (not aside)
    planted = Planted("k", "a fault", Location("pipeline.py", 1), "", {}, None)  # type: ignore[arg-type]
    noticed = Kills(
        tools.TestResults(1, 1, 0, 1.0, {}), Plan((), (), 1, 1.0), (Tried(planted, True, "t.py::test_a[1]"),)
    )
    assert noticed.without(suite.of_the_text(read)).noticed == (not aside)
