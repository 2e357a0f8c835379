"""Uploads: nobody waits behind one that is slow, silent, broken off or many, and terms come before any work."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from starlette.exceptions import HTTPException
from structlog.testing import capture_logs

from app.platform.settings import Settings
from app.ports import Ports
from app.web.limits import OF_ONE, SMALL, BodyLimit, Intake
from graders.model.challenge import Challenge
from graders.model.probe import SandboxError
from graders.model.submission import Submission
from sandbox.packages.refusal import IndexUnreachable
from testing import fakes
from testing.site import MakeSettings, Site, running_site
from testing.waiting import SECONDS, until
from tests.app.support.candidates import Invited, close
from tests.app.support.people import signed_in


class Examined:
    """An intake that examines nothing before `ready` says so, and remembers how many it examined, and at once."""

    def __init__(self) -> None:
        self.ready: Callable[[bytes], object] = lambda _: True
        self.fault: Exception | None = None
        self.number = self.most = self._now = 0
        self._lock = threading.Lock()

    def unpack(self, data: bytes, name: str, challenge: Challenge) -> Submission:
        with self._lock:
            self.number += 1
            self._now += 1
            self.most = max(self.most, self._now)
        until(lambda: self.ready(data))
        with self._lock:
            self._now -= 1
        if self.fault is not None:
            raise self.fault
        return fakes.unpack(data, name, challenge)


@pytest.fixture
def examined() -> Examined:
    return Examined()


@pytest.fixture
def watched(make_settings: MakeSettings, examined: Examined) -> Iterator[Site]:
    @contextmanager
    def ports(settings: Settings) -> Iterator[Ports]:
        with fakes.fake_ports(settings) as made:
            yield replace(made, unpack=examined.unpack)

    with running_site(make_settings(embedded_worker=False, intake_slots=2), ports) as site:
        yield site


def begin(site: Site) -> socket.socket:
    """A connection on which half of an upload was sent."""
    connection = socket.create_connection((site.settings.host, site.settings.port), timeout=SECONDS)
    head = (
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nAuthorization: Bearer {site.key}\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="pipeline.py"\r\n\r\n'
    )
    connection.sendall(head.encode() + b"x" * 40_000)
    return connection


def test_a_stalled_upload_is_ended_after_its_silence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never before it, and with 408; then the connection is closed."""
    assert BodyLimit.silence == 10
    monkeypatch.setattr(BodyLimit, "silence", 0.5)
    began = time.monotonic()
    with begin(site) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began >= 0.5


def test_an_upload_that_is_broken_off_is_one_quiet_line(site: Site) -> None:
    """No error of ours, and nothing of what was sent."""
    with capture_logs() as said:
        begin(site).close()
        until(lambda: said)
        time.sleep(0.3)
    assert [(line["log_level"], line["event"]) for line in said] == [("info", "a request was broken off by its sender")]
    assert len(str(said)) < 200


def test_so_many_are_examined_at_once_and_no_more(watched: Site, examined: Examined) -> None:
    """Two slots; of one sender one at a time, however many it sends."""
    examined.ready = lambda _: examined.most > 1  # nobody is alone
    people = [signed_in(watched) for _ in range(4)]

    def send(number: int) -> int:
        files = {"file": ("pipeline.py", b"ok")}
        return people[number % 4].ask("POST", "/api/v1/submissions", files=files).status_code

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(send, range(12))) == {202}
    assert (examined.number, examined.most) == (12, 2)


@pytest.mark.parametrize(
    ("fault", "code"), [(IndexUnreachable("no index"), "packages-unreachable"), (SandboxError("busy"), "busy")]
)
def test_what_we_cannot_read_now_is_our_fault_and_nothing_is_kept(
    fault: Exception, code: str, watched: Site, examined: Examined
) -> None:
    person = signed_in(watched)
    examined.fault = fault
    answer = person.ask("POST", "/api/v1/submissions", files={"file": ("pipeline.py", b"ok")})
    assert answer.status_code == 503
    assert answer.json()["type"].endswith(code)
    assert "no index" not in answer.text
    assert not [path for path in watched.settings.home.glob("blobs/submissions/**/*") if path.is_file()]


def test_one_sender_s_many_keep_nobody_waiting(watched: Site, examined: Examined) -> None:
    """Another's single upload is answered while the first of ten that came earlier is examined."""
    greedy, other = signed_in(watched), signed_in(watched)
    ended: list[str] = []
    examined.ready = lambda data: data == b"other" or "other" in ended

    def send(who: str) -> None:
        files = {"file": ("pipeline.py", who.encode())}
        (greedy if who == "greedy" else other).ask("POST", "/api/v1/submissions", files=files)
        ended.append(who)

    with ThreadPoolExecutor(11) as pool:
        for _ in range(10):
            pool.submit(send, "greedy")
        until(lambda: examined.number)
        pool.submit(send, "other")
    assert (ended[0], len(ended)) == ("other", 11)


@pytest.mark.parametrize("how", ["closed", "withdrawn", "spent"])
@pytest.mark.parametrize("path", ["/submissions", "page", "page check"])
def test_terms_are_asked_before_anything_is_unpacked(watched: Site, examined: Examined, how: str, path: str) -> None:
    """409 at once where an invitation takes nothing more."""
    admin = signed_in(watched)
    made = admin.ask("POST", "/api/v1/invitations", json={"email": "kim@example.org", "attempts": 1}).json()
    invited = Invited(made["id"], "/i/" + made["link"].rpartition("/i/")[2], "")
    if how == "spent":
        assert watched.http.post(f"{invited.api}/submissions", files={"file": ("pipeline.py", b"ok")}).is_success
    if how == "closed":
        close(admin, invited)
    elif how == "withdrawn":
        assert admin.ask("POST", f"/api/v1/invitations/{invited.id}/withdraw").is_success
    before = examined.number
    where = {"page": invited.link, "page check": f"{invited.link}/check"}.get(path, invited.api + path)
    answer = watched.http.post(where, files={"file": ("pipeline.py", b"ok")})
    assert answer.status_code in (404, 409), answer.text
    assert examined.number == before


def test_only_so_many_bodies_arrive_at_once() -> None:
    """Of one sender; the next is told when to come back, and there is room again when one has ended."""
    intake = Intake(1)
    rooms = [intake.room({}, SMALL, "one") for _ in range(OF_ONE)]
    for room in rooms:
        room.__enter__()
    with pytest.raises(HTTPException) as refused, intake.room({}, SMALL, "one"):
        pass
    assert refused.value.status_code == 503
    assert refused.value.headers == {"Retry-After": "5"}
    with intake.room({}, SMALL, "another"):
        pass
    rooms[0].__exit__(None, None, None)
    with intake.room({}, SMALL, "one"):
        pass


def test_what_no_route_made_room_for_stays_small(site: Site) -> None:
    """Strangers' JSON and forms are read before anybody asks who they are, so they are bounded by a megabyte."""
    for path, kind in (("/api/v1/invitations", "application/json"), ("/sign-in", "multipart/form-data; boundary=b")):
        answer = site.http.post(path, content=b"x" * (SMALL + 1), headers={"Content-Type": kind})
        assert answer.status_code == 413
