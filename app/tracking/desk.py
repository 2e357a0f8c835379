"""What tracking systems may do here, each for the organisation that connected it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy import Connection, func

from app import links
from app.challenges import service as challenge_service
from app.errors import Conflict, Invalid, NotFound
from app.gradings.counting import counting
from app.invitations import service as invitation_service
from app.invitations.views import NewInvitationBody
from app.owned import owned
from app.ports import Service
from app.rights import Principal, Right
from app.store import audit, invitations, tracking
from app.store.challenges import base_of
from app.store.invitations import Standing
from app.store.rows import Status
from app.store.tracking import COMPLETE, Order, System
from app.tracking.adapters import ADAPTERS
from app.tracking.port import Detail, Progress, Stage, Wish
from app.webhooks import address
from app.words import N_, _
from graders.model.challenge import Challenge
from graders.report.words import BANDS

STAGES = {
    Status.INVITED: Stage.SENT,
    Status.OPENED: Stage.SENT,
    Status.STARTED: Stage.STARTED,
    Status.GRADING: Stage.GRADING,
    Status.EXPIRED: Stage.EXPIRED,
    Status.WITHDRAWN: Stage.WITHDRAWN,
}
WORDS = {
    Stage.SENT: N_("The invitation was sent."),
    Stage.STARTED: N_("The candidate has started."),
    Stage.SUBMITTED: N_("The candidate has handed in."),
    Stage.GRADING: N_("The submission is being graded."),
    Stage.COMPLETE: N_("The report is there. A person decides."),
    Stage.EXPIRED: N_("The deadline passed and nothing was handed in."),
    Stage.WITHDRAWN: N_("The invitation was withdrawn."),
}
MOST_ERRORS, LONGEST = 5, 200


class SystemDesk:
    """The `Desk` of one connected system."""

    def __init__(self, service: Service, system: System) -> None:
        self._service, self._system = service, system
        title = ADAPTERS[system.kind].title
        self._who = Principal(system.org_id, frozenset({Right.INVITE}), title, tracking_id=system.id)
        self.complaint = ""

    def challenges(self) -> Sequence[Challenge]:
        return challenge_service.offered(self._service, self._system.org_id)

    def order(self, wish: Wish) -> str:
        service, system = self._service, self._system
        if wish.callback:
            require_within(wish.callback, system.domain, private=service.settings.webhooks_to_private)
        if base_of(wish.challenge) not in {base_of(challenge.id) for challenge in self.challenges()}:
            raise NotFound("not-found", _("There is no test of this id."))
        with service.reader.connect() as connection:
            standing = tracking.standing_order(connection, system.id, wish.remote_id)
        if standing is not None:
            return standing.id
        invitation = self._invited(wish).invitation
        with service.engine.begin() as connection:
            places = {"callback": wish.callback, "profile": wish.profile if _is_link(wish.profile) else ""}
            sent = {"news": Status.INVITED.value, "told": Status.INVITED.value}
            made = tracking.add_order(connection, system, invitation.id, remote_id=wish.remote_id, **places, **sent)
            audit.record(connection, self._who, "order-taken", f"invitation:{invitation.id}", order_id=made.id)
        return made.id

    def progress(self, order_id: str) -> Progress:
        with self._service.reader.connect() as connection:
            order = owned(tracking.order, connection, order_id, self._system.id)
            return progress_of(self._service, connection, order, self._system)

    def cancel(self, order_id: str) -> None:
        with self._service.engine.begin() as connection:
            order = owned(tracking.order, connection, order_id, self._system.id)
            if order.cancelled_at is not None:
                return
            tracking.change_order(connection, order_id, cancelled_at=func.now())
            about = f"invitation:{order.invitation_id}"
            audit.record(connection, self._who, "order-cancelled", about, order_id=order_id)
            standing = owned(invitations.standing, connection, order.invitation_id, order.org_id)
            last = not standing.invitation.closed and not tracking.others(connection, order)
        if last:
            invitation_service.withdraw(self._service, self._who, order.invitation_id)

    def complain(self, call: str, errors: Sequence[str]) -> None:
        """An address in it is left out: it is the candidate's."""
        words = (error[:LONGEST].split() for error in errors[:MOST_ERRORS])
        said = (" ".join("…" if "@" in word else word for word in error) for error in words)
        self.complaint = f"{call[:60]}: {'; '.join(said)}"

    def _invited(self, wish: Wish) -> Standing:
        """The invitation that the wish leads to; one that was withdrawn is opened again, with a new link."""
        days = self._system.days
        due = (datetime.now(UTC) + timedelta(days=days)).date().isoformat() if days else None
        try:
            body = NewInvitationBody(
                email=wish.email,
                first_name=wish.first_name,
                last_name=wish.last_name,
                challenge=base_of(wish.challenge),  # a system may know the test by an earlier version
                due_at=due,
                label=self._who.name,
            )
        except ValidationError:
            raise Invalid("bad-candidate", _("The name or the mail address of the candidate cannot be used.")) from None
        changed = invitation_service.invite(self._service, self._who, body)
        if changed.standing.status is Status.EXPIRED:
            raise Conflict(
                "expired",
                _("This candidate’s deadline has passed and nothing was handed in. Extend it in Assay first."),
            )
        if changed.standing.invitation.revoked_at is not None:
            invitation_service.reopen(self._service, self._who, changed.id, told=False)
            changed = invitation_service.new_link(self._service, self._who, changed.id)
        return changed.standing


def progress_of(service: Service, connection: Connection, order: Order, system: System) -> Progress:
    """Where an order stands now, with no more than the organisation wants its system to know."""
    found = invitations.standing(connection, order.invitation_id)
    assert found is not None  # an order goes with its invitation
    news = tracking.news_of(connection, order.id)
    done = news.startswith(COMPLETE)
    stage = Stage.COMPLETE if done else STAGES.get(found.status, Stage.SUBMITTED)
    title = service.ports.challenge(found.invitation.challenge).title
    details = [
        Detail("task", _("Task"), title),
        Detail("attempts", _("Attempts used"), found.spent),
        Detail("decision", _("Decision"), _("A person decides. This result decides nothing.")),
    ]
    score = None
    if done and found.final:
        result, score = _result(connection, system, found.final)
        details[2:2] = result
    page = links.to_candidate(service.settings, order.invitation_id)
    return Progress(order.id, stage, _(WORDS[stage]), order.callback, page, score, tuple(details))


def _result(connection: Connection, system: System, submission_id: str) -> tuple[list[Detail], float | None]:
    """What the policy shows of the report that counts, and the points where it shows those."""
    known = counting(connection, [submission_id]).get(submission_id)
    summary = known.summary if known else {}
    if not summary.get("band"):
        return [Detail("result", _("Result"), _("Not scored: the code had a problem."))], None
    shown = []
    if system.tells in ("band", "points"):
        shown.append(Detail("band", _("Band"), BANDS[summary["band"]]))
    if system.tells != "points":
        return shown, None
    interval = f"{summary['low']:.0f}–{summary['high']:.0f}"
    shown.append(Detail("interval", _("95 % interval of the points"), interval))
    return shown, round(float(summary["score"]), 1)


def require_within(url: str, domain: str, *, private: bool) -> None:
    """Invalid unless a URL is one that may be called and lies in the domain: nobody else is to get the key."""
    try:
        address.check(url, private=private)
    except address.Unsafe as no:
        raise Invalid("bad-callback", _("The address is not allowed. {no}").format(no=no)) from None
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host != domain and not host.endswith(f".{domain}"):
        raise Invalid("bad-callback", _("The address lies outside of {domain}.").format(domain=domain))


def _is_link(url: str) -> bool:
    """Whether it may be shown as a link to members."""
    return url.startswith("https://") and url.isprintable() and " " not in url
