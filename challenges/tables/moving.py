"""A challenge of one's own on its way: exported, taken in elsewhere, retired."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from challenges import vault
from challenges.tables import create, definition
from challenges.tables.table import MAX_BYTES, TableError
from graders.words import say

FOLDER, SECRET = "challenge", "vault"
MOST_FILES = 500
#: Bytes of a text in the folder, which is read whole; the definition of two thousand columns is smaller.
MOST_TEXT = 4 * 2**20
#: Unpacked, a file may hold so much, and so many times its own size: it is held in memory while it is shared.
LEAST_BYTES, PACKING = 64 * 2**20, 10


def export(folder: Path, home: Path, to: Path, *, with_hidden: bool) -> None:
    """Write everything but the vault as a zip; with the vault where the challenge is moved, readable by its owner."""
    sources = {FOLDER: folder}
    if with_hidden:
        sources[SECRET] = vault.folder_of(create.load(folder), home)
        if not sources[SECRET].is_dir():
            raise TableError(say("The hidden rows of {name} are not on this machine.", name=repr(folder.name)))
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if with_hidden else 0o644)
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for top, source in sources.items():
            for path in sorted(source.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    packed.write(path, f"{top}/{path.relative_to(source).as_posix()}")


def take_in(file: Path, home: Path) -> tuple[str, bool]:
    """(id, whether its hidden rows came along).  TableError where the file is no export, or the id is taken.

    A challenge that is here without its hidden rows gets them of a file that has them and says the same of it.

    Nothing is written but plain files below two folders of ours, whatever names the file holds.
    """
    challenges = create.home_of(home)
    challenges.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".import-", dir=challenges))
    try:
        _unpack(file, draft)
        told = definition.read(draft / FOLDER)
        target = challenges / told.name
        secret = draft / SECRET
        complete = secret.is_dir()
        place = vault.folder_of(create.load(draft / FOLDER), home)
        if target.exists():
            if not complete or place.exists() or definition.read(target) != told:
                raise TableError(say("There is a challenge {name} already.", name=repr(told.name)))
            _keep(secret, place)
            return told.name, True
        if complete:
            _keep(secret, place)
        try:
            (draft / FOLDER).rename(target)
        except OSError:
            shutil.rmtree(place if complete else draft)
            raise
        return told.name, complete
    except OSError as error:
        raise TableError(say("The file cannot be taken in: {what}.", what=str(error))) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _keep(secret: Path, to: Path) -> None:
    if to.exists():
        raise TableError(say("{name} has its rows already; they never change.", name=to.name))
    # Where these rows were removed, a mark says so to all machines: this is another making of them, which stays.
    (secret / create.MAKING).write_text(secrets.token_hex(8))
    for path in secret.iterdir():
        path.chmod(0o600)
    secret.chmod(0o700)
    secret.rename(to)


def _unpack(file: Path, to: Path) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            most = min(2 * MAX_BYTES, LEAST_BYTES + PACKING * file.stat().st_size)
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > most:
                raise TableError(say("The file holds more than a challenge can."))
            for entry in entries:
                _write(packed, entry, to)
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise TableError(say("The file cannot be unpacked: {what}.", what=str(error))) from error


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path) -> None:
    name, parts = repr(entry.filename[:80]), PurePosixPath(entry.filename).parts
    plain = all(part not in ("..", "/") and part.isprintable() and "\\" not in part for part in parts)
    flat = len(parts) == 2 or parts[:1] == (FOLDER,)
    if not plain or len(parts) < 2 or parts[0] not in (FOLDER, SECRET) or not flat or entry.external_attr >> 28 == 0xA:
        raise TableError(say("{file} is no file of a challenge.", file=name))
    if parts[0] == FOLDER and entry.file_size > MOST_TEXT:
        raise TableError(
            say("{file} has more than {mb} MB, which is the most of a text.", file=name, mb=MOST_TEXT // 2**20)
        )
    place = to.joinpath(*parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with packed.open(entry) as source, place.open("wb") as target:
        while chunk := source.read(1 << 20):
            left -= len(chunk)
            if left < 0:
                raise TableError(say("{file} is larger than it says.", file=name))
            target.write(chunk)


def retire(folder: Path) -> None:
    """Mark a challenge as one that takes no more candidates."""
    (folder / create.RETIRED).write_text("No new invitations.\n", encoding="utf-8")
