"""Images with packages laid over the sandbox's own: each named by its lock, made once, removed when it is not used.

The packages lie in a folder of their own that no interpreter looks into by itself.  Only a probe's process puts it at
the end of its search path (see harness/child.py), so PID 1 and all that it loads never see it, and nothing in it can
stand in for the standard library or for a package of the image.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import docker
import docker.errors

from graders.model.packages import Wheel, lock_hash
from graders.model.probe import SandboxError
from sandbox.image.build import digest, present
from sandbox.image.prune import removed
from sandbox.packages.fetch import WheelCache
from sandbox.packages.refusal import PackagesRefused
from sandbox.packages.wheels import MOST_BYTES, pack

NAME = "assay-sandbox-layer"
#: Layers that nobody has used for so long are removed, and the least used beyond so many.
UNUSED_SECONDS, MOST_LAYERS = 7 * 24 * 3600.0, 30
BUILD_SECONDS = 600
MEMORY = 2 * 2**30
#: What a layer of the same lock depends on as well.
RULES = (Path(__file__), Path(__file__).with_name("wheels.py"))
#: Byte code is made in the container that builds the image, by nobody, without a network, and not on this machine;
#: modules that cannot be compiled stay as they are.
RECIPE = """\
FROM {base}
COPY --chown=10001:10001 opt/layer /opt/layer
RUN timeout -k 5 240 /opt/py/bin/python -I -m compileall -q -j 1 --invalidation-mode unchecked-hash /opt/layer \
>/dev/null 2>&1 || true
LABEL assay.layer=1
"""


class Layers:
    """The images with packages of one engine."""

    def __init__(self, client: docker.DockerClient, cache: WheelCache | None, used: Path | None) -> None:
        """`cache` has the wheels; `used` is a folder that remembers when a layer was last used."""
        self._client, self._cache, self._used = client, cache, used
        self._lock = threading.Lock()

    def image(self, base: str, wheels: Sequence[Wheel]) -> str:
        """The image of `base` with these packages, made first where it is missing; SandboxError where it cannot be."""
        if not wheels:
            return base
        name = f"{NAME}:{digest(RULES, f'{base} {lock_hash(wheels)}')}"
        with self._lock:
            self._note(name)
            if not present(self._client, name):
                self._make(base, name, wheels)
                self._remove_unused(but=name)
        return name

    def _make(self, base: str, name: str, wheels: Sequence[Wheel]) -> None:
        if self._cache is None:
            raise SandboxError("this sandbox was started without a folder for packages")
        try:
            files = [(wheel.name, path) for wheel, path in zip(wheels, self._cache.files(wheels), strict=True)]
            with tempfile.TemporaryDirectory(prefix="assay-layer-") as folder:
                context = Path(folder) / "context.tar"
                pack(files, context, MOST_BYTES, RECIPE.format(base=base).encode())
                with context.open("rb") as file:
                    self._client.images.build(
                        fileobj=file,
                        custom_context=True,
                        tag=name,
                        rm=True,
                        forcerm=True,
                        network_mode="none",
                        container_limits={"memory": MEMORY, "memswap": MEMORY},
                        timeout=BUILD_SECONDS,
                    )
        except PackagesRefused as no:  # they were sound when they were found: it is the cache that is not
            raise SandboxError(f"packages that had been fetched cannot be read: {no.code} {no.detail}") from no
        except docker.errors.BuildError as error:
            raise SandboxError(f"the packages could not be laid over the image: {error.msg}") from error

    def _note(self, name: str) -> None:
        """Remember that a layer is in use, for every process on this machine."""
        if self._used is not None:
            self._used.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self._used / name.partition(":")[2]).touch()

    def _remove_unused(self, but: str) -> None:
        """Remove what nobody has used for long; the engine refuses what a container uses."""
        used = (
            {mark.name: mark.stat().st_mtime for mark in self._used.iterdir()}
            if self._used and self._used.exists()
            else {}
        )
        known = [(image, tag) for image in self._client.images.list(NAME) for tag in image.tags]
        old = [(used.get(tag.partition(":")[2], created(image.attrs["Created"])), tag) for image, tag in known]
        late = time.time() - UNUSED_SECONDS
        for place, (last, tag) in enumerate(sorted(old, reverse=True)):
            if tag != but and (last < late or place >= MOST_LAYERS) and removed(self._client, tag) and self._used:
                (self._used / tag.partition(":")[2]).unlink(missing_ok=True)


def created(stated: str) -> float:
    """Seconds since 1970 of an engine's date."""
    return datetime.fromisoformat(stated[:19] + "+00:00").timestamp()
