from collections.abc import Iterator

import pandas as pd
from sklearn.model_selection import GroupKFold


def forward_folds(rows: pd.DataFrame, folds: int, months: int) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Pairs of (past of some customers, last months of the others)."""
    start = sorted(rows["snapshot_date"].unique())[-months]
    for a, b in GroupKFold(folds).split(rows, groups=rows["customer_id"]):
        yield rows.iloc[a].query("snapshot_date < @start"), rows.iloc[b].query("snapshot_date >= @start")
