"""What speaks git: the files of one commit as a zip, and when they came to be.

dulwich reads git in Python.  It runs no program, hook or filter, follows no submodule, and knows nothing of LFS.
Nothing is written to disk, and no configuration or credential of this machine is read.  All of it happens in a
process with limits, which alone loads this: `app.submissions.fetching` is what others call.
"""

from __future__ import annotations

import base64
import io
import re
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
from dulwich.bundle import read_bundle
from dulwich.client import AbstractHttpGitClient, GitClient
from dulwich.diff_tree import tree_changes
from dulwich.errors import GitProtocolError, NotGitRepository
from dulwich.object_store import MemoryObjectStore
from dulwich.objects import Blob, Commit, Tag, Tree
from paramiko.ssh_exception import SSHException

from app.intake.problems import Rejected, rejected
from app.submissions import ssh
from app.submissions.repository import HASH, Fetched, Step, Wanted
from app.submissions.ssh_client import Denied, SshClient, UnknownHost
from app.webhooks import address
from app.words import _
from graders.archive import packed

#: Bytes that a server may send, and seconds that it may take.
MAX_BYTES, MAX_SECONDS = 32 * 2**20, 60.0
#: Commits that are looked at for the timeline.
MOST_COMMITS = 200
#: Entries of trees, how deep they lie, and bytes of files, of the commit that is handed in.
MOST_ENTRIES, DEEPEST, MOST_BYTES = 5000, 40, 32 * 2**20
TESTS = re.compile(r"(?:^|/)(?:tests?/|test_[^/]{0,100}\.py$|[^/]{1,100}_test\.py$)")
SUBJECT_MAX = 120


def unbundled(data: bytes) -> Fetched:
    """What is in a bundle; Rejected where it cannot be read, or needs commits that are not in it."""
    store = MemoryObjectStore()
    try:
        with read_bundle(io.BytesIO(data)) as bundle:
            if bundle.prerequisites:
                raise rejected("REPOSITORY_BROKEN", _("The bundle needs commits that are not in it."))
            references = dict(bundle.references)
        start = data.index(b"\n\n") + 2
        _add(store, data[start:])
        return _read(store, _chosen({bytes(name): bytes(sha) for name, sha in references.items()}, ""), "bundle")
    except RecursionError:
        _broken()
    except Exception as fault:
        _refuse(fault)


def fetched(wanted: Wanted, *, private: bool = False) -> Fetched:
    """The commit, fetched over https or ssh; Rejected with a reason where it is not to be had.

    `private` allows http and addresses that are not public.
    """
    wanted = replace(wanted, url=ssh.normal(wanted.url))
    try:
        make = _over_ssh(wanted, private=private) if wanted.url.startswith("ssh://") else _over_http(wanted, private)
    except address.Unsafe as no:
        raise rejected("REPOSITORY_ADDRESS", str(no)) from None
    name = urlsplit(wanted.url).path.rstrip("/").rpartition("/")[2].removesuffix(".git") or "repository"
    try:
        for depth in (MOST_COMMITS, 1):
            try:
                return _fetched(make(), wanted, name, depth)
            except _TooBig:
                if depth == 1:
                    raise
        raise _TooBig
    except Exception as fault:
        _refuse(fault)


def _over_http(wanted: Wanted, private: bool) -> Callable[[], GitClient]:
    target = address.resolve(wanted.url, private=private)
    return lambda: _Client(wanted, target)


def _over_ssh(wanted: Wanted, *, private: bool) -> Callable[[], GitClient]:
    """Unsafe for an address that is none, or not public: the same rules as for https."""
    try:
        parts = urlsplit(wanted.url)
        port = parts.port or ssh.PORT
    except ValueError:
        raise address.Unsafe(_("It is not a URL.")) from None
    if not parts.hostname or parts.password is not None or not ssh.USER.fullmatch(parts.username or "git"):
        raise address.Unsafe(_("It must look like ssh://git@host/path."))
    if not ssh.quotable(parts.path) or parts.query or parts.fragment:
        raise address.Unsafe(_("Its path holds characters that we do not send."))
    place = address.address_of(parts.hostname, port, private=private)
    return lambda: SshClient(wanted.url, place, wanted.seed, wanted.hosts, _Budget().spend)


class _Budget:
    """What a server may send, and how long it may take."""

    def __init__(self) -> None:
        self._left, self._until = MAX_BYTES, time.monotonic() + MAX_SECONDS

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise _TooBig
        if time.monotonic() > self._until:
            raise _TooSlow


def _fetched(client: GitClient, wanted: Wanted, name: str, depth: int) -> Fetched:
    store, pack = MemoryObjectStore(), io.BytesIO()
    chosen: list[bytes] = []

    def wants(refs: Mapping[bytes, bytes], depth: int | None = None) -> list[bytes]:  # noqa: ARG001
        chosen.append(_chosen(refs, wanted.ref))
        return chosen

    path = urlsplit(wanted.url).path
    client.fetch_pack(path, wants, _Nothing(), pack.write, depth=depth)  # type: ignore[arg-type]
    _add(store, pack.getvalue())
    return _read(store, chosen[0], name)


class _TooBig(Exception):
    """The server sends more than MAX_BYTES."""


class _TooSlow(Exception):
    """The server takes longer than MAX_SECONDS."""


class _Moved(Exception):
    """The server sends us elsewhere."""


class _NoRef(Exception):
    """There is no such branch, tag or commit."""


class _Nothing:
    """A graph walker that has no commit yet."""

    shallow: frozenset[bytes] = frozenset()
    unshallow: frozenset[bytes] = frozenset()

    def __init__(self) -> None:
        self.shallow = self.unshallow = frozenset()

    def __next__(self) -> None:
        return None

    def ack(self, _sha: bytes) -> None:
        """Nothing is had in common."""

    def nak(self) -> None:
        """Nothing is had in common."""

    def update_shallow(self, _new: object, _gone: object) -> None:
        """Where the history was cut does not matter: it is read as far as it is there."""


class _Client(AbstractHttpGitClient):
    """Git over HTTP to the very address that was examined; nothing is followed, and what is read is bounded."""

    def __init__(self, wanted: Wanted, target: address.Target) -> None:
        parts = urlsplit(wanted.url)
        super().__init__(f"{parts.scheme}://{parts.netloc}/", quiet=True)
        self._target, self._secret, self._budget = target, wanted.secret, _Budget()

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,  # noqa: ARG002
    ) -> tuple[Any, Callable[[int], bytes]]:
        parts = urlsplit(url)
        where = address.Target(
            self._target.scheme,
            self._target.host,
            self._target.port,
            self._target.address,
            parts.path + (f"?{parts.query}" if parts.query else ""),
        )
        sent = {"user-agent": "git/2.40 (Assay)", **(headers or {})}
        sent |= {"host": where.authority, "accept-encoding": "identity"}
        if self._secret:
            user, _colon, token = self._secret.rpartition(":")
            sent["authorization"] = "Basic " + base64.b64encode(f"{user or 'git'}:{token}".encode()).decode()
        body = data if data is None or isinstance(data, bytes) else b"".join(data)
        with (
            httpx.Client(follow_redirects=False, trust_env=False, timeout=15.0) as http,
            http.stream(
                "GET" if body is None else "POST",
                where.pinned,
                content=body,
                headers=sent,
                extensions={"sni_hostname": where.host},
            ) as answer,
        ):
            if answer.is_redirect:
                raise _Moved
            if answer.status_code != 200:
                raise NotGitRepository(f"the server answered {answer.status_code}")
            read = b"".join(self._bounded(answer))
            kind = answer.headers.get("content-type", "")
        told = SimpleNamespace(status=200, content_type=kind, redirect_location="", headers={}, close=lambda: None)
        return told, io.BytesIO(read).read

    def _bounded(self, answer: httpx.Response) -> Iterator[bytes]:
        for chunk in answer.iter_raw():
            self._budget.spend(len(chunk))
            yield chunk


def _chosen(refs: Mapping[bytes, bytes], wanted: str) -> bytes:
    """The commit or tag that a name stands for; without a name HEAD, else main, master or the only branch."""
    if HASH.fullmatch(wanted):
        return wanted.encode()
    names = [b"HEAD", b"refs/heads/main", b"refs/heads/master"]
    if wanted:
        names = [f"{place}{wanted}".encode() for place in ("refs/heads/", "refs/tags/", "")]
    for name in names:
        if refs.get(name):
            return refs[name]
    if not wanted and len(refs) == 1:
        return next(iter(refs.values()))
    raise _NoRef


def _add(store: MemoryObjectStore, pack: bytes) -> None:
    """Unfold a pack.  One that unfolds without end meets the limits of the process."""
    file, commit, _abort = store.add_pack()
    file.write(pack)
    commit()


def _read(store: MemoryObjectStore, sha: bytes, name: str) -> Fetched:
    head = store[sha]  # type: ignore[index]
    for _turn in range(5):
        if not isinstance(head, Tag):
            break
        head = store[head.object[1]]
    if not isinstance(head, Commit):
        raise _NoRef
    files: dict[str, bytes] = {}
    _collect(store, head.tree, "", files, [0, 0])
    commit = head.id.decode()
    steps, whole = _timeline(store, head)
    safe = re.sub(r"[^A-Za-z0-9._-]", "-", name)[:80]
    return Fetched(packed(files), f"{safe}-{commit[:10]}.zip", commit, steps, whole)


def _collect(store: MemoryObjectStore, tree: bytes, folder: str, files: dict[str, bytes], seen: list[int]) -> None:
    """The files below a tree, by path.  `seen` counts entries and bytes: one tree may stand in many places."""
    if folder.count("/") > DEEPEST:
        raise rejected("NAME_TOO_LONG", _("The folders of the commit lie too deep."))
    for entry in _tree(store, tree).iteritems():
        seen[0] += 1
        if seen[0] > MOST_ENTRIES:
            raise rejected("ARCHIVE_TOO_MANY", _("The commit holds too many files."))
        name = _name(entry.path or b"")
        mode = entry.mode or 0
        if stat.S_IFMT(mode) == 0o160000:  # a submodule: its files are in another repository
            continue
        if stat.S_ISLNK(mode):
            raise rejected("FILE_SPECIAL", _("{path} is a link.").format(path=f"{folder}{name}"[:200]))
        if stat.S_ISDIR(mode):
            _collect(store, entry.sha or b"", f"{folder}{name}/", files, seen)
            continue
        blob = store[entry.sha]
        if not isinstance(blob, Blob):
            _broken()
        seen[1] += blob.raw_length()
        if seen[1] > MOST_BYTES:
            raise rejected("ARCHIVE_TOO_BIG", _("The files of the commit are too large."))
        files[f"{folder}{name}"] = blob.data


def _name(path: bytes) -> str:
    """The name of one entry, which must not lead anywhere else."""
    try:
        name = path.decode()
    except UnicodeDecodeError:
        raise rejected("NAME_UNSAFE", _("The name of a file is not UTF-8.")) from None
    if name in ("", ".", "..") or any(sign in name for sign in "/\\\0"):
        raise rejected("NAME_UNSAFE", _("The name of a file cannot be used."))
    return name


def _tree(store: MemoryObjectStore, sha: bytes) -> Tree:
    tree = store[sha]  # type: ignore[index]
    if not isinstance(tree, Tree):
        _broken()
    return tree


def _timeline(store: MemoryObjectStore, head: Commit) -> tuple[tuple[Step, ...], bool]:
    """(the commits before and with `head` by first parents, whether that is all of them), the first one first."""
    steps: list[Step] = []
    commit: Commit | None = head
    while commit is not None and len(steps) < MOST_COMMITS:
        parent = commit.parents[0] if commit.parents else None
        before = store[parent] if parent is not None and parent in store else None
        known = before if isinstance(before, Commit) else None
        if parent is not None and known is None:  # the history was cut here, so nobody knows what this one changed
            return tuple(reversed(steps)), False
        steps.append(_step(store, commit, known))
        commit = known
    return tuple(reversed(steps)), commit is None


def _step(store: MemoryObjectStore, commit: Commit, before: Commit | None) -> Step:
    files = tests = size = 0
    for change in tree_changes(store, before.tree if before else None, commit.tree):
        for side in (change.new, change.old):
            if side is not None and side.path is not None:
                path = side.path.decode("utf-8", "replace")
                break
        else:
            continue
        files += 1
        tests += TESTS.search(path[-400:]) is not None
        size += _length(store, change.new) - _length(store, change.old)
        if files >= MOST_ENTRIES:
            break
    seconds = min(max(commit.commit_time, 0), 32_503_680_000)
    subject = commit.message[: 4 * SUBJECT_MAX].decode("utf-8", "replace").strip().split("\n")[0]
    return Step(datetime.fromtimestamp(seconds, UTC).isoformat(), subject[:SUBJECT_MAX], files, tests, size)


def _length(store: MemoryObjectStore, side: Any) -> int:
    if side is None or side.sha is None or side.sha not in store:
        return 0
    return int(store[side.sha].raw_length())


def _broken() -> NoReturn:
    raise rejected("REPOSITORY_BROKEN", _("It could not be read as a git repository."))


def _refuse(fault: Exception) -> NoReturn:
    """The reason in our own words: those of a fault may quote the server."""
    if isinstance(fault, Rejected):
        raise fault
    if isinstance(fault, MemoryError):
        raise rejected("REPOSITORY_TOO_BIG", _("The history does not fit into our memory.")) from None
    if isinstance(fault, _TooBig):
        limit = MAX_BYTES // 2**20
        raise rejected("REPOSITORY_TOO_BIG", _("The server sends more than {limit} MB.").format(limit=limit)) from None
    if isinstance(fault, _TooSlow):
        raise rejected(
            "REPOSITORY_UNREACHABLE", _("The server takes longer than {n:.0f} s.").format(n=MAX_SECONDS)
        ) from None
    if isinstance(fault, _Moved):
        raise rejected("REPOSITORY_ADDRESS", _("The server sends us to another address.")) from None
    if isinstance(fault, _NoRef):
        raise rejected("REPOSITORY_REF", _("The repository has no such branch, tag or commit.")) from None
    if isinstance(fault, UnknownHost):
        raise rejected(
            "REPOSITORY_HOST_KEY", _("We do not know the key of this server, so we do not connect to it.")
        ) from None
    if isinstance(fault, Denied):
        raise rejected(
            "REPOSITORY_KEY", _("The server does not take the key of your invitation. Add it as a deploy key first.")
        ) from None
    if isinstance(fault, NotGitRepository | GitProtocolError | httpx.HTTPError | SSHException | OSError):
        raise rejected("REPOSITORY_UNREACHABLE", _("The server gives us no repository at this address.")) from None
    raise rejected("REPOSITORY_BROKEN", _("It could not be read as a git repository.")) from None
