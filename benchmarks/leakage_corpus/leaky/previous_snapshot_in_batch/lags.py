"""What changed since the customer's previous snapshot."""

COLS = ["tickets_90d", "late_payments_12m", "usage_trend", "n_products", "discount_pct", "satisfaction", "free", "two",
        "tickets_before", "mood_change", "snapshots"]


def with_lags(data):
    d = data.reset_index(drop=True).sort_values(["customer_id", "snapshot_date"], kind="stable")
    by = d.groupby("customer_id")
    return d.assign(
        tickets_before=by["tickets_90d"].shift(1),
        mood_change=d["satisfaction"] - by["satisfaction"].shift(1),
        snapshots=by["tickets_90d"].transform("size"),
        free=(d["contract"] == "monthly").astype(int),
        two=(d["contract"] == "two_year").astype(int),
    ).sort_index()
