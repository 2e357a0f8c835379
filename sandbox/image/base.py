"""The base image: an interpreter and the locked packages, from the official image or from Debian packages."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import docker
import docker.errors

from sandbox.image.packages import HERE, LOCK, PYTHON, BuildError, install, run
from sandbox.image.packages import strip as strip_libraries

OFFICIAL = "python:3.11-slim"
SUITE = "bookworm"  # the Debian release whose own Python is 3.11
DEBIAN_PACKAGES = "python3-minimal,libpython3.11-stdlib,libgomp1"  # lightgbm's wheel needs libgomp1
UNUSED = (
    *("var/lib/apt", "var/cache", "var/log", "usr/share/doc", "usr/share/man", "usr/share/locale"),
    *("usr/share/info", "usr/share/lintian", "usr/share/perl", "usr/share/perl5"),
    *("usr/bin/perl", "usr/bin/perl5.36.0", "usr/lib/*/perl*", "usr/lib/*/libperl.so*"),
)
RECIPE = (HERE / "base.py", HERE / "packages.py", HERE / "Dockerfile", LOCK)
ENVIRONMENT = ("ENV PATH=/opt/py/bin:/usr/bin:/bin", "ENV PYTHONDONTWRITEBYTECODE=1")
Progress = Callable[[str], None]


def build(client: docker.DockerClient, repository: str, tag: str, progress: Progress) -> None:
    """Build the base image under `repository:tag`; BuildError when neither way is open."""
    with tempfile.TemporaryDirectory(prefix="assay-image-") as folder:
        work = Path(folder)
        progress("installing the locked packages")
        install(work / "packages")
        if pulled(progress):
            from_official(client, work, f"{repository}:{tag}", progress)
        else:
            from_debian(client, work, repository, tag, progress)


def pulled(progress: Progress) -> bool:
    """Whether the official image is here or a registry gives it without delay."""
    progress(f"looking for {OFFICIAL}")
    client = docker.from_env(timeout=20)
    try:
        client.images.get(OFFICIAL)
    except docker.errors.ImageNotFound:
        try:
            client.images.pull(OFFICIAL)
        except (docker.errors.DockerException, OSError):
            return False
    finally:
        client.close()
    return True


def from_official(client: docker.DockerClient, work: Path, name: str, progress: Progress) -> None:
    """The Dockerfile beside this module, its context being the installed packages."""
    progress(f"building on {OFFICIAL}")
    shutil.copy(HERE / "Dockerfile", work)
    try:
        client.images.build(path=str(work), tag=name, rm=True, forcerm=True)
    except docker.errors.BuildError as error:
        raise BuildError(f"docker build failed: {error.msg}") from error


def from_debian(client: docker.DockerClient, work: Path, repository: str, tag: str, progress: Progress) -> None:
    """A root folder from Debian packages, packed so that the same input gives the same bytes."""
    if os.geteuid() != 0:
        raise BuildError(f"{OFFICIAL} cannot be pulled, and building from Debian packages needs root")
    progress(f"{OFFICIAL} cannot be had; building from Debian packages (about a minute)")
    root = work / "root"
    bootstrap(root)
    furnish(root, work / "packages")
    progress("compiling")
    compiled = (f"/opt/py/lib/python{PYTHON}/site-packages", f"/usr/lib/python{PYTHON}")
    python = ("/opt/py/bin/python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
    run("chroot", str(root), *python, *compiled)
    progress("importing")
    archive = work / "root.tar"
    run(*PACK, "-C", str(root), "-cf", str(archive), ".")
    client.api.import_image_from_file(str(archive), repository, tag, list(ENVIRONMENT))


PACK = ("tar", "--sort=name", "--mtime=@0", "--numeric-owner", "--owner=0", "--group=0", "--one-file-system")


def bootstrap(root: Path) -> None:
    """The smallest Debian with Python, from the archives this machine itself is set up for."""
    command = ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", f"--include={DEBIAN_PACKAGES}"]
    run("env", "SOURCE_DATE_EPOCH=0", *command, SUITE, str(root), *own_sources())


def own_sources() -> list[str]:
    """This machine's lists of Debian archives for the suite; none leaves mmdebstrap its default."""
    folder = Path("/etc/apt")
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    keyring = "debian-archive-keyring"
    return [str(f) for f in files if f.is_file() and names_suite(f.read_text(errors="replace"), keyring)]


def names_suite(text: str, keyring: str) -> bool:
    """Whether an apt source list is Debian's own for our suite, not some other vendor's."""
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    return SUITE in words and "main" in words and (keyring in text or "signed-by" not in text.lower())


def furnish(root: Path, packages: Path) -> None:
    """Put the packages and the unprivileged user in; take out what no probe needs."""
    py = root / "opt/py"
    site = py / f"lib/python{PYTHON}/site-packages"
    site.parent.mkdir(parents=True)
    (py / "bin").mkdir()
    strip_libraries(packages)
    shutil.move(packages, site)
    (py / "bin/python").symlink_to(f"/usr/bin/python{PYTHON}")
    (py / "bin/python3").symlink_to("python")
    (py / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    (root / "job").mkdir()
    with (root / "etc/passwd").open("a") as users, (root / "etc/group").open("a") as groups:
        users.write("sandbox:x:10001:10001::/tmp:/usr/sbin/nologin\n")
        groups.write("sandbox:x:10001:\n")
    strip(root)


def strip(root: Path) -> None:
    for path in [path for name in UNUSED for path in root.glob(name)]:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o6000:
            path.chmod(path.stat().st_mode & 0o1777)  # nothing in the image may change user
