"""Reports over HTTP: lists, four formats, each reader's cut, ETags, and what is done about gradings."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import weasyprint  # type: ignore[import-untyped]
from sqlalchemy import text
from weasyprint.formatting_structure.boxes import TableCellBox, TextBox  # type: ignore[import-untyped]

from app.api.reports import matches
from app.gradings import printed, printing, reading
from app.gradings.flat_css import flat
from app.platform.secrets import new_id
from app.rights import ROLES, Principal, Role
from graders.model.report import Curves
from graders.report.document import document
from graders.report.html import render, style
from testing.builders import a_check, a_measurement, a_report
from testing.site import Site
from testing.waiting import SECONDS, until
from tests.app.support.people import Person, signed_in
from tests.graders.report.page import read


@pytest.fixture(scope="module")
def admin(site: Site) -> Person:
    """An administrator with two graded submissions and one that could not be scored."""
    person = signed_in(site)
    for words in ("score 50", "score 85", "crash"):
        hand_in(person, words)
    return person


def hand_in(person: Person, words: str = "ok") -> str:
    """The address of a submission that has been graded."""
    answer = person.ask("POST", "/api/v1/submissions", files={"file": ("pipeline.py", words.encode())})
    where: str = answer.headers["location"]
    person.site.wait(where, headers=person.headers)
    return where


def listed(person: Person, query: str = "") -> list[dict[str, object]]:
    answer = person.ask("GET", f"/api/v1/reports?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ("", ["ungraded", "graded", "graded"]),
        ("state=graded", ["graded", "graded"]),
        ("band=4", ["graded"]),
        ("flagged=LEAK001", ["ungraded", "graded", "graded"]),
        ("flagged=NONE001", []),
        ("kind=first&counts=true", ["ungraded", "graded", "graded"]),
        ("counts=false", []),
        ("rubric_version=1&challenge=ml_pipeline", ["ungraded", "graded", "graded"]),
        ("rubric_version=0", []),
        ("batch=ffffffffffffffffffff", []),
        ("invitation_id=ffffffffffffffffffff", []),
    ],
)
def test_a_list_of_reports_is_narrowed_down(admin: Person, query: str, states: list[str]) -> None:
    """The newest first; only those of the own organisation."""
    assert [item["state"] for item in listed(admin, query)] == states


def test_a_list_comes_in_pages(admin: Person) -> None:
    """Following the Link header gives every report once."""
    seen, way = [], "/api/v1/reports?limit=2"
    while way:
        answer = admin.ask("GET", way)
        seen += [item["submission_id"] for item in answer.json()["items"]]
        found = re.search(r"<([^>]+)>; rel=\"next\"", answer.headers.get("link", ""))
        way = found[1] if found else ""
    assert seen == [item["submission_id"] for item in listed(admin)]
    assert len(seen) == 3


@pytest.mark.parametrize("query", ["band=9", "state=lost", "cursor=x", "limit=0", "flagged=%00"])
def test_a_question_that_makes_no_sense_is_refused(admin: Person, query: str) -> None:
    """422, not an empty list."""
    assert admin.ask("GET", f"/api/v1/reports?{query}").status_code == 422


def test_a_grading_tells_its_score_versions_and_files(admin: Person) -> None:
    """One grading by itself is what the list shows of it."""
    one = listed(admin, "band=4")[0]
    here = one["links"]["self"]  # type: ignore[index]
    assert admin.ask("GET", here).json() == one
    assert (one["score"], one["low"], one["high"], one["kind"], one["counts"]) == (85, 81, 89, "first", True)
    assert one["versions"]["grader_version"] == "0.1.0"  # type: ignore[index]
    for name, address in one["links"].items():  # type: ignore[attr-defined]
        if name != "report_pdf":
            assert admin.ask("GET", address).status_code == 200, address
    for run in ("2", "0", "x"):
        assert admin.ask("GET", here[:-1] + run).status_code in (404, 422)


# Formats and readers


def path_of(person: Person, query: str = "band=4") -> str:
    return str(listed(person, query)[0]["links"]["self"])  # type: ignore[index]


def test_a_recruiter_gets_no_code_and_no_hidden_metrics_in_any_format(site: Site, admin: Person) -> None:
    """The cut is made before JSON, HTML and SARIF are: what it leaves out is in none of them."""
    recruiter, here = signed_in(site, Role.RECRUITER, admin.org_id), path_of(admin)
    whole, cut = (person.ask("GET", f"{here}/report.json").json() for person in (admin, recruiter))
    assert whole["findings"][0]["evidence"]
    assert whole["metrics"]["hidden"]
    assert cut["findings"][0]["evidence"] == []
    assert cut["metrics"]["hidden"] == {}
    assert cut["overall"] == whole["overall"]
    sarifs = [person.ask("GET", f"{here}/findings.sarif").json() for person in (admin, recruiter)]
    assert [bool(each["runs"][0]["results"]) for each in sarifs] == [True, False]
    pages = [person.ask("GET", f"{here}/report.html").text for person in (admin, recruiter)]
    assert ['id="code"' in page for page in pages] == [True, False]


def test_an_interviewer_reads_after_the_own_scorecard_and_without_names(make_site: Callable[..., Site]) -> None:
    """Held back until the card is locked: list without scores, no whole report; in blind mode names are taken out."""
    site = make_site()
    admin = signed_in(site)
    rater = signed_in(site, Role.INTERVIEWER, admin.org_id)
    address = {"email": "kim.deal@example.org", "first_name": "Kim", "last_name": "Deal"}
    invited = admin.ask("POST", "/api/v1/invitations", json=address).json()
    site.http.post(invited["link"].partition(site.settings.base_url)[2], files={"file": ("pipeline.py", b"ok")})
    here = until_listed(admin)
    item = listed(rater)[0]
    assert (item["band"], item["score"], item["flagged"]) == (None, None, ["LEAK001"])
    assert rater.ask("GET", "/api/v1/reports?band=3").status_code == 403
    refused = rater.ask("GET", f"{here}/report.json")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:assay:problem:scorecard-first")
    change(site, "organisations SET blind = true WHERE id = :org", org=admin.org_id)
    card = {"card": new_id(), "org": admin.org_id, "invitation": invited["id"], "member": rater.member_id}
    columns = "(id, org_id, invitation_id, member_id, locked_at)"
    with site.service.engine.begin() as connection:
        values = "(:card, :org, :invitation, :member, now())"
        connection.execute(text(f"INSERT INTO scorecards {columns} VALUES {values}"), card)  # noqa: S608
    assert listed(rater)[0]["band"] == 3
    assert rater.ask("GET", f"{here}/report.json").json()["reader"] == "interviewer"
    found = reading_as(site, rater, here, Role.INTERVIEWER)
    assert found.names == ("Kim Deal", "kim.deal@example.org")
    assert reading_as(site, admin, here).names is None


def until_listed(person: Person) -> str:
    for _ in range(200):
        found = listed(person, "state=graded")
        if found:
            return str(found[0]["links"]["self"])  # type: ignore[index]
    raise AssertionError("nothing was graded")


def change(site: Site, what: str, **values: object) -> None:
    with site.service.engine.begin() as connection:
        connection.execute(text(f"UPDATE {what}"), values)


def reading_as(site: Site, person: Person, here: str, role: Role = Role.ADMIN) -> reading.Report:
    who = Principal(person.org_id, ROLES[role], "", member_id=person.member_id, role=role)
    with site.service.engine.connect() as connection:
        return reading.opened(connection, who, here.split("/")[4], 1)


def test_names_are_taken_out_of_what_a_blind_reader_gets(site: Site, admin: Person) -> None:
    """Of every file, and its tag is another one."""
    open_eyed = reading_as(site, admin, path_of(admin))
    blind = replace(open_eyed, names=("Standard Scaler",))
    assert "StandardScaler" in open_eyed.file(site.service, "report.json").decode()
    for name in ("report.json", "report.html", "findings.sarif"):
        assert "StandardScaler" not in blind.file(site.service, name).decode()
        assert blind.tag(name) != open_eyed.tag(name)


# ETags


@pytest.mark.parametrize("name", ["report.json", "report.html", "findings.sarif", "report.pdf"])
def test_what_has_not_changed_is_not_sent_again(admin: Person, name: str) -> None:
    """304 without a body, under both addresses of the report, before anything is made."""
    here = path_of(admin)
    tag = '"' + reading_as(admin.site, admin, here).tag(name) + '"'
    for address in (here, here.partition("/reports/")[0]):
        headers = {**admin.headers, "If-None-Match": f'"other", W/{tag}'}
        answer = admin.site.http.get(f"{address}/{name}", headers=headers)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert answer.headers["cache-control"] == "private, no-cache"


def test_a_report_that_counts_instead_has_another_tag(site: Site) -> None:
    """The address stays, the tag follows what is adopted."""
    person = signed_in(site)
    where = hand_in(person, "score 50")
    first = person.ask("GET", f"{where}/report").headers["etag"]
    asked = person.ask("POST", f"{where}/regrades", json={"kind": "rescore", "reason": "new rubric"})
    assert (asked.status_code, asked.headers["location"]) == (202, f"{where}/reports/2")
    wait_for_run(person, where, 2)
    assert person.ask("GET", f"{where}/report").headers["etag"] == first
    adopted = person.ask("POST", f"{where}/reports/2/adopt", json={"reason": "it is right"})
    assert (adopted.status_code, adopted.json()["counts"]) == (200, True)
    assert person.ask("GET", f"{where}/report").headers["etag"] != first
    assert person.ask("GET", f"{where}/report").json()["overall"]["score"] == 52
    assert person.ask("GET", f"{where}/reports/1/report.json").json()["overall"]["score"] == 50


def wait_for_run(person: Person, where: str, run: int) -> None:
    person.site.wait(f"{where}/reports/{run}", headers=person.headers)


@pytest.mark.parametrize(
    ("header", "holds"), [("", False), ('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ("a", False)]
)
def test_if_none_match(header: str, holds: bool) -> None:
    """As RFC 9110 writes it."""
    assert matches(header, '"a"') is holds


# PDF


def test_a_report_is_printed_as_a_tagged_pdf(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A4, tagged for those who listen to it, with the same score as the page; asked for again it is not made anew."""
    here = path_of(admin)
    answer = admin.site.http.get(f"{here}/report.pdf", headers=admin.headers, timeout=SECONDS)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in answer.content or b"/ObjStm" in answer.content
    monkeypatch.setattr(printing, "pdf", None)
    again = admin.site.http.get(f"{here}/report.pdf", headers=admin.headers)
    assert again.content == answer.content


def test_what_goes_on_over_the_end_of_a_sheet_is_printed_whole() -> None:
    """WeasyPrint 70 drops the rest of a grid or of a flexible box where a sheet ends, so tables are in none of them."""
    bins = tuple((k / 200, 1 - k / 200, 1000 + k) for k in range(150))
    curves = Curves(tuple((a, b) for a, b, _ in bins), bins, precision_recall=tuple((a, b) for a, b, _ in bins))
    long = a_measurement(rows=a_measurement().rows * 150)
    page = render(document(a_report(curves=curves, measurements=(long,)), {"LEAK001": a_check()}))
    there: Counter[str] = Counter(_letters(cell.text) for cell in read(page).of("td", "th"))
    drawn: Counter[str] = Counter()
    for sheet in weasyprint.HTML(string=printed.printable(page)).render().pages:
        for box in sheet._page_box.descendants():  # there is no public way to what was drawn
            if isinstance(box, TableCellBox):
                drawn[_letters("".join(part.text for part in box.descendants() if isinstance(part, TextBox)))] += 1
    assert there.total() > 500
    assert not there - drawn


def _letters(text: str) -> str:
    return "".join(text.split())


def test_the_process_that_prints_loads_nothing_of_the_service() -> None:
    """No clock: what is loaded is what takes the time."""
    script = (
        "import sys, app.gradings.printed\n"
        "print({'asyncio', 'app.words', 'fastapi', 'sqlalchemy'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_printing_fetches_nothing_and_ends_in_time() -> None:
    """No address is called, not even for a picture or a sheet; what takes too long is ended."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        there = f"http://127.0.0.1:{listening.getsockname()[1]}"
        page = f"<html lang=en><title>T</title><link rel=stylesheet href={there}/a.css><p>Words<img src={there}/b.png>"
        made = asyncio.run(printing.pdf(page))
        assert (made[:4], made.rstrip()[-5:]) == (b"%PDF", b"%%EOF")  # the process ends at once, yet all is written
        with pytest.raises(BlockingIOError):
            listening.accept()
    with pytest.raises(printing.Unprintable, match="longer"):
        asyncio.run(printing.pdf("<p>Words" * 100_000, seconds=0.05))


def test_a_page_that_cannot_be_printed_is_our_fault_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The status of the process, none of its words."""
    monkeypatch.setattr(printing, "MODULE", "app.gradings.no_such_module")
    with pytest.raises(printing.Unprintable, match="status 1"):
        asyncio.run(printing.pdf("<p>"))


def test_a_print_that_nobody_waits_for_is_ended() -> None:
    """Cancelling it, as a service that stops does, ends its process."""

    async def cancelled() -> None:
        printing_it = asyncio.create_task(printing.pdf("<p>Words" * 100_000))
        await asyncio.to_thread(until, printers)
        printing_it.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printing_it

    asyncio.run(cancelled())
    assert not printers()


def printers() -> list[int]:
    """Children of this process that print."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and printing.MODULE in path.with_name("cmdline").read_text():
                found.append(int(path.parent.name))
    return found


def test_every_sheet_names_its_report() -> None:
    """The title and the page's number stand in the margin; nothing in a title can end the text it becomes."""
    page = "<html><title>68a1: Strong · Assay &quot;};a{b\\\n</title>"
    assert 'content:"68a1: Strong · Assay ab"' in printed.margins(page)


@pytest.mark.parametrize(
    ("nested", "expected"),
    [
        (".a{color:red}", ".a{color:red;}"),
        (".a{color:red;p,.b>i{margin:0}}", ".a{color:red;}.a p,.a .b>i{margin:0;}"),
        (".a,.b{p{margin:0}}", ".a p,.b p{margin:0;}"),
        (".a{&:hover{margin:0}}", ".a:hover{margin:0;}"),
        (".a{@media print{color:red;p{margin:0}}}", "@media print{.a{color:red;}.a p{margin:0;}}"),
        ("@media print{.a{p{margin:0}}}", "@media print{.a p{margin:0;}}"),
        (".a{:is(b,i){margin:0}}", ".a :is(b,i){margin:0;}"),
        ("@page{size:A4}", "@page{size:A4}"),
    ],
)
def test_nested_rules_become_flat_ones(nested: str, expected: str) -> None:
    """In their order, and each below its parent."""
    assert flat(nested) == expected


def test_our_own_sheet_is_flat_afterwards() -> None:
    """No rule of the report's sheet stands inside another, but in @media."""
    sheet = re.sub(r"\"[^\"]*\"", "", flat(style()))
    depth, deepest = 0, 0
    for mark in re.findall("[{}]", sheet):
        depth += 1 if mark == "{" else -1
        deepest = max(deepest, depth)
    assert deepest == 2


# What is done about gradings


def test_a_diff_is_read_as_far_as_the_reports_may_be(site: Site) -> None:
    """Against the one that counts unless another is named; 409 while there is no second report."""
    person = signed_in(site)
    where = hand_in(person, "score 50")
    assert person.ask("GET", f"{where}/reports/2/diff").status_code == 404
    person.ask("POST", f"{where}/regrades", json={"kind": "rescore", "reason": "new rubric"})
    wait_for_run(person, where, 2)
    found = person.ask("GET", f"{where}/reports/2/diff").json()
    assert found["runs"] == {"old": 1, "new": 2}
    assert found["overall"]["score"] == {"old": 50, "new": 52}
    back = person.ask("GET", f"{where}/reports/1/diff?since=2").json()
    assert back["overall"]["score"] == {"old": 52, "new": 50}


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x", "kind": "first"}, {"reason": "x", "more": 1}, {"reason": "a\x00b"}]
)
def test_a_regrade_needs_a_reason_and_a_kind_that_is_one(admin: Person, body: dict[str, object]) -> None:
    """422 before anything is queued."""
    where = path_of(admin).partition("/reports/")[0]
    assert admin.ask("POST", f"{where}/regrades", json=body).status_code == 422


def test_many_are_graded_again_over_http(site: Site) -> None:
    """202 with an address that tells how far they are; each is in the list under its batch."""
    person = signed_in(site)
    for words in ("score 50", "score 85"):
        hand_in(person, words)
    body = {"kind": "rescore", "reason": "rubric 3", "filter": {"flagged": "LEAK001"}}
    asked = person.ask("POST", "/api/v1/regrades", json=body)
    assert (asked.status_code, asked.json()["total"]) == (202, 2)
    where = asked.headers["location"]
    for _ in range(300):
        now = person.ask("GET", where).json()
        if now["done"] == now["total"]:
            break
    assert now["states"] == {"graded": 2}
    assert {item["kind"] for item in listed(person, f"batch={now['id']}")} == {"rescore"}
    assert len(listed(person, "counts=true")) == 2
    assert person.ask("POST", f"{where}/abort").status_code == 409
    nothing = person.ask("POST", "/api/v1/regrades", json=body | {"filter": {"flagged": "NONE001"}})
    assert (nothing.status_code, nothing.json()["type"]) == (409, "urn:assay:problem:nothing-matches")


def test_numbers_agree_in_every_format(admin: Person) -> None:
    """List, JSON and HTML tell one score."""
    one = listed(admin, "band=4")[0]
    here = one["links"]["self"]  # type: ignore[index]
    document = json.loads(admin.ask("GET", f"{here}/report.json").text)
    page: httpx2.Response = admin.ask("GET", f"{here}/report.html")
    assert document["overall"]["score"] == one["score"] == 85
    assert "85" in page.text
