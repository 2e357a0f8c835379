"""Scripts that are notebooks in all but their ending: divided by marks, or with one function a cell."""

from __future__ import annotations

import ast
import re

#: `# %%` of editors, `# +` of jupytext, `# In[3]:` of an export, `# <codecell>` of IPython, `# COMMAND ----------` of
#: Databricks, a line of `####` of a gallery.
MARK = re.compile(rb"(?m)^# ?(?:%%|\+(?:\r?$| [\[{])|In ?\[|<codecell>|COMMAND -{5}|#{30})")
#: So many marks divide a script.
LEAST_MARKS = 2


def divided(text: bytes) -> bool:
    """Whether a script is divided into cells."""
    return len(MARK.findall(text)) >= LEAST_MARKS


def unwrap(tree: ast.Module) -> bool:
    """Put the statements of marimo's cells, which are functions in name only, at the level of the module.

    Whether there are such cells.
    """
    if not any(_imports_marimo(node) for node in tree.body):
        return False
    tree.body = [inner for node in tree.body for inner in (_inside(node) if _is_cell(node) else [node])]
    return True


def _imports_marimo(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import) and any(alias.name == "marimo" for alias in node.names)


def _is_cell(node: ast.stmt) -> bool:
    """A function that is marked as a cell, or the block of imports that marimo runs first."""
    if isinstance(node, ast.With):
        return any(getattr(item.context_expr, "attr", "") == "setup" for item in node.items)
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    named = [d.func if isinstance(d, ast.Call) else d for d in decorators]
    return any(isinstance(d, ast.Attribute) and d.attr == "cell" for d in named)


def _inside(node: ast.stmt) -> list[ast.stmt]:
    body: list[ast.stmt] = getattr(node, "body", [])
    return [statement for statement in body if not isinstance(statement, ast.Return)]
