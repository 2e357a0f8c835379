"""The list of first steps: each is done by doing it, and the list goes when all are."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from app.organisations import first_steps
from app.rights import Role
from testing.site import Site
from tests.app.support.people import Person, signed_in


def todo(person: Person) -> int:
    """How many steps the page of candidates says are left; 0 where it shows no list."""
    text = person.ask("GET", "/work").text
    return text.count(">To do<")


def test_each_step_is_done_by_doing_it(make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> None:
    site = make_site(mail_url="smtp://127.0.0.1:1")
    sent: list[EmailMessage] = []
    monkeypatch.setattr(first_steps, "post", lambda _, message: sent.append(message))
    person = signed_in(site)
    assert todo(person) == 5
    assert person.ask("POST", "/work/first-steps/test-mail").status_code == 200
    assert ["@example.org" in str(message["To"]) for message in sent] == [True]
    assert todo(person) == 4
    assert person.ask("POST", "/work/settings/policies", data={"name": "Example"}).status_code == 303
    assert person.ask("POST", "/work/first-steps/challenge").status_code == 303
    new = {"email": "new@example.org", "role": "recruiter"}
    assert person.ask("POST", "/work/settings/members", data=new).status_code == 201
    assert todo(person) == 1
    assert person.ask("POST", "/api/v1/invitations", json={"email": "kim@example.org"}).status_code == 201
    assert todo(person) == 0


def test_without_a_mail_server_nothing_is_claimed_and_the_step_can_be_left(site: Site) -> None:
    person = signed_in(site)
    answer = person.ask("POST", "/work/first-steps/test-mail")
    assert answer.status_code == 409
    assert "No mail server is set, so nothing was sent." in answer.text
    assert todo(person) == 5
    assert person.ask("POST", "/work/first-steps/mail").status_code == 303
    assert todo(person) == 4


def test_a_mail_server_that_takes_nothing_is_said(make_site: Callable[..., Site]) -> None:
    site = make_site(mail_url="smtp://127.0.0.1:1")
    answer = signed_in(site).ask("POST", "/work/first-steps/test-mail")
    assert answer.status_code == 503
    assert "The test mail was not sent" in answer.text


@pytest.mark.parametrize("step", ["organisation", "members", "invitation", "nonsense"])
def test_what_shows_by_itself_cannot_be_claimed(site: Site, step: str) -> None:
    assert signed_in(site).ask("POST", f"/work/first-steps/{step}").status_code == 404


def test_only_administrators_have_the_list(site: Site) -> None:
    admin = signed_in(site)
    recruiter = signed_in(site, Role.RECRUITER, admin.org_id)
    assert (todo(admin), todo(recruiter)) == (5, 0)
    assert recruiter.ask("POST", "/work/first-steps/challenge").status_code == 403
