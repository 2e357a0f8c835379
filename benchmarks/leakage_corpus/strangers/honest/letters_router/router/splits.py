"""Past, the weeks between, and the future of senders that appear in neither."""

from __future__ import annotations

import pandas as pd

from router.settings import Settings


def past_gap_future(data: pd.DataFrame, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    day = pd.to_datetime(data[settings.time])
    begin = day.quantile(1 - settings.share)
    future = data[day >= begin]
    known = ~data[settings.unit].isin(set(future[settings.unit]))
    end = begin - pd.Timedelta(days=settings.gap_days)
    past = data[(day < end) & known]
    between = data[(day >= end) & (day < begin) & known]
    return past, between, future
