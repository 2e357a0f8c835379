"""What the result depends on: code that runs for nothing is set aside, and nothing that somebody needs is."""

import pytest

from graders.mutation.plan import plan
from graders.source import dead, suite
from graders.source.sources import read as read_sources
from testing.builders import a_submission

CONTRACT = "def train(d, m): ...\ndef evaluate(d): ...\ndef predict(d, m): ...\n"
#: An entry with room for more.
ENTRY = """
import logging
import joblib
import pandas as pd
from functools import lru_cache, partial
from helpers import *
LOG = logging.getLogger(__name__)
{above}
def train(data, model_dir):
{inside}
    joblib.dump(data["y"].mean(), model_dir / "m")
def evaluate(data):
    return {{"auc": 0.5}}
def predict(data, model_dir):
    return [joblib.load(model_dir / "m")] * len(data)
"""


def idle(inside: str = "pass", above: str = "", **files: str) -> set[str]:
    """Names of what is set aside where `inside` stands in train and `above` before it."""
    body = "\n".join(f"    {line}" for line in inside.splitlines())
    others = {name.replace("__", "/") + ".py": text for name, text in files.items() if name != "other"}
    entry = ENTRY.format(above=above, inside=body)
    modules = read_sources(a_submission({"pipeline.py": entry, "helpers.py": "X = 1\n", **others})).modules
    return {str(getattr(node, "name", "")) for module in modules for node in module.padding} - {""}


PROFILE = """
def profile(table):
    found = table.describe()
    found["share"] = table.isna().mean()
    return found
"""
NESTED = PROFILE + "def audit(table):\n    report = profile(table)\n    return {'rows': len(table), 'found': report}\n"
KEPT = """
class Auditor:
    def __init__(self, table):
        self.table = table
        self.report = {}
    def run(self):
        self.report["rows"] = len(self.table)
        return self
"""

DONE_FOR_NOTHING = {
    "a bare call": ("profile(data)", PROFILE, {"profile"}),
    "a name that nobody reads": ("_ = profile(data)", PROFILE, {"profile"}),
    "what it calls": ("audit(data)", NESTED, {"profile", "audit"}),
    "a table that nobody reads": ("found = {}\nfound['a'] = profile(data)", PROFILE, {"profile"}),
    "a list that nobody reads": (
        "found = []\nfor _ in range(2):\n    found.append(profile(data))",
        PROFILE,
        {"profile"},
    ),
    "a table of the module": ("FOUND['a'] = profile(data)", PROFILE + "FOUND = {}\n", {"profile"}),
    "a key that nobody reads": ("f = {'a': profile(data), 'b': 1}\nprint(f['b'])", PROFILE, {"profile"}),
    "an object that nobody asks": ("Auditor(data).run()", KEPT, {"Auditor"}),
    "a parameter that nobody reads": ("log(profile(data))", PROFILE + "def log(a):\n    LOG.info('x')\n", {"profile"}),
    "a list of functions": ("for look in LOOKS:\n    look(data)", PROFILE + "LOOKS = [profile]\n", {"profile"}),
    "a handler that does nothing": ("try:\n    profile(data)\nexcept Exception:\n    pass", PROFILE, {"profile"}),
    "an assertion that it is there": ("a = profile(data)\nassert a is not None", PROFILE, {"profile"}),
    "an assertion of its type": ("assert isinstance(profile(data), object), 'none'", PROFILE, {"profile"}),
    "a function that nobody calls": ("pass", NESTED, {"profile", "audit"}),
    "a line of a log beside it": (
        "audit(data)",
        PROFILE
        + "def audit(table):\n    LOG.info('audited')\n    report = profile(table)\n"
        + "    wide = report.T.sort_values('mean').head(20).round(3)\n"
        + "    return {'a': wide, 'b': report.sum().to_dict()}\n",
        {"profile", "audit"},
    ),
}


@pytest.mark.parametrize("name", DONE_FOR_NOTHING)
def test_what_is_run_and_thrown_away_is_set_aside(name: str) -> None:
    """A call whose value nobody reads, of what changes nothing, serves nothing, and neither does what it calls."""
    inside, above, expected = DONE_FOR_NOTHING[name]
    assert idle(inside, above) == expected


NEEDED = {
    "an assertion that something was found": (
        "a = profile(data)\nassert a is not None, 'no rows'",
        "def profile(t):\n    found = None\n    for row in t:\n        found = row\n    return found\n",
    ),
    "an assertion that may not end with a value": (
        "assert profile(data) is not None",
        "def profile(t):\n    if len(t):\n        return len(t)\n",
    ),
    "an assertion of a value": ("assert profile(data).size", PROFILE),
    "a check that raises": ("check(data)", "def check(t):\n    if t.empty:\n        raise ValueError('no rows')\n"),
    "a check in a function": (
        "check(data)",
        "def inner(t):\n    assert len(t), 'no rows'\ndef check(t):\n    inner(t)\n    return t\n",
    ),
    "a check that a library makes": (
        "try:\n    parse(data)\nexcept ValueError:\n    data = data.head()",
        "def parse(t):\n    return pd.to_datetime(t['day'])\n",
    ),
    "a log": ("tell(data)", "def tell(t):\n    LOG.info('%d rows', len(t))\n"),
    "a log by level": ("tell(data)", "def tell(t):\n    LOG.log(20, '%d rows', len(t))\n"),
    "a print": ("tell(data)", "def tell(t):\n    summary = t.describe()\n    print(summary)\n"),
    "a file": ("keep(data)", "def keep(t):\n    t.describe().to_csv('d.csv')\n"),
    "a file by its handle": ("keep(data)", "def keep(t):\n    with open('d') as f:\n        f.write(str(t.mean()))\n"),
    "a plot": ("draw(data)", "import matplotlib.pyplot as plt\ndef draw(t):\n    ax = plt.gca()\n    t.plot(ax=ax)\n"),
    "a plot whose axes are dropped": ("draw(data)", "import seaborn as sns\ndef draw(t):\n    a = sns.heatmap(t)\n"),
    "a seed": ("fix()", "import random\ndef fix():\n    random.seed(0)\n"),
    "an option": ("fix()", "def fix():\n    pd.set_option('display.width', 200)\n"),
    "the environment": ("fix()", "import os\ndef fix():\n    os.environ['A'] = '1'\n"),
    "a column that is set": ("widen(data)", "def widen(t):\n    t['y'] = t['a'] * 2\n"),
    "a column that is set in a part": ("widen(data)", "def widen(t):\n    u = t\n    u.loc[:, 'y'] = 1\n"),
    "a list that is filled": ("rows = []\nfill(rows)\nprint(rows)", "def fill(r):\n    r.append(1)\n"),
    "a list in a list": (
        "rows = [[]]\nfill(rows)\nprint(rows)",
        "def fill(r):\n    for x in r:\n        x.append(1)\n",
    ),
    "a value by a key": ("t = {}\nfill(t)\nprint(t)", "def fill(t):\n    t.setdefault('a', []).append(1)\n"),
    "a table by get": ("t = {'a': []}\nfill(t)\nprint(t)", "def fill(t):\n    x = t.get('a')\n    x.append(1)\n"),
    "in place": ("tidy(data)", "def tidy(t):\n    t.drop(columns='a', inplace=True)\n"),
    "an object that is fitted": (
        "m = Model()\nm.fit(data)\nprint(m)",
        "class Model:\n    def fit(self, t):\n        self.a = 1\n",
    ),
    "an estimator given": ("m = Ridge()\nfit(m, data)\nprint(m)", "def fit(m, t):\n    m.fit(t, t['y'])\n"),
    "a global": ("fix()\nprint(A)", "A = 1\ndef fix():\n    global A\n    A = 2\n"),
    "a callback": ("data.apply(each)\nprint(data.apply(each))", "def each(v):\n    return v + 1\n"),
    "a callback that raises": ("data.apply(each)", "def each(v):\n    if v:\n        raise ValueError(v)\n"),
    "a partial": ("print(data.pipe(partial(each, b=1)))", "def each(v, b):\n    return v + b\n"),
    "a step of a pipeline": ("print(FunctionTransformer(each))", "def each(v):\n    return v + 1\n"),
    "a class of a pipeline": (
        "print(Pipeline([('a', Step())]))",
        "class Step:\n    def fit(self, t, y=None):\n        return self\n"
        "    def transform(self, t):\n        return t\n",
    ),
    "a table of functions": ("print(WAYS['a'](data))", "def each(v):\n    return v\nWAYS = {'a': each}\n"),
    "a list of checks": (
        "for check in CHECKS:\n    check(data)",
        "def filled(t):\n    if t.empty:\n        raise ValueError('x')\nCHECKS = [filled]\n",
    ),
    "a list of checks of which one gives a value": (
        "print([check(data) for check in CHECKS])",
        "def filled(t):\n    return len(t)\nCHECKS = (filled,)\n",
    ),
    "a decorator": (
        "print(each(1))",
        "def twice(f):\n    return lambda v: 2 * f(v)\n@twice\ndef each(v):\n    return v\n",
    ),
    "what a decorator registers": ("print(WAYS)", "WAYS = []\n@WAYS.append\ndef each(v):\n    return v\n"),
    "a cache": ("print(each(1))", "@lru_cache\ndef each(v):\n    return v\n"),
    "a context": (
        "with timed():\n    print(1)",
        "from contextlib import contextmanager\n@contextmanager\ndef timed():\n    yield\n    LOG.info('done')\n",
    ),
    "a generator": ("for part in parts(data):\n    print(part)", "def parts(t):\n    yield t\n"),
    "an error of one's own": ("raise Bad('x')", "class Bad(ValueError):\n    pass\n"),
    "an error that is caught": ("try:\n    print(1)\nexcept Bad:\n    raise", "class Bad(ValueError):\n    pass\n"),
    "a default": ("print(f())", "def d():\n    return 1\ndef f(a=d()):\n    return a\n"),
    "a settings class": ("print(S().a)", "from dataclasses import dataclass\n@dataclass\nclass S:\n    a: int = 1\n"),
    "a type alone": ("print(f(1))", "class T(dict):\n    pass\ndef f(a: 'int') -> T:\n    return T(a=a)\n"),
    "a subclass that is found": (
        "print([c for c in B.__subclasses__()])",
        "class B:\n    pass\nclass C(B):\n    pass\n",
    ),
    "a name in a text": ("print(globals()['each'](1))", "def each(v):\n    return v\n"),
    "a name that is put together": (
        "import sys\nfor k in ('a', 'b'):\n    print(getattr(sys.modules[__name__], f'read_{k}')(1))",
        "def read_a(v):\n    return v\ndef read_b(v):\n    return v\n",
    ),
    "a module by name": (
        "import importlib\nm = importlib.import_module('helpers')\nprint(m.each(1))",
        "def each(v):\n    return v\n",
    ),
    "what the module makes": ("print(TABLE)", "def made():\n    return {1: 2}\nTABLE = made()\n"),
    "an await": (
        "import asyncio\nasyncio.run(go())",
        "async def step():\n    print(2)\nasync def go():\n    await step()\n    print(1)\n",
    ),
    "a thread": ("import threading\nthreading.Thread(target=go).start()", "def go():\n    return 1\n"),
    "a walrus": ("if (n := each(1)) > 0:\n    print(n)", "def each(v):\n    return v\n"),
    "a sum in a loop": ("s = 0\nfor v in (1, 2):\n    s += each(v)\nprint(s)", "def each(v):\n    return v\n"),
    "an early end": ("for v in (1, 2):\n    if each(v):\n        break\n    print(v)", "def each(v):\n    return v\n"),
    "a match": ("match each(1):\n    case 1:\n        print(1)", "def each(v):\n    return v\n"),
    "a property": (
        "print(P().a)",
        "def each(v):\n    return v\nclass P:\n    @property\n    def a(self):\n        return each(1)\n",
    ),
    "a method of a part": (
        "print(P().go())",
        "class Q:\n    def b(self):\n        return 1\nclass P:\n    def __init__(self):\n        self.q = Q()\n"
        "    def go(self):\n        return self.q.b()\n",
    ),
    "a warm-up of a library": ("warm(data)", "def warm(t):\n    t.block_until_ready()\n"),
    "an unknown method with a value": (
        "c = Client()\nc.open()\nsend(c, data)",
        "def send(c, t):\n    c.push_rows(t)\n",
    ),
}


@pytest.mark.parametrize("name", NEEDED)
def test_what_somebody_needs_is_not_set_aside(name: str) -> None:
    """Code that does something, or whose value goes somewhere, counts, whatever the way there."""
    inside, above = NEEDED[name]
    assert idle(inside, above) == set()


@pytest.mark.parametrize(
    "files",
    [
        {"tests/test_a.py": "from pipeline import profile\ndef test_a():\n    assert profile(1)\n"},
        {"pyproject.toml": '[project.scripts]\nlook = "pipeline:profile"\n'},
        {"Makefile": 'look:\n\tpython -c "import pipeline; pipeline.profile()"\n'},
    ],
)
def test_what_is_called_from_outside_is_not_set_aside(files: dict[str, str]) -> None:
    """A function that tests or a command call counts, though the entry never does."""
    submission = a_submission({"pipeline.py": ENTRY.format(above=PROFILE, inside="    pass"), **files})
    assert not any(module.padding for module in read_sources(submission).modules)


def test_tests_alone_do_not_make_a_thrown_away_value_needed() -> None:
    """Where the product runs a function and lets its value go, tests of it change nothing."""
    test = "from pipeline import profile\ndef test_a():\n    assert profile(1)\n"
    entry = ENTRY.format(above=PROFILE, inside="    profile(data)")
    modules = read_sources(a_submission({"pipeline.py": entry, "tests/test_a.py": test})).modules
    assert [node.name for module in modules for node in module.padding] == ["profile"]


def test_a_place_in_what_is_thrown_away_is_named() -> None:
    """A module that mostly serves nothing is told with its functions, and none of a module that is used."""
    mostly = ENTRY.format(above="import look", inside="    look.profile(data)")
    sources = read_sources(a_submission({"pipeline.py": mostly, "look.py": PROFILE}))
    assert [(module.path, unit.name) for module, unit in dead.thrown_away(sources)] == [("look.py", "profile")]
    sources = read_sources(a_submission({"pipeline.py": ENTRY.format(above=PROFILE, inside="    profile(data)")}))
    assert dead.thrown_away(sources) == []


def test_no_fault_is_planted_in_what_is_thrown_away() -> None:
    """Tests of code that serves nothing notice no fault, as there is none to notice."""
    test = "import look, pandas as pd\ndef test_a():\n    assert len(look.profile(pd.DataFrame({'a': [1]})))\n"
    entry = ENTRY.format(above="import look", inside="    look.profile(data)")
    submission = a_submission({"pipeline.py": entry, "look.py": PROFILE, "tests/test_a.py": test})
    everywhere = {"pipeline.py": frozenset[int](), "look.py": frozenset[int]()}
    assert {fault.path for fault in plan(submission, everywhere, 1).faults} == {"pipeline.py"}
    assert not suite.effective(read_sources(submission))


@pytest.mark.parametrize(
    "source",
    [
        "\n".join(f"def f{n}():\n    return f{n + 1}()" for n in range(900))
        + "\ndef f900():\n    return 1\nprint(f0())\n",
        "def f(a):\n" + "\n".join(f"    a{n} = a{n + 1}" for n in range(900)) + "\n    return a0\nprint(f(1))\n",
        "def f(a):\n    if a:\n        pass\n" + "    elif a:\n        pass\n" * 900 + "print(f(1))\n",
        "print(a" + ".b" * 900 + ")\n",
    ],
)
def test_long_ways_are_followed_in_bounds(source: str) -> None:
    """Whatever somebody writes, the search ends, and where it is given up nothing is set aside."""
    assert not any(m.idle for m in read_sources(a_submission({"pipeline.py": CONTRACT + source})).modules)
