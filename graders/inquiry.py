"""What to ask next: probes that settle a doubt the first answers left, most telling first, none twice."""

from __future__ import annotations

from collections.abc import Iterator

from graders import generalisation, probes
from graders.leakage import interference, looks, outside
from graders.model import Action, Case, IntArray, NotApplicable, Probe

#: Below this many CPU seconds no doubt is left standing for the sake of cost.
ALWAYS_SECONDS = 45.0


def follow_up(case: Case) -> list[Probe]:
    """Evaluations worth their CPU time, as many as the challenge's budget allows; empty where all is settled."""
    evaluate = case.runs.get(probes.EVALUATE)
    if evaluate is None or not evaluate.ok:
        return []
    left = _budget(case) - _spent(case)
    affordable = int(left / max(evaluate.cpu_seconds, 0.01))
    return _unanswered(case)[: max(affordable, 0)]


def _unanswered(case: Case) -> list[Probe]:
    """Interference first and alone: what it shows decides what else is worth asking."""
    wanted = [probe for probe in _doubts(case) if probe.name not in case.runs]
    return wanted[:1] if wanted and wanted[0].name == probes.EVALUATE_PERTURBED else wanted


def _doubts(case: Case) -> Iterator[Probe]:
    challenge, rows, seed = case.challenge, case.dataset.public, case.seed
    null = probes.permute_labels(rows, challenge, seed)
    if (moved := _held_out(case)) is not None:
        perturbed = interference.perturb(null, moved, challenge, seed)
        yield probes.evaluation(probes.EVALUATE_PERTURBED, perturbed, challenge, seed, traced=True)
    if looks.differs(case):
        yield probes.evaluation(probes.EVALUATE_STEADY, null, challenge, seed, traced=True)
    if generalisation.null_in_doubt(case):
        for number, name in enumerate(probes.NULL_DRAWS, 1):
            draw = probes.permute_labels(rows, challenge, seed + number)
            yield probes.evaluation(name, draw, challenge, seed)
    if _rests_on_post_outcome(case):
        yield probes.evaluation(probes.EVALUATE_BLANKED, probes.blank(rows, challenge, seed), challenge, seed)


def _held_out(case: Case) -> IntArray | None:
    try:
        return looks.choice_of(case).moved
    except NotApplicable:
        return None


def _rests_on_post_outcome(case: Case) -> bool:
    try:
        return outside.post_outcome(case) is not None
    except NotApplicable:
        return False


def _budget(case: Case) -> float:
    bare = sum(case.runs[name].cpu_seconds for name in (probes.TRAIN, probes.EVALUATE) if name in case.runs)
    return max(case.challenge.follow_up_budget * bare, ALWAYS_SECONDS)


def _spent(case: Case) -> float:
    """CPU seconds of the evaluations so far that were no part of the bare run."""
    extra = (run for run in case.runs.values() if run.action is Action.EVALUATE and run.name != probes.EVALUATE)
    return sum(run.cpu_seconds for run in extra)
