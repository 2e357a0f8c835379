"""Greenhouse: the whole way of a candidate, held to its documents; who gets the key; and workers that die."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from app.platform.settings import Settings
from app.rights import Role
from app.store import invitations
from app.tracking import jobs
from app.webhooks import sending
from testing.site import MakeSettings, Site, free_port, new_database, running_site
from testing.waiting import SECONDS, until
from tests.app.conftest import MADE
from tests.app.support.people import Person, signed_in
from tests.app.support.rows import count, fall_silent
from tests.app.tracking.stand_in import RESPONSE_ERROR, Greenhouse, StandIn, checked, standing_in

BASE = "/api/v1/tracking-systems"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with standing_in() as made:
        yield made


@pytest.fixture(scope="module")
def open_site(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that may call this machine."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=new_database(postgres, MADE),
        port=free_port(),
        retry_seconds=0,
        heartbeat_seconds=1,
        requests_per_second=10_000,
        webhooks_to_private=True,
    )
    with running_site(settings) as made:
        yield made


def connected(person: Person, stand_in: StandIn, **more: Any) -> tuple[dict[str, Any], Greenhouse]:
    made = person.ask("POST", BASE, json={"kind": "greenhouse", "domain": "127.0.0.1"} | more)
    assert made.status_code == 201, made.text
    system: dict[str, Any] = made.json()
    return system, Greenhouse(person.site.http, system["addresses"], system["key"], stand_in)


def hand_in(person: Person, email: str, *, wait: bool = True) -> None:
    """Hand in and finish as the candidate of this address."""
    found = person.ask("GET", f"/api/v1/invitations?q={email}").json()["items"][0]
    with person.site.service.engine.connect() as connection:
        token = invitations.token(connection, person.site.service.keys, found["id"])
    api = f"/api/v1/i/{token}"
    sent = person.site.http.post(f"{api}/submissions", files={"file": ("pipeline.py", b"score 81")})
    if wait:
        person.site.wait(sent.headers["location"])
    assert person.site.http.post(f"{api}/close").status_code == 200


def test_the_whole_way_of_a_candidate(open_site: Site, stand_in: StandIn) -> None:
    """List, send (twice, as networks do), status meanwhile, one PATCH with the key, the result as the policy says."""
    admin = signed_in(open_site)
    system, greenhouse = connected(admin, stand_in)
    assert greenhouse.list_tests() == [{"partner_test_id": "ml_pipeline", "partner_test_name": "Predict who leaves"}]
    interview = greenhouse.send_test()
    assert greenhouse.send_test() == interview
    assert greenhouse.test_status(interview)["partner_status"] == "sent"
    (invited,) = admin.ask("GET", "/api/v1/invitations").json()["items"]
    assert (invited["candidate"]["email"], invited["candidate"]["first_name"]) == ("hpotter@example.org", "Harry")
    assert invited["deadline"] is not None
    hand_in(admin, "hpotter@example.org")
    until(lambda: stand_in.completed)
    (patch,) = stand_in.received
    path = "/integrations/testing_partners/take_home_tests/12345"
    assert (patch.method, patch.path, patch.body, patch.user) == ("PATCH", path, b"", system["key"])
    said = greenhouse.test_status(interview)
    assert (said["partner_status"], said["partner_score"]) == ("complete", None)
    assert said["partner_profile_url"] == f"{open_site.settings.base_url}/work/c/{invited['id']}"
    assert said["metadata"]["Decision"] == "A person decides. This result decides nothing."
    assert "Band" not in said["metadata"]
    for tells, score, band in (("band", None, "Strong"), ("points", 81, "Strong")):
        admin.ask("PATCH", f"{BASE}/{system['id']}", json={"tells": tells})
        said = greenhouse.test_status(interview)
        assert (said["partner_score"], said["metadata"]["Band"]) == (score, band)
        assert "A person decides" in said["metadata"]["Decision"]
    calls = [one["call"] for one in admin.ask("GET", f"{BASE}/{system['id']}/calls").json()["items"]]
    assert (calls.count("PATCH"), calls.count("send_test")) == (1, 2)
    print(stand_in.log())  # noqa: T201 - the stand-in's log, with -s


def test_an_adopted_report_is_told_again(open_site: Site, stand_in: StandIn) -> None:
    """Greenhouse asks again where it was told again; a report that stays is told once."""
    admin = signed_in(open_site)
    _, greenhouse = connected(admin, stand_in, tells="points")
    interview = greenhouse.send_test(1, "again@example.org")
    hand_in(admin, "again@example.org")
    until(lambda: len(stand_in.received) == 1)
    submission = admin.ask("GET", "/api/v1/reports").json()["items"][0]["submission_id"]
    admin.ask("POST", f"/api/v1/submissions/{submission}/regrades", json={"kind": "rescore", "reason": "new rules"})
    open_site.wait(f"/api/v1/submissions/{submission}/reports/2", headers=admin.headers)
    admin.ask("POST", f"/api/v1/submissions/{submission}/reports/2/adopt", json={"reason": "better"})
    with open_site.service.engine.begin() as connection:
        jobs.look(connection, all_orders=True)
    until(lambda: len(stand_in.received) == 2)
    assert greenhouse.test_status(interview)["partner_score"] == 83


def test_a_key_opens_its_own_organisation_alone(open_site: Site, stand_in: StandIn) -> None:
    """401 for anything else, 404 for what is another's; short enough for Greenhouse; none while it is disabled."""
    mine, other = signed_in(open_site), signed_in(open_site)
    system, greenhouse = connected(mine, stand_in)
    _, stranger = connected(other, stand_in)
    assert len(system["key"]) < 171
    interview = greenhouse.send_test(2, "own@example.org")
    wrong = ["", "x", system["key"][:-1], system["key"] + "x", system["key"].replace(system["id"], "0" * 20)]
    for call in ("list_tests", "test_status"):
        for key in wrong:
            assert greenhouse.ask("GET", call, key).status_code == 401
    for call in ("send_test", "response_error", "request_errors"):
        assert greenhouse.ask("POST", call, "x", json={}).status_code == 401
    assert stranger.ask("GET", "test_status", params={"partner_interview_id": interview}).status_code == 404
    assert greenhouse.ask("GET", "test_status", params={"partner_interview_id": "98765"}).status_code == 404
    unknown = greenhouse.body(3) | {"partner_test_id": "none such"}
    assert greenhouse.ask("POST", "send_test", json=unknown).status_code == 404
    mine.ask("PATCH", f"{BASE}/{system['id']}", json={"disabled": True})
    assert greenhouse.ask("GET", "list_tests").status_code == 401
    recruiter = signed_in(open_site, Role.RECRUITER, mine.org_id)
    assert recruiter.ask("GET", BASE).status_code == 403


def test_a_rotated_key_changes_over_in_peace(open_site: Site, stand_in: StandIn) -> None:
    """For a day both open, and we use the one that Greenhouse used last; then the new one alone."""
    admin = signed_in(open_site)
    system, greenhouse = connected(admin, stand_in)
    greenhouse.send_test(4, "rotated@example.org")
    new = admin.ask("POST", f"{BASE}/{system['id']}/rotate").json()["key"]
    assert new != system["key"]
    assert admin.ask("GET", f"{BASE}/{system['id']}").json()["key"] is None
    hand_in(admin, "rotated@example.org")
    until(lambda: stand_in.received)
    assert stand_in.received[0].user == system["key"]
    assert greenhouse.ask("GET", "list_tests", new).status_code == 200
    greenhouse.send_test(5, "later@example.org")  # with the old key
    greenhouse.ask("GET", "list_tests", new)
    hand_in(admin, "later@example.org")
    until(lambda: len(stand_in.received) == 2)
    assert stand_in.received[1].user == new
    with open_site.service.engine.begin() as connection:
        connection.execute(text("UPDATE tracking_systems SET old_until = now()"))
    assert greenhouse.ask("GET", "list_tests").status_code == 401
    assert greenhouse.ask("GET", "list_tests", new).status_code == 200


STRANGE = [
    "https://greenhouse.io.evil.example/take_home_tests/1",
    "https://evil.example/greenhouse.io/1",
    "https://evil.example/?x=.greenhouse.io",
    "https://app.greenhouse.io@evil.example/1",
    "https://evilgreenhouse.io/1",
    "https://app.greenhouse.io:pw@10.0.0.1/",
    "http://app.greenhouse.io/1",
    "https://127.0.0.1/1",
    "https://[::1]/1",
    "https://169.254.169.254/latest/meta-data",
    "ftp://app.greenhouse.io/1",
    "https://app.greenhouse.io\\@evil.example/1",
    "javascript:alert(1)",
    "https://app.greenhouse.io/" + "x" * 2000,
    "",
]


@pytest.mark.parametrize("url", STRANGE)
def test_nobody_outside_of_the_domain_gets_the_key(site: Site, url: str) -> None:
    """Refused before anything is kept: no invitation, no order; the log says why."""
    admin = signed_in(site)
    system = admin.ask("POST", BASE, json={"kind": "greenhouse"}).json()
    with standing_in() as quiet:
        greenhouse = Greenhouse(site.http, system["addresses"], system["key"], quiet)
        refused = greenhouse.ask("POST", "send_test", json=greenhouse.body() | {"url": url})
    assert refused.status_code == 404, refused.text  # their documents know 401 and 404
    assert admin.ask("GET", "/api/v1/invitations").json()["items"] == []
    (call,) = admin.ask("GET", f"{BASE}/{system['id']}/calls").json()["items"]
    assert (call["call"], call["status"], bool(call["problem"])) == ("send_test", 404, True)
    fine = greenhouse.body() | {"url": "https://app2.greenhouse.io/integrations/1"}
    assert greenhouse.ask("POST", "send_test", json=fine).status_code == 200


def test_a_changed_domain_counts_for_what_waits(open_site: Site, stand_in: StandIn) -> None:
    """An order from before is told nothing where its address lies outside now."""
    admin = signed_in(open_site)
    system, greenhouse = connected(admin, stand_in)
    greenhouse.send_test(6, "moved@example.org")
    admin.ask("PATCH", f"{BASE}/{system['id']}", json={"domain": "greenhouse.io"})
    hand_in(admin, "moved@example.org")
    until(lambda: admin.ask("GET", f"{BASE}/{system['id']}/orders").json())
    (lost,) = admin.ask("GET", f"{BASE}/{system['id']}/orders").json()
    assert (lost["given_up"], lost["problem"]) == (True, "The address lies outside of greenhouse.io.")
    assert stand_in.received == []


def test_what_greenhouse_cannot_read_is_in_the_log_without_the_candidate(open_site: Site, stand_in: StandIn) -> None:
    admin = signed_in(open_site)
    system, greenhouse = connected(admin, stand_in)
    complaint = {
        "api_call": "test_status",
        "errors": ["partner_status is 'complete' but hpotter@hogwarts.edu has no url"],
        "partner_interview_id": "299506",
        "candidate_email": "hpotter@hogwarts.edu",
    }
    for call in ("response_error", "request_errors"):
        checked(greenhouse.ask("POST", call, json=complaint), RESPONSE_ERROR)
    said = [one["problem"] for one in admin.ask("GET", f"{BASE}/{system['id']}/calls").json()["items"]]
    assert said == ["test_status: partner_status is 'complete' but … has no url"] * 2
    for odd in (b"[]", b"{", b"\xff", b"[" * 100_000):
        assert greenhouse.ask("POST", "response_error", content=odd).status_code == 422


def test_a_busy_greenhouse_is_told_again_and_a_refusal_is_shown(
    open_site: Site, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 and 500 are tried again; 404 is given up with a reason, until somebody sends it once more."""
    monkeypatch.setattr(sending, "SCHEDULE", (0, 0, 0))
    admin = signed_in(open_site)
    system, greenhouse = connected(admin, stand_in)
    stand_in.answers = [429, 500, 404]
    greenhouse.send_test(7, "busy@example.org")
    hand_in(admin, "busy@example.org")
    until(lambda: admin.ask("GET", f"{BASE}/{system['id']}/orders").json()[:1])
    until(lambda: admin.ask("GET", f"{BASE}/{system['id']}/orders").json()[0]["given_up"])
    (lost,) = admin.ask("GET", f"{BASE}/{system['id']}/orders").json()
    assert (lost["problem"], len(stand_in.received)) == ("The receiver answered 404.", 3)
    again = admin.ask("POST", f"{BASE}/{system['id']}/orders/{lost['id']}/tell")
    assert again.status_code == 202
    until(lambda: stand_in.completed)
    until(lambda: admin.ask("GET", f"{BASE}/{system['id']}/orders").json() == [])


def test_what_is_being_told_is_not_queued_again(make_settings: MakeSettings, stand_in: StandIn) -> None:
    """A job that was queued for older news tells how things stand now, so that nobody else has to."""
    with running_site(make_settings(webhooks_to_private=True, embedded_worker=False)) as site:
        _, greenhouse = connected(signed_in(site), stand_in)
        interview = greenhouse.send_test()
        engine = site.service.engine
        with engine.begin() as connection:
            connection.execute(text("UPDATE orders SET news = 'what was queued', told = ''"))
        asyncio.run(jobs.tell(site.service, interview, 1))
        queued = count(engine, "procrastinate_jobs")
        with engine.begin() as connection:
            jobs.look(connection, all_orders=True)
        assert count(engine, "procrastinate_jobs") == queued


def test_an_erased_candidate_leaves_nothing_with_the_order(open_site: Site, stand_in: StandIn) -> None:
    """The export has it before; afterwards neither address nor id of the tracking system is kept."""
    admin = signed_in(open_site)
    _, greenhouse = connected(admin, stand_in)
    interview = greenhouse.send_test(8, "erased@example.org")
    (invited,) = admin.ask("GET", "/api/v1/invitations").json()["items"]
    where = f"/api/v1/candidates/{invited['candidate']['id']}"
    assert b"take_home_tests/8" in _data(admin.ask("GET", f"{where}/data").content)
    assert admin.ask("DELETE", where).is_success
    assert greenhouse.test_status(interview)["partner_status"] == "withdrawn"
    with open_site.service.engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM orders WHERE id = :id"), {"id": interview}).mappings().one()
    assert (kept["callback"], kept["profile"], kept["remote_id"]) == ("", "", interview)


def _data(archive: bytes) -> bytes:
    import io  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    return zipfile.ZipFile(io.BytesIO(archive)).read("data.json")


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_a_worker_killed_between_store_and_patch_leaves_one_completion(
    make_settings: MakeSettings, stand_in: StandIn, times: int
) -> None:
    """Killed whenever its PATCH arrives, before it is answered: in the end one invitation, one order, one completion.

    `send_test` comes as often, as from a Greenhouse that never saw our answer.
    """
    settings = make_settings(webhooks_to_private=True, embedded_worker=False)
    workers: list[subprocess.Popen[bytes]] = []
    killed = 0

    def kill() -> bool:
        nonlocal killed
        if killed == times:
            return False
        killed += 1
        workers[-1].send_signal(signal.SIGKILL)
        workers[-1].wait(SECONDS)
        fall_silent(site.service.engine)
        return True

    stand_in.before = kill
    with running_site(settings) as site:
        admin = signed_in(site)
        _, greenhouse = connected(admin, stand_in)
        assert len({greenhouse.send_test() for _ in range(times)}) == 1
        hand_in(admin, "hpotter@example.org", wait=False)
        try:
            while not stand_in.completed:
                workers.append(_worker(settings))
                worker = workers[-1]
                until(lambda: stand_in.completed or worker.poll() is not None)  # noqa: B023
        finally:
            for worker in workers:
                worker.kill()
                worker.wait(SECONDS)
        assert (killed, len(stand_in.received), len(stand_in.completed)) == (times, times + 1, 1)
        assert len(admin.ask("GET", "/api/v1/invitations").json()["items"]) == 1
        assert count(site.service.engine, "orders") == 1
        print(stand_in.log())  # noqa: T201 - the stand-in's log, with -s


def _worker(settings: Settings) -> subprocess.Popen[bytes]:
    names = ("home", "database_url", "heartbeat_seconds", "stalled_seconds", "retry_seconds", "webhooks_to_private")
    values = {f"ASSAY_{name.upper()}": str(getattr(settings, name)) for name in names}
    return subprocess.Popen([sys.executable, "-m", "tests.app.support.worker"], env=os.environ | values)
