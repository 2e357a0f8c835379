"""One action on many invitations: the preview, what is left out, and undoing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.rights import Role
from app.store import invitations
from testing.site import Site
from tests.app.support.candidates import graded
from tests.app.support.people import Person, signed_in

BASE = "/api/v1/invitations"
DUE = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()


@pytest.fixture
def recruiter(site: Site) -> Person:
    return signed_in(site, Role.RECRUITER)


def invited(recruiter: Person, count: int = 3) -> list[str]:
    """Ids: the first has no deadline, the last is withdrawn."""
    bodies: list[dict[str, object]] = [
        {"email": f"k{n}@example.org", "due_at": DUE if n else None} for n in range(count)
    ]
    ids = [recruiter.ask("POST", BASE, json=body).json()["id"] for body in bodies]
    recruiter.ask("POST", f"{BASE}/{ids[-1]}/withdraw")
    return ids


def act(person: Person, action: str, ids: list[str], *, dry_run: bool = False, **more: object) -> dict[str, Any]:
    body = {"action": action, "invitations": ids, **more}
    answer = person.ask("POST", f"{BASE}/actions?dry_run={str(dry_run).lower()}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def one(person: Person, invitation_id: str) -> dict[str, Any]:
    """As it is, but for when a worker sent the mail."""
    found: dict[str, Any] = person.ask("GET", f"{BASE}/{invitation_id}").json()
    return found | {"sent_at": None}


def waiting(person: Person) -> int:
    """Mails of an organisation that are still to leave, besides first ones and those of who is withdrawn.

    A worker that comes to a first mail while its invitation is withdrawn gives it up.  Then a mail says
    that it is open again.
    """
    query = text(
        "SELECT count(*) FROM mails JOIN invitations AS i ON i.id = mails.invitation_id WHERE mails.org_id = :org"
        " AND mails.sent_at IS NULL AND given_up_at IS NULL AND kind <> 'invitation' AND i.revoked_at IS NULL"
        " AND NOT (kind = 'reopened' AND EXISTS (SELECT FROM mails AS first WHERE first.invitation_id = i.id"
        " AND first.kind = 'invitation' AND first.given_up_at IS NOT NULL))"
    )
    with person.site.service.engine.connect() as connection:
        return int(connection.execute(query, {"org": person.org_id}).scalar_one())


def of(lines: list[dict[str, str]]) -> list[str]:
    return [line["invitation"] for line in lines]


@pytest.mark.parametrize(
    ("action", "more", "touched", "looks"),
    [
        ("remind", {}, [0, 1], None),
        ("extend", {"hours": 24}, [1], "deadline"),
        ("tag", {"add_tags": ["berlin"]}, [0, 1, 2], "tags"),
        ("withdraw", {}, [0, 1], "status"),
    ],
)
def test_a_preview_says_what_is_done_and_undo_takes_it_back(
    recruiter: Person, action: str, more: dict[str, object], touched: list[int], looks: str | None
) -> None:
    """The same people in the preview and in the deed; nothing happens before; mails have not left yet."""
    ids = invited(recruiter)
    before = [one(recruiter, each) for each in ids]
    preview = act(recruiter, action, ids, dry_run=True, **more)
    assert [one(recruiter, each) for each in ids] == before
    done = act(recruiter, action, ids, **more)
    assert of(done["will"]) == of(preview["will"]) == [ids[n] for n in touched]
    assert {*of(done["left_out"])} == {*ids} - {*of(done["will"])}
    assert all(line["says"] for line in (*done["will"], *done["left_out"]))
    assert (preview["id"], bool(done["id"])) == (None, True)
    page = recruiter.ask("GET", "/work").text
    assert f'action="/work/bulk/{done["id"]}/undo"' in page
    if looks is not None:
        after = [one(recruiter, each)[looks] for each in ids]
        assert [n for n in range(3) if after[n] != before[n][looks]] == touched
    undone = recruiter.ask("POST", f"{BASE}/actions/{done['id']}/undo").json()
    assert of(undone["will"]) == of(done["will"])
    if looks is not None:
        assert [one(recruiter, each)[looks] for each in ids] == [each[looks] for each in before]
    assert waiting(recruiter) == 0
    assert "/undo" not in recruiter.ask("GET", "/work").text
    assert recruiter.ask("POST", f"{BASE}/actions/{done['id']}/undo").status_code == 404


def test_an_undone_invitation_is_withdrawn_unless_it_was_opened(recruiter: Person) -> None:
    """Nobody is told that it is over who never heard of it."""
    ids = invited(recruiter)[:2]
    with recruiter.site.service.engine.begin() as connection:
        invitations.change_all(connection, ids, challenge="another")
    done = act(recruiter, "invite", ids, challenge="ml_pipeline")
    made = [row for row in recruiter.ask("GET", BASE).json()["items"] if row["id"] not in ids and not row["closed"]]
    assert len(made) == len(of(done["will"])) == 2
    opened = next(row for row in made if row["candidate"]["email"].startswith("k1"))
    with recruiter.site.service.engine.begin() as connection:
        invitations.note_opened(connection, opened["id"])
    undone = recruiter.ask("POST", f"{BASE}/actions/{done['id']}/undo").json()
    assert (of(undone["will"]), of(undone["left_out"])) == (ids[:1], ids[1:])
    assert {one(recruiter, row["id"])["status"] for row in made} == {"withdrawn", "opened"}


def test_what_has_left_is_not_taken_back(recruiter: Person) -> None:
    """A reminder that was sent stays sent; a candidate who heard of a withdrawal hears that they are in again."""
    ids = invited(recruiter, 2)[:1]
    reminded, withdrawn = act(recruiter, "remind", ids), act(recruiter, "withdraw", ids)
    with recruiter.site.service.engine.begin() as connection:
        sent = text("UPDATE mails SET sent_at = now() WHERE invitation_id = :id AND kind <> 'invitation'")
        connection.execute(sent, {"id": ids[0]})
    undone = recruiter.ask("POST", f"{BASE}/actions/{reminded['id']}/undo").json()
    assert [line["says"] for line in undone["left_out"]] == ["The mail has left already."]
    assert of(recruiter.ask("POST", f"{BASE}/actions/{withdrawn['id']}/undo").json()["will"]) == ids
    kinds = text("SELECT kind FROM mails WHERE invitation_id = :id AND kind = 'reopened'")
    with recruiter.site.service.engine.connect() as connection:
        assert connection.scalars(kinds, {"id": ids[0]}).all() == ["reopened"]


def test_a_refused_form_keeps_what_was_said(recruiter: Person) -> None:
    """The tags, and who was ticked; nobody fills it in twice."""
    ids = invited(recruiter)
    said = {"action": "tag", "invitation": ids, "add_tags": f"berlin, {'x' * 60}"}
    refused = recruiter.ask("POST", "/work/bulk", data=said)
    assert (refused.status_code, f'value="berlin, {"x" * 60}"' in refused.text) == (422, True)
    over = {"action": "assign", "invitation": ids, "member": recruiter.member_id, "debrief_at": "2001-01-01T10:00"}
    assert 'value="2001-01-01T10:00"' in recruiter.ask("POST", "/work/bulk", data=over).text


def test_what_was_changed_since_is_not_undone(recruiter: Person) -> None:
    """It stays as it is, with the reason."""
    ids = invited(recruiter, 2)
    done = act(recruiter, "tag", ids, add_tags=["a"])
    act(recruiter, "tag", ids[:1], add_tags=["b"])
    undone = recruiter.ask("POST", f"{BASE}/actions/{done['id']}/undo").json()
    assert (of(undone["will"]), of(undone["left_out"])) == (ids[1:], ids[:1])
    assert one(recruiter, ids[0])["tags"] == ["a", "b"]


def test_whoever_has_the_fewest_open_debriefs_is_next(recruiter: Person) -> None:
    """In the order asked for where they have as many; a decided candidate is nobody's."""
    people = [signed_in(recruiter.site, Role.INTERVIEWER, recruiter.org_id).member_id for _ in range(2)]
    ids = invited(recruiter, 5)
    assert of(act(recruiter, "assign", ids[:1], members=people[:1])["will"]) == ids[:1]
    done = act(recruiter, "assign", ids[1:], members=people, in_turn=True)
    assert (of(done["will"]), of(done["left_out"])) == (ids[1:4], ids[4:])
    who = [recruiter.ask("GET", f"{BASE}/{each}/interviewers").json()[0]["member_id"] for each in ids[:4]]
    assert who == [people[0], people[1], people[0], people[1]]
    assert len(recruiter.ask("GET", f"{BASE}?interviewer={people[1]}").json()["items"]) == 2
    assert recruiter.ask("POST", f"{BASE}/actions/{done['id']}/undo").is_success
    assert recruiter.ask("GET", f"{BASE}/{ids[1]}/interviewers").json() == []
    assert act(recruiter, "assign", ids[:1], members=people[:1])["will"] == []


def test_only_those_who_may_debrief_are_assigned(recruiter: Person) -> None:
    """No recruiter, nobody of another organisation, nobody who left; nothing without tags; no other's candidates."""
    ids = invited(recruiter)
    stranger = signed_in(recruiter.site, Role.INTERVIEWER)
    for body in (
        {"action": "assign", "members": [recruiter.member_id]},
        {"action": "assign", "members": [stranger.member_id]},
        {"action": "assign", "members": []},
        {"action": "tag"},
        {"action": "invite", "challenge": "none"},
    ):
        answer = recruiter.ask("POST", f"{BASE}/actions", json={"invitations": ids, **body})
        assert answer.status_code == 422, body
    assert (
        signed_in(recruiter.site, Role.RECRUITER)
        .ask("POST", f"{BASE}/actions", json={"action": "remind", "invitations": ids})
        .status_code
        == 404
    )


def test_the_pages_lead_from_ticks_to_undo(recruiter: Person) -> None:
    """Form, preview, deed, undo; and who is left out stands there with the reason."""
    ids = invited(recruiter)
    ticked = "&".join(f"invitation={each}" for each in ids)
    assert recruiter.ask("GET", "/work/bulk?do=tag").headers["location"] == "/work?choose=nobody"
    assert 'name="add_tags"' in recruiter.ask("GET", f"/work/bulk?do=tag&{ticked}").text
    said = {"action": "extend", "invitation": ids, "hours": "24"}
    preview = recruiter.ask("POST", "/work/bulk", data=said).text
    assert "This changes 1 candidate" in preview
    assert "There is no deadline to move." in preview
    done = recruiter.ask("POST", "/work/bulk", data=said | {"sure": "yes"}).text
    assert "Done for 1 candidate" in done
    undo = done.partition('action="/work/bulk/')[2].partition('"')[0]
    assert "Undone for 1 candidate" in recruiter.ask("POST", f"/work/bulk/{undo}").text
    wrong = recruiter.ask("POST", "/work/bulk", data={"action": "extend", "invitation": ids, "hours": "a"})
    assert wrong.status_code == 422
    everybody = recruiter.ask("GET", "/work/bulk?do=withdraw&every=yes").text
    assert everybody.count('name="invitation"') == 3


def test_a_second_challenge_is_no_second_candidate(recruiter: Person) -> None:
    """Invited to the one they have: left out; after an undone extension no attempt was lost."""
    kim = graded(recruiter)
    assert act(recruiter, "invite", [kim.id])["will"] == []
    with recruiter.site.service.engine.begin() as connection:
        invitations.change(connection, kim.id, deadline=datetime.now(UTC) + timedelta(days=1))
    done = act(recruiter, "extend", [kim.id])
    undone = recruiter.ask("POST", f"{BASE}/actions/{done['id']}/undo").json()
    assert of(undone["left_out"]) == [kim.id]
