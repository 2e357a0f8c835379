"""Groups of people: who is selected, who is missed, and whose risk is misjudged.  Numbers and questions, no verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graders.checks.check import Check
from graders.checks.responsibility.collection import FACTOR, UnderCollected, taught, under_collected
from graders.facts import Facts, once
from graders.measure import groups, performance, quantities
from graders.measure.groups import Group
from graders.measure.importance import Importance, unit_word
from graders.measure.linear import Linear, holm
from graders.measure.performance import Scored, only_for
from graders.measure.wording import best, interval, percent
from graders.model.arrays import FloatArray
from graders.model.case import NotApplicable
from graders.model.finding import Certainty, Evidence, Guide, Question, Severity
from graders.source.writing import COLLECTION
from graders.words import N_, say, sentences

#: A difference between groups is worth a question from here, where chance and the data's own differences are out.
WORTH_ASKING, BEYOND_THE_DATA, SURE = 0.10, 0.05, 0.01
#: How far mean prediction and rate of a group may lie apart, against the rest, before it counts as misjudged.
MISJUDGED = 0.02
#: And what share of that which the labelled rows teach as they are: a model of fewer rows errs a little, too.
LEARNT = 0.5
#: A column that surely gains less than this of ROC AUC earns nothing.
EARNS = 0.003
#: Answers that a sensitive column moves by less on average are not worth a question: one in a hundred of probability.
LEAST_MOVED = 0.01


@dataclass(frozen=True, eq=False)
class People:
    """One group: rate of positives, mean prediction above it, share selected at the capacity, share of positives
    missed and of negatives selected, and the group's miss rate above that of the rest."""

    group: Group
    rate: Linear
    excess: Linear
    selected: Linear
    missed: Linear
    false_alarms: Linear
    misses_more: Linear
    misses_more_p: float


@once
def people(facts: Facts) -> tuple[People, ...]:
    """Every group by sensitive columns with enough rows; NotApplicable where there is none."""
    only_for(facts.case, "binary")
    rows = facts.scored
    found = groups.of_hidden_people(facts.case.challenge, facts.case.dataset)
    judged = [group for group in found if rows.enough(group.rows) and not group.rows.all()]
    if not judged:
        raise NotApplicable(say("the challenge declares no sensitive column with groups of enough rows"))
    chosen = quantities.selected(rows.scores, performance.capacity(facts.case)).astype(np.float64)
    gaps = [against_rest(group, 1 - chosen, rows.labels == 1) for group in judged]
    adjusted = holm([rows.clusters.p_value(gap) for gap in gaps])
    return tuple(
        _people(group, rows.labels.astype(np.float64), rows.scores, chosen, (gap, p))
        for group, gap, p in zip(judged, gaps, adjusted, strict=True)
    )


def _people(
    group: Group, labels: FloatArray, scores: FloatArray, chosen: FloatArray, gap: tuple[Linear, float]
) -> People:
    inside = group.rows.astype(np.float64)
    return People(
        group=group,
        rate=quantities.mean(labels, inside),
        excess=quantities.mean(scores - labels, inside),
        selected=quantities.mean(chosen, inside),
        missed=quantities.mean(1 - chosen, inside * labels),
        false_alarms=quantities.mean(chosen, inside * (1 - labels)),
        misses_more=gap[0],
        misses_more_p=gap[1],
    )


def against_rest(group: Group, numbers: FloatArray, among: groups.Mask | None = None) -> Linear:
    """The mean of the group less that of everybody else, among the rows given."""
    counted = np.ones(len(numbers)) if among is None else among.astype(np.float64)
    return quantities.mean(numbers, counted * group.rows) - quantities.mean(numbers, counted * ~group.rows)


def error_rates_differ(facts: Facts) -> Iterator[Evidence]:
    """Differences in the miss rate that neither chance nor the best attainable ranking explains."""
    if facts.case.challenge.task != "binary":
        yield from _errors_differ(facts)
        return
    rows, capacity = facts.scored, performance.capacity(facts.case)
    chosen = quantities.selected(facts.case.dataset.oracle, capacity).astype(np.float64)
    for one in people(facts):
        if not (abs(one.misses_more.value) > WORTH_ASKING and one.misses_more_p < SURE):
            continue
        attainable = against_rest(one.group, 1 - chosen, rows.labels == 1)
        beyond = (one.misses_more - attainable).times(float(np.sign(one.misses_more.value)))
        if beyond.value > BEYOND_THE_DATA and rows.clusters.p_value(beyond) < SURE:
            yield Evidence(
                say(
                    "{group} ({value:,} rows): with {capacity:.0%} of all rows selected, {clusters} of the positive "
                    "rows are missed, {misses_more:+.2f} against everybody else ({best}: {attainable:+.2f})",
                    best=best(facts.case.dataset),
                    group=one.group.name,
                    value=int(one.group.rows.sum()),
                    capacity=capacity,
                    clusters=interval(rows.clusters.share(one.missed), 2),
                    misses_more=one.misses_more.value,
                    attainable=attainable.value,
                )
            )


def _errors_differ(facts: Facts) -> Iterator[Evidence]:
    """Of classes the share that is wrong, of numbers the error and the bias in standard deviations of the target."""
    rows, oracle = facts.scored, facts.case.dataset.oracle
    found = groups.of_hidden_people(facts.case.challenge, facts.case.dataset)
    judged = [group for group in found if int(group.rows.sum()) >= groups.LEAST_ROWS and not group.rows.all()]
    if not judged:
        raise NotApplicable(say("the challenge declares no sensitive column with groups of enough rows"))
    compared = [
        (group, what, against_rest(group, own), against_rest(group, ours))
        for what, own, ours in zip(WRONG[rows.task], _wrong(rows, rows.scores), _wrong(rows, oracle), strict=True)
        for group in judged
    ]
    adjusted = holm([rows.clusters.p_value(gap) for _, _, gap, _ in compared])
    for (group, what, gap, attainable), p_value in zip(compared, adjusted, strict=True):
        beyond = (gap - attainable).times(float(np.sign(gap.value)))
        large = abs(gap.value) > WORTH_ASKING and beyond.value > BEYOND_THE_DATA
        if large and p_value < SURE and rows.clusters.p_value(beyond) < SURE:
            yield Evidence(
                say(
                    "{group} ({value:,} rows): {what} {clusters} against everybody else ({best}: {attainable:+.2f})",
                    best=best(facts.case.dataset),
                    group=group.name,
                    value=int(group.rows.sum()),
                    what=what,
                    clusters=interval(rows.clusters.score(gap), 2),
                    attainable=attainable.value,
                )
            )


#: What `_wrong` gives, in words.
WRONG = {
    "multiclass": (say("the share of wrong classes differs by"),),
    "regression": (
        say("in standard deviations of the target, the error differs by"),
        say("in standard deviations of the target, answers are too high by"),
    ),
}


def _wrong(rows: Scored, answers: FloatArray) -> tuple[FloatArray, ...]:
    if rows.task == "multiclass":
        return ((np.argmax(answers, axis=1) != rows.labels).astype(np.float64),)
    excess = (answers - rows.labels) / (float(np.std(rows.labels)) or 1.0)
    return np.abs(excess), excess


@dataclass(frozen=True, eq=False)
class Errors:
    """One group, of one class where `class_name` is given: how many rows, the mean error (of numbers in their unit, of
    classes the share that is missed), by how much answers are too high, and the error above that of the rest."""

    group: Group
    class_name: str
    rows: int
    error: Linear
    bias: Linear | None
    gap: Linear
    p_value: float


@once
def errors(facts: Facts) -> tuple[Errors, ...]:
    """Every group by sensitive columns with enough rows, and of several classes each class in it; the most different
    first.  NotApplicable where there is none."""
    rows, classes = facts.scored, facts.case.challenge.classes
    named: list[tuple[str, groups.Mask]] = [("", np.ones(len(rows.labels), np.bool_))]
    named += [(name, rows.labels == number) for number, name in enumerate(classes)]
    found = [
        (group, name, among)
        for group in groups.of_hidden_people(facts.case.challenge, facts.case.dataset)
        for name, among in named
        if int((group.rows & among).sum()) >= groups.LEAST_ROWS and not group.rows.all()
    ]
    if not found:
        raise NotApplicable(say("the challenge declares no sensitive column with groups of enough rows"))
    excess = rows.scores - rows.labels if rows.task == "regression" else None
    wrong = _wrong(rows, rows.scores)[0] if excess is None else np.abs(excess)
    gaps = [against_rest(group, wrong, among) for group, _, among in found]
    adjusted = holm([rows.clusters.p_value(gap) for gap in gaps])
    told = [
        Errors(
            group=group,
            class_name=name,
            rows=int((group.rows & among).sum()),
            error=quantities.mean(wrong, (group.rows & among).astype(np.float64)),
            bias=None if excess is None else quantities.mean(excess, group.rows.astype(np.float64)),
            gap=gap,
            p_value=p_value,
        )
        for (group, name, among), gap, p_value in zip(found, gaps, adjusted, strict=True)
    ]
    return tuple(sorted(told, key=lambda each: (len(each.group.columns), each.p_value)))


def misjudged(facts: Facts) -> tuple[tuple[UnderCollected, Linear], ...]:
    """Under-collected groups whose risk the model puts too low, against everybody else.

    A model that was trained on what is left of a group knows less of it, and puts its risk a little too low as well.
    So the gap has to be large, and at least half of what learning from all labelled rows as they are would give.
    """
    rows = facts.scored
    gaps = [(one, against_rest(one.group, rows.scores - rows.labels)) for one in under_collected(facts)]
    return tuple(
        (missing, gap)
        for missing, gap in gaps
        if gap.value < -max(MISJUDGED, LEARNT * taught(facts, missing)) and rows.clusters.p_value(gap) < SURE
    )


def collection_bias(facts: Facts) -> Iterator[Evidence]:
    only_for(facts.case, "binary")
    if not under_collected(facts):
        raise NotApplicable(say("no group is found to be under-collected"))
    rows, wrong = facts.scored, misjudged(facts)
    if not wrong and not facts.writing.covered("collection", COLLECTION):
        yield from _unmentioned(facts)
    for one, gap in wrong:
        told = say(
            "{group}: up to {until}, {public_rate} of the labelled rows are positive, and {hidden_rate} "
            "of the hidden ones; the mean prediction lies {clusters} from the rate, against everybody "
            "else",
            group=one.group.name,
            until=one.until,
            public_rate=percent(one.public_rate),
            hidden_rate=percent(one.hidden_rate),
            clusters=interval(rows.clusters.score(gap), 2),
        )
        if facts.case.dataset.simple is None:  # we made the rows, and know what was not kept
            yield Evidence(sentences(told, say("What was not collected was learnt as not happening.")))
        else:
            changed = say("Either positives of this group were not collected, or they have become more frequent since.")
            yield Evidence(sentences(told, changed), certainty=Certainty.SUSPECTED)


def _unmentioned(facts: Facts) -> Iterator[Evidence]:
    """The clearest group, where the model puts its risk too low, if not surely, and no text speaks of it."""
    rows, one = facts.scored, under_collected(facts)[0]
    gap = rows.clusters.score(against_rest(one.group, rows.scores - rows.labels))
    if gap.value < 0:
        yield Evidence(
            say(
                "{group}: up to {until}, {public_rate} of the labelled rows are positive, and {hidden_rate} "
                "of the hidden ones. README and notes do not speak of how the data came about; the mean "
                "prediction lies {gap} from the rate, against everybody else",
                group=one.group.name,
                until=one.until,
                public_rate=percent(one.public_rate),
                hidden_rate=percent(one.hidden_rate),
                gap=interval(gap, 2),
            ),
            certainty=Certainty.SUSPECTED,
        )


def sensitive_columns_used(facts: Facts) -> tuple[Importance, ...]:
    """Sensitive columns that move answers by enough to ask about."""
    names = {column.name for column in groups.sensitive(facts.case.challenge)}
    return tuple(
        importance for importance in facts.importances if importance.column in names and importance.moved >= LEAST_MOVED
    )


def protected_column(facts: Facts) -> Iterator[Evidence]:
    """Sensitive columns that move answers and earn nothing, or that the text never mentions."""
    for one in sensitive_columns_used(facts):
        spoken = facts.writing.speaks_of(one.column)
        if one.fall.high < facts.measured.step(EARNS) or not spoken:
            moves = say(
                "shuffling `{column}` moves answers by {moved:.3f}{unit} on average and costs {fall} of {metric}",
                moved=one.moved,
                unit=unit_word(facts.case),
                column=one.column,
                metric=facts.measured.metric.title,
                fall=interval(one.fall),
            )
            yield Evidence(moves if spoken else sentences(moves, say("We found no mention of it in README and notes.")))


CHECKS = (
    Check(
        code="FAIR001",
        title=N_("Error rates differ between groups"),
        severity=Severity.MINOR,
        family="responsibility",
        criteria=("bias",),
        shown_in="people",
        function="train",
        examine=error_rates_differ,
        guide=Guide(
            detect=(
                say(
                    "As many hidden rows are selected as the challenge has capacity for. We compare the share of "
                    "positives missed in each group of people with everybody else's. Holm's correction allows "
                    "for the number of groups. Named from {worth_asking:.2f}, and only where the best "
                    "predictions that we know of differ by less.",
                    worth_asking=WORTH_ASKING,
                )
            ),
            why=(
                N_(
                    "Whoever is missed gets no offer or help. Whether a difference is fair depends on the use, "
                    "and people decide it."
                )
            ),
            avoid=N_(
                "Measure errors by group, look at base rates and labels first, and say which differences you accept."
            ),
        ),
        question=Question(
            say("Error rates differ between these groups. What do you report, and what do you change?"),
            say("chooses a notion of fairness with its price, checks rates and labels, escalates"),
            say("drops the column"),
        ),
        by_task=dict.fromkeys(
            ("multiclass", "regression"),
            (
                Guide(
                    detect=say(
                        "We compare the errors in each group of people with everybody else's. Of classes that is how "
                        "often the class is wrong. Of numbers it is how large and how one-sided the error is. Holm's "
                        "correction allows for the number of groups. Named from {worth_asking:.2f}, and only where "
                        "the best predictions that we know of differ by less.",
                        worth_asking=WORTH_ASKING,
                    ),
                    why=N_(
                        "Whoever is predicted worse is served worse. Whether a difference is fair depends on the "
                        "use, and people decide it."
                    ),
                    avoid=N_(
                        "Measure errors by group, look at the labels first, and say which differences you accept."
                    ),
                ),
                Question(
                    say("Errors differ between these groups. What do you report, and what do you change?"),
                    say("chooses a notion of fairness with its price, checks the labels, escalates"),
                    say("drops the column"),
                ),
            ),
        ),
    ),
    Check(
        code="FAIR002",
        title=N_("A sensitive column moves the answers"),
        severity=Severity.INFO,
        family="responsibility",
        criteria=("bias",),
        shown_in="proxies",
        function="train",
        examine=protected_column,
        guide=Guide(
            detect=(
                say(
                    "Each sensitive column is shuffled among hidden rows. Named where answers move by {least:g} on "
                    "average. Then the {metric} gains nothing by the column, or the text does not speak of it.",
                    least=LEAST_MOVED,
                )
            ),
            why=N_("Such a column needs a reason that can be said aloud, and law may forbid it."),
            avoid=N_("Leave it out where it earns nothing; where it earns something, say why it may be used."),
        ),
        question=Question(
            say("Why does the model use this column, and what would you say to somebody it counts against?"),
            say(
                "a reason from the business, what it gains, whether proxies would carry it anyway, whether "
                "law allows it"
            ),
            say('"it was in the data"'),
        ),
    ),
    Check(
        code="DATA002",
        title=N_("Collection bias unaddressed"),
        severity=Severity.MINOR,
        family="responsibility",
        criteria=("bias",),
        shown_in="collection",
        examine=collection_bias,
        guide=Guide(
            detect=(
                say(
                    "A group is under-collected where its positives are rarer among the labelled rows than among "
                    "the hidden ones. The factor must be {factor} more than everybody's. Flagged where the model "
                    "puts the risk of such a group too low by more than {misjudged:.2f} against everybody else. "
                    "The gap must also reach {learnt:.0f} % of what the labelled rows teach as they are.",
                    factor=FACTOR,
                    misjudged=MISJUDGED,
                    learnt=LEARNT * 100,
                )
            ),
            why=N_("What was not collected is learnt as not happening, and these people are overlooked."),
            avoid=N_(
                "Ask how rows came to be kept. Leave out or reweight the period or group that was kept "
                "badly, and say so."
            ),
        ),
        question=Question(
            say("How were these data collected, and who is missing?"),
            say("selection, survivorship, late labels, feedback loops, and what each does to the use"),
            say("takes the data for the truth"),
        ),
    ),
)
