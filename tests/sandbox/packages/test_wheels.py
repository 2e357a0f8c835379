"""Hostile wheels: each is refused by name, or loses what an interpreter would run by itself; nothing is unpacked."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from sandbox.packages import wheels
from sandbox.packages.refusal import PackagesRefused
from sandbox.packages.wheels import PLACE, contents, pack
from testing.wheels import wheel

MOST = 50 * 2**20


def entry(path: str, mode: int = 0, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path)
    info.external_attr, info.compress_type = mode << 16, method
    return info


HOSTILE = {
    "a path that climbs": [(entry("../../evil.py"), b"")],
    "an absolute path": [(entry("/etc/evil.py"), b"")],
    "a path with a drive": [(entry("C:evil.py"), b"")],
    "a backslash": [(entry("a\\..\\evil.py"), b"")],
    "an invisible letter": [(entry("ev\u202eil.py"), b"")],
    "a link": [(entry("link.py", stat.S_IFLNK | 0o777), b"/etc/passwd")],
    "a device": [(entry("device", stat.S_IFCHR | 0o666), b"")],
    "a name twice": [(entry("twice.py"), b"1"), (entry("twice.py"), b"2")],
    "a file that is a folder": [(entry("both"), b"1"), (entry("both/inside.py"), b"2")],
    "an endless name": [(entry("a/" * 40 + "x.py"), b"")],
    "a long name": [(entry("a" * 300 + ".py"), b"")],
    "a rare packing": [(entry("x.py", method=zipfile.ZIP_LZMA), b"x")],
}


@pytest.mark.parametrize("entries", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_no_builder_writes_is_refused(entries: list[tuple[zipfile.ZipInfo, bytes]], tmp_path: Path) -> None:
    path = wheel(tmp_path, "evil", entries=entries)
    with pytest.raises(PackagesRefused) as refused:
        contents([("evil", path)], MOST, ())
    assert (refused.value.code, refused.value.names) == ("PACKAGE_BROKEN", ("evil",))
    assert refused.value.detail.isprintable()


def test_a_bomb_is_told_by_what_it_would_hold(tmp_path: Path) -> None:
    path = wheel(tmp_path, "bomb", files={f"bomb{n}.bin": bytes(8 * 2**20) for n in range(8)})
    assert path.stat().st_size < 2**20
    with pytest.raises(PackagesRefused) as refused:
        contents([("bomb", path)], MOST, ())
    assert refused.value.code == "PACKAGES_TOO_BIG"


def test_a_size_that_is_a_lie_is_refused(tmp_path: Path) -> None:
    """The archive says 10 bytes of what unpacks to 8 MB."""
    path = wheel(tmp_path, "liar", files={"liar.bin": bytes(8 * 2**20)})
    path.write_bytes(path.read_bytes().replace((8 * 2**20).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(PackagesRefused) as refused:
        contents([("liar", path)], MOST, ())
    assert refused.value.code == "PACKAGE_BROKEN"


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.whl"
    path.write_bytes(data)
    with pytest.raises(PackagesRefused) as refused:
        contents([("a", path)], MOST, ())
    assert refused.value.code == "PACKAGE_BROKEN"


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "MOST_FILES", 5)
    path = wheel(tmp_path, "many", files={f"m{n}.py": "" for n in range(9)})
    with pytest.raises(PackagesRefused):
        wheels._contents([("many", path)], MOST, ())


def test_start_up_hooks_commands_and_byte_code_are_left_out(tmp_path: Path) -> None:
    files = {
        "good/__init__.py": "import sklearn.linear_model\nfrom scipy import stats\n",
        "good/late.py": "def f():\n    import lightgbm\n",
        "good/__pycache__/late.cpython-311.pyc": "other code",
        "good.pth": "import os; os.system('x')",
        "deep/good.pth": "a file like any other here",
        "sitecustomize.py": "raise SystemExit",
        "usercustomize/__init__.py": "raise SystemExit",
        "good-1.0.data/scripts/python": "#!python",
        "good-1.0.data/headers/good.h": "",
        "good-1.0.data/data/etc/passwd": "",
        "good-1.0.data/purelib/pure.py": "",
        "good-1.0.data/purelib/sneaky.pth": "import os",
        "good-1.0.data/platlib/sitecustomize.py": "raise SystemExit",
        "fast.cpython-311-x86_64-linux-gnu.so": "elf",
        "good.libs/libfast.so": "elf",
    }
    path = wheel(tmp_path, "good", files=files)
    (found,) = contents([("good", path)], MOST, ("sklearn", "sklearn.linear_model", "scipy", "lightgbm", "numpy"))
    assert found.imports == ("deep", "fast", "good", "pure")
    assert found.uses == ("scipy", "sklearn", "sklearn.linear_model")
    pack([("good", path)], tmp_path / "layer.tar", MOST, b"FROM nothing\n")
    with tarfile.open(tmp_path / "layer.tar") as packed:
        members = packed.getmembers()
        names = {m.name.removeprefix(f"{PLACE}/") for m in members if "dist-info" not in m.name}
        assert all(m.isreg() and m.mode == 0o444 and m.uid == 0 for m in members)
    kept = {"good/__init__.py", "good/late.py", "deep/good.pth", "pure.py", "good.libs/libfast.so"}
    assert names == kept | {"Dockerfile", "fast.cpython-311-x86_64-linux-gnu.so"}


def test_packages_may_share_a_folder_but_not_make_it_a_file(tmp_path: Path) -> None:
    one = wheel(tmp_path, "one", files={"shared/__init__.py": "", "shared/one.py": ""})
    two = wheel(tmp_path, "two", files={"shared/__init__.py": "", "shared/two.py": ""})
    bad = wheel(tmp_path, "bad", files={"shared": ""})
    pack([("one", one), ("two", two)], tmp_path / "layer.tar", MOST, b"")
    with tarfile.open(tmp_path / "layer.tar") as packed:
        assert [m.name for m in packed.getmembers()].count(f"{PLACE}/shared/__init__.py") == 1
    with pytest.raises(PackagesRefused):
        contents([("one", one), ("bad", bad)], MOST, ())
