"""All settings at one place."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Config:
    target: str = "churned"
    group: str = "customer_id"
    time: str = "snapshot_date"
    after_the_fact: tuple[str, ...] = ("retention_desk_calls",)
    categorical: tuple[str, ...] = ("contract", "region", "plan", "channel", "payment_method")
    numeric: tuple[str, ...] = (
        "tenure", "to_renewal", "charge", "usage", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction",
        "income_k", "age", "discount_pct", "n_products", "promo_left",
    )
    # winsorising limits, from the description of the columns and common sense - not from the data
    limits: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {"usage": (0, 60), "income_k": (5, 200), "charge": (5, 120), "tickets_90d": (0, 8)}
    )
    test_share: float = 0.3
    test_months: int = 3
    seeds: tuple[int, ...] = (0, 1, 2)
    catboost: dict = field(
        default_factory=lambda: {"depth": 4, "learning_rate": 0.08, "iterations": 250, "l2_leaf_reg": 6, "verbose": False, "thread_count": 1, "allow_writing_files": False}
    )
