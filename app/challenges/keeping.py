"""Challenges on several machines: the blob store has each whole, sealed; a home has what it needs of them.

The first machine that works with a challenge puts it into the store, every other takes it from there.  So all grade on
the same rows, and nothing is copied by hand.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import tarfile
import tempfile
from pathlib import Path

from app.platform.secrets import Keyring
from app.store import sealed
from app.store.blobs import Blobs
from app.store.sealed import CannotOpen
from challenges import registry, vault
from challenges.tables import create
from graders.model.challenge import Challenge

FINGERPRINT = "fingerprint"


class Keeping:
    """What one process needs of the challenges' files; each is looked at once."""

    def __init__(self, home: Path, blobs: Blobs, keys: Keyring) -> None:
        self._home, self._blobs, self._keys = home, blobs, keys
        self._shared: set[str] = set()

    def challenge(self, name: str) -> Challenge:
        """The challenge of this name, its folder taken from the store where this home lacks it.

        A path is no name here: whoever sends one could ask for any folder of the machine.
        Raises UnknownChallenge where there is none, VaultError where its files cannot be trusted.
        """
        own = registry.NAME.fullmatch(name) is not None
        try:
            challenge = registry.get(name, self._home if own else None)
        except registry.UnknownChallenge:
            if not own or not self._fetch(folder_key(name), self._folder(name)):
                raise
            challenge = registry.get(name, self._home)
        if challenge.folder == self._folder(name) and vault.folder_of(challenge, self._home).exists():
            self.share(challenge)
        return challenge

    def share(self, challenge: Challenge) -> None:
        """See to it that this home and the store have the same rows; VaultError where they differ."""
        place = vault.folder_of(challenge, self._home)
        if place.name in self._shared:
            return
        key = vault_key(place.name)
        new = not place.exists()
        if new and not self._fetch(key, place):
            vault.load(challenge, self._home)  # made now, or VaultError where nothing can make them
        if not self._blobs.add(key, sealed.seal(self._keys, key, packed(place))):
            self._compare(key, place, new=new)
        if challenge.folder == self._folder(challenge.id):
            name = folder_key(challenge.id)
            self._blobs.add(name, sealed.seal(self._keys, name, packed(challenge.folder)))
        self._shared.add(place.name)

    def forget(self, challenge: Challenge) -> None:
        """Remove a challenge of which nobody has heard, here and in the store."""
        place = vault.folder_of(challenge, self._home)
        self._shared.discard(place.name)
        for key in (vault_key(place.name), folder_key(challenge.id)):
            with contextlib.suppress(FileNotFoundError):
                self._blobs.delete(key)
        create.discard(challenge.folder, self._home)

    def _folder(self, name: str) -> Path:
        return create.home_of(self._home) / name

    def _compare(self, key: str, place: Path, *, new: bool) -> None:
        """Whether the store's rows are those of this home; a home that has just made its own takes the store's."""
        with tempfile.TemporaryDirectory(prefix="assay-vault-") as folder:
            shared = Path(folder) / "shared"
            self._fetch(key, shared)
            if (shared / FINGERPRINT).read_text() == (place / FINGERPRINT).read_text():
                return
        if not new:
            raise vault.VaultError(
                f"The rows in {place} are not those that the other machines grade on. Move the folder away: the "
                "right ones are then taken from the blob store."
            )
        shutil.rmtree(place)
        self._fetch(key, place)

    def _fetch(self, key: str, to: Path) -> bool:
        """Unpack what the store has, readable to its owner only; False where it has nothing."""
        try:
            data = sealed.get(self._blobs, self._keys, key)
        except FileNotFoundError:
            return False
        except CannotOpen as error:
            raise vault.VaultError(f"{error}. Set the same ASSAY_SECRET on all machines.") from None
        to.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{to.name}-", dir=to.parent))
        try:
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                archive.extractall(draft, filter="data")
            draft.rename(to)
        except OSError:
            if not to.exists():  # another process was first
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return True


def folder_key(name: str) -> str:
    return f"challenges/{name}"


def vault_key(name: str) -> str:
    return f"vaults/{name}"


def packed(folder: Path) -> bytes:
    """A folder's files as a tar, modes 600."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
                entry.size, entry.mode = path.stat().st_size, 0o600
                with path.open("rb") as file:
                    archive.addfile(entry, file)
    return target.getvalue()
