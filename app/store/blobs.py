"""Where bytes are kept: a local folder or an object store, by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import obstore
import obstore.exceptions
from obstore.store import LocalStore, ObjectStore, from_url

from app.platform.settings import Settings

#: What is raised while a store does not answer, or takes no credentials of ours.
_AWAY = (
    obstore.exceptions.GenericError,
    obstore.exceptions.PermissionDeniedError,
    obstore.exceptions.UnauthenticatedError,
)


class Blobs:
    """Bytes by key.  Writing is atomic: a reader sees the old bytes or the new ones, never a part."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, key: str, data: bytes | Iterator[bytes]) -> None:
        """Keep bytes, or the parts of them one after another; nothing is kept where the parts end in an error."""
        obstore.put(self._store, key, data)

    def add(self, key: str, data: bytes) -> bool:
        """Put it where there is nothing under `key` yet; whether there was not."""
        try:
            obstore.put(self._store, key, data, mode="create")
        except obstore.exceptions.AlreadyExistsError:
            return False
        return True

    def get(self, key: str) -> bytes:
        """The bytes under `key`; FileNotFoundError where there are none."""
        return bytes(obstore.get(self._store, key).bytes())

    def stream(self, key: str) -> Iterator[bytes]:
        """The bytes under `key` in parts; FileNotFoundError, at once, where there are none."""
        return (bytes(part) for part in obstore.get(self._store, key).stream())

    def has(self, key: str) -> bool:
        """Whether there is something under `key`."""
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def away(self, fault: Exception) -> bool:
        """Whether it was raised because an object store does not answer; a local folder is never away."""
        return isinstance(fault, _AWAY) and not isinstance(self._store, LocalStore)

    def probe(self) -> None:
        """Ask for a blob that may be missing; raises where the store does not answer."""
        with suppress(FileNotFoundError):
            obstore.head(self._store, "probe")

    def delete(self, key: str) -> None:
        obstore.delete(self._store, key)

    def keys(self, prefix: str | None = None) -> Iterator[str]:
        """Of all blobs under `prefix`, in no order."""
        for batch in obstore.list(self._store, prefix=prefix):
            yield from (found["path"] for found in batch)

    def clear(self, prefix: str) -> None:
        """Remove everything under `prefix`; what is gone already is no error."""
        for key in self.keys(prefix):
            with suppress(FileNotFoundError):
                obstore.delete(self._store, key)


def blobs(settings: Settings) -> Blobs:
    """The store that the settings name."""
    if settings.blob_url:
        return Blobs(from_url(settings.blob_url))
    folder = settings.prepare_home() / "blobs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Blobs(LocalStore(folder))


def of_submission(submission_id: str) -> str:
    """What all keys of a submission begin with."""
    return f"submissions/{submission_id}"


def upload_key(submission_id: str) -> str:
    """Where the bytes of an upload lie."""
    return f"{of_submission(submission_id)}/upload"


def verdict_key(submission_id: str) -> str:
    """Where what a check said lies."""
    return f"{of_submission(submission_id)}/verdict"


def result_key(submission_id: str, run: int, begun: int, name: str) -> str:
    """Where one file of one grading lies; a beginning that was taken over cannot overwrite what came after it."""
    return f"{of_submission(submission_id)}/{run}/{begun}/{name}"
