"""What members write to each other about a candidate: never the candidate's to see before a decision.

Whoever is to rate first reads the others' comments once the own scorecard is locked, and in blind mode nobody who
invites no one reads a name in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.errors import Forbidden, Invalid, NotFound
from app.fields import Line, Words
from app.news import service as news_service
from app.owned import owned
from app.platform.secrets import is_id
from app.ports import Service
from app.reviews.panel import panel
from app.rights import Principal, hides_names
from app.store import audit, comments, invitations, members
from app.store.comments import Comment
from app.words import _

#: So many members can be told of one comment.
MOST_TOLD = 20
#: Names of no more letters stand inside many words.
SHORT = 2


class CommentIn(BaseModel):
    """Something about a candidate, and the members who are told of it by mail."""

    model_config = ConfigDict(extra="forbid")

    words: Words
    mentions: list[Line] = Field([], max_length=MOST_TOLD, description="Ids of members.")


class CommentView(BaseModel):
    """A comment; `mentions` are ids of members."""

    id: str
    member: str
    words: str
    mentions: list[str]
    created_at: datetime


@dataclass(frozen=True)
class Talk:
    """What one reader sees of the comments about a candidate; `hidden` counts those kept back until they rate."""

    comments: tuple[Comment, ...]
    hidden: int


def show(service: Service, who: Principal, invitation_id: str) -> Talk:
    """The comments that the reader may see now, the oldest first."""
    with service.reader.connect() as connection:
        standing = owned(invitations.standing, connection, invitation_id, who.org_id)
        written = comments.of_invitation(connection, who.org_id, invitation_id)
        blind = hides_names(who, members.organisation(connection, who.org_id).blind)
        free = panel(connection, who, invitation_id).total
    seen = [one for one in written if free or one.member_id == who.member_id]
    if blind:
        seen = [replace(one, words=without(one.words, _names(standing.candidate.known_as))) for one in seen]
    return Talk(tuple(seen), len(written) - len(seen))


def write(service: Service, who: Principal, invitation_id: str, body: CommentIn) -> str:
    """Write a comment and tell those whom it names; its id.  Forbidden for a key, Invalid for no such member."""
    if who.member_id is None:
        raise Forbidden("not-allowed", _("Only a member can comment. Sign in as a member."))
    with service.engine.begin() as connection:
        standing = owned(invitations.standing, connection, invitation_id, who.org_id)
        if standing.candidate.erased_at is not None:
            raise Invalid("erased", _("The candidate's data were erased."))
        told = list(dict.fromkeys(body.mentions))
        if not set(told) <= set(members.named(connection, who.org_id)):
            raise Invalid("no-member", _("Name members of your organisation only."))
        made = comments.add(connection, who.org_id, invitation_id, who.member_id, body.words, told)
        version = comments.count(connection, invitation_id)
        for member in told:
            if member != who.member_id:
                news_service.tell_member(connection, standing, "mention", version, member)
        audit.record(connection, who, "comment-written", f"invitation:{invitation_id}", mentions=len(told))
    return made


def remove(service: Service, who: Principal, invitation_id: str, comment_id: str) -> None:
    """Take one's own comment back; NotFound where there is none."""
    with service.engine.begin() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        known = is_id(comment_id) and comments.remove(connection, who.org_id, invitation_id, who.member_id, comment_id)
        if not known:
            raise NotFound
        audit.record(connection, who, "comment-removed", f"invitation:{invitation_id}")


def view(comment: Comment) -> CommentView:
    shown = ("id", "member", "words", "created_at")
    return CommentView(**{name: getattr(comment, name) for name in shown}, mentions=list(comment.mentions))


def without(words: str, names: Iterable[str]) -> str:
    """The words with each of these names blackened, however it is written.

    A name of one or two Latin letters, such as Li, is blackened where it is a word with a capital letter.
    """
    for name in names:
        short = len(name) <= SHORT and name.isascii()
        written = rf"\b{re.escape(name.capitalize())}\b" if short else re.escape(name)
        words = re.sub(written, "█████", words, flags=re.NOFLAG if short else re.IGNORECASE)
    return words


def _names(known_as: Sequence[str]) -> list[str]:
    """Whole names and their parts, the longest first."""
    parts = {part for name in known_as for part in (name, *name.split(), *name.split("@")[:1])}
    return sorted(parts, key=len, reverse=True)
