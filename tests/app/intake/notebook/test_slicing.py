"""What of a notebook becomes the pipeline, and what it then does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from app.intake.notebook.read import read_notebook
from tests.app.intake.make import notebook

REST = "def evaluate(data):\n    return {}\ndef predict(data, model_dir):\n    return []"


@dataclass(frozen=True)
class Cut:
    """Cells, what `train(None, None)` of their slice returns, and texts that are kept or left out."""

    name: str
    cells: tuple[str, ...]
    gives: object
    kept: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def case(name: str, *cells: str, gives: object, kept: str = "", left: str = "") -> Cut:
    return Cut(name, cells, gives, tuple(kept.split("|")) if kept else (), tuple(left.split("|")) if left else ())


def train(expression: str) -> str:
    return f"def train(data, model_dir):\n    return {expression}"


CASES = [
    case("only the functions", train("1"), gives=1),
    case("imports", "import math\nimport json", train("math.floor(1.5)"), gives=1, left="json"),
    case("import under another name", "import math as m, json", train("m.floor(2.5)"), gives=2),
    case("from import in a function", train("__import__('math').pi > 3"), gives=True),
    case("chain", "A = 1", "B = A + 1", "C = B * 2", "D = C", train("C"), gives=4, left="D ="),
    case("helper functions", "def f(): return g()", "def g(): return K", "K = 3", train("f()"), gives=3),
    case("a definition after its user", train("LATE"), "LATE = 5", gives=5),
    case("last definition wins", "def f(): return 1", train("f()"), "def f(): return 2", gives=2, left="return 1"),
    case("earlier value is kept where used", "A = 1", "B = A", "A = 2", train("(A, B)"), gives=(2, 1)),
    case("a function called before its global changes", "A = 1", "def f(): return A", "B = f()", "A = 9",
         train("(B, A)"), gives=(1, 9)),
    case("alias of a function called later", "A = 1", "def f(): return A", "g = f", "A = 2", "B = g()",
         train("B"), gives=2),
    case("append", "X = []", "X.append(1)", train("X"), gives=[1]),
    case("append to something else", "X = []\nY = []", "Y.append(1)", train("X"), gives=[], left="Y"),
    case("augmented assignment", "F = ['a']", "F += ['b']", train("F"), gives=["a", "b"]),
    case("item assignment", "D = {}", "D['k'] = 1", train("D"), gives={"k": 1}),
    case("item deletion", "D = {'k': 1, 'm': 2}", "del D['k']", train("D"), gives={"m": 2}),
    case("attribute assignment", "class C: pass", "c = C()", "c.x = 3", train("c.x"), gives=3),
    case("nested mutation", "D = {'a': []}", "D['a'].append(2)", train("D"), gives={"a": [2]}),
    case("mutation before a new value", "X = []\nX.append(1)", "X = [5]", train("X"), gives=[5], left="append"),
    case("alias", "X = [1]", "Y = X", "Y.append(2)", train("X"), gives=[1, 2]),
    case("alias bound to itself", "X = [1]", "Y = X", "Y = Y", "Y.append(2)", train("X"), gives=[1, 2]),
    case("alias that was bound anew", "X = [1]", "Y = X", "Y = []", "Y.append(2)", train("X"), gives=[1], left="Y"),
    case("decorator that registers", "R = {}", "def reg(f):\n    R[f.__name__] = f\n    return f",
         "@reg\ndef a(): return 1", "@reg\ndef b(): return 2", train("sorted(R)"), gives=["a", "b"]),
    case("decorator's own needs", "N = 2", "def twice(f): return lambda: f() * N", "@twice\ndef a(): return 4",
         train("a()"), gives=8),
    case("default argument", "K = 3", "def f(x=K): return x", "K = 4", train("f()"), gives=3, kept="K = 3"),
    case("keyword default and annotation", "T = int", "def f(*, x: T = 1) -> T: return x", train("f()"), gives=1),
    case("class attribute and base", "V = 7", "class A: v = V", "class B(A): pass", train("B.v"), gives=7),
    case("method's global", "V = 7", "class A:\n    def m(self): return V", train("A().m()"), gives=7),
    case("class body uses its own name twice", "cols = [1]", "class A:\n    cols = cols", train("A.cols"), gives=[1]),
    case("comprehension's variable is not global", "x = undefined_name", "S = [x for x in range(3)]",
         train("S"), gives=[0, 1, 2], left="undefined"),
    case("function's local is not global", "df = undefined_name", train("[df for df in (1,)]"), gives=[1],
         left="undefined"),
    case("walrus in a comprehension", "L = [(y := i) for i in range(3)]", train("y"), gives=2),
    case("if and else", "import sys", "if sys.maxsize > 1:\n    A = 1\nelse:\n    A = 2", train("A"), gives=1),
    case("if without else keeps the earlier value", "A = 1", "if not A:\n    A = 2", train("A"), gives=1),
    case("if and else replace the earlier value", "A = undefined_name",
         "if len('a'):\n    A = 1\nelse:\n    A = 2", train("A"), gives=1, left="undefined"),
    case("try", "try:\n    import no_such_module as m\nexcept ImportError:\n    m = None", train("m"), gives=None),
    case("for loop", "T = 0", "for i in range(4):\n    T += i", train("T"), gives=6),
    case("while loop", "n = 0", "while n < 3:\n    n += 1", train("n"), gives=3),
    case("with", "import contextlib", "with contextlib.suppress(KeyError):\n    A = 1", train("A"), gives=1),
    case("tuple targets and stars", "a, (b, *c) = 1, (2, 3, 4)", train("(a, b, c)"), gives=(1, 2, [3, 4])),
    case("several statements in a line", "a = 1; b = a + 1; print('x')", train("b"), gives=2),
    case("global state set by a call", "N = 0", "def setup():\n    global N\n    N = 5", "setup()", train("N"),
         gives=5),
    case("a call that changes its argument", "F = []", "def add(to): to.append(1)", "add(F)", train("F"), gives=[1]),
    case("a call that changes a global", "F = []", "def add(): F.append(1)", "add()", train("F"), gives=[1]),
    case("method that sets", "class C:\n    x = 0\n    def put(self, v): self.x = v", "c = C()", "c.put(4)",
         train("c.x"), gives=4),
    case("looking is left out", "X = [1]", "X.index(1)", "print(X)", "len(X)", train("X"), gives=[1],
         left="index|print|len"),
    case("trying out is left out", train("1"), "train(frame, 'm')", "r = train(frame, 'm')", gives=1, left="frame"),
    case("state that only trying out sets", "S = {}", "def train(data, model_dir):\n    S['x'] = 1\n    return len(S)",
         "train(None, None)", gives=1, left="train(None"),
    case("fitting on data is left out", "class M:\n    n = 0\n    def fit(self, x): self.n += 1", "import pandas as pd",
         "df = pd.read_csv('data.csv')", "m = M()", "m.fit(df)", train("m.n"), gives=0, left="read_csv|m.fit"),
    case("fitting on constants is kept", "class M:\n    n = 0\n    def fit(self, x): self.n += x", "m = M()",
         "m.fit(3)", train("m.n"), gives=3),
    case("plots are left out", "import math as plt", "df = undefined_name", "plt.plot(df)\nplt.show()",
         "plt.floor(df)", train("plt.floor(1.5)"), gives=1, left="plot|undefined"),
    case("settings of a needed module", "import random", "random.seed(1)", "x = random.random()",
         train("random.__name__"), gives="random", kept="seed(1)", left="x ="),
    case("search path", "import sys", "sys.path.append('src')", train("1"), gives=1, kept="sys.path.append"),
    case("environment set from a file", "import os\nos.environ['KEY'] = open('key.txt').read()", train("os.sep"),
         gives="/", left="KEY"),
    case("environment set to a constant", "import os", "os.environ['ASSAY_TEST'] = '1'", train("1"), gives=1,
         kept="ASSAY_TEST"),
    case("main guard", train("A"), "A = 1", "if __name__ == '__main__':\n    A = 2", gives=1, left="__main__"),
    case("deleted after use", "A = 1", "B = A", "del A", train("B"), gives=1, left="del A"),
    case("future import in a later cell", "A = 1", "from __future__ import annotations",
         "def f(x: Unknown): return A", train("f(0)"), gives=1),
    case("star import", "from math import *", train("floor(1.5)"), gives=1),
    case("star import not needed", "from math import *", train("len([1])"), gives=1, left="math"),
    case("lambda", "K = 2", "f = lambda x: x * K", train("f(3)"), gives=6),
    case("nested functions and nonlocal", "K = 1", "def f():\n    a = 1\n    def g():\n        nonlocal a\n"
         "        a += K\n        return a\n    return g()", train("f()"), gives=2),
    case("recursion", "def f(n): return 1 if n < 1 else g(n)", "def g(n): return f(n - 1)", train("f(3)"), gives=1),
    case("match", "v = (1, 2)", "match v:\n    case (a, b):\n        S = a + b", train("S"), gives=3),
    case("text with percent and question marks", 'S = """\n%matplotlib inline\n!ls\nwhat?\n"""', train("len(S)"),
         gives=30, kept="!ls"),
    case("percent as an operator on its own line", "A = (7\n%4)", train("A"), gives=3),
    case("assignment from memory", "import io", "class pd:\n    read_csv = staticmethod(lambda f: f.read())",
         "T = pd.read_csv(io.StringIO('a'))", train("T"), gives="a"),
    case("annotated assignment", "A: int = 2", "B: int", train("A"), gives=2),
    case("conditional expression and chained targets", "a = b = [1]", "b.append(2)", train("a"), gives=[1, 2]),
]  # fmt: skip


@pytest.mark.parametrize("cut", CASES, ids=lambda c: c.name)
def test_a_slice_keeps_what_is_needed_and_does_the_same(cut: Cut) -> None:
    """The program cut from a notebook behaves as the notebook run top to bottom, without its exploration."""
    program = read_notebook(notebook(*cut.cells, REST), "nb.ipynb", frozenset()).program.decode()
    space: dict[str, Any] = {"__name__": "pipeline"}
    exec(compile(program, "pipeline.py", "exec"), space)  # noqa: S102 - the cells above
    assert space["train"](None, None) == cut.gives
    assert [text for text in cut.kept if text not in program] == []
    assert [text for text in cut.left if text in program] == []
