"""The pages of own challenges: a table is uploaded, confirmed, published and edited by forms alone."""

from __future__ import annotations

import re

from app.rights import Role
from testing.own_challenges import a_table, until_idle, weeks_of_machines
from testing.site import Site
from tests.app.support.people import Person, signed_in


def page(person: Person, path: str) -> str:
    answer = person.ask("GET", path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def idle(admin: Person, path: str) -> None:
    until_idle(lambda: admin.ask("GET", f"/api/v1/challenges/{path.rsplit('/', 1)[1]}").json())


def test_a_table_goes_from_upload_to_an_invitation(shop: Site) -> None:
    """Nothing is written but what the forms ask for; what a name holds is shown as text."""
    admin = signed_in(shop)
    page(admin, "/work/challenges/new")
    head, _, rest = a_table().partition(b"\n")
    data = head.replace(b"age", b"<b>age</b>") + b"\n" + rest
    here = admin.ask("POST", "/work/challenges/new", files={"file": ("c.csv", data)}, data={"id": "by-forms"}).headers[
        "location"
    ]
    idle(admin, here)
    assert "What is to be predicted?" in page(admin, here)
    admin.ask("POST", f"{here}/ask", data={"target": "card", "title": "Who gets the card?"})
    idle(admin, here)
    proposed = page(admin, here)
    assert "What it seems to be" in proposed
    assert "<b>age" not in proposed
    assert "&lt;b&gt;age" in proposed
    fields = {
        "do": "build",
        "columns": "yes",
        "title": "Who gets the card?",
        "meaning-0": "EUR a year",
        "after-3": "on",
        "extra": "numpy, pandas>=2",
        "own_packages": "on",
    }
    assert admin.ask("POST", f"{here}/edit", data=fields).status_code == 303
    assert "Assay is working at it" in page(admin, here)
    idle(admin, here)
    built = page(admin, here)
    for words in (
        "What was found in the challenge itself",
        "95 % intervals",
        "leaky",
        "EUR a year",
        "Publish",
        "numpy, pandas&gt;=2",
        "You may bring more",
    ):
        assert words in built, words
    refused = admin.ask("POST", here, data={"do": "publish"})
    if refused.status_code == 409:
        assert "Findings stop publishing" in refused.text
        admin.ask("POST", here, data={"do": "publish", "reason": "Four hundred rows are enough for a test."})
    assert "Candidates can be invited" in page(admin, here)
    recruiter = signed_in(shop, Role.RECRUITER, admin.org_id)
    assert 'value="by-forms"' in page(recruiter, "/work/invite")
    sent = recruiter.ask("POST", "/work/invite", data={"email": "x@example.org", "challenge": "by-forms"})
    assert sent.status_code == 201
    assert "Who gets the card?" in page(recruiter, "/work/challenges/by-forms")
    assert recruiter.ask("GET", here).status_code == 403

    asked = admin.ask("POST", here, data={"do": "retire"})
    assert "Retire this challenge?" in asked.text
    admin.ask("POST", here, data={"do": "retire", "sure": "yes"})
    assert 'value="by-forms"' not in page(recruiter, "/work/invite")
    assert re.search(r"by-forms.{0,300}Retired", page(admin, "/work/challenges"), re.DOTALL)


def test_whose_rows_are_hidden_is_chosen_by_a_form_in_both_languages(shop: Site) -> None:
    """What was chosen for one unit is proposed anew for another, and where there is none."""
    admin = signed_in(shop)
    file, said = {"file": ("w.csv", weeks_of_machines())}, {"target": "kwh", "id": "weeks"}
    here = admin.ask("POST", "/work/challenges/new", files=file, data=said).headers["location"]
    idle(admin, here)
    shown = page(admin, here)
    assert '<option value="known" selected>known units, later</option>' in shown
    assert "So the model will meet units that it knows, later." in shown
    french = shop.http.get(here, headers={**admin.headers, "Accept-Language": "fr"}).text
    assert '<option value="known" selected>d’unités connues, plus tard</option>' in french
    assert "des lignes ultérieures ont un `machine_id`" in re.sub("</?code>", "`", french)
    form = {"target": "kwh", "task": "regression", "group": "machine_id", "time": "week", "hidden_units": "new"}
    admin.ask("POST", f"{here}/ask", data=form)
    idle(admin, here)
    assert '<option value="new" selected>' in page(admin, here)
    admin.ask("POST", f"{here}/ask", data={**form, "hidden_units": "known"})
    idle(admin, here)
    assert '<option value="known" selected>' in page(admin, here)
    admin.ask("POST", f"{here}/ask", data={**form, "group": "", "hidden_units": "known"})
    idle(admin, here)
    without = page(admin, here)
    assert 'role="alert"' not in without
    assert 'name="hidden_units"' not in without


def test_what_cannot_be_is_said_beside_the_form(shop: Site) -> None:
    admin = signed_in(shop)
    answer = admin.ask("POST", "/work/challenges/new", files={"file": ("c.csv", b"a,b")}, data={"id": "Not An Id"})
    assert answer.status_code == 422
    assert 'value="Not An Id"' in answer.text
    assert 'role="alert"' in answer.text
    assert admin.ask("POST", "/work/challenges/import", files={"file": ("c.zip", b"no")}).status_code == 422
