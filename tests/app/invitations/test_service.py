"""The invitations API: inviting, listing, changing, and many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app import deadlines
from app.invitations import csv_file
from app.rights import Role
from testing.site import Site
from tests.app.support.people import Person, signed_in

BASE = "/api/v1/invitations"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def soon(days: int = 7) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def invite(person: Person, **changes: object) -> httpx2.Response:
    return person.ask("POST", BASE, json={"email": "kim@example.org"} | changes)


@pytest.fixture
def recruiter(site: Site) -> Person:
    """A recruiter of an organisation of their own."""
    return signed_in(site, Role.RECRUITER)


def test_an_invitation_is_made_once(recruiter: Person) -> None:
    """A repetition by address or by external id answers the same with 200, and changes nothing."""
    first = invite(recruiter, external_id="A1", due_at=soon(), timezone="Europe/Vienna", tags=["a", "a"])
    assert first.status_code == 201
    made = first.json()
    assert (made["status"], made["tags"], made["attempts_left"]) == ("invited", ["a"], made["attempts"])
    assert first.headers["location"] == f"{BASE}/{made['id']}"
    for again in (invite(recruiter, due_at=soon(9)), invite(recruiter, email="x@example.org", external_id="A1")):
        assert again.status_code == 200
        assert (again.json()["id"], again.json()["deadline"]) == (made["id"], made["deadline"])
    assert recruiter.site.http.get(made["link"]).status_code == 200
    assert recruiter.ask("GET", first.headers["location"]).json()["status"] == "opened"


def test_an_address_and_an_id_of_two_people_are_refused(recruiter: Person) -> None:
    """409, and nobody is invited."""
    invite(recruiter, external_id="A1")
    assert invite(recruiter, external_id="B2").status_code == 409
    assert len(recruiter.ask("GET", BASE).json()["items"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "kim"}, "invalid-request"),
        ({"email": "kim@example.org\nBcc: x@example.org"}, "invalid-request"),
        ({"email": "a@b.org, c@d.org"}, "invalid-request"),
        ({"first_name": "Kim\r\nBcc: x"}, "invalid-request"),
        ({"timezone": "Mars/Olympus"}, "bad-timezone"),
        ({"timezone": "../../etc/passwd"}, "bad-timezone"),
        ({"due_at": "2020-01-01"}, "due-passed"),
        ({"due_at": "soon"}, "bad-due"),
        ({"due_at": "9999-12-31"}, "due-too-far"),
        ({"time_multiplier": 0.5}, "invalid-request"),
        ({"challenge": "none"}, "unknown-challenge"),
        ({"attempts": 0}, "invalid-request"),
        ({"tags": [""]}, "invalid-request"),
        ({"colour": "red"}, "invalid-request"),
    ],
)
def test_what_cannot_be_is_refused_with_a_code(recruiter: Person, changes: dict[str, object], code: str) -> None:
    """422 with a stable type, and nobody is invited."""
    answer = invite(recruiter, **changes)
    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:assay:problem:{code}"
    assert recruiter.ask("GET", BASE).json()["items"] == []


@pytest.mark.parametrize(
    ("said", "zone", "utc"),
    [
        ("2026-03-31", "Europe/Vienna", "2026-03-31T21:59"),
        ("2026-03-31", "America/New_York", "2026-04-01T03:59"),
        ("20260331", "UTC", "2026-03-31T23:59"),
        ("2026-03-31T18:00", "Asia/Kolkata", "2026-03-31T12:30"),
        ("2026-03-31T18:00:00+02:00", "Asia/Kolkata", "2026-03-31T16:00"),
        ("2026-03-31T18:00:00Z", "Asia/Kolkata", "2026-03-31T18:00"),
        ("2026-03-29T02:30", "Europe/Vienna", "2026-03-29T01:30"),  # the clocks skip it
        ("2026-10-25T02:30", "Europe/Vienna", "2026-10-25T00:30"),  # it comes twice
    ],
)
def test_deadlines_are_read_where_the_candidate_is(said: str, zone: str, utc: str) -> None:
    """In UTC, whatever the clocks do."""
    assert deadlines.read(said, zone).isoformat()[:16] == utc


def test_more_time_is_more_time_from_the_invitation_on() -> None:
    """Twice as long from now until the deadline."""
    assert deadlines.due("2026-01-17T12:00Z", "UTC", 1.5, NOW) == NOW + timedelta(days=3)


def test_lists_come_in_pages_that_miss_nothing(recruiter: Person) -> None:
    """By cursor and Link, newest first, each invitation once; filters narrow it."""
    ids = [invite(recruiter, email=f"k{n}@example.org", tags=["odd"] if n % 2 else []).json()["id"] for n in range(5)]
    seen: list[str] = []
    where = f"{BASE}?limit=2"
    for _ in range(3):
        page = recruiter.ask("GET", where)
        seen += [item["id"] for item in page.json()["items"]]
        where = page.headers.get("link", "<>").split(">")[0][1:]
    assert where == ""
    assert seen == ids[::-1]
    assert len(recruiter.ask("GET", f"{BASE}?tag=odd").json()["items"]) == 2
    assert recruiter.ask("GET", f"{BASE}?status=opened").json()["items"] == []
    assert recruiter.ask("GET", f"{BASE}?cursor=rubbish").status_code == 422
    assert recruiter.ask("GET", f"{BASE}?due_before={soon(99)}T00:00:00Z").json()["items"] == []


def do(person: Person, made: dict[str, Any], action: str, **body: object) -> httpx2.Response:
    return person.ask("POST", f"{BASE}/{made['id']}/{action}", json=body or None)


def test_a_deadline_moves_later_with_a_reason(recruiter: Person) -> None:
    """By hours, stretched by the multiplier, or to a moment; never earlier; each is on record."""
    made = invite(recruiter, due_at=soon(), time_multiplier=1.5).json()
    before = datetime.fromisoformat(made["deadline"])
    after = do(recruiter, made, "extend", hours=24, reason_code="illness", reason="flu").json()
    assert datetime.fromisoformat(after["deadline"]) - before == timedelta(hours=36)
    assert after["extensions"][0]["reason_code"] == "illness"
    assert do(recruiter, made, "extend", deadline=soon(1), reason_code="other").status_code == 409
    assert do(recruiter, made, "extend", reason_code="other").status_code == 422
    assert do(recruiter, made, "extend", hours=1, reason_code="whim").status_code == 422


def test_a_withdrawn_invitation_opens_again(recruiter: Person) -> None:
    """Nothing can be done with it meanwhile; a repetition changes nothing."""
    made = invite(recruiter, due_at=soon()).json()
    for _ in range(2):
        assert do(recruiter, made, "withdraw").json()["status"] == "withdrawn"
    assert do(recruiter, made, "extend", hours=1, reason_code="other").json()["type"].endswith(":withdrawn")
    assert do(recruiter, made, "remind").status_code == 409
    assert do(recruiter, made, "reopen").json()["status"] == "invited"


def test_a_new_link_ends_the_old_one(recruiter: Person) -> None:
    """At once."""
    made = invite(recruiter).json()
    new = do(recruiter, made, "link").json()["link"]
    assert recruiter.site.http.get(made["link"]).status_code == 404
    assert recruiter.site.http.get(new).status_code == 200


def test_reminders_are_not_sent_twice_in_an_hour(recruiter: Person) -> None:
    """The second one is refused."""
    made = invite(recruiter, due_at=soon()).json()
    assert do(recruiter, made, "remind").status_code == 200
    assert do(recruiter, made, "remind").json()["type"].endswith(":reminded-just-now")


def test_who_a_candidate_is_can_be_corrected(recruiter: Person) -> None:
    """By API and page; the log says which parts and no more; another's address is refused, and so is a wrong zone."""
    made = invite(recruiter, first_name="Kym").json()
    other = invite(recruiter, email="other@example.org").json()["candidate"]["id"]
    person = f"/api/v1/candidates/{made['candidate']['id']}"
    corrected = recruiter.ask("PATCH", person, json={"first_name": "Kim", "email": "Kim.L@example.org"})
    assert corrected.status_code == 200
    assert (corrected.json()["first_name"], corrected.json()["email"]) == ("Kim", "kim.l@example.org")
    assert recruiter.site.http.get(f"{made['link']}/data").text.count("kim.l@example.org") == 1
    for wrong, status in (
        ({"email": "other@example.org"}, 409),
        ({"email": "nobody"}, 422),
        ({"timezone": "Mars/Base"}, 422),
        ({"first_name": "a\nb"}, 422),
        ({"external_id": "1"}, 422),
    ):
        assert recruiter.ask("PATCH", person, json=wrong).status_code == status
    form = {"first_name": "Kim", "last_name": "Lee", "email": "", "timezone": "Europe/Vienna"}
    page = recruiter.ask("POST", f"/work/c/{made['id']}/person", data=form)
    assert page.headers["location"].endswith("?did=corrected")
    told = recruiter.ask("GET", f"{BASE}/{made['id']}").json()["candidate"]
    assert (told["last_name"], told["email"], told["timezone"]) == ("Lee", "kim.l@example.org", "Europe/Vienna")
    taken = recruiter.ask("POST", f"/work/c/{made['id']}/person", data=form | {"email": "other@example.org"})
    assert (taken.status_code, "Another candidate has this address already." in taken.text) == (409, True)
    admin = signed_in(recruiter.site, Role.ADMIN, recruiter.org_id)
    log = [one["detail"] for one in admin.ask("GET", "/api/v1/audit").json() if one["action"] == "candidate-corrected"]
    assert [one["fields"] for one in log] == [["last_name", "timezone"], ["email", "first_name"]]
    assert admin.ask("DELETE", f"/api/v1/candidates/{other}").status_code == 204
    assert admin.ask("PATCH", f"/api/v1/candidates/{other}", json={"first_name": "X"}).status_code == 409


def test_blind_mode_keeps_names_from_interviewers(site: Site, recruiter: Person) -> None:
    """Who invites sees them; who judges does not."""
    made = invite(recruiter, first_name="Kim", label="Kim from Graz").json()
    with site.service.engine.begin() as connection:
        connection.execute(text("UPDATE organisations SET blind = true WHERE id = :id"), {"id": recruiter.org_id})
    interviewer = signed_in(site, Role.INTERVIEWER, recruiter.org_id)
    for path in (BASE, f"{BASE}/{made['id']}"):
        assert "Kim" in recruiter.ask("GET", path).text
        shown = interviewer.ask("GET", path).text
        assert made["id"] in shown
        assert "Kim" not in shown
        assert "kim@" not in shown


def send(person: Person, table: str, query: str = "") -> httpx2.Response:
    return person.ask("POST", f"{BASE}/bulk{query}", content=table.encode())


def test_a_dry_run_changes_nothing_and_says_what_would_happen(recruiter: Person) -> None:
    """Then the same file invites, and once more finds everybody invited."""
    rows = ("email;first_name;due_at;time_multiplier;tags", f"Kim@Example.org;Kim;{soon()};1,5;a|b", "lee@b.org;;;;")
    table = "\ufeff" + "\n".join(rows)
    dry = send(recruiter, table, "?dry_run=true").json()
    assert (dry["created"], dry["rows"][0]["invitation"]) == (2, None)
    assert recruiter.ask("GET", BASE).json()["items"] == []
    assert send(recruiter, table).json()["created"] == 2
    again = send(recruiter, table).json()
    assert (again["created"], again["existing"]) == (0, 2)
    items = recruiter.ask("GET", BASE).json()["items"]
    assert {item["candidate"]["email"] for item in items} == {"kim@example.org", "lee@b.org"}


def test_one_bad_row_and_nobody_is_invited(recruiter: Person) -> None:
    """422, and every error with its row, column and code."""
    table = "email,timezone,due_at\nkim@example.org,,\nlee,Mars,2020-01-01\nKIM@example.org,,\n"
    answer = send(recruiter, table)
    assert answer.status_code == 422
    assert [(e["row"], e["column"], e["code"]) for e in answer.json()["errors"]] == [
        (3, "timezone", "bad-timezone"),
        (3, "email", "bad-email"),
        (3, "due_at", "due-passed"),
        (4, "email", "duplicate"),
    ]
    assert recruiter.ask("GET", BASE).json()["items"] == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "not-utf8"),
        (b"name\nx\n", "unknown-column"),
        (b"email,email\n", "repeated-column"),
        (b"first_name\nKim\n", "missing-column"),
        (b'email\n"kim', "not-csv"),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nemail\r\n--x--', "not-csv"),
        (b"email\na@b.org,x\n", "too-many-cells"),
        (b"email\n" + b"a@b.org\n" * 2001, "too-many-rows"),
        (b"email\n" + b"x" * 2**20, "too-large"),
        (b"email,first_name\na@b.org,K\x00\n", "bad-text"),
        *((f"email,minutes\na@b.org,{said}\n".encode(), "bad-minutes") for said in ("20161", "-1", "1.5", "2 h", "٣")),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(data: bytes, code: str) -> None:
    """With one code for each kind of mistake."""
    parsed = csv_file.parse(data, NOW)
    assert parsed.rows == ()
    assert code in {error.code for error in parsed.errors}


cells = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["a@b.org", "Europe/Vienna", "2026-02-01", "1.5", "x|y", '"', "=1+1", ""]
)


@given(st.lists(st.lists(cells, min_size=1, max_size=10), max_size=6), st.sampled_from(",;"), st.booleans())
def test_any_table_is_rows_or_errors(table: list[list[str]], separator: str, header: bool) -> None:
    """Nothing else ever comes of it; what is read holds no control character and a deadline ahead."""
    head = [separator.join(csv_file.COLUMNS)] if header else []
    text_ = "\n".join([*head, *(separator.join(row) for row in table)])
    parsed = csv_file.parse(text_.encode(), NOW)
    assert not (parsed.rows and parsed.errors)
    for row in parsed.rows:
        assert row.person.email
        assert not csv_file.CONTROL.search("".join(str(value) for value in vars(row.person).values()))
        assert row.deadline is None or row.deadline > NOW
    assert all(error.code and error.detail for error in parsed.errors)


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_errors(data: bytes) -> None:
    """No byte string breaks it."""
    parsed = csv_file.parse(data, NOW)
    assert not (parsed.rows and parsed.errors)
