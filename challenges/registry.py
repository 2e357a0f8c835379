"""The challenges there are: those that are shipped, one line each, and a company's own under its home."""

from __future__ import annotations

import re
from pathlib import Path

from challenges.ml_pipeline.challenge import CHALLENGE as ML_PIPELINE
from challenges.store_demand.challenge import CHALLENGE as STORE_DEMAND
from challenges.tables import create, definition
from challenges.tables.table import TableError
from challenges.ticket_routing.challenge import CHALLENGE as TICKET_ROUTING
from graders.model.challenge import Challenge
from graders.words import say

#: An id, from the second version on with its number.
NAME = re.compile(r"[a-z][a-z0-9-]{1,40}+(?:@[1-9][0-9]{0,5})?")


class UnknownChallenge(KeyError):
    """No challenge has this id."""


def all_challenges(home: Path | None = None) -> tuple[Challenge, ...]:
    """Every challenge in the order in which they are listed; those of one's own where `home` is told.

    One whose `challenge.toml` cannot be read is left out; `get` says what is wrong with it.
    """
    return (ML_PIPELINE, STORE_DEMAND, TICKET_ROUTING, *(_own(home) if home else ()))


def get(name: str, home: Path | None = None) -> Challenge:
    """The challenge of this id, or in a folder of this path.

    Raises UnknownChallenge naming those there are; TableError where its `challenge.toml` cannot be read.
    """
    for challenge in all_challenges():
        if challenge.id == name:
            return challenge
    if home is not None and (folder := folder_of(name, home)) is not None:
        return create.load(folder)
    known = ", ".join(challenge.id for challenge in all_challenges(home))
    raise UnknownChallenge(say("There is no challenge {name}. There are {known}.", name=repr(name), known=known))


def folder_of(name: str, home: Path) -> Path | None:
    """The folder of a challenge of one's own, by id or by path; None where there is none."""
    path = create.home_of(home) / name if NAME.fullmatch(name) else Path(name)
    return path if (path / definition.FILE).is_file() else None


def _own(home: Path) -> tuple[Challenge, ...]:
    found = []
    for path in sorted(create.home_of(home).glob(f"[a-z]*/{definition.FILE}")):
        try:
            if not (path.parent / create.RETIRED).exists():
                found.append(create.load(path.parent))
        except TableError:
            continue
    return tuple(found)
