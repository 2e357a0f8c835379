"""Let the tracer see the tables that a candidate's own code makes, wherever it makes them.

Every module of the submission is compiled from a tree in which calls, operators, subscripts and comprehensions
pass their value through a function that returns it unchanged.  Lines and columns stay as they were.
"""

from __future__ import annotations

import ast
import importlib.machinery
import os
import sys
from types import CodeType
from typing import Any

# Names with as many underscores behind as before: within a class all others would be names of that class.
SEE, ITEM, OPERATE, PIECE = "__assay_see__", "__assay_item__", "__assay_operate_{}__", "__assay_slice__"
MULTIPLY = "__assay_multiply__"
PRODUCTS = frozenset({"dot", "matmul"})  # functions and methods that multiply tables
TABLES = frozenset({"values", "T", "array"})  # attributes that make another table of one
#: Functions that look at the frame which calls them, and such as give no table.
UNSEEN = frozenset({"super", "locals", "globals", "vars", "dir", "exec"}) | frozenset(
    {"float", "int", "bool", "str", "len", "range", "enumerate", "isinstance", "print"}
)
MOST_NODES = 200_000
SHORT = MOST_NODES // 8  # bytes that cannot hold so many nodes
SITES = 1024


class Rewriter(ast.NodeTransformer):
    """Wraps expressions that may give a table."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if of_product(node):
            return call(MULTIPLY, node, node.func, site(node), *node.args)
        by_name = isinstance(node.func, ast.Name) and node.func.id in UNSEEN
        return node if by_name or of_math(node.func) else seen(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node.value if isinstance(node.value, ast.Call) else node)
        return node  # nobody keeps what the call gives

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        self.generic_visit(node)
        return seen(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return seen(node) if node.attr in TABLES and isinstance(node.ctx, ast.Load) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return node
        return call(OPERATE.format(type(node.op).__name__), node, node.left, node.right, site(node))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or any(isinstance(part, ast.Starred) for part in ast.walk(node.slice)):
            return node
        return call(ITEM, node, node.value, plain(node.slice), site(node))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node  # an annotation is no computation

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.args = self.visit(node.args)
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_Match(self, node: ast.Match) -> ast.AST:
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.body = [self.visit(statement) for statement in case.body]
        return node


def of_math(function: ast.expr) -> bool:
    """Whether this is a function of single numbers."""
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "math"


def of_product(node: ast.Call) -> bool:
    """Whether this may multiply a table with numbers, by plain arguments."""
    plain_ones = not node.keywords and not any(isinstance(one, ast.Starred) for one in node.args)
    return (
        isinstance(node.func, ast.Attribute) and node.func.attr in PRODUCTS and plain_ones and len(node.args) in (1, 2)
    )


def site(node: ast.expr) -> ast.Constant:
    """A number for where an expression stands: its line times SITES, and about which of that line it is."""
    end = (node.end_lineno or node.lineno) - node.lineno
    return ast.Constant(node.lineno * SITES + (31 * node.col_offset + (node.end_col_offset or 0) + 7 * end) % SITES)


def seen(node: ast.expr) -> ast.Call:
    return call(SEE, node, node, site(node))


def call(name: str, where: ast.expr, *arguments: ast.expr) -> ast.Call:
    made = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    ast.copy_location(made, where)
    for part in (made.func, *arguments):
        if not hasattr(part, "lineno"):
            ast.copy_location(part, where)
    return made


def plain(index: ast.expr) -> ast.expr:
    """What stands between brackets, as an expression of its own."""
    if isinstance(index, ast.Slice):
        bounds = [
            part or ast.copy_location(ast.Constant(None), index) for part in (index.lower, index.upper, index.step)
        ]
        return call(PIECE, index, *bounds)
    if isinstance(index, ast.Tuple):
        index.elts = [plain(part) for part in index.elts]
    return index


def rewritten(source: bytes, path: str) -> CodeType:
    """The code of one module, watched where that is possible."""
    try:
        tree = ast.parse(source, path)
        if len(source) > SHORT and sum(1 for _ in ast.walk(tree)) > MOST_NODES:
            raise ValueError("too long to be watched")
        return compile(Rewriter().visit(tree), path, "exec", dont_inherit=True)
    except (ValueError, RecursionError, MemoryError, TypeError):
        return compile(source, path, "exec", dont_inherit=True)


class Loader(importlib.machinery.SourceFileLoader):
    """Loads a module of the submission so that it is watched."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return rewritten(self.get_data(path), path)


def watch_imports(folder: str) -> None:
    """From now on every module under `folder` is loaded so."""
    root = os.path.realpath(folder)

    def finder(path: str) -> Any:
        real = os.path.realpath(path or ".")
        if real != root and not real.startswith(root + os.sep):
            raise ImportError(path)
        return importlib.machinery.FileFinder(path, (Loader, importlib.machinery.SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, finder)
    beneath = (root, os.path.abspath(folder), ".")  # asking the disk about each path takes as long as a small fit
    for path in [path for path in sys.path_importer_cache if (path or ".").startswith(beneath)]:
        del sys.path_importer_cache[path]
