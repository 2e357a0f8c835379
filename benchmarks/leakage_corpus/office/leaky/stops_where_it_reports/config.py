from dataclasses import asdict, dataclass


@dataclass
class BoosterConfig:
    n_estimators: int = 900
    learning_rate: float = 0.08
    max_depth: int = 5
    subsample: float = 0.8
    colsample_bytree: float = 0.8
    early_stopping_rounds: int = 40
    random_state: int = 11
    n_jobs: int = 1

    def as_dict(self) -> dict:
        return asdict(self)


HOLDOUT_SHARE = 0.2
