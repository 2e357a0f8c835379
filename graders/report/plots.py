"""The geometry of the plots; the templates draw with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: What the gap plot compares, in the order a reader needs it: key in the metrics, label.
COMPARED = (
    ("train", "On its own training rows"),
    ("claimed", "Claimed by the candidate"),
    ("claimed_null", "Claimed with permuted labels"),
    ("hidden", "On hidden customers"),
)


@dataclass(frozen=True)
class Scale:
    """Maps [low, high] to [start, end], clamped, to a tenth of a unit."""

    low: float
    high: float
    start: float = 0.0
    end: float = 100.0

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)

    def ticks(self, step: float) -> list[float]:
        """The multiples of `step` from low to high."""
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(n * step, 6) for n in range(first, last + 1)]


def polyline(points: Sequence[Sequence[float]], x: Scale, y: Scale) -> str:
    """SVG `points` through the first two numbers of each point."""
    return " ".join(f"{x(point[0]):g},{y(point[1]):g}" for point in points)


def compared(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ROC AUCs of the gap plot: {key, label, value, low, high}, without those not measured."""
    scores = [(key, label, metrics[key].get("roc_auc")) for key, label in COMPARED]
    return [
        {"key": key, "label": label} | score for key, label, score in scores if score and score["value"] is not None
    ]


def gap_scale(metrics: Mapping[str, Any]) -> Scale:
    """A scale in percent that holds every AUC compared, the two references and chance, in round ends."""
    shown = [row[end] for row in compared(metrics) for end in ("value", "low", "high")]
    known = [n for n in (*shown, metrics["baseline"], metrics["oracle"], 0.5) if n is not None]
    low, high = math.floor(min(known) * 20 - 0.2) / 20, math.ceil(max(known) * 20 + 0.2) / 20
    return Scale(max(low, 0.0), min(high, 1.0))
