"""A Greenhouse and an Ashby to test against: each calls us as its documents say, holds every answer of ours to them,
and takes what we send.

Written from grnhse/greenhouse-api-docs (source/includes/assessment, January 2026) and from Ashby's published OpenAPI
description of the assessment endpoints; nothing of either is copied.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import jsonschema

TEXT = {"type": "string", "minLength": 1}
PLAIN = {"type": ["string", "number", "boolean", "null"]}
LIST_TESTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"partner_test_id": TEXT, "partner_test_name": TEXT},
        "required": ["partner_test_id", "partner_test_name"],
    },
}
SEND_TEST = {
    "type": "object",
    "properties": {"partner_interview_id": TEXT},
    "required": ["partner_interview_id"],
    "additionalProperties": False,
}
TEST_STATUS = {
    "type": "object",
    "properties": {
        "partner_status": TEXT,
        "partner_profile_url": {"type": ["string", "null"]},
        "partner_score": {"type": ["number", "null"]},
        "metadata": {"type": ["object", "null"], "additionalProperties": PLAIN},
    },
    "required": ["partner_status"],
    "additionalProperties": False,
    "if": {"properties": {"partner_status": {"const": "complete"}}},
    "then": {"properties": {"partner_profile_url": TEXT}, "required": ["partner_profile_url"]},
}
RESPONSE_ERROR = {"type": "object", "properties": {"status": {"const": 200}}, "required": ["status"]}

BLOB = {
    "type": "object",
    "properties": {
        "identifier": TEXT,
        "label": TEXT,
        "description": {"type": "string"},
        "type": {"enum": ["numeric_score", "numeric_duration_minutes", "url", "string", "boolean_success"]},
        "value": {"type": ["string", "number", "boolean"]},
    },
    "required": ["identifier", "label", "type", "value"],
    "additionalProperties": False,
}
LINK = {"allOf": [BLOB, {"properties": {"type": {"const": "url"}}}]}
UPDATE = {
    "type": "object",
    "properties": {
        "assessment_id": TEXT,
        "timestamp": {"type": "integer", "minimum": 1_600_000_000_000},
        "assessment_status": BLOB,
        "assessment_profile_url": LINK,
        "assessment_result": BLOB,
        "cancelled_reason": BLOB,
        "metadata": {"type": "array", "items": BLOB},
    },
    "required": ["assessment_id", "timestamp"],
    "additionalProperties": False,
    "anyOf": [{"required": ["assessment_status"]}, {"required": ["cancelled_reason"]}],
    "dependentRequired": {"assessment_result": ["assessment_profile_url"]},
}
STARTED = {
    "type": "object",
    "properties": {
        "success": {"const": True},
        "results": {"type": "object", "properties": {"assessment_id": TEXT}, "required": ["assessment_id"]},
    },
    "required": ["success", "results"],
}
LISTED = {
    "type": "object",
    "properties": {
        "success": {"const": True},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"assessment_type_id": TEXT, "name": TEXT, "description": {"type": "string"}},
                "required": ["assessment_type_id", "name"],
            },
        },
    },
    "required": ["success", "results"],
}


@dataclass
class Received:
    """One request of ours, as it arrived."""

    method: str
    path: str
    authorization: str
    body: bytes

    @property
    def user(self) -> str:
        return base64.b64decode(self.authorization.removeprefix("Basic ")).decode().removesuffix(":")


@dataclass
class StandIn:
    """A tracking system.  `before` runs when a request of ours has arrived; where it gives something true, there is no
    answer and nothing was done.  `answers` come first, then 200."""

    url: str
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    completed: set[str] = field(default_factory=set)
    before: Callable[[], object] = bool

    def log(self) -> str:
        """What was received, one line each, for a report."""
        return "\n".join(f"{one.method} {one.path} {one.body.decode()[:300]}" for one in self.received)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            mine.received.append(Received(self.command, self.path, self.headers.get("authorization", ""), body))
            if mine.before():
                return
            status = mine.answers.pop(0) if mine.answers else 200
            if status == 200:
                mine.completed.add(self.path)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        do_PATCH = do_POST = _take  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mine = StandIn(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield mine
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Greenhouse:
    """The side of Greenhouse that calls us."""

    http: httpx2.Client
    addresses: Mapping[str, str]
    key: str
    stand_in: StandIn

    def ask(self, method: str, call: str, key: str | None = None, **more: Any) -> httpx2.Response:
        credentials = base64.b64encode(f"{self.key if key is None else key}:".encode()).decode()
        path = "/" + self.addresses[call].split("/", 3)[3]
        return self.http.request(method, path, headers={"Authorization": f"Basic {credentials}"}, **more)

    def list_tests(self) -> list[dict[str, str]]:
        return list(checked(self.ask("GET", "list_tests"), LIST_TESTS))

    def send_test(self, number: int = 12345, email: str = "hpotter@example.org", **more: Any) -> str:
        answer = self.ask("POST", "send_test", json=self.body(number, email) | more)
        return str(checked(answer, SEND_TEST)["partner_interview_id"])

    def body(self, number: int = 12345, email: str = "hpotter@example.org") -> dict[str, Any]:
        candidate = {
            "first_name": "Harry",
            "last_name": "Potter",
            "preferred_name": None,
            "resume_url": "https://hogwarts.example/resume",
            "phone_number": None,
            "email": email,
            "greenhouse_profile_url": "https://app.greenhouse.io/people/17681532?application_id=26234709",
            "added_later": {"by": "them"},
        }
        return {
            "partner_test_id": "ml_pipeline",
            "candidate": candidate,
            "sent_by": "test_sender@example.org",
            "url": f"{self.stand_in.url}/integrations/testing_partners/take_home_tests/{number}",
        }

    def test_status(self, interview: str) -> dict[str, Any]:
        answer = self.ask("GET", "test_status", params={"partner_interview_id": interview})
        return dict(checked(answer, TEST_STATUS))


@dataclass(frozen=True)
class Ashby:
    """The side of Ashby that calls us, with its key in any of the places that a test names."""

    http: httpx2.Client
    addresses: Mapping[str, str]
    headers: Mapping[str, str]

    def ask(self, call: str, body: Mapping[str, Any]) -> httpx2.Response:
        return self.http.post("/" + self.addresses[call].split("/", 3)[3], headers=dict(self.headers), json=dict(body))

    def listed(self) -> list[dict[str, str]]:
        return list(checked(self.ask("assessment.list", {}), LISTED)["results"])

    def start(self, application: str = "a-1", email: str = "kim@example.org") -> str:
        return str(
            checked(self.ask("assessment.start", self.body(application, email)), STARTED)["results"]["assessment_id"]
        )

    def body(self, application: str = "a-1", email: str = "kim@example.org") -> dict[str, Any]:
        return {
            "assessment_type_id": "ml_pipeline",
            "candidate": {
                "ashby_id": "c-1",
                "first_name": "Kim",
                "last_name": "Lee",
                "email": email,
                "ashby_profile_url": "https://app.ashbyhq.com/candidates/c-1",
            },
            "application": {"ashby_id": application, "status": "Active"},
            "job": {"ashby_id": "j-1", "name": "Engineer", "ashby_job_url": "https://app.ashbyhq.com/jobs/j-1"},
        }


def updates(stand_in: StandIn) -> list[dict[str, Any]]:
    """What was sent to assessment.update, each held to its schema; times have to grow."""
    bodies = [json.loads(one.body) for one in stand_in.received]
    for body in bodies:
        jsonschema.validate(body, UPDATE)
    stamps = [body["timestamp"] for body in bodies]
    assert stamps == sorted(set(stamps))
    return bodies


def checked(answer: httpx2.Response, schema: Mapping[str, Any]) -> Any:
    """The JSON of a good answer, which keeps to the schema."""
    assert answer.status_code == 200, answer.text
    jsonschema.validate(answer.json(), dict(schema))
    return answer.json()
