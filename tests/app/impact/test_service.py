"""What candidates say of themselves, and reports of it: sums, and nothing by which anybody is found."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from scipy.stats import fisher_exact
from sqlalchemy import insert, text

from app.impact.categories import SEXES
from app.impact.figures import Person
from app.impact.ratios import FEWEST
from app.platform.secrets import new_id
from app.rights import Role
from app.store import candidates as people
from app.store import decisions, invitations, self_descriptions, tables
from app.store.candidates import Person as Somebody
from app.store.invitations import NewInvitation
from app.store.self_descriptions import SelfDescription
from app.words import calendar_date
from testing.site import Site
from tests.app.support import candidates
from tests.app.support.impact import made_of, sample
from tests.app.support.people import Person as Member
from tests.app.support.people import signed_in


def test_figures_equal_a_count_made_another_way() -> None:
    """Every share, ratio and p of every outcome and table, from the list of people and scipy."""
    people = sample()
    whole, checked = made_of(people), 0
    middle = median(p.score for p in people if p.score is not None)
    model = median(p.criteria["MODEL1"] or 0 for p in people if p.criteria)
    good: dict[str, Callable[[Person], bool]] = {
        "selection": lambda p: p.selected,
        "scoring": lambda p: p.score is not None and p.score > middle,
        "MODEL1": lambda p: bool(p.criteria) and (p.criteria["MODEL1"] or 0) > model,
        "LEAK001": lambda p: "LEAK001" not in p.flagged,
    }
    for outcome in whole.outcomes:
        if outcome.name not in good:
            continue
        for _, groups in outcome.tables:
            members = {g.name: [p for p in people if set(g.name) <= {p.sex, p.race}] for g in groups}
            went = {name: [good[outcome.name](p) for p in those] for name, those in members.items()}
            best = max((sum(w) / len(w) for name, w in went.items() if len(w) >= FEWEST), default=0)
            for group in groups:
                those = went[group.name]
                if group.people is None:
                    continue
                assert (group.people, group.favourable) == (len(those), sum(those))
                assert group.rate == pytest.approx(sum(those) / len(those), abs=1e-9)
                assert group.ratio == pytest.approx(sum(those) / len(those) / best, abs=1e-9)
                if group.p is not None:
                    top = next(went[g.name] for g in groups if g.state == "highest")
                    table = [[sum(w), len(w) - sum(w)] for w in (those, top)]
                    assert group.p == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)
                    checked += 1
    assert checked > 20
    assert whole.unknown_sex == sum(p.sex not in SEXES for p in people)
    assert whole.unscored == sum(p.score is None for p in people)


def test_groups_below_thirty_are_silent_and_no_remark_says_pass() -> None:
    """However it went for them."""
    people = [replace(p, race="white") for p in sample(120)] + [Person("male", "asian", True, 90.0)] * 12
    outcome = made_of(people).outcomes[0]
    assert [g.state for g in outcome.race if g.name == ("asian",)] == ["few"]
    few = [g for _, groups in outcome.tables for g in groups if g.state in ("few", "withheld")]
    assert few
    assert all((g.people, g.favourable, g.rate, g.ratio) == (None, None, None, None) for g in few)


def test_a_criterion_that_spares_one_person_is_left_out() -> None:
    """Beside the other tables, its own would tell which group that person is in."""
    people = sample(unknown=0)
    scored = [i for i, p in enumerate(people) if p.score is not None]
    whole = [
        replace(p, criteria=p.criteria | {"CODE1": 5.0 + i % 9}) if p.criteria else p for i, p in enumerate(people)
    ]
    assert "CODE1" not in made_of(whole).left_out
    first = scored[0]
    whole[first] = replace(whole[first], criteria=whole[first].criteria | {"CODE1": None})
    assert "CODE1" in made_of(whole).left_out


def test_what_nearly_nobody_met_is_left_out() -> None:
    people = [replace(p, flagged=frozenset({"DOC002"} if i < 4 else ())) for i, p in enumerate(sample())]
    assert "DOC002" in made_of(people).left_out


def test_two_tables_that_differ_in_few_people_are_not_both_told() -> None:
    """A finding that three people more met than another one: beside it, it would tell of the three."""
    people = [replace(p, flagged=frozenset({"DOC002", "LEAK001"} if i < 40 else ())) for i, p in enumerate(sample())]
    assert made_of(people).left_out == ()
    people[40] = replace(people[40], flagged=frozenset({"DOC002"}))
    assert made_of(people).left_out == ("DOC002",)
    chosen = [replace(p, selected=p.score is not None and p.score > 62.0) for p in sample()]
    middle = made_of(chosen).outcomes[1].cut or 0
    above = [p.score is not None and p.score > middle for p in chosen]
    follows = [replace(p, selected=up if i else not up) for i, (p, up) in enumerate(zip(chosen, above, strict=True))]
    assert made_of(follows).left_out == ("selection",)


def test_each_band_is_asked_of_every_group_as_the_rules_want_it() -> None:
    """Whoever reached it or a better one (6 RCNY 5-301(b)(4)); the lowest everybody reached."""
    cuts = (0.0, 55.0, 70.0)
    people = [replace(p, band=None if p.score is None else 1 + sum(p.score >= c for c in cuts[1:])) for p in sample()]
    bands = [one for one in made_of(people).outcomes if one.kind == "band"]
    assert [one.name for one in bands] == ["band-2", "band-3"]
    for one, cut in zip(bands, cuts[1:], strict=True):
        for group in one.sex:
            reached = [p for p in people if p.sex == group.name[0] and p.score is not None and p.score >= cut]
            assert group.favourable == len(reached)


def test_a_later_report_does_not_tell_who_came_between() -> None:
    """One woman more, or one who was selected after all: of her group nothing is said."""
    people = sample(unknown=0)
    first = made_of(people)
    woman = Person("female", "white", True, 70.0, {"MODEL1": 20.0, "CODE1": 9.0})
    men = [Person("male", "white", False, 50.0, {"MODEL1": 0.0, "CODE1": 9.0})] * 9
    five = [woman] * 5

    def state(now: list[Person]) -> str:
        return next(group.state for group in made_of(now, [first]).outcomes[0].sex if group.name == ("female",))

    assert state([*people, woman, *men]) == "withheld"
    assert state([*people, *five, *men]) in ("highest", "compared")
    other = people.index(next(p for p in people if p.sex == "female"))
    assert state([replace(p, selected=not p.selected) if i == other else p for i, p in enumerate(people)]) == "withheld"
    assert made_of(people, [first]).outcomes[0] == first.outcomes[0]


def many(admin: Member, size: int, prefix: str = "p") -> None:
    """Candidates with a report and a decision, half of them women, put into the database as gradings leave them."""
    site = admin.site
    with site.service.engine.begin() as connection:
        for i in range(size):
            person = Somebody(email=f"{prefix}{i}@example.org")
            new = NewInvitation("ml_pipeline", 3)
            invitation_id, _ = invitations.add(connection, admin.org_id, new, person)
            standing = invitations.standing(connection, invitation_id)
            assert standing is not None
            submission, score = new_id(), 40.0 + i % 37
            who = {"id": submission, "org_id": admin.org_id, "invitation_id": invitation_id}
            upload = {"challenge": "ml_pipeline", "name": "x.py", "sha256": "0", "size": 1, "state": "graded"}
            connection.execute(insert(tables.submissions).values(**who, **upload, run=1, report_run=1))
            summary = {
                "score": score,
                "band": 1 + (score >= 60),
                "flagged": ["LEAK001"] if i % 3 else [],
                "criteria": {"MODEL1": score / 2},
            }
            row = {"submission_id": submission, "run": 1, "reason": "first", "state": "graded", "summary": summary}
            connection.execute(insert(tables.gradings).values(**row))
            outcome = "advance" if i % 2 or i % 5 == 0 else "reject"
            decisions.add(connection, invitation_id, (admin.org_id, admin.member_id), 0, (outcome, "because"))  # type: ignore[arg-type]
            said = SelfDescription("female" if i % 2 else "male", "white" if i % 4 < 2 else "asian")
            self_descriptions.keep(connection, site.service.keys, admin.org_id, standing.candidate.id, said)


@pytest.fixture(scope="module")
def admin(site: Site) -> Member:
    person = signed_in(site)
    many(person, 140)
    return person


def test_a_report_is_made_read_and_published(admin: Member) -> None:
    """By the API and on pages, as JSON, CSV, HTML: the same figures in all."""
    sent = admin.ask("POST", "/api/v1/impact-reports", json={"challenge": "ml_pipeline"})
    assert sent.status_code == 201
    here = sent.headers["location"]
    told = admin.ask("GET", here).json()["figures"]
    selection = told["outcomes"][0]
    assert (selection["kind"], told["people"], told["unknown_sex"]) == ("selection", 140, 0)
    assert [(g["people"], g["favourable"]) for g in selection["sex"]] == [(70, 70), (70, 14)]
    assert [g["ratio"] for g in selection["sex"]] == [1.0, 0.2]
    rows = list(csv.DictReader(io.StringIO(admin.ask("GET", f"{here}/figures.csv").text)))
    assert [row["ratio"] for row in rows if row["name"] == "selection" and row["table"] == "sex"] == ["1.0", "0.2"]
    published = admin.ask("GET", f"{here}/report.html").text
    page = admin.ask("GET", f"/work/oversight/impact/{sent.json()['id']}").text
    for shown in (published, page):
        assert "0.20 (0.13 to 0.32)" in shown
        assert "Below four fifths, and so is the whole interval." in shown
    assert "src=" not in published
    with admin.site.service.engine.connect() as connection:
        first = connection.scalar(
            text("SELECT min(created_at) FROM invitations WHERE org_id = :id"), {"id": admin.org_id}
        )
    assert first is not None
    assert f"{calendar_date(first.astimezone(UTC))}, the day of the first invitation" in published
    again = admin.ask("POST", "/work/oversight/impact", data={"challenge": "ml_pipeline"})
    assert (again.status_code, "Another one would tell who they are" in again.text) == (409, True)


@pytest.mark.parametrize("role", list(Role))
def test_only_who_may_export_sees_reports(admin: Member, role: Role) -> None:
    person = signed_in(admin.site, role, admin.org_id)
    status = 403 if role is Role.INTERVIEWER else 200
    assert person.ask("GET", "/api/v1/impact-reports").status_code == status
    assert person.ask("GET", "/work/oversight").status_code == status


def test_a_report_of_nobody_is_refused(site: Site) -> None:
    person = signed_in(site)
    body = {"challenge": "ml_pipeline"}
    assert person.ask("POST", "/api/v1/impact-reports", json=body).json()["type"].endswith("nobody-decided")
    assert person.ask("POST", "/api/v1/impact-reports", json={"challenge": "none"}).status_code == 404


def test_a_candidate_answers_changes_and_takes_back(site: Site) -> None:
    """On the page and by the API; the answers reach their own export and nobody else's, and no row in plain."""
    admin = signed_in(site)
    invited = candidates.graded(admin, email="self@example.org")
    page, api = f"{invited.link}/about-you", f"{invited.api}/self-description"
    assert site.http.get(page).status_code == site.http.get(api).status_code == 404
    assert site.http.put(api, json={"sex": "female"}).status_code == 404
    admin.ask("PATCH", "/api/v1/organisation", json={"asks_self_description": True})
    assert site.http.get(page).status_code == 200
    sent = site.http.post(page, data={"sex": "female", "race": "black"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert sent.status_code == 303
    assert site.http.get(api).json() == {"sex": "female", "race": "black"}
    assert site.http.put(api, json={"sex": "dragon"}).status_code == 422
    assert site.http.put(api, json={"race": "several"}).status_code == 204
    person = admin.ask("GET", f"/api/v1/invitations/{invited.id}").json()["candidate"]["id"]
    mine = _tables(site.http.get(f"{invited.api}/data").content)
    theirs = _tables(admin.ask("GET", f"/api/v1/candidates/{person}/data").content)
    assert mine["self_descriptions"] == [{"sex": "", "race": "several"}]
    assert "self_descriptions" not in theirs
    with site.service.engine.connect() as connection:
        rows = [
            str(row)
            for row in connection.execute(
                text("SELECT * FROM self_descriptions WHERE org_id = :org"), {"org": admin.org_id}
            )
        ]
        log = connection.execute(
            text("SELECT action || detail FROM audit_log WHERE org_id = :org"), {"org": admin.org_id}
        )
        assert not any("self-desc" in row[0] or "several" in row[0] for row in log)
    assert len(rows) == 1
    assert "several" not in rows[0]
    assert person not in rows[0]
    admin.ask("PATCH", "/api/v1/organisation", json={"asks_self_description": False})
    assert "Take my answers back" in site.http.get(page).text
    site.http.post(page, data={"do": "take-back"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert site.http.get(page).status_code == 404
    with site.service.engine.connect() as connection:
        assert self_descriptions.of(connection, site.service.keys, person) is None


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])  # at any time one of them has another day
def test_the_day_of_an_answer_is_that_of_utc(site: Site, zone: str) -> None:
    """Wherever the database keeps its time."""
    org_id = signed_in(site).org_id
    days = {datetime.now(UTC).date()}
    with site.service.engine.begin() as connection:
        connection.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
        self_descriptions.keep(connection, site.service.keys, org_id, new_id(), SelfDescription(sex="female"))
        kept = connection.scalar(text("SELECT day FROM self_descriptions WHERE org_id = :org"), {"org": org_id})
    assert kept in days | {datetime.now(UTC).date()}


def test_an_erasure_takes_the_answers_and_leaves_the_sums(site: Site) -> None:
    admin = signed_in(site)
    many(admin, 70, "e")
    report = admin.ask("POST", "/api/v1/impact-reports", json={"challenge": "ml_pipeline"})
    with site.service.engine.connect() as connection:
        query = text("SELECT id FROM candidates WHERE org_id = :org LIMIT 1")
        person = str(connection.scalar(query, {"org": admin.org_id}))
        assert people.find(connection, person, admin.org_id)
    before = admin.ask("GET", report.headers["location"]).json()
    assert admin.ask("DELETE", f"/api/v1/candidates/{person}").status_code == 204
    with site.service.engine.connect() as connection:
        assert self_descriptions.of(connection, site.service.keys, person) is None
    assert admin.ask("GET", report.headers["location"]).json() == before
    assert datetime.now(UTC) - datetime.fromisoformat(before["created_at"]) < timedelta(days=1)


def _tables(data: bytes) -> dict[str, object]:
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        told: dict[str, object] = json.loads(made.read("data.json"))
        return told
