"""No model at all: the share of each team by topic and error code, from a table of counts."""
import json
import math
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]


def key(topic, code):
    return f"{topic}|{code if isinstance(code, str) else '-'}"


def count(rows):
    counts = defaultdict(Counter)
    for topic, code, team in zip(rows["topic"], rows["error_code"], rows["team"]):
        counts[key(topic, code)][team] += 1
        counts["all"][team] += 1
    return {k: dict(v) for k, v in counts.items()}


def shares(counts, topic, code):
    whole, own = counts["all"], counts.get(key(topic, code), {})
    n, m = sum(whole.values()), sum(own.values())
    return [(own.get(t, 0) + 10 * (whole.get(t, 0) + 1) / (n + 6)) / (m + 10) for t in TEAMS]


def train(data: pd.DataFrame, model_dir: Path) -> None:
    (Path(model_dir) / "counts.json").write_text(json.dumps(count(data)))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    late, mine = data["opened_on"] >= "2024-03-01", data["customer_id"] % 3 == 0
    counts = count(data[~late & ~mine])
    losses = []
    for row in data[late & mine].itertuples():
        losses.append(-math.log(shares(counts, row.topic, row.error_code)[TEAMS.index(row.team)]))
    return {"log_loss": sum(losses) / len(losses)}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    counts = json.loads((Path(model_dir) / "counts.json").read_text())
    p = np.array([shares(counts, t, c) for t, c in zip(data["topic"], data["error_code"])])
    return p / p.sum(axis=1, keepdims=True)
