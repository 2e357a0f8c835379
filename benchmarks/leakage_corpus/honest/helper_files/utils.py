import pandas as pd

def fix(df):
    df = df.copy()
    s = pd.to_datetime(df.snapshot_date)
    df["tenure"] = (s - pd.to_datetime(df.signup_date)).dt.days
    df["promo"] = (pd.to_datetime(df.discount_end_date) - s).dt.days
    df["charge"] = df.monthly_charge.str.replace(" EUR", "").astype(float)
    old = df.snapshot_date < "2023-07-01"
    df.loc[old, "usage_gb"] = df.loc[old, "usage_gb"] / 1000
    df["contract"] = df.contract.map(dict(monthly=0, one_year=1, two_year=2)).astype(float)
    df["partner"] = (df.channel == "partner") * 1
    return df

COLS = ["tenure", "promo", "charge", "usage_gb", "contract", "partner", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
