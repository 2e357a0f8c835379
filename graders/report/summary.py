"""What a reader with one minute needs: three strengths and three concerns, each in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

AT_MOST = 3

#: A criterion with this share of its points is a strength; one with less than the second is a concern.
STRONG, WEAK = 0.8, 0.5

_SENTENCE_END = re.compile(r"(?<=[.!?]) ")
_SEVERITIES = ("critical", "major", "minor", "info")

Document = Mapping[str, Any]
Item = dict[str, str]


def summary(sections: Iterable[Document], findings: Iterable[Document]) -> dict[str, list[Item]]:
    """Strengths and concerns, the weightiest first; each is {title, text, about}, `about` a finding or criterion."""
    criteria = [c for section in sections for c in section["criteria"] if c["points"] is not None and c["max"]]
    flagged = sorted((f for f in findings if f["status"] == "flagged"), key=_weight)
    return {
        "strengths": _strengths(criteria, {f["code"] for f in flagged}),
        "concerns": _concerns(criteria, flagged),
    }


def _strengths(criteria: list[Document], flagged: set[str]) -> list[Item]:
    """Criteria with most of their points; one that a finding speaks against is no strength."""
    strong = [c for c in criteria if _share(c) >= STRONG and not flagged & set(c["findings"])]
    return [_of_criterion(c) for c in sorted(strong, key=lambda c: -c["points"])[:AT_MOST]]


def _concerns(criteria: list[Document], flagged: list[Document]) -> list[Item]:
    """Findings that matter first, then criteria that lost most points and that no such finding explains."""
    grave = [f for f in flagged if f["severity"] != "info"][:AT_MOST]
    told = {f["code"] for f in grave}
    weak = [c for c in criteria if _share(c) < WEAK and not told & set(c["findings"])]
    lost = sorted(weak, key=lambda c: c["points"] - c["max"])
    return ([_of_finding(f) for f in grave] + [_of_criterion(c) for c in lost])[:AT_MOST]


def _share(criterion: Document) -> float:
    return float(criterion["points"] / criterion["max"])


def _weight(finding: Document) -> tuple[int, bool]:
    """Sort key: the gravest first, and within a severity what was measured before what is suspected."""
    return _SEVERITIES.index(finding["severity"]), finding["certainty"] != "confirmed"


def _of_criterion(criterion: Document) -> Item:
    points = f"{criterion['points']:.1f} of {criterion['max']:g} points."
    text = f"{points} {_brief(criterion['why'])}".strip()
    return {"title": criterion["title"], "text": text, "about": criterion["id"]}


def _of_finding(finding: Document) -> Item:
    first = finding["evidence"][0]["what"] if finding["evidence"] else finding["note"]
    return {"title": finding["title"], "text": _sentence(first), "about": finding["code"]}


def _brief(text: str, limit: int = 180) -> str:
    """The first sentence, and as many more as fit."""
    first, *more = _SENTENCE_END.split(text)
    for one in more:
        if len(first) + len(one) >= limit:
            break
        first = f"{first} {one}"
    return first


def _sentence(text: str) -> str:
    """Evidence is a phrase; on its own it needs a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) or not text else ".")
