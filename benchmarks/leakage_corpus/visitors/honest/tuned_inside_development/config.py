"""All settings in one place."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Config:
    target: str = "churned"
    unit: str = "customer_id"
    time: str = "snapshot_date"
    leaky_columns: tuple[str, ...] = ("retention_desk_calls",)
    numeric: tuple[str, ...] = (
        "age",
        "n_products",
        "discount_pct",
        "income_k",
        "usage_trend",
        "tickets_90d",
        "late_payments_12m",
        "satisfaction",
        "tenure_days",
        "charge",
        "log_usage",
        "discount_ends_in",
    )
    categorical: tuple[str, ...] = ("gender", "region", "contract", "plan", "channel", "payment_method")
    held_out_units: float = 0.25
    held_out_time: float = 0.3
    seed: int = 17
    grid: dict = field(
        default_factory=lambda: {
            "learning_rate": [0.03, 0.06],
            "num_leaves": [7, 15],
            "n_estimators": [80, 160],
            "min_child_samples": [40],
        }
    )


CONFIG = Config()
