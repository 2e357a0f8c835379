"""Points beside cards and decisions, on a page and by the API."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text

from app.platform.secrets import new_id
from app.rights import Role
from app.store.record_tables import scorecards
from testing.site import Site
from tests.app.impact.test_service import many
from tests.app.support.people import Person, signed_in


@pytest.fixture(scope="module")
def admin(site: Site) -> Person:
    """Sixty candidates with reports and decisions; of half a card that goes along with the points, of two none."""
    person = signed_in(site)
    many(person, 60, "v")
    with site.service.engine.begin() as connection:
        query = text(
            "SELECT i.id, g.summary->>'score' AS score FROM invitations i JOIN submissions s ON s.invitation_id = i.id"
            " JOIN gradings g ON g.submission_id = s.id WHERE i.org_id = :org ORDER BY i.id LIMIT 30"
        )
        for row in connection.execute(query, {"org": person.org_id}).all():
            level = min(4, int((float(row.score) - 40) / 10) + 1)
            card = {"ratings": {"explanation": level, "flaws": level}, "notes": {}}
            who = {"id": new_id(), "org_id": person.org_id, "invitation_id": row.id, "member_id": person.member_id}
            connection.execute(insert(scorecards).values(**who, **card, locked_at=text("now()")))
    return person


def test_the_total_agrees_with_cards_that_follow_it(admin: Person) -> None:
    """Lines for total, band and every criterion; who has no card counts for decisions alone."""
    told = admin.ask("GET", "/api/v1/validity/ml_pipeline").json()
    lines = {line["name"]: line for line in told["lines"]}
    assert set(lines) == {"total", "band", "MODEL1", "CODE1"}
    assert (lines["total"]["cards"]["people"], lines["total"]["decisions"]["people"]) == (30, 60)
    assert lines["total"]["cards"]["low"] > 0.8
    assert lines["total"]["decisions"]["low"] < 0 < lines["total"]["decisions"]["high"]
    assert lines["CODE1"]["cards"]["state"] == "few"
    page = admin.ask("GET", "/work/oversight/validity?challenge=ml_pipeline").text
    for words in ("Goes along with it.", "Cannot be told from chance.", "too few to say", "People decided on"):
        assert words in page


def test_who_may_not_export_sees_none(admin: Person) -> None:
    interviewer = signed_in(admin.site, Role.INTERVIEWER, admin.org_id)
    assert interviewer.ask("GET", "/api/v1/validity/ml_pipeline").status_code == 403
    assert admin.ask("GET", "/api/v1/validity/nothing").status_code == 404
    assert admin.ask("GET", "/work/oversight/validity?challenge=nothing").status_code == 404
