"""Handing in by pushing: what a git server tells is believed with its signature alone; each commit counts once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.store import pushes as stored
from app.submissions import pushes
from testing.site import Site
from testing.waiting import until
from tests.app.invitations.test_attempts import Candidate, invited
from tests.app.submissions.test_repository import honest, serving

PUSH = "refs/heads/main"


@pytest.fixture
def open_site(make_site: Callable[..., Site]) -> Site:
    return make_site(webhooks_to_private=True)


@pytest.fixture
def work() -> Iterator[tuple[str, list[str]]]:
    """The address of a repository, and its commits."""
    repo, commits = honest()
    with serving(repo) as url:
        yield url, [commit.decode() for commit in commits]


def wished(candidate: Candidate, url: str, kind: str = "graded") -> dict[str, Any]:
    answer = candidate.ask("PUT", "/push", json={"url": url, "branch": "main", "kind": kind})
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


def call(site: Site, view: dict[str, Any], commit: str, **other: Any) -> Any:
    """GitHub's call about a push; `other` replaces parts of it."""
    body = json.dumps({"ref": other.get("ref", PUSH), "after": commit, "commits": []}).encode()
    signature = hmac.new(view["secret"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-GitHub-Event": other.get("event", "push"), "X-Hub-Signature-256": f"sha256={signature}"}
    path = view["call"].removeprefix(site.settings.base_url)
    return site.http.post(path, content=other.get("body", body), headers=other.get("headers", headers))


def handed_in(candidate: Candidate, count: int) -> list[dict[str, Any]]:
    """What is handed in, once it is so many, and the last push is noted."""
    until(lambda: candidate.ask("GET", "/push").json()["last_at"])
    return list(until(lambda: candidate.see()["submissions"], lambda handed_in: len(handed_in) >= count))


def test_a_push_hands_in_its_commit_once(open_site: Site, work: tuple[str, list[str]]) -> None:
    """However often it is told, by GitHub or GitLab; the next commit is the next attempt."""
    url, commits = work
    candidate = invited(open_site)
    view = wished(candidate, url)
    assert call(open_site, view, commits[1]).status_code == 202
    (first,) = handed_in(candidate, 1)
    assert (first["kind"], candidate.ask("GET", "/push").json()["last_submission"]) == ("graded", first["id"])
    gitlab = {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": view["secret"]}
    for _ in range(2):
        assert call(open_site, view, commits[1], headers=gitlab).json() == {"status": "queued"}
    assert call(open_site, view, commits[2], headers=gitlab).status_code == 202
    assert len(handed_in(candidate, 2)) == 2
    push = stored_push(open_site, candidate)
    pushes.take(open_site.service, push.id, commits[1], 1)
    assert len(candidate.see()["submissions"]) == 2


def stored_push(site: Site, candidate: Candidate) -> stored.Push:
    with site.service.engine.connect() as connection:
        push = stored.of_invitation(connection, candidate.see()["id"])
    assert push is not None
    return push


def test_a_push_becomes_a_check_unless_attempts_were_asked_for(open_site: Site, work: tuple[str, list[str]]) -> None:
    url, commits = work
    candidate = invited(open_site)
    call(open_site, wished(candidate, url, "check"), commits[2])
    (only,) = handed_in(candidate, 1)
    assert (only["kind"], candidate.see()["attempts_left"]) == ("check", candidate.see()["attempts"])


def test_what_is_not_signed_or_tells_of_something_else_does_nothing(site: Site) -> None:
    """Refused: a wrong secret, no signature, an ended wish.  Ignored: another branch or event, a branch that went."""
    candidate = invited(site)
    view = wished(candidate, "https://example.org/work.git")
    commit = "1" * 40
    refused = [
        call(site, view | {"secret": "other"}, commit),
        call(site, view, commit, headers={"X-GitHub-Event": "push"}),
        call(site, view, commit, headers={"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": ""}),
        call(site, view, commit, headers={"X-Hub-Signature-256": b"sha256=" + b"\xe9" * 64}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4
    ignored = [
        call(site, view, commit, ref="refs/heads/other"),
        call(site, view, commit, ref="refs/tags/main"),
        call(site, view, commit, event="ping"),
        call(site, view, "0" * 40),
        call(site, view, "HEAD"),
    ]
    assert [answer.json() for answer in ignored] == [{"status": "ignored"}] * 5
    token = {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": view["secret"]}
    assert call(site, view, commit, headers=token, body=b"payload=1").status_code == 422
    assert call(site, view, commit, headers=token, body=b"x" * (pushes.MOST + 1)).status_code == 413
    new = wished(candidate, "https://example.org/work.git")
    assert (new["secret"] == view["secret"], call(site, view, commit).status_code) == (False, 404)
    assert candidate.ask("DELETE", "/push").status_code == 204
    assert (candidate.ask("GET", "/push").status_code, call(site, new, commit).status_code) == (404, 404)
    assert candidate.see()["submissions"] == []


def test_why_a_push_became_nothing_is_said(site: Site) -> None:
    """No attempt is spent; the address is examined as any other."""
    candidate = invited(site)
    wished(candidate, "https://127.0.0.1/work.git")
    pushes.take(site.service, stored_push(site, candidate).id, "1" * 40, 1)
    assert candidate.ask("GET", "/push").json()["problem"] == "It must lead to a public address."
    assert candidate.see()["submissions"] == []


def test_the_page_shows_the_key_and_sets_up_pushing(site: Site) -> None:
    candidate = invited(site)
    link, here = candidate.api.removeprefix("/api/v1"), {"Sec-Fetch-Site": "same-origin"}
    key = candidate.ask("GET", "/deploy-key").json()["public_key"]
    assert key in site.http.get(link).text
    wrong = site.http.post(f"{link}/push", data={"url": "no", "branch": "main"}, headers=here)
    assert wrong.status_code == 422
    form = {"url": "git@github.com:kim/work.git", "branch": "main", "kind": "graded"}
    assert site.http.post(f"{link}/push", data=form, headers=here, follow_redirects=False).status_code == 303
    view = candidate.ask("GET", "/push").json()
    assert view["url"] == "ssh://git@github.com/kim/work.git"
    page = site.http.get(link).text
    assert (view["secret"] in page, view["call"] in page) == (True, True)
    assert site.http.post(f"{link}/push", data={"do": "end"}, headers=here, follow_redirects=False).status_code == 303
    assert candidate.ask("GET", "/push").status_code == 404
