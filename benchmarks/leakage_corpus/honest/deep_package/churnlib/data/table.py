import pandas as pd


def deduplicated(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop_duplicates(["customer_id", "snapshot_date"]).sort_values(["snapshot_date", "customer_id"], ignore_index=True)


def days_between(later: pd.Series, earlier: pd.Series) -> pd.Series:
    return (pd.to_datetime(later) - pd.to_datetime(earlier)).dt.days
