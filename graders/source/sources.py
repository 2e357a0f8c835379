"""The candidate's source as syntax trees, read with bounds and never executed."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath

from graders.model.case import NotApplicable
from graders.model.submission import Source, Submission
from graders.source import borrowed, cells, padding
from graders.source.communication import is_prose
from graders.source.module import Function, Module, last
from graders.source.syntax import parsed

#: Beyond this much source, files are left out of the measures: nobody wrote it by hand in a few hours.
MOST_BYTES = 1 << 20
MOST_LINES = 20_000
ENTRY = "pipeline.py"
#: From so many lines of code in modules on, notebooks beside them are exploration and not the work handed in.
ENOUGH_LINES = 60


class Unreadable(NotApplicable):
    """There is code, and none of it can be read: worth nothing, rather than not judged."""


@dataclass(frozen=True, eq=False)
class Sources:
    """All modules that were parsed; `broken` are those that could not be, `borrowed` those others wrote.

    `unread` are those beyond the most that is read.  Where there is an entry, only what it needs counts as such.
    """

    modules: tuple[Module, ...]
    broken: tuple[Source, ...] = ()
    borrowed: tuple[str, ...] = ()
    unread: tuple[Source, ...] = ()
    of_entry: bool = False

    @cached_property
    def product(self) -> tuple[Module, ...]:
        """The modules that are not tests."""
        return tuple(module for module in self.modules if not module.is_test)

    @cached_property
    def tests(self) -> tuple[Module, ...]:
        return tuple(module for module in self.modules if module.is_test)

    @cached_property
    def code_lines(self) -> int:
        return sum(len(module.code_lines) for module in self.product)

    def functions(self) -> list[Function]:
        """Functions of the product that do something, or are still to be written: a promise is neither."""
        promised = {id(function) for module in self.product for function in module.promised()}
        return [f for module in self.product for f in module.functions() if id(f) not in promised]

    @cached_property
    def lost_share(self) -> float:
        """The share of lines, 0 to 1, that no parser could read, or that the entry needs and that are too many."""
        lost = (*self.broken, *(self.unread if self.of_entry else ()))
        lines = sum(source.text.count(b"\n") + 1 for source in lost)
        return lines / max(lines + self.code_lines, 1)


def read(submission: Submission) -> Sources:
    """The work handed in: what the entry needs where there is one, else all of it, without what others wrote."""
    reader = _Reader((*submission.sources, *_under_other_names(submission)))
    _reached_from(ENTRY, reader.files, reader.module)  # first in the budget; small files of the rest come next
    modules = [module for path in sorted(reader.files, key=reader.size) if (module := reader.module(path))]
    foreign = borrowed.paths(submission, modules)
    left = reader.files.keys() - foreign
    own = {path: module for path in sorted(left) if (module := reader.module(path))}
    used = _reached_from(ENTRY, left, reader.module) if ENTRY in own and keeps_contract(own[ENTRY]) else set()
    own_modules = (replace(module, is_test=module.is_test and module.path not in used) for module in own.values())
    chosen = _without_exploration([module for module in own_modules if _counts(module, used)])
    entries = frozenset(m.path for m in chosen if (m.path == ENTRY or m.source.is_notebook) and keeps_contract(m))
    return Sources(
        padding.without(chosen, entries, _started(submission)),
        _among(left, reader.broken),
        tuple(sorted(foreign)),
        _among(used or left, reader.unread),
        of_entry=bool(used),
    )


MOST_OF_OTHER_NAMES = 1 << 18
DEFINES = re.compile(rb"(?m)^(?:async )?(?:def|class) \w")


def _under_other_names(submission: Submission) -> Iterator[Source]:
    """Files that hold Python and are not called so, which the code names: they are part of it.  The smallest first, as
    far as MOST_OF_OTHER_NAMES go: each is parsed to know it."""
    known, left = {source.path for source in submission.sources}, MOST_OF_OTHER_NAMES
    for path, data in sorted(submission.files.items(), key=lambda file: (len(file[1]), file[0])):
        name = path.rpartition("/")[2].encode()
        if path in known or len(data) > left or is_prose(path) or not DEFINES.search(data):
            continue
        if any(name in source.text for source in submission.sources):
            left -= len(data)
            if parsed(data) is not None:
                yield Source(path, data)


#: Files that say what is started: a function of a module, as `pipeline:main`.
STARTING = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.(?:py|cfg)|[Mm]akefile|justfile|Dockerfile.*|[^/]+\.(?:ya?ml|sh))$"
)
STARTED = re.compile(rb"[\w.]{1,100}[:.](\w{1,60})")
MOST_STARTING = 100_000


def _started(submission: Submission) -> set[str]:
    """Names of functions that files beside the code may start."""
    texts = (data[:MOST_STARTING] for path, data in submission.files.items() if STARTING.search(path))
    return {name.decode() for text in texts for name in STARTED.findall(text) if name.isascii()}


def _among(paths: Collection[str], sources: Iterable[Source]) -> tuple[Source, ...]:
    """Those that lie at one of these places, by path."""
    return tuple(sorted((source for source in sources if source.path in paths), key=lambda source: source.path))


class _Reader:
    """Files by path, each parsed once when it is first asked for, as long as the budget lasts."""

    def __init__(self, files: tuple[Source, ...]) -> None:
        self.files = {source.path: source for source in files}
        self.broken: list[Source] = []
        self.unread: list[Source] = []
        self._known: dict[str, Module | None] = {}
        self._bytes, self._lines = MOST_BYTES, MOST_LINES

    def size(self, path: str) -> tuple[int, str]:
        return len(self.files[path].text), path

    def module(self, path: str) -> Module | None:
        if path not in self._known:
            self._known[path] = self._parse(self.files[path])
        return self._known[path]

    def _parse(self, source: Source) -> Module | None:
        size, lines = len(source.text), source.text.count(b"\n")
        if size > self._bytes or lines > self._lines:
            self.unread.append(source)
            return None
        self._bytes, self._lines = self._bytes - size, self._lines - lines
        tree = parsed(source.text)
        if tree is None:
            self.broken.append(source)
            return None
        divided = cells.unwrap(tree) or source.is_notebook or cells.divided(source.text)
        nodes = tuple(ast.walk(tree))
        of_tests = is_test(source.path) or _holds_tests(source.path, tree)
        return Module(source, tree, nodes, nodes, code_lines(nodes), of_tests, has_cells=divided)


def keeps_contract(module: Module) -> bool:
    """Whether a module offers what a challenge asks for; many a repository has a pipeline.py of another kind."""
    offered = {name for node in module.tree.body for name in _bound(node)}
    return "*" in offered or {"train", "evaluate", "predict"} <= offered


def _bound(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.ImportFrom(names=aliases):
            return [alias.asname or alias.name for alias in aliases]
        case ast.Assign(targets=targets):
            given = [
                name for target in targets for name in (target.elts if isinstance(target, ast.Tuple) else [target])
            ]
            return [name.id for name in given if isinstance(name, ast.Name)]
    return []


def _counts(module: Module, used: set[str]) -> bool:
    """A module that the entry never reaches is no part of the product, however good or bad it is."""
    return not used or module.is_test or module.path in used


def _without_exploration(modules: list[Module]) -> list[Module]:
    lines = sum(len(m.code_lines) for m in modules if not m.source.is_notebook and not m.is_test)
    return [m for m in modules if lines < ENOUGH_LINES or not m.source.is_notebook]


def _reached_from(entry: str, paths: Collection[str], module_of: Callable[[str], Module | None]) -> set[str]:
    """What the entry imports, directly or not: it is no test, whatever folder it lies in."""
    places = _places(paths)
    reached: set[str] = set()
    waiting = [entry]
    while waiting:
        path = waiting.pop()
        if path in paths and path not in reached:
            reached.add(path)
            if module := module_of(path):
                waiting += _imported(module, places)
                waiting += (found for found in _named_in_text(module, places, paths) if not is_test(found))
    return reached


#: By the name of a module or package, the folders in which one of this name lies.
Places = Mapping[str, Collection[tuple[str, ...]]]
#: Calls that load a module whose name is computed.
LOADERS = frozenset({"import_module", "__import__", "spec_from_file_location", "run_path", "run_module", "exec"})
MODULE_NAME = re.compile(r"\.{0,2}[A-Za-z_]\w*(?:[./][A-Za-z_]\w*)*\.?")


def _places(modules: Iterable[str]) -> Places:
    places: dict[str, set[tuple[str, ...]]] = {}
    for path in modules:
        parts = PurePosixPath(path).with_suffix("").parts
        for depth, name in enumerate(parts):
            places.setdefault(name, set()).add(parts[:depth])
    return places


def _imported(module: Module, places: Places) -> Iterator[str]:
    """Files an import may mean: every prefix of a dotted name, as a module and as a package."""
    folder = PurePosixPath(module.path).parent.parts
    for node in module.nodes:
        names: list[tuple[str, ...]] = []
        if isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            stem = tuple(node.module.split(".")) if node.module else ()
            names = [(*stem, alias.name) for alias in node.names]
        level = node.level if isinstance(node, ast.ImportFrom) else 0
        for name in names:
            roots = [folder[: len(folder) - level + 1]] if level else _roots(name[0], folder, places)
            yield from (path for root in roots for path in _files(root, name))


def _roots(name: str, folder: tuple[str, ...], places: Places) -> Collection[tuple[str, ...]]:
    """The folders from which a name may be imported: as plain Python does, else wherever the search path may lead."""
    found = places.get(name, ())
    for usual in ((), folder, ("src",)):
        if usual in found:
            return [usual]
    return [] if name in sys.stdlib_module_names else found


def _files(root: tuple[str, ...], name: tuple[str, ...]) -> Iterator[str]:
    for end in range(1, len(name) + 1):
        yield "/".join((*root, *name[:end])) + ".py"
        yield "/".join((*root, *name[:end], "__init__.py"))


def _named_in_text(module: Module, places: Places, modules: Collection[str]) -> Iterator[str]:
    """Files that are loaded by a name in a text: scripts that are started, and what a computed import may mean."""
    texts = {n.value for n in module.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    scripts = tuple(f"/{text.removeprefix('./')}" for text in texts if text)
    yield from (path for path in modules if f"/{path}".endswith(scripts))
    if any(isinstance(node, ast.Call) and last(node.func) in LOADERS for node in module.nodes):
        names = [text for text in texts if MODULE_NAME.fullmatch(text)]
        yield from _meant(names, PurePosixPath(module.path).parent.parts, places, modules)


def _meant(names: Iterable[str], folder: tuple[str, ...], places: Places, modules: Collection[str]) -> Collection[str]:
    """What a computed import may mean: modules and packages of these names, else all in the folder of the importer."""
    dotted = [re.split(r"[./]", name.strip("./")) for name in names]
    stems = ["/".join((*root, *name)) for name in dotted for root in _roots(name[0], folder, places)]
    files, packages = {f"{stem}.py" for stem in stems}, tuple(f"{stem}/" for stem in stems)
    meant = {path for path in modules if path in files or path.startswith(packages)}
    return meant or [path for path in modules if PurePosixPath(path).parts[: len(folder)] == folder]


def packages(sources: Sources) -> frozenset[str]:
    """Names of packages of others that the product imports, without Python's own."""
    names = {
        name.partition(".")[0]
        for module in sources.product
        for node in module.nodes
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    own = _places(module.path for module in sources.modules)
    return frozenset(names - own.keys() - sys.stdlib_module_names - {""})


def is_test(path: str) -> bool:
    """Whether pytest would collect the file, or it serves those that are."""
    pure = PurePosixPath(path)
    named = pure.name.startswith("test_") or pure.name.endswith("_test.py") or pure.name == "conftest.py"
    return pure.suffix == ".py" and (named or bool({"test", "tests"} & set(pure.parts[:-1])))


def _holds_tests(path: str, tree: ast.Module) -> bool:
    """Whether a script is named after tests and most of its functions are some, though pytest looks for other names."""
    functions = [node.name for node in tree.body if isinstance(node, Function)]
    tests = sum(name.startswith("test_") for name in functions)
    return "test" in PurePosixPath(path).stem.lower() and tests * 2 > len(functions)


def code_lines(nodes: tuple[ast.AST, ...]) -> frozenset[int]:
    """The lines on which a statement or expression begins or ends, docstrings left out."""
    lines: set[int] = set()
    docs = {id(text) for node in nodes for text in _docstring_nodes(node)}
    for node in nodes:
        if isinstance(node, ast.stmt | ast.expr) and id(node) not in docs:
            lines.add(node.lineno)
            if isinstance(node, ast.expr):
                lines.add(node.end_lineno or node.lineno)
    return frozenset(lines)


def _docstring_nodes(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Module | ast.ClassDef | Function) or not node.body:
        return
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        yield first
        yield first.value
