"""What in the text of predict can make an answer depend on the other rows of the batch: the causes by name."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Container, Iterable, Iterator

from graders.checks.leakage.static.machine import text
from graders.checks.leakage.static.rows import Place

Walked = tuple[str, ast.AST]  # a function that was entered: the file, and its node

#: Calls by their last name, and what each takes from the batch.
CAUSES = {
    "get_dummies": "makes a column for each value that occurs in the batch",
    "factorize": "numbers values in the order in which the batch holds them",
    "qcut": "cuts at quantiles of the batch",
    "rank": "ranks a row among the rows of the batch",
    "rankdata": "ranks a row among the rows of the batch",
    "zscore": "subtracts the mean of the batch and divides by its standard deviation",
    "minmax_scale": "divides by the range of the batch",
    "value_counts": "counts values in the batch",
    **dict.fromkeys(("shift", "diff", "cumcount", "cumsum", "ffill", "bfill", "interpolate"), "reads rows beside it"),
}
TOLD = frozenset({"print", "debug", "info", "warning", "error"})  # what is only told changes no answer
STATISTICS = frozenset({"mean", "std", "min", "max", "median", "quantile", "nanmean", "nanstd", "nanmedian", "var"})
#: What fixes the values beforehand, so that codes and columns no longer follow the batch.
FIXED = frozenset({"reindex", "align", "CategoricalDtype", "set_categories", "categories", "Categorical"})
OF_CODES = frozenset({"get_dummies", "factorize"})
DATES = frozenset({"to_datetime", "Timestamp", "DatetimeIndex"})
WHOLE_NUMBERS = frozenset({"int", "int64", "i8", "np.int64", "'int64'", "'int'", "'i8'"})
ANSWERS = frozenset(
    {"eq", "ne", "lt", "le", "gt", "ge", "between", "isin", "isna", "isnull", "notna", "notnull", "duplicated"}
    | {"contains", "startswith", "endswith", "match", "fullmatch"}
)
#: Of dates, what is no date: its methods, and what may be done to any numbers.
NUMBERS_OF_DATES = frozenset({"isocalendar", "total_seconds"})
KEEPS_NUMBERS = frozenset(
    {"fillna", "clip", "abs", "round", "add", "sub", "mul", "div", "floordiv", "mod", "astype"}
    | {"to_numpy", "reset_index", "copy", "tolist", "ravel", "squeeze"}
)
ARRAYS = frozenset({"values", "array"})
CODES = "numbers categories by those that occur in the batch"
UNITS = (
    "counts in the unit that pandas 3 keeps dates in: microseconds, but seconds where a batch holds no date at all, "
    "and nanoseconds where one value has them"
)


def causes(
    walked: Iterable[Walked], passed: Container[int] = (), elsewhere: Container[int] = ()
) -> Iterator[tuple[Place, str]]:
    """The place of each call in these functions that takes something from the whole batch, and a sentence on it.

    passed: statements that are never reached, by identity.  elsewhere: calls that are not about the batch.
    """
    functions = {id(node): (path, node) for path, node in walked}.values()
    nodes = [(path, node) for path, function in functions for node in _reached(function, passed)]
    named = {name for _, node in nodes if (name := _name(node))}
    categorical = set(_categorical(node for _, node in nodes))
    dates = set(_dated(node for _, node in nodes))
    named |= {node.arg for _, node in nodes if isinstance(node, ast.keyword) and node.arg}
    told = {id(inner) for _, call in nodes if _called(call) in TOLD for inner in ast.walk(call)}
    seen = set[Place]()
    for path, node in nodes:
        why = _why(node, bool(named & FIXED), dates, categorical)
        place = Place(path, getattr(node, "lineno", 1), 0)
        if why and place not in seen and id(node) not in told and id(node) not in elsewhere:
            seen.add(place)
            yield place, f"`{text(node)}` {why}"


def _reached(function: ast.AST, passed: Container[int]) -> Iterator[ast.AST]:
    """All nodes inside, without what stands in statements that are passed by."""
    waiting = deque([function])
    while waiting:
        node = waiting.popleft()
        if id(node) not in passed:
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def _name(node: ast.AST) -> str:
    """The last name of an attribute or a name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.AST) -> str:
    return _name(node.func) if isinstance(node, ast.Call) else ""


def _never_dates(node: ast.expr) -> bool:
    """Whether a value can be no dates, whatever it was made of: an answer of yes or no, or a part of a date."""
    if isinstance(node, ast.BinOp):
        return _never_dates(node.left) and _never_dates(node.right)
    if isinstance(node, ast.UnaryOp):
        return _never_dates(node.operand)
    if isinstance(node, ast.Attribute) and node.attr in ARRAYS:
        return _never_dates(node.value)
    if isinstance(node, ast.Attribute):
        return _name(node.value) == "dt" or _called(node.value) in NUMBERS_OF_DATES
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in KEEPS_NUMBERS:
        return _never_dates(node.func.value)
    return isinstance(node, (ast.Compare, ast.BoolOp)) or _called(node) in ANSWERS | NUMBERS_OF_DATES


def _along_a_row(call: ast.Call) -> bool:
    """Whether it goes through the columns of each row: `axis=1`."""
    return any(k.arg == "axis" and text(k.value) in {"1", "-1", "'columns'"} for k in call.keywords)


def _of_categories(node: ast.AST) -> bool:
    """Whether an expression makes categories of values, such as `column.astype("category")`."""
    return _name(node) == "cat" or "categor" in text(node, 200).lower()


def _categorical(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that hold categories."""
    for node in nodes:
        if isinstance(node, ast.Assign) and _of_categories(node.value):
            yield from filter(None, map(_name, node.targets))


def _dated(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names, and the columns, that are put to something made of dates."""
    for node in nodes:
        if isinstance(node, ast.Assign | ast.keyword) and _may_be_dates(node.value, DATES):
            kept = [node.arg or ""] if isinstance(node, ast.keyword) else map(_kept_as, node.targets)
            yield from filter(None, kept)


def _may_be_dates(node: ast.expr, dates: Container[str]) -> bool:
    """Whether a value is made of these, and neither can be none nor is counted in a unit that the text names."""
    return _has(node, dates) and not _never_dates(node) and "datetime64[" not in text(node, 200)


def _kept_as(node: ast.AST) -> str:
    """The last name of an expression, or the column that it asks for by its name."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return _name(node)


def _has(node: ast.AST, names: Container[str]) -> bool:
    return any(_kept_as(inner) in names for inner in ast.walk(node))


def _why(node: ast.AST, fixed: bool, dates: set[str], categorical: Container[str]) -> str:
    """What a node takes from the batch; fixed: something fixes the values beforehand.

    dates: names and columns made of dates.  categorical: names that hold categories; `codes` of anything else is the
    submission's own word."""
    if isinstance(node, ast.Attribute):
        counted = node.attr == "codes" and (_of_categories(node.value) or _name(node.value) in categorical)
        return CODES if counted and not fixed else ""
    if not isinstance(node, ast.Call):
        return ""
    match _name(node.func):
        case "unique" if "return_inverse" in _keywords(node):
            return "numbers values by those that occur in the batch"
        case "cut" if any(isinstance(given, ast.Constant) for given in node.args[1:2]):
            return "cuts the range of the batch into equal parts"
        case "astype" | "view" if _counts_dates(node, DATES | dates):
            return UNITS
        case name if name in CAUSES and not (fixed and name in OF_CODES) and not _along_a_row(node):
            return CAUSES[name]
        case name if name in STATISTICS and isinstance(node.func, ast.Attribute) and not _by_row(node):
            return "is a statistic of the batch"
    return ""


def _keywords(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


def _counts_dates(call: ast.Call, dates: Container[str]) -> bool:
    """Whether it makes whole numbers of what may be dates."""
    whole = any(text(given) in WHOLE_NUMBERS for given in call.args[:1])
    return whole and isinstance(call.func, ast.Attribute) and _may_be_dates(call.func.value, dates)


def _by_row(call: ast.Call) -> bool:
    """Whether a statistic may be one of each row: it names an axis."""
    return "axis" in _keywords(call) or any(isinstance(given, ast.Constant) and given.value == 1 for given in call.args)
