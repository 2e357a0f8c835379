"""Who may do what: one table, read by every route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import Forbidden
from app.words import _


class Right(StrEnum):
    """What a request asks for.  API keys carry rights as their scopes, under these names."""

    SUBMIT = "submit"  # hand in a submission on the organisation's behalf
    READ = "read"  # lists, statuses, reports as a recruiter sees them
    READ_CODE = "read-code"  # the interviewer's report: code, evidence, questions
    INVITE = "invite"  # invite, extend, remind, withdraw
    DECIDE = "decide"  # record a decision, answer an appeal
    REVIEW = "review"  # a scorecard of one's own, a mark on a finding
    SHARE = "share"  # share links
    EXPORT = "export"  # files about many candidates, reports of adverse impact
    REGRADE = "regrade"
    MANAGE = "manage"  # members, keys, webhooks, policies, the audit log, erasure


class Role(StrEnum):
    ADMIN = "admin"
    RECRUITER = "recruiter"
    INTERVIEWER = "interviewer"


ROLES: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.RECRUITER: frozenset(
        {Right.SUBMIT, Right.READ, Right.INVITE, Right.DECIDE, Right.SHARE, Right.EXPORT, Right.REGRADE}
    ),
    Role.INTERVIEWER: frozenset({Right.READ, Right.READ_CODE, Right.REVIEW}),
}


@dataclass(frozen=True)
class Principal:
    """Whoever makes a request for an organisation: a member who signed in, an API key, or a tracking system."""

    org_id: str
    rights: frozenset[Right]
    name: str
    member_id: str | None = None
    api_key_id: str | None = None
    role: Role | None = None
    tracking_id: str | None = None

    def gives(self, rights: Iterable[Right]) -> None:
        """Forbidden where these are to be given to somebody by one who does not have them all."""
        if beyond := sorted(set(rights) - self.rights):
            raise Forbidden(
                "not-allowed",
                _("You cannot give rights that you do not have: {beyond}.").format(beyond=", ".join(beyond)),
            )

    @property
    def actor(self) -> str:
        """For the audit log: what it was, and its id."""
        if self.tracking_id:
            return f"tracking:{self.tracking_id}"
        return f"member:{self.member_id}" if self.member_id else f"key:{self.api_key_id}"

    def may(self, right: Right) -> bool:
        return right in self.rights


def hides_names(who: Principal, blind: bool) -> bool:
    """Whether the organisation's blind mode keeps names from this reader: from all who invite nobody."""
    return blind and not who.may(Right.INVITE)


def rates_first(who: Principal, hide_until_locked: bool) -> bool:
    """Whether this reader must rate before they see totals: only interviewers, and only where the policy says so."""
    return who.role is Role.INTERVIEWER and hide_until_locked
