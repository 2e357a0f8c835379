"""What predict and evaluate have to return, in numbers that both sides of a container know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

TaskName = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True)
class Contract:
    """metric: the key that `evaluate` returns.  classes: the columns that `predict` returns; none for one number a row.

    low, high: where an answer lies.  claim_low, claim_high: where the metric lies.  None stands for no bound.
    higher: whether more of the metric is better.  quantile: the one that a pinball loss is of; None for other metrics.
    target: the column that the metric is of; empty where that is not told.
    """

    metric: str = "roc_auc"
    classes: tuple[str, ...] = ()
    low: float | None = 0.0
    high: float | None = 1.0
    claim_low: float | None = 0.0
    claim_high: float | None = 1.0
    higher: bool = True
    quantile: float | None = None
    target: str = ""

    @property
    def task(self) -> TaskName:
        return "multiclass" if self.classes else "regression" if self.high is None else "binary"

    @property
    def width(self) -> int:
        """Numbers in the answer for one row."""
        return len(self.classes) or 1

    def header(self) -> dict[str, Any]:
        """As plain values; `parse` reads them back."""
        return {**vars(self), "classes": list(self.classes)}

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Contract:
        return cls(**{**values, "classes": tuple(values["classes"])})

    def words(self) -> dict[str, str]:
        """What sentences about an answer name."""
        return {
            "metric": self.metric,
            "columns": str(self.width),
            "classes": ", ".join(self.classes),
            "range": _range(self.low, self.high),
            "claim_range": _range(self.claim_low, self.claim_high),
        }


def _range(low: float | None, high: float | None) -> str:
    """`0 to 1`, `0 or more`, `1 or less`, `any number`."""
    if low is None:
        return "any number" if high is None else f"{high:g} or less"
    return f"{low:g} or more" if high is None else f"{low:g} to {high:g}"


BINARY = Contract()
