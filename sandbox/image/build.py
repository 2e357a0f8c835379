"""Build the image the sandbox runs: `python -m sandbox.image.build`.

Two layers, each named by a hash of all it is made from: a base (interpreter and locked packages, minutes)
and the harness on top of it (a second), so that a change in the harness rebuilds the small one alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import docker.errors

from sandbox.image import base
from sandbox.image.packages import BuildError
from sandbox.image.prune import prune

NAME = "assay-sandbox"
SANDBOX = Path(__file__).parent.parent
SHARED = ("__init__", "contract", "names", "roots", "tree", "wire")  # of the protocol: what the harness imports
RECIPE = """\
FROM {base}
COPY assay_harness /opt/assay/assay_harness
RUN /opt/py/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/assay
LABEL assay.image=1
USER 10001:10001
"""


def ensure(progress: base.Progress = lambda _: None) -> str:
    """The reference of the sandbox image, built first where it is missing.

    BuildError where this machine cannot build it, docker.errors.DockerException without an engine.
    """
    client = docker.from_env(timeout=600)
    try:
        with one_at_a_time():
            return _ensure(client, progress)
    finally:
        client.close()


def _ensure(client: docker.DockerClient, progress: base.Progress) -> str:
    base_tag, tag = tags()
    if not present(client, f"{NAME}:{tag}"):
        if not present(client, f"{NAME}-base:{base_tag}"):
            base.build(client, f"{NAME}-base", base_tag, progress)
        progress("adding the harness")
        layer(client, f"{NAME}-base:{base_tag}", f"{NAME}:{tag}")
        prune(client, NAME, {f"{NAME}:{tag}"})
        prune(client, f"{NAME}-base", {f"{NAME}-base:{base_tag}"})
    return f"{NAME}:{tag}"


def tags() -> tuple[str, str]:
    """The tags of the base and of the whole, from the content of everything they are made of."""
    base_tag = digest(base.RECIPE)
    return base_tag, digest([Path(__file__), *harness_files()], base_tag)


def digest(files: Iterable[Path], salt: str = "") -> str:
    total = hashlib.sha256(salt.encode())
    for file in files:
        total.update(hashlib.sha256(file.name.encode() + b"\0" + file.read_bytes()).digest())
    return total.hexdigest()[:16]


def harness_files() -> list[Path]:
    """What runs inside, and the half of the protocol it speaks; both keep their places below one package."""
    shared = [SANDBOX / "protocol" / f"{name}.py" for name in SHARED]
    return sorted([SANDBOX / "__init__.py", *shared, *(SANDBOX / "harness").rglob("*.py")])


def present(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        return False
    return True


def layer(client: docker.DockerClient, base_name: str, name: str) -> None:
    """The harness on top of the base, read-only for everyone and with fixed times."""
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        add(archive, "Dockerfile", RECIPE.format(base=base_name).encode())
        for file in harness_files():
            add(archive, f"assay_harness/{file.relative_to(SANDBOX).as_posix()}", file.read_bytes())
    context.seek(0)
    try:
        client.images.build(fileobj=context, custom_context=True, tag=name, rm=True, forcerm=True)
    except docker.errors.BuildError as error:
        raise BuildError(f"docker build failed: {error.msg}") from error


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o444
    archive.addfile(entry, io.BytesIO(content))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keeps two processes from building the same image at once."""
    with (Path(tempfile.gettempdir()) / f"{NAME}-build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    started = time.monotonic()
    try:
        name = ensure(lambda step: print(f"{time.monotonic() - started:6.1f} s  {step}", file=sys.stderr))  # noqa: T201
    except (BuildError, docker.errors.DockerException) as error:
        print(f"The sandbox image could not be built: {error}", file=sys.stderr)  # noqa: T201
        return 3
    client = docker.from_env()
    size = client.images.get(name).attrs["Size"] / 2**20
    client.close()
    print(f"{name}  {size:.0f} MB  {time.monotonic() - started:.1f} s")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
