"""Typed configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Holdout:
    unit: str
    modulus: int
    remainder: int
    from_date: str


@dataclass(frozen=True)
class ServiceConfig:
    model: dict[str, Any]
    holdout: Holdout

    @classmethod
    def from_yaml(cls, path: Path) -> ServiceConfig:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(model=raw["model"], holdout=Holdout(**raw["holdout"]))
