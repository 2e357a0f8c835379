"""How the code is cut: what lies in functions, how long these are, how large the modules, what is shared."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from graders.source.module import Function, Module
from graders.source.sources import ENTRY, Sources, keeps_contract
from graders.words import say

#: A longer function is more than one screen.
LONG = 50
#: A main guard of more lines does the work itself.
LONG_GUARD = 15
#: Statements that do something; imports, definitions and constants do not.
WORK = (ast.Expr, ast.For, ast.While, ast.With, ast.Try, ast.If, ast.AugAssign, ast.Delete, ast.Assert)
#: Calls that set something up at module level and are expected there.
SETUP = frozenset({"getLogger", "get_logger", "basicConfig", "FastAPI", "Flask", "Typer", "compile", "Path", "resolve"})
SETUP |= frozenset({"Celery", "Dash", "Experiment"})


def share_in_functions(sources: Sources) -> float:
    """The share of code lines that lie inside a function or class; imports and constants count as inside."""
    outside = sum(loose_lines(module) for module in sources.product)
    return 1 - outside / max(sources.code_lines, 1)


def loose_lines(module: Module) -> int:
    """Lines of code that lie in no function: what runs as the module is imported, and a long main guard.

    A function that a script calls as it is imported is loose code under a name.
    """
    at_once = list(at_import(module))
    guards = [lines_in(module, node) for node in module.tree.body if _is_guard(node)]
    called_once = {called(call) for statement, _ in at_once for call in _calls_of_all(statement)}
    own = [f for f in module.tree.body if isinstance(f, Function) and f.name in called_once and not module.has_cells]
    lines = sum(count for _, count in at_once) + sum(lines_in(module, function) for function in own)
    return min(lines + sum(count for count in guards if count > LONG_GUARD), len(module.code_lines))


def _calls_of_all(statement: ast.stmt) -> Iterator[ast.Call]:
    """Calls that start what they need all by itself: a whole statement, or one without an argument."""
    for node in ast.walk(statement) if isinstance(statement, ast.Expr | ast.Assign) else ():
        whole = isinstance(statement, ast.Expr) and statement.value is node
        if isinstance(node, ast.Call) and (whole or not (node.args or node.keywords)):
            yield node


def at_import(module: Module) -> Iterator[tuple[ast.stmt, int]]:
    """Statements of a module that do work as it is imported, with their lines of code."""
    for statement in module.tree.body:
        if statement not in module.padding and (_is_work(statement) or _assigns_work(statement)):
            yield statement, lines_in(module, statement)


def _is_work(statement: ast.stmt) -> bool:
    return isinstance(statement, WORK) and not _is_harmless(statement)


def _is_harmless(statement: ast.stmt) -> bool:
    """A docstring, a main guard, an optional import, or a setting up that is a single call."""
    if isinstance(statement, ast.Expr):
        value = statement.value
        return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and called(value) in SETUP)
    if isinstance(statement, ast.If):
        names = {node.id for node in ast.walk(statement.test) if isinstance(node, ast.Name)}
        return bool(names & {"__name__", "TYPE_CHECKING"})
    return isinstance(statement, ast.Try) and all(isinstance(s, ast.Import | ast.ImportFrom) for s in statement.body)


def _assigns_work(statement: ast.stmt) -> bool:
    """An assignment that calls something on lower-case names: `df = load(path)`, not `LIMIT = int("3")`."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    whole = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    targets = [one for target in whole for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
    named = [target.id for target in targets if isinstance(target, ast.Name)]
    if named and all(name.isupper() or name.startswith("_") for name in named):
        return False
    calls = [node for node in ast.walk(statement.value) if isinstance(node, ast.Call)]
    mutates = any(not isinstance(target, ast.Name) for target in targets)
    return mutates or any(called(call) not in SETUP for call in calls)


#: Modules that read the arguments of a command.
COMMANDS = frozenset({"argparse", "click", "typer", "fire", "docopt", "hydra", "absl", "tyro", "jsonargparse", "plac"})
COMMANDS |= frozenset({"simple_parsing", "cyclopts", "clize", "getopt", "optparse"})
#: What makes a program that is started by requests or by the clock.
SERVICES = frozenset({"FastAPI", "Flask", "Litestar", "Starlette", "Sanic", "DAG", "Blueprint", "APIRouter"})
#: Libraries whose programs are started by them.
STARTERS = frozenset({"luigi", "prefect", "metaflow", "zenml", "dagster", "kedro", "airflow", "streamlit", "gradio"})
STARTERS |= frozenset({"dash", "bentoml", "chainlit", "litserve", "kfp", "flytekit", "mlserver", "uvicorn", "celery"})
STARTERS |= frozenset({"tornado", "bottle", "falcon", "django", "quart", "robyn", "nicegui", "panel", "faust", "grpc"})
STARTERS |= frozenset({"modal", "cog", "functions_framework", "kserve", "seldon_core"})
#: Functions that a cloud calls by their names.
HANDLERS = frozenset({"lambda_handler", "predict_fn", "model_fn", "input_fn"})
#: What a main guard without arguments is worth beside one with them.
GUARDED = 0.7


def entry(sources: Sources) -> tuple[float, str]:
    """How the program is started, from 0 to 1, and what was seen: by the contract or a command, or a main guard."""
    if any(
        (module.path == ENTRY or module.source.is_notebook) and keeps_contract(module) for module in sources.product
    ):
        return 1.0, say("the entry keeps the contract")
    nodes = [node for module in sources.product for node in module.nodes]
    if any(_imports(node, COMMANDS) or _is_argv(node) for node in nodes):
        return 1.0, say("a command takes arguments")
    if any(map(_is_started, nodes)):
        return 1.0, say("a service or a scheduler starts it")
    guarded = any(_is_guard(statement) for module in sources.product for statement in module.tree.body)
    return (
        (GUARDED, say("a main guard starts it"))
        if guarded
        else (0.0, say("no command, service or main guard starts it"))
    )


def _is_started(node: ast.AST) -> bool:
    """What a library, a server or a cloud starts."""
    if isinstance(node, Function):
        return node.name in HANDLERS
    return _imports(node, STARTERS) or (isinstance(node, ast.Call) and called(node) in SERVICES)


def _imports(node: ast.AST, libraries: frozenset[str]) -> bool:
    if isinstance(node, ast.ImportFrom):
        return not node.level and (node.module or "").partition(".")[0] in libraries
    return isinstance(node, ast.Import) and any(alias.name.partition(".")[0] in libraries for alias in node.names)


def _is_argv(node: ast.AST) -> bool:
    """`sys.argv` that is read at a place or as a whole, and not the name of the script."""
    return isinstance(node, ast.Attribute) and node.attr == "argv"


def _is_guard(statement: ast.stmt) -> bool:
    names = ast.walk(statement.test) if isinstance(statement, ast.If) else ()
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in names)


def lines_in(module: Module, node: ast.stmt) -> int:
    return sum(node.lineno <= n <= (node.end_lineno or node.lineno) for n in module.code_lines)


def share_in_long_units(sources: Sources) -> float:
    """The share of code in functions, or in loose code of one module, of more than LONG lines."""
    lengths = [lines_in(module, function) for module in sources.product for function in outermost(module)]
    lengths += [sum(lines for _, lines in at_import(module)) for module in sources.product]
    lengths += [lines_in(module, node) for module in sources.product for node in module.tree.body if _is_guard(node)]
    return min(sum(n for n in lengths if n > LONG) / max(sources.code_lines, 1), 1.0)


def outermost(module: Module) -> Iterator[Function]:
    """Functions and methods that lie in no other function."""
    inner = {id(n) for f in module.functions() for n in ast.walk(f) if isinstance(n, Function) and n is not f}
    return (function for function in module.functions() if id(function) not in inner)


def typical_module(sources: Sources) -> float:
    """Lines of code of the module in which a line lies, on average over lines; cutting off crumbs changes little."""
    return sum(len(module.code_lines) ** 2 for module in sources.product) / max(sources.code_lines, 1)


def globals_written(sources: Sources) -> list[tuple[Module, ast.Global]]:
    return [(module, node) for module in sources.product for node in module.nodes if isinstance(node, ast.Global)]


def shared_between(sources: Sources, *entries: str) -> set[str] | None:
    """Functions of the candidate's own that all of `entries` come to call; None where one is not defined."""
    functions = _by_name(sources)
    if not _defines(sources, *entries):
        return None
    reached = [_reached(name, functions) for name in entries]
    return set.intersection(*reached) - set(entries)


def prepared_twice(sources: Sources) -> bool:
    """Whether train and predict each prepare rows by code of their own and share none of it.

    A predict that hands its rows to what train fitted and saved prepares nothing.
    """
    functions = _by_name(sources)
    entries = ("train", "predict")
    return shared_between(sources, *entries) == set() and all(
        any(_prepares(node) for name in _reached(entry, functions) for f in functions[name] for node in ast.walk(f))
        for entry in entries
    )


#: Methods and functions that make other values of the values of a table.
PREPARING = frozenset(
    {
        "apply",
        "assign",
        "astype",
        "cut",
        "factorize",
        "fillna",
        "fit_transform",
        "get_dummies",
        "groupby",
        "interpolate",
    }
    | {"map", "merge", "qcut", "replace", "to_datetime", "to_numeric"}
    | {"casefold", "lower", "strip", "upper"}  # of a text at a time, too
)


def _prepares(node: ast.AST) -> bool:
    """A call that prepares, a computation on a column, or a column that is set."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in PREPARING
        case ast.BinOp():
            return _is_column(node.left) or _is_column(node.right)
        case ast.Subscript(ctx=ast.Store()):
            return _is_column(node)
    return False


def _is_column(node: ast.AST) -> bool:
    """`table["name"]`."""
    return (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    )


def _by_name(sources: Sources) -> dict[str, list[Function]]:
    functions: dict[str, list[Function]] = {}
    for function in sources.functions():
        functions.setdefault(function.name, []).append(function)
    return functions


def _defines(sources: Sources, *entries: str) -> bool:
    """Whether the entry, or a notebook, defines them all or brings them in from the candidate's own modules."""
    main = [module for module in sources.product if module.path == ENTRY or module.source.is_notebook]
    own = {function.name for module in main for function in module.functions()}
    imports = (node for module in main for node in module.tree.body if isinstance(node, ast.ImportFrom))
    brought = {alias.name for node in imports for alias in node.names}
    return set(entries) <= own | (brought & _by_name(sources).keys())


def _reached(name: str, functions: dict[str, list[Function]]) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        function = waiting.pop()
        if function in functions and function not in seen:
            seen.add(function)
            waiting += [n for f in functions[function] for n in _names(f)]
    return seen


def _names(function: Function) -> Iterator[str]:
    """Names that are looked up outside a function: those of its parameters are others, however they are called."""
    given = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id not in given:
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def called(call: ast.Call) -> str:
    """The last part of the name that is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def most_common(values: Iterable[str], count: int = 3) -> list[str]:
    return [value for value, _ in Counter(values).most_common(count)]
