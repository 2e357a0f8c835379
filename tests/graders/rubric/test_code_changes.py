"""What a change of the code does to its points: damage lowers the right ones, improvement raises them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from tests.graders.variants import Points, points, reference

Files = dict[str, str]


def each_module(change: Callable[[ast.Module], None]) -> Callable[[Files], Files]:
    """A change of the tree of every module outside the tests."""

    def changed(files: Files) -> Files:
        return {path: _changed(path, text, change) for path, text in files.items()}

    return changed


def _changed(path: str, text: str, change: Callable[[ast.Module], None]) -> str:
    if not path.endswith(".py") or path.startswith("tests/"):
        return text
    tree = ast.parse(text)
    change(tree)
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def untyped(tree: ast.Module) -> None:
    for function in functions(tree):
        function.returns = None
        for argument in (*function.args.args, *function.args.kwonlyargs):
            argument.annotation = None


def undocumented(tree: ast.Module) -> None:
    for function in (tree, *functions(tree)):
        if ast.get_docstring(function):
            function.body = function.body[1:] or [ast.Pass()]


def one_letter(tree: ast.Module) -> None:
    """Every local variable gets a short name of its own."""
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        local = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        short = {name: f"{'abcdghpqrstuvwz'[i % 15]}{i // 15 or ''}" for i, name in enumerate(dict.fromkeys(local))}
        for node in ast.walk(function):
            if isinstance(node, ast.Name):
                node.id = short.get(node.id, node.id)
            elif isinstance(node, ast.arg):
                node.arg = short.get(node.arg, node.arg)


def swallowing(tree: ast.Module) -> None:
    for function in functions(tree):
        handler = ast.ExceptHandler(type=None, name=None, body=[ast.Pass()])
        doc = function.body[:1] if ast.get_docstring(function) else []
        function.body = [*doc, ast.Try(function.body[len(doc) :] or [ast.Pass()], [handler], [], [])]


def chatty(tree: ast.Module) -> None:
    for function in functions(tree):
        said = ast.parse(f"print('in {function.name}')").body
        function.body = (
            [*function.body[:1], *said, *function.body[1:]] if ast.get_docstring(function) else said + function.body
        )


def stateful(tree: ast.Module) -> None:
    for function in functions(tree):
        index = 1 if ast.get_docstring(function) else 0
        function.body[index:index] = ast.parse(
            f"global STATE_{function.name.upper()}\nSTATE_{function.name.upper()} = 1"
        ).body


def without(prefix: str) -> Callable[[Files], Files]:
    return lambda files: {path: text for path, text in files.items() if not path.startswith(prefix)}


def unpinned(files: Files) -> Files:
    return files | {"requirements.txt": re.sub(r"==.*", "", files["requirements.txt"])}


def copied(files: Files) -> Files:
    """All that builds features, once more under other names."""
    text = files["churn/features.py"]
    again = re.sub(r"^def (\w+)", r"def \1_again", text[text.index("\n\n\ndef ") :], flags=re.MULTILINE)
    return files | {"churn/features.py": text + again}


def one_module(files: Files) -> Files:
    """Everything at one level, in one file, imports first."""
    own = [path for path in files if path.startswith("churn/")]
    text = "\n\n".join(files[path].strip("\n") for path in (*own, "pipeline.py"))
    lines = re.sub(r"\b(features|schema|config|validation)\.(?=\w+\b)", "", text).split("\n")
    imports = sorted({line for line in lines if re.match(r"(import|from) (?!__future__|churn|\.)", line)})
    rest = [line for line in lines if not re.match(r"(import|from) ", line)]
    kept = {path: body for path, body in files.items() if path not in own}
    return kept | {"pipeline.py": "\n".join([*imports, "", "", *rest]) + "\n"}


def loose(files: Files) -> Files:
    """Training code that runs on import."""
    work = "\n".join(f"table_{n} = load_table({n}).dropna().reset_index()" for n in range(150))
    return files | {"pipeline.py": files["pipeline.py"] + "\n\n" + work + "\n"}


def unparsable(files: Files) -> Files:
    return files | {"churn/extra.py": "def half(:\n" + "    x = 1\n" * 80}


#: Damage -> the criterion that must fall by at least so many points; no other may fall by more than ELSEWHERE.
DAMAGE: dict[str, tuple[Callable[[Files], Files], str, float]] = {
    "no types": (each_module(untyped), "readability", 1.0),
    "no docstrings": (each_module(undocumented), "readability", 1.2),
    "one-letter names": (each_module(one_letter), "readability", 0.3),
    "swallowed errors": (each_module(swallowing), "error-handling", 0.5),
    "prints": (each_module(chatty), "error-handling", 1.0),
    "global state": (each_module(stateful), "structure", 0.3),
    "no tests": (without("tests/"), "tests", 4.0),
    "no README": (without("README"), "hygiene", 1.0),
    "no pins": (unpinned, "environment", 0.8),
    "no requirements": (without("requirements"), "environment", 2.0),
    "a copied block": (copied, "complexity-duplication", 0.15),
    "one module": (one_module, "structure", 0.5),
    "work on import": (loose, "structure", 0.5),
    "a file that does not parse": (unparsable, "structure", 1.5),  # its share of the lines
}
ELSEWHERE = 1.0
#: A parse failure is meant to cap all that is read off the code; a swallowed or a hidden name is an error to ruff too.
ALSO = {
    "a file that does not parse": {"complexity-duplication", "correctness", "readability", "error-handling", "tests"},
    "swallowed errors": {"correctness"},
    "global state": {"correctness", "readability"},
    "one module": {"correctness", "readability"},
    "work on import": {"correctness", "complexity-duplication", "readability", "error-handling"},
    "no README": {"environment"},
}


@pytest.fixture(scope="module")
def damaged() -> dict[str, Points]:
    good = reference("good")
    plain = each_module(lambda _: None)(good)
    made = {name: change(good) for name, (change, _, _) in DAMAGE.items()}
    return points({"good": good, "plain": plain} | made)


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_lowers_the_right_criterion(name: str, damaged: dict[str, Points]) -> None:
    """One kind of damage to a good submission costs points where it belongs, and hardly anything elsewhere."""
    change, criterion, least = DAMAGE[name]
    before = damaged["plain" if change.__name__ == "changed" else "good"]
    lost = {key: before[key] - damaged[name][key] for key in before if key != "total"}
    assert lost[criterion] >= least
    assert {k: v for k, v in lost.items() if v > ELSEWHERE and k != criterion and k not in ALSO.get(name, ())} == {}
    assert min(lost.values()) > -0.3


def shared(files: Files) -> Files:
    """The block that is written three times becomes a function."""
    text = files["pipeline.py"]
    start, end = "    d = pd.to_datetime(df['snapshot_date'])", "        df['pm_'+v] = (df['payment_method'] == v)*1\n"
    block = text[text.index(start) : text.index(end) + len(end)]
    helper = f"def features(df):\n    df = df.copy()\n{block}    return df\n\n"
    return files | {
        "pipeline.py": text.replace(block, "    df = features(df)\n").replace("def train", helper + "def train", 1)
    }


def imported(files: Files) -> Files:
    """Imports by name, and only those in use."""
    text = re.sub(r"(?s)\A.*?(?=M = None)", "", files["pipeline.py"])
    imports = "import pickle\n\nimport numpy as np\nimport pandas as pd\n"
    imports += (
        "from sklearn.ensemble import HistGradientBoostingClassifier\nfrom sklearn.metrics import roc_auc_score\n\n"
    )
    return files | {"pipeline.py": imports + text}


def honest(files: Files) -> Files:
    """Neither a swallowed error nor global state."""
    text = re.sub(r"    try:\n(?s:.*?)        pass\n", "", files["pipeline.py"])
    text = (
        text.replace("    global M, cols\n", "")
        .replace("    M = m\n", "")
        .replace("M = None\ncols = None\ntmp = []\n", "")
    )
    return files | {"pipeline.py": text}


def logged(files: Files) -> Files:
    text = re.sub(r"\bprint\((.*)\)", r'log.info("%s", (\1))', files["pipeline.py"])
    text = text.replace("import pickle\n", "import logging\nimport pickle\n", 1)
    return files | {"pipeline.py": text.replace("\n\n\n", "\n\nlog = logging.getLogger(__name__)\n\n", 1)}


#: What each function takes, gives and says once it is documented.
DOCUMENTED = {
    "features(df)": ("features(df: pd.DataFrame) -> pd.DataFrame", "Numbers for the model, each from its own row."),
    "train(data, model_dir)": (
        "train(data: pd.DataFrame, model_dir: Path) -> None",
        "Fit on labelled rows and save what scoring needs.",
    ),
    "evaluate(data)": (
        "evaluate(data: pd.DataFrame) -> dict[str, float]",
        "Estimate forward in time on customers left out.",
    ),
    "predict(data, model_dir)": (
        "predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray",
        "Probability of leaving for each row given.",
    ),
}


def documented(files: Files) -> Files:
    text = files["pipeline.py"].replace("import pickle\n", "import pickle\nfrom pathlib import Path\n", 1)
    for bare, (full, said) in DOCUMENTED.items():
        text = text.replace(f"def {bare}:", f'def {full}:\n    """{said}"""')
    return files | {"pipeline.py": text}


def formatted(files: Files) -> Files:
    return {path: ast.unparse(ast.parse(text)).replace("\ndef ", "\n\ndef ") + "\n" for path, text in files.items()}


def pinned(files: Files) -> Files:
    return files | {"requirements.txt": "numpy==2.4.6\npandas==3.1.1\nscikit-learn==1.9.0\n"}


def explained(files: Files) -> Files:
    return files | {"README.md": reference("good")["README.md"]}


def with_tests(files: Files) -> Files:
    tests = "\n\n".join(
        f"def test_{name}(rows):\n    assert list(pipeline.features(rows)['{name}']) == [{n}]"
        for n, name in enumerate("abcd")
    )
    return files | {"tests/test_features.py": f"import pipeline\n\n\n{tests}\n"}


STEPS = (shared, imported, honest, logged, documented, formatted, pinned, explained, with_tests)


def test_every_improvement_of_the_ugly_one_pays() -> None:
    """Step by step from a file that works and nobody wants to read: each step raises the points."""
    states = {"ugly": {k: v for k, v in reference("ugly_but_right").items() if k == "pipeline.py"}}
    for step in STEPS:
        states[step.__name__] = step(list(states.values())[-1])
    totals = [(name, round(found["total"], 2)) for name, found in points(states).items()]
    assert [name for (_, before), (name, after) in pairwise(totals) if after <= before] == [], totals
    assert totals[-1][1] - totals[0][1] > 12
