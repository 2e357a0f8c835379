"""Every answer is in its reader's language: chosen on a page, then the invitation's, then the browser's."""

from __future__ import annotations

from contextvars import Context
from datetime import UTC, datetime

import pytest

from app.intake.bounded import unpack
from app.intake.problems import Rejected
from app.words import _, date, language, nearest, ngettext, prefer, reading_in, said_in, speak
from testing.site import Site
from tests.app.support.people import signed_in

FRENCH = {"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA, en;q=0.9", "fr"),
        ("en-GB, fr;q=0.9", "en"),
        ("de, fr;q=0.3", "fr"),
        ("en;q=0.2, fr;q=0.8", "fr"),
        ("fr;q=0", "en"),
        ("fr;q=much", "en"),
        (", ;;, q=1,", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_the_browser_says_what_it_would_like(site: Site, header: str, expected: str) -> None:
    page = site.http.get("/", headers={"Accept-Language": header})
    assert f'<html lang="{expected}">' in page.text


def test_a_choice_is_kept_and_leads_back_to_the_same_page(site: Site) -> None:
    answer = site.http.get("/sign-in?to=%2Fwork%2Finvite&language=fr", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?to=%2Fwork%2Finvite"
    kept = answer.cookies["assay_language"]
    site.http.cookies.clear()  # the other tests have chosen nothing
    page = site.http.get("/sign-in", headers={"Cookie": f"assay_language={kept}", "Accept-Language": "en"})
    assert '<html lang="fr">' in page.text


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example/", "/%2Felsewhere.example/"])
def test_a_choice_leads_to_no_other_site(site: Site, path: str) -> None:
    answer = site.http.get(f"{site.settings.base_url}{path}?language=fr", follow_redirects=False)
    site.http.cookies.clear()
    assert answer.status_code == 303
    assert not answer.headers["location"].startswith(("//", "/\\", "http"))


def test_an_unknown_language_is_no_choice(site: Site) -> None:
    assert site.http.get("/?language=xx", follow_redirects=False).status_code == 200


def test_the_invitation_comes_before_the_browser_and_a_choice_before_both(site: Site) -> None:
    body = {"email": "camille@example.com", "locale": "fr-FR"}
    made = site.http.post("/api/v1/invitations", json=body, headers=site.headers).raise_for_status().json()
    english = {"Accept-Language": "en"}
    assert '<html lang="fr">' in site.http.get(made["link"], headers=english).text
    assert '<html lang="en">' in site.http.get(made["link"], headers={"Cookie": "assay_language=en"}).text


def test_an_invitation_that_names_no_language_follows_the_browser(site: Site) -> None:
    body = {"email": "sascha@example.com"}
    made = site.http.post("/api/v1/invitations", json=body, headers=site.headers).raise_for_status().json()
    assert '<html lang="fr">' in site.http.get(made["link"], headers=FRENCH).text


def test_a_member_chooses_a_language_on_offer_or_none(site: Site) -> None:
    person = signed_in(site)
    for locale, status, expected in (("fr", 303, "fr"), ("xx", 422, "fr"), ("", 303, "en")):
        assert person.ask("POST", "/work/me/language", data={"locale": locale}).status_code == status
        assert f'<html lang="{expected}">' in person.ask("GET", "/work/me").text


def test_refusals_speak_the_language_too(site: Site) -> None:
    said = [site.http.get("/api/v1/reports", headers=headers).json()["detail"] for headers in ({}, FRENCH)]
    assert said[0] != said[1]


def test_what_intake_refuses_is_said_in_the_language_of_whoever_hands_in() -> None:
    said = []
    for locale in ("en", "fr"):
        with reading_in(locale), pytest.raises(Rejected) as refused:
            unpack(b"", "empty.zip", frozenset())
        said.append(str(refused.value.problem.message))
    assert said[0] != said[1]


def test_what_is_learned_of_the_reader_holds_until_the_end_of_the_block() -> None:
    with reading_in("en"):
        prefer("fr-BE")
        assert language() == "fr"
        prefer("xx")
        assert language() == "fr"
    assert language() == "en"
    with reading_in("en", chosen=True):
        prefer("fr")
        assert language() == "en"


def test_outside_of_a_block_nothing_is_learned() -> None:
    def learned() -> str:
        prefer("fr")
        return language()

    assert Context().run(learned) == "en"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "de:fr:en"}, "fr"),
    ],
)
def test_a_terminal_has_a_language(environment: dict[str, str], expected: str) -> None:
    def spoken() -> str:
        speak(environment)
        return language()

    assert Context().run(spoken) == expected


def test_dates_and_plurals_follow_the_language() -> None:
    first = datetime(2026, 12, 1, tzinfo=UTC)
    assert date(first) == "Tuesday 1 December 2026"
    with reading_in("fr"):
        assert date(first) == "mardi 1er décembre 2026"
        assert date(datetime(2026, 3, 31, tzinfo=UTC)) == "mardi 31 mars 2026"
        assert ngettext("{n} day ago", "{n} days ago", 0) == ngettext("{n} day ago", "{n} days ago", 1)
    assert said_in("fr", _, "Sign out") != "Sign out"


def test_the_nearest_language_is_the_first_that_is_on_offer() -> None:
    assert nearest(["de-AT", "fr_CH", "en"]) == "fr"
    assert nearest(["", "tlh"]) is None
