from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChurnConfig:
    segments: tuple[tuple[str, ...], ...] = (("region", "contract"), ("plan", "payment_method"), ("contract", "discount_pct"))
    strength: float = 30.0
    rounds: int = 130
    learning_rate: float = 0.05
    leaves: int = 9
    cut: str = "2023-08-01"
    seed: int = 12
