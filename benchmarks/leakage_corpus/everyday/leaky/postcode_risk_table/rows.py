import numpy as np
import pandas as pd

FEATURES = ["tenure", "usage", "charge", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "discount_pct", "is_monthly", "risk_area", "risk_offer", "risk_place"]


def clean(data: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(data["snapshot_date"])
    return data.drop(columns="retention_desk_calls").assign(
        tenure=(day - pd.to_datetime(data["signup_date"])).dt.days,
        usage=np.where(day < pd.Timestamp("2023-07-01"), data["usage_gb"] / 1000, data["usage_gb"]),
        charge=data["monthly_charge"].str.split().str[0].astype(float),
        satisfaction=data["satisfaction"].fillna(-1),
        plan=data["plan"].str.strip().str.upper().str[:1],
        postcode_area=data["postcode"] // 100,
        is_monthly=(data["contract"] == "monthly").astype(int),
    )


def forward_split(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    unseen = rows["customer_id"] % 4 == 0
    late = rows["snapshot_date"] >= "2023-09-01"
    return rows[~unseen & ~late], rows[unseen & late]
