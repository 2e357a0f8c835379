"""A POST sent twice with one Idempotency-Key is done once and answered twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from sqlalchemy import text

from app.store import idempotency
from testing.site import Site
from tests.app.support.people import Person, signed_in
from tests.app.support.rows import count

KEYS = "/api/v1/keys"


def post(person: Person, path: str, key: str, **more: object) -> httpx2.Response:
    headers = {**person.headers, "Idempotency-Key": key}
    return person.site.http.post(path, headers=headers, **more)  # type: ignore[arg-type]


def label(name: str = "one") -> dict[str, object]:
    return {"label": name, "scopes": ["read"]}


def replayed(answer: httpx2.Response) -> bool:
    return "idempotency-replayed" in answer.headers


@pytest.fixture
def person(site: Site) -> Person:
    return signed_in(site)


def test_an_upload_sent_again_is_graded_once(person: Person) -> None:
    """The second answer is the first, word for word, although the client drew another boundary for its form."""
    first, second = (
        post(person, "/api/v1/submissions", "upload", files={"file": ("pipeline.py", b"ok")}) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (202, 202)
    assert (replayed(first), replayed(second)) == (False, True)
    assert second.content == first.content
    for name in ("location", "retry-after", "content-type"):
        assert second.headers[name] == first.headers[name]
    assert count(person.site.service.engine, f"submissions WHERE org_id = '{person.org_id}'") == 1


def test_what_is_shown_once_is_kept_sealed(person: Person) -> None:
    """The key of a new API key comes again, and stands nowhere in the table in words."""
    first, second = (post(person, KEYS, "secret", json=label()) for _ in range(2))
    assert second.json() == first.json()
    with person.site.service.engine.connect() as connection:
        query = text("SELECT body FROM idempotency WHERE caller = :who AND key = 'secret'")
        stored = bytes(connection.execute(query, {"who": f"member:{person.member_id}"}).scalar_one())
    assert first.json()["key"].encode() not in stored


def test_a_key_is_used_for_one_request_only(person: Person) -> None:
    """Another body or another address under the same key is refused and not done."""
    post(person, KEYS, "reused", json=label())
    for path, body in ((KEYS, label("two")), (f"{KEYS}?x=1", label()), ("/api/v1/invitations", label())):
        answer = post(person, path, "reused", json=body)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:assay:problem:idempotency-key-reused")
    assert len(person.ask("GET", KEYS).json()) == 1


def test_two_at_once_are_done_once(person: Person) -> None:
    """Whoever comes while the first is being answered is told so, or gets its answer; nothing is done twice."""
    start = threading.Barrier(6)

    def send(_: int) -> httpx2.Response:
        start.wait()
        return post(person, KEYS, "at once", json=label())

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    busy = [answer.json()["type"] for answer in answers if answer.status_code == 409]
    assert set(busy) <= {"urn:assay:problem:still-being-answered"}
    assert len(person.ask("GET", KEYS).json()) == 1


def test_what_failed_is_not_remembered(person: Person) -> None:
    """A refused request may be put right and sent again with its key."""
    refused = post(person, "/api/v1/submissions", "again", files={"file": ("pipeline.py", b"refuse me")})
    taken = post(person, "/api/v1/submissions", "again", files={"file": ("pipeline.py", b"ok")})
    assert (refused.status_code, taken.status_code, replayed(taken)) == (422, 202, False)


def test_a_key_belongs_to_its_caller(site: Site, person: Person) -> None:
    """Somebody else's key of the same name is another one, and nobody is given another's answer."""
    other = signed_in(site)
    mine, theirs = (post(each, KEYS, "same name", json=label()) for each in (person, other))
    assert mine.json()["id"] != theirs.json()["id"]
    assert not replayed(theirs)


def test_nothing_is_repeated_to_a_credential_that_has_ended(person: Person) -> None:
    """401, although the answer is still kept."""
    made = person.ask("POST", KEYS, json={"label": "short", "scopes": ["submit"]}).json()
    headers = {"Authorization": f"Bearer {made['key']}", "Idempotency-Key": "kept"}
    files = {"file": ("pipeline.py", b"ok")}
    assert person.site.http.post("/api/v1/submissions", files=files, headers=headers).status_code == 202
    person.ask("DELETE", f"{KEYS}/{made['id']}")
    assert person.site.http.post("/api/v1/submissions", files=files, headers=headers).status_code == 401


@pytest.mark.parametrize("key", ["", "x" * 256, "ä"])
def test_a_key_that_is_none_is_refused(person: Person, key: str) -> None:
    """It has 1 to 255 ASCII characters."""
    headers = [*((name.encode(), value.encode()) for name, value in person.headers.items())]
    headers.append((b"Idempotency-Key", key.encode()))
    answer = person.site.http.post(KEYS, headers=headers, json=label())
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:assay:problem:bad-idempotency-key")
    assert person.ask("GET", KEYS).json() == []


def test_a_body_that_is_too_large_is_refused_before_it_is_remembered(person: Person) -> None:
    """413, as without a key."""
    answer = post(person, "/api/v1/submissions", "large", files={"file": ("pipeline.py", bytes(2**20 + 10))})
    assert answer.status_code == 413
    assert count(person.site.service.engine, "idempotency WHERE key = 'large'") == 0


def test_answers_are_kept_for_a_day_and_a_dead_server_holds_no_key(person: Person) -> None:
    """A request that was never answered frees its key after five minutes; answers are dropped after a day."""
    engine = person.site.service.engine
    post(person, KEYS, "kept", json=label())
    for minutes, key in ((6, "dead"), (1, "alive")):
        with engine.begin() as connection:
            values = {"who": f"member:{person.member_id}", "key": key, "minutes": minutes}
            row = "(:who, :key, '', now() - make_interval(mins => :minutes))"
            connection.execute(text(f"INSERT INTO idempotency (caller, key, request, created_at) VALUES {row}"), values)  # noqa: S608
    assert post(person, KEYS, "dead", json=label("two")).status_code == 201
    assert post(person, KEYS, "alive", json=label("three")).status_code == 422  # it was for something else
    with engine.begin() as connection:
        connection.execute(text("UPDATE idempotency SET created_at = now() - interval '25 hours' WHERE key = 'kept'"))
        idempotency.forget(connection)
    assert not replayed(post(person, KEYS, "kept", json=label()))
