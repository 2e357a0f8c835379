"""How well copies of a work are found, and who is paired without being one.

Run as `python -m benchmarks.similarity [--dolos FOLDER] [FOLDER ...]`.  Works are the references of each shipped
challenge and the pipelines of the leakage corpus; each FOLDER holds public answers to one task, one folder an answer.
Every work is copied in seven ways, and each copy is looked for among all works of its pool.

`--dolos` names a folder with `npm install @dodona/dolos-lib`.  Dolos then compares the same pairs, each work
as one file and the starter kit as its template.  It has no threshold of its own: it gets those that find most copies at
a precision of .98, and with nobody named wrongly, on these very pairs.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graders.model.submission import Source
from graders.similarity.fingerprints import Fingerprints, fingerprints
from graders.similarity.pairs import LEAST_SHARED, pool

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = frozenset({"train", "evaluate", "predict"})
Work = tuple[Source, ...]
#: At which Dolos is shown.
PRECISIONS = (0.98, 1.0)


@dataclass(frozen=True)
class Looked:
    """One pair that was looked at: whether it is a copy and its original, whether we name it, and how alike Dolos finds
    it, from 0 to 1."""

    pool: str
    copy: bool
    ours: bool
    theirs: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--dolos", type=Path)
    options = parser.parse_args()
    if options.dolos is None:
        show_ours(options.folders)
    else:
        beside_dolos(options.folders, options.dolos)


def show_ours(folders: list[Path]) -> None:
    """Print, pool by pool, false pairs and the copies found of those that are long enough to be compared."""
    print(f"{'pool':<28} works  pairs  false  " + "  ".join(f"{name:<12}" for name in WAYS))
    for name, (works, kit) in pools(folders).items():
        prints = {key: fingerprints(work) for key, work in works.items()}
        false = pool(prints, kit_prints(kit)).pairs()
        cells = [copies_found(works, prints, kit_prints(kit), way) for way in WAYS.values()]
        count = len(works)
        print(f"{name:<28} {count:>5} {count * (count - 1) // 2:>6} {len(false):>6}  " + "  ".join(cells))
        for pair in false:
            print(f"    {pair.first} and {pair.second}: {pair.share:.2f} of the shorter, {pair.shared:.0f} weighted")
    print(speed(pools([])["corpus"][0]))


def beside_dolos(folders: list[Path], dolos: Path) -> None:
    """Print recall and precision of both on the same pairs, pool by pool and together."""
    looked = [one for name, (works, kit) in pools(folders).items() for one in looked_at(name, works, kit, dolos)]
    thresholds = [best_threshold(looked, precision) for precision in PRECISIONS]
    heads = "".join(f" by Dolos from {threshold:.2f} | wrongly |" for threshold in thresholds)
    print(f"| pool | copies | other pairs | found by us | wrongly |{heads}")
    print("|---" * (5 + 2 * len(thresholds)) + "|")
    for name in (*dict.fromkeys(one.pool for one in looked), "together"):
        own = [one for one in looked if name in (one.pool, "together")]
        copies = sum(one.copy for one in own)
        cells = []
        for named in ([one.ours for one in own], *([one.theirs >= least for one in own] for least in thresholds)):
            right = sum(yes and one.copy for yes, one in zip(named, own, strict=True))
            cells.append(f"{right} | {sum(named) - right}")
        print(f"| {name} | {copies} | {len(own) - copies:,} | {' | '.join(cells)} |")


def looked_at(name: str, works: Mapping[str, Work], kit: Work, dolos: Path) -> list[Looked]:
    """Every two works, and every copy with every work; all copies count, however short."""
    prints = {key: fingerprints(work) for key, work in works.items()}
    template, keys, texts = kit_prints(kit), list(works), [as_one_file(work) for work in works.values()]
    named = {frozenset((pair.first, pair.second)) for pair in pool(prints, template).pairs()}
    places = [(one, other) for one in range(len(keys)) for other in range(one)]
    ours = [frozenset((keys[one], keys[other])) in named for one, other in places]
    copy = [False] * len(places)
    for way in WAYS.values():
        for number, (key, original) in enumerate(works.items()):
            if number % max(1, len(works) // 60):
                continue
            made = copied(original, way, number)
            pairs = pool({**prints, "copy": fingerprints(made)}, template).pairs("copy")
            partners = {each for pair in pairs for each in (pair.first, pair.second)}
            places += [(len(texts), other) for other in range(len(keys))]
            ours += [other in partners for other in keys]
            copy += [other == key for other in keys]
            texts.append(as_one_file(made))
    theirs = similarities(texts, as_one_file(kit), places, dolos)
    return [Looked(name, *one) for one in zip(copy, ours, theirs, strict=True)]


def best_threshold(looked: list[Looked], precision: float) -> float:
    """The similarity from which most copies are found with at least this precision."""
    order = sorted(looked, key=lambda one: -one.theirs)
    alike, right = np.asarray([one.theirs for one in order]), np.cumsum([one.copy for one in order])
    sound = (right >= precision * np.arange(1, len(order) + 1)) & (np.append(alike[1:], -1) < alike)
    return float(alike[np.flatnonzero(sound)[-1]]) if sound.any() else 1.0


def similarities(texts: list[str], ignored: str, pairs: list[tuple[int, int]], dolos: Path) -> list[float]:
    """What Dolos says of each pair of files."""
    with tempfile.TemporaryDirectory(prefix="assay-dolos-") as folder:
        files = [Path(folder) / f"{number}.py" for number in range(len(texts))]
        template = Path(folder) / "template.py" if ignored else None
        for path, text in zip([*files, *([template] if template else [])], [*texts, ignored], strict=False):
            path.write_text(text, encoding="utf-8")
        asked = {"files": [str(path) for path in files], "ignored": template and str(template), "pairs": pairs}
        command = ["node", str(ROOT / "benchmarks" / "dolos.mjs"), str(dolos.resolve())]
        done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    found: list[float] = json.loads(done.stdout)
    return found


def as_one_file(work: Work) -> str:
    return "\n".join(source.text.decode("utf-8", "replace") for source in work)


def kit_prints(kit: Work) -> list[Fingerprints]:
    return [fingerprints(kit)] if kit else []


def pools(folders: list[Path]) -> dict[str, tuple[dict[str, Work], Work]]:
    """Works by key, and what everybody was given, by name of the pool."""
    found: dict[str, tuple[dict[str, Work], Work]] = {}
    for challenge in ("ml_pipeline", "store_demand", "ticket_routing"):
        home = ROOT / "challenges" / challenge
        works = {path.stem: work(path) for path in sorted((home / "reference").iterdir()) if path.stem[0] != "_"}
        found[challenge] = (works, work(home / "starter"))
    corpus = ROOT / "benchmarks" / "leakage_corpus"
    scripts = [
        path for part in ("honest", "leaky") for path in sorted((corpus / part).iterdir()) if path.stem[0] != "_"
    ]
    found["corpus"] = ({f"{p.parent.name}/{p.stem}": work(p) for p in scripts}, found["ml_pipeline"][1])
    for folder in folders:
        answers = [path for path in sorted(folder.iterdir()) if path.is_dir()]
        found[folder.name] = ({path.name: work(path) for path in answers}, ())
    return found


def work(path: Path) -> Work:
    """All Python of a file or folder."""
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return tuple(source for file in files for source in _sources(file))


def _sources(file: Path) -> Iterator[Source]:
    if file.suffix == ".py":
        yield Source(str(file), file.read_bytes())
    elif file.suffix == ".ipynb":
        cells = json.loads(file.read_text(errors="replace"))["cells"]
        lines = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code").split("\n")
        yield Source(str(file), "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in lines).encode())


class Renamed(ast.NodeTransformer):
    """Every name that the text gives becomes another; docstrings and annotations go."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        for field in ("id", "arg", "attr", "name"):
            old = getattr(node, field, None)
            if isinstance(old, str):
                setattr(node, field, self.names.get(old, old))
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None and not isinstance(node, ast.AnnAssign):
                setattr(node, field, None)
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and len(node.body) > 1:
            node.body = node.body[1:]
        return node


class Edited(ast.NodeTransformer):
    """Other numbers, and before one statement in five one that does nothing."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(node.value + 1) if type(node.value) in (int, float) else node  # type: ignore[operator]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        body: list[ast.stmt] = []
        for statement in node.body:
            body += ast.parse("len('one step done')").body if self.rng.random() < 0.2 else []
            body.append(statement)
        node.body = body
        return node


class Rewritten(ast.NodeTransformer):
    """The same steps in another form: types, names for steps and results, loops for comprehensions, no f-strings,
    conditions the other way round, named arguments in another order."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        for argument in node.args.args + node.args.kwonlyargs:
            argument.annotation = ast.Name("object")
        node.returns = ast.Name("object")
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        value, target = node.value, node.targets[0]
        if isinstance(target, ast.Name) and isinstance(value, ast.ListComp) and len(value.generators) == 1:
            part = value.generators[0]
            body: list[ast.stmt] = ast.parse(f"{target.id}.append(0)").body
            body[0].value.args = [value.elt]  # type: ignore[attr-defined]
            for condition in reversed(part.ifs):
                body = [ast.If(condition, body, [])]
            return [*ast.parse(f"{target.id} = []").body, ast.For(part.target, part.iter, body, [])]
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            inner = value.func.value
            if isinstance(inner, ast.Call):
                value.func.value = ast.Name("step")
                return [ast.Assign([ast.Name("step", ast.Store())], inner), node]
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Name | ast.Constant):
            return node
        return [ast.Assign([ast.Name("outcome", ast.Store())], node.value), ast.Return(ast.Name("outcome"))]

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        self.generic_visit(node)
        gaps = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        return ast.Call(ast.Attribute(ast.Constant("{} " * len(gaps)), "format"), gaps, [])

    def visit_If(self, node: ast.If) -> ast.If:
        self.generic_visit(node)
        return ast.If(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body) if node.orelse else node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        node.keywords.reverse()
        return node


def rewritten(tree: ast.Module, _rng: random.Random) -> list[ast.Module]:
    return [Rewritten().visit(tree)]


def renamed(tree: ast.Module, rng: random.Random) -> list[ast.Module]:
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    named = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    given = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    names = {name: f"v{rng.randrange(10**9)}" for name in sorted((stored | named | given) - CONTRACT)}
    return [Renamed(names).visit(tree)]  # type: ignore[list-item]


def reordered(tree: ast.Module, rng: random.Random) -> list[ast.Module]:
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    rest = [node for node in tree.body if node not in definitions]
    rng.shuffle(definitions)
    return [ast.Module([*rest, *definitions], [])]


def split(tree: ast.Module, rng: random.Random) -> list[ast.Module]:
    parts: list[list[ast.stmt]] = [[], [], []]
    for node in tree.body:
        parts[rng.randrange(3) if isinstance(node, ast.FunctionDef | ast.ClassDef) else 0].append(node)
    return [ast.Module(part, []) for part in parts]


def edited(tree: ast.Module, rng: random.Random) -> list[ast.Module]:
    return [Edited(rng).visit(tree)]


def everything(tree: ast.Module, rng: random.Random) -> list[ast.Module]:
    for way in (renamed, rewritten, edited):
        (tree,) = way(tree, rng)
        tree = ast.parse(ast.unparse(ast.fix_missing_locations(tree)))
    return split(reordered(tree, rng)[0], rng)


def wrapped(tree: ast.Module, rng: random.Random) -> list[ast.Module]:
    """What stands loose goes into one function, the definitions into a class: a notebook tidied up."""
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    loose = [node for node in tree.body if node not in definitions]
    rng.shuffle(definitions)
    main = ast.parse("def main(): pass").body[0]
    whole = ast.parse("class Whole: pass").body[0]
    if isinstance(main, ast.FunctionDef) and isinstance(whole, ast.ClassDef):
        main.body, whole.body = loose or main.body, list(definitions) or whole.body
    return [ast.Module([whole, main], [])]


Way = Callable[[ast.Module, random.Random], list[ast.Module]]
WAYS: Mapping[str, Way] = {
    "renamed": renamed,
    "reordered": reordered,
    "split": split,
    "edited": edited,
    "wrapped": wrapped,
    "rewritten": rewritten,
    "all at once": everything,
}


def copied(original: Work, way: Way, seed: int) -> Work:
    """A copy, with other files, comments and layout."""
    rng = random.Random(seed)  # noqa: S311 - copies, no secrets
    parts = []
    for source in original:
        try:
            modules = way(ast.parse(source.text), rng)
        except SyntaxError:
            continue
        parts += [ast.unparse(ast.fix_missing_locations(module)) for module in modules]
    return tuple(Source(f"part{number}.py", text.encode()) for number, text in enumerate(parts))


def copies_found(
    works: Mapping[str, Work], prints: Mapping[str, Fingerprints], kit: list[Fingerprints], way: Way
) -> str:
    """Copies found / works long enough to be compared, and wrong partners named beside them."""
    hits = long = wrong = 0
    for number, (key, original) in enumerate(works.items()):
        if number % max(1, len(works) // 60):
            continue
        among = pool({**prints, "copy": fingerprints(copied(original, way, number))}, kit)
        weight = among.has @ among.weights
        if min(weight[among.keys.index(key)], weight[among.keys.index("copy")]) < LEAST_SHARED:
            continue
        partners = {name for pair in among.pairs("copy") for name in (pair.first, pair.second)} - {"copy"}
        long, hits, wrong = long + 1, hits + (key in partners), wrong + len(partners - {key})
    return f"{hits}/{long} +{wrong}".ljust(12)


def speed(works: Mapping[str, Work]) -> str:
    """CPU seconds for 500 works, read and compared, and for one more."""
    many = {f"{key} {n}": value for n in range(3) for key, value in works.items()}
    many = dict(list(many.items())[:500])
    start = time.process_time()
    prints = {key: fingerprints(value) for key, value in many.items()}
    read = time.process_time()
    among = pool(prints)
    among.pairs()
    compared = time.process_time()
    among.pairs(next(iter(many)))
    one = time.process_time()
    nodes = sum(each.nodes for each in prints.values())
    return (
        f"{len(many)} works, {nodes:,} nodes: read {read - start:.2f} s, compared {compared - read:.2f} s; "
        f"one against all {1000 * (one - compared):.0f} ms"
    )


if __name__ == "__main__":
    main()
