"""The secret of a challenge is made once, kept to its owner, and never trusted when it has changed."""

from __future__ import annotations

import stat
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from challenges import registry, vault
from challenges.fingerprint import fingerprint
from challenges.ml_pipeline.challenge import CHALLENGE
from graders.model.challenge import Dataset
from testing.tasks import demand
from testing.waiting import SECONDS


def few(seed: int) -> Dataset:
    """Rows that are made in no time, others for each seed."""
    made = demand(seed=seed).dataset
    return replace(made, fingerprint=fingerprint(made.public, made.hidden, made.labels))


SMALL = replace(demand().challenge, make=few)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    vault.load(CHALLENGE, home)
    return home


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.glob("vault/*/*")}


def copy(filled: Path, to: Path) -> Path:
    """A vault of one's own, to spoil; returns its folder."""
    folder = to / "vault" / f"{CHALLENGE.id}-{CHALLENGE.version}"
    folder.mkdir(parents=True)
    for name, data in files(filled).items():
        (folder / name).write_bytes(data)
    return folder


def test_only_the_owner_can_read(filled: Path) -> None:
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in filled.glob("vault/**/*")}
    assert len(found) == 9
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in found.items() if path.is_file()} == {0o600}
    assert stat.S_IMODE((filled / "vault").stat().st_mode) == 0o700


def test_what_is_loaded_is_what_the_seed_makes(filled: Path) -> None:
    loaded, made = vault.load(CHALLENGE, filled), CHALLENGE.make(vault.seed(CHALLENGE, filled))
    pd.testing.assert_frame_equal(loaded.public, made.public, check_exact=True)
    pd.testing.assert_frame_equal(loaded.hidden, made.hidden, check_exact=True)
    for part in ("labels", "oracle", "baseline"):
        assert np.array_equal(getattr(loaded, part), getattr(made, part))
    assert loaded.fingerprint == made.fingerprint


def test_a_vault_is_made_once(filled: Path) -> None:
    before = files(filled)
    assert vault.load(CHALLENGE, filled).fingerprint.encode() == before["fingerprint"]
    assert files(filled) == before


def test_two_homes_have_two_seeds(filled: Path, tmp_path: Path) -> None:
    assert vault.seed(CHALLENGE, filled) != vault.seed(CHALLENGE, tmp_path)


meeting: Barrier


def meet(barrier: Barrier) -> None:
    global meeting  # noqa: PLW0603 - of a process of its own
    meeting = barrier


def made_together(seed: int) -> Dataset:
    meeting.wait(SECONDS)
    return few(seed)


def fingerprint_of(home: Path) -> str:
    return vault.load(replace(SMALL, make=made_together), home).fingerprint


def test_processes_at_once_agree(tmp_path: Path) -> None:
    context = get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context, initializer=meet, initargs=(context.Barrier(2),)) as pool:
        found = set(pool.map(fingerprint_of, [tmp_path] * 2))
    assert found == {vault.load(SMALL, tmp_path).fingerprint}
    assert len(list((tmp_path / "vault").iterdir())) == 1, "drafts of those who came second are gone"


def test_a_failure_while_making_leaves_nothing(tmp_path: Path) -> None:
    def fails(_: int) -> Dataset:
        raise MemoryError

    with pytest.raises(MemoryError):
        vault.load(replace(CHALLENGE, make=fails), tmp_path)
    assert list((tmp_path / "vault").iterdir()) == []


def spoil_row(folder: Path) -> None:
    text = (folder / "hidden.csv").read_text()
    (folder / "hidden.csv").write_text(text.replace("monthly", "two_year", 1))


def spoil_label(folder: Path) -> None:
    answers = dict(np.load(folder / "answers.npz"))
    answers["labels"][0] = 1 - answers["labels"][0]
    np.savez(folder / "answers.npz", **answers)


def spoil_fingerprint(folder: Path) -> None:
    (folder / "fingerprint").write_text("0" * 64)


@pytest.mark.parametrize("spoil", [spoil_row, spoil_label, spoil_fingerprint])
def test_changed_data_are_refused(filled: Path, tmp_path: Path, spoil: object) -> None:
    spoil(copy(filled, tmp_path))  # type: ignore[operator]
    with pytest.raises(vault.VaultError, match=r"their fingerprint is .* and not .*Restore"):
        vault.load(CHALLENGE, tmp_path)


@pytest.mark.parametrize("name", ["public.csv", "hidden.csv", "answers.npz", "fingerprint"])
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_damaged_data_are_refused(filled: Path, tmp_path: Path, name: str, damage: str) -> None:
    path = copy(filled, tmp_path) / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    if damage == "missing":
        path.unlink()
    with pytest.raises(vault.VaultError):
        vault.load(CHALLENGE, tmp_path)


def test_rows_are_compared_with_what_they_were_made_as_once_for_each_version_of_the_libraries(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may read the same text as other rows; with the same ones the text tells."""
    (copy(filled, tmp_path) / vault.READ_BY).write_text("pandas 0")
    compared, fingerprint = list[str](), vault.fingerprint
    monkeypatch.setattr(vault, "fingerprint", lambda *rows: compared.append("rows") or fingerprint(*rows))
    for _ in range(2):
        vault.load(CHALLENGE, tmp_path)
    assert compared == ["rows"]
    (folder,) = (tmp_path / "vault").iterdir()
    (folder / vault.READ_BY).unlink()
    monkeypatch.setattr(vault, "fingerprint", lambda *_: "0" * 64)  # these libraries read other rows
    with pytest.raises(vault.VaultError):
        vault.load(CHALLENGE, tmp_path)
    assert not (folder / vault.READ_BY).exists()


@pytest.mark.parametrize("text", ["", "not a number"])
def test_a_spoiled_seed_is_refused(filled: Path, tmp_path: Path, text: str) -> None:
    (copy(filled, tmp_path) / "seed").write_text(text)
    with pytest.raises(vault.VaultError, match="seed"):
        vault.seed(CHALLENGE, tmp_path)


def test_a_vault_of_an_earlier_version_gets_its_baseline_models(filled: Path, tmp_path: Path) -> None:
    """Without the scores of our simple models, or with spoilt ones, they are made again, and are the same."""
    first = vault.load(CHALLENGE, filled).baseline_models
    folder = copy(filled, tmp_path)
    (folder / vault.BASELINE_MODELS).write_bytes(b"no archive")
    again = vault.load(CHALLENGE, tmp_path).baseline_models
    assert sorted(first) == sorted(again) == ["logistic regression", "stump"]
    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_a_lot_has_its_own_rows_and_is_made_by_nothing_but_draw(tmp_path: Path) -> None:
    """So that rows which were made before are never replaced because a machine lacks them."""
    one, other = (replace(SMALL, lot=lot) for lot in ("one", "other"))
    for ask in (vault.load, vault.seed):
        with pytest.raises(vault.VaultError, match="not on this machine"):
            ask(one, tmp_path)
    for lot in (one, other, one):
        vault.draw(lot, tmp_path)
    rows = [vault.load(which, tmp_path) for which in (SMALL, one, other)]
    assert len({dataset.fingerprint for dataset in rows}) == 3
    assert rows[1].fingerprint == vault.load(one, tmp_path).fingerprint
    assert len({vault.seed(which, tmp_path) for which in (SMALL, one, other)}) == 3
    assert stat.S_IMODE(vault.folder_of(one, tmp_path).stat().st_mode) == 0o700


def test_answers_to_the_rows_of_another_lot_are_worth_nothing(filled: Path, tmp_path: Path) -> None:
    copy(filled, tmp_path)
    lots = [replace(CHALLENGE, lot=lot) for lot in ("one", "other")]
    for lot in lots:
        vault.draw(lot, tmp_path)
    one, other = (vault.load(lot, tmp_path) for lot in lots)
    assert 0.47 < roc_auc_score(one.labels, other.oracle) < 0.53 < roc_auc_score(one.labels, one.oracle)


def test_rows_of_their_own_are_offered_where_points_are_measured_to_be_equal() -> None:
    """benchmarks/results/seeds.md has the figures."""
    assert [one.id for one in registry.all_challenges() if one.equated] == ["ml_pipeline", "ticket_routing"]
