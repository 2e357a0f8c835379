"""Characters that no database keeps, in every place that a request has: refused as the sender's mistake, never ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

import app.pages
from testing.site import Site
from tests.app.api.test_permissions import _routes, filled
from tests.app.support import candidates
from tests.app.support.people import Person, signed_in
from tests.app.support.possessions import everything

#: As they stand in an address; what is no UTF-8 too.
ODD = ("%00", "a%00b", "%FF", "%ED%A0%80", "%F0%9F%A6%84", "%0A", "%D9%A1" * 20, "%2E%2E", "a" * 3000, "9" * 30)
#: As Python and JSON write them.
TEXTS = ("\0", "a\0b", "\ud800", "🦄\u202e", "x" * 20_000)
TEMPLATES = Path(app.pages.__file__).parent / "templates"
REFUSED = {400, 404, 405, 409, 413, 415, 422, 428}


@pytest.fixture(scope="module")
def admin(site: Site) -> Person:
    return signed_in(site)


@pytest.fixture(scope="module")
def known(site: Site, admin: Person) -> dict[str, str]:
    """What may stand in the place of `{name}` in an address so that something of the administrator's is found."""
    ids = everything(site, admin)
    invited = candidates.graded(admin, email="odd@example.org")
    found = {"token": invited.link.removeprefix("/i/"), "run": "1", "name": "report.json", "code": "LEAK001"}
    for method, route in routes(site):
        for name in set(re.findall(r"{(\w+)}", route.path)) - set(found):
            if method == "DELETE" or "{token}" in route.path:
                continue
            for one in ids:
                if admin.ask(method, filled(route.path, one), json={}).status_code not in (404, 405):
                    found[name] = one
                    break
    assert {"submission_id", "invitation_id", "member_id", "webhook_id"} <= set(found)
    return found


def routes(site: Site) -> list[tuple[str, APIRoute]]:
    found = sorted(_routes(site.app.routes), key=lambda route: route.path)
    return [(method, route) for route in found for method in sorted(route.methods - {"HEAD"})]


def test_an_odd_id_is_found_nowhere(site: Site, admin: Person, known: dict[str, str]) -> None:
    """404 or 422 for every route with an id; in a path with a link's token, at either place."""
    named = [(method, route.path) for method, route in routes(site) if "{" in route.path]
    assert len(named) > 40
    for method, path in named:
        for odd in ODD:
            for address in {filled(path, odd), filled(path.replace("{token}", known["token"]), odd)} - {path}:
                if odd not in address:
                    continue
                status = admin.ask(method, address, json={}).status_code
                assert status in REFUSED, f"{method} {address[:200]}: {status}"


def test_an_odd_query_breaks_nothing(site: Site, admin: Person, known: dict[str, str]) -> None:
    """Every parameter of every route: an answer or a refusal."""
    asked = 0
    for method, route in routes(site):
        for name in _names(route.dependant, "query_params"):
            asked += 1
            for odd in ODD:
                address = f"{_address(route.path, known)}?{name}={odd}"
                answer = admin.ask(method, address)
                assert answer.status_code < 500, f"{method} {address}: {answer.text}"
    assert asked > 10


def test_an_odd_body_breaks_nothing(site: Site, admin: Person, known: dict[str, str]) -> None:
    """Every text in every JSON body, beside values that are right, for everything that the address may name."""
    document = site.http.get("/openapi.json").json()
    asked = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            for body in _bodies(schema, document) if schema else ():
                asked += 1
                headers = {**admin.headers, "If-Match": '"0"', "Content-Type": "application/json"}
                address = _address(path, known)
                answer = site.http.request(method.upper(), address, content=json.dumps(body), headers=headers)
                assert answer.status_code < 500, f"{method} {address} {body!r:.300}: {answer.text}"
    assert asked > 50


def test_an_odd_form_breaks_nothing(site: Site, admin: Person, known: dict[str, str]) -> None:
    """Every field that any of our pages has, in every form that is sent to them."""
    words = " ".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    names = sorted(set(re.findall(r'name="(\w+)"', words)) | set(re.findall(r'm\.\w+\("(\w+)"', words)))
    assert {"email", "rationale", "passcode"} <= set(names)
    forms = [route for method, route in routes(site) if method == "POST" and not route.path.startswith("/api/")]
    for route in forms:
        declared = _names(route.dependant, "body_params")
        for text in (b"%00", b"a%00b", b"%ED%A0%80", b"9" * 30):
            for one in declared or ["*"]:
                some = [one] if declared else names[:18]
                content = b"&".join(name.encode() + b"=" + text for name in some)
                headers = {**admin.headers, "Content-Type": "application/x-www-form-urlencoded"}
                answer = site.http.post(_address(route.path, known), content=content, headers=headers)
                assert answer.status_code < 500, f"{route.path} {content!r:.300}: {answer.text}"


@pytest.mark.parametrize("name", ["authorization", "cookie", "idempotency-key", "if-match", "if-none-match", "accept"])
def test_an_odd_header_breaks_nothing(site: Site, name: str) -> None:
    """Bytes that are no text, and texts that are no key."""
    for value in (b"\xff\xfe", b"assay_session=\xff", b"Bearer \xff", "Bearer \u0661".encode(), b"x" * 5000, b'"\xed'):
        for path in ("/api/v1/me", "/work", "/i/x", "/api/v1/submissions"):
            answer = site.http.request("POST" if path.endswith("submissions") else "GET", path, headers={name: value})
            assert answer.status_code < 500, f"{path} {value!r:.100}: {answer.text}"


def _names(dependant: Any, kind: str) -> list[str]:
    """The names of a route's parameters of this kind, those of what it depends on too."""
    own = [param.alias for param in getattr(dependant, kind)]
    return own + [name for part in dependant.dependencies for name in _names(part, kind)]


def _address(path: str, known: dict[str, str]) -> str:
    return re.sub(r"{(\w+)(:\w+)?}", lambda name: known.get(name[1], "x"), path)


def _bodies(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[Any]:
    """A body that is right but for one text, for each of its texts and each of TEXTS."""
    plain = _sample(schema, document)
    places = list(_texts(plain))
    for place in places:
        for text in TEXTS:
            yield _with(plain, place, text)


def _sample(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _sample(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _sample(schema[several][0], document)
    given = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ()), *schema.get("examples", ())]
    if given:
        return given[0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {name: _sample(each, document) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [_sample(schema.get("items", {}), document)]
    samples = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": False}
    long = "a" * max(4, schema.get("minLength", 0))
    return samples.get(str(kind), "a@example.org" if "@" in schema.get("pattern", "") else long)


def _texts(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield at
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(each, (*at, key))


def _with(value: Any, place: tuple[Any, ...], text: str) -> Any:
    if not place:
        return text
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _with(value[place[0]], place[1:], text)
    return copy
