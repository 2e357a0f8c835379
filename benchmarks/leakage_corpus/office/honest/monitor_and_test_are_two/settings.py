from dataclasses import dataclass, field


@dataclass
class Settings:
    booster: dict = field(default_factory=lambda: dict(n_estimators=800, learning_rate=0.07, max_depth=5, subsample=0.8, random_state=5, n_jobs=1))
    patience: int = 30
    monitor_share: float = 0.15
    folds: int = 4
