from dataclasses import dataclass

import numpy as np

from .columns import build


@dataclass
class Table:
    X: np.ndarray
    y: np.ndarray
    customer: np.ndarray
    month: np.ndarray

    def where(self, mask):
        return Table(self.X[mask], self.y[mask], self.customer[mask], self.month[mask])


def load_table(data, state=None):
    X, state = build(data, state)
    y = data["churned"].to_numpy() if "churned" in data else np.zeros(len(data))
    month = data["snapshot_date"].str[:7].to_numpy(dtype=object)
    return Table(X, y, data["customer_id"].to_numpy(), month), state
