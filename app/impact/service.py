"""What candidates do with what they say of themselves, and what members do with reports of adverse impact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from app.challenges import service as challenge_service
from app.errors import Conflict, Invalid, NotFound
from app.gradings.counting import Counting, counting, points
from app.impact.categories import OTHER_SEXES, RACES, SEXES
from app.impact.figures import Figures, Person, figures
from app.owned import owned
from app.ports import Service
from app.rights import Principal
from app.store import audit, decisions, impact, invitations, members, self_descriptions
from app.store.decisions import Decision
from app.store.impact import ImpactReport
from app.store.invitations import Filter, Standing
from app.store.self_descriptions import SelfDescription
from app.words import _
from graders.catalog import BY_CODE

#: So many people more must have said something before another report shows what changed.
MORE = 10


@dataclass(frozen=True)
class Report:
    """A report with its figures."""

    row: ImpactReport
    figures: Figures


@dataclass(frozen=True)
class Known:
    """Somebody with a report and a decision, and what they are counted by."""

    standing: Standing
    report: Counting
    decision: Decision


def asked(service: Service, standing: Standing) -> bool:
    """Whether this candidate has a page for it: the organisation asks, or something is kept that can be taken back."""
    with service.reader.connect() as connection:
        policy = members.organisation(connection, standing.invitation.org_id)
        kept = self_descriptions.of(connection, service.keys, standing.candidate.id)
    return policy.asks_self_description or kept is not None


def said(service: Service, standing: Standing) -> SelfDescription | None:
    """What a candidate has said of themselves; NotFound where nobody asks."""
    if not asked(service, standing):
        raise NotFound
    with service.reader.connect() as connection:
        return self_descriptions.of(connection, service.keys, standing.candidate.id)


def say(service: Service, standing: Standing, description: SelfDescription) -> None:
    """Keep it instead of what was said before.  The audit log has nothing of it: it would tell who answered.

    Raises Invalid for a choice that there is none of, NotFound where nobody asks.
    """
    sexes, races = {"", *SEXES, *OTHER_SEXES}, {"", *RACES}
    if description.sex not in sexes or description.race not in races:
        raise Invalid("invalid-request", _("There is no such choice. Choose one of the list, or leave it open."))
    with service.engine.begin() as connection:
        if not members.organisation(connection, standing.invitation.org_id).asks_self_description:
            raise NotFound
        self_descriptions.keep(connection, service.keys, standing.invitation.org_id, standing.candidate.id, description)


def take_back(service: Service, standing: Standing) -> None:
    """Remove it.  Reports that were made before keep their sums, in which nobody can be told."""
    with service.engine.begin() as connection:
        self_descriptions.remove(connection, service.keys, standing.candidate.id)


def make(service: Service, who: Principal, challenge_id: str) -> Report:
    """Make a report of everybody with a report and a decision of this challenge, as they stand now.

    Raises NotFound for an unknown challenge, Conflict where nobody is decided about, or where so few people have been
    added that the difference to the last report would tell of them.
    """
    challenge = next((c for c in challenge_service.known(service, who.org_id) if c.id == challenge_id), None)
    if challenge is None:
        raise NotFound
    with service.engine.begin() as connection:
        people = _sample(connection, who, challenge_id)
        if not people:
            raise Conflict(
                "nobody-decided", _("Nobody who was invited to this challenge has both a report and a decision yet.")
            )
        ids = [known.standing.candidate.id for known in people]
        about = self_descriptions.for_sums(connection, service.keys, who.org_id, ids)
        before = [row for row in impact.of_organisation(connection, who.org_id) if row.challenge == challenge_id]
        last = next(iter(before), None)
        if last is not None and sum(day > _day(last.created_at) for _text, day in about.values()) < MORE:
            raise Conflict(
                "too-soon",
                _(
                    "Fewer than {most} people described themselves since the last report. "
                    "Another one would tell who they are. Wait until there are more."
                ).format(most=MORE),
            )
        silent = (SelfDescription(), date.min)
        whole = figures(
            [_person(service, known, about.get(known.standing.candidate.id, silent)[0]) for known in people],
            challenge.title,
            [_day(known.decision.created_at) for known in people],
            {criterion.id: criterion.title for criterion in challenge.rubric},
            {code: check.title for code, check in BY_CODE.items()},
            in_use_since=_since(connection, who, challenge_id),
            earlier=[Figures.model_validate(row.figures) for row in before],
        )
        report_id = impact.add(connection, who.org_id, challenge_id, whole.model_dump(mode="json"))
        audit.record(connection, who, "impact-report-made", f"impact-report:{report_id}", challenge=challenge_id)
        return _report(owned(impact.find, connection, report_id, who.org_id))


def find(service: Service, who: Principal, report_id: str) -> Report:
    """One report, or NotFound."""
    with service.reader.connect() as connection:
        return _report(owned(impact.find, connection, report_id, who.org_id))


def listed(service: Service, who: Principal) -> list[Report]:
    """All reports, newest first."""
    with service.reader.connect() as connection:
        return [_report(row) for row in impact.of_organisation(connection, who.org_id)]


def _sample(connection: Connection, who: Principal, challenge_id: str) -> list[Known]:
    """Everybody who was advanced or rejected, with the report that counts."""
    standings = invitations.read(connection, invitations.listed(who.org_id, Filter(challenge=challenge_id)))
    reports = counting(connection, [standing.final for standing in standings if standing.final])
    decided = decisions.newest(connection, who.org_id)
    return [
        Known(standing, reports[standing.final], decided[standing.invitation.id])
        for standing in standings
        if standing.final in reports
        and standing.invitation.id in decided
        and decided[standing.invitation.id].outcome in ("advance", "reject")
    ]


def _since(connection: Connection, who: Principal, challenge_id: str) -> date:
    """The day of the organisation's first invitation to the challenge; there is one."""
    standings = invitations.read(connection, invitations.listed(who.org_id, Filter(challenge=challenge_id)))
    return _day(min(standing.invitation.created_at for standing in standings))


def _day(moment: datetime) -> date:
    """In UTC: a database hands moments over in its own time zone."""
    return moment.astimezone(UTC).date()


def _person(service: Service, known: Known, description: SelfDescription) -> Person:
    summary: Mapping[str, object] = known.report.summary
    score, band = summary["score"], summary["band"]
    flagged = summary["flagged"]
    return Person(
        description.sex,
        description.race,
        known.decision.outcome == "advance",
        float(score) if isinstance(score, int | float) else None,
        points(service, known.standing.final or "", known.report),
        frozenset(map(str, flagged)) if isinstance(flagged, list) else frozenset(),
        band if isinstance(band, int) else None,
    )


def _report(row: ImpactReport) -> Report:
    return Report(row, Figures.model_validate(row.figures))
