"""Handing in from git: the commit is fixed and its history shown; a hostile repository is refused with a reason."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from dulwich.bundle import create_bundle_from_repo, write_bundle
from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import MemoryRepo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from app.intake.problems import Rejected
from app.platform.settings import Settings
from app.submissions import fetching, git, repository
from app.submissions.repository import Fetched, Wanted
from testing.site import Site, free_port, new_database, running_site
from tests.app.conftest import MADE
from tests.app.support.people import signed_in

#: A token, and what of it stands in the header.
TOKEN, SENT = "s3cret", "Z2l0OnMzY3JldA=="
PIPELINE = b"score 81 # pipeline"
FILE, LINK, SUBMODULE, FOLDER = 0o100644, 0o120000, 0o160000, 0o40000


def commit(
    repo: MemoryRepo, tree: Tree, message: str = "work", parents: list[bytes] | None = None, at: int = 0
) -> bytes:
    made = Commit()
    made.tree = tree.id
    made.parents = parents or []  # type: ignore[assignment]
    made.author = made.committer = b"Kim <kim@example.org>"
    made.author_time = made.commit_time = 1_770_000_000 + at
    made.author_timezone = made.commit_timezone = 0
    made.message = message.encode()
    repo.object_store.add_object(made)
    return bytes(made.id)


def tree_of(repo: MemoryRepo, entries: dict[bytes, tuple[int, bytes]]) -> Tree:
    tree = Tree()
    for name, (mode, data) in entries.items():
        if mode == SUBMODULE:
            tree.add(name, mode, b"1" * 40)  # type: ignore[arg-type]
            continue
        blob = Blob.from_string(data)
        repo.object_store.add_object(blob)
        tree.add(name, mode, blob.id)
    repo.object_store.add_object(tree)
    return tree


def repository_of(*trees: dict[bytes, tuple[int, bytes]]) -> tuple[MemoryRepo, list[bytes]]:
    """A repository with one commit a tree on `main`; the commits, the first one first."""
    repo, commits = MemoryRepo(), list[bytes]()
    for place, entries in enumerate(trees):
        commits.append(commit(repo, tree_of(repo, entries), f"step {place + 1}", commits[-1:], place))
    repo.refs[b"refs/heads/main"] = commits[-1]  # type: ignore[index,assignment]
    repo.refs.set_symbolic_ref(b"HEAD", b"refs/heads/main")  # type: ignore[arg-type]
    return repo, commits


def honest() -> tuple[MemoryRepo, list[bytes]]:
    first = {b"pipeline.py": (FILE, PIPELINE), b"lib": (SUBMODULE, b"")}
    second = first | {b"test_pipeline.py": (FILE, b"def test(): pass\n")}
    repo, commits = repository_of(first, second, second | {b"README.md": (FILE, b"Read me.\n")})
    repo.refs[b"refs/heads/early"] = commits[0]  # type: ignore[index,assignment]
    repo.refs[b"refs/tags/v1"] = commits[1]  # type: ignore[index,assignment]
    return repo, commits


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(repo: MemoryRepo, secret: str = "") -> Iterator[str]:
    """dulwich's own server of git over HTTP; with a secret it asks for it."""
    app = make_wsgi_chain(DictBackend({"/work.git": repo}))

    def guarded(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if secret and secret not in environ.get("HTTP_AUTHORIZATION", ""):
            start("401 Unauthorized", [("Content-Length", "0")])
            return []
        return app(environ, start)

    server = make_server("127.0.0.1", 0, guarded, WSGIServer, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/work.git"
    finally:
        server.shutdown()
        server.server_close()


def names(fetched: Fetched) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(fetched.data)).namelist())


def reason(work: Callable[[], object]) -> str:
    with pytest.raises(Rejected) as refused:
        work()
    return refused.value.problem.code


def bundle_of(repo: MemoryRepo) -> bytes:
    target = io.BytesIO()
    with create_bundle_from_repo(repo) as bundle:
        write_bundle(target, bundle)
    return target.getvalue()


@pytest.mark.parametrize(("ref", "which", "files"), [("", 2, 3), ("main", 2, 3), ("early", 0, 1), ("v1", 1, 2)])
def test_a_branch_a_tag_or_a_commit_is_fetched(ref: str, which: int, files: int) -> None:
    """With the history up to it; a submodule is left out; the same commit is the same bytes."""
    repo, commits = honest()
    with serving(repo) as url:
        fetched = git.fetched(Wanted(url, ref), private=True)
        again = git.fetched(Wanted(url, commits[which].decode()), private=True)
    assert fetched.commit == commits[which].decode()
    assert (len(names(fetched)), len(fetched.steps), fetched.whole) == (files, which + 1, True)
    assert fetched.data == again.data
    assert [step.tests for step in fetched.steps] == [0, 1, 0][: which + 1]
    assert fetched.steps[0].files == 2
    assert fetched.name == f"work-{fetched.commit[:10]}.zip"


def test_a_bundle_is_the_same_as_its_repository() -> None:
    repo, commits = honest()
    taken = fetching.unbundle(bundle_of(repo))
    assert (taken.commit, len(taken.steps)) == (commits[2].decode(), 3)
    assert names(taken) == {"pipeline.py", "test_pipeline.py", "README.md"}
    assert repository.is_bundle(bundle_of(repo))
    for odd in (b"# v2 git bundle\n", b"# v2 git bundle\n\nPACK", b"# v3 git bundle\n" + b"x" * 1000):
        assert reason(lambda: fetching.unbundle(odd)).startswith("REPOSITORY_"), odd  # noqa: B023


def test_a_private_repository_opens_to_its_token_alone() -> None:
    repo, _ = honest()
    with serving(repo, SENT) as url:
        assert reason(lambda: git.fetched(Wanted(url), private=True)) == "REPOSITORY_UNREACHABLE"
        assert git.fetched(Wanted(url, secret=TOKEN), private=True).steps
    assert TOKEN not in repr(Wanted(url, secret=TOKEN))


ADDRESSES = [
    "ext::sh -c touch% /tmp/pwned",
    "file:///etc",
    "/etc",
    "ssh://git@example.org/x",
    "git@example.org:x",
    "https://127.0.0.1/x.git",
    "https://[::1]/x.git",
    "https://169.254.169.254/x.git",
    "https://user:pw@example.org/x.git",
    "http://example.org/x.git",
    "https://localhost/x.git",
    "-u;id",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_only_public_https_addresses_are_asked(url: str) -> None:
    assert reason(lambda: git.fetched(Wanted(url))) == "REPOSITORY_ADDRESS"


ODD: dict[str, tuple[dict[bytes, tuple[int, bytes]], str]] = {
    "a way out": ({b"..": (FILE, b"x")}, "NAME_UNSAFE"),
    "a path": ({b"../../etc/passwd": (FILE, b"x")}, "NAME_UNSAFE"),
    "a backslash": ({b"a\\b": (FILE, b"x")}, "NAME_UNSAFE"),
    "no UTF-8": ({b"\xff\xfe": (FILE, b"x")}, "NAME_UNSAFE"),
    "a link": ({b"link": (LINK, b"/etc/passwd")}, "FILE_SPECIAL"),
    "many files": ({b"%05d" % n: (FILE, b"") for n in range(5001)}, "ARCHIVE_TOO_MANY"),
    "large files": ({b"%d" % n: (FILE, bytes(9 * 2**20)) for n in range(4)}, "ARCHIVE_TOO_BIG"),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_an_archive_may_not_hold_a_commit_may_not_either(kind: str) -> None:
    entries, code = ODD[kind]
    repo, _ = repository_of({b"pipeline.py": (FILE, PIPELINE), **entries})
    with serving(repo) as url:
        assert reason(lambda: git.fetched(Wanted(url), private=True)) == code


def test_a_tree_that_unfolds_without_end_is_stopped() -> None:
    """Forty trees, each ten times in the next: ten to the fortieth files."""
    repo = MemoryRepo()
    tree = tree_of(repo, {b"f": (FILE, b"x")})
    for _ in range(40):
        outer = Tree()
        for place in range(10):
            outer.add(b"%d" % place, FOLDER, tree.id)
        repo.object_store.add_object(outer)
        tree = outer
    repo.refs[b"refs/heads/main"] = commit(repo, tree)  # type: ignore[index,assignment]
    with serving(repo) as url:
        code = reason(lambda: git.fetched(Wanted(url, "main"), private=True))
    assert code in ("ARCHIVE_TOO_MANY", "NAME_TOO_LONG", "REPOSITORY_BROKEN")


def test_a_pack_that_unfolds_meets_the_limits_of_the_process() -> None:
    """A hundred megabytes of zeros in a hundred kilobytes."""
    repo = MemoryRepo()
    tree = tree_of(repo, {b"big": (FILE, bytes(100 * 2**20))})
    repo.refs[b"refs/heads/main"] = commit(repo, tree)  # type: ignore[index,assignment]
    assert reason(lambda: fetching.unbundle(bundle_of(repo))) in (
        "READING_LIMIT",
        "REPOSITORY_TOO_BIG",
        "ARCHIVE_TOO_BIG",
    )


def test_a_long_history_is_read_as_far_as_it_is_shown() -> None:
    repo, _ = repository_of(*({b"pipeline.py": (FILE, b"# %d" % n)} for n in range(260)))
    with serving(repo) as url:
        fetched = git.fetched(Wanted(url), private=True)
    assert (len(fetched.steps) <= git.MOST_COMMITS, fetched.whole) == (True, False)
    assert names(fetched) == {"pipeline.py"}


@pytest.mark.parametrize("kind", ["endless", "redirect", "nonsense", "missing"])
def test_a_server_that_is_no_repository_is_left(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sends without end, sends us elsewhere, or sends anything else."""
    monkeypatch.setattr(git, "MAX_BYTES", 2**20)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response({"redirect": 302, "missing": 404}.get(kind, 200))
            self.send_header("location", "http://127.0.0.1:1/")
            self.send_header("content-type", "application/x-git-upload-pack-advertisement")
            self.end_headers()
            try:
                for _ in range(4096 if kind == "endless" else 1):
                    self.wfile.write(b"001e# service=git-upload-pack\n" + b"\0" * 4096)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/work.git"
    wanted = {"endless": "REPOSITORY_TOO_BIG", "redirect": "REPOSITORY_ADDRESS"}.get(kind, "REPOSITORY_")
    assert reason(lambda: git.fetched(Wanted(url), private=True)).startswith(wanted)
    server.shutdown()
    server.server_close()


def test_an_unknown_branch_is_named_as_such() -> None:
    repo, _ = honest()
    with serving(repo) as url:
        assert reason(lambda: git.fetched(Wanted(url, "nowhere"), private=True)) == "REPOSITORY_REF"
        code = reason(lambda: git.fetched(Wanted(url, "f" * 40), private=True))
        assert code.startswith("REPOSITORY_")


@pytest.fixture(scope="module")
def open_site(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(
        home=home,
        database_url=new_database(postgres, MADE),
        port=free_port(),
        retry_seconds=0,
        requests_per_second=10_000,
        webhooks_to_private=True,
    )
    with running_site(settings) as made:
        yield made


def test_a_candidate_hands_in_from_git_and_the_debrief_shows_how_it_came_to_be(open_site: Site) -> None:
    """By the form, without JavaScript, and by the API; the commit is shown; the history is no one's fault."""
    admin = signed_in(open_site)
    made = admin.ask("POST", "/api/v1/invitations", json={"email": "kim@example.org"}).json()
    link = "/i/" + made["link"].rpartition("/i/")[2]
    repo, commits = repository_of({b"pipeline.py": (FILE, PIPELINE)}, {b"pipeline.py": (FILE, PIPELINE + b"!")})
    same = {"Sec-Fetch-Site": "same-origin"}
    with serving(repo) as url:
        wrong = open_site.http.post(f"{link}/repository", data={"url": url, "ref": "nowhere"}, headers=same)
        assert (wrong.status_code, "no such branch" in wrong.text) == (422, True)
        sent = open_site.http.post(f"{link}/repository", data={"url": url}, headers=same)
        assert sent.status_code == 303, sent.text
        by_api = open_site.http.post(f"/api/v1{link}/repositories", json={"url": url, "secret": TOKEN})
        assert by_api.status_code == 202, by_api.text
    assert commits[1].decode() in open_site.http.get(sent.headers["location"]).text
    open_site.wait(by_api.headers["location"])
    page = admin.ask("GET", f"/work/c/{made['id']}/debrief").text
    assert "How it came to be" in page
    assert "No commit has tests." in page
    assert "step 2" in page
    admin.ask("PATCH", "/api/v1/organisation", json={"blind": True})
    with open_site.service.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM repositories").all())
    assert commits[1].decode() in kept
    assert TOKEN not in kept


def test_a_bundle_is_handed_in_as_a_file(open_site: Site) -> None:
    admin = signed_in(open_site)
    made = admin.ask("POST", "/api/v1/invitations", json={"email": "lee@example.org"}).json()
    api = "/api/v1/i/" + made["link"].rpartition("/i/")[2]
    repo, commits = repository_of({b"pipeline.py": (FILE, PIPELINE)})
    sent = open_site.http.post(f"{api}/submissions", files={"file": ("work.bundle", bundle_of(repo))})
    assert sent.status_code == 202, sent.text
    assert commits[0].decode()[:10] in sent.json()["name"]
