"""One digest that names the rows of a challenge."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from typing import Protocol

import numpy as np

from graders.model.arrays import Truth
from graders.model.later import pd


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The table as CSV: the canonical bytes of rows, the same on every platform."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def fingerprint(public: pd.DataFrame, hidden: pd.DataFrame, labels: Truth) -> str:
    """SHA-256 in hex over the public rows, the hidden rows and the hidden labels (each with its length)."""
    return of_text(csv_bytes(public), csv_bytes(hidden), labels)


def of_text(public: bytes, hidden: bytes, labels: Truth) -> str:
    """The same of rows as `csv_bytes` writes them."""
    digest, kind = hashlib.sha256(), "<f8" if labels.dtype.kind == "f" else "<i8"
    for part in (public, hidden, labels.astype(kind).tobytes()):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


#: Texts that are put together at a time.
TEXTS = 100_000


class Columns(Protocol):
    """A frame, or columns that are held in fewer bytes."""

    def items(self) -> Iterable[tuple[Hashable, pd.Series]]: ...


def of_columns(public: Columns, hidden: Columns, labels: Truth) -> str:
    """SHA-256 in hex over the same, column by column: a company's table may have millions of rows.

    Numbers count by their eight bytes, texts by their lengths and their letters.
    """
    digest = hashlib.sha256()
    for side in (public, hidden, pd.DataFrame({"": labels})):
        for name, column in side.items():
            digest.update(f"{name!r} {len(column)} ".encode())
            if pd.api.types.is_numeric_dtype(column):
                values = column.to_numpy("<f8" if column.dtype.kind == "f" else "<i8")
                digest.update(np.where(np.isnan(values), np.nan, values).tobytes())  # one sign for every gap
                continue
            for begin in range(0, len(column), TEXTS):
                part = [None if text is None else str(text).encode() for text in _texts(column, begin)]
                digest.update(np.asarray([-1 if text is None else len(text) for text in part], "<i8").tobytes())
                digest.update(b"".join(text for text in part if text is not None))
    return digest.hexdigest()


def _texts(column: pd.Series, begin: int) -> list[object]:
    part = column.iloc[begin : begin + TEXTS]
    return list(part.astype(object).where(part.notna(), None))
