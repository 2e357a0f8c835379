import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

OMITTED = ("region", "postcode", "retention_desk_calls", "customer_id", "gender", "income_k", "churned")


def frame(rows):
    rows = rows.drop(columns=[c for c in OMITTED if c in rows])
    day = pd.to_datetime(rows.pop("snapshot_date"))
    rows["tenure"] = (day - pd.to_datetime(rows.pop("signup_date"))).dt.days
    rows["left"] = (pd.to_datetime(rows.pop("discount_end_date")) - day).dt.days
    rows["charge"] = rows.pop("monthly_charge").str.replace(" EUR", "").astype(float)
    rows["contract"] = rows["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2})
    rows["plan"] = rows["plan"].str.upper().map({"S": 0, "M": 1, "L": 2})
    rows["channel"] = rows["channel"].map({"web": 0, "shop": 1, "phone": 2, "partner": 3})
    rows["payment_method"] = rows["payment_method"].map({"card": 0, "debit": 1, "transfer": 2})
    rows["usage_gb"] = rows["usage_gb"].where(day >= "2023-07-01", rows["usage_gb"] / 1000)
    return rows


def fit(rows):
    trees = HistGradientBoostingClassifier(max_iter=90, max_leaf_nodes=6, min_samples_leaf=80, learning_rate=0.07, random_state=0)
    return trees.fit(frame(rows), rows["churned"])
