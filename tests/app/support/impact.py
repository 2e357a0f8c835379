"""A report of adverse impact with something to say, without the hundreds of candidates that it takes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from app.impact.categories import RACES, SEXES
from app.impact.figures import Figures, Person, figures
from app.store import impact
from tests.app.support.people import Person as Member

CRITERIA = {"MODEL1": "Ranks hidden customers well", "CODE1": "Reads well"}
FINDINGS = {"LEAK001": "Fitted outside the folds", "DOC002": "No limits named"}


def sample(size: int = 400, seed: int = 3, unknown: float = 0.1) -> list[Person]:
    """People whose outcomes depend a little on their sex; some do not say, some code is not scored."""
    draw = random.Random(seed)  # noqa: S311
    made = []
    for _ in range(size):
        sex = "" if draw.random() < unknown else draw.choice([*SEXES, *SEXES, *SEXES, "another"])
        race = "" if draw.random() < unknown else draw.choice(list(RACES)[:4])
        score = None if draw.random() < 0.05 else draw.gauss(60 if sex == "female" else 64, 12)
        code = None if draw.random() < 0.03 else draw.uniform(0, 25)
        criteria = {"MODEL1": draw.choice([0.0, 20.0, 40.0]), "CODE1": code}
        flagged = frozenset({"LEAK001"} if draw.random() < 0.2 else ())
        made.append(Person(sex, race, draw.random() < 0.4, score, {} if score is None else criteria, flagged))
    return made


def made_of(people: list[Person], earlier: Sequence[Figures] = ()) -> Figures:
    return figures(people, "Task", [date(2026, 3, 1)] * len(people), CRITERIA, FINDINGS, earlier=earlier)


def report(member: Member) -> str:
    """The id of a report of the member's organisation."""
    with member.site.service.engine.begin() as connection:
        whole = made_of(sample()).model_dump(mode="json")
        return impact.add(connection, member.org_id, "ml_pipeline", whole)
