"""Names that Jupyter gives and Python alone does not: no errors of the notebook, and not there when it is graded."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence

from app.intake.notebook.magics import Cell
from app.intake.notebook.slicing import Slice
from app.intake.notebook.units import Unit
from app.intake.problems import rejected, shown
from app.intake.words import words
from app.words import _
from graders.model.submission import Location

#: What IPython, and the notebooks of Databricks, put into the namespace before the first cell.
NAMES = words(
    "display get_ipython In Out exit quit _ __ ___ _i _ii _iii _ih _oh _dh _exit_code "
    "spark sc sqlContext dbutils displayHTML"
)
#: Every module has these.
ALWAYS = words("__name__ __file__ __doc__ __builtins__ __spec__ __package__ __loader__")


def used(units: Sequence[Unit], opens: bool) -> frozenset[str]:
    """Names that the statements look up, bind nowhere, and get from Jupyter; `opens` says a magic may bind any name."""
    bound = {name for unit in units for name in unit.names.binds | unit.names.later_binds}
    looked_up = {name for unit in units for name in unit.names.now | unit.names.later}
    missing = looked_up - bound - ALWAYS
    return frozenset(n for n in missing if _is_given(n) or (opens and "*" not in bound and not hasattr(builtins, n)))


def refuse(sliced: Slice, cells: Iterable[Cell], entry: str) -> None:
    """Raise Rejected where the program is sure to need what only Jupyter gives."""
    by_number = {cell.number: cell for cell in cells}
    opens = tuple(text for cell in by_number.values() for text in cell.opens)
    for unit in sliced.kept:
        for line in range(unit.first, unit.first + len(unit.lines)):
            if line in by_number[unit.cell].given:
                what = next(text for n, text in by_number[unit.cell].magics if n == line)
                message = _("The program needs what {name} gives, which is not run when it is graded.").format(
                    name=shown(what)
                )
                raise rejected("NAME_UNAVAILABLE", message, Location(entry, line, unit.cell))
    missing = used(sliced.kept, bool(opens))
    for unit in sliced.kept:
        for node in _unguarded(unit.tree):
            if isinstance(node, ast.Name) and node.id in missing:
                if _is_given(node.id):
                    message = _("The program needs {name}. Only Jupyter gives it, and nothing gives it at grading.")
                else:
                    message = _("The program needs {name}. Only {magic} may give it, which is not run at grading.")
                message = message.format(name=shown(node.id), magic=shown(opens[0]) if opens else "")
                raise rejected("NAME_UNAVAILABLE", message, Location(entry, node.lineno, unit.cell))


def _is_given(name: str) -> bool:
    """`_12` and `_i12` are the results and the texts of earlier cells."""
    number = name.removeprefix("_i") if name.startswith("_i") else name.removeprefix("_")
    return name in NAMES or (name != number and number.isdigit())


def _unguarded(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that no condition and no handler guards."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If | ast.IfExp | ast.BoolOp) or (isinstance(child, ast.Try) and child.handlers):
            continue
        yield child
        yield from _unguarded(child)
