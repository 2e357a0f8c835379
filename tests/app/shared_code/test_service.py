"""Works that share code are shown to those who may read both, and to nobody else."""

from __future__ import annotations

from app.rights import Role
from app.shared_code import jobs
from app.store import fingerprints
from testing.site import Site
from testing.waiting import until
from tests.app.support.candidates import Invited, graded
from tests.app.support.people import Person, signed_in
from tests.app.support.works import COPY, WORK

OTHER = "def train(path):\n    with open(path) as text:\n        return [len(line) for line in text if line.strip()]\n"


def three(admin: Person) -> tuple[Invited, Invited]:
    """A work, a copy of it under other names, and another; all with their fingerprints.  Of the first two."""
    made = [graded(admin, text, f"c{n}@example.org", last_name="Okafor") for n, text in enumerate((WORK, COPY, OTHER))]
    until(lambda: works(admin)["works"] == 3)
    return made[0], made[1]


def works(who: Person) -> dict[str, object]:
    found: dict[str, object] = who.ask("GET", "/api/v1/challenges/ml_pipeline/shared-code").json()
    return found


def test_a_copy_is_shown_to_those_who_may_read_both(site: Site) -> None:
    """Renamed it is found; a recruiter and a rater see nothing of it, and erasure removes it."""
    admin = signed_in(site)
    first, second = three(admin)
    found = works(admin)
    assert found["works"] == 3
    (pair,) = found["pairs"]  # type: ignore[misc]
    assert set(pair["invitations"]) == {first.id, second.id}
    assert pair["share"] > 0.9

    beside = admin.ask("GET", f"/api/v1/invitations/{first.id}/shared-code/{second.id}").json()
    assert (beside["works"], beside["alike"]) == (3, 1)
    assert all(passage["others"] == [0, 0] for passage in beside["passages"])
    assert beside["passages"][0]["lines"][0]["path"] == "pipeline.py"

    page = admin.ask("GET", f"/work/c/{first.id}/shared-code/{second.id}").text
    assert "Ask, do not accuse" in page
    assert "map(counts).fillna(counts.min())" in page
    for path in (f"/work/c/{first.id}/shared-code", "/work/challenges/ml_pipeline/shared-code"):
        assert f"/shared-code/{max(first.id, second.id)}" in admin.ask("GET", path).text

    recruiter = signed_in(site, Role.RECRUITER, admin.org_id)
    assert recruiter.ask("GET", f"/work/c/{first.id}/shared-code").status_code == 403
    assert recruiter.ask("GET", "/api/v1/challenges/ml_pipeline/shared-code").status_code == 403
    rater = signed_in(site, Role.INTERVIEWER, admin.org_id)
    assert works(rater)["pairs"] == []
    assert rater.ask("GET", f"/api/v1/invitations/{first.id}/shared-code/{second.id}").status_code == 409
    assert rater.ask("GET", f"/work/c/{first.id}/shared-code/{second.id}").status_code == 303
    assert works(signed_in(site))["works"] == 0

    assert admin.ask("PATCH", "/api/v1/organisation", json={"hide_until_locked": False, "blind": True}).is_success
    blind = rater.ask("GET", f"/work/c/{first.id}/shared-code/{second.id}").text
    assert "map(counts)" in blind
    assert "Okafor" not in blind

    person = admin.ask("GET", f"/api/v1/invitations/{second.id}").json()["candidate"]["id"]
    assert admin.ask("DELETE", f"/api/v1/candidates/{person}").is_success
    assert works(admin) == {"works": 2, "pairs": []}


def test_what_shares_nothing_has_no_page(site: Site) -> None:
    """Two candidates whose works have nothing in common are not put beside each other, nor one beside themself."""
    admin = signed_in(site)
    first, other = (graded(admin, text, f"{n}@example.org") for n, text in enumerate((WORK, OTHER)))
    for submission in (first.submission, other.submission):
        jobs.run(site.service, submission)
        jobs.run(site.service, submission)
    assert works(admin) == {"works": 2, "pairs": []}
    for pair in ((first.id, other.id), (first.id, first.id)):
        assert admin.ask("GET", "/api/v1/invitations/{}/shared-code/{}".format(*pair)).status_code == 404


def test_works_of_before_are_read_later(site: Site) -> None:
    """What was graded without fingerprints is found by the hourly upkeep; what has gone is left alone."""
    admin = signed_in(site)
    first = graded(admin, WORK, "early@example.org")
    jobs.run(site.service, first.submission)
    jobs.run(site.service, "0" * 32)
    with site.service.engine.begin() as connection:
        connection.execute(fingerprints.fingerprints.delete())
        assert first.submission in fingerprints.missing(connection)
        jobs.look(connection)
    until(lambda: works(admin)["works"] == 1)
