"""Mails about decisions: texts with placeholders, shown with a candidate's own values, sent once by a person."""

from __future__ import annotations

import pytest

from app.decisions.mails import filled
from app.rights import Role
from testing.site import Site
from tests.app.support.people import Person, signed_in

TEMPLATES = "/api/v1/decision-templates"
TEXT = {"subject": "{organisation}: {title}", "body": "Hello {first_name},\n\nyour work was good. Ask {contact}."}


@pytest.fixture
def admin(site: Site) -> Person:
    person = signed_in(site)
    assert person.ask("PUT", f"{TEMPLATES}/advance/en", json=TEXT).status_code == 200
    return person


def decided(admin: Person, **terms: object) -> str:
    """The API's path of the mail to somebody who was advanced."""
    body = {"email": "kim@example.org", "first_name": "Kim {name}"} | terms
    made = admin.ask("POST", "/api/v1/invitations", json=body).json()
    here = f"/api/v1/invitations/{made['id']}/decision"
    assert admin.ask("POST", here, json={"outcome": "advance", "rationale": "Good."}).is_success
    return f"{here}/mail"


def test_a_mail_is_shown_with_the_candidates_values_and_sent_once(admin: Person) -> None:
    here = decided(admin)
    draft = admin.ask("GET", here).json()
    assert draft["body"].startswith("Hello Kim {name},")
    assert (draft["sent_at"], draft["subject"].endswith("Predict who leaves")) == (None, True)
    text = {"version": draft["version"], "subject": draft["subject"], "body": "Come on Monday, {first_name}."}
    sent = admin.ask("POST", here, json=text).json()
    assert (sent["body"], sent["sent_at"] is None) == ("Come on Monday, Kim {name}.", False)
    assert admin.ask("POST", here, json=text).json()["type"].endswith("sent-already")
    assert admin.ask("GET", here).json() == sent
    with admin.site.service.engine.connect() as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM mails WHERE kind = 'decision'").scalars().all()
    assert list(kinds) == ["decision"]
    assert "decision mailed" in admin.ask("GET", "/work/audit").text


@pytest.mark.parametrize("text", ["{surname}", "{}", "{ name }", "{name.__class__}", "{organisation!r}"])
def test_an_unknown_placeholder_is_refused_wherever_it_is_written(admin: Person, text: str) -> None:
    here = decided(admin)
    for body in (TEXT | {"body": text}, TEXT | {"subject": text}):
        for answer in (
            admin.ask("PUT", f"{TEMPLATES}/hold/en", json=body),
            admin.ask("POST", here, json=body | {"version": 1}),
        ):
            assert (answer.status_code, answer.json()["type"]) == (422, "urn:assay:problem:unknown-placeholder")


def test_a_value_in_braces_is_no_placeholder() -> None:
    assert filled("{name} {name}", {"name": "{title}", "title": "no"}) == "{title} {title}"


def test_the_candidates_language_comes_first_and_english_else(admin: Person) -> None:
    french = {"subject": "Votre candidature", "body": "Bonjour {first_name}, décision du {day}"}
    assert admin.ask("PUT", f"{TEMPLATES}/advance/fr", json=french).is_success
    drafts = [
        admin.ask("GET", decided(admin, locale=locale, email=f"{locale}@example.org")).json() for locale in ("fr", "de")
    ]
    assert [draft["subject"].split()[0] for draft in drafts] == ["Votre", "Another:"]
    assert admin.ask("PUT", f"{TEMPLATES}/advance/xx", json=french).status_code == 404
    assert admin.ask("DELETE", f"{TEMPLATES}/advance/fr").status_code == 204
    assert admin.ask("DELETE", f"{TEMPLATES}/advance/fr").status_code == 404


def test_the_newest_decision_alone_is_mailed_about(admin: Person) -> None:
    here = decided(admin)
    assert admin.ask("POST", here, json=TEXT | {"version": 0}).status_code == 412
    none = admin.ask("POST", "/api/v1/invitations", json={"email": "no@example.org"}).json()["id"]
    assert admin.ask("GET", f"/api/v1/invitations/{none}/decision/mail").status_code == 404


def test_the_pages_write_show_and_send(admin: Person) -> None:
    """A text is written by administrators; whoever decides sees it filled and sends it; interviewers do neither."""
    page = "/work/settings/decision-mails"
    form = {"outcome": "advance", "locale": "en", "subject": "Hello", "body": "Dear {name}"}
    refused = admin.ask("POST", page, data=form | {"body": "Dear {surname}"})
    assert (refused.status_code, "The placeholder {surname} is unknown." in refused.text) == (422, True)
    assert admin.ask("POST", page, data=form).status_code == 303
    one = decided(admin, first_name="Kim", last_name="Lee").split("/")[4]
    here, recruiter = f"/work/c/{one}/decision-mail", signed_in(admin.site, Role.RECRUITER, admin.org_id)
    assert "Dear Kim Lee" in recruiter.ask("GET", here).text
    shown = recruiter.ask("POST", here, data={"version": "1", "subject": "Hi", "body": "Welcome {name}"})
    assert "Welcome Kim Lee" in shown.text
    sent = recruiter.ask("POST", here, data={"version": "1", "subject": "Hi", "body": "Welcome {name}", "do": "send"})
    assert sent.status_code == 303
    assert "Welcome Kim Lee" in recruiter.ask("GET", here).text
    assert signed_in(admin.site, Role.INTERVIEWER, admin.org_id).ask("GET", here).status_code == 403
    assert recruiter.ask("GET", page).status_code == 403
