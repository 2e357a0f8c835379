"""Faults planted in a candidate's code: what each operator does, where none is planted, and how they are chosen."""

from __future__ import annotations

import ast

import pytest

from graders.model.submission import Submission
from graders.mutation.plan import MOST, OPERATORS, Plan, Rewritings, modules, plan
from graders.mutation.text import readable
from graders.mutation.unchanged import WAYS, through_a_variable
from graders.mutation.walk import scopes
from testing.builders import a_notebook, a_submission

#: operator -> (body of a function of `df`, `model`, `mask`, the same with each fault, one after another)
BODIES: dict[str, list[tuple[str, list[str]]]] = {
    "negated comparison": [
        ("return df.x > 0", ["return df.x <= 0"]),
        ("return (df.x) == (\n    2)", ["return (df.x) != (\n    2)"]),
        ("return 'a' not in df", ["return 'a' in df"]),
        ("return 0 < df.x < 9", []),
    ],
    "moved boundary": [
        ("return df.x > 0", ["return df.x >= 0"]),
        ("return df.age < SENIOR", ["return df.age <= SENIOR"]),
        ("return df.x > 0.5", []),
        ("return abs(df.x) > DRIFT", []),
    ],
    "negated condition": [
        ("if mask:\n    return 1", ["if (not mask):\n    return 1"]),
        ("return df[~mask]", ["return df[mask]"]),
        ("return not (mask or df)", ["return (mask or df)"]),
    ],
    "other junction": [
        ("return mask and df", ["return mask or df"]),
        ("return (df.x > 0) & mask", ["return (df.x > 0) | mask"]),
        ("return model | {'a': 1}", []),
    ],
    "swapped arithmetic": [
        ("return df.x - df.y", ["return df.x + df.y"]),
        ("return df.x * 2", ["return df.x / 2"]),
        ("df += 1", ["df -= 1"]),
        ("return 'a' + df", []),
        ("return model_dir / 'a'", []),
        ("return NUMBERS + WORDS", []),
        ("return [1] + df", []),
        ("return df.x * 1", []),
    ],
    "another aggregate": [
        ("return df.x.min()", ["return df.x.max()"]),
        ("return np.mean(df)", ["return np.sum(df)"]),
        ("return max(df, 1)", ["return min(df, 1)"]),
    ],
    "off by one": [
        ("return df[:, 1]", ["return df[:, 0]"]),
        ("return df[-1]", ["return df[-2]"]),
        ("return df[2:]", ["return df[3:]"]),
        ("return df[-MONTHS_BACK:]", ["return df[-MONTHS_BACK + 1:]"]),
        ("return df.x.shift(1)", ["return df.x.shift(2)"]),
        ("return df.x.rolling(window=7)", ["return df.x.rolling(window=8)"]),
        ("return range(len(df))", ["return range((len(df)) - 1)"]),
        ("return pd.Timedelta(days=30)", ["return pd.Timedelta(days=31)"]),
        ("return df[TARGET]", []),
    ],
    "ignored filter": [
        ("return df[df.x > 0]", ["return df"]),
        ("return df.loc[mask, 'x']", ["return df.loc[:, 'x']"]),
        ("kept = df.x.notna()\nreturn df[kept]", ["kept = df.x.notna()\nreturn df"]),
        ("df.loc[df.x == 999, 'x'] = 1", ["df.loc[:, 'x'] = 1"]),
        ("return df.loc[mask]", ["return df"]),
        ("return df['x']", []),
    ],
    "skipped step": [
        ("return df.x.fillna(0).abs()", ["return df.x.fillna(0)", "return df.x.abs()"]),
        ("return np.where(mask, 1, 2)", []),
        ("df.dropna(inplace=True)", []),
    ],
    "dropped column": [
        ("return df[['x', 'y']]", ["return df[['x']]"]),
        ("return df[[*NUMBERS, *WORDS]]", ["return df[[*NUMBERS]]"]),
        ("df['x'] = df.y", ["pass"]),
        ("return df.assign(x=1, y=2)", ["return df.assign(x=1)"]),
        ("return df[['x']]", []),
    ],
    "swapped fit and transform": [
        ("return model.fit_transform(df)", ["return model.transform(df)"]),
        ("return model.transform(df)", ["return model.fit_transform(df)"]),
        (
            "X_train, X_test = df\nmodel.fit(X_train, 1)",
            ["X_train, X_test = df\nmodel.fit(X_test, 1)"],
        ),
        ("return df.groupby('x').y.transform('mean')", []),
        ("return model.fit(df)", []),
    ],
    "constant prediction": [
        ("return model.predict(df)", ["return ( model.predict(df)) * 0 + 0.5"]),
        ("return model.predict_proba(df)[:, 1]", ["return ( model.predict_proba(df)[:, 1]) * 0 + 0.5"]),
        ("return df", []),
    ],
}
#: The same for whole functions, whose annotations matter.
FUNCTIONS: dict[str, list[tuple[str, list[str]]]] = {
    "rows shifted by one": [
        ("def f(df) -> pd.Series:\n    return df.x", ["    return ( df.x).shift(1)"]),
        ("def f(df) -> float:\n    return df.x", []),
    ],
    "input returned unchanged": [
        ("def f(df: pd.DataFrame) -> pd.DataFrame:\n    return df.dropna()", ["    return df"]),
        ("def f(df):\n    return df.drop(columns='x')", ["    return df"]),
        ("def f(df: pd.DataFrame) -> pd.Series:\n    return df.x", []),
        ("def f(df: pd.DataFrame) -> pd.DataFrame:\n    df['x'] = 1\n    return df", []),
        ("def f(path):\n    return path.read_text()", []),
    ],
}


def faults(source: str, operator: str) -> list[str]:
    """The module with each fault that an operator finds in it."""
    text = readable("pipeline.py", source.encode())
    assert text is not None
    found = [c for s in scopes(text)[1:] for node, _ in s.nodes for c in OPERATORS[operator](node, s)]
    return [text.edited(change.edits).decode() for change in found]


def inside(body: str) -> str:
    return "def f(df, model, mask):\n" + "".join(f"    {line}\n" for line in body.split("\n"))


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [(operator, body, expected) for operator, cases in BODIES.items() for body, expected in cases],
)
def test_each_operator_makes_its_fault_and_no_other(operator: str, body: str, expected: list[str]) -> None:
    """Every place the operator knows is changed in the way it says; what only looks alike is left alone."""
    found = faults(inside(body), operator)
    assert sorted(found) == sorted(inside(after) for after in expected)
    for changed in found:
        ast.parse(changed)


@pytest.mark.parametrize(
    ("operator", "source", "expected"),
    [(operator, source, expected) for operator, cases in FUNCTIONS.items() for source, expected in cases],
)
def test_operators_that_ask_for_types(operator: str, source: str, expected: list[str]) -> None:
    """What is returned is replaced only where input and output are of one kind."""
    head = source.rpartition("\n")[0]
    assert faults(source, operator) == [f"{head}\n{line}" for line in expected]


def test_the_table_names_every_operator() -> None:
    """No operator goes without its cases."""
    assert set(BODIES) | set(FUNCTIONS) == set(OPERATORS)


SPEAKING = '''"""Words: 1 + 1 > 2."""
import logging

log = logging.getLogger(__name__)


def f(df: "DataFrame" = 1 + 1, *, size: int = 3 - 1) -> "A[1:2]":
    """Words with 1 + 1 > 2."""
    log.info("%d rows", len(df) - 1)
    print(f"{len(df) - 1} rows", df[df.x > 0])
    if len(df) > 9:
        log.warning("many")
    if size:
        raise ValueError("wrong" + str(size - 1))
    assert len(df) > 3
    return df


def plot(df):
    plt.plot(df.x + 1)


def __repr__(self):
    return self.x - 1


if __name__ == "__main__":
    f(1 + 1)
'''


def test_nothing_is_planted_where_nobody_could_notice_or_everybody_must() -> None:
    """Messages, checks that only speak, defaults, plots, types, docstrings and the main guard are left alone."""
    found = plan(a_submission({"pipeline.py": SPEAKING}), {"pipeline.py": frozenset()}, 1)
    assert [fault.what for fault in found.faults] == ["changed `size` to `(not size)` in f"]


MODULE = '''"""Features."""
import pandas as pd

COLUMNS = ["x", "y"]


def clean(df: pd.DataFrame) -> pd.DataFrame:
    df = df[df.x > 0].dropna()
    df["z"] = df.x - df.y
    return df.fillna(0)


def rank(df: pd.DataFrame) -> pd.Series:
    late = df.day >= CUT
    return df[late & (df.x < 3)].x.shift(1)


def predict(df, model):
    return model.predict_proba(df[["x", "y"]])[:, 1]


def unused(df):
    return df.x * 2 + df.y.min()
'''
NO_LINE_MISSED = {"pipeline.py": frozenset[int]()}


def planned(**changes: str) -> Plan:
    files = {"pipeline.py": MODULE, "tests/test_a.py": "def test_a():\n    assert 1 + 1 > 1\n"} | changes
    return plan(a_submission(files), NO_LINE_MISSED, 1)


def test_a_plan_is_spread_over_functions_and_operators() -> None:
    """Every function gets a fault before one gets its third, and one operator never makes half of them."""
    found = planned()
    functions = [fault.what.rpartition(" in ")[2] for fault in found.faults]
    operators = [fault.operator for fault in found.faults]
    assert set(functions) == {"clean", "rank", "predict", "unused", "the module"}
    assert max(map(operators.count, operators)) <= len(operators) / 2
    assert len({(fault.where.path, fault.where.line) for fault in found.faults}) == len(found.faults) <= MOST


def test_a_plan_is_a_function_of_the_submission() -> None:
    """The same submission gives the same faults, another one another choice; tests are never changed."""
    first, again = planned(), planned()
    assert first == again
    assert {path for fault in first.faults for path in fault.files} == {"pipeline.py"}
    many = "\n\n".join(MODULE.replace("def ", f"def n{number}_") for number in range(12))
    one, other = (plan(a_submission({"pipeline.py": many}), NO_LINE_MISSED, secret) for secret in (1, 2))
    assert len(one.faults) == len(other.faults) == MOST
    assert one.faults != other.faults


def test_lines_the_tests_never_run_are_counted_and_not_changed() -> None:
    """Where half of the places lie on lines without a test, that half is out of reach."""
    unrun = frozenset(range(1, 17))  # all but predict and unused
    found = plan(a_submission({"pipeline.py": MODULE}), {"pipeline.py": unrun}, 1)
    assert {fault.what.rpartition(" in ")[2] for fault in found.faults} == {"predict", "unused"}
    assert 0.2 < found.reached < 0.6
    assert plan(a_submission({"pipeline.py": MODULE}), {}, 1).faults == ()


def test_faults_keep_every_line_where_it_is_and_say_where() -> None:
    """A fault changes lines in place; of a notebook the place is a cell."""
    text = readable("pipeline.py", MODULE.encode())
    assert text is not None
    for fault in planned().faults:
        changed = fault.files["pipeline.py"].decode()
        without = Rewritings([text], "1").of(fault.key)["pipeline.py"].decode()
        assert changed.count("\n") == MODULE.count("\n")
        different = [
            n for n, (a, b) in enumerate(zip(without.split("\n"), changed.split("\n"), strict=True), 1) if a != b
        ]
        assert different == [fault.where.line]
    notebook = plan(a_notebook({2: MODULE}), NO_LINE_MISSED, 1)
    assert {(fault.where.path, fault.where.cell) for fault in notebook.faults} == {("churn.ipynb", 2)}


def test_faults_are_planted_in_modules_beside_a_notebook() -> None:
    """What the cells import is the candidate's work as well, and mostly what the tests are of."""
    cell = "from rates import predict\n"
    files = {"rates.py": MODULE.encode()}
    beside = a_notebook(
        {1: cell}, runnable={"pipeline.py": cell.encode(), **files}, files={"churn.ipynb": b"{}", **files}
    )
    faults = plan(beside, {"pipeline.py": frozenset(), "rates.py": frozenset()}, 1).faults
    assert {fault.where.path for fault in faults} == {"rates.py"}


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "-" * 3000 + "1",
        "def f(df):\n    return " + " + ".join(["df.x"] * 1500),
        "def f(df):\n" + "    df = df[df.x > 0]\n" * 18_000,
        "# coding: latin-1\ndef f(df):\n    return df.x > 0  # \u00e9\n".encode("latin-1"),
        "\ufeffdef f(df):\n    return df.x > 0\n",
        "def f(df):\r    return df.x > 0\r",
        "def f(df):\n    return f'{df.x > 0}' f'{df.x - 1:{df.y + 1}}'\n",
    ],
    ids=["deep", "wide", "long", "latin", "mark", "carriage returns", "formatted texts"],
)
def test_odd_modules_end_in_faults_that_parse_or_in_none(source: str | bytes) -> None:
    """Depth, length and encodings are bounded: the plan comes, and everything in it parses."""
    submission = a_submission({"pipeline.py": source})
    found = plan(submission, NO_LINE_MISSED, 1)
    for planted in (*found.faults, *found.unchanged):
        for data in planted.files.values():
            ast.parse(data)


#: A module that uses what the rewriting has to be careful with; every function is called below.
CAREFUL = """
def compared(a, b):
    low = a < b
    same = a == 3
    return low, same, 1 < a, "x" == b


def keyed(*, first, second):
    return first, second


def calling(x):
    y = x + 1
    return keyed(second=y, first=3)


def shown(x):
    total = x + 1
    words = f"{total=} {total + x}"
    return words, total


def looking(x):
    inner = x
    return sorted(locals())


def nested(x):
    base = x + 1

    def add(y):
        total = base + y
        return total
    return add(2), [base for base in (1, 2)], base


def caught(x):
    try:
        value = 1 / x
    except ZeroDivisionError as error:
        value = str(error)
    return value


def counting(x):
    for number in range(x):
        if number > 1: return number
    else: return -1


def many(x):
    values = [x, x]
    yield from values
    return (
        values
    )


class Box:
    size = 2

    def __init__(self, x):
        size = x
        self.size = size

    def grown(self, by):
        size = self.size + by
        return *[size], by
"""
CALLS = (
    "[compared(1, 2), compared(3, 'x') if False else 0, calling(2), shown(3), looking(1), nested(4), caught(0), "
    "caught(2), counting(5), counting(1), list(many(2)), Box(2).grown(3)]"
)


def outcome(source: bytes) -> object:
    scope: dict[str, object] = {}
    exec(compile(source, "careful", "exec"), scope)  # noqa: S102  (our own text)
    return eval(CALLS, scope)  # noqa: S307


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_what_changes_the_text_alone_changes_no_behaviour(way: int) -> None:
    """Each rewriting touches the text, and every call still gives what it gave."""
    text = readable("careful.py", CAREFUL.encode())
    assert text is not None
    changed = WAYS[way](text, mark="drawn")
    assert ast.dump(ast.parse(changed)) != ast.dump(text.tree)
    assert outcome(changed) == outcome(CAREFUL.encode())


def test_each_rewriting_touches_every_function_it_can() -> None:
    """No function that a test might have pinned by its text is left as it was."""
    text = readable("pipeline.py", MODULE.encode())
    assert text is not None
    changed = ast.parse(text.edited(through_a_variable(text, "drawn")))
    before = {node.name: ast.dump(node) for node in ast.walk(text.tree) if isinstance(node, ast.FunctionDef)}
    after = {node.name: ast.dump(node) for node in ast.walk(changed) if isinstance(node, ast.FunctionDef)}
    assert before.keys() == after.keys()
    assert all(before[name] != after[name] for name in before)


def test_modules_of_others_and_tests_are_left_alone() -> None:
    """Only what the candidate wrote is changed, and only what the pipeline reaches."""
    submission: Submission = a_submission(
        {
            "pipeline.py": "import features\ndef train(a, b): ...\ndef evaluate(a): ...\ndef predict(a, b): ...\n",
            "features.py": MODULE,
            "never.py": MODULE,
            "vendor/lib/thing.py": MODULE,
            "tests/test_a.py": MODULE,
            "conftest.py": MODULE,
        }
    )
    assert [text.path for text in modules(submission)] == ["features.py", "pipeline.py"]
