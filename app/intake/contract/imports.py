"""Which modules the pipeline imports, and which of them neither the image nor the submission has."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.intake.problems import placed, rejected, shown
from app.words import _
from graders.model.submission import Submission
from sandbox.protocol.roots import source_roots

CATCHING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
CALLED_BY_NAME = frozenset({"train", "evaluate", "predict"})
#: With one of these names a module may be found where the search path does not lead.
FINDING = frozenset({"addsitedir", "meta_path", "path_hooks", "__path__", "modules", "exec", "eval", "__import__"})
FINDING |= {"importlib", "pkgutil", "runpy", "site", "zipimport", "environ", "system", "execv", "_run_module_code"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Imported:
    """One import statement's module, dotted; `level` counts the leading dots."""

    module: str
    line: int
    level: int
    names: tuple[str, ...] = ()

    @property
    def top(self) -> str:
        return self.module.split(".")[0]


def reachable(entry: str, trees: Mapping[str, ast.Module], files: frozenset[str], *, anywhere: bool) -> list[str]:
    """The submission's Python files that importing `entry` may import, itself first.

    `anywhere`: a file may lie in a folder that the pipeline puts on the search path.
    """
    roots = source_roots(files)
    modules = [(path, dotted) for path in files if path.endswith(".py") for dotted in _dotted(path, roots)]
    found, waiting = [entry], [entry]
    while waiting:
        path = waiting.pop()
        for imported in imports(trees[path]) if path in trees else ():
            new = {p: None for p, dotted in modules if p not in found and _may_mean(imported, path, dotted, anywhere)}
            found += new
            waiting += new
    return found


def searches(tree: ast.AST) -> bool:
    """Whether a module may change where Python looks for modules: `sys.path`, or what loads them by other ways."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="path"):
                continue
            case ast.Attribute(attr="path") | ast.ImportFrom(module="sys") | ast.alias(name="sys.path"):
                return True
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in FINDING:
                return True
            case ast.ImportFrom(module=str(module)) if FINDING.intersection(module.split(".")):
                return True
            case ast.Import(names=aliases) if any(FINDING.intersection(a.name.split(".")) for a in aliases):
                return True
            case _:
                continue
    return False


def check_imports(
    submission: Submission, trees: Mapping[str, ast.Module], packages: frozenset[str] | None, *, anywhere: bool
) -> None:
    """Raise Rejected for imports that are sure to fail, all of them in one sentence; without `packages` few are."""
    files = frozenset(submission.runnable)
    own = _own_names(files)
    available = (packages or frozenset()) | sys.stdlib_module_names | (own if anywhere else _root_names(files))
    alive = _mentioned(trees.values())
    missing = []
    for path, tree in trees.items():
        for imported in imports(tree, alive):
            where = submission.locate(path, imported.line)
            if imported.level and path == "pipeline.py":
                raise rejected("IMPORT_RELATIVE", _("A relative import cannot work in the pipeline itself."), where)
            if packages is not None and not imported.level and imported.top not in available:
                missing.append((imported.top, where))
    elsewhere = {name: where for name, where in missing if name in own}
    if elsewhere and len(elsewhere) == len(dict(missing)):
        names = ", ".join(f"{shown(name)} ({placed(where)})" for name, where in elsewhere.items())
        lies = _lies(missing[0][0], files)
        message = _("Python does not find {names}: it looks beside pipeline.py, and not in {folder}.").format(
            names=names, folder=lies
        )
        raise rejected("IMPORT_NOT_FOUND", message, missing[0][1])
    if missing:
        names = ", ".join(f"{shown(name)} ({placed(where)})" for name, where in dict(missing).items())
        raise rejected(
            "IMPORT_UNAVAILABLE", _("Not available to the pipeline: {names}.").format(names=names), missing[0][1]
        )


def imports(tree: ast.AST, alive: frozenset[str] | None = None) -> Iterator[Imported]:
    """The imports that no condition, handler or type check guards.  Given `alive`, those in functions whose
    names nothing mentions are left out as well."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (Imported(a.name, node.lineno, 0) for a in aliases)
            case ast.ImportFrom(module=module, level=level, names=aliases):
                yield Imported(module or "", node.lineno, level, tuple(a.name for a in aliases))
            case ast.If():
                continue
            case ast.Try(handlers=handlers) if any(map(_catches, handlers)):
                continue
            case ast.With(items=items) if any("suppress" in ast.dump(i.context_expr) for i in items):
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef() if alive is not None and _is_dead(node, alive):
                continue
            case _:
                yield from imports(node, alive)


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
    return bool(names & CATCHING)


def _is_dead(node: Function, alive: frozenset[str]) -> bool:
    """Whether nothing calls the function: no code mentions its name, and no decorator may have kept it."""
    special = node.name.startswith("__") or node.name in CALLED_BY_NAME
    return not (special or node.decorator_list or node.name in alive)


def _mentioned(trees: Iterable[ast.Module]) -> frozenset[str]:
    """All names and attributes that the files use, and what they import or list as text."""
    names: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                    names.add(name)
                case ast.Constant(value=str(name)) if len(name) < 100:
                    names.add(name)
    return frozenset(names)


def _dotted(path: str, roots: Collection[str]) -> Iterator[str]:
    """`a.b` for `a/b.py` and for `a/b/__init__.py`, and the same below a folder that is searched."""
    pure = PurePosixPath(path)
    parts = pure.parts[:-1] if pure.name == "__init__.py" else pure.with_suffix("").parts
    yield ".".join(parts)
    if len(parts) > 1 and parts[0] in roots:
        yield ".".join(parts[1:])


def _may_mean(imported: Imported, importer: str, dotted: str, anywhere: bool) -> bool:
    """Whether an import may run the file of that dotted name: itself, a package on the way, a submodule
    taken by name."""
    module = imported.module
    if imported.level:
        folder = [".".join(PurePosixPath(importer).parts[: -imported.level])] if imported.level else []
        module = ".".join(part for part in [*folder, module] if part)
    wanted = [module, *(f"{module}.{name}" if module else name for name in imported.names)]
    return any(_within(full, dotted, anywhere) for full in wanted if full)


def _within(full: str, dotted: str, anywhere: bool) -> bool:
    parts = full.split(".")
    prefixes = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
    return dotted in prefixes or (anywhere and any(dotted.endswith("." + prefix) for prefix in prefixes))


def _own_names(files: frozenset[str]) -> frozenset[str]:
    """Every name under which a file or folder of the submission may be imported."""
    python = [PurePosixPath(f) for f in files if f.endswith((".py", ".so", ".pyd"))]
    return frozenset(part for p in python for part in (*p.parts[:-1], p.name.split(".")[0]))


def _root_names(files: frozenset[str]) -> frozenset[str]:
    """Names of what lies at the root and in the folders that an installation would search."""
    python = [PurePosixPath(f).parts for f in files if f.endswith((".py", ".so", ".pyd"))]
    roots = source_roots(files)
    python += [parts[1:] for parts in python if parts[0] in roots]
    return frozenset(parts[0].split(".")[0] if len(parts) == 1 else parts[0] for parts in python)


def _lies(name: str, files: frozenset[str]) -> str:
    """The folder that holds the module of this name."""
    places = [PurePosixPath(f).parts for f in sorted(files)]
    inside = (parts[: parts.index(part)] for parts in places for part in parts[1:] if part.split(".")[0] == name)
    return shown("/".join(next(inside, ("another folder",))) + "/")
