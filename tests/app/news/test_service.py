"""News: each hears of what they chose, when they chose, several things in one message, and nothing of a result."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema
import pytest
from sqlalchemy import text

from app.news import service as news
from app.platform.settings import Settings
from app.rights import Role
from app.webhooks import sending
from testing.site import Site, free_port, new_database, running_site
from testing.waiting import until
from tests.app.conftest import MADE
from tests.app.mail.test_jobs import Catcher, body, catching
from tests.app.news.test_formats import SCHEMAS
from tests.app.support.links import forged
from tests.app.support.people import Person, signed_in

CHANNELS = "/api/v1/channels"


class Room:
    """A stand-in for Slack, Teams or Mattermost: keeps what arrives; `answers` come first, then 200."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[dict[str, Any]] = []
        self.answers: list[int] = []


@contextmanager
def listening() -> Iterator[Room]:
    room = Room()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            room.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(room.answers.pop(0) if room.answers else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    room.url = f"http://127.0.0.1:{server.server_port}/services/T0/B0/secret"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield room
    server.shutdown()
    server.server_close()


@pytest.fixture
def room() -> Iterator[Room]:
    with listening() as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def _soon() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(news, "WINDOW", timedelta(0))
        yield


@pytest.fixture(scope="module")
def post() -> Iterator[tuple[Catcher, int]]:
    with catching() as made:
        yield made


@pytest.fixture(scope="module")
def catcher(post: tuple[Catcher, int]) -> Catcher:
    return post[0]


@pytest.fixture(scope="module")
def house(post: tuple[Catcher, int], postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=new_database(postgres, MADE),
        port=free_port(),
        retry_seconds=0,
        heartbeat_seconds=1,
        mail_url=f"smtp://127.0.0.1:{post[1]}",
        mail_from="Assay <jobs@example.org>",
        requests_per_second=10_000,
        webhooks_to_private=True,
    )
    with running_site(settings) as made:
        yield made


def finished(admin: Person, email: str, name: str = "Kim") -> dict[str, Any]:
    """Invite somebody, hand in and finish as them."""
    new = {"email": email, "first_name": name, "last_name": "Lee"}
    made: dict[str, Any] = admin.ask("POST", "/api/v1/invitations", json=new).json()
    api = "/api/v1/i/" + made["link"].rpartition("/i/")[2]
    admin.site.http.post(f"{api}/submissions", files={"file": ("pipeline.py", b"score 73.25")})
    admin.site.http.post(f"{api}/close")
    return made


def _address(person: Person) -> str:
    members = person.ask("GET", "/api/v1/members").json()
    return str(next(one["email"] for one in members if one["id"] == person.member_id))


def test_many_events_are_one_mail_which_can_be_ended_with_one_click(
    house: Site, catcher: Catcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two candidates who finish together: one mail, text and HTML, and headers that end them without signing in."""
    monkeypatch.setattr(news, "WINDOW", timedelta(hours=1))
    admin = signed_in(house)
    address = _address(admin)
    made = [finished(admin, f"{name}@many.example", name) for name in ("Ada", "Bob")]
    with house.service.engine.begin() as connection:
        due = text("UPDATE news_items SET due_at = now() WHERE member_id = :member")
        connection.execute(due, {"member": admin.member_id})
    mail = catcher.wait("2 pieces of news", address)
    for one, name in zip(made, ("Ada", "Bob"), strict=True):
        assert f"{name} Lee has finished" in body(mail)
        assert f"/work/c/{one['id']}" in body(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert f'<a href="{house.settings.base_url}/work/c/{made[0]["id"]}">' in html.get_content()
    assert "73.2" not in body(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    path = "/" + link.split("/", 3)[3]
    assert house.http.get(path).status_code == 200
    assert admin.ask("GET", "/api/v1/notifications").json()["events"]["finished"] == "at-once"  # looking ends nothing
    one_click = {"List-Unsubscribe": "One-Click"}
    assert house.http.post(path, data=one_click, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
    assert set(admin.ask("GET", "/api/v1/notifications").json()["events"].values()) == {"off"}
    assert house.http.post(forged(path)).status_code == 404


def test_nothing_comes_after_mails_were_ended(house: Site) -> None:
    """What waits for the morning goes with the wish; another zone moves it; who is named and assigned hears of it."""
    admin = signed_in(house)
    reader = signed_in(house, Role.INTERVIEWER, admin.org_id)
    own = {"mention": "daily", "assigned": "daily"}
    assert reader.ask("PATCH", "/api/v1/notifications", json={"events": own}).status_code == 200
    made = admin.ask("POST", "/api/v1/invitations", json={"email": "ended@example.org"}).json()
    said = {"words": "Look", "mentions": [reader.member_id]}
    assert admin.ask("POST", f"/api/v1/invitations/{made['id']}/comments", json=said).status_code == 201
    where = f"/api/v1/invitations/{made['id']}/interviewers/{reader.member_id}"
    assert admin.ask("PUT", where, json={}).is_success
    waiting = text("SELECT event, due_at FROM news_items WHERE member_id = :member ORDER BY event")

    def due() -> list[tuple[str, int]]:
        with house.service.engine.connect() as connection:
            rows = connection.execute(waiting, {"member": reader.member_id})
            return [(row.event, row.due_at.astimezone(UTC).hour) for row in rows]

    assert due() == [("assigned", 8), ("mention", 8)]
    reader.ask("PATCH", "/api/v1/notifications", json={"timezone": "Asia/Tokyo"})
    assert due() == [("assigned", 23), ("mention", 23)]
    reader.ask("PATCH", "/api/v1/notifications", json={"events": {"mention": "off"}})
    assert due() == [("assigned", 23)]
    token = house.service.keys.token(news.UNSUBSCRIBE, reader.member_id, 1)
    assert house.http.post(f"/unsubscribe/{token}").status_code == 200
    assert due() == []


def test_mails_about_one_candidate_are_one_thread(house: Site, catcher: Catcher) -> None:
    """To the candidate, and to a member; each mail has a Message-ID of its own."""
    admin = signed_in(house)
    finished(admin, "thread@example.org", "Thea")
    received, graded, closed = (catcher.wait(said, "thread@example.org") for said in ("Received", "Graded", "Closed"))
    assert len({one["References"] for one in (received, graded, closed)}) == 1
    assert len({one["Message-ID"] for one in (received, graded, closed)}) == 3
    assert closed["In-Reply-To"] == closed["References"]
    told = catcher.wait("Finished: Thea", _address(admin))
    assert told["References"] not in (None, closed["References"])


def test_a_digest_waits_for_the_morning_of_its_reader(house: Site, catcher: Catcher) -> None:
    """Chosen on the page, with a zone; what is off is not told."""
    admin = signed_in(house)
    reader = signed_in(house, Role.INTERVIEWER, admin.org_id)
    wanted = {"finished": "daily", "report": "daily", "appeal": "off", "timezone": "Asia/Tokyo"}
    assert reader.ask("POST", "/work/me", data=wanted).status_code == 303
    said = reader.ask("GET", "/api/v1/notifications").json()
    assert (said["timezone"], said["events"]["report"], said["events"]["failed"]) == ("Asia/Tokyo", "daily", "at-once")
    finished(admin, "digest@example.org", "Dora")
    catcher.wait("Finished: Dora", _address(admin))
    with house.service.engine.begin() as connection:
        which = {"member": reader.member_id}
        rows = connection.execute(text("SELECT event, due_at FROM news_items WHERE member_id = :member"), which).all()
        assert {row.event for row in rows} <= {"finished", "report"}
        moments = [row.due_at.astimezone(UTC) for row in rows]
        assert {(moment.hour, moment.minute) for moment in moments} == {(23, 0)}  # 8 in Tokyo
        connection.execute(text("UPDATE news_items SET due_at = now() WHERE member_id = :member"), which)
    members = admin.ask("GET", "/api/v1/members").json()
    address = next(one["email"] for one in members if one["id"] == reader.member_id)
    catcher.wait("", address)
    assert reader.ask("POST", "/work/me", data={"timezone": "Mars/Base"}).status_code == 422
    assert reader.ask("PATCH", "/api/v1/notifications", json={"events": {"nothing": "off"}}).status_code == 422


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("UTC", "2026-03-01T07:59:00+00:00", "2026-03-01T08:00:00+00:00"),
        ("UTC", "2026-03-01T08:00:00+00:00", "2026-03-02T08:00:00+00:00"),
        ("Europe/Vienna", "2026-03-28T12:00:00+00:00", "2026-03-29T06:00:00+00:00"),  # the clocks go forward
        ("America/Los_Angeles", "2026-03-01T12:00:00+00:00", "2026-03-01T16:00:00+00:00"),
        ("No/Where", "2026-03-01T12:00:00+00:00", "2026-03-02T08:00:00+00:00"),
    ],
)
def test_the_morning_is_eight_on_the_readers_clock(zone: str, now: str, due: str) -> None:
    assert news.morning(zone, datetime.fromisoformat(now)).astimezone(UTC) == datetime.fromisoformat(due)


@pytest.mark.parametrize(("kind", "locale"), [*zip(SCHEMAS, ("fr", "en", "en"), strict=True)])
def test_a_channel_hears_in_its_format_and_language(house: Site, room: Room, kind: str, locale: str) -> None:
    """A test message, then news of two candidates; blind rooms hear no name; the address is shown to nobody."""
    admin = signed_in(house)
    new = {"kind": kind, "name": "#hiring", "url": room.url, "events": ["finished", "report"], "locale": locale}
    made = admin.ask("POST", CHANNELS, json=new)
    assert made.status_code == 201, made.text
    where = made.headers["location"]
    assert "secret" not in made.text + admin.ask("GET", CHANNELS).text + admin.ask("GET", "/api/v1/audit").text
    assert admin.ask("POST", f"{where}/test").status_code == 202
    until(lambda: room.got)
    for email in ("one@room.example", "two@room.example"):
        finished(admin, email)
    until(lambda: len(room.got) >= 2)
    said = json.dumps(room.got)
    assert ("Ouvrir dans Assay" in said) == (locale == "fr")
    for message in room.got:
        jsonschema.validate(message, SCHEMAS[kind])
    assert "Kim Lee" in said
    assert "73.2" not in json.dumps(room.got[1:])
    assert "room.example" not in said
    until(lambda: {one["state"] for one in admin.ask("GET", f"{where}/messages").json()["items"]} == {"delivered"})
    admin.ask("PATCH", "/api/v1/organisation", json={"blind": True})
    seen = len(room.got)
    finished(admin, "blind@room.example", "Nameless")
    until(lambda: len(room.got) > seen)
    assert "Nameless" not in json.dumps(room.got)


def test_a_busy_room_is_told_again_and_a_gone_one_never(
    house: Site, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log says how it went; by hand it is sent once more."""
    monkeypatch.setattr(sending, "SCHEDULE", (0, 0))
    admin = signed_in(house)
    new = {"kind": "slack", "name": "#x", "url": room.url, "events": ["finished"]}
    where = admin.ask("POST", CHANNELS, json=new).headers["location"]

    def newest() -> dict[str, Any]:
        found: dict[str, Any] = admin.ask("GET", f"{where}/messages").json()["items"][0]
        return found

    room.answers = [429, 500]
    admin.ask("POST", f"{where}/test")
    until(lambda: newest()["state"] == "delivered")
    assert newest()["attempts"] == 3
    room.answers = [404]
    lost = admin.ask("POST", f"{where}/test").json()["id"]
    until(lambda: newest()["state"] == "given-up")
    assert admin.ask("POST", f"{where}/messages/{lost}/resend").status_code == 202
    until(lambda: newest()["state"] == "delivered")
    room.answers = [410]
    admin.ask("POST", f"{where}/test")
    until(lambda: admin.ask("GET", where).json()["disabled_at"])
    assert admin.ask("POST", f"{where}/test").status_code == 409


@pytest.mark.parametrize("url", ["http://hooks.example.org/x", "https://127.0.0.1/x", "https://u:p@example.org/"])
def test_a_channel_may_point_where_webhooks_may(site: Site, url: str) -> None:
    new = {"kind": "slack", "name": "#x", "url": url, "events": ["finished"]}
    assert signed_in(site).ask("POST", CHANNELS, json=new).json()["type"] == "urn:assay:problem:bad-url"
