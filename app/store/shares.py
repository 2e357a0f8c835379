"""Share links and who opened them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from app.platform import secrets
from app.store.record_tables import share_links, share_views

Reader = Literal["recruiter", "interviewer", "candidate"]


@dataclass(frozen=True)
class ShareLink:
    """`passcode` is argon2 or None; `views` counts how often it was opened."""

    id: str
    org_id: str
    submission_id: str
    reader: Reader
    passcode: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    views: int


@dataclass(frozen=True)
class View:
    """One opening of a link, by the network address and the browser's own name."""

    address: str
    agent: str
    created_at: datetime


@dataclass(frozen=True)
class NewShare:
    submission_id: str
    reader: Reader
    days: int
    passcode: str | None
    created_by: str


_views = (
    select(func.count())
    .where(share_views.c.link_id == share_links.c.id)
    .correlate(share_links)
    .scalar_subquery()
    .label("views")
)
_COLUMNS = [_views if name == "views" else share_links.c[name] for name in ShareLink.__dataclass_fields__]


def add(connection: Connection, org_id: str, new: NewShare) -> ShareLink:
    """Make a link."""
    link_id = secrets.new_id()
    values = {name: value for name, value in vars(new).items() if name != "days"}
    until = func.now() + timedelta(days=new.days)
    connection.execute(insert(share_links).values(id=link_id, org_id=org_id, expires_at=until, **values))
    return _link(connection.execute(select(*_COLUMNS).where(share_links.c.id == link_id)).one())


def of_submission(connection: Connection, org_id: str, submission_id: str) -> list[ShareLink]:
    """The links to a submission's report, newest first, the ended ones too."""
    query = select(*_COLUMNS).where(share_links.c.org_id == org_id, share_links.c.submission_id == submission_id)
    found = connection.execute(query.order_by(share_links.c.created_at.desc(), share_links.c.id))
    return [_link(row) for row in found]


def find(connection: Connection, link_id: str, org_id: str) -> ShareLink | None:
    """A link of this organisation."""
    query = select(*_COLUMNS).where(share_links.c.id == link_id, share_links.c.org_id == org_id)
    row = connection.execute(query).one_or_none()
    return _link(row) if row else None


def alive(connection: Connection, link_id: str) -> ShareLink | None:
    """The link, unless it is revoked or has expired."""
    now = share_links.c.revoked_at.is_(None) & (share_links.c.expires_at > func.now())
    row = connection.execute(select(*_COLUMNS).where(share_links.c.id == link_id, now)).one_or_none()
    return _link(row) if row else None


def revoke(connection: Connection, link_id: str) -> None:
    """End a link at once."""
    at = func.coalesce(share_links.c.revoked_at, func.now())
    connection.execute(update(share_links).where(share_links.c.id == link_id).values(revoked_at=at))


def note_view(connection: Connection, link_id: str, address: str, agent: str) -> None:
    """Write down that a link was opened."""
    connection.execute(insert(share_views).values(link_id=link_id, address=address[:100], agent=agent[:300]))


def views(connection: Connection, link_id: str) -> list[View]:
    """The newest two hundred openings of a link."""
    query = (
        select(share_views.c.address, share_views.c.agent, share_views.c.created_at)
        .where(share_views.c.link_id == link_id)
        .order_by(share_views.c.id.desc())
        .limit(200)
    )
    return [View(*row) for row in connection.execute(query)]


def _link(row: Row[Any]) -> ShareLink:
    return ShareLink(**row._mapping)
