import numpy as np


def forward_split(table, share=0.25, months=3, seed=8):
    """Past of most customers against the last months of the others."""
    rng = np.random.RandomState(seed)
    ids = np.unique(table.customer)
    rng.shuffle(ids)
    others = np.isin(table.customer, ids[: int(share * len(ids))])
    last = np.isin(table.month, sorted(set(table.month))[-months:])
    return table.where(~others & ~last), table.where(others & last)
