"""Cross-validation over buildings."""
import numpy as np
import polars as pl
from sklearn.metrics import r2_score

from boosting import Boosted


def cross_validated(frame: pl.DataFrame, folds: int) -> dict[str, float]:
    buildings = frame["building_id"].unique().sort()
    shuffled = buildings.sample(fraction=1.0, shuffle=True, seed=12)
    numbered = pl.DataFrame({"building_id": shuffled, "fold": np.arange(len(shuffled)) % folds})
    frame = frame.join(numbered, on="building_id", how="left", maintain_order="left")
    lines = []
    for fold in range(folds):
        train, test = frame.filter(pl.col("fold") != fold), frame.filter(pl.col("fold") == fold)
        model = Boosted().fit(train)
        simple = np.polyfit(train["area"].to_numpy(), train["price"].to_numpy(), 1)
        lines.append(
            {
                "fold": fold,
                "test": r2_score(test["price"], model.predict(test)),
                "train": r2_score(train["price"], model.predict(train)),
                "line": r2_score(test["price"], np.polyval(simple, test["area"].to_numpy())),
            }
        )
    table = pl.DataFrame(lines)
    print(table)
    return {"r2": float(table["test"].mean()), "r2_train": float(table["train"].mean()), "r2_line": float(table["line"].mean())}
