"""One archive that holds a whole installation: database, blobs, the kept secret and the challenges' hidden data.

A plain tar, in this order: `database.dump` (pg_dump's custom format), `home/…`, `blobs/…`, `complete.json`.  The
database comes first: a blob is written before the row that names it, so every row of the dump finds its blobs.
The last entry is the proof that nothing is missing at the end.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy import make_url, text

from app.platform.settings import Settings
from app.store import database, embedded
from app.store.blobs import Blobs, blobs
from app.words import _

DATABASE, COMPLETE = "database.dump", "complete.json"
#: What is kept in the home folder besides the embedded database and the local blobs.
KEPT = ("secret.key", "vault", "challenges")
FORMAT = 1


class BackupError(Exception):
    """A backup that cannot be written or restored; the message says what to do."""


def write(settings: Settings, file: Path) -> str:
    """Write `file`, whole or not at all, readable to its owner only; a sentence that says what is in it.

    Raises BackupError where `file` exists or the database cannot be dumped.
    """
    if file.exists():
        raise BackupError(_("{file} exists already. Name another file.").format(file=file))
    draft = file.with_name(f"{file.name}.part")
    try:
        with open(draft, "wb", opener=_for_owner) as raw, tarfile.open(fileobj=raw, mode="w") as archive:
            with database.database_url(settings) as url:
                _add_database(archive, url)
            for name in KEPT:
                if (path := settings.prepare_home() / name).exists():
                    archive.add(path, f"home/{name}")
            count = _add_blobs(archive, blobs(settings))
            made = {"format": FORMAT, "blobs": count, "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
            _add(archive, COMPLETE, json.dumps(made).encode())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    told = _("{file}: the database and {n} blobs. It opens everything. Keep it as safely as the service itself.")
    return told.format(file=file, n=count)


def read(settings: Settings, file: Path) -> str:
    """Fill an empty installation from what `write` made; a sentence that says what was restored.

    Raises BackupError, before anything is changed, where the archive is no whole backup or the target is not empty.
    """
    try:
        archive = tarfile.open(file)  # noqa: SIM115 - closed by the block below
    except (OSError, tarfile.TarError) as problem:
        raise BackupError(
            _("{file} cannot be read as a backup: {problem}.").format(file=file, problem=problem)
        ) from None
    store = blobs(settings)
    with archive, database.database_url(settings) as url:
        members = _members(archive)
        _require_empty(settings, store, url)
        count = sum(_restore(archive, member, settings, store) for member in members)
        _load_database(archive, url)
        with database.opened(url):  # brings an older backup's tables up to date
            pass
    return _("Restored the database and {n} blobs from {file}.").format(n=count, file=file)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def _add_blobs(archive: tarfile.TarFile, store: Blobs) -> int:
    count = 0
    for key in store.keys():  # noqa: SIM118 - no mapping
        try:
            data = store.get(key)
        except FileNotFoundError:  # erased meanwhile
            continue
        _add(archive, f"blobs/{key}", data)
        count += 1
    return count


def _add_database(archive: tarfile.TarFile, url: str) -> None:
    with tempfile.TemporaryFile() as dump:
        _run(url, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"], out=dump)
        entry = tarfile.TarInfo(DATABASE)
        entry.size, entry.mode = dump.seek(0, io.SEEK_END), 0o600
        dump.seek(0)
        archive.addfile(entry, dump)


def _load_database(archive: tarfile.TarFile, url: str) -> None:
    """All of it in one transaction."""
    dump = archive.extractfile(DATABASE)
    assert dump is not None  # _members has seen it
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(dump, copy)
        copy.seek(0)
        _run(
            url, ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"], stdin=copy
        )


def _run(url: str, command: list[str], *, stdin: IO[bytes] | None = None, out: IO[bytes] | None = None) -> None:
    """Run a program of PostgreSQL on the database; others can read command lines, so the password does not go there."""
    parsed = make_url(url)
    environment = os.environ | ({"PGPASSWORD": str(parsed.password)} if parsed.password else {})
    address = database.libpq_url(parsed._replace(password=None).render_as_string())
    program = [embedded.program_path(command[0]), *command[1:], f"--dbname={address}"]
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(program, env=environment, stdin=stdin, stdout=out, stderr=said, check=False)
        if done.returncode != 0:
            said.seek(0)
            what = said.read(4000).decode(errors="replace").strip()
            raise BackupError(_("{program} failed: {what}").format(program=command[0], what=what))


def _members(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """Every entry, checked: a whole backup of this format, with names that stay where they belong."""
    try:
        members = archive.getmembers()
    except tarfile.TarError as problem:
        raise BackupError(_("The archive is damaged: {problem}.").format(problem=problem)) from None
    last = archive.extractfile(members[-1]) if members and members[-1].name == COMPLETE else None
    if last is None or members[0].name != DATABASE:
        raise BackupError(_("The archive is no backup of Assay, or its end is missing."))
    made = json.loads(last.read(10_000))
    if made["format"] != FORMAT:
        told = _("The backup has format {format}, and this release reads {own}.")
        raise BackupError(told.format(format=made["format"], own=FORMAT))
    for member in members[1:-1]:
        match PurePosixPath(member.name).parts:
            case ("home", name, *rest) if name in KEPT and ".." not in rest and (member.isreg() or member.isdir()):
                continue
            case ("blobs", _, *_) if member.isreg():  # where they go, the store lets none climb out
                continue
            case _:
                raise BackupError(_("The archive holds what no backup does: {name}.").format(name=repr(member.name)))
    return members[1:-1]


def _require_empty(settings: Settings, store: Blobs, url: str) -> None:
    for name in KEPT:
        if (settings.prepare_home() / name).exists():
            told = _("{path} exists. Restore into an empty ASSAY_HOME.")
            raise BackupError(told.format(path=settings.home / name))
    if next(store.keys(), None) is not None:
        raise BackupError(_("There are blobs already. Restore into an empty folder or bucket prefix."))
    engine = database.connect(url)
    try:
        with engine.connect() as connection:
            tables = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            if connection.scalar(text(tables)):
                raise BackupError(_("The database holds tables already. Restore into an empty database."))
    finally:
        engine.dispose()


def _restore(archive: tarfile.TarFile, member: tarfile.TarInfo, settings: Settings, store: Blobs) -> bool:
    """Put one entry where it belongs; whether it was a blob."""
    place, _, rest = member.name.partition("/")
    if place == "home":
        # Python before 3.11.4, as Debian 12 has it, knows no filters; `_members` lets nothing pass that one would stop.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        member.name = rest
        archive.extract(member, settings.prepare_home())
        return False
    data = archive.extractfile(member)
    assert data is not None  # _members let only files and folders pass, and blobs have no folders
    store.put(rest, data.read())
    return True
