"""What a customer usually writes about."""

from __future__ import annotations

import pandas as pd

from .settings import TEAMS


class ProfileStore:
    """Smoothed shares of the teams that a customer's tickets went to.

    A customer without any ticket gets the overall shares, so the store can be asked about anybody.
    """

    def __init__(self, strength: float) -> None:
        self.strength = strength
        self.overall: pd.Series | None = None
        self.table: pd.DataFrame | None = None

    def build(self, tickets: pd.DataFrame, target: str) -> ProfileStore:
        """Collect the profiles from the ticket history."""
        counts = pd.crosstab(tickets["customer_id"], tickets[target]).reindex(columns=list(TEAMS), fill_value=0)
        self.overall = counts.sum() / counts.to_numpy().sum()
        totals = counts.sum(axis=1) + self.strength
        self.table = (counts + self.strength * self.overall).div(totals, axis=0)
        return self

    def lookup(self, customer_ids: pd.Series) -> pd.DataFrame:
        """One row of profile columns for each id, in order."""
        assert self.table is not None and self.overall is not None
        found = self.table.reindex(customer_ids.to_numpy()).fillna(self.overall)
        return found.add_prefix("usual_").set_index(customer_ids.index)
