"""Entry points. `python pipeline.py --data letters.csv --out model` trains from the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from router.models import Router
from router.settings import load
from router.splits import past_gap_future
from sklearn.metrics import balanced_accuracy_score

SETTINGS = load(Path(__file__).with_name("config.yaml"))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    Router(SETTINGS).fit(data, unlabelled=None).save(Path(model_dir))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    """Learn from the past, let the weeks between help without their labels, judge on the future of other senders."""
    past, between, future = past_gap_future(data, SETTINGS)
    bare = between.drop(columns=SETTINGS.target)
    router = Router(SETTINGS).fit(past, unlabelled=bare)
    said = router.classes[router.shares(future.drop(columns=SETTINGS.target)).argmax(axis=1)]
    return {
        "balanced_accuracy": float(balanced_accuracy_score(future[SETTINGS.target], said)),
        "rows_guessed": float(router.guessed),
    }


def predict(data: pd.DataFrame, model_dir: Path):
    return Router.load(Path(model_dir), SETTINGS).shares(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    table = pd.read_csv(arguments.data)
    print(evaluate(table))
    arguments.out.mkdir(parents=True, exist_ok=True)
    train(table, arguments.out)


if __name__ == "__main__":
    main()
