"""Blind mode on the pages of an exercise: who the candidate is goes out of their own text, as it does in a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar, cast

from app.owned import owned
from app.ports import Service
from app.rights import Principal, hides_names
from app.store import invitations, members
from graders.report.redact import without_people

T = TypeVar("T")
Names = tuple[str, ...] | None

#: Words of ours, and what members are called.
OURS = frozenset({
    "id", "exercise_id", "org_id", "invitation_id", "submission_id", "member_id", "member", "kind", "about", "code",
    "certainty", "metric", "name", "unit", "state", "asked", "who",
})  # fmt: skip
#: A sentence as graders/live keeps it: the values are the candidate's, and the sentence is where there are none.
MESSAGE = {"id", "values", "plural"}


def hidden_names(service: Service, who: Principal, invitation_id: str) -> Names:
    """What a candidate's own files may call them by, where this reader must not know; None where nothing is hidden."""
    with service.reader.connect() as connection:
        if not hides_names(who, members.organisation(connection, who.org_id).blind):
            return None
        return owned(invitations.standing, connection, invitation_id, who.org_id).candidate.known_as


def without(value: T, names: Names) -> T:
    """A value of app/live, or JSON of graders/live, with a mark in place of every name."""
    return value if names is None else cast(T, _without(value, names))


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return _text(value, names)
    if is_dataclass(value) and not isinstance(value, type):
        theirs = (part.name for part in fields(value) if part.name not in OURS)
        return replace(value, **{name: _without(getattr(value, name), names) for name in theirs})
    if isinstance(value, tuple | list):
        return type(value)(_without(part, names) for part in value)
    if not isinstance(value, Mapping):
        return value
    if set(value) == MESSAGE:
        said = {key: _without(part, names) for key, part in value["values"].items()}
        return {**value, "id": value["id"] if said else _text(value["id"], names), "values": said}
    return {_text(key, names): part if key in OURS else _without(part, names) for key, part in value.items()}


@lru_cache(maxsize=128)  # a page that is followed shows the same files again and again
def _text(text: str, names: tuple[str, ...]) -> str:
    return without_people(text, names)
