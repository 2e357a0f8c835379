"""Wheels are fetched by hash, within bounds, from where the administrator says and nowhere else."""

from __future__ import annotations

import math
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from graders.model.packages import Wheel
from sandbox.packages.fetch import WheelCache
from sandbox.packages.index import File, Index, resolve
from sandbox.packages.refusal import IndexUnreachable, PackagesRefused
from testing.waiting import SECONDS
from testing.wheels import wheel


@pytest.fixture
def found(tmp_path: Path) -> tuple[Index, Wheel]:
    wheel(tmp_path / "wheels", "small")
    index = Index(folder=tmp_path / "wheels", most_mb=1)
    (small,) = resolve(["small==1.0"], {}, index)
    return index, small


def test_a_wheel_is_fetched_once(found: tuple[Index, Wheel], tmp_path: Path) -> None:
    index, small = found
    cache = WheelCache(tmp_path / "kept", index)
    (path,) = cache.files([small])
    (tmp_path / "wheels" / small.file).unlink()
    assert cache.files([small]) == (path,)
    assert path.name == f"{small.sha256}.whl"


def test_another_file_of_the_same_name_is_not_taken(found: tuple[Index, Wheel], tmp_path: Path) -> None:
    index, small = found
    with pytest.raises(IndexUnreachable, match="no longer has"):
        WheelCache(tmp_path / "kept", index).files([replace(small, sha256="0" * 64)])
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_file_that_is_not_what_the_index_says_is_not_kept(found: tuple[Index, Wheel], tmp_path: Path) -> None:
    index, small = found
    cache = WheelCache(tmp_path / "kept", index)
    (tmp_path / "kept").mkdir()
    other = File(replace(small, sha256="0" * 64), f"file://{tmp_path}/wheels/{small.file}", 0)
    with pytest.raises(IndexUnreachable, match="another file"):
        cache._fetch(other, tmp_path / "kept" / "x.whl", 2**20, time.monotonic() + SECONDS)
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "file://{}/wheels/link.whl", "ftp://127.0.0.1/x.whl", "http://127.0.0.1:9/x", "x"]
)
def test_no_other_place_is_asked(address: str, found: tuple[Index, Wheel], tmp_path: Path) -> None:
    """Whatever an index says, no file of this machine but the administrator's wheels is read."""
    index, _ = found
    (tmp_path / "wheels" / "link.whl").symlink_to("/etc/passwd")
    with pytest.raises(IndexUnreachable):
        list(WheelCache(tmp_path / "kept", index)._chunks(address.format(tmp_path), time.monotonic() + SECONDS))


@pytest.mark.parametrize("told", [True, False])
def test_too_much_is_refused_with_and_without_a_stated_size(told: bool, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "large", files={"large.bin": os.urandom(2 * 2**20)})
    index = Index(folder=tmp_path / "wheels", most_mb=1)
    (large,) = resolve(["large==1.0"], {}, replace(index, most_mb=9))
    cache, size = WheelCache(tmp_path / "kept", index), 2 * 2**20 if told else 0
    (tmp_path / "kept").mkdir()
    with pytest.raises(PackagesRefused) as refused:
        cache._fetch(File(large, f"file://{tmp_path}/wheels/{large.file}", size), tmp_path / "x", 2**20, math.inf)
    assert (refused.value.code, refused.value.names) == ("PACKAGES_TOO_BIG", ("large",))


def test_what_is_not_used_goes_first(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        wheel(tmp_path / "wheels", name, files={f"{name}.bin": os.urandom(40_000)})
    index = Index(folder=tmp_path / "wheels")
    wheels = {w.name: w for w in resolve(["one==1.0", "two==1.0", "three==1.0"], {}, index)}
    cache = WheelCache(tmp_path / "kept", index, most_kept=100_000)
    one, two = cache.files([wheels["one"], wheels["two"]])
    os.utime(two, (1, 1))
    cache.files([wheels["three"]])
    assert one.exists()
    assert not two.exists()
