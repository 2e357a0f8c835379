"""The static half of the contract: does the pipeline parse, define its functions, import what there is?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from app.intake.contract.imports import check_imports, reachable, searches
from app.intake.contract.syntax import Broken, compiled
from app.intake.problems import placed, rejected, shown
from app.words import _
from graders.model.submission import Location, Submission

#: Function of the contract -> the positional arguments the grader calls it with.
FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "train": ("data", "model_dir"),
    "evaluate": ("data",),
    "predict": ("data", "model_dir"),
}
ENTRY = "pipeline.py"
#: Calls after which a module may hold names that no statement shows.
DYNAMIC = frozenset({"exec", "eval", "globals", "locals", "vars", "setattr"})


def check_contract(submission: Submission, packages: frozenset[str] | None) -> None:
    """Raise Rejected where importing the pipeline or calling its functions is sure to fail.

    `packages` are the import names on offer, or None where they are not known yet.  Files that the pipeline never
    imports are not judged.
    """
    _check_hidden(submission)
    sources = {path: text for path, text in submission.runnable.items() if path.endswith(".py")}
    read = compiled({ENTRY: sources[ENTRY], **sources})
    trees = {path: tree for path, tree in read.items() if isinstance(tree, ast.Module)}
    try:
        used = reachable(ENTRY, trees, frozenset(submission.runnable), anywhere=True)
        anywhere = any(searches(trees[path]) for path in used if path in trees)
        if not anywhere:
            used = reachable(ENTRY, trees, frozenset(submission.runnable), anywhere=False)
        for path in used:
            _check_syntax(submission, path, read[path])
        _check_functions(submission, trees[ENTRY])
        check_imports(submission, {path: trees[path] for path in used}, packages, anywhere=anywhere)
    except RecursionError as error:
        raise rejected("CODE_TOO_COMPLEX", _("The source code nests too deeply to be analysed.")) from error


def _check_hidden(submission: Submission) -> None:
    """Python finds a package, and a compiled module, before a file of the same name."""
    for path in submission.runnable:
        compiled_module = path.startswith("pipeline.") and path.endswith((".so", ".pyd"))
        if path == "pipeline/__init__.py" or compiled_module:
            raise rejected("PIPELINE_HIDDEN", _("{path} hides pipeline.py.").format(path=shown(path)), Location(path))


def _check_syntax(submission: Submission, path: str, read: ast.Module | Broken) -> None:
    if isinstance(read, Broken):
        where = submission.locate(path, read.line)
        raise rejected(
            "SYNTAX_ERROR",
            _("{where} is not valid Python: {message}.").format(where=placed(where), message=read.message),
            where,
        )


def _check_functions(submission: Submission, tree: ast.Module) -> None:
    missing = [name for name in FUNCTIONS if not list(_bindings(tree, name))]
    if missing and not _is_dynamic(tree):
        names = ", ".join(missing)
        raise rejected(
            "FUNCTION_MISSING",
            _("{entry} does not define {names}.").format(entry=submission.entry, names=names),
            Location(submission.entry),
        )
    for name, arguments in FUNCTIONS.items():
        for definition in list(_bindings(tree, name))[-1:]:
            _check_signature(submission, definition, arguments)


def _check_signature(submission: Submission, definition: ast.AST, arguments: tuple[str, ...]) -> None:
    """Only a plain function can be judged: a decorator may change what it takes."""
    if not isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef) or definition.decorator_list:
        return
    where = submission.locate(ENTRY, definition.lineno)
    call = f"{definition.name}({', '.join(arguments)})"
    if isinstance(definition, ast.AsyncFunctionDef):
        raise rejected(
            "FUNCTION_SIGNATURE",
            _("{name} must not be async. We call it as {call}.").format(name=definition.name, call=call),
            where,
        )
    if not _takes(definition.args, len(arguments)):
        raise rejected(
            "FUNCTION_SIGNATURE", _("{name} cannot be called as {call}.").format(name=definition.name, call=call), where
        )


def _takes(parameters: ast.arguments, count: int) -> bool:
    """Whether a function takes exactly `count` positional arguments and nothing by name."""
    positional = len(parameters.posonlyargs) + len(parameters.args)
    required = positional - len(parameters.defaults)
    by_name = any(default is None for default in parameters.kw_defaults)
    return required <= count and (count <= positional or parameters.vararg is not None) and not by_name


def _bindings(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    """The nodes that bind `name` at module level, in order."""
    for node in _module_level(tree):
        match node:
            case ast.FunctionDef(name=bound) | ast.AsyncFunctionDef(name=bound) | ast.ClassDef(name=bound):
                names = {bound}
            case ast.Name(id=bound, ctx=ast.Store()):
                names = {bound}
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names = {a.asname or a.name for a in aliases}
            case _:
                names = set()
        if name in names:
            yield node


def _module_level(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _module_level(node)


def _is_dynamic(tree: ast.Module) -> bool:
    """Whether names may come from where no statement shows them: `import *`, `globals()[...] = `."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.name == "*":
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DYNAMIC:
            return True
        if isinstance(node, ast.Global) and set(node.names) & set(FUNCTIONS):
            return True
        if isinstance(node, ast.FunctionDef) and node.name == "__getattr__" and node in tree.body:
            return True
    return False
