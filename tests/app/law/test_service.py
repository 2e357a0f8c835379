"""Under a profile nobody is invited without its notice, and every law's days are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pandas.tseries.holiday import USFederalHolidayCalendar
from sqlalchemy import text

from app.candidates import erasure
from app.law import notice as notice_texts
from app.law.notice import HEADINGS, Of
from app.law.profiles import NAMES, profile, profiles
from app.rights import Role
from testing.fakes import make_challenge
from testing.site import Site
from tests.app.support import candidates
from tests.app.support.people import Person, signed_in

LAWS = [name for name, law in profiles().items() if law.notice]


def notice(member: Person, law: str, **changes: object) -> dict[str, object]:
    """The draft of a notice, published."""
    draft = member.ask("GET", f"/api/v1/notices/draft?challenge=ml_pipeline&profile={law}").json()
    made = member.ask("POST", "/api/v1/notices", json=draft | changes)
    told: dict[str, object] = made.json()
    assert made.status_code == 201, told
    return told


def invited(member: Person, law: str, email: str = "kim@example.org") -> object:
    return member.ask("POST", "/api/v1/invitations", json={"email": email, "profile": law})


def older(member: Person, days: int) -> None:
    """All notices of the organisation were published so many days ago."""
    with member.site.service.engine.begin() as connection:
        query = "UPDATE notices SET created_at = created_at - make_interval(days => :days) WHERE org_id = :org"
        connection.execute(text(query), {"days": days, "org": member.org_id})


def test_every_profile_has_source_date_and_doubts() -> None:
    """Each says what was read, where and when; the parts of a notice are ones that can be drafted."""
    assert list(profiles()) == list(NAMES)
    for law in profiles().values():
        if law.id == "none":
            continue
        assert law.sources
        assert law.unsure
        days = [source.read for source in law.sources if source.read]
        assert max(days) == law.checked, "the newest day on which something was read"
        assert set(law.notice.parts if law.notice else ()) <= set(HEADINGS)
        assert (law.letter is None) == (law.review is None)
    assert (profile("colorado").applies_from, profile("colorado").retention_days) == (date(2027, 1, 1), 1096)
    assert (profile("eu").applies_from, profile("eu").retention_days) == (date(2027, 12, 2), 184)


@pytest.mark.parametrize(
    ("law", "published", "first"),
    [
        ("colorado", datetime(2026, 12, 1, 12, tzinfo=UTC), date(2026, 12, 1)),
        ("new-york-city", datetime(2026, 12, 1, 12, tzinfo=UTC), date(2026, 12, 15)),  # a Tuesday
        ("new-york-city", datetime(2026, 12, 18, 12, tzinfo=UTC), date(2027, 1, 5)),  # Christmas and New Year between
        ("new-york-city", datetime(2026, 12, 5, 2, tzinfo=UTC), date(2026, 12, 18)),  # there it was still Friday
    ],
)
def test_business_days_are_counted_where_the_law_holds(law: str, published: datetime, first: date) -> None:
    assert profile(law).in_force(published) == first


def test_the_holidays_are_those_of_the_federal_calendar() -> None:
    """Beside a calendar that others keep, as far as the profile says."""
    days = USFederalHolidayCalendar().holidays("2026-01-01", "2028-12-31")
    assert profile("new-york-city").holidays == {day.date() for day in days}


@pytest.mark.parametrize("law", LAWS)
def test_nobody_is_invited_without_the_notice(site: Site, law: str) -> None:
    """By API, form and file; with it the invitation carries it, the candidate reads it, and that is kept."""
    admin = signed_in(site)
    missing = invited(admin, law)
    assert (missing.status_code, missing.json()["type"]) == (409, "urn:assay:problem:notice-missing")  # type: ignore[attr-defined]
    form = {"email": "kim@example.org", "challenge": "ml_pipeline", "profile": law}
    assert admin.ask("POST", "/work/invite", data=form).status_code == 409
    admin.ask("PATCH", "/api/v1/organisation", json={"profile": law})
    file = {"file": ("people.csv", b"email\nkim@example.org\n")}
    assert admin.ask("POST", "/api/v1/invitations/bulk", files=file).status_code == 409
    assert admin.ask("GET", "/api/v1/invitations").json()["items"] == []
    told = notice(admin, law)
    if profile(law).notice.business_days:  # type: ignore[union-attr]
        early = invited(admin, law)
        assert early.json()["type"].endswith("notice-too-new")  # type: ignore[attr-defined]
        assert "You can invite from" in early.json()["hint"]  # type: ignore[attr-defined]
        older(admin, 21)
    made = admin.ask("POST", "/api/v1/invitations", json={"email": "kim@example.org"})
    assert made.status_code == 201, made.text
    link = "/i/" + made.json()["link"].rpartition("/i/")[2]
    assert f"{link}/notice" in site.http.get(link).text
    own = site.http.get(f"/api/v1{link}/notice").json()
    assert (own["text"], own["read_at"]) == (told["text"], None)
    assert site.http.post(f"{link}/notice", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert site.http.get(f"/api/v1{link}/notice").json()["read_at"]
    assert "Please read this first" not in site.http.get(link).text
    assert ": read <time" in admin.ask("GET", f"/work/c/{made.json()['id']}").text
    log = admin.ask("GET", "/api/v1/audit").json()
    assert [entry["detail"] for entry in log if entry["action"] == "notice-read"] == [{"profile": law, "version": 1}]


def test_a_notice_says_what_the_challenge_judges_and_cannot_lose_a_part(site: Site) -> None:
    """The draft has the rubric; without one of its headings it is refused, and named."""
    admin = signed_in(site)
    for law in LAWS:
        written = admin.ask("GET", f"/api/v1/notices/draft?challenge=ml_pipeline&profile={law}").json()["text"]
        asked = profile(law).notice
        assert asked is not None
        assert [part for part in asked.parts if f"## {HEADINGS[part]}" not in written] == []
    draft = admin.ask("GET", "/api/v1/notices/draft?challenge=ml_pipeline&profile=eu").json()
    assert "Ranks hidden customers well (at most 40 points)" in draft["text"]
    assert "184 days" in draft["text"]
    cut = draft | {"text": draft["text"].replace("## Your rights", "Your rights")}
    refused = admin.ask("POST", "/api/v1/notices", json=cut)
    assert (refused.status_code, refused.json()["detail"]) == (422, "These parts are missing: Your rights.")
    page = admin.ask("POST", "/work/oversight/notices", data=cut)
    assert (page.status_code, "These parts are missing: Your rights." in page.text) == (422, True)
    french = draft | {"text": draft["text"].replace("## Your rights", "## Vos droits")}
    status = admin.ask("POST", "/api/v1/notices", json=french).status_code
    assert status == (201 if _has_french() else 422)


@pytest.mark.parametrize(
    ("law", "words"),
    [
        # GDPR art. 13(1)(c) and (e), 13(2)(a), (b), (d), (e) and (f); AI Act art. 26(11)
        ("eu", ["legal basis", "Those at", "184 days", "restrict their use", "complain to the data protection"]),
        ("eu", ["Nobody is obliged", "The program decides nothing", "“AI system”", "compares your code"]),
        # C.R.S. 6-1-1704(1): that one is used, and how to get the additional information
        ("colorado", ["“automated decision-making technology”", "Do you want to know more? Write to"]),
        # 20-871(b)(1) to (3), 6 RCNY 5-304(a) and (d)
        (
            "new-york-city",
            ["“automated employment decision tool”", "another way of selection, or for an accommodation"],
        ),
        ("new-york-city", ["at most 40 points", "All of it comes from you or from", "366 days"]),
    ],
)
def test_a_draft_says_what_its_law_asks(site: Site, law: str, words: list[str]) -> None:
    admin = signed_in(site)
    draft = admin.ask("GET", f"/api/v1/notices/draft?challenge=ml_pipeline&profile={law}").json()["text"]
    assert [part for part in words if part not in draft] == []


def test_the_next_draft_keeps_what_was_written_and_adds_what_it_lacks() -> None:
    """A profile that asks for a part more than when a notice was written."""
    challenge, of = make_challenge(), Of("Acme", "a@example.org", 184)
    whole = notice_texts.draft(profile("eu"), challenge, of)
    before, after = whole.split("## Who receives the data")
    old = before + "## How long data are kept" + after.split("## How long data are kept")[1] + "Our own words.\n"
    new = notice_texts.draft(profile("eu"), challenge, of, old)
    assert new.startswith(old.rstrip())
    assert new.count("## Who receives the data") == 1
    assert notice_texts.missing(profile("eu"), new) == []
    assert notice_texts.draft(profile("eu"), challenge, of, new) == new


def _has_french() -> bool:
    from app.words import _, reading_in  # noqa: PLC0415

    with reading_in("fr", chosen=True):
        return _(HEADINGS["rights"]) == "Vos droits"


def test_an_edited_notice_is_a_new_version_and_the_old_one_stays(site: Site) -> None:
    """Who was invited keeps theirs; anybody can read either; a version of ten days ago goes along until the new one."""
    admin = signed_in(site)
    first = notice(admin, "new-york-city")
    older(admin, 30)
    second = notice(admin, "new-york-city", text=str(first["text"]) + "\nMore.")
    assert (first["version"], second["version"]) == (1, 2)
    made = invited(admin, "new-york-city").json()  # type: ignore[attr-defined]
    link = "/i/" + made["link"].rpartition("/i/")[2]
    assert site.http.get(f"/api/v1{link}/notice").json()["version"] == 1
    for one in (first, second):
        assert site.http.get(f"/notices/{one['id']}").status_code == 200
    assert "<script>" not in site.http.get(f"/notices/{second['id']}").text


def test_only_who_manages_publishes(site: Site) -> None:
    recruiter = signed_in(site, Role.RECRUITER)
    assert recruiter.ask("GET", "/work/oversight/profiles").status_code == 200
    assert recruiter.ask("GET", "/api/v1/notices/draft?challenge=ml_pipeline&profile=eu").status_code == 403
    body = {"challenge": "ml_pipeline", "profile": "eu", "text": "x"}
    assert recruiter.ask("POST", "/api/v1/notices", json=body).status_code == 403


@pytest.mark.parametrize(("law", "days"), [("none", 180), ("colorado", 1096), ("eu", 184)])
def test_records_are_kept_as_long_as_the_law_says(site: Site, law: str, days: int) -> None:
    """The organisation's 180 days, unless the law of the invitation asks for more."""
    admin = signed_in(site)
    if law != "none":
        notice(admin, law)
    made = candidates.graded(admin, email="kept@example.org", profile=law)
    page = site.http.get(f"{made.link}/data").text
    assert f"{days} days after the decision" in page
    candidates.close(admin, made)
    for age, gone in ((days - 1, False), (days + 1, True)):
        with site.service.engine.begin() as connection:
            at = {"at": datetime.now(UTC) - timedelta(days=age), "id": made.id}
            connection.execute(text("UPDATE invitations SET closed_at = :at WHERE id = :id"), at)
        erasure.expire(site.service)
        person = admin.ask("GET", f"/api/v1/invitations/{made.id}").json()["candidate"]
        assert (person["email"] is None) is gone
