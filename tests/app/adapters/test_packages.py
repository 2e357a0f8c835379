"""Packages of a challenge and of a submission, from a folder of wheels: had, refused by name, or our fault."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from app.adapters import packages as adapter
from app.adapters.packages import Packages, with_extra
from app.intake import Rejected, unpack
from app.store.blobs import Blobs
from challenges.ml_pipeline.challenge import CHALLENGE
from challenges.offered import LOCK, versions
from challenges.tables.definition import ColumnEntry, Definition, PackagesEntry, write
from challenges.tables.table import TableError
from graders.model.challenge import Challenge
from graders.model.packages import Wheel, read_lock
from graders.model.submission import Submission
from sandbox.packages.index import Index
from sandbox.packages.refusal import IndexUnreachable
from testing.wheels import sources, wheel
from tests.app.intake.make import PIPELINE, zipped

NUMPY = versions(LOCK.read_text())["numpy"]
XGBOOST = versions(LOCK.read_text())["xgboost-cpu"]
OPEN = replace(CHALLENGE, own_packages=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheels")
    wheel(place, "featurely", requires=["numpy>=2", "small-help==1.0"])
    wheel(place, "small-help")
    wheel(place, "old-one", requires=["numpy<2"])
    wheel(place, "bomb", files={f"b{n}.bin": bytes(16 * 2**20) for n in range(4)})
    wheel(place, "climber", files={"../../up.py": ""})
    for number in range(6):
        wheel(place, f"chain-{number}", requires=[f"chain-{number + 1}==1.0"] if number < 5 else ())
    sources(place, "only_source")
    return place


@pytest.fixture
def found(folder: Path, tmp_path: Path) -> Packages:
    return Packages(Index(folder=folder, most=4, most_mb=20), tmp_path, Blobs(MemoryStore()))


def work(lock: str, imports: str = "", name: str = "requirements.txt") -> bytes:
    return zipped({"pipeline.py": f"{imports}\n{PIPELINE}", name: lock})


def received(found: Packages, upload: bytes, challenge: Challenge = OPEN) -> Submission:
    return found.received(partial(unpack, upload, "work.zip"), challenge)


def test_a_lock_brings_its_packages_and_what_they_need(found: Packages) -> None:
    submission = received(found, work("featurely==1.0\n", "import featurely, small_help, numpy"))
    assert [(w.name, w.version, w.imports) for w in submission.layer] == [
        ("featurely", "1.0", ("featurely",)),
        ("small-help", "1.0", ("small_help",)),
    ]
    assert with_extra(submission, OPEN) is submission


def test_what_the_image_has_is_taken_from_it(found: Packages) -> None:
    assert received(found, work(f"numpy=={NUMPY}\npandas>=2\nscikit-learn\nxgboost=={XGBOOST}\n")).layer == ()


def test_a_challenge_that_takes_no_lock_reads_none(found: Packages) -> None:
    assert received(found, work("-e .\n"), CHALLENGE).wanted == ()


UV = f"""version = 1
[[package]]
name = "work"
version = "0"
source = {{ editable = "." }}
dependencies = [{{ name = "small-help" }}, {{ name = "numpy" }}]
[package.metadata]
requires-dist = [{{ name = "small-help" }}, {{ name = "numpy", specifier = "STATED" }}]
[[package]]
name = "numpy"
version = "1.26.4"
source = {{ registry = "https://index.invalid" }}
[[package]]
name = "small-help"
version = "1.0"
source = {{ registry = "https://index.invalid" }}
wheels = [{{ url = "https://index.invalid/x.whl", hash = "sha256:{"c" * 64}" }}]
"""


def test_of_a_lock_of_uv_the_images_packages_count_by_what_the_project_asks(found: Packages) -> None:
    """uv locks one numpy; the project itself is content with ours.  The hash in it is of another file."""
    with pytest.raises(Rejected) as refused:
        received(found, work(UV.replace("STATED", ">=1.20"), name="uv.lock"))
    assert refused.value.problem.code == "PACKAGE_HASH"
    without = re.sub(r", hash = \"sha256:c+\"", "", UV)
    assert [w.name for w in received(found, work(without.replace("STATED", ">=1.20"), name="uv.lock")).layer]
    with pytest.raises(Rejected) as refused:
        received(found, work(without.replace("STATED", "<2"), name="uv.lock"))
    assert refused.value.problem.code == "PACKAGE_CONFLICT"


@pytest.mark.parametrize(
    ("lock", "code", "said", "line"),
    [
        ("small-help\n", "PACKAGE_UNPINNED", "small-help", 1),
        ("small-help>=1\n", "PACKAGE_UNPINNED", "small-help", 1),
        ("small-help==1.*\n", "PACKAGE_UNPINNED", "small-help", 1),
        ("numpy==1.26.4\n", "PACKAGE_CONFLICT", f"numpy==1.26.4 ({NUMPY})", 1),
        ("small-help==1.0\nold-one==1.0\n", "PACKAGE_CONFLICT", "old-one", None),
        ("small-help==1.0\nonly-source==1.0\n", "PACKAGE_NO_WHEEL", "only-source", 2),
        ("\nnot-there==1.0\n", "PACKAGE_UNKNOWN", "not-there", 2),
        (f"small-help==1.0 --hash=sha256:{'0' * 64}\n", "PACKAGE_HASH", "small-help", 1),
        ("climber==1.0\n", "PACKAGE_BROKEN", "climber", 1),
        ("bomb==1.0\n", "PACKAGES_TOO_BIG", "bomb", 1),
        ("chain-0==1.0\n", "PACKAGES_TOO_MANY", "6", 1),
    ],
)
def test_what_cannot_be_had_is_refused_by_name_and_line(
    lock: str, code: str, said: str, line: int | None, found: Packages
) -> None:
    with pytest.raises(Rejected) as refused:
        received(found, work(lock))
    problem = refused.value.problem
    assert problem.code == code
    assert said in problem.message
    assert problem.hint
    assert problem.where
    assert line is None or problem.where.line == line


def test_an_import_that_no_package_brings_is_refused_as_always(found: Packages) -> None:
    with pytest.raises(Rejected) as refused:
        received(found, work("small-help==1.0\n", "import featurely"))
    assert refused.value.problem.code == "IMPORT_UNAVAILABLE"


def test_the_second_use_of_a_lock_asks_nobody(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine with the same store finds the same packages, though the index has gone."""
    store, index = Blobs(MemoryStore()), Index(folder=folder)
    first = received(Packages(index, tmp_path / "a", store), work("featurely==1.0\n"))
    away = replace(index, url="http://127.0.0.1:9/simple")
    assert received(Packages(away, tmp_path / "b", store), work("# same\nfeaturely==1.0\n")).layer == first.layer
    monkeypatch.setattr(adapter, "had", lambda _: {"numpy": "9.9"})  # another image is another question
    with pytest.raises(IndexUnreachable):
        received(Packages(away, tmp_path / "b", store), work("featurely==1.0\n"))


def test_an_index_that_is_away_refuses_nobody(tmp_path: Path) -> None:
    away = Packages(Index("http://127.0.0.1:9/simple"), tmp_path, Blobs(MemoryStore()))
    with pytest.raises(IndexUnreachable):
        received(away, work("featurely==1.0\n"))


def test_one_lock_is_looked_for_at_a_time(found: Packages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "WAIT_SECONDS", 0.01)
    assert found._turns.acquire()
    with pytest.raises(IndexUnreachable, match="others"):
        received(found, work("featurely==1.0\n"))
    found._turns.release()
    assert received(found, work("featurely==1.0\n")).layer


def definition(*extra: str) -> Definition:
    column = (ColumnEntry(name="y", type="float"),)
    entry = PackagesEntry(extra=extra)
    return Definition(id="one", title="One", task="regression", target="y", column=column, packages=entry)


def test_a_challenge_adds_packages_by_a_lock(found: Packages, tmp_path: Path) -> None:
    wheels, made_for = read_lock(found.lock(definition("featurely", f"numpy=={NUMPY}")))
    assert [w.name for w in wheels] == ["featurely", "small-help"]
    assert made_for == ("featurely", f"numpy=={NUMPY}")
    assert found.lock(definition()) == ""
    with pytest.raises(TableError, match="only-source") as refused:
        found.lock(definition("only-source"))
    assert refused.value.code == "PACKAGE_NO_WHEEL"
    (tmp_path / "challenge.toml").write_text(write(definition("featurely")))
    found.keep_lock(tmp_path)
    kept = (tmp_path / "pylock.toml").read_text()
    assert read_lock(kept)[1] == ("featurely",)
    found.keep_lock(tmp_path)
    assert (tmp_path / "pylock.toml").read_text() == kept


def test_both_come_together(found: Packages) -> None:
    extra = read_lock(found.lock(definition("small-help")))[0]
    of = replace(OPEN, extra=extra, packages=OPEN.packages | {"small_help"})
    submission = received(found, work("featurely==1.0\n", "import featurely, small_help"), of)
    assert [w.name for w in submission.layer] == ["featurely", "small-help"]
    plain = received(found, work("pandas\n", "import small_help"), of)
    assert with_extra(plain, of).layer == extra


def test_a_lock_of_another_hand_is_read_with_care() -> None:
    for text in ("", "x", 'lock-version = "2"', "[[packages]]\nname = 1"):
        with pytest.raises(ValueError, match=r"lock|Expected|Invalid"):
            read_lock(text)
    bad = adapter.write_lock([Wheel("a", "1", "a.whl", "../../etc/passwd")])
    with pytest.raises(ValueError, match="proper"):
        read_lock(bad)
