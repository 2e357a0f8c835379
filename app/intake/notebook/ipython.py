"""IPython's own word on what in a cell is a magic, taken from its transformer without the shell around it."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

#: IPython looks for the name before a question mark with a pattern that takes the square of the line.
LONGEST_HELP = 1000


@dataclass(frozen=True)
class Magic:
    """Lines `first` to `last` of a cell, from 0; `target` is the left side of an assignment, with its `=`, or None."""

    first: int
    last: int
    target: str | None
    indent: str


def without_prompts(lines: list[str]) -> list[str]:
    """The lines of a cell, each with its end, without common indentation and pasted prompts; as many as there were."""
    blank = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    kept = lines[blank:]
    for transform in _transformer().TransformerManager().cleanup_transforms:
        kept = transform(kept)
    return lines[:blank] + kept if blank + len(kept) == len(lines) else lines


def first_magic(lines: list[str]) -> Magic | None:
    """The first magic, shell line or call for help among the lines of a cell, each with its end."""
    module = _transformer()
    tokens = module.make_tokens_by_line(lines)
    kinds = module.TransformerManager().token_transformers
    found = sorted((f for kind in kinds if (f := kind.find(tokens)) is not None), key=module.TokenTransformBase.sortby)
    for magic in found:
        if (
            isinstance(magic, module.HelpEnd)
            and sum(map(len, lines[magic.start_line : magic.q_line + 1])) > LONGEST_HELP
        ):
            continue
        try:
            changed = magic.transform(lines)
        except SyntaxError:
            continue
        first = magic.start_line
        start = lines[first][: magic.start_col]
        assigned = isinstance(magic, module.MagicAssign | module.SystemAssign)
        last = first + len(lines) - len(changed)
        return Magic(first, last, start if assigned else None, _indent(start))
    return None


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


@cache
def _transformer() -> Any:
    """The module, imported beside a package that stays empty: the shell takes half a second and 40 MB to load."""
    loaded = sys.modules.get("IPython")
    if loaded is None:
        spec = find_spec("IPython")
        if spec is None or spec.submodule_search_locations is None:
            raise ModuleNotFoundError("IPython is not installed", name="IPython")
        stub = ModuleType("IPython")
        stub.__path__ = list(spec.submodule_search_locations)
        sys.modules["IPython"] = stub
    try:
        return importlib.import_module("IPython.core.inputtransformer2")
    finally:
        if loaded is None:
            for name in [name for name in sys.modules if name.partition(".")[0] == "IPython"]:
                del sys.modules[name]
