"""Cell magics and shell lines: what of a notebook cell is Python, line for line.

IPython decides what is a magic.  Here is decided what stands in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from app.intake.contract.syntax import parse
from app.intake.notebook import ipython
from app.intake.notebook.ipython import Magic
from app.intake.problems import rejected
from app.intake.words import words
from app.words import _

#: Cell magics whose body is Python that runs in the notebook's own namespace.
TRANSPARENT = frozenset({"time", "capture", "prun"})
#: Options of cell magics that name what the output is bound to.
BINDING_OPTIONS = ("--out", "--err", "--proc", "-o")
#: Magics that bind names which nobody can know who only reads the notebook.
OPEN = frozenset({"pylab", "run", "load", "loadpy", "recall", "rerun", "store", "rehashx", "sql", "R", "bigquery"})
#: IPython's own cell magics that bind nothing but by such options; those of extensions may bind any name.
CLOSED = words(
    "! bash sh system sx html HTML javascript js latex markdown svg SVG perl ruby script writefile file "
    "python python2 python3 pypy timeit debug"
)
#: Commands that IPython takes without a sign where they stand alone.
BARE = frozenset({"cat", "cd", "clear", "cp", "ls", "ll", "man", "mkdir", "mv", "pip", "conda", "pwd", "rm", "rmdir"})
#: A cell of more magics than this is no notebook of a person's; each costs a reading of the cell.
MAX_MAGICS = 200


@dataclass(frozen=True)
class Cell:
    """The Python of one code cell; `source` has a line for each line of the cell, magics replaced by what they bind.

    `magics` are (line in the cell from 1, text); `given` are the lines that bind a name to what only Jupyter gives.
    `opens` are the texts of magics that may bind any name.
    """

    number: int
    source: str
    magics: tuple[tuple[int, str], ...] = ()
    given: frozenset[int] = frozenset()
    opens: tuple[str, ...] = ()


def clean(number: int, text: str, parses: bool) -> Cell:
    """Set magics aside; a cell that `parses` as Python holds none.  Raises Rejected where there are too many."""
    if parses:
        return Cell(number, text)
    lines = ipython.without_prompts([line + "\n" for line in text.split("\n")])
    cell = _cell_magic(number, lines)
    return cell or _line_magics(Cell(number, ""), lines)


def _cell_magic(number: int, lines: list[str]) -> Cell | None:
    """A cell that starts with %%: its body stays where it is Python of this notebook."""
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    head = lines[first].strip()
    name, _, options = head[2:].partition(" ")
    if not head.startswith("%%") or name.endswith("?"):
        return None
    bound = _bound_by_options(name, options.split())
    given = "".join(f"{target} = None; " for target in bound)
    magics = ((first + 1, head),)
    if name not in TRANSPARENT:
        return Cell(number, given, magics, frozenset({1} if given else ()), () if name in CLOSED else (head,))
    body = ["\n"] * first + [given + "\n", *lines[first + 1 :]]
    inner = "".join(body)[:-1]
    nested = next((line for line in lines[first + 1 :] if line.strip()), "")
    if nested.startswith("%%"):
        below = _cell_magic(number, ["\n"] * (first + 1) + lines[first + 1 :])
        assert below is not None
        return replace(below, magics=magics + below.magics)
    outer = Cell(number, inner, magics, frozenset({first + 1} if given else ()))
    return _line_magics(outer, body)


def _bound_by_options(name: str, options: list[str]) -> list[str]:
    """What `%%capture out` and `%%bash --out text` bind."""
    targets = [value for option, value in pairwise(options) if option in BINDING_OPTIONS]
    targets += [option.partition("=")[2] for option in options if option.startswith(("--out=", "--err="))]
    if name == "capture":
        targets += [option for option in options if not option.startswith("-")]
    return [target for target in dict.fromkeys(targets) if target.isidentifier()]


def _line_magics(cell: Cell, lines: list[str]) -> Cell:
    """The cell with every magic among `lines` replaced; a line that IPython joins to one above becomes empty."""
    magics, given, opens = list(cell.magics), set(cell.given), list(cell.opens)
    lines = list(lines)
    for _turn in range(MAX_MAGICS):
        magic = ipython.first_magic(lines)
        if magic is None:
            break
        told = [line.strip() for line in lines[magic.first : magic.last + 1]]
        magics += [(magic.first + n + 1, text) for n, text in enumerate(told)]
        name = _name(told[0])
        opens += [told[0]] if name in OPEN else []
        given |= {magic.first + 1} if magic.target is not None else set()
        lines[magic.first : magic.last + 1] = [_instead(magic, name, told), *["\n"] * (magic.last - magic.first)]
    else:
        raise rejected(
            "CODE_TOO_COMPLEX",
            _("Cell {number} holds more than {max_magics} magics.").format(number=cell.number, max_magics=MAX_MAGICS),
        )
    magics += _set_bare_aside(lines)
    return Cell(cell.number, "".join(lines)[:-1], tuple(sorted(magics)), frozenset(given), tuple(opens))


def _set_bare_aside(lines: list[str]) -> list[tuple[int, str]]:
    """Commands without a sign, such as `ls data/`: only a line at which Python itself gives up can be one."""
    found: list[tuple[int, str]] = []
    while (n := _error_line("".join(lines))) is not None and lines[n - 1].split(" ", 1)[0].strip() in BARE:
        found.append((n, lines[n - 1].strip()))
        lines[n - 1] = "pass\n"
    return found


def _name(text: str) -> str:
    return text[1:].split(" ", 1)[0] if text.startswith("%") else ""


def _instead(magic: Magic, name: str, told: list[str]) -> str:
    """`%time x = f()` is Python after the magic; what an assignment would get is not there; else nothing is done."""
    if magic.target is not None:
        return f"{magic.target}None\n"
    statement = told[0].partition(" ")[2].strip()
    if name == "time" and statement and not statement.startswith("-") and len(told) == 1:
        return f"{magic.indent}{statement}\n"
    return f"{magic.indent}pass\n"


def _error_line(text: str) -> int | None:
    try:
        parse(text)
    except SyntaxError as error:
        return error.lineno
    except ValueError:
        return None
    return None
