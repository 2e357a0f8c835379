"""The files of wheels, fetched by hash and kept on this machine while they are used."""

from __future__ import annotations

import contextlib
import hashlib
import os
import ssl
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from graders.model.packages import Wheel
from graders.model.probe import SandboxError
from sandbox.packages.index import File, Index, clean, files
from sandbox.packages.refusal import IndexUnreachable, PackagesRefused

CHUNK = 1 << 20
#: What is kept of wheels that nothing has used for longest is removed beyond so many bytes.
MOST_KEPT = 8 * 2**30
SUFFIX = ".whl"


class WheelCache:
    """Wheels by their hash in `folder`, fetched from the index where they are missing."""

    def __init__(self, folder: Path, index: Index, most_kept: int = MOST_KEPT) -> None:
        self._folder, self._index, self._most_kept = folder, index, most_kept
        self._most = index.most_mb * 2**20

    def files(self, wheels: Sequence[Wheel]) -> tuple[Path, ...]:
        """The file of each wheel.

        Raises PackagesRefused where they are too large, IndexUnreachable where one cannot be had now or is another.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = {wheel.sha256: self._folder / f"{wheel.sha256}{SUFFIX}" for wheel in wheels}
        missing = [wheel for wheel in wheels if not kept[wheel.sha256].exists()]
        here = files(missing, self._index) if missing else {}
        if sum(file.size for file in here.values() if file.wheel.sha256 in kept) > self._most:
            raise self._too_big(list(here.values()))
        until, left = time.monotonic() + self._index.seconds, self._most
        for wheel in wheels:
            path = kept[wheel.sha256]
            if wheel in missing:
                if wheel.sha256 not in here:
                    raise IndexUnreachable(f"the index no longer has the file of {wheel.name} {wheel.version}")
                self._fetch(here[wheel.sha256], path, left, until)
            os.utime(path)
            left -= path.stat().st_size
        self._clear(set(kept.values()))
        return tuple(kept[wheel.sha256] for wheel in wheels)

    def _too_big(self, files: Sequence[File]) -> PackagesRefused:
        largest = sorted(files, key=lambda file: -file.size)[:3]
        return PackagesRefused("PACKAGES_TOO_BIG", tuple(file.wheel.name for file in largest))

    def _fetch(self, file: File, to: Path, most: int, until: float) -> None:
        handle, draft = tempfile.mkstemp(prefix=".fetching-", dir=self._folder)
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as target:
                for chunk in self._chunks(file.url, until):
                    size += len(chunk)
                    if size > most:
                        raise self._too_big([file])
                    digest.update(chunk)
                    target.write(chunk)
            if digest.hexdigest() != file.wheel.sha256:
                raise IndexUnreachable(f"the index gives another file for {file.wheel.file} than it says")
            Path(draft).rename(to)
        except OSError as error:
            raise SandboxError(f"a wheel could not be kept: {error}") from error
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft)

    def _chunks(self, address: str, until: float) -> Iterator[bytes]:
        parts = urlsplit(address)
        if parts.scheme == "file":
            yield from self._of_folder(unquote(parts.path))
            return
        if parts.scheme not in ("http", "https"):
            raise IndexUnreachable(f"the index names a file that is not fetched: {clean(address)}")
        with_user = urlsplit(self._index.url)
        same = with_user.username and parts.hostname == with_user.hostname and parts.scheme == with_user.scheme
        user = httpx.BasicAuth(with_user.username or "", with_user.password or "") if same else None
        trusted = ssl.create_default_context()
        try:
            with (
                httpx.Client(verify=trusted, follow_redirects=True, timeout=20, auth=user) as client,
                client.stream("GET", address, headers={"Accept-Encoding": "identity"}) as reply,
            ):
                reply.raise_for_status()
                for chunk in reply.iter_raw(CHUNK):
                    if time.monotonic() > until:
                        raise IndexUnreachable(f"fetching took more than {self._index.seconds:g} s")
                    yield chunk
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise IndexUnreachable(f"a file of the index cannot be had: {clean(str(error) or repr(error))}") from None

    def _of_folder(self, path: str) -> Iterator[bytes]:
        """A file of the administrator's folder, and no other of this machine."""
        if self._index.folder is None or not Path(path).resolve().is_relative_to(self._index.folder.resolve()):
            raise IndexUnreachable("the lock names a file outside the folder of wheels")
        try:
            with Path(path).open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise IndexUnreachable(f"a wheel of the folder cannot be read: {error.strerror}") from None

    def _clear(self, but: set[Path]) -> None:
        """Remove what nobody has used for longest, where there is too much."""
        with contextlib.suppress(OSError):  # another process clears as well
            known = sorted((p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob(f"*{SUFFIX}"))
            excess = sum(size for _, size, _ in known) - self._most_kept
            for _, size, path in known:
                if excess <= 0:
                    break
                if path not in but:
                    path.unlink(missing_ok=True)
                    excess -= size
