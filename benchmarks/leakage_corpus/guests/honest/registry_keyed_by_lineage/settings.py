from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Settings:
    target: str = "churned"
    cut: str = "2023-07-01"
    seed: int = 11
    trees: int = 150
    rate: float = 0.06
    leaves: int = 24

    def params(self) -> dict[str, float]:
        return {key: value for key, value in asdict(self).items() if key in {"trees", "rate", "leaves", "seed"}}
