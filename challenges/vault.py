"""What is secret about a challenge, kept in one folder under a home outside the repository.

A vault is `home/vault/<challenge>-<version>/`, readable by its owner only: the seed, the public and the hidden
rows as CSV, the answers (labels, oracles, baseline) and the fingerprint they had when they were made.  It is
made whole on first use and moved into place in one step, so that two processes at once agree on one seed.  The
rows are kept, not made again, so that a newer numpy can never change what earlier candidates were graded on.

Where candidates have rows of their own, each lot is a vault like these, `<challenge>-<version>+<lot>`.  `draw` alone
makes one: rows that were made before are never replaced because a machine lacks them.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from io import BufferedWriter, BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from challenges.cut import cut
from challenges.fingerprint import csv_bytes, fingerprint, of_columns, of_text
from graders.model.arrays import FloatArray, Truth
from graders.model.challenge import Challenge, Dataset
from graders.model.later import pa, pd, pq
from graders.probes.sessions import rekey
from graders.words import say

#: Beside the rows and made from them, so that a vault of an earlier version gets it when it is first read.  The file of
#: the baseline models keeps the name that vaults have.
BASELINE_MODELS, FRESH = "rivals.npz", "fresh.csv"
#: The rows of a company's own table keep their types, which CSV would guess anew for each part.
PUBLIC, HIDDEN = "public.parquet", "hidden.parquet"
TEXTS = ("public.csv", "hidden.csv")
#: By which libraries the text of the rows was read as what it was made of; others may read it otherwise.
READ_BY = "read-by"


class VaultError(Exception):
    """The secret data of a challenge cannot be trusted or read; nobody may be graded with it."""


def load(challenge: Challenge, home: Path) -> Dataset:
    """The rows of a challenge, made on first use; those of a lot are made by `draw`.

    Raises VaultError where a part is missing, unreadable, or no longer what the fingerprint names.
    """
    folder = _folder(challenge, home)
    try:
        dataset = _read(folder)
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise VaultError(
            say("The data in {folder} cannot be read: {what}.", folder=str(folder), what=str(error))
        ) from error
    typed = (folder / PUBLIC).exists()
    found = of_columns(dataset.public, dataset.hidden, dataset.labels) if typed else _of_text(folder, dataset)
    if found != dataset.fingerprint:
        raise VaultError(
            say(
                "The data in {folder} are not those they were made as: their fingerprint is {now} and not {was}. "
                "Restore the folder from a backup; without one, delete it, and new rows are made that earlier scores "
                "cannot be compared with.",
                folder=str(folder),
                now=found[:12],
                was=dataset.fingerprint[:12],
            )
        )
    return replace(
        dataset, baseline_models=_baseline_models(challenge, dataset, folder), fresh=_fresh(challenge, dataset, folder)
    )


def _of_text(folder: Path, dataset: Dataset) -> str:
    """The fingerprint of rows that are kept as text.

    Writing them out again takes most of a load.  So it is done once for each version of the libraries that read them.
    """
    labels, path = dataset.labels, folder / READ_BY
    libraries = f"pandas {pd.__version__}, pyarrow {pa.__version__}".encode()
    if path.exists() and path.read_bytes() == libraries:
        public, hidden = ((folder / name).read_bytes() for name in TEXTS)
        if of_text(public, hidden, labels) == dataset.fingerprint:
            return dataset.fingerprint
    found = fingerprint(dataset.public, dataset.hidden, labels)
    if found == dataset.fingerprint:
        _keep(path, libraries)
    return found


def _baseline_models(challenge: Challenge, dataset: Dataset, folder: Path) -> dict[str, FloatArray]:
    """The scores of our simple models, made once for these rows: fitting them takes longer than grading with them."""
    if challenge.baseline_models is None:
        return {} if dataset.simple is None else {"simple": dataset.simple}
    path = folder / BASELINE_MODELS
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, BadZipFile):
        found = challenge.baseline_models(dataset.public, dataset.hidden)
        packed = BytesIO()
        np.savez(packed, **found)  # type: ignore[arg-type]  # numpy's types take any name for allow_pickle
        _keep(path, packed.getvalue())
        return dict(found)


def _fresh(challenge: Challenge, dataset: Dataset, folder: Path) -> pd.DataFrame | None:
    """Hidden rows of the same process drawn once more, under identifiers that no other row has; None of a table."""
    if (folder / PUBLIC).exists():
        return None
    path = folder / FRESH
    try:
        return pd.read_csv(path)
    except (OSError, ValueError):
        number = secrets.randbits(63)
        _keep(path, csv_bytes(rekey(challenge.make(number).hidden, challenge, dataset, number)))
        return pd.read_csv(path)


def _keep(path: Path, data: bytes) -> None:
    """Written whole or not at all, as another process may read it meanwhile."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(data)
    Path(draft.name).replace(path)


def seed(challenge: Challenge, home: Path) -> int:
    """The secret seed of a challenge, made on first use; raises VaultError where it is unreadable."""
    folder = _folder(challenge, home)
    try:
        return int((folder / "seed").read_text())
    except (OSError, ValueError) as error:
        raise VaultError(
            say("The seed in {folder} cannot be read: {what}.", folder=str(folder), what=str(error))
        ) from error


def named(challenge: Challenge, home: Path) -> str:
    """The fingerprint that the rows had when they were made, to which `load` holds them."""
    folder = _folder(challenge, home)
    try:
        return (folder / "fingerprint").read_text()
    except OSError as error:
        raise VaultError(
            say("The data in {folder} cannot be read: {what}.", folder=str(folder), what=str(error))
        ) from error


def _folder(challenge: Challenge, home: Path) -> Path:
    folder = folder_of(challenge, home)
    if not folder.exists():
        if challenge.lot:
            raise VaultError(say("The rows {name} are not on this machine.", name=folder.name))
        number = secrets.randbits(63)
        _create(folder, number, challenge.make(number), typed=False)
    return folder


def draw(challenge: Challenge, home: Path) -> None:
    """Make the rows of a lot: from the same process as everybody's, or as another cut of a company's own table.

    Nothing is changed where they are there.
    """
    folder, common = folder_of(challenge, home), replace(challenge, lot="")
    if folder.exists():
        return
    number, typed = secrets.randbits(63), (_folder(common, home) / PUBLIC).exists()
    dataset = cut(common, load(common, home), number) if typed else challenge.make(number)
    _create(folder, number, dataset, typed=typed)


def _create(folder: Path, number: int, dataset: Dataset, *, typed: bool) -> None:
    """Write the vault beside its place and move it there; where another process was first, its vault stands."""
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_rows(draft, dataset, typed=typed)
        _write_files(draft, _secrets(number, _answers(dataset), dataset.fingerprint))
        draft.rename(folder)
    except OSError:
        if not folder.exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def keep(
    challenge: Challenge,
    home: Path,
    number: int,
    sides: tuple[Iterable[pd.DataFrame], Iterable[pd.DataFrame]],
    answers: Mapping[str, Truth],
    fingerprint: str,
    more: Mapping[str, bytes],
) -> Path:
    """Keep rows that nothing can make again, with `more` files of this name; gives the folder.

    sides: the public and the hidden rows, some at a time.  answers: those of a Dataset by their names.

    Raises VaultError where this version of the challenge has rows already: they never change.
    """
    folder = folder_of(challenge, home)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, parts in zip((PUBLIC, HIDDEN), sides, strict=True):
            _write_parquet(draft / name, parts)
        _write_files(draft, {**_secrets(number, answers, fingerprint), **more})
        draft.rename(folder)
    except OSError as error:
        raise VaultError(
            say("Version {n} of {name} has its rows already.", n=challenge.version, name=repr(challenge.id))
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def folder_of(challenge: Challenge, home: Path) -> Path:
    """Where the secret parts of a challenge are, or will be."""
    vaults = home / "vault"
    vaults.mkdir(mode=0o700, parents=True, exist_ok=True)
    return vaults / f"{challenge.id}-{challenge.version}{f'+{challenge.lot}' if challenge.lot else ''}"


def _write_parquet(path: Path, parts: Iterable[pd.DataFrame]) -> None:
    writer: pq.ParquetWriter | None = None
    with _created(path) as file:
        for part in parts:
            rows = pa.Table.from_pandas(part, preserve_index=False)
            writer = writer or pq.ParquetWriter(file, rows.schema, compression="zstd")
            writer.write_table(rows)
        if writer is not None:
            writer.close()
        file.flush()
        os.fsync(file.fileno())


def _write_rows(folder: Path, dataset: Dataset, *, typed: bool) -> None:
    if typed:
        _write_parquet(folder / PUBLIC, [dataset.public])
        _write_parquet(folder / HIDDEN, [dataset.hidden])
    else:
        _write_files(folder, {"public.csv": csv_bytes(dataset.public), "hidden.csv": csv_bytes(dataset.hidden)})


def _answers(dataset: Dataset) -> dict[str, Truth]:
    names = ("labels", "oracle", "baseline", "public_oracle", "simple")
    return {name: getattr(dataset, name) for name in names if getattr(dataset, name) is not None}


def _secrets(number: int, answers: Mapping[str, Truth], fingerprint: str) -> dict[str, bytes]:
    packed = BytesIO()
    np.savez(packed, **answers)  # type: ignore[arg-type]  # numpy's types take any name for allow_pickle
    return {"seed": str(number).encode(), "answers.npz": packed.getvalue(), "fingerprint": fingerprint.encode()}


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        with _created(folder / name) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _created(path: Path) -> BufferedWriter:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _frame(path: Path) -> pd.DataFrame:
    """The rows in a file, column by column, as a large table is not to be held twice."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        return pd.DataFrame({name: file.read(columns=[name]).to_pandas()[name] for name in names}, copy=False)


def _read(folder: Path) -> Dataset:
    if (folder / PUBLIC).exists():
        public, hidden = (_frame(folder / name) for name in (PUBLIC, HIDDEN))
    else:
        public, hidden = (pd.read_csv(folder / name) for name in TEXTS)
    # NumPy 2.4 leaves a file open that it opened itself and that is no whole archive.
    with (folder / "answers.npz").open("rb") as file, np.load(file, allow_pickle=False) as answers:
        return Dataset(
            public=public,
            hidden=hidden,
            labels=answers["labels"],
            oracle=answers["oracle"],
            baseline=answers["baseline"],
            public_oracle=answers["public_oracle"],
            fingerprint=(folder / "fingerprint").read_text(),
            simple=answers.get("simple"),
        )
