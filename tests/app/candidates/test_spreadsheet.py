"""Files about candidates: the same rows in three forms, with the filters and the rights of the list."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook

from app.rights import Role
from testing.site import Site
from tests.app.support.candidates import graded
from tests.app.support.people import Person, signed_in

FILE = "/api/v1/exports/candidates"


@pytest.fixture
def recruiter(site: Site) -> Person:
    return signed_in(site, Role.RECRUITER)


def test_three_forms_say_the_same_and_none_holds_a_formula(recruiter: Person) -> None:
    """Cell by cell; what looks like a formula is text in each."""
    graded(recruiter, "score 81", first_name="=1+1", last_name="@x", tags=["a"])
    recruiter.ask("POST", "/api/v1/invitations", json={"email": "dan@example.org", "external_id": "-7"})
    rows = recruiter.ask("GET", f"{FILE}.json").json()
    cells = list(csv.DictReader(io.StringIO(recruiter.ask("GET", f"{FILE}.csv").text)))
    sheet = load_workbook(io.BytesIO(recruiter.ask("GET", f"{FILE}.xlsx").content)).active
    assert sheet is not None
    header, *lines = sheet.iter_rows(values_only=True)
    assert [cell.data_type for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert list(header) == list(rows[0]) == list(cells[0])
    for row, cell, line in zip(rows, cells, lines, strict=True):
        assert line[list(header).index("score")] == row["score"]
        assert ["" if value is None else value for value in line if not isinstance(value, float | int)] == [
            value for name, value in cell.items() if not isinstance(row[name], float | int)
        ]
    assert (cells[1]["first_name"], cells[0]["external_id"]) == ("'=1+1", "'-7")


def test_a_file_holds_what_the_list_holds(recruiter: Person) -> None:
    """By filter and by id, in its order; the page links to its own list."""
    ada = graded(recruiter, "score 81", "ada@example.org", tags=["berlin"])
    bea = recruiter.ask("POST", "/api/v1/invitations", json={"email": "bea@example.org"}).json()["id"]

    def ids(query: str) -> list[str]:
        return [row["invitation"] for row in recruiter.ask("GET", f"{FILE}.json?{query}").json()]

    assert ids("") == [bea, ada.id]
    assert ids("sort=attention") == [ada.id, bea]
    assert ids("tag=berlin") == ids("band=4") == ids(f"invitation={ada.id}") == [ada.id]
    page = recruiter.ask("GET", "/work?tag=berlin&sort=moved").text
    assert "/api/v1/exports/candidates.xlsx?tag=berlin&amp;sort=moved" in page


def test_blind_mode_holds_in_files_too(recruiter: Person) -> None:
    """A key that may export and not invite reads no names, and finds nobody by name."""
    graded(recruiter, "score 81", first_name="Kim", last_name="Okafor")
    admin = signed_in(recruiter.site, Role.ADMIN, recruiter.org_id)
    admin.ask("POST", "/work/settings/policies", data={"blind": "on"})
    key = admin.ask("POST", "/api/v1/keys", json={"label": "bi", "scopes": ["read", "export"]}).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    for kind in ("json", "csv"):
        text = recruiter.site.http.get(f"{FILE}.{kind}", headers=headers).text
        assert ("Okafor" in text, "kim@example.org" in text, "81.0" in text) == (False, False, True)
    assert recruiter.site.http.get(f"{FILE}.json?q=okafor", headers=headers).json() == []
    assert signed_in(recruiter.site, Role.INTERVIEWER, recruiter.org_id).ask("GET", f"{FILE}.xlsx").status_code == 403
