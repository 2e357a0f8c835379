"""What a change did: the runs before and after it, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from graders.live.model import FigureChange, LiveDifference, LiveFigure, LiveFinding, LiveOutcome
from graders.words import say

#: CPU times of the same call scatter by so much, and by so many milliseconds.
NOISE, LEAST_MS = 0.15, 1.0
#: Other figures come from the same rows and the same seed: a smaller change is rounding.
ROUNDING = 1e-6


def difference(
    before: LiveOutcome, after: LiveOutcome, before_text: Mapping[str, str], after_text: Mapping[str, str]
) -> LiveDifference:
    """Findings gone, new and kept, figures changed, lines that are new or gone; texts are by path.

    A finding is gone only where its check could judge the changed code, and new only where it could judge the code
    before.  A line that moved counts as neither new nor gone.
    """
    had, has = _by_code(before), _by_code(after)
    old, new = _lines(before_text), _lines(after_text)
    return LiveDifference(
        before,
        after,
        gone=tuple(had[code] for code in had if code not in has and code in after.asked),
        new=tuple(has[code] for code in has if code not in had and code in before.asked),
        kept=tuple(has[code] for code in has if code in had or code not in before.asked),
        unjudged=tuple(had[code] for code in had if code not in after.asked),
        figures=tuple(_changes(before, after)),
        lines_added=sum((new - old).values()),
        lines_removed=sum((old - new).values()),
    )


def _by_code(outcome: LiveOutcome) -> dict[str, LiveFinding]:
    return {finding.code: finding for finding in outcome.findings}


def _lines(texts: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """How often each line stands in each file; blank ones are not counted."""
    return Counter((path, line) for path, text in texts.items() for line in text.splitlines() if line.strip())


def _changes(before: LiveOutcome, after: LiveOutcome) -> Iterator[FigureChange]:
    old = {figure.name: figure for figure in (*before.figures, *_places(before))}
    for figure in (*after.figures, *_places(after)):
        was = old.get(figure.name)
        if was is not None and _differs(was, figure):
            better = None if figure.more is None else (figure.value > was.value) == figure.more
            yield FigureChange(was, figure, better)


def _places(outcome: LiveOutcome) -> Iterator[LiveFigure]:
    """How many places a finding has, as a figure."""
    for finding in outcome.findings:
        title = say("Places: {title}", title=finding.title)
        yield LiveFigure(f"places.{finding.code}", title, float(finding.places), more=False)


def _differs(was: LiveFigure, now: LiveFigure) -> bool:
    gap = abs(now.value - was.value)
    if now.unit == "ms":
        return gap > max(NOISE * max(was.value, now.value), LEAST_MS)
    return gap > ROUNDING * max(abs(was.value), abs(now.value), ROUNDING)
