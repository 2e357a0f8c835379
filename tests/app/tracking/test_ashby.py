"""Ashby: list, start, updates that keep to its schema, cancel; its key wherever it is agreed to be."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func

from app.platform.settings import Settings
from app.store import invitations
from app.tracking import adapters, ashby
from app.tracking.port import Progress, Request
from testing.site import Site, free_port, new_database, running_site
from testing.waiting import until
from tests.app.conftest import MADE
from tests.app.support.people import Person, signed_in
from tests.app.tracking.stand_in import Ashby, StandIn, standing_in, updates
from tests.app.tracking.test_greenhouse import BASE, hand_in

THEIRS = "ashby-key-of-the-customer"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Ashby's API lies at a fixed address, so what goes there is sent to the stand-in."""
    with standing_in() as made:

        def request(progress: Progress, domain: str, stamp: int) -> Request | None:
            asked = ashby.ASHBY.request(progress, domain, stamp)
            assert asked is None or asked.url == f"https://api.{domain}/assessment.update"
            return asked and replace(asked, url=f"{made.url}/assessment.update")

        monkeypatch.setitem(adapters.ADAPTERS, "ashby", replace(ashby.ASHBY, request=request))
        yield made


@pytest.fixture(scope="module")
def open_site(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=new_database(postgres, MADE),
        port=free_port(),
        retry_seconds=0,
        heartbeat_seconds=1,
        requests_per_second=10_000,
        webhooks_to_private=True,
        tracking_key_header="X-Partner-Key",
    )
    with running_site(settings) as made:
        yield made


def connected(person: Person, **more: Any) -> tuple[dict[str, Any], Ashby]:
    body = {"kind": "ashby", "domain": "127.0.0.1", "their_key": THEIRS} | more
    made = person.ask("POST", BASE, json=body)
    assert made.status_code == 201, made.text
    assert THEIRS not in made.text
    system: dict[str, Any] = made.json()
    return system, Ashby(person.site.http, system["addresses"], {"Authorization": f"Bearer {system['key']}"})


def test_the_whole_way_of_a_candidate(open_site: Site, stand_in: StandIn) -> None:
    """Started once, updated as it goes with the customer's key, complete with page and result."""
    admin = signed_in(open_site)
    system, partner = connected(admin, tells="points")
    assert [one["assessment_type_id"] for one in partner.listed()] == ["ml_pipeline"]
    assessment = partner.start()
    assert partner.start() == assessment
    hand_in(admin, "kim@example.org")
    until(lambda: any("assessment_result" in json.loads(one.body) for one in stand_in.received))
    last = updates(stand_in)[-1]
    assert last["assessment_id"] == assessment
    assert last["assessment_result"] == {
        "identifier": "result",
        "label": "Points of 100",
        "type": "numeric_score",
        "value": 81,
    }
    assert last["assessment_profile_url"]["value"].startswith(f"{open_site.settings.base_url}/work/c/")
    assert "A person decides" in json.dumps(last["metadata"])
    assert {one.user for one in stand_in.received} == {THEIRS}
    assert admin.ask("GET", f"{BASE}/{system['id']}").json()["has_their_key"]
    print(stand_in.log())  # noqa: T201 - the stand-in's log, with -s


def test_a_result_without_numbers_is_a_sentence(open_site: Site, stand_in: StandIn) -> None:
    admin = signed_in(open_site)
    _, partner = connected(admin)
    partner.start(email="words@example.org")
    hand_in(admin, "words@example.org")
    until(lambda: any("assessment_result" in json.loads(one.body) for one in stand_in.received))
    last = updates(stand_in)[-1]
    assert last["assessment_result"]["value"] == "A report is there to read."
    told = [one["value"] for one in last["metadata"]]
    assert told == ["Predict who leaves", "1", "A person decides. This result decides nothing."]


def test_cancelled_it_is_withdrawn_and_started_again_it_is_another(open_site: Site, stand_in: StandIn) -> None:
    """Whoever was invited hears of both; Ashby is told nothing of what it cancelled."""
    admin = signed_in(open_site)
    _, partner = connected(admin)
    first = partner.start(email="again@example.org")
    for _ in range(2):
        assert partner.ask("assessment.cancel", {"assessment_id": first}).json()["success"]
    (invited,) = admin.ask("GET", "/api/v1/invitations").json()["items"]
    assert invited["status"] == "withdrawn"
    second = partner.start(email="again@example.org")
    assert second != first
    (invited,) = admin.ask("GET", "/api/v1/invitations").json()["items"]
    assert invited["status"] == "invited"
    assert partner.ask("assessment.cancel", {"assessment_id": "0" * 20}).status_code == 422
    assert stand_in.received == []


def test_a_deadline_that_passes_cancels(open_site: Site, stand_in: StandIn) -> None:
    """With the reason; and whoever is started anew after that is told what to do."""
    admin = signed_in(open_site)
    _, partner = connected(admin)
    partner.start(email="late@example.org")
    (invited,) = admin.ask("GET", "/api/v1/invitations").json()["items"]
    with open_site.service.engine.begin() as connection:
        invitations.change(connection, invited["id"], deadline=func.now())
    until(lambda: stand_in.received)
    (told,) = updates(stand_in)
    assert told["cancelled_reason"]["value"] == "The deadline passed and nothing was handed in."
    refused = partner.ask("assessment.start", partner.body("a-2", "late@example.org"))
    assert (refused.status_code, "Extend it" in refused.json()["message"]) == (409, True)


@pytest.mark.parametrize("place", ["user", "password", "bearer", "header", "nowhere"])
def test_the_key_may_be_where_it_is_agreed_to_be(open_site: Site, place: str) -> None:
    """How Ashby sends it is not public: Basic as either part, Bearer, or the header of the setting."""
    system, partner = connected(signed_in(open_site))
    key = system["key"]
    headers = {
        "user": {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()},
        "password": {"Authorization": "Basic " + base64.b64encode(f"ashby:{key}".encode()).decode()},
        "bearer": {"Authorization": f"Bearer {key}"},
        "header": {"X-Partner-Key": key},
        "nowhere": {"X-Another-Key": key},
    }[place]
    answer = replace(partner, headers=headers).ask("assessment.list", {})
    assert answer.status_code == (401 if place == "nowhere" else 200)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"candidate": {"email": "no address"}}, 422),
        ({"candidate": {}}, 422),
        ({"application": {}}, 422),
        ({"assessment_type_id": "none such"}, 422),
        ({"assessment_type_id": None}, 422),
    ],
)
def test_what_cannot_be_started_says_why(open_site: Site, change: dict[str, Any], status: int) -> None:
    _, partner = connected(signed_in(open_site))
    refused = partner.ask("assessment.start", partner.body() | change)
    assert (refused.status_code, bool(refused.json()["message"])) == (status, True)


def test_ashby_needs_a_key_of_its_own(open_site: Site) -> None:
    """Which is kept sealed and shown to nobody."""
    admin = signed_in(open_site)
    assert admin.ask("POST", BASE, json={"kind": "ashby"}).json()["type"] == "urn:assay:problem:key-needed"
    system, _ = connected(admin)
    with open_site.service.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT their_key FROM tracking_systems WHERE id = %s", (system["id"],)).one()
    assert THEIRS.encode() not in bytes(row.their_key)
    assert THEIRS not in admin.ask("GET", "/api/v1/audit").text
