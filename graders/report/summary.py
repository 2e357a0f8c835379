"""What a reader with one minute needs: three strengths and three concerns, each in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graders.model.finding import Certainty, Severity
from graders.report.schema import Criterion, Finding, Item, Section, Summary
from graders.report.words import SEVERITIES
from graders.words import ENGLISH, Speaker, as_sentence, say

AT_MOST = 3

#: A criterion with this share of its points is a strength; one with less than the second is a concern.
STRONG, WEAK = 0.8, 0.5

_SENTENCE_END = re.compile(r"(?<=[.!?]) ")


def summary(sections: Iterable[Section], findings: Iterable[Finding]) -> Summary:
    """Strengths and concerns, the weightiest first."""
    criteria = [c for section in sections for c in section.criteria if c.points is not None and c.max]
    flagged = sorted((f for f in findings if f.flagged), key=_weight)
    return Summary(
        strengths=_strengths(criteria),
        concerns=_concerns(criteria, flagged),
    )


def _strengths(criteria: list[Criterion]) -> list[Item]:
    """Criteria with most of their points; one that a finding speaks against is no strength."""
    strong = [c for c in criteria if _share(c) >= STRONG and not c.findings]
    return [of_criterion(c) for c in sorted(strong, key=lambda c: -(c.points or 0.0))[:AT_MOST]]


def _concerns(criteria: list[Criterion], flagged: list[Finding]) -> list[Item]:
    """Findings that matter first, then criteria that lost most points and that no such finding explains."""
    grave = [f for f in flagged if f.severity is not Severity.INFO][:AT_MOST]
    told = {f.code for f in grave}
    weak = [c for c in criteria if _share(c) < WEAK and not told & set(c.findings)]
    lost = sorted(weak, key=lambda c: (c.points or 0.0) - c.max)
    return ([_of_finding(f) for f in grave] + [of_criterion(c) for c in lost])[:AT_MOST]


def _share(criterion: Criterion) -> float:
    return (criterion.points or 0.0) / criterion.max


def _weight(finding: Finding) -> tuple[int, bool]:
    """Sort key: the gravest first, and within a severity what was measured before what is suspected."""
    return SEVERITIES.index(finding.severity), finding.certainty is not Certainty.CONFIRMED


def of_criterion(criterion: Criterion, speaker: Speaker | None = None) -> Item:
    """A criterion with its points and its reason, which is in the language of the speaker already."""
    points = say("{points:.1f} of {most:g} points.", points=criterion.points or 0.0, most=criterion.max)
    text = f"{(speaker or Speaker(ENGLISH)).text(points)} {_brief(criterion.why)}".strip()
    return Item(title=criterion.title, text=text, about=criterion.id)


def _of_finding(finding: Finding) -> Item:
    first = finding.evidence[0].what if finding.evidence else finding.note
    return Item(title=finding.title, text=as_sentence(first), about=finding.code)


def _brief(text: str, limit: int = 180) -> str:
    """The first sentence, and as many more as fit."""
    first, *more = _SENTENCE_END.split(text)
    for one in more:
        if len(first) + len(one) >= limit:
            break
        first = f"{first} {one}"
    return first
