"""Windows that go forward; each judges garages that it has not learnt from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.core import Engine


@dataclass(frozen=True)
class ForwardByGarage:
    windows: int
    first: float
    quantile: float

    def run(self, make: Callable[[], Engine], data: pd.DataFrame) -> dict[str, float]:
        day = pd.to_datetime(data["opened_on"])
        edges = [day.quantile(q) for q in np.linspace(self.first, 1.0, self.windows + 1)]
        garages = np.sort(data["garage_id"].unique())
        losses, weights = [], []
        for turn, (low, high) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
            ours = set(garages[turn :: self.windows])
            judged = data[(day > low) & (day <= high) & data["garage_id"].isin(ours)]
            learnt = data[(day <= low) & ~data["garage_id"].isin(ours)]
            answers = np.asarray(make().fit(learnt).quantiles(judged.drop(columns="cost")))
            losses.append(self._loss(judged["cost"].to_numpy(), answers))
            weights.append(len(judged))
        return {"mean_pinball_loss": float(np.average(losses, weights=weights))}

    def _loss(self, truth: np.ndarray, answers: np.ndarray) -> float:
        short = truth - answers
        return float(np.mean(np.where(short >= 0, self.quantile * short, (self.quantile - 1) * short)))
