"""A candidate's data: all of it handed out, all of it erased, and erased by itself when its time is over."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.candidates import erasure
from app.rights import Role
from app.store import audit
from app.store.blobs import of_submission
from testing.site import Site
from tests.app.support import candidates
from tests.app.support.candidates import Invited
from tests.app.support.people import Person, organisation, signed_in

MARK = "Rumpelstilzchen"


@dataclass(frozen=True)
class Export:
    tables: dict[str, list[dict[str, Any]]]
    files: dict[str, bytes]

    @property
    def text(self) -> str:
        return json.dumps(self.tables) + "".join(data.decode() for data in self.files.values())


def unpacked(answer: Any) -> Export:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        files = {name: found.read(name) for name in found.namelist()}
    return Export(json.loads(files.pop("data.json")), files)


def involved(admin: Person, email: str = "kim@example.org", score: str = "score 73.25") -> Invited:
    """A candidate with everything: words of theirs and about them, a check, an extension, a decision."""
    site = admin.site
    invited = candidates.graded(admin, score, email, first_name=MARK, label=MARK, due_at="2027-01-01")
    site.wait(site.http.post(f"{invited.api}/checks", files={"file": ("x.py", MARK.encode())}).headers["location"])
    here = f"/api/v1/invitations/{invited.id}"
    extension = {"hours": 24, "reason_code": "illness", "reason": MARK}
    assert admin.ask("POST", f"{here}/extend", json=extension).is_success
    mark = {"run": 1, "code": "LEAK001", "words": MARK}
    assert admin.ask("POST", f"/api/v1/submissions/{invited.submission}/disputes", json=mark).is_success
    return invited


def decide(admin: Person, invited: Invited) -> None:
    decision = {"outcome": "hold", "rationale": MARK}
    assert admin.ask("POST", f"/api/v1/invitations/{invited.id}/decision", json=decision).is_success


def person(admin: Person, invited: Invited) -> str:
    return str(admin.ask("GET", f"/api/v1/invitations/{invited.id}").json()["candidate"]["id"])


def test_the_own_export_holds_files_and_rows_but_no_judgement_before_the_close(site: Site) -> None:
    """Before it what their page shows; after it the report as candidates read it, never a hidden number."""
    admin = signed_in(site)
    invited = involved(admin)
    before = unpacked(site.http.get(f"{invited.api}/data"))
    assert before.files[f"submissions/{invited.submission}/upload.py"] == b"score 73.25"
    assert before.tables["candidates"][0]["email"] == "kim@example.org"
    assert [one["reason"] for one in before.tables["extensions"]] == [MARK]
    assert before.tables["disputes"] == []
    assert any(name.endswith("verdict.txt") for name in before.files)
    assert not any(name.endswith("report.json") for name in before.files)
    assert "band" not in before.tables["gradings"][0]
    candidates.close(admin, invited)
    decide(admin, invited)
    after = unpacked(site.http.get(f"{invited.api}/data"))
    assert json.loads(after.files[f"submissions/{invited.submission}/report.json"])["reader"] == "candidate"
    assert [one["rationale"] for one in after.tables["decisions"]] == [MARK]
    assert [one["words"] for one in after.tables["disputes"]] == [MARK]
    for seen in (before, after):
        without_upload = {name: data for name, data in seen.files.items() if "upload" not in name}
        assert "73.2" not in Export(seen.tables, without_upload).text
        assert admin.member_id not in json.dumps({**seen.tables, "audit_log": []})


def test_an_administrator_exports_everything(site: Site) -> None:
    """With the whole report; recruiters and other organisations do not."""
    org_id = organisation(site)
    admin, recruiter = signed_in(site, Role.ADMIN, org_id), signed_in(site, Role.RECRUITER, org_id)
    invited = involved(admin)
    path = f"/api/v1/candidates/{person(admin, invited)}/data"
    seen = unpacked(admin.ask("GET", path))
    assert json.loads(seen.files[f"submissions/{invited.submission}/report.json"])["overall"]["score"] == 73.2
    assert recruiter.ask("GET", path).status_code == 403
    assert signed_in(site).ask("GET", path).status_code == 404


def everything_kept(site: Site, invited: Invited) -> str:
    """Every row of every table that mentions the secret, the address or the submission, as text."""
    found = []
    with site.service.engine.connect() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for name in names:
            if not name.startswith("procrastinate"):
                rows = connection.execute(text(f"SELECT t::text FROM {name} t"))  # noqa: S608
                found += [f"{name}: {row[0]}" for row in rows if MARK in row[0] or "gone@example.org" in row[0]]
                if name not in ("audit_log", "idempotency"):
                    found += [name for row in rows if invited.submission in row[0]]
    return "\n".join(found)


@pytest.fixture
def alone(make_site: Callable[..., Site]) -> Site:
    """A service with nobody else in it."""
    return make_site()


@pytest.mark.parametrize("by", ["candidate", "administrator"])
def test_an_erasure_leaves_nothing_but_ids(alone: Site, by: str) -> None:
    """No row and no file says who it was or what they wrote; the audit chain holds; the link ends."""
    admin = signed_in(alone)
    invited = involved(admin, "gone@example.org")
    decide(admin, invited)
    assert everything_kept(alone, invited)
    candidate_id = person(admin, invited)
    path = f"/api/v1/candidates/{candidate_id}"
    answer = alone.http.delete(f"{invited.api}/data") if by == "candidate" else admin.ask("DELETE", path)
    assert answer.status_code == 204
    assert everything_kept(alone, invited) == ""
    assert _files(alone, invited.submission) == []
    assert alone.http.get(invited.api).status_code == 404
    assert admin.ask("GET", f"/api/v1/submissions/{invited.submission}").status_code == 404
    shown = admin.ask("GET", f"/api/v1/invitations/{invited.id}").json()
    assert (shown["candidate"]["email"], shown["label"], shown["status"]) == (None, "", "decided")
    assert admin.ask("DELETE", path).status_code == 204
    with alone.service.engine.connect() as connection:
        assert isinstance(audit.verify(connection), tuple)
        query = text("SELECT actor FROM audit_log WHERE action = 'candidate.erased' AND subject = :subject")
        actors = connection.scalars(query, {"subject": f"candidate:{candidate_id}"}).all()
    assert actors == [f"candidate:{candidate_id}" if by == "candidate" else f"member:{admin.member_id}"]


def _files(site: Site, submission_id: str) -> list[str]:
    folder = site.settings.home / "blobs" / of_submission(submission_id)
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_what_is_being_graded_when_it_is_erased_leaves_nothing_either(site: Site, tmp_path: Path) -> None:
    """The worker finds that its row is gone, and drops what it made."""
    admin = signed_in(site)
    made = admin.ask("POST", "/api/v1/invitations", json={"email": "now@example.org"}).json()
    api = "/api/v1/i/" + made["link"].rpartition("/i/")[2]
    work = f"until {tmp_path}/erased".encode()
    sent = site.http.post(f"{api}/submissions", files={"file": ("pipeline.py", work)}).json()
    site.wait(f"{api}/submissions/{sent['id']}", "grading")
    assert site.http.delete(f"{api}/data").status_code == 204
    (tmp_path / "erased").touch()
    done = site.upload("after it")
    site.wait(done.headers["location"])
    assert _files(site, sent["id"]) == []


def test_whoever_was_erased_can_be_invited_anew(site: Site) -> None:
    """As a new person: nothing joins the two."""
    admin = signed_in(site)
    first = involved(admin, "anew@example.org")
    old = person(admin, first)
    admin.ask("DELETE", f"/api/v1/candidates/{old}")
    again = admin.ask("POST", "/api/v1/invitations", json={"email": "anew@example.org"})
    assert again.status_code == 201
    assert again.json()["candidate"]["id"] != old


MOMENTS = {
    "decided": "UPDATE decisions SET created_at = now() - interval '{} days'",
    "closed": "UPDATE invitations SET closed_at = now() - interval '{} days'",
    "open": "UPDATE invitations SET deadline = NULL, closed_at = NULL, created_at = now() - interval '{0} days';"
    " UPDATE submissions SET created_at = now() - interval '{0} days'",
}


@pytest.mark.parametrize("since", list(MOMENTS))
def test_candidates_are_kept_as_long_as_their_organisation_says(alone: Site, since: str) -> None:
    """Counted from the decision, else from the close, else from the last thing handed in; not before."""
    admin = signed_in(alone)
    admin.ask("PATCH", "/api/v1/organisation", json={"retention_days": 30})
    invited = involved(admin, "gone@example.org")
    if since == "decided":
        decide(admin, invited)
    if since != "open":
        candidates.close(admin, invited)
    for days, kept in ((29, True), (31, False)):
        with alone.service.engine.begin() as connection:
            connection.execute(text(MOMENTS[since].format(days)))
            connection.execute(text("UPDATE invitations SET created_at = now() - interval '60 days'"))
        erasure.expire(alone.service)
        assert bool(_files(alone, invited.submission)) is kept
        assert bool(everything_kept(alone, invited)) is kept
    assert erasure.expire(alone.service) == 0


def test_a_younger_invitation_keeps_a_candidate(alone: Site) -> None:
    """Nobody is forgotten while something of theirs is still going."""
    admin = signed_in(alone)
    invited = involved(admin, "gone@example.org")
    with alone.service.engine.begin() as connection:
        connection.execute(text("UPDATE invitations SET closed_at = now() - interval '900 days'"))
        connection.execute(
            text(
                "INSERT INTO invitations (id, org_id, candidate_id, challenge, attempts)"
                " SELECT 'b', org_id, candidate_id, 'another', 3 FROM invitations WHERE id = :id"
            ),
            {"id": invited.id},
        )
    erasure.expire(alone.service)
    assert _files(alone, invited.submission)
