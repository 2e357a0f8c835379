"""Packages beside the image's: what a challenge adds, and what a submission's own lock asks for.

A lock is resolved once for the same requirements beside the same image, and kept where all machines find it: so the
same submission gets the same packages a year later, and the second use costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from app.intake.problems import placed, rejected
from app.platform.settings import Settings
from app.store.blobs import Blobs, blobs
from app.words import N_, _
from challenges.offered import LOCK, had
from challenges.tables.challenge import LOCK as OWN_LOCK
from challenges.tables.definition import Definition
from challenges.tables.definition import read as read_definition
from challenges.tables.table import TableError
from graders.model.challenge import Challenge
from graders.model.packages import Wanted, Wheel, read_lock, write_lock
from graders.model.submission import Location, Submission
from sandbox.host.preload import NAMED
from sandbox.packages.fetch import WheelCache
from sandbox.packages.index import Index, resolve
from sandbox.packages.refusal import IndexUnreachable, PackagesRefused
from sandbox.packages.wheels import contents

#: Locks that are looked for at once in one process; whoever comes meanwhile waits so long, and is asked to come again.
AT_ONCE, WAIT_SECONDS = 1, 5.0
SENTENCES: Mapping[str, str] = {
    "PACKAGE_UNKNOWN": N_("The package index has no {names}, or not in that version."),
    "PACKAGE_NO_WHEEL": N_(
        "{names} has no wheel for Python 3.11 on Linux. Packages are never built from their source."
    ),
    "PACKAGE_CONFLICT": N_("The packages cannot be had together with those of the grader: {detail}"),
    "PACKAGE_BROKEN": N_("{names} is no sound wheel: {detail}."),
    "PACKAGES_TOO_MANY": N_("They need {detail} packages. At most {most} are taken."),
    "PACKAGES_TOO_BIG": N_("Together they are larger than {most_mb} MB, or unpacked than twice that: {names}."),
}


class Read(Protocol):
    """Reads a submission, with the import names on offer, as app.intake does."""

    def __call__(self, packages: frozenset[str], *, own: bool = False) -> Submission: ...


class Packages:
    """Finds packages for one process; `index` says where from, `home` keeps their wheels, `store` their locks."""

    def __init__(self, index: Index, home: Path, store: Blobs) -> None:
        self._index, self._store = index, store
        self._cache = WheelCache(home / "wheels", index)
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def received(self, read: Read, challenge: Challenge) -> Submission:
        """What `read` gives, with the packages that its lock asks for where the challenge lets it bring one.

        Raises Rejected where they cannot be had, IndexUnreachable or SandboxError where that is our fault.
        """
        submission = read(challenge.packages, own=challenge.own_packages)
        if not submission.wanted:
            return submission
        layer = self._layer(submission.wanted, challenge)
        whole = read(challenge.packages.union(*(wheel.imports for wheel in layer)))
        return replace(whole, wanted=submission.wanted, layer=layer)

    def lock(self, definition: Definition) -> str:
        """The lock of what a challenge adds, "" where that is nothing; TableError where it cannot be had."""
        extra = definition.packages.extra
        if not extra:
            return ""
        try:
            return write_lock(self._found(extra, had(LOCK.read_text())), extra)
        except PackagesRefused as no:
            raise TableError(f"extra: {self._told(no, extra)}", code=no.code) from None

    def keep_lock(self, folder: Path) -> None:
        """Look for the packages of the `challenge.toml` in a folder, where its lock is not theirs already."""
        definition = read_definition(folder)
        path = folder / OWN_LOCK
        try:
            known = read_lock(path.read_text(encoding="utf-8"))[1]
        except (FileNotFoundError, ValueError):
            known = ()
        if known != definition.packages.extra:
            path.write_text(self.lock(definition), encoding="utf-8")

    def _layer(self, wanted: Sequence[Wanted], challenge: Challenge) -> tuple[Wheel, ...]:
        have = had(LOCK.read_text()) | {wheel.name: wheel.version for wheel in challenge.extra}
        _check_had(wanted, have)
        asked = sorted({item.requirement for item in wanted if item.name not in have})
        if not asked:
            return challenge.extra
        first = next(item for item in wanted if item.name not in have)
        try:
            found = self._kept(asked, have)
        except PackagesRefused as no:
            where = next((item for item in wanted if item.name in no.names), first)
            raise rejected(no.code, self._told(no, asked), _place(where)) from None
        _check_hashes(wanted, found)
        return tuple(sorted((*challenge.extra, *found)))

    def _kept(self, asked: Sequence[str], have: Mapping[str, str]) -> tuple[Wheel, ...]:
        """The packages that were found for this before, by whatever machine, or now."""
        limits = (self._index.most, self._index.most_mb)
        key = f"locks/{hashlib.sha256(json.dumps([asked, sorted(have.items()), limits]).encode()).hexdigest()}"
        try:
            return read_lock(self._store.get(key).decode())[0]
        except (FileNotFoundError, ValueError):
            pass
        if not self._turns.acquire(timeout=WAIT_SECONDS):
            raise IndexUnreachable("packages of others are being fetched at the moment")
        try:
            self._store.add(key, write_lock(self._found(asked, have), asked).encode())
        finally:
            self._turns.release()
        return read_lock(self._store.get(key).decode())[0]

    def _found(self, asked: Sequence[str], have: Mapping[str, str]) -> tuple[Wheel, ...]:
        """Resolved, fetched, and looked into."""
        found = resolve(asked, have, self._index)
        if len(found) > self._index.most:
            raise PackagesRefused("PACKAGES_TOO_MANY", detail=str(len(found)))
        files = [(wheel.name, path) for wheel, path in zip(found, self._cache.files(found), strict=True)]
        inside = contents(files, 2 * self._index.most_mb * 2**20, NAMED)
        return tuple(
            replace(wheel, imports=content.imports, uses=content.uses)
            for wheel, content in zip(found, inside, strict=True)
        )

    def _told(self, no: PackagesRefused, asked: Sequence[str]) -> str:
        values = {"names": ", ".join((no.names or asked)[:5]), "detail": no.detail}
        return _(SENTENCES[no.code]).format(**values, most=self._index.most, most_mb=self._index.most_mb)


def packages(settings: Settings) -> Packages:
    """The packages of an installation."""
    return Packages(index_of(settings), home_of(settings), blobs(settings))


def home_of(settings: Settings) -> Path:
    """Where wheels are kept on this machine."""
    return settings.prepare_home() / "packages"


def index_of(settings: Settings) -> Index:
    """Where wheels come from."""
    folder = Path(settings.package_folder) if settings.package_folder else None
    most, most_mb, seconds = settings.packages_most, settings.packages_mb, settings.packages_seconds
    return Index(settings.package_index, folder, most, most_mb, seconds)


def with_extra(submission: Submission, challenge: Challenge) -> Submission:
    """With what the challenge adds, where it has brought no packages of its own, which hold that already."""
    return submission if submission.layer else replace(submission, layer=challenge.extra)


def _check_had(wanted: Iterable[Wanted], have: Mapping[str, str]) -> None:
    """Rejected where another version is asked for of what is there already, or none of what is not."""
    others = []
    for item in wanted:
        specifier = Requirement(item.requirement).specifier if item.accepts is None else SpecifierSet(item.accepts)
        if item.name in have and not specifier.contains(have[item.name], prereleases=True):
            others.append(item)
        pinned = any(part.operator in ("==", "===") and "*" not in part.version for part in specifier)
        if item.name not in have and item.accepts is None and not pinned:
            message = _("{where} names no version of {name}.").format(where=placed(_place(item)), name=item.name)
            raise rejected("PACKAGE_UNPINNED", message, _place(item))
    if others:
        named = ", ".join(f"{item.requirement} ({have[item.name]})" for item in others[:10])
        message = _("The grader has other versions, here in brackets: {named}.").format(named=named)
        raise rejected("PACKAGE_CONFLICT", message, _place(others[0]))


def _check_hashes(wanted: Iterable[Wanted], found: Iterable[Wheel]) -> None:
    """Rejected where the wheel that was found is none of those whose hashes the lock states."""
    wheels = {wheel.name: wheel for wheel in found}
    for item in wanted:
        if item.hashes and item.name in wheels and wheels[item.name].sha256 not in item.hashes:
            wheel = wheels[item.name]
            message = _("No hash of {name} is that of its wheel for the grader, {file}.")
            raise rejected("PACKAGE_HASH", message.format(name=item.name, file=wheel.file), _place(item))


def _place(item: Wanted) -> Location:
    return Location(item.path, item.line)
