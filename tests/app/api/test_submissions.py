"""The API over real HTTP, on a real PostgreSQL, with a stand-in for the grading."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from testing.site import Site


def test_an_upload_becomes_a_report_in_three_formats(site: Site) -> None:
    """202 with Location and Retry-After, then phases, then JSON, HTML and SARIF."""
    answer = site.upload()
    assert answer.status_code == 202
    assert answer.headers["retry-after"].isdigit()
    where = answer.headers["location"]
    seen = site.wait(where)
    assert seen["state"] == "graded"
    assert [phase["name"] for phase in seen["phases"]] == ["train", "predict"]  # type: ignore[attr-defined]
    links = seen["links"]
    document = site.http.get(links["report_json"], headers=site.headers)  # type: ignore[index]
    assert document.json()["submission"]["id"] == seen["id"]
    page = site.http.get(links["report_html"], headers=site.headers)  # type: ignore[index]
    assert page.text.startswith("<!doctype html>")
    findings = site.http.get(links["findings_sarif"], headers=site.headers)  # type: ignore[index]
    assert findings.json()["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/sarif+json", "application/sarif+json"),
        ("text/html;q=0.2, application/sarif+json;q=0.9", "application/sarif+json"),
        ("application/json;q=0, text/*", "text/html"),
    ],
)
def test_the_report_comes_as_the_accept_header_asks(site: Site, graded: str, accept: str, kind: str) -> None:
    """The format with the highest quality that is offered."""
    answer = site.http.get(f"{graded}/report", headers=site.headers | {"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == kind
    assert answer.headers["vary"] == "Accept"


@pytest.fixture(scope="module")
def graded(site: Site) -> str:
    where: str = site.upload().headers["location"]
    site.wait(where)
    return where


def test_a_stored_report_may_run_our_script_alone_and_load_nothing(site: Site, graded: str) -> None:
    """The page quotes candidates: it is sandboxed from our cookies, and admits the one script it was made with."""
    answer = site.http.get(f"{graded}/report.html", headers=site.headers)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    (script,) = re.findall(r"<script>([^<]*)</script>", answer.text)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    assert policy["sandbox"] == "allow-scripts"


def test_code_that_cannot_be_scored_is_ungraded_and_has_a_report(site: Site) -> None:
    """The candidate's failure is an ending with a report, not an error of ours."""
    seen = site.wait(site.upload("crash").headers["location"])
    assert seen["state"] == "ungraded"
    report = site.http.get(seen["links"]["report_json"], headers=site.headers)  # type: ignore[index]
    assert report.json()["status"] == "ungraded"


def test_a_refused_upload_says_why_and_leaves_nothing(site: Site) -> None:
    """422 with intake's own code, place and hint; no row and no blob."""
    before = _count(site)
    answer = site.upload("refuse me")
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["type"] == "urn:assay:problem:rejected"
    assert problem["reason"] == "NO_ENTRY"
    assert problem["where"] == {"path": "pipeline.py", "line": 3, "cell": None}
    assert problem["hint"]
    assert _count(site) == before


def _count(site: Site) -> int:
    with site.service.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM submissions").scalar_one())


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/submissions/ffffffffffffffffffff", 404, "not-found"),
        ("GET", "/api/v1/submissions/%00", 404, "not-found"),
        ("GET", "/api/v1/submissions/%F0%9F%A6%84", 404, "not-found"),
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("DELETE", "/api/v1/submissions", 405, "method-not-allowed"),
        ("POST", "/api/v1/submissions", 422, "no-file"),
        ("GET", "/i/no-such-token", 404, "not-found"),
    ],
)
def test_every_error_is_problem_details(site: Site, method: str, path: str, status: int, code: str) -> None:
    """RFC 9457 with a stable type."""
    answer = site.http.request(method, path, headers=site.headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:assay:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]


@pytest.mark.parametrize(
    "files",
    [
        {"file": ("", b"x")},
        {"file": (None, b"x")},
        {"other": ("pipeline.py", b"x")},
    ],
    ids=["no name", "a plain field", "another part"],
)
def test_a_form_without_a_file_says_what_to_send(site: Site, files: dict[str, object]) -> None:
    """Odd forms are refused, not broken on."""
    answer = site.http.post("/api/v1/submissions", files=files, headers=site.headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:assay:problem:no-file")


def test_an_unknown_challenge_is_refused(site: Site) -> None:
    """The id is checked before anything is stored."""
    answer = site.upload(data={"challenge": "alchemy\x00"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:assay:problem:unknown-challenge")


@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer x", "Basic eDp5", "Bearer assay_00000000_" + "a" * 43]
)
def test_without_a_valid_key_nothing_is_served(site: Site, graded: str, authorization: str | None) -> None:
    """401 on every route of the API, also for what exists."""
    headers = {"Authorization": authorization} if authorization else {}
    for method, path in (("POST", "/api/v1/submissions"), ("GET", graded), ("GET", f"{graded}/report")):
        answer = site.http.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/v1/invitations", {"GET", "HEAD", "POST"}),
        ("/api/v1/invitations/bulk", {"POST"}),
        ("/api/v1/i/x/data", {"GET", "HEAD", "DELETE"}),
        ("/healthz", {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_is_told_all_that_there_are(site: Site, path: str, methods: set[str]) -> None:
    """In the Allow header of the 405, of all functions that serve the address."""
    answer = site.http.request("TRACE", path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == methods


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/openapi.json", 200),
        ("/api/v1/invitations", 200),
        ("/static/assay.css", 200),
        ("/sign-in", 200),
        ("/not-there", 404),
    ],
)
def test_head_is_get_without_a_body(site: Site, path: str, status: int) -> None:
    """As monitors and checkers of links ask."""
    head, whole = (site.http.request(method, path, headers=site.headers) for method in ("HEAD", "GET"))
    assert (head.status_code, whole.status_code, head.content) == (status, status, b"")
    for name in ("content-type", "content-length", "etag", "allow"):
        assert head.headers.get(name) == whole.headers.get(name), name


@pytest.mark.parametrize(
    ("kind", "content"),
    [("application/json", b"\xff\xfe{"), ("application/json", b"{"), ("multipart/form-data; boundary=b", b"--c\r\nx")],
)
def test_a_body_that_is_no_json_or_form_is_refused_as_such(site: Site, kind: str, content: bytes) -> None:
    """422 like every other body that cannot be understood."""
    path = "/api/v1/invitations" if "json" in kind else "/api/v1/submissions"
    answer = site.http.post(path, content=content, headers=site.headers | {"Content-Type": kind})
    assert (answer.status_code, answer.json()["type"]) in [
        (422, "urn:assay:problem:invalid-request"),
        (422, "urn:assay:problem:no-file"),
    ]


def test_a_body_that_never_ends_is_cut_off(site: Site) -> None:
    """Without an announced length, reading stops within one chunk of the limit of 1 MB, with a 413."""
    chunk, read, sent = 2**16, 0, []

    async def receive() -> dict[str, object]:
        nonlocal read
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="pipeline.py"\r\n\r\n'
        body = bytes(chunk) if read else head.ljust(chunk, b"x")
        read += chunk
        return {"type": "http.request", "body": body, "more_body": True}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = site.headers | {"Content-Type": "multipart/form-data; boundary=b"}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    path = "/api/v1/submissions"
    scope = {"type": "http", "method": "POST", "path": path, "headers": raw, "query_string": b""}
    asyncio.run(site.app(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 413
    assert b"urn:assay:problem:too-large" in sent[1]["body"]  # type: ignore[operator]
    assert read <= 2**20 + chunk


def test_an_announced_size_above_the_limit_is_refused_at_once(site: Site) -> None:
    """413 as problem details."""
    answer = site.upload("x" * (2**20 + 10))
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:assay:problem:too-large")


def test_strangers_cannot_make_us_read_a_body(site: Site) -> None:
    """Who has no key is answered before the form is parsed."""
    answer = site.http.post("/api/v1/submissions", content=b"rubbish", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 401


def test_events_tell_every_phase_and_end_with_the_grading(site: Site, tmp_path: Path) -> None:
    """The stream shows the phases as they pass and closes after the final state."""
    where = site.upload(f"until {tmp_path}/train until {tmp_path}/predict").headers["location"]
    states, phases = [], set()
    with site.http.stream("GET", f"{where}/events", headers=site.headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("data: "):
                view = json.loads(line.removeprefix("data: "))
                states.append(view["state"])
                phases |= {(phase["name"], bool(phase["ended_at"])) for phase in view["phases"]}
                for phase in view["phases"]:
                    (tmp_path / phase["name"]).touch()  # it goes on once it was seen
    assert states[-1] == "graded"
    assert "grading" in states
    assert {("train", False), ("train", True), ("predict", False), ("predict", True)} <= phases


def test_openapi_describes_every_route_with_its_errors(site: Site) -> None:
    """The description loads, and every route of the API names its problem details."""
    document = site.http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    routes = {path for path in document["paths"] if path.startswith("/api/v1/")}
    assert len(routes) > 20
    for path in routes:
        refusal = (
            "404" if path.startswith(("/api/v1/i/", "/api/v1/l/")) else "401"
        )  # a candidate's token is in the path
        for operation in document["paths"][path].values():
            assert operation["tags"]
            assert "application/problem+json" in operation["responses"][refusal]["content"]
    assert document["components"]["schemas"]["ProblemDetails"]["properties"]["type"]


def test_the_report_schema_is_published(site: Site) -> None:
    """At the address that reports name, as JSON Schema 2020-12."""
    assert "2020-12" in site.http.get("/schemas/report/1.json").json()["$schema"]


def test_health_and_readiness(site: Site) -> None:
    """Both answer without a key."""
    assert site.http.get("/healthz").json() == {"status": "ok"}
    assert site.http.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/nothing", "/static/assay.css", "/i/wrong"])
def test_every_answer_carries_the_security_headers(site: Site, path: str) -> None:
    """Nothing inline, nothing foreign, no frames, no referrer, no sniffing."""
    headers = site.http.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
