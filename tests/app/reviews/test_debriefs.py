"""Who debriefs whom: one's own list, its calendar entry and its mail, and that nothing is seen before rating."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import text, update

from app.reviews import debriefs
from app.rights import Role
from app.store import invitations
from app.store.rows import Attention
from app.store.tables import members
from testing.site import Site
from tests.app.support.candidates import Invited, graded
from tests.app.support.people import Person, signed_in

SOON = (datetime.now(UTC) + timedelta(hours=20)).replace(microsecond=0, second=0, tzinfo=None)


@pytest.fixture
def recruiter(site: Site) -> Person:
    return signed_in(site, Role.RECRUITER)


@pytest.fixture
def kim(recruiter: Person) -> Invited:
    return graded(recruiter, "score 81", first_name="Kim", last_name="Okafor")


@pytest.fixture
def interviewer(recruiter: Person) -> Person:
    return signed_in(recruiter.site, Role.INTERVIEWER, recruiter.org_id)


def assign(recruiter: Person, who: Person, candidate: Invited, at: str | None = SOON.isoformat()) -> int:
    path = f"/api/v1/invitations/{candidate.id}/interviewers/{who.member_id}"
    return recruiter.ask("PUT", path, json={"debrief_at": at}).status_code


def test_a_debrief_is_in_ones_own_list_one_click_from_the_plan(
    recruiter: Person, interviewer: Person, kim: Invited
) -> None:
    """With date, calendar entry and the state of the card; nobody else has it; without the band."""
    assert assign(recruiter, interviewer, kim) == 200
    page = interviewer.ask("GET", "/work/debriefs").text
    assert f'href="/work/c/{kim.id}/debrief"' in page
    assert ("Kim Okafor" in page, "not begun" in page, "Strong" in page) == (True, True, False)
    assert interviewer.ask("GET", "/api/v1/debriefs").json()[0]["invitation"] == kim.id
    assert interviewer.ask("GET", "/api/v1/invitations?interviewer=me").json()["items"][0]["id"] == kim.id
    other = signed_in(recruiter.site, Role.INTERVIEWER, recruiter.org_id)
    assert other.ask("GET", "/api/v1/debriefs").json() == []
    assert "Nobody has assigned you a debrief" in other.ask("GET", "/work/debriefs").text
    assert "Nobody has assigned you a debrief" not in page
    assert other.ask("GET", f"/work/debriefs/{kim.id}/calendar.ics").status_code == 404
    assert recruiter.ask("GET", "/work/debriefs").status_code == 403
    assert (
        interviewer.ask("POST", f"/work/c/{kim.id}/interviewers", data={"member": other.member_id}).status_code == 403
    )


def test_a_moved_debrief_moves_in_the_calendar(recruiter: Person, interviewer: Person, kim: Invited) -> None:
    """The same UID with a higher SEQUENCE, in the interviewer's zone; the past and a repetition are refused."""
    with recruiter.site.service.engine.begin() as connection:
        zone = update(members).where(members.c.id == interviewer.member_id).values(timezone="Europe/Vienna")
        connection.execute(zone)
    events = []
    for at in (SOON, SOON + timedelta(hours=1)):
        assert assign(recruiter, interviewer, kim, at.isoformat()) == 200
        entry = interviewer.ask("GET", f"/api/v1/debriefs/{kim.id}/calendar.ics")
        events.append(Calendar.from_ical(entry.content).walk("VEVENT")[0])
    first, second = events
    assert first["uid"] == second["uid"]
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert second["dtstart"].dt.astimezone(UTC).replace(tzinfo=None) == SOON + timedelta(hours=1)
    assert str(second["dtstart"].dt.tzinfo) == "Europe/Vienna"
    assert assign(recruiter, interviewer, kim, (SOON + timedelta(hours=1)).isoformat()) == 409
    assert assign(recruiter, interviewer, kim, "2020-01-01T10:00") == 422


def test_blind_mode_holds_for_the_assigned(recruiter: Person, interviewer: Person, kim: Invited) -> None:
    """No name in list, page, calendar and interface."""
    signed_in(recruiter.site, Role.ADMIN, recruiter.org_id).ask("POST", "/work/settings/policies", data={"blind": "on"})
    assert assign(recruiter, interviewer, kim) == 200
    for path in ("/work/debriefs", "/api/v1/debriefs", f"/api/v1/debriefs/{kim.id}/calendar.ics", "/work"):
        answer = interviewer.ask("GET", path)
        assert answer.status_code == 200
        assert "Okafor" not in answer.text, path


def test_the_day_before_there_is_one_mail_for_each_date(recruiter: Person, interviewer: Person, kim: Invited) -> None:
    """And the candidate needs attention; not once taken off."""
    service = recruiter.site.service

    def mails() -> int:
        with service.engine.begin() as connection:
            debriefs.remind(connection)
            return int(
                connection.execute(
                    text("SELECT count(*) FROM mails WHERE kind = 'debrief' AND member_id = :m"),
                    {"m": interviewer.member_id},
                ).scalar_one()
            )

    far = (SOON + timedelta(days=5)).isoformat()
    assert (assign(recruiter, interviewer, kim, far), mails()) == (200, 0)
    assert assign(recruiter, interviewer, kim) == 200
    assert [mails(), mails()] == [1, 1]
    with service.engine.connect() as connection:
        standing = invitations.standing(connection, kim.id)
    assert standing is not None
    assert Attention.DEBRIEF in standing.attention
    assert "debrief soon" in recruiter.ask("GET", "/work?attention=true").text
    off = f"/work/c/{kim.id}/interviewers/{interviewer.member_id}/remove"
    assert recruiter.ask("POST", off).status_code == 303
    assert recruiter.ask("POST", off).status_code == 404
    assert "debrief soon" not in recruiter.ask("GET", "/work?attention=true").text
