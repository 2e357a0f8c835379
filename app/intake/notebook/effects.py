"""What a statement does besides binding names: what it alters, what it calls, whether it reads data.

Everything here is about one statement's tree; nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from app.intake.words import words

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

#: Methods that change the container they are called on.
CHANGING = words(
    "append extend insert remove pop popitem clear sort reverse update setdefault add discard "
    "appendleft extendleft intersection_update difference_update symmetric_difference_update"
)
#: Functions that change an argument.
CHANGING_ARGUMENTS = words("shuffle heappush heappop heapify insort insort_left insort_right setattr delattr")
#: Methods that only look, by far the most frequent ones of exploration.
LOOKING = words(
    "head tail info describe sample plot hist boxplot show display items keys values get copy index count "
    "predict predict_proba score summary debug warning error log unique nunique value_counts isna isnull "
    "mean sum min max std corr groupby to_csv savefig figure print get_params transform format join"
)
#: Functions of modules that set something for the whole process.
SETTING = ("set", "seed", "use", "filterwarnings", "simplefilter", "basicConfig", "register", "manual_seed")
READING = words(
    "read_csv read_parquet read_excel read_json read_table read_feather read_pickle read_sql read_hdf "
    "read_fwf read_orc loadtxt genfromtxt fetch_openml urlopen urlretrieve read_text read_bytes"
)
LOADING = frozenset({"np", "numpy", "joblib"})


def walk_now(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the statement runs: decorators and defaults, but no function's body."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        yield at
        if isinstance(at, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += _now_parts(at)
        else:
            waiting += ast.iter_child_nodes(at)


def walk_later(node: ast.AST) -> list[ast.AST]:
    """The nodes that run only when a function that the statement defines is called."""
    now = set(map(id, walk_now(node)))
    return [at for at in ast.walk(node) if id(at) not in now]


def base(node: ast.AST) -> str | None:
    """`a` of `a.b["c"].d`, or None where the chain starts with no name."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def altered(nodes: Iterator[ast.AST] | list[ast.AST]) -> set[str]:
    """Names whose values these nodes surely change in place."""
    names: set[str | None] = set()
    for node in nodes:
        if isinstance(node, ast.AugAssign):
            names.add(base(node.target))
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            names.add(base(node))
        elif isinstance(node, ast.Call):
            names |= _altered_by_call(node)
    return {name for name in names if name is not None}


def touched(nodes: Iterator[ast.AST], modules: set[str]) -> set[str]:
    """Names whose values these nodes may change, for all that can be seen: a method is called on them."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, method = base(node.func), node.func.attr
            setting = method.startswith(SETTING) or method in CHANGING
            if name is not None and (setting if name in modules else method not in LOOKING):
                names.add(name)
    return names


def called(nodes: Iterator[ast.AST] | list[ast.AST]) -> set[str]:
    """Names that are called, or decorate, or are the class of a called method."""
    names: set[str | None] = set()
    for node in nodes:
        if isinstance(node, ast.Call):
            names.add(base(node.func))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names |= {base(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
    return {name for name in names if name is not None}


def mentioned(nodes: Iterator[ast.AST]) -> set[str]:
    """Names that are looked up for another purpose than to be called."""
    found = list(nodes)
    callees = {id(node.func) for node in found if isinstance(node, ast.Call)}
    return {node.id for node in found if isinstance(node, ast.Name) and id(node) not in callees}


def nests(tree: ast.AST) -> bool:
    """Whether a function or class is defined inside another one, and may be returned by it."""
    inner = ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return any(isinstance(n, inner) for n in walk_later(tree)) or any(
        isinstance(n, ast.ClassDef) for n in ast.walk(tree)
    )


def ambient(nodes: Iterator[ast.AST]) -> bool:
    """Whether the search path or the environment is touched, on which anything may depend."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and (base(node), node.attr) in {("sys", "path"), ("os", "environ")}:
            return True
    return False


def reads(nodes: Iterator[ast.AST] | list[ast.AST]) -> ast.Call | None:
    """The first call that reads a file or a table from outside the program."""
    return next((n for n in nodes if isinstance(n, ast.Call) and _is_read(n)), None)


def walk_certain(node: ast.AST) -> Iterator[ast.AST]:
    """As walk_now, leaving out what a condition or an exception handler guards."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, ast.If | ast.IfExp):
            waiting.append(at.test)
        elif isinstance(at, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += _now_parts(at)
        elif not (isinstance(at, ast.Try) and at.handlers):
            yield at
            waiting += ast.iter_child_nodes(at)


def names_file(node: ast.AST, files: frozenset[str]) -> bool:
    """Whether a text in the statement ends in the name of one of the submission's own files."""
    texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    own = {PurePosixPath(file).name for file in files}
    return any(PurePosixPath(text).name in own for text in texts)


def _now_parts(node: Function) -> list[ast.expr]:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return [*decorators, *_defaults(node.args)]


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]


def _altered_by_call(node: ast.Call) -> set[str | None]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else base(node.func)
    if name in CHANGING_ARGUMENTS:
        return {base(argument) for argument in node.args}
    if isinstance(node.func, ast.Attribute) and name in CHANGING:
        return {base(node.func)}
    return set()


def _is_read(node: ast.Call) -> bool:
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else base(func)
    if name == "open":
        mode = [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "mode")]
        return not any(isinstance(m, ast.Constant) and str(m.value)[:1] in {"w", "a", "x"} for m in mode)
    loads = name == "load" and isinstance(func, ast.Attribute) and base(func) in LOADING
    return (name in READING or loads) and not _in_memory(node)


def _in_memory(node: ast.Call) -> bool:
    """Whether the call reads a text of the program's own, through StringIO."""
    return any(called([n]) & {"io", "StringIO", "BytesIO"} for n in ast.walk(node))
