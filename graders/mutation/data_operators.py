"""Faults that only code on tables and models has: a filter ignored, a column dropped, a transformer fitted again."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from graders.mutation.operators import Change, Operator
from graders.mutation.text import Edit
from graders.mutation.walk import Scope, called, owner

#: Methods whose answer is true or false for each row.
ASKING = frozenset(
    {"isin", "isna", "isnull", "notna", "notnull", "between", "duplicated", "eq", "ne", "gt", "ge", "lt"}
)
ASKING |= frozenset({"le", "startswith", "endswith", "contains", "isfinite", "isnan", "logical_and", "logical_or"})
#: Steps of a chain that change values or rows, and without which the chain still runs.
STEPS = frozenset({"query", "dropna", "drop_duplicates", "fillna", "clip", "where", "mask", "abs", "ffill", "bfill"})
STEPS |= frozenset({"strip", "lower", "replace", "interpolate"})
#: Names under which rows of the other part go, for rows of the training part.
OTHER_PARTS = ("test", "valid", "val", "holdout", "eval")
PREDICTING = frozenset({"predict", "predict_proba", "decision_function"})
CONSTANTS = frozenset({"empty", "zeros", "ones", "full"})
TABLES = ("DataFrame", "Series", "ndarray", "FloatArray", "Array", "NDArray")
MODULES = frozenset({"np", "numpy", "pd", "pandas", "torch", "tf", "math", "re", "os", "pl", "sp", "scipy"})


def ignored_filter(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`rows[mask]` becomes `rows`, `rows.loc[mask, column]` becomes `rows.loc[:, column]`."""
    if not isinstance(node, ast.Subscript):
        return
    place = node.value.attr if isinstance(node.value, ast.Attribute) else ""
    if place == "loc" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
        if _is_mask(node.slice.elts[0], scope):
            yield Change(node, (scope.text.instead(node.slice.elts[0], b":"),))
    elif isinstance(node.ctx, ast.Load) and _is_mask(node.slice, scope):
        rows = node.value.value if place == "loc" and isinstance(node.value, ast.Attribute) else node.value
        yield Change(node, (Edit(scope.text.span(rows)[1], scope.text.span(node)[1], b""),))


def _is_mask(node: ast.expr, scope: Scope, depth: int = 3) -> bool:
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Invert)
    if isinstance(node, ast.BinOp):
        both = (node.left, node.right)
        return isinstance(node.op, ast.BitAnd | ast.BitOr) and any(_is_mask(side, scope, depth) for side in both)
    if isinstance(node, ast.Call):
        return called(node) in ASKING
    if isinstance(node, ast.Name) and depth:
        given = scope.assigned.get(node.id)
        return "mask" in node.id or (given is not None and _is_mask(given, scope, depth - 1))
    return False


def skipped_step(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`rows.fillna(0)` becomes `rows`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and called(node) in STEPS):
        return
    if owner(node) not in MODULES and not any(k.arg == "inplace" for k in node.keywords):
        yield Change(node, (Edit(scope.text.span(node.func.value)[1], scope.text.span(node)[1], b""),))


def dropped_column(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """The last column of a list is left out, or a column is not made."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.List):
        yield from _last_left_out(node, node.slice.elts, scope)
    elif isinstance(node, ast.Call) and called(node) == "assign" and len(node.keywords) > 1:
        before, last = node.keywords[-2:]
        if last.arg and before.arg:
            yield Change(last, (Edit(scope.text.span(before)[1], scope.text.span(last)[1], b""),))
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and _is_column(node.targets[0]):
        yield Change(node, (scope.text.instead(node, b"pass"),))


def _last_left_out(shown: ast.expr, columns: list[ast.expr], scope: Scope) -> Iterator[Change]:
    named = [c for c in columns if isinstance(c, ast.Starred | ast.Name) or _is_words(c)]
    if len(named) == len(columns) > 1:
        yield Change(shown, (Edit(scope.text.span(columns[-2])[1], scope.text.span(columns[-1])[1], b""),))


def _is_words(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_column(target: ast.expr) -> bool:
    return isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and _is_words(target.slice)


def shorter_list(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """At the level of the module: a list of columns has one less."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.List | ast.Tuple) and all(map(_is_words, value.elts)):
        yield from _last_left_out(value, value.elts, scope)


def swapped_fit(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`fit_transform` and `transform` change places; what was fitted on the training part is fitted on another."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return
    name, (_, end) = called(node), scope.text.span(node.func)
    if name in ("transform", "fit_transform") and not (_is_words(node.args[0]) or _grouped(node.func.value)):
        other = b"transform" if name == "fit_transform" else b"fit_transform"
        yield Change(node, (Edit(end - len(name), end, other),))
    if name in ("fit", "fit_transform"):
        swapped = [edit for argument in node.args for edit in _other_part(argument, scope)]
        if swapped:
            yield Change(node, tuple(swapped))


def _grouped(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Call) and called(n) in {"groupby", "rolling", "resample"} for n in ast.walk(node))


def _other_part(argument: ast.expr, scope: Scope) -> Iterator[Edit]:
    for node in ast.walk(argument):
        if isinstance(node, ast.Name) and "train" in node.id:
            others = (node.id.replace("train", part) for part in OTHER_PARTS)
            other = next((name for name in others if name in scope.names), None)
            if other:
                yield scope.text.instead(node, other.encode())


def constant_prediction(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Every row is given the same score."""
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Tuple):
        name = scope.function.name if scope.function else ""
        if _predicts(node.value) or (name.startswith("predict") and not _is_constant(node.value)):
            start, end = _returned(node, scope)
            yield Change(node, (Edit(start, start, b" ("), Edit(end, end, b") * 0 + 0.5")))


def _is_constant(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and called(value) in CONSTANTS)


def _predicts(value: ast.expr) -> bool:
    return any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in PREDICTING
        for n in ast.walk(value)
    )


def _returned(node: ast.Return, scope: Scope) -> tuple[int, int]:
    """Where what is returned begins, parentheses and all, and where it ends."""
    start, end = scope.text.span(node)
    return start + len(b"return"), end


def shifted_rows(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A table or column is returned with its values one row late."""
    if isinstance(node, ast.Return) and node.value is not None and _returns(scope).endswith(("Series", "DataFrame")):
        start, end = _returned(node, scope)
        yield Change(node, (Edit(start, start, b" ("), Edit(end, end, b").shift(1)")))


def _returns(scope: Scope) -> str:
    annotation = scope.function.returns if scope.function else None
    return ast.unparse(annotation).strip("'\"") if annotation is not None else ""


def input_returned(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """What came in goes out again, where both are of one kind."""
    if not (isinstance(node, ast.Return) and node.value is not None and scope.function):
        return
    arguments = [a for a in scope.function.args.args if a.arg not in ("self", "cls")]
    if not arguments:
        return
    first, returns = arguments[0], _returns(scope)
    same = first.annotation is not None and ast.unparse(first.annotation).strip("'\"") == returns
    guessed = first.annotation is None and not returns and first.arg in {"df", "data", "rows", "frame", "X"}
    alike = (same and returns.split(".")[-1].startswith(TABLES)) or (guessed and _is_table(node.value, first.arg))
    if alike and not (isinstance(node.value, ast.Name) and node.value.id == first.arg):
        yield Change(node, (Edit(*_returned(node, scope), f" {first.arg}".encode()),))


def _is_table(value: ast.expr, argument: str) -> bool:
    """Whether what is returned is made of the argument by its own methods alone."""
    while isinstance(value, ast.Call | ast.Attribute | ast.Subscript):
        value = value.func if isinstance(value, ast.Call) else value.value
    return isinstance(value, ast.Name) and value.id == argument


DATA: Mapping[str, Operator] = {
    "ignored filter": ignored_filter,
    "skipped step": skipped_step,
    "dropped column": dropped_column,
    "swapped fit and transform": swapped_fit,
    "constant prediction": constant_prediction,
    "rows shifted by one": shifted_rows,
    "input returned unchanged": input_returned,
}
