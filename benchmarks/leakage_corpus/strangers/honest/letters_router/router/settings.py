"""Settings, read from YAML and checked once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Settings:
    text: str
    title: str
    unit: str
    time: str
    target: str
    ngrams: tuple[int, int]
    min_df: int
    max_features: int
    components: int
    rounds: int
    sure: float
    share: float
    gap_days: int
    seed: int

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError(f"validation share must lie between 0 and 1, not {self.share}")


def load(path: Path) -> Settings:
    raw = yaml.safe_load(path.read_text())
    return Settings(
        **raw["columns"],
        ngrams=tuple(raw["vectoriser"]["ngram_range"]),
        min_df=raw["vectoriser"]["min_df"],
        max_features=raw["vectoriser"]["max_features"],
        components=raw["components"],
        rounds=raw["self_training"]["rounds"],
        sure=raw["self_training"]["sure"],
        share=raw["validation"]["share"],
        gap_days=raw["validation"]["gap_days"],
        seed=raw["seed"],
    )
