"""A table becomes a challenge that candidates are invited to; every step is in the audit log, versions never change."""

from __future__ import annotations

import io
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.challenges import jobs
from app.platform.secrets import Keyring
from app.rights import Role
from app.store import audit, backups, sealed
from app.store import challenges as store
from app.store.blobs import blobs
from challenges import vault
from challenges.tables import reading
from testing.own_challenges import a_table, table_ports, until_idle, weeks_of_machines
from testing.site import Site, new_database
from tests.app.support.candidates import graded
from tests.app.support.people import Person, signed_in

API = "/api/v1/challenges"


@pytest.fixture(scope="module")
def admin(shop: Site) -> Person:
    return signed_in(shop)


def upload(admin: Person, data: bytes, **wish: str) -> dict[str, Any]:
    answer = admin.ask("POST", API, files={"file": ("customers.csv", data)}, data=wish)
    assert answer.status_code == 202, answer.text
    return idle(admin, answer.json()["id"])


def idle(admin: Person, challenge_id: str) -> dict[str, Any]:
    return until_idle(lambda: admin.ask("GET", f"{API}/{challenge_id}").json())


def made(admin: Person, name: str) -> dict[str, Any]:
    draft = upload(admin, a_table(), target="card", id=name)
    admin.ask("POST", f"{API}/{draft['id']}/build")
    return idle(admin, draft["id"])


def invited(admin: Person, email: str, challenge: str) -> Any:
    return admin.ask("POST", "/api/v1/invitations", json={"email": email, "challenge": challenge})


@pytest.fixture(scope="module")
def built(admin: Person) -> dict[str, Any]:
    return made(admin, "who-gets-it")


def test_what_a_table_seems_to_be_is_proposed_and_asked_otherwise(admin: Person) -> None:
    draft = upload(admin, a_table())
    assert draft["state"] == "draft"
    assert draft["table"]["rows"] == 400
    assert not draft["definition"]
    admin.ask("PATCH", f"{API}/{draft['id']}", json={"target": "kard"})
    assert "'card'" in idle(admin, draft["id"])["problem"]
    admin.ask("PATCH", f"{API}/{draft['id']}", json={"target": "card", "metric": "log_loss", "drop": ["age"]})
    proposed = idle(admin, draft["id"])
    assert not proposed["problem"]
    assert 'metric = "log_loss"' in proposed["definition"]
    assert '"age"' not in proposed["definition"]
    assert {"task", "positive"} <= {choice["key"] for choice in proposed["proposed"]}
    assert admin.ask("DELETE", f"{API}/{draft['id']}").status_code == 204


def test_whose_rows_are_hidden_is_proposed_and_asked_otherwise(admin: Person) -> None:
    draft = upload(admin, weeks_of_machines(), target="kwh")
    assert 'hidden_units = "known"' in draft["definition"]
    (choice,) = [one for one in draft["proposed"] if one["key"] == "hidden_units"]
    assert (choice["value"], "100% of the later rows" in choice["why"]) == ("known", True)
    here = f"{API}/{draft['id']}"
    other = admin.ask("PUT", f"{here}/definition", json={"definition": draft["definition"].replace("known", "new")})
    assert (other.status_code, other.json()["type"].endswith("other-rows")) == (422, True)
    assert admin.ask("PATCH", here, json={"hidden_units": "old"}).status_code == 422
    admin.ask("PATCH", here, json={"hidden_units": "known", "time": ""})
    refused = idle(admin, draft["id"])
    assert (refused["problem_code"], "they need a time" in refused["problem"]) == ("UNITS_NO_TIME", True)
    admin.ask("PATCH", here, json={"hidden_units": "new", "time": "week"})
    asked = idle(admin, draft["id"])
    assert "hidden_units" not in asked["definition"]
    assert not asked["problem"] + asked["problem_code"]
    assert admin.ask("DELETE", here).status_code == 204


def test_no_candidate_waits_for_a_table(shop: Site, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long tables take and however many there are."""
    go_on = threading.Event()

    def wait(*_: object) -> dict[str, Any]:
        go_on.wait(300)
        return {}

    monkeypatch.setitem(jobs.WORK, "read", wait)
    sent = [admin.ask("POST", API, files={"file": ("a.csv", b"a,b")}).json()["id"] for _ in range(3)]
    try:
        work = {"file": ("pipeline.py", b"ok")}
        submission = admin.ask("POST", "/api/v1/submissions", files=work).json()["id"]
        shop.wait(f"/api/v1/submissions/{submission}", headers=admin.headers)
        assert all(admin.ask("GET", f"{API}/{table}").json()["job"] == "read" for table in sent)
    finally:
        go_on.set()
        for table in sent:
            idle(admin, table)


def test_a_file_that_is_no_table_is_refused_in_words(admin: Person) -> None:
    draft = upload(admin, b"\x00\x01\x02", target="card")
    assert draft["problem"]
    assert not draft["table"]


def test_a_built_challenge_shows_findings_yardsticks_and_references(built: dict[str, Any]) -> None:
    assert (built["state"], built["name"], built["problem"]) == ("built", "who-gets-it", "")
    assert built["split"]["public"] + built["split"]["hidden"] == 400
    assert {model["name"].split()[0] for model in built["yardsticks"]["models"]} == {"constant", "simple", "strong"}
    assert [one["name"] for one in built["references"]] == ["sound", "leaky", "memoriser", "constant", "crashes"]


def test_versions_from_publishing_to_retirement(shop: Site, admin: Person, built: dict[str, Any]) -> None:
    """An invitation promises a version; an edit makes the next one on the same hidden rows."""
    here = f"{API}/{built['id']}"
    assert invited(admin, "early@example.org", "who-gets-it").json()["type"].endswith("not-published")
    published = admin.ask("POST", f"{here}/publish", json={"reason": "Tried with three colleagues."}).json()
    assert published["state"] == "published"
    first = invited(admin, "one@example.org", "who-gets-it")
    assert first.status_code == 201
    assert first.json()["challenge"] == "who-gets-it"

    timer = {"minutes": 90, "pauses": 1, "pause_minutes": 10}
    assert admin.ask("PUT", "/api/v1/timers/who-gets-it", json=timer).status_code == 200
    kinds = {"kinds": ["refactor"]}
    assert admin.ask("PUT", "/api/v1/challenges/who-gets-it/live-kinds", json=kinds).status_code == 200
    notice = {"challenge": "who-gets-it", "profile": "colorado"}
    notice = admin.ask("GET", "/api/v1/notices/draft", params=notice).json()
    assert admin.ask("POST", "/api/v1/notices", json=notice).status_code == 201

    other = admin.ask("PUT", f"{here}/definition", json={"definition": built["definition"].replace("yes", "no")})
    assert other.status_code == 422
    assert other.json()["type"].endswith("other-rows")
    edited = built["definition"].replace('name = "income"', 'name = "income"\nmeaning = "EUR a year"')
    second = admin.ask("PUT", f"{here}/definition", json={"definition": edited}).json()
    assert second["version"] == 2
    assert second["id"] != built["id"]
    assert admin.ask("GET", here).json()["definition"] == built["definition"]
    second = idle(admin, second["id"])
    assert (second["state"], second["name"]) == ("built", "who-gets-it@2"), second["problem"]
    assert invited(admin, "two@example.org", "who-gets-it").json()["challenge"] == "who-gets-it"
    admin.ask("POST", f"{API}/{second['id']}/publish", json={"reason": "The dictionary is better now."})
    assert admin.ask("PATCH", "/api/v1/organisation", json={"profile": "colorado"}).status_code == 200
    third = invited(admin, "three@example.org", "who-gets-it").json()  # no Conflict: its notice is in force
    admin.ask("PATCH", "/api/v1/organisation", json={"profile": "none"})
    assert third["challenge"] == "who-gets-it@2"
    assert {name: third["timer"][name] for name in timer} == timer
    used = admin.ask("GET", "/api/v1/challenges/who-gets-it@2/live-kinds").json()
    assert [kind["kind"] for kind in used if kind["used"]] == ["refactor"]
    rows = [
        vault.load(shop.service.ports.challenge(name), shop.settings.home) for name in ("who-gets-it", "who-gets-it@2")
    ]
    assert rows[0].hidden.equals(rows[1].hidden)
    assert rows[0].public.equals(rows[1].public)
    brief = shop.service.ports.challenge("who-gets-it@2").folder / "BRIEF.md"
    assert "EUR a year" in brief.read_text()

    admin.ask("POST", f"{API}/{second['id']}/retire")
    assert admin.ask("GET", here).json()["state"] == "retired"
    assert invited(admin, "late@example.org", "who-gets-it").status_code == 422
    assert shop.service.ports.challenge("who-gets-it").id == "who-gets-it", "what was promised stays"

    with shop.service.engine.connect() as connection:
        log = [
            entry for entry in audit.of_organisation(connection, admin.org_id) if entry.action.startswith("challenge.")
        ]
    steps = {entry.action.removeprefix("challenge.") for entry in log}
    assert {"uploaded", "read", "confirmed", "build", "published", "edited", "revise", "retired"} <= steps


def test_errors_stop_publishing_unless_a_reason_is_kept(shop: Site, admin: Person) -> None:
    """The last column is the answer in other words."""
    head, *lines = a_table().decode().splitlines()
    told = "\n".join([f"{head},outcome", *(f"{line},{line.endswith('yes') * 7}" for line in lines)])
    draft = upload(admin, told.encode(), target="card", id="told-beforehand")
    admin.ask("POST", f"{API}/{draft['id']}/build")
    faulty = idle(admin, draft["id"])
    errors = {finding["code"] for finding in faulty["findings"] if finding["level"] == "error"}
    assert "CHAL001" in errors
    here = f"{API}/{draft['id']}/publish"
    refused = admin.ask("POST", here, json={})
    assert refused.status_code == 409
    assert "CHAL001" in refused.json()["detail"]
    assert admin.ask("POST", here, json={"reason": "It is asked on purpose."}).json()["state"] == "published"
    with shop.service.engine.connect() as connection:
        kept = audit.of_organisation(connection, admin.org_id, limit=5)
    assert any("on purpose" in entry.detail and "CHAL001" in entry.detail for entry in kept)


def test_a_challenge_moves_with_its_rows_or_without(shop: Site, admin: Person) -> None:
    moved = made(admin, "on-the-move")
    packed = admin.ask("GET", f"{API}/{moved['id']}/export", params={"with_hidden": True}).content
    assert len(admin.ask("GET", f"{API}/{moved['id']}/export").content) < len(packed)
    taken = admin.ask("POST", f"{API}/import", files={"file": ("a.zip", packed)})
    assert taken.status_code == 422, "it is here already"
    before = vault.load(shop.service.ports.challenge("on-the-move"), shop.settings.home).fingerprint
    admin.ask("DELETE", f"{API}/{moved['id']}")
    taken = admin.ask("POST", f"{API}/import", files={"file": ("a.zip", packed)})
    assert (taken.status_code, taken.json()["state"]) == (201, "built"), taken.text
    assert vault.load(shop.service.ports.challenge("on-the-move"), shop.settings.home).fingerprint == before
    assert admin.ask("POST", f"{API}/import", files={"file": ("b.zip", b"no zip")}).status_code == 422


def test_others_see_nothing_of_it(shop: Site, admin: Person, built: dict[str, Any]) -> None:
    stranger = signed_in(shop)
    assert stranger.ask("GET", f"{API}/{built['id']}").status_code == 404
    assert stranger.ask("GET", API).json() == []
    assert invited(stranger, "x@example.org", "who-gets-it").status_code == 422
    folder = shop.service.ports.challenge("who-gets-it").folder
    for name in ("who-gets-it", str(folder), f"{folder}/../who-gets-it"):
        work = {"file": ("pipeline.py", b"def train(data, model_dir):\n    pass\n")}
        refused = stranger.ask("POST", "/api/v1/submissions", files=work, data={"challenge": name})
        assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (422, "unknown-challenge")
        assert invited(stranger, "y@example.org", name).status_code == 422
    assert 'value="who-gets-it"' in admin.ask("GET", "/work").text
    assert 'value="who-gets-it"' not in stranger.ask("GET", "/work").text
    recruiter = signed_in(shop, Role.RECRUITER, admin.org_id)
    assert recruiter.ask("GET", API).status_code == 403


def test_a_challenge_that_cannot_be_read_takes_no_page_from_the_others(
    shop: Site, admin: Person, built: dict[str, Any]
) -> None:
    """Its definition is broken, then gone."""
    definition = shop.service.ports.challenge("who-gets-it").folder / "challenge.toml"
    kept = definition.read_text()
    pages = ("/work", "/work/challenges", "/work/invite", f"/work/challenges/own/{built['id']}", API)
    try:
        for broken in ("no toml at all", ""):
            definition.write_text(broken) if broken else definition.unlink()
            statuses = {page: admin.ask("GET", page).status_code for page in pages}
            assert set(statuses.values()) == {200}, statuses
    finally:
        definition.write_text(kept)


def test_candidates_of_two_challenges_are_not_compared(admin: Person, built: dict[str, Any]) -> None:
    """Their reports stand beside each other, with the reason why no difference is claimed."""
    admin.ask("POST", f"{API}/{built['id']}/publish", json={"reason": "Tried with three colleagues."})
    own = graded(admin, "score 81", "own@example.org", challenge=to_invite(admin))
    other = graded(admin, "score 40", "other@example.org", challenge="ml_pipeline")
    query = f"invitation={own.id}&invitation={other.id}"
    (pair,) = admin.ask("GET", f"/api/v1/compare?{query}").json()["pairs"]
    assert "challenge" in pair["why_not"]
    assert not pair["apart"]
    assert "Their gradings differ in this: challenge" in admin.ask("GET", f"/work/compare?{query}").text


def to_invite(admin: Person) -> str:
    """A published challenge of this organisation: who-gets-it, or one more where that is retired already."""
    if any(row["name"] == "who-gets-it" and row["state"] == "published" for row in admin.ask("GET", API).json()):
        return "who-gets-it"
    more = made(admin, "one-more")
    admin.ask("POST", f"{API}/{more['id']}/publish", json={"reason": "Tried with three colleagues."})
    return "one-more"


def test_a_backup_holds_challenges(shop: Site, built: dict[str, Any], postgres: str, tmp_path: Path) -> None:
    """Definition, brief, rows, and the table that a draft waits with."""
    backups.write(shop.settings, tmp_path / "assay.tar")
    settings = shop.settings.model_copy(update={"home": tmp_path / "home", "database_url": new_database(postgres)})
    backups.read(settings, tmp_path / "assay.tar")
    before, homes = shop.service.ports.challenge("who-gets-it"), (shop.settings.home, settings.home)
    with table_ports(settings) as ports:
        after = ports.challenge("who-gets-it")
    assert vault.load(before, homes[0]).fingerprint == vault.load(after, homes[1]).fingerprint
    assert (before.folder / "BRIEF.md").read_bytes() == (after.folder / "BRIEF.md").read_bytes()
    keys = Keyring(settings.secret_key())
    sealed.get_file(blobs(settings), keys, store.table_key(built["id"]), tmp_path / "plain")
    assert len(reading.from_parquet(tmp_path / "plain").rows) == 400


def repacked(packed: bytes, **changed: bytes | None) -> bytes:
    """An export with other contents of the files whose paths end so; None leaves one out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(made, "w") as after:
        for entry in before.infolist():
            data = changed.get(entry.filename.rsplit("/")[-1].partition(".")[0], before.read(entry))
            if data is not None:
                after.writestr(entry.filename, data)
    return made.getvalue()


def test_a_broken_file_or_a_name_of_others_is_not_taken_in(shop: Site, admin: Person, built: dict[str, Any]) -> None:
    """Whatever is wrong, nothing is left that anybody could see."""
    packed = admin.ask("GET", f"{API}/{built['id']}/export", params={"with_hidden": True}).content
    other = built["definition"].replace('id = "who-gets-it"', 'id = "who-else"')
    next_one = built["definition"].replace('id = "who-gets-it"', 'id = "who-gets-it"\nversion = 7')
    assert len({other, next_one, built["definition"]}) == 3
    cases = {
        "no fingerprint": (admin, {"challenge": other.encode(), "fingerprint": None}),
        "other rows": (admin, {"challenge": other.encode(), "fingerprint": b"0" * 64}),
        "no table": (admin, {"challenge": other.encode(), "hidden": b"PAR1"}),
        "findings of another shape": (admin, {"challenge": other.encode(), "findings": b'[{"code": []}]'}),
        "no text": (admin, {"challenge": b"\xff"}),
        "a version of others": (signed_in(shop), {"challenge": next_one.encode()}),
    }
    for case, (who, changed) in cases.items():
        taken = who.ask("POST", f"{API}/import", files={"file": ("a.zip", repacked(packed, **changed))})
        assert (taken.status_code, case) == (422, case), taken.text
    left = [path.name for place in ("challenges", "vault") for path in (shop.settings.home / place).iterdir()]
    assert not [name for name in left if name.startswith((".", "who-else", "who-gets-it@7"))]
