"""Changing it live: what opens, who may, what is kept as it is typed, and what a run is refused for."""

from __future__ import annotations

import io
import json
import zipfile

import httpx2
import pytest
from sqlalchemy import text

from app.platform.secrets import new_id
from app.rights import Role
from testing.site import Site
from tests.app.support import live
from tests.app.support.candidates import Invited, graded
from tests.app.support.people import Person, signed_in

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def admin(site: Site) -> Person:
    return signed_in(site)


@pytest.fixture(scope="module")
def interviewer(admin: Person) -> Person:
    return signed_in(admin.site, Role.INTERVIEWER, admin.org_id)


@pytest.fixture(scope="module")
def kim(admin: Person) -> Invited:
    return graded(admin, "x = 1\n", f"{new_id()}@example.org")


@pytest.fixture
def lee(admin: Person) -> Invited:
    """A candidate of whom nobody else knows."""
    return graded(admin, "x = 1\n", f"{new_id()}@example.org")


@pytest.fixture
def token(interviewer: Person, kim: Invited) -> str:
    return live.token(live.opened(interviewer, kim))


@pytest.fixture(scope="module")
def untouched(interviewer: Person, kim: Invited) -> str:
    """The token of an exercise that no test changes."""
    return live.token(live.opened(interviewer, kim))


def draft(site: Site, token: str, **changes: object) -> httpx2.Response:
    body = {"path": "pipeline.py", "version": 0, "text": "x = 2\n", "prediction": "It rises."} | changes
    return site.http.put(f"/api/v1/l/{token}/draft", json=body)


def run(site: Site, token: str) -> httpx2.Response:
    return site.http.post(f"/api/v1/l/{token}/runs")


def code(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def test_the_candidate_sees_the_task_and_their_own_code(site: Site, untouched: str) -> None:
    """Without an account; the page shows the code as text, and none of the hidden scores."""
    shown = site.http.get(f"/l/{untouched}")
    assert shown.status_code == 200
    assert "x = 1" in shown.text
    assert "script-src 'self'" in shown.headers["content-security-policy"]
    told = site.http.get(f"/api/v1/l/{untouched}").json()
    assert (told["alive"], told["url"], told["task"]["kind"]) == (True, None, "fit-inside")
    assert [file["path"] for file in told["files"]] == ["pipeline.py"]


def test_candidate_text_is_shown_as_text(admin: Person, interviewer: Person) -> None:
    """Markup in the code closes no field and runs nothing, on either page."""
    nasty = "x = '</textarea><script>alert(1)</script>'\n"
    made = live.opened(interviewer, graded(admin, nasty))
    for shown in (
        admin.site.http.get(f"/l/{live.token(made)}").text,
        interviewer.ask("GET", f"/work/live/{made.json()['id']}").text,
    ):
        assert "<script>alert" not in shown
        assert "&lt;/textarea&gt;" in shown


def test_blind_readers_meet_no_name_in_the_code(site: Site, admin: Person) -> None:
    """In header, docstring, path and prediction, by page, event and API; the candidate and who invites read all."""
    told = '"""Model of Kim Okafor.\n\n    Author: Kim Okafor\n"""\n# kim.okafor@example.org\nx = 1\n'
    rater = signed_in(site, Role.INTERVIEWER, admin.org_id)
    kim = graded(admin, told, f"{new_id()}@example.org", first_name="Kim", last_name="Okafor")
    rules = {"blind": True, "hide_until_locked": False}
    assert admin.ask("PATCH", "/api/v1/organisation", json=rules).is_success
    made = live.opened(rater, kim)
    token, here = live.token(made), f"/work/live/{made.json()['id']}"
    typed = "# Okafor was here\nx = 2\n"
    assert draft(site, token, text=typed, prediction="Okafor expects more.").is_success
    assert run(site, token).status_code == 202
    live.until_run(site, token)
    end = rater.ask("DELETE", f"/api/v1{here.removeprefix('/work')}")
    assert end.status_code == 204
    for where in (here, f"{here}/events", f"/api/v1{here.removeprefix('/work')}", f"/work/c/{kim.id}/live"):
        assert "Okafor" not in rater.ask("GET", where).text, where
    assert "[name] was here" in rater.ask("GET", here).text
    assert "[name] was here" in rater.ask("GET", f"{here}/events").text
    assert "Okafor was here" in admin.ask("GET", here).text
    assert admin.ask("PATCH", "/api/v1/organisation", json={"blind": False, "hide_until_locked": True}).is_success


def test_what_is_typed_is_kept_and_an_older_version_replaces_nothing(site: Site, token: str) -> None:
    """Each change raises the version; the same text again does not; 412 names the newest one."""
    assert draft(site, token).json() == {"version": 1}
    assert draft(site, token, version=1).json() == {"version": 1}
    late = draft(site, token, text="x = 3\n", prediction="It falls.")
    assert (late.status_code, code(late), late.json()["version"]) == (412, "changed-elsewhere", 1)
    told = site.http.get(f"/api/v1/l/{token}").json()
    assert told["files"][0] == {"path": "pipeline.py", "text": "x = 2\n", "version": 1, "changed": True}
    assert told["prediction"] == "It falls."


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"path": "other.py"}, 404),
        ({"path": "../etc/passwd"}, 404),
        ({"text": "a\0b"}, 422),
        ({"text": "x" * 300_000}, 422),
        ({"prediction": "x" * 3000}, 422),
        ({"version": -1}, 422),
        ({"path": "\ud800"}, 422),
    ],
)
def test_a_draft_that_cannot_be_kept_changes_nothing(
    site: Site, untouched: str, changes: dict[str, object], status: int
) -> None:
    """Another file than those handed in, a longer text, a character that no database keeps."""
    body = {"path": "pipeline.py", "version": 0, "text": "y = 1\n", "prediction": ""} | changes
    headers = {"Content-Type": "application/json"}
    assert (
        site.http.put(f"/api/v1/l/{untouched}/draft", content=json.dumps(body), headers=headers).status_code == status
    )
    assert not site.http.get(f"/api/v1/l/{untouched}").json()["files"][0]["changed"]


def test_a_run_needs_a_prediction_and_passes_intake(site: Site, token: str) -> None:
    """Refused with a code without a prediction; what intake refuses is refused as an upload is; one run at a time."""
    assert code(run(site, token)) == "prediction-missing"
    draft(site, token, prediction=" \n ")
    assert code(run(site, token)) == "prediction-missing"
    draft(site, token, version=1, text="refuse me")
    refused = run(site, token)
    assert (refused.status_code, code(refused), refused.json()["reason"]) == (422, "rejected", "NO_ENTRY")
    draft(site, token, version=2, text="x = 3\n")
    made = run(site, token)
    assert made.status_code == 202
    assert (made.json()["number"], made.json()["prediction"]) == (1, "It rises.")
    assert "-x = 1" in site.http.get(f"/api/v1/l/{token}").json()["runs"][0]["patch"]


def test_without_a_script_a_form_keeps_runs_and_stops(site: Site, interviewer: Person, token: str) -> None:
    """The same refusals on the page, with what was typed still in it; from another site nothing is taken."""
    form = {"path": "pipeline.py", "version": "0", "text": "x = 5\r\n", "prediction": "", "do": "run"}
    refused = site.http.post(f"/l/{token}", data=form, headers=OURS)
    assert (refused.status_code, "x = 5" in refused.text, 'role="alert"' in refused.text) == (422, True, True)
    assert site.http.post(f"/l/{token}", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    stale = site.http.post(f"/l/{token}", data=form | {"text": "x = 6", "prediction": "Up."}, headers=OURS)
    assert (stale.status_code, "x = 6" in stale.text) == (412, True)
    sent = site.http.post(
        f"/l/{token}", data=form | {"version": "1", "prediction": "Up."}, headers=OURS, follow_redirects=False
    )
    assert sent.status_code == 303
    told = site.http.get(f"/api/v1/l/{token}").json()
    assert (told["files"][0]["text"], len(told["runs"])) == ("x = 5\n", 1)
    assert 'data-who="candidate"' in interviewer.ask("GET", f"/work/live/{told['id']}").text
    stopped = site.http.post(f"/l/{token}", data=form | {"version": "1", "do": "stop"}, headers=OURS)
    assert stopped.status_code == 303


@pytest.mark.parametrize("how", ["ended", "expired", "withdrawn", "erased"])
def test_the_link_ends_with_the_debrief(admin: Person, interviewer: Person, lee: Invited, how: str) -> None:
    """404, and the page says that it is over; what was done stays for members, unless it was erased."""
    made = live.opened(interviewer, lee)
    where, site = f"/api/v1/live/{made.json()['id']}", admin.site
    if how == "ended":
        assert interviewer.ask("DELETE", where).status_code == 204
    elif how == "withdrawn":
        assert admin.ask("POST", f"/api/v1/invitations/{lee.id}/withdraw").is_success
    elif how == "erased":
        person = admin.ask("GET", f"/api/v1/invitations/{lee.id}").json()["candidate"]["id"]
        assert admin.ask("DELETE", f"/api/v1/candidates/{person}").is_success
    else:
        with site.service.engine.begin() as connection:
            connection.execute(text("UPDATE live_exercises SET expires_at = now()"))
    for path in (f"/l/{live.token(made)}", f"/api/v1/l/{live.token(made)}", f"/l/{live.token(made)}/events"):
        assert site.http.get(path).status_code == 404
    told = site.http.get(f"/l/{live.token(made)}", headers={"Accept": "text/html"}).text
    assert ("This exercise has ended." in told, "invitation link" in told) == (how != "erased", how == "erased")
    assert draft(site, live.token(made)).status_code == 404
    assert interviewer.ask("GET", where).status_code == (404 if how == "erased" else 200)


def test_who_may_open_and_read(admin: Person, kim: Invited) -> None:
    """Members with the right to read code; no recruiter, no key, nobody where the policy says no."""
    recruiter = signed_in(admin.site, Role.RECRUITER, admin.org_id)
    where = f"/api/v1/invitations/{kim.id}/live"
    assert recruiter.ask("GET", where).status_code == 403
    key = admin.ask("POST", "/api/v1/keys", json={"label": "k", "scopes": ["review", "read-code"]}).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    body = {"key": admin.ask("GET", where).json()["tasks"][0]["key"]}
    assert admin.site.http.post(where, json=body, headers=headers).status_code == 403
    assert admin.ask("POST", where, json={"key": "no.such"}).status_code == 422
    assert admin.ask("PATCH", "/api/v1/organisation", json={"live": False}).is_success
    assert code(admin.ask("POST", where, json=body)) == "not-used"
    assert "Change it live" not in admin.ask("GET", f"/work/c/{kim.id}/debrief").text
    assert admin.ask("PATCH", "/api/v1/organisation", json={"live": True}).is_success
    assert f"/work/c/{kim.id}/live?about=" in admin.ask("GET", f"/work/c/{kim.id}/debrief").text


def test_everybody_of_an_opening_gets_the_same_kinds(admin: Person, interviewer: Person, lee: Invited) -> None:
    """Those chosen for the challenge, and no others; who invites chooses them."""
    site = admin.site
    kinds = "/api/v1/challenges/ml_pipeline/live-kinds"
    other = signed_in(site)
    assert interviewer.ask("PUT", kinds, json={"kinds": ["refactor"]}).status_code == 403
    assert admin.ask("PUT", kinds, json={"kinds": ["refactor", "nonsense"]}).status_code == 422
    assert admin.ask("PUT", kinds, json={"kinds": ["refactor"]}).is_success
    offered = interviewer.ask("GET", f"/api/v1/invitations/{lee.id}/live").json()
    assert (offered["kinds"], {task["kind"] for task in offered["tasks"]}) == (["refactor"], {"refactor"})
    refused = interviewer.ask("POST", f"/api/v1/invitations/{lee.id}/live", json={"key": "fit-inside.LEAK001"})
    assert code(refused) == "no-task"
    live.opened(interviewer, lee, "refactor")
    told = {kind["kind"]: kind for kind in admin.ask("GET", kinds).json()}
    assert (told["refactor"]["used"], told["refactor"]["candidates"], told["fit-inside"]["used"]) == (True, 1, False)
    assert sum(kind["used"] for kind in other.ask("GET", kinds).json()) > 1
    page = "/work/challenges/ml_pipeline/live-kinds"
    form = {"kind": ["fit-inside", "split-groups", "split-time", "new-category", "catch-fault", "refactor"]}
    assert admin.ask("POST", page, data=form).status_code == 303
    assert admin.ask("POST", page, data={}).status_code == 422


def test_what_was_done_is_the_candidates_own_data(admin: Person, interviewer: Person, lee: Invited) -> None:
    """In the export: task, prediction, patch; in the audit log digests and no words."""
    site = admin.site
    token = live.token(live.opened(interviewer, lee))
    draft(site, token, prediction="A word to find.")
    assert run(site, token).is_success
    person = admin.ask("GET", f"/api/v1/invitations/{lee.id}").json()["candidate"]["id"]
    for data in (
        admin.ask("GET", f"/api/v1/candidates/{person}/data").content,
        site.http.get(f"{lee.link}/data.zip").content,
    ):
        told = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("data.json"))
        assert told["live_runs"][0]["prediction"] == "A word to find."
        assert told["live_runs"][0]["patch"] == {"pipeline.py": "x = 2\n"}
        assert told["live_exercises"][0]["task"]["kind"] == "fit-inside"
        assert "member_id" not in told["live_exercises"][0]
    log = admin.ask("GET", "/api/v1/audit").json()
    actions = [entry["action"] for entry in log if entry["subject"] == f"invitation:{lee.id}"]
    assert {"live-opened", "live-run"} <= set(actions)
    assert "A word to find." not in json.dumps(log)


def test_who_had_a_change_made_rates_it(admin: Person, interviewer: Person, lee: Invited) -> None:
    """Three levels more for whoever opened the exercise, as they like for others, none where nothing was opened."""
    six = dict.fromkeys(("explanation", "trade-offs", "monitoring", "fairness", "flaws", "collaboration"), 3)
    more = dict.fromkeys(("live-prediction", "live-change", "live-explanation"), 4)
    card = f"/api/v1/invitations/{lee.id}/scorecard"
    other = signed_in(admin.site, Role.INTERVIEWER, admin.org_id)
    assert interviewer.ask("PUT", card, json={"ratings": six | more}).status_code == 422
    live.opened(interviewer, lee)
    for who, ratings, locked in ((interviewer, six, 409), (interviewer, six | more, 200), (other, six, 200)):
        assert who.ask("PUT", card, json={"ratings": ratings}).is_success
        assert who.ask("POST", f"{card}/lock").status_code == locked
    told = interviewer.ask("GET", f"/api/v1/invitations/{lee.id}/scorecards").json()["combined"]
    assert {one["dimension"]: one["count"] for one in told}["live-change"] == 1


def test_a_run_says_what_the_change_did(site: Site, interviewer: Person, admin: Person) -> None:
    """The estimate before and after, findings gone and new; a failure of the change with what to do; never a fault of
    ours as theirs."""
    token = live.token(live.opened(interviewer, graded(admin, "# score 80\nleak = 1\n", f"{new_id()}@example.org")))

    def changed(words: str, version: int) -> dict[str, object]:
        assert draft(site, token, text=words, version=version).is_success
        assert run(site, token).is_success
        return live.until_run(site, token)

    mended = changed("# score 71\n", 0)
    told = mended["difference"]
    assert isinstance(told, dict)
    assert (told["before"]["claim"]["value"], told["after"]["claim"]["value"]) == (0.8, 0.71)
    assert [finding["code"] for finding in told["gone"]] == ["LEAK001"]
    broken = changed("crash", 1)
    assert "raised KeyError" in broken["outcome"]["failure"]  # type: ignore[index]
    ours = changed("sandbox down", 2)
    assert (ours["state"], ours["outcome"]) == ("failed", None)
    assert "our side" in str(ours["problem"])
    shown = site.http.get(f"/l/{token}").text
    assert "Fitted before the split" in shown
    assert "our side" in shown
