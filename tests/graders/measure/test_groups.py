"""Groups of rows and metrics are called by words that every language of the report has."""

from __future__ import annotations

import pandas as pd
import pytest

from graders.measure import groups
from graders.measure.wording import heading
from graders.model.challenge import Column
from graders.probes.names import ProbeName
from graders.report.words import METRICS, run_title
from graders.tasks.asked import TASKS
from graders.tasks.metric import Metric
from graders.words import Speaker

FRENCH = Speaker("fr")
TITLED = [one for task in TASKS.values() for one in task.metrics.values() if isinstance(one, Metric)]


def test_a_band_is_told_in_the_language_of_the_reader() -> None:
    """Pandas' own texts would forget what the words were made of."""
    rows = pd.DataFrame({"age": [20, 40, 70, 999], "plan": ["S", "L", None, "S"]})
    columns = (Column("age", "int", "", bands=(30, 65), unknown=999), Column("plan", "text", ""))
    told = [FRENCH.text(group.name) for group in groups.single(rows, columns)]
    assert told[:4] == ["age 30 à moins de 65", "age 65 et plus", "age moins de 30", "age inconnu"]
    assert told[4:] == ["plan L", "plan S", "plan manquant"]


@pytest.mark.parametrize("metric", TITLED, ids=lambda metric: metric.name)
def test_a_heading_is_the_title_in_every_language(metric: Metric) -> None:
    assert FRENCH.text(heading(metric)).lower() == FRENCH.text(metric.title).lower()
    assert metric.name in METRICS


@pytest.mark.parametrize("name", ProbeName)
def test_a_run_is_called_by_words_of_the_catalogue(name: ProbeName) -> None:
    assert run_title(name.keyed("0a1b"), FRENCH) == f"{run_title(name, FRENCH)} 0a1b"
    assert " " not in name or run_title(name, FRENCH) != name
