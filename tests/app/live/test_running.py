"""A live run through the queue: what the change did, the refusals of intake, and faults of ours."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.platform.secrets import new_id
from testing.site import Site
from tests.app.support import live
from tests.app.support.candidates import Invited, graded
from tests.app.support.people import Person, signed_in


@pytest.fixture(scope="module")
def admin(site: Site) -> Person:
    return signed_in(site)


@pytest.fixture(scope="module")
def kim(admin: Person) -> Invited:
    return graded(admin, "leak\n", f"{new_id()}@example.org")


def ran(site: Site, token: str, words: str) -> dict[str, Any]:
    """The candidate's run of these words in place of theirs, once it has ended."""
    version = site.http.get(f"/api/v1/l/{token}").json()["files"][0]["version"]
    body = {"path": "pipeline.py", "version": version, "text": words, "prediction": "It is gone."}
    assert site.http.put(f"/api/v1/l/{token}/draft", json=body).is_success
    assert site.http.post(f"/api/v1/l/{token}/runs").status_code == 202
    return live.until_run(site, token)


def codes(found: dict[str, Any], which: str) -> list[str]:
    return [finding["code"] for finding in found["difference"][which]]


def test_a_change_is_compared_with_the_work_as_it_was_handed_in(admin: Person, kim: Invited) -> None:
    """Also the second one; what the work gave is run once and kept."""
    site, made = admin.site, live.opened(admin, kim)
    token = live.token(made)
    mended = ran(site, token, "score 81\n")
    assert (mended["state"], codes(mended, "gone"), codes(mended, "kept")) == ("done", ["LEAK001"], [])
    claims = [mended["difference"][side]["claim"]["value"] for side in ("before", "after")]
    assert claims == [0.72, 0.81]
    assert (mended["difference"]["lines_added"], mended["difference"]["lines_removed"]) == (1, 1)
    with site.service.engine.begin() as connection:
        connection.execute(text("UPDATE live_exercises SET before = jsonb_set(before, '{claim,value}', '0.5')"))
        was = '{"said": [{"id": "It was worse.", "values": {}, "plural": ""}]}'
        worse = "UPDATE live_exercises SET before = jsonb_set(before, '{findings,0,what}', CAST(:was AS jsonb))"
        connection.execute(text(worse), {"was": was})
    kept = ran(site, token, "leak\nscore 70\n")
    assert (codes(kept, "gone"), codes(kept, "kept")) == ([], ["LEAK001"])
    assert kept["difference"]["before"]["claim"]["value"] == 0.5
    assert "It was worse." in site.http.get(f"/l/{token}").text


def test_a_change_that_fails_says_so_and_nothing_is_gone(admin: Person, kim: Invited) -> None:
    failed = ran(admin.site, live.token(live.opened(admin, kim)), "crash\n")
    assert failed["state"] == "done"
    assert "KeyError" in failed["difference"]["after"]["failure"]
    assert codes(failed, "gone") == []
    assert codes(failed, "unjudged") == ["LEAK001"]


def test_a_fault_of_ours_is_told_as_ours(admin: Person, kim: Invited) -> None:
    """Nothing of it is held against the change, and the next run goes."""
    site, token = admin.site, live.token(live.opened(admin, kim))
    failed = ran(site, token, "sandbox down\n")
    assert (failed["state"], failed["difference"]) == ("failed", None)
    assert "our side" in str(failed["problem"])
    assert ran(site, token, "score 81\n")["state"] == "done"


def test_a_run_that_was_stopped_counts_for_nothing_and_the_next_one_goes(admin: Person, kim: Invited) -> None:
    """Its containers are ended, so that nobody waits for a loop; while it goes no other is taken."""
    site, token = admin.site, live.token(live.opened(admin, kim))
    body = {"path": "pipeline.py", "version": 0, "text": "hangs\n", "prediction": "It ends."}
    assert site.http.put(f"/api/v1/l/{token}/draft", json=body).is_success
    assert [site.http.post(f"/api/v1/l/{token}/runs").status_code for _ in range(2)] == [202, 409]
    for _ in range(2):
        assert site.http.post(f"/api/v1/l/{token}/stop").status_code == 204
    (stopped,) = site.http.get(f"/api/v1/l/{token}").json()["runs"]
    assert (stopped["state"], stopped["difference"], stopped["problem"]) == ("stopped", None, None)
    assert ran(site, token, "score 81\n")["state"] == "done"
    told = [entry["action"] for entry in admin.ask("GET", "/api/v1/audit").json()]
    assert told.count("live-stopped") == 1


def test_the_graded_report_stays_as_it_is(admin: Person, kim: Invited) -> None:
    shown = admin.ask("GET", f"/api/v1/invitations/{kim.id}").json()
    ran(admin.site, live.token(live.opened(admin, kim)), "score 99\n")
    assert admin.ask("GET", f"/api/v1/invitations/{kim.id}").json() == shown
