"""What is asked of whoever brings a table, and what without a terminal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from app.cli import asking
from app.cli.main import app
from challenges.tables import reading
from challenges.tables.proposal import Wish


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small table of customers with a column that is known too late."""
    rng = np.random.default_rng(3)
    size = 600
    gone = rng.random(size) < 0.3
    rows = pd.DataFrame(
        {
            "visits": rng.poisson(4, size) + 2 * gone,
            "score": rng.normal(size=size).round(3),
            "refund": np.where(gone, rng.gamma(2, 20, size).round(2), 0.0),
            "churn": np.where(gone, "yes", "no"),
        }
    )
    rows.to_csv(tmp_path / "customers.csv", index=False)
    return tmp_path / "customers.csv"


def answers(monkeypatch: pytest.MonkeyPatch, told: dict[str, list[str]]) -> list[str]:
    """Answer questions by their word, else by what is proposed; gives the words that were asked."""
    asked: list[str] = []

    def prompt(text: str, default: str) -> str:
        asked.append(text.strip())
        waiting = told.get(text.strip(), [])
        return waiting.pop(0) if waiting else default

    monkeypatch.setattr(typer, "prompt", prompt)
    monkeypatch.setattr(typer, "confirm", lambda *_args, **_named: True)
    return asked


def test_all_that_is_uncertain_is_asked_with_the_proposal_as_default(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, {"metric": ["roc_auk", "log_loss"]})
    table = reading.read(path)
    assert asking.target(list(table.rows)) == "churn"
    proposal = asking.proposed(table, Wish("churn"), ask=True)
    assert asked == ["target", "task", "positive", "metric", "metric", "group", "time", "known only after the outcome"]
    assert (proposal.definition.metric, proposal.definition.positive) == ("log_loss", "yes")
    assert proposal.definition.of("refund").known == "after"


def test_what_was_given_is_not_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, {})
    wish = Wish("churn", task="binary", positive="yes", metric="roc_auc", group="", time="", after=("refund",))
    asking.proposed(reading.read(path), wish, ask=True)
    assert asked == []


@pytest.mark.parametrize(
    ("options", "says"),
    [([], "no terminal to ask on"), (["--yes"], "with `--target`")],
    ids=["no terminal", "no target"],
)
def test_without_a_terminal_it_is_told_what_to_say(path: Path, options: list[str], says: str) -> None:
    result = CliRunner().invoke(app, ["challenge", "new", str(path), *options])
    assert result.exit_code == 2
    assert says in " ".join(result.output.replace("\u2502", " ").split())
