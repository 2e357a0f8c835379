"""Lists of candidates that members keep under a name, each for themself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.platform import secrets
from app.store.tables import views

#: So many a member may keep.
MOST = 30


@dataclass(frozen=True)
class View:
    """`query` is the query string of the list's page, such as `status=graded&band=4`."""

    id: str
    name: str
    query: str


_VIEW = [views.c[name] for name in View.__dataclass_fields__]


def of_member(connection: Connection, member_id: str | None) -> list[View]:
    """A member's views, by name."""
    query = select(*_VIEW).where(views.c.member_id == member_id).order_by(views.c.name).limit(MOST)
    return [View(*row) for row in connection.execute(query)]


def keep(connection: Connection, org_id: str, member_id: str, name: str, query: str) -> View | None:
    """Keep a view; one of the same name is replaced.  None where the member has as many as there may be."""
    known = select(func.count()).where(views.c.member_id == member_id, views.c.name != name)
    if (connection.scalar(known) or 0) >= MOST:
        return None
    values = {"id": secrets.new_id(), "org_id": org_id, "member_id": member_id, "name": name, "query": query}
    kept = insert(views).values(values)
    kept = kept.on_conflict_do_update(index_elements=["member_id", "name"], set_={"query": query})
    return View(*connection.execute(kept.returning(*_VIEW)).one())


def remove(connection: Connection, member_id: str | None, view_id: str) -> bool:
    """Forget one's own view; False where there is none."""
    mine = (views.c.id == view_id) & (views.c.member_id == member_id)
    return connection.execute(delete(views).where(mine)).rowcount == 1
