"""Which groups are missing from the labelled rows, found by measurement on the data alone.

Where the positives of a group were not kept, its rate among the labelled rows of some stretch of time falls short of
its rate among the hidden rows, by more than everybody else's does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graders.facts import Facts
from graders.measure import groups, quantities
from graders.measure.groups import Group, Mask
from graders.measure.linear import Clusters, Linear, holm, two_sided
from graders.model.arrays import FloatArray
from graders.model.challenge import Challenge, Dataset
from graders.model.of_data import of_data
from graders.tasks.asked import public_truth

#: A group counts as under-collected from this factor, if chance leads so far in fewer than one case in a hundred.
FACTOR, SURE = 1.25, 0.01
#: Where the labelled time is cut: a system that kept rows badly was in use up to some day.
CUTS = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class UnderCollected:
    """A group whose positives are rare among the labelled rows until a date; `factor` is by how much rarer than
    everybody else's, against the hidden rows."""

    group: Group
    until: str
    public_rate: float
    hidden_rate: float
    factor: float


def under_collected(facts: Facts) -> tuple[UnderCollected, ...]:
    """The groups found, the clearest first; one by two columns only where none by a single one of them is."""
    if facts.case.challenge.task != "binary":
        return ()  # what a rate of positives is to others is not known
    if facts.case.challenge.time is None:
        return ()  # rows drawn at random miss nobody
    return _found(facts.case.challenge, facts.case.dataset)


@of_data
def _found(challenge: Challenge, data: Dataset) -> tuple[UnderCollected, ...]:
    labels = data.labels.astype(np.float64)
    hidden = [group for group in groups.of_hidden_people(challenge, data) if _counted(group, labels)]
    against = [(group, _against_rest(group, labels)) for group in hidden]
    stretches = _stretches(challenge, data)
    looked = [one for until, rows in stretches for one in _compared(challenge, data, until, rows, against)]
    adjusted = holm([two_sided(z) for _, z in looked])
    sure = [(z, one) for (one, z), p in zip(looked, adjusted, strict=True) if p < SURE and one.factor > FACTOR]
    clearest: dict[str, UnderCollected] = {}
    for _, one in sorted(sure, key=lambda pair: -pair[0]):
        clearest.setdefault(one.group.name, one)
    single = {name for name, one in clearest.items() if len(one.group.columns) == 1}
    return tuple(one for name, one in clearest.items() if not (set(name.split(", ")) & single) or name in single)


def taught(facts: Facts, missing: UnderCollected) -> float:
    """How much lower than among the hidden rows all labelled rows put the rate of such a group, against the rest."""
    challenge, data = facts.case.challenge, facts.case.dataset
    known = {group.name: group for group in groups.of_public_people(challenge, data)}
    labelled = _against_rest(known[missing.group.name], public_truth(challenge, data.public).astype(np.float64))
    hidden = _against_rest(missing.group, data.labels.astype(np.float64))
    return missing.hidden_rate * max(0.0, 1 - labelled.value / hidden.value)


def _stretches(challenge: Challenge, data: Dataset) -> Iterator[tuple[str, Mask]]:
    """The labelled rows up to each cut, with the last date of them."""
    assert challenge.time is not None  # its only caller has asked
    times = data.public[challenge.time].astype(str)
    dates = sorted(times.unique())
    for end in sorted({dates[round(cut * len(dates)) - 1] for cut in CUTS if round(cut * len(dates))}):
        yield end, (times <= end).to_numpy()


def _compared(
    challenge: Challenge, data: Dataset, until: str, rows: Mask, against: Sequence[tuple[Group, Linear]]
) -> Iterator[tuple[UnderCollected, float]]:
    """Each group of hidden rows, which comes with its ratio `against` the rest, and how many standard errors the
    logarithm of its factor is above 0."""
    public = data.public[rows]
    labels = (public_truth(challenge, public).astype(np.float64), data.labels.astype(np.float64))
    sides = [Clusters(challenge.units(table)) for table in (public, data.hidden)]
    known = {group.name: group for group in groups.of_people(public, challenge)}
    for group, of_hidden in against:
        pair = (known.get(group.name, group), group)
        if group.name in known and _counted(pair[0], labels[0]):
            ratios = [_against_rest(pair[0], labels[0]), of_hidden]
            errors = [side.error(ratio) / ratio.value for side, ratio in zip(sides, ratios, strict=True)]
            gap = float(np.log(ratios[1].value / ratios[0].value))
            rates = [float(y[g.rows].mean()) for g, y in zip(pair, labels, strict=True)]
            yield (
                UnderCollected(group, until, rates[0], rates[1], float(np.exp(gap))),
                gap / float(np.hypot(errors[0], errors[1])),
            )


def _against_rest(group: Group, labels: FloatArray) -> Linear:
    return quantities.mean(labels, group.rows.astype(np.float64)) / quantities.mean(
        labels, (~group.rows).astype(np.float64)
    )


def _counted(group: Group, labels: FloatArray) -> bool:
    return groups.enough(labels[group.rows].astype(np.int64)) and not group.rows.all()
