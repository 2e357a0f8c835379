"""All settings in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

TEAMS: tuple[str, ...] = ("account", "billing", "delivery", "legal", "returns", "technical")


@dataclass(frozen=True)
class FeatureSettings:
    numeric: tuple[str, ...] = ("hour", "age", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone")
    categorical: tuple[str, ...] = ("channel", "language", "segment", "product", "topic", "error_code", "parcel_state")
    profile_strength: float = 4.0


@dataclass(frozen=True)
class ModelSettings:
    n_estimators: int = 120
    learning_rate: float = 0.06
    num_leaves: int = 15
    min_child_samples: int = 30
    seed: int = 2026


@dataclass(frozen=True)
class Settings:
    features: FeatureSettings = field(default_factory=FeatureSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    validation_share: float = 0.25
    target: str = "team"
