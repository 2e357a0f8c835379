"""One fault for the candidate to catch with a test: found in the submission, and again in what was changed live."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from graders.model.challenge import Challenge
from graders.model.probe import Action, Probe
from graders.model.submission import Submission
from graders.mutation import plan
from graders.mutation.plan import Place, Planted, Rewritings, places_in
from graders.mutation.trial import likely_to_notice
from graders.probes.names import ProbeName
from graders.probes.sessions import COMPARED_ORDER, in_order, wakeful

#: (path, function, operator, what was done in English): the same in every text in which the fault can be planted.
Fault = tuple[str, ...]
#: So many places are tried until one can be planted.
MOST_TRIED = 20
FAULT, CONTROL = ProbeName.TESTS_OVER_FAULT.keyed("live"), ProbeName.TESTS_OVER_NO_FAULT.keyed("live")


def choose(submission: Submission, path: str = "", line: int | None = None) -> tuple[Fault, Planted] | None:
    """The fault at a line of a runnable file, else the first there is; None where none can be planted."""
    texts = plan.modules(submission)
    everywhere = [place for text in texts for place in places_in(text) if place.scope.function is not None]
    here = [place for place in everywhere if (place.path, place.line) == (path, line)]
    rewritings = Rewritings(texts, "live")
    for place in islice((*here, *everywhere), MOST_TRIED):
        if planted := plan.plant(place, submission, rewritings):
            return (place.path, place.scope.name, place.operator, str(planted.what)), planted
    return None


def over(submission: Submission, challenge: Challenge, fault: Fault, seed: int) -> list[Probe]:
    """The tests over the fault and over a change without one; none where the fault's place is no longer there."""
    texts = plan.modules(submission)
    rewritings = Rewritings(texts, str(seed))
    planted = next(_again(submission, fault, rewritings), None)
    if planted is None:
        return []
    limits, first = wakeful(challenge.tool_limits), likely_to_notice(submission, planted)
    changed = {FAULT: planted.files, CONTROL: rewritings.of(CONTROL)}
    probes = (Probe(name, Action.TESTS, planted=files, first=first, limits=limits) for name, files in changed.items())
    return in_order(COMPARED_ORDER, seed, probes)


def _again(submission: Submission, fault: Fault, rewritings: Rewritings) -> Iterator[Planted]:
    """The fault of the same words first, then others of its kind in the same function: lines around it may change."""
    path, function, operator, what = fault
    like = [
        planted
        for place in _of_function(submission, path, function)
        if place.operator == operator and (planted := plan.plant(place, submission, rewritings)) is not None
    ]
    yield from sorted(like, key=lambda planted: planted.what != what)


def _of_function(submission: Submission, path: str, function: str) -> list[Place]:
    texts = (text for text in plan.modules(submission) if text.path == path)
    return [place for text in texts for place in places_in(text) if place.scope.name == function][:MOST_TRIED]
