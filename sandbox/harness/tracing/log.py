"""What the tracer puts down: a compact account with sets of rows named once, cut at fixed sizes.

The grader reads it strictly and believes none of it on its own: see graders/checks/leakage/trace.py.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .content import Ints

VERSION = 1
MOST = {"fits": 1500, "judged": 4000, "splits": 1500, "tables": 300}
MOST_SETS, MOST_PLACES, SCORE_BYTES = 1500, 500, 1_200_000
MOST_BYTES = 4 << 20

Event = dict[str, Any]
Place = tuple[str, int] | None


class Log:
    """Events of one call, in the order they happened."""

    def __init__(self, rows: int, copies: Ints) -> None:
        self.rows = rows
        self.events: dict[str, list[Event]] = {kind: [] for kind in MOST}
        self._copies = copies
        self._copy_counts = np.bincount(copies, minlength=rows)
        self._sets: dict[bytes, int] = {}
        self._encoded: list[Event] = []
        self._by_array: dict[int, tuple[Ints, int]] = {}
        self._places: dict[tuple[str, int], int] = {}
        self._score_bytes = 0
        self._count = 0
        self.lost: dict[str, int] = {}

    def add(self, into: str, place: Place, **facts: Any) -> Event | None:
        """One more event; None, and counted as lost, where there are too many."""
        self._count += 1
        events = self.events[into]
        if len(events) >= MOST[into]:
            self.lost[into] = self.lost.get(into, 0) + 1
            return None
        events.append({"id": len(events), "at": self._count, "place": self.place(place), **facts})
        return events[-1]

    def place(self, place: Place) -> int:
        if place is None or (place not in self._places and len(self._places) >= MOST_PLACES):
            return -1
        return self._places.setdefault(place, len(self._places))

    def set(self, rows: Ints | None) -> int:
        """The number of a set of rows; -1 where they are not known."""
        if rows is None:
            return -1
        kept = self._by_array.get(id(rows))
        if kept is not None and kept[0] is rows:
            return kept[1]
        known = rows[rows >= 0]
        bits = np.zeros(self.rows, bool)
        bits[known] = True
        again = np.bincount(self._copies[known], minlength=self.rows) - self._copy_counts
        facts = {"unknown": len(rows) - len(known), "repeated": int(np.maximum(again, 0).sum())}
        packed = np.packbits(bits).tobytes()
        key = packed + repr(facts).encode()
        if key not in self._sets:
            if len(self._sets) >= MOST_SETS:
                self.lost["sets"] = self.lost.get("sets", 0) + 1
                return -1
            self._sets[key] = len(self._encoded)
            self._encoded.append({"bits": base64.b64encode(zlib.compress(packed)).decode(), **facts})
        self._by_array[id(rows)] = rows, self._sets[key]
        return self._sets[key]

    def scores(self, rows: Ints | None, values: npt.NDArray[np.float64] | None) -> str:
        """Three bytes for each known row of the set, in the order of the rows: equal where the score is."""
        if rows is None or values is None or len(values) != len(rows):
            return ""
        rows, values = rows[rows >= 0], values[rows >= 0]
        if not len(rows):
            return ""
        if self._score_bytes + 3 * len(rows) > SCORE_BYTES:
            return ""
        order = np.argsort(rows, kind="stable")
        rows, bits = rows[order], values[order].astype(np.float32).view(np.uint32)
        bits = bits[np.append(True, rows[1:] != rows[:-1])]
        mixed = (bits * np.uint32(2654435761)) >> np.uint32(8)
        text: bytes = mixed.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        self._score_bytes += len(text)
        return base64.b64encode(text).decode()

    def text(self, claims: Mapping[str, float]) -> str:
        account = {
            "version": VERSION,
            "rows": self.rows,
            "places": [list(place) for place in self._places],
            "sets": self._encoded,
            **self.events,
            "claims": {str(name): float(value) for name, value in claims.items()},
            "lost": self.lost,
        }
        text = json.dumps(account, allow_nan=False, separators=(",", ":"))
        return text if len(text) <= MOST_BYTES else ""
