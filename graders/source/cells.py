"""Scripts that are notebooks in all but their ending: divided by marks, or with one function a cell."""

from __future__ import annotations

import ast
import re

#: `# %%` of editors, `# In[3]:` of an export, `# COMMAND ----------` of Databricks, a line of `####` of a gallery.
MARK = re.compile(rb"(?m)^# ?(?:%%|In ?\[|COMMAND -{5}|#{30})")
#: So many marks divide a script.
LEAST_MARKS = 2


def divided(text: bytes) -> bool:
    """Whether a script is divided into cells."""
    return len(MARK.findall(text)) >= LEAST_MARKS


def unwrap(tree: ast.Module) -> None:
    """Put the statements of marimo's cells, which are functions in name only, at the level of the module."""
    if not any(_imports_marimo(node) for node in tree.body):
        return
    tree.body = [inner for node in tree.body for inner in (_inside(node) if _is_cell(node) else [node])]


def _imports_marimo(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import) and any(alias.name == "marimo" for alias in node.names)


def _is_cell(node: ast.stmt) -> bool:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    named = [d.func if isinstance(d, ast.Call) else d for d in decorators]
    return any(isinstance(d, ast.Attribute) and d.attr == "cell" for d in named)


def _inside(node: ast.stmt) -> list[ast.stmt]:
    body: list[ast.stmt] = getattr(node, "body", [])
    return [statement for statement in body if not isinstance(statement, ast.Return)]
