"""Several machines grade on the same rows, and no folder is copied by hand."""

from __future__ import annotations

import io
import os
import shutil
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from obstore.exceptions import GenericError
from obstore.store import LocalStore, MemoryStore

from app.challenges.keeping import Keeping, vault_key
from app.platform.secrets import Keyring
from app.store.blobs import Blobs
from challenges import kit, registry, vault
from challenges.tables import create, moving
from tests.challenges.tables.tables import honest, proposed, table

KEYS = Keyring(b"one secret")


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Blobs]:
    """Two homes and the store between them; the first home has a challenge."""
    place = tmp_path_factory.mktemp("machines")
    (place / "store").mkdir()
    rows = honest("binary", rows=400)
    create.create(table(rows), proposed(rows, id="shared").definition, place / "first")
    return place / "first", place / "second", Blobs(LocalStore(place / "store"))


def test_a_second_machine_takes_the_rows_of_the_first(machines: tuple[Path, Path, Blobs]) -> None:
    first, second, blobs = machines
    one = Keeping(first, blobs, KEYS).challenge("shared")
    other = Keeping(second, blobs, KEYS).challenge("shared")
    Keeping(second, blobs, KEYS).share(other)
    assert vault.load(one, first).fingerprint == vault.load(other, second).fingerprint
    files = [path for path in (second / "vault").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    names = [*blobs.keys("vaults"), *blobs.keys("challenges")]
    stored = b"".join(blobs.get(name) for name in names)
    assert len(names) == 2
    assert b"income" not in stored, "what lies in the store is sealed"


def test_other_rows_or_another_secret_are_never_graded_on(machines: tuple[Path, Path, Blobs], tmp_path: Path) -> None:
    first, _, blobs = machines
    Keeping(first, blobs, KEYS).challenge("shared")
    with pytest.raises(vault.VaultError, match="ASSAY_SECRET"):
        Keeping(tmp_path / "third", blobs, Keyring(b"another")).challenge("shared")
    shutil.copytree(first, tmp_path / "fourth")
    (tmp_path / "fourth" / "vault" / "shared-1" / "fingerprint").write_text("0" * 64)
    fourth = Keeping(tmp_path / "fourth", blobs, KEYS)
    assert fourth.names()[-1] == fourth.challenge("shared").id == "shared", "its pages can be read"
    with pytest.raises(vault.VaultError, match="other machines"):
        fourth.share(fourth.challenge("shared"))
    with pytest.raises(registry.UnknownChallenge):
        Keeping(first, blobs, KEYS).challenge("nowhere")


def test_rows_that_the_store_never_got_give_way_to_those_it_has(
    machines: tuple[Path, Path, Blobs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine was killed, or cut off, between making rows and sharing them; meanwhile another shared its own."""
    first, _, blobs = machines
    challenge = Keeping(first, blobs, KEYS).challenge("shared")
    place = vault.folder_of(challenge, tmp_path)

    def make(*_: object) -> None:
        shutil.copytree(vault.folder_of(challenge, first), place)
        (place / "fingerprint").write_text("0" * 64)

    class CutOff(Blobs):
        def add(self, key: str, data: bytes) -> bool:
            raise GenericError(f"{key}: {len(data)} bytes")

    monkeypatch.setattr("app.challenges.keeping.make", make)
    with pytest.raises(GenericError):
        Keeping(tmp_path, CutOff(MemoryStore()), KEYS).share(challenge)
    Keeping(tmp_path, blobs, KEYS).share(challenge)
    same = (vault.folder_of(challenge, first) / "fingerprint").read_text()
    assert (place / "fingerprint").read_text() == same
    (place / "fingerprint").write_text("0" * 64)  # from now on these are the rows it grades on
    with pytest.raises(vault.VaultError, match="other machines"):
        Keeping(tmp_path, blobs, KEYS).share(challenge)


def test_a_challenge_without_its_rows_can_be_listed_and_not_graded(
    machines: tuple[Path, Path, Blobs], tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    shutil.copytree(machines[0] / "challenges", tmp_path / "home" / "challenges")
    keeping = Keeping(tmp_path / "home", Blobs(LocalStore(tmp_path / "store")), KEYS)
    challenge = keeping.challenge("shared")
    with pytest.raises(vault.VaultError, match="not on this machine"):
        keeping.share(challenge)


def test_what_one_machine_removes_goes_from_all_and_can_be_made_anew(tmp_path: Path) -> None:
    """Also where the machine that removes it has nothing of it, and where the next making has the same rows."""
    (tmp_path / "store").mkdir()
    blobs = Blobs(LocalStore(tmp_path / "store"))
    homes = [tmp_path / name for name in ("first", "second", "third")]
    one, other, remover = (Keeping(home, blobs, KEYS) for home in homes)
    rows = honest("binary", rows=400)
    definition = proposed(rows, id="shared").definition
    folder = create.create(table(rows), definition, homes[0]).folder
    first = vault.load(one.challenge("shared"), homes[0]).fingerprint
    other.share(other.challenge("shared"))
    moving.export(folder, homes[0], tmp_path / "moved.zip", with_hidden=True)
    remover.forget("shared")
    for keeping, home in zip((one, other), homes, strict=False):
        assert "shared" not in keeping.names()
        assert not [*(home / "vault").glob("shared*"), *(home / "challenges").glob("shared*")]
    with pytest.raises(registry.UnknownChallenge):
        other.challenge("shared")
    moving.take_in(tmp_path / "moved.zip", homes[0])
    assert "shared" in one.names(), "whoever looks before it is shared does not take it for what was removed"
    one.share(create.load(folder))
    other.share(other.challenge("shared"))
    assert vault.load(other.challenge("shared"), homes[1]).fingerprint == first
    moving.take_in(tmp_path / "moved.zip", homes[2])  # on a machine that has not heard of it
    remover.share(remover.challenge("shared"))
    one.forget("shared")
    assert "shared" not in remover.names()
    moving.take_in(tmp_path / "moved.zip", homes[0])
    one.share(create.load(folder))

    second = definition.model_copy(update={"version": 2})
    create.revise(folder, second.model_copy(update={"title": "Before"}), homes[0])
    one.share(one.challenge("shared@2"))
    assert other.challenge("shared@2").title == "Before"
    other.share(other.challenge("shared@2"))
    one.forget("shared@2")
    create.revise(folder, second.model_copy(update={"title": "After"}), homes[0])
    one.share(one.challenge("shared@2"))
    assert [keeping.challenge("shared@2").title for keeping in (one, other)] == ["After", "After"]


def test_the_rows_of_a_candidate_are_made_once_for_all_machines_and_taken_from_all(
    machines: tuple[Path, Path, Blobs], tmp_path: Path
) -> None:
    first, _, blobs = machines
    one, other = Keeping(first, blobs, KEYS), Keeping(tmp_path, blobs, KEYS)
    lot = replace(one.challenge("shared"), lot="0" * 20)
    with pytest.raises(vault.VaultError, match="not made yet"):
        one.share(lot)
    one.draw(lot)
    there = replace(other.challenge("shared"), lot=lot.lot)
    other.draw(there)
    other.share(there)
    rows = vault.load(there, tmp_path)
    assert rows.fingerprint == vault.load(lot, first).fingerprint != vault.load(replace(lot, lot=""), first).fingerprint
    assert set(rows.baseline_models) == {"simple"}
    assert b"income" not in blobs.get(vault_key("shared-1+" + lot.lot)), "sealed"
    one.discard_lot(lot)
    assert not vault.folder_of(lot, first).exists()
    with pytest.raises(vault.VaultError, match="were erased"):
        Keeping(tmp_path, blobs, KEYS).share(there)
    assert not vault.folder_of(there, tmp_path).exists(), "a copy goes once somebody looks for it"


def test_rows_that_are_idle_leave_a_home_and_come_back(machines: tuple[Path, Path, Blobs]) -> None:
    first, _, blobs = machines
    keeping = Keeping(first, blobs, KEYS)
    lots = [replace(keeping.challenge("shared"), lot=name) for name in ("1" * 20, "own-of-the-command-line")]
    keeping.draw(lots[0])
    vault.draw(lots[1], first)
    before = vault.load(lots[0], first).fingerprint
    places = [vault.folder_of(lot, first) for lot in lots]
    for place in places:
        os.utime(place, (0, 0))
    keeping.names()
    assert [place.exists() for place in places] == [False, True]
    keeping.share(lots[0])
    assert vault.load(lots[0], first).fingerprint == before


def test_the_brief_of_a_lot_tells_of_its_rows(machines: tuple[Path, Path, Blobs]) -> None:
    first, _, blobs = machines
    keeping = Keeping(first, blobs, KEYS)
    challenge = keeping.challenge("shared")
    lot = replace(challenge, lot="2" * 20)
    keeping.draw(lot)
    for asked in (challenge, lot):
        rows = vault.load(asked, first)
        with zipfile.ZipFile(io.BytesIO(kit.build(asked, rows))) as made:
            brief, data = made.read("shared/BRIEF.md").decode(), made.read("shared/data/public.csv")
        assert data.count(b"\n") == len(rows.public) + 1
        assert f"{len(rows.public):,}" in brief
