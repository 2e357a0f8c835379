"""The image: what is in it, what is not, and when it is built anew."""

from __future__ import annotations

import io
import re
import tarfile
import tempfile
from pathlib import Path

import docker
import pytest

from sandbox.host.preload import ALWAYS, NAMED
from sandbox.image import base, build, packages
from sandbox.image.prune import prune


@pytest.fixture(scope="module")
def image() -> str:
    return build.ensure()


def inside(image: str, command: str) -> str:
    """What a shell command prints in the image, as the sandbox's user and without a network."""
    client = docker.from_env()
    try:
        closed = {"network_mode": "none", "read_only": True, "tmpfs": {tempfile.gettempdir(): ""}}
        printed = client.containers.run(image, ["sh", "-c", command], remove=True, **closed)
    finally:
        client.close()
    return bytes(printed).decode()


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", lock, re.MULTILINE))


def test_every_locked_package_is_installed_as_locked(image: str) -> None:
    """Names and versions in the image are those of the lock, and nothing besides."""
    command = "import importlib.metadata as m; print(*(f'{d.name}=={d.version}' for d in m.distributions()), sep='\\n')"
    found = pins(inside(image, f'/opt/py/bin/python -c "{command}"').lower().replace("_", "-"))
    assert found == {name.replace("_", "-"): version for name, version in pins(packages.LOCK.read_text()).items()}


def test_every_line_of_the_lock_has_a_hash() -> None:
    """No package can enter that was not seen when the lock was made."""
    entries = re.split(r"^(?=[a-z])", packages.LOCK.read_text(), flags=re.MULTILINE)[1:]
    assert len(entries) > 20
    assert all("--hash=sha256:" in entry for entry in entries)


def test_nothing_gives_more_rights(image: str) -> None:
    """The user is not root, no file changes user, and neither root folder nor harness can be written to."""
    assert inside(image, "id -u").strip() == "10001"
    assert inside(image, "find / -xdev -perm /6000 -type f 2>/dev/null || true") == ""
    assert inside(image, "find / /opt -xdev -writable -type f -not -path '/proc/*' 2>/dev/null || true") == ""


def test_modules_are_compiled(image: str) -> None:
    """Start-up reads byte code: without it a container takes twice as long to warm up."""
    site = "/opt/py/lib/python3.11/site-packages"
    assert inside(image, f"ls {site}/pandas/core/__pycache__/frame.cpython-311.pyc")
    code = "import pandas.core.frame as f; data = open(f.__cached__, 'rb').read(8); print(data[4])"
    assert inside(image, f'/opt/py/bin/python -c "{code}"').strip() == "1", "checked by neither time nor hash"


def test_every_module_named_for_preloading_exists(image: str) -> None:
    """A name that cannot be loaded would keep every container from starting."""
    code = "; ".join(f"import {name}" for name in (*ALWAYS, *NAMED))
    assert inside(image, f'/opt/py/bin/python -c "{code}; print(1)"').strip() == "1"


def test_common_module_names_stay_free(image: str) -> None:
    """What is preloaded takes no name that a candidate's own module is likely to have."""
    names = "app code config data dataset features helper helpers metrics model models preprocessing sandbox tests "
    names += "train training transform types_ utils validation wire tree calls"
    code = f"import sys; {'; '.join(f'import {name}' for name in (*ALWAYS, *NAMED))}; "
    code += f"print(*(n for n in '{names}'.split() if n in sys.modules))"
    assert inside(image, f'/opt/py/bin/python -s -P -c "{code}"').strip() == ""


def test_a_tag_follows_the_content(tmp_path: Path) -> None:
    """Any change in a file of the recipe gives another tag; the same content gives the same."""
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_text("1")
    other.write_text("2")
    first = build.digest([one, other])
    assert first == build.digest([one, other])
    assert first != build.digest([one, other], "salt")
    other.write_text("3")
    assert first != build.digest([one, other])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Types: deb\nSuites: bookworm bookworm-updates\nComponents: main\n"
         "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n", True),
        ("deb https://mirror.example/debian bookworm main contrib\n", True),
        ("# deb https://mirror.example/debian bookworm main\n", False),
        ("deb [signed-by=/usr/share/keyrings/other.gpg] https://vendor.example bookworm main\n", False),
        ("deb https://vendor.example other-bookworm main\n", False),
    ],
)  # fmt: skip
def test_only_debians_own_archives_are_used(text: str, named: bool) -> None:
    """The image is made from this machine's Debian archives, never from another vendor's."""
    assert base.names_suite(text, "debian-archive-keyring") is named


def test_old_images_go_unless_they_are_in_use() -> None:
    """Of four tags stays the one that is current, the one a container uses, and whatever is young."""
    client, repository = docker.from_env(), "assay-prune-test"
    names = {tag: f"{repository}:{tag}" for tag in ("current", "used", "old", "older")}
    for tag in names:
        client.api.import_image_from_data(tar_of(tag), repository, tag)
    container = client.containers.create(names["used"], ["nothing"])
    try:
        assert prune(client, repository, {names["current"]}) == 0
        assert prune(client, repository, {names["current"]}, older_than=-60) == 2
        left = {tag for image in client.images.list(repository) for tag in image.tags}
        assert left == {names["current"], names["used"]}
    finally:
        container.remove()
        prune(client, repository, (), older_than=-60)
        client.close()


def tar_of(text: str) -> bytes:
    """An image's content: one file, so that no two images are the same."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        build.add(archive, "text", text.encode())
    return buffer.getvalue()
