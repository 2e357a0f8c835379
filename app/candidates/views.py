"""The lists that a member keeps: made, shown and forgotten by themself alone."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field

from app.errors import Conflict, NotFound
from app.fields import Line
from app.ports import Service
from app.rights import Principal
from app.store import views
from app.store.views import View
from app.words import _

#: What a list can be narrowed and ordered by, as the page's address says it.
FIELDS = ("q", "status", "challenge", "tag", "band", "interviewer", "due", "appeal", "attention", "sort")


class ViewIn(BaseModel):
    """A list to keep.  `query` is what stands in the address of the list after the question mark."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(min_length=1, examples=["Strong, not read"])
    query: Line = Field("", examples=["status=graded&band=4"])


class ViewView(BaseModel):
    """A list that the caller keeps."""

    id: str
    name: str
    query: str


def listed(service: Service, who: Principal) -> list[View]:
    """The caller's own views, by name; a key has none."""
    with service.reader.connect() as connection:
        return views.of_member(connection, who.member_id)


def keep(service: Service, who: Principal, name: str, query: str) -> View:
    """Keep a list; one of the same name is replaced.  NotFound for a key, Conflict where there are too many."""
    if who.member_id is None:
        raise NotFound
    said = dict(parse_qsl(query))
    known = urlencode({field: said[field] for field in FIELDS if field in said})
    with service.engine.begin() as connection:
        kept = views.keep(connection, who.org_id, who.member_id, name.strip() or _("My view"), known)
    if kept is None:
        raise Conflict("too-many-views", _("You keep {most} views already. Remove one first.").format(most=views.MOST))
    return kept


def remove(service: Service, who: Principal, view_id: str) -> None:
    """Forget one's own view; NotFound where there is none."""
    with service.engine.begin() as connection:
        if not views.remove(connection, who.member_id, view_id):
            raise NotFound
