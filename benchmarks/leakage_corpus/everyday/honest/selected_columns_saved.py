"""Sale price: many derived columns, recursive selection within the training buildings, the kept names saved beside the model."""
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.feature_selection import RFECV
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold, GroupShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)
TARGET, GROUP, FEE = "price", "building_id", "agent_fee"


@dataclass
class Frame:
    """Wide table of derived columns.  `columns` is what one-hot names the training rows had."""

    columns: list[str] = field(default_factory=list)

    def _derive(self, df: pd.DataFrame) -> pd.DataFrame:
        a = df["area"]
        out = pd.DataFrame({"area": a, "area2": a**2 / 1000, "log_area": np.log(a), "rooms": df["rooms"], "per_room": a / df["rooms"],
                            "storey": df["storey"], "top": (df["storey"] >= 6).astype(int), "built": df["built"] - 1960,
                            "new": (df["built"] > 2010).astype(int), "old": (df["built"] < 1930).astype(int)}, index=df.index)
        out["centre_missing"] = df["to_centre"].isna().astype(int)
        out["centre"] = df["to_centre"].fillna(6)
        out["central"] = (out["centre"] < 3).astype(int)
        out["energy"] = df["energy"].map({c: i for i, c in enumerate("ABCDEFG")})
        for x in ("rooms", "storey", "centre", "energy", "built"):
            out[f"area*{x}"] = a * out[x] / 100
        return out.join(pd.get_dummies(df[["district", "kind"]], dtype=float))

    def fit(self, df: pd.DataFrame) -> "Frame":
        self.columns = self._derive(df).columns.tolist()
        return self

    def transform(self, df: pd.DataFrame) -> pd.DataFrame:
        return self._derive(df).reindex(columns=self.columns, fill_value=0.0).astype(float)


def select(X: pd.DataFrame, y: np.ndarray, groups: np.ndarray) -> list[str]:
    cv = list(GroupKFold(3).split(X, y, groups))
    scaled = pd.DataFrame(StandardScaler().fit_transform(X), columns=X.columns)
    rfe = RFECV(Ridge(alpha=5), step=6, cv=cv, scoring="r2", min_features_to_select=12).fit(scaled, np.log(y))
    return [c for c, keep in zip(X.columns, rfe.support_) if keep]


def fit(df: pd.DataFrame):
    frame = Frame().fit(df)
    X, y = frame.transform(df), df[TARGET].to_numpy()
    names = select(X.reset_index(drop=True), y, df[GROUP].to_numpy())
    model = TransformedTargetRegressor(make_pipeline(StandardScaler(), Ridge(alpha=5)), func=np.log, inverse_func=np.exp)
    return frame, names, model.fit(X[names], y)


def boot(y: np.ndarray, p: np.ndarray, groups: np.ndarray, n: int = 200) -> tuple[float, float]:
    rng = np.random.default_rng(3)
    ids, code = np.unique(groups, return_inverse=True)
    members = [np.flatnonzero(code == i) for i in range(len(ids))]
    scores = []
    for _ in range(n):
        idx = np.concatenate([members[i] for i in rng.integers(len(ids), size=len(ids))])
        scores.append(r2_score(y[idx], p[idx]))
    return tuple(np.percentile(scores, [2.5, 97.5]))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = data.drop(columns=FEE).drop_duplicates().reset_index(drop=True)
    logger.info("correlation with the price, all rows:\n%s", df.corr(numeric_only=True)[TARGET].round(2).to_string())
    truths, guesses, ids, baseline = [], [], [], []
    for number, (tr, te) in enumerate(GroupShuffleSplit(3, test_size=0.25, random_state=6).split(df, groups=df[GROUP])):
        dev, test = df.iloc[tr], df.iloc[te]
        frame, names, model = fit(dev)
        p = model.predict(frame.transform(test)[names])
        logger.info("repeat %d: %d of %d columns, R2 train %.3f test %.3f", number, len(names), len(frame.columns),
                    r2_score(dev[TARGET], model.predict(frame.transform(dev)[names])), r2_score(test[TARGET], p))
        truths.append(test[TARGET].to_numpy()); guesses.append(p); ids.append(test[GROUP].to_numpy())
        per_metre = (dev[TARGET] / dev["area"]).median()
        baseline.append(r2_score(test[TARGET], per_metre * test["area"]))
    y, p, g = map(np.concatenate, (truths, guesses, ids))
    low, high = boot(y, p, g)
    return {"r2": float(np.mean([r2_score(a, b) for a, b in zip(truths, guesses)])), "r2_low": float(low), "r2_high": float(high), "r2_per_metre": float(np.mean(baseline))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = data.drop(columns=FEE).drop_duplicates().reset_index(drop=True)
    frame, names, model = fit(df)
    joblib.dump(model, Path(model_dir) / "ridge.joblib")
    (Path(model_dir) / "features.json").write_text(json.dumps({"all": frame.columns, "kept": names}))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    saved = json.loads((Path(model_dir) / "features.json").read_text())
    X = Frame(saved["all"]).transform(data)[saved["kept"]]
    return joblib.load(Path(model_dir) / "ridge.joblib").predict(X)
