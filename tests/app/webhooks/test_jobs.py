"""Webhooks: signed as the standard says, tried again, never sent where they could reach into our own network."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from app.platform.secrets import new_id
from app.platform.settings import Settings
from app.store import webhooks as store
from app.webhooks import address, sending
from app.worker.jobs import expire
from testing.site import Site, free_port, new_database, running_site
from testing.waiting import until
from tests.app.conftest import MADE
from tests.app.support.people import Person, signed_in

BASE = "/api/v1/webhooks"


@dataclass
class Receiver:
    """A real HTTP server that answers with `answers` in turn, then with 204, and keeps what it got."""

    url: str
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = receiver.answers.pop(0) if receiver.answers else (204, {})
            self.send_response(status)
            for name, value in ({"content-length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/in?a=1")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as made:
        yield made


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two retries, without the waits between them."""
    monkeypatch.setattr(sending, "SCHEDULE", (0, 0))


@pytest.fixture(scope="module")
def open_site(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that may send to this machine."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=new_database(postgres, MADE),
        port=free_port(),
        requests_per_second=10_000,
        webhooks_to_private=True,
    )
    with running_site(settings) as made:
        yield made


@pytest.fixture
def admin(open_site: Site) -> Person:
    return signed_in(open_site)


def added(person: Person, url: str, *events: str) -> dict[str, Any]:
    made = person.ask("POST", BASE, json={"url": url, "events": list(events)})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def ping(person: Person, hook: dict[str, Any]) -> str:
    sent = person.ask("POST", f"{BASE}/{hook['id']}/test")
    assert sent.status_code == 202, sent.text
    return str(sent.json()["id"])


def invited(person: Person) -> str:
    """The path of a new candidate's link."""
    made = person.ask("POST", "/api/v1/invitations", json={"email": f"{new_id()}@example.org"}).json()
    return urlsplit(made["link"]).path


def deliveries(person: Person, hook: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.ask("GET", f"{BASE}/{hook['id']}/deliveries").json()["items"]
    return found


def newest(person: Person, hook: dict[str, Any], right: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The newest delivery, as soon as it is right."""
    return until(lambda: deliveries(person, hook)[0], right)


def ended(delivery: dict[str, Any]) -> bool:
    return delivery["state"] != "waiting"


def test_a_delivery_is_verified_by_the_official_library(admin: Person, receiver: Receiver) -> None:
    """What is told of a submission verifies with the secret shown once, not with another, and names no person."""
    hook = added(admin, receiver.url, "submission.received")
    assert hook["secret"].startswith("whsec_")
    assert admin.ask("GET", f"{BASE}/{hook['id']}").json()["secret"] is None
    handed_in = admin.ask("POST", "/api/v1/submissions", files={"file": ("pipeline.py", b"ok")}).json()["id"]
    done = newest(admin, hook, ended)
    assert (done["state"], done["status"], done["attempts"], done["next_try_at"]) == ("delivered", 204, 1, None)
    ((headers, body),) = receiver.got
    told = Webhook(hook["secret"]).verify(body, headers)
    assert (told["type"], told["data"]["submission_id"]) == ("submission.received", handed_in)
    assert headers["webhook-id"] == done["event_id"]
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 44).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(hook["secret"]).verify(body + b" ", headers)


def test_both_secrets_verify_while_a_rotation_lasts(admin: Person, receiver: Receiver) -> None:
    """For a day; afterwards the new one alone."""
    hook = added(admin, receiver.url)
    new = admin.ask("POST", f"{BASE}/{hook['id']}/rotate").json()
    assert new["secret"] != hook["secret"]
    ping(admin, hook)
    newest(admin, hook, ended)
    headers, body = receiver.got[0]
    for secret in (hook["secret"], new["secret"]):
        assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
    with admin.site.service.engine.begin() as connection:
        connection.execute(text("UPDATE webhooks SET old_until = now() WHERE id = :id"), {"id": hook["id"]})
    ping(admin, hook)
    newest(admin, hook, ended)
    headers, body = receiver.got[1]
    Webhook(new["secret"]).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(hook["secret"]).verify(body, headers)


@pytest.mark.usefixtures("at_once")
def test_a_failure_is_tried_again_under_the_same_id(admin: Person, receiver: Receiver) -> None:
    """Two refusals, then success: one event, three attempts, each signed anew."""
    receiver.answers = [(500, {}), (503, {})]
    hook = added(admin, receiver.url)
    ping(admin, hook)
    done = newest(admin, hook, ended)
    assert (done["state"], done["attempts"], done["problem"]) == ("delivered", 3, None)
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {done["event_id"]}
    for headers, body in receiver.got:
        Webhook(hook["secret"]).verify(body, headers)


def test_the_next_try_is_told_and_a_receiver_may_ask_for_patience(admin: Person, receiver: Receiver) -> None:
    """Retry-After puts it off; sending it again by hand does not wait, and does not send it twice."""
    receiver.answers = [(429, {"retry-after": "600"})]
    hook = added(admin, receiver.url)
    delivery = ping(admin, hook)
    waiting = newest(admin, hook, lambda one: one["attempts"] == 1 and one["next_try_at"])
    assert (waiting["state"], waiting["status"]) == ("waiting", 429)
    with admin.site.service.engine.connect() as connection:
        in_seconds = connection.scalar(
            text("SELECT extract(epoch FROM CAST(:at AS timestamptz) - now())"), {"at": waiting["next_try_at"]}
        )
    assert 60 < float(str(in_seconds)) <= 600  # the first wait of the schedule is shorter
    assert admin.ask("POST", f"{BASE}/{hook['id']}/deliveries/{delivery}/redeliver").status_code == 202
    done = newest(admin, hook, ended)
    assert (done["state"], done["attempts"], done["next_try_at"], len(receiver.got)) == ("delivered", 2, None, 2)


@pytest.mark.usefixtures("at_once")
def test_it_is_given_up_in_the_end_and_can_be_sent_again(admin: Person, receiver: Receiver) -> None:
    """With the reason in the log; redelivered it has the same id and body."""
    receiver.answers = [(500, {})] * 3
    hook = added(admin, receiver.url)
    delivery = ping(admin, hook)
    lost = newest(admin, hook, ended)
    assert (lost["state"], lost["attempts"], lost["problem"]) == ("given-up", 3, "The receiver answered 500.")
    admin.ask("POST", f"{BASE}/{hook['id']}/deliveries/{delivery}/redeliver")
    assert newest(admin, hook, ended)["state"] == "delivered"
    assert len({(headers["webhook-id"], body) for headers, body in receiver.got}) == 1
    assert len(receiver.got) == 4


def test_gone_disables_the_webhook(admin: Person, receiver: Receiver) -> None:
    """410 is a wish never to be called again: nothing more is sent until somebody enables it."""
    receiver.answers = [(410, {})]
    hook = added(admin, receiver.url)
    ping(admin, hook)
    assert newest(admin, hook, ended)["state"] == "given-up"
    assert admin.ask("GET", f"{BASE}/{hook['id']}").json()["disabled_at"]
    assert admin.ask("POST", f"{BASE}/{hook['id']}/test").status_code == 409
    said = [entry["action"] for entry in admin.ask("GET", "/api/v1/audit").json()]
    assert said[:3] == ["webhook-gone", "webhook-tested", "webhook-added"]
    assert admin.ask("PATCH", f"{BASE}/{hook['id']}", json={"disabled": False}).json()["disabled_at"] is None
    ping(admin, hook)
    assert newest(admin, hook, ended)["state"] == "delivered"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_a_failure_and_is_not_followed(admin: Person, receiver: Receiver, status: int) -> None:
    with listening() as elsewhere:
        receiver.answers = [(status, {"location": elsewhere.url})] * 3
        hook = added(admin, receiver.url)
        ping(admin, hook)
        done = newest(admin, hook, ended)
        assert (done["state"], done["status"], elsewhere.got) == ("given-up", status, [])


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("where", PRIVATE)
def test_an_address_of_our_own_network_is_refused(where: str) -> None:
    """In whatever form IPv6 can carry it; at once where the URL has it, and again when it is sent."""
    assert not address.public(where)
    url = f"https://[{where}]/" if ":" in where else f"https://{where}/"
    with pytest.raises(address.Unsafe):
        address.check(url, private=False)
    with pytest.raises(address.Unsafe):
        address.resolve(url, private=False)


@pytest.mark.parametrize("where", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is_allowed(where: str) -> None:
    assert address.public(where)


@pytest.mark.parametrize("name", ["localhost", "2130706433", "0x7f.1", "127.1"])
def test_a_name_that_leads_to_a_private_address_is_refused(name: str) -> None:
    """Names and the old spellings of numbers are looked up first, and what they stand for is examined."""
    with pytest.raises(address.Unsafe, match="not public"):
        address.resolve(f"https://{name}/", private=False)


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a name that is public is connected to at the very address that was examined, whatever it says later."""
    answers = [["8.8.8.8", "10.0.0.1"], ["8.8.8.8"], ["10.0.0.1"]]
    monkeypatch.setattr(
        address.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (a, 443)) for a in answers.pop(0)]
    )
    with pytest.raises(address.Unsafe):
        address.resolve("https://hooks.example.org/x?y=1", private=False)
    target = address.resolve("https://hooks.example.org/x?y=1", private=False)
    assert (target.pinned, target.authority) == ("https://8.8.8.8:443/x?y=1", "hooks.example.org")


@pytest.mark.usefixtures("at_once")
def test_a_private_receiver_gets_nothing(site: Site, receiver: Receiver) -> None:
    """Where the setting does not allow it: refused when added, and when a URL from before is sent to."""
    person = signed_in(site)
    with site.service.engine.begin() as connection:
        url = receiver.url.replace("http://127.0.0.1", "https://localhost")
        hook = {"id": store.add(connection, person.org_id, url, []).id}
    for url in (receiver.url, "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "http://example.org/"):
        refused = person.ask("POST", BASE, json={"url": url})
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:assay:problem:bad-url"), url
    ping(person, hook)
    done = newest(person, hook, ended)
    assert (done["state"], done["status"], receiver.got) == ("given-up", None, [])
    assert done["problem"] == "The address is not allowed. Its host name leads to an address that is not public."


def test_disabling_gives_up_what_waits_and_keeps_nothing_for_later(admin: Person, receiver: Receiver) -> None:
    receiver.answers = [(429, {"retry-after": "600"})]
    hook = added(admin, receiver.url, "submission.received")
    ping(admin, hook)
    newest(admin, hook, lambda one: one["attempts"] == 1)
    admin.ask("PATCH", f"{BASE}/{hook['id']}", json={"disabled": True})
    assert deliveries(admin, hook)[0]["state"] == "given-up"
    admin.ask("POST", "/api/v1/submissions", files={"file": ("pipeline.py", b"ok")})
    assert len(deliveries(admin, hook)) == 1
    where = f"{BASE}/{hook['id']}/deliveries/{deliveries(admin, hook)[0]['id']}/redeliver"
    assert admin.ask("POST", where).status_code == 409


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("days", "reached", "disabled"), [(4, False, True), (4, True, False), (2, False, False)])
def test_a_receiver_that_nothing_reaches_for_days_is_left_alone(
    admin: Person, receiver: Receiver, days: int, reached: bool, disabled: bool
) -> None:
    """Disabled with the delivery that is given up, unless another one has come through since; audited."""
    receiver.answers = [(503, {"retry-after": "600"})]
    hook = added(admin, receiver.url)
    lost = ping(admin, hook)
    newest(admin, hook, lambda one: one["attempts"] == 1)
    if reached:
        ping(admin, hook)
        newest(admin, hook, lambda one: one["state"] == "delivered")
    aged = text("UPDATE deliveries SET created_at = now() - make_interval(days => :days) WHERE id = :id")
    with admin.site.service.engine.begin() as connection:
        connection.execute(aged, {"days": days, "id": lost})
    receiver.answers = [(500, {})] * 9
    admin.ask("POST", f"{BASE}/{hook['id']}/deliveries/{lost}/redeliver")
    until(lambda: next(one for one in deliveries(admin, hook) if one["id"] == lost)["state"] == "given-up")
    assert (admin.ask("GET", f"{BASE}/{hook['id']}").json()["disabled_at"] is not None) is disabled
    audited = "webhook silent" in admin.ask("GET", "/work/audit").text
    assert audited is disabled


def test_the_log_goes_back_a_month(admin: Person, receiver: Receiver) -> None:
    """What ended before is forgotten; what still waits is not, however old."""
    receiver.answers = [(204, {}), (204, {}), (429, {"retry-after": "600"})]
    hook = added(admin, receiver.url)
    old = ping(admin, hook)
    newest(admin, hook, ended)
    new = ping(admin, hook)
    newest(admin, hook, ended)
    waits = ping(admin, hook)
    newest(admin, hook, lambda one: one["attempts"] == 1)
    aged = text("UPDATE deliveries SET created_at = now() - interval '31 days' WHERE id = :id")
    ended_then = text("UPDATE deliveries SET delivered_at = now() - interval '31 days' WHERE id = :id")
    with admin.site.service.engine.begin() as connection:
        connection.execute(aged, {"id": waits})
        connection.execute(ended_then, {"id": old})
    expire(admin.site.service)
    assert {one["id"] for one in deliveries(admin, hook)} == {new, waits}


def test_what_is_refused_at_the_door_is_told(admin: Person, receiver: Receiver) -> None:
    """With the code of the refusal and no id, as nothing of it is kept; a refused check is nobody's business."""
    hook = added(admin, receiver.url, "submission.rejected")
    link = invited(admin)
    for what in ("checks", "submissions"):
        refused = admin.site.http.post(f"/api/v1{link}/{what}", files={"file": ("pipeline.py", b"refuse me")})
        assert refused.status_code == 422
    newest(admin, hook, ended)
    (told,) = (json.loads(body)["data"] for _, body in receiver.got)
    assert told == {"invitation_id": link.removeprefix("/i/").split("-")[0], "code": "NO_ENTRY"}


def test_a_candidate_has_started_once_the_task_is_taken_along(admin: Person, receiver: Receiver) -> None:
    """Told once, whatever is taken after; the status says so until something is handed in."""
    hook = added(admin, receiver.url, "invitation.started")
    link = invited(admin)
    name = link.removeprefix("/i/").split("-")[0]
    here = f"/api/v1/invitations/{name}"
    admin.site.http.get(link)
    assert admin.ask("GET", here).json()["status"] == "opened"
    for path in ("starter-kit.zip", "kit/public.csv"):
        assert admin.site.http.get(f"{link}/{path}").is_success
    newest(admin, hook, ended)
    assert [json.loads(body)["data"]["invitation_id"] for _, body in receiver.got] == [name]
    assert admin.ask("GET", here).json()["status"] == "started"
    assert [row["id"] for row in admin.ask("GET", "/api/v1/invitations?status=started").json()["items"]] == [name]


def test_the_log_comes_in_pages(admin: Person, receiver: Receiver) -> None:
    """Newest first; following the cursor gives every delivery once."""
    hook = added(admin, receiver.url)
    made = [ping(admin, hook) for _ in range(5)]
    seen, cursor = [], ""
    for _ in range(3):
        page = admin.ask("GET", f"{BASE}/{hook['id']}/deliveries?limit=2&cursor={cursor}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (made[::-1], None)


def test_a_webhook_hears_what_it_asked_for(admin: Person, receiver: Receiver) -> None:
    """Changed, it hears of something else; unknown events are refused; removed, it is gone with its log."""
    hook = added(admin, receiver.url, "report.ready", "report.ready")
    assert hook["events"] == ["report.ready"]
    assert admin.ask("PATCH", f"{BASE}/{hook['id']}", json={"events": ["no.event"]}).status_code == 422
    changed = admin.ask("PATCH", f"{BASE}/{hook['id']}", json={"events": ["grading.completed"]}).json()
    assert (changed["events"], changed["url"]) == (["grading.completed"], receiver.url)
    sent = admin.ask("POST", "/api/v1/submissions", files={"file": ("pipeline.py", b"ok")})
    admin.site.wait(sent.headers["location"], headers=admin.headers)
    newest(admin, hook, ended)
    assert [one["type"] for one in deliveries(admin, hook)] == ["grading.completed"]
    assert admin.ask("DELETE", f"{BASE}/{hook['id']}").status_code == 204
    assert admin.ask("GET", f"{BASE}/{hook['id']}/deliveries").status_code == 404


def test_the_pages_do_the_same(admin: Person, receiver: Receiver) -> None:
    """Add, test, read the log, send again, rotate, disable, enable, remove; each by its form."""
    here = "/work/settings/webhooks"
    refused = admin.ask("POST", here, data={"url": "ftp://example.org/"})
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    made = admin.ask("POST", here, data={"url": receiver.url, "event": ["report.ready", "submission.received"]})
    assert (made.status_code, "whsec_" in made.text) == (201, True)
    (hook,) = admin.ask("GET", BASE).json()
    assert hook["events"] == ["report.ready", "submission.received"]
    one = f"{here}/{hook['id']}"
    assert admin.ask("POST", one, data={"do": "test"}).headers["location"] == one
    delivery = newest(admin, hook, ended)
    page = admin.ask("GET", one).text
    assert all(words in page for words in ("webhook.test", "delivered", "204", receiver.url))
    assert "whsec_" not in page
    assert admin.ask("POST", f"{one}/deliveries/{delivery['id']}").status_code == 303
    newest(admin, hook, lambda it: it["attempts"] == 2)
    assert "whsec_" in admin.ask("POST", one, data={"do": "rotate"}).text
    for do, words in (("disable", "disabled"), ("enable", "enabled")):
        admin.ask("POST", one, data={"do": do})
        assert words in admin.ask("GET", "/work/settings").text
    assert "Remove" in admin.ask("POST", one, data={"do": "remove"}).text
    assert len(admin.ask("GET", BASE).json()) == 1, "it is asked about first"
    admin.ask("POST", one, data={"do": "remove", "sure": "yes"})
    assert admin.ask("GET", BASE).json() == []
    assert admin.ask("GET", "/work/audit").status_code == 200
