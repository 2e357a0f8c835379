"""Challenges on several machines: the blob store has each whole, sealed; a home has what it needs of them.

The first machine that works with a challenge puts it into the store, every other takes it from there.  So all grade on
the same rows, and nothing is copied by hand.

The rows of one candidate, a lot, are made once and put there; a home keeps a copy while somebody works with them.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import shutil
import tarfile
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import structlog

from app.platform.secrets import Keyring
from app.store import sealed
from app.store.blobs import Blobs
from app.store.sealed import CannotOpen
from challenges import registry, vault
from challenges.tables import create
from graders.model.challenge import Challenge
from sandbox.static_tools.bounded import Bounds, ForkServer

log = structlog.get_logger(__name__)
FINGERPRINT = "fingerprint"
#: Folders of lots that the service has made; `assay grade --rows` names its own otherwise.
LOT = re.compile(r"\+[0-9a-f]{20}")
#: A home keeps the rows of a lot so long after they were last used.
LOT_SECONDS = 24 * 3600
#: Making the rows of a shipped challenge, and the answers of the baseline models on them, takes some seconds.
BOUNDS = Bounds(cpu_seconds=300, memory_mb=4096, seconds=900)


def make(challenge: Challenge, home: Path) -> None:
    """Make the rows in a process of its own: the libraries that it takes would stay in a server, some 200 MB."""
    ForkServer().call(BOUNDS, _load, challenge, home)


def _load(challenge: Challenge, home: Path) -> None:
    vault.load(challenge, home)


class Keeping:
    """What one process needs of the challenges' files; each is looked at once."""

    def __init__(self, home: Path, blobs: Blobs, keys: Keyring) -> None:
        self._home, self._blobs, self._keys = home, blobs, keys
        self._shared: set[str] = set()
        self._looked_at: set[str] = set()

    def challenge(self, name: str) -> Challenge:
        """The challenge of this name, its folder taken from the store where this home lacks it.

        A path is no name here: whoever sends one could ask for any folder of the machine.
        Raises UnknownChallenge where there is none, VaultError where it lies sealed under another secret.
        """
        own = registry.NAME.fullmatch(name) is not None
        if own:
            self._clear(name)
        try:
            challenge = registry.get(name, self._home if own else None)
        except registry.UnknownChallenge:
            if not own or not self._fetch(folder_key(name), self._folder(name)):
                raise
            challenge = registry.get(name, self._home)
        place = vault.folder_of(challenge, self._home)
        if challenge.folder == self._folder(name) and place.exists() and place.name not in self._looked_at:
            self._looked_at.add(place.name)
            try:
                self.share(challenge)
            except vault.VaultError as no:  # its pages can be read; `share` stops whoever grades
                log.error("the rows of a challenge cannot be used", challenge=name, fault=str(no))
        return challenge

    def names(self) -> tuple[str, ...]:
        """The ids of all challenges of this home; what another machine has removed goes from here too."""
        for path in create.home_of(self._home).glob("[a-z]*"):
            self._clear(path.name)
        self._forget_idle()
        return tuple(challenge.id for challenge in registry.all_challenges(self._home))

    def share(self, challenge: Challenge) -> None:
        """See to it that this home and the store have the same rows; VaultError where they differ."""
        place = vault.folder_of(challenge, self._home)
        if challenge.lot:
            self._share_lot(place)
            return
        if place.name in self._shared:
            return
        key = vault_key(place.name)
        # Stays while the store has not agreed to rows that were made here: meanwhile another may have shared its own.
        unsettled = place.with_name(f".{place.name}.unsettled")
        new = unsettled.exists() or not place.exists()
        if not place.exists() and not self._fetch(key, place):
            unsettled.touch()
            make(challenge, self._home)  # VaultError where nothing can make them
        if not self._blobs.add(key, sealed.seal(self._keys, key, packed(place))):
            self._compare(key, place, new=new)
        unsettled.unlink(missing_ok=True)
        if challenge.folder == self._folder(challenge.id):
            name = folder_key(challenge.id)
            self._blobs.add(name, sealed.seal(self._keys, name, packed(challenge.folder)))
        self._shared.add(place.name)

    def draw(self, challenge: Challenge) -> None:
        """Make the rows of a lot, once for all machines."""
        place = vault.folder_of(challenge, self._home)
        key = vault_key(place.name)
        self.share(replace(challenge, lot=""))
        if self._blobs.has(key):
            return
        vault.draw(challenge, self._home)
        vault.load(challenge, self._home)  # what is made of the rows is kept with them
        if not self._blobs.add(key, sealed.seal(self._keys, key, packed(place))):
            shutil.rmtree(place)  # another machine was first

    def discard_lot(self, challenge: Challenge) -> None:
        """Remove the rows of a lot; another machine's copy goes when it has been idle for a day."""
        place = vault.folder_of(challenge, self._home)
        self._remove(vault_key(place.name))
        self._shared.discard(place.name)
        shutil.rmtree(place, ignore_errors=True)

    def _share_lot(self, place: Path) -> None:
        """The rows of a lot, as the store has them; VaultError where it has none, as they are not made or erased."""
        self._forget_idle()
        key = vault_key(place.name)
        if place.exists() and place.name not in self._shared and not self._blobs.has(key):
            shutil.rmtree(place, ignore_errors=True)
        if not place.exists() and not self._fetch(key, place):
            raise vault.VaultError(f"The rows {place.name} are not made yet, or were erased.")
        os.utime(place)
        self._shared.add(place.name)

    def _forget_idle(self) -> None:
        """Remove the rows of lots that nobody has used for a day."""
        for place in (self._home / "vault").glob("*+*"):
            with contextlib.suppress(FileNotFoundError):
                if LOT.search(place.name) and place.stat().st_mtime < time.time() - LOT_SECONDS:
                    self._shared.discard(place.name)
                    shutil.rmtree(place)

    def forget(self, name: str) -> None:
        """Remove a challenge of which nobody has heard, here, in the store, and elsewhere when it is next looked for.

        The store keeps a mark for that, as another machine may have its files.
        """
        place, folder = self._vault(name), vault_key(self._vault(name).name)
        with tempfile.TemporaryDirectory(prefix="assay-vault-") as other:
            shared = Path(other) / place.name
            if place.exists() or self._fetch(folder, shared):
                self._blobs.put(removed_key(place if place.exists() else shared), b"removed")
        self._remove(folder)
        self._remove(folder_key(name))
        self._discard(name)

    def _clear(self, name: str) -> None:
        """Remove what this home has of a challenge that was removed."""
        place = self._vault(name)
        if place.exists() and self._blobs.has(removed_key(place)):
            self._discard(name)

    def _discard(self, name: str) -> None:
        place = self._vault(name)
        self._shared.discard(place.name)
        self._looked_at.discard(place.name)
        for path in (place, *place.parent.glob(f"{place.name}+*"), self._folder(name)):
            shutil.rmtree(path, ignore_errors=True)

    def _remove(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._blobs.delete(key)

    def _vault(self, name: str) -> Path:
        """Where the rows of a challenge of one's own are, or would be."""
        return self._home / "vault" / f"{name}-{name.partition('@')[2] or '1'}"

    def _folder(self, name: str) -> Path:
        return create.home_of(self._home) / name

    def _compare(self, key: str, place: Path, *, new: bool) -> None:
        """Whether the store's rows are those of this home; a home that has just made its own takes the store's."""
        with tempfile.TemporaryDirectory(prefix="assay-vault-") as folder:
            shared = Path(folder) / "shared"
            self._fetch(key, shared)
            if (shared / FINGERPRINT).read_text() == (place / FINGERPRINT).read_text():
                if (shared / create.MAKING).exists():  # by it every machine knows what one of them removes
                    shutil.copy(shared / create.MAKING, place)
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
                # Python before 3.11.4, as Debian 12 has it, knows no filters; it is sealed, so nobody else made it.
                archive.extraction_filter = getattr(tarfile, "data_filter", None)
                archive.extractall(draft)  # noqa: S202
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


def removed_key(place: Path) -> str:
    """The mark that says that the rows in a folder were removed; the same rows made anew have another."""
    made = b"".join(path.read_bytes() for name in (FINGERPRINT, create.MAKING) if (path := place / name).exists())
    return f"removed/{place.name}/{hashlib.sha256(made).hexdigest()[:32]}"


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
