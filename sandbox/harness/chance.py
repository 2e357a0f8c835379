"""Whether a call could have gone otherwise by chance: it drew from a global generator, or asked for fresh entropy.

Told from the candidate's own process, so it is a hint and no proof.  Whoever forges it hides that a claim changes with
the seed, and could as well have fixed the seed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

#: Functions of libraries that make a generator of what they are given, by their modules, and what holds the seed.
SEEDING = {
    ("check_random_state", "sklearn.utils.validation"): "seed",
    ("check_random_state", "scipy._lib._util"): "seed",
    ("random_state", "pandas.core.common"): "state",
}
_fresh: list[None] = []  # one for each time that entropy was asked for
_seeded: list[Any] = []  # the states of the global generators


def watch() -> None:
    """Note from now on who asks for fresh entropy, as generators without a seed do."""
    import numpy as np  # noqa: PLC0415  (check.py reads calls.py before anything is installed)

    if hasattr(np.random.bit_generator, "randbits"):
        np.random.bit_generator.randbits = _noted(np.random.bit_generator.randbits)
    else:  # of another version: nobody is said to do without chance there
        _fresh.append(None)
    random._urandom = _noted(random._urandom)  # type: ignore[attr-defined]
    seed = random.Random.seed

    def seeded(self: random.Random, a: Any = None, version: int = 2) -> None:
        if a is None:
            _fresh.append(None)
        seed(self, a, version)

    random.Random.seed = seeded  # type: ignore[method-assign]


def _noted(function: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*arguments: Any, **named: Any) -> Any:
        known = len(_fresh)
        found = function(*arguments, **named)
        del _fresh[known:]  # one may be noted inside the other
        if not _seeds_anyway(sys._getframe(1)):
            _fresh.append(None)
        return found

    return noted


def _seeds_anyway(caller: FrameType) -> bool:
    """Whether a library makes a generator that has a seed: numpy's older one draws entropy before it is seeded."""
    name = caller.f_code.co_name, caller.f_globals.get("__name__", "")
    return name in SEEDING and caller.f_locals.get(SEEDING[name]) is not None


def begin() -> None:
    """Remember the states of the global generators, which have just been seeded."""
    _seeded[:] = _states()


def used() -> bool:
    """Whether anything random was asked for, or a generator seeded anew, as far as can be told."""
    return bool(_fresh) or _states() != _seeded


def _states() -> list[Any]:
    import numpy as np  # noqa: PLC0415

    name, keys, *rest = np.random.get_state()
    return [random.getstate(), name, np.asarray(keys).tobytes(), *rest]
