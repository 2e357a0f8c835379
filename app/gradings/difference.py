"""What one report says that another of the same submission does not.

Both documents must be cut for the same reader first (graders/report/readers.py); then nothing here shows more than that
reader may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graders.report.schema import Criterion, Document, Finding, Section

Scored = Section | Criterion


def compare(old: Document, new: Document) -> dict[str, Any]:
    """Versions, status, score and band, criteria and findings that differ, each as {"old": ..., "new": ...}.

    A criterion or check that one of the two lacks is null there.  `findings` are `came`, `went` and `changed`, by code.
    """
    before, after = _versions(old), _versions(new)
    return {
        "versions": {name: _pair(before[name], after[name]) for name in before if before[name] != after[name]},
        "status": _pair(old.status, new.status),
        "overall": {
            "score": _pair(old.overall and old.overall.score, new.overall and new.overall.score),
            "band": _pair(old.overall and old.overall.band, new.overall and new.overall.band),
        },
        "sections": _points(_by_id(old.sections), _by_id(new.sections)),
        "criteria": _points(_criteria(old), _criteria(new)),
        "findings": _findings({f.code: f for f in old.findings}, {f.code: f for f in new.findings}),
    }


def _pair(old: Any, new: Any) -> dict[str, Any]:
    return {"old": old, "new": new}


def _versions(document: Document) -> dict[str, str]:
    made = document.provenance
    return {
        "image": made.image,
        "challenge_version": document.challenge.version,
        "data_fingerprint": document.challenge.data_fingerprint,
        "grader_version": made.grader_version,
        "rubric_version": made.rubric_version,
    }


def _by_id(scored: Iterable[Scored]) -> dict[str, Scored]:
    return {one.id: one for one in scored}


def _criteria(document: Document) -> dict[str, Scored]:
    return _by_id(criterion for section in document.sections for criterion in section.criteria)


def _points(old: Mapping[str, Scored], new: Mapping[str, Scored]) -> list[dict[str, Any]]:
    """Where the points or what they are out of differ."""
    found = []
    for name in _names(old, new):
        before, after = old.get(name), new.get(name)
        points, most = (before and before.points, after and after.points), (before and before.max, after and after.max)
        if points[0] != points[1] or most[0] != most[1]:
            one = after or before
            title = one.title if isinstance(one, Criterion) else name
            found.append({"id": name, "title": title, "points": _pair(*points), "max": _pair(*most)})
    return found


def _findings(old: Mapping[str, Finding], new: Mapping[str, Finding]) -> dict[str, list[dict[str, Any]]]:
    def those(which: Callable[[bool, bool], bool]) -> list[dict[str, Any]]:
        names = [name for name in _names(old, new) if which(_flagged(old.get(name)), _flagged(new.get(name)))]
        return [_finding(name, old.get(name), new.get(name)) for name in names]

    other = those(lambda before, after: before == after)
    return {
        "came": those(lambda before, after: after and not before),
        "went": those(lambda before, after: before and not after),
        "changed": [each for each in other if each["status"]["old"] != each["status"]["new"]
                    or each["severity"]["old"] != each["severity"]["new"]],
    }  # fmt: skip


def _flagged(finding: Finding | None) -> bool:
    return finding is not None and finding.flagged


def _finding(code: str, old: Finding | None, new: Finding | None) -> dict[str, Any]:
    one = new or old
    return {
        "code": code,
        "title": one.title if one else code,
        "status": _pair(old and old.status.value, new and new.status.value),
        "severity": _pair(old and old.severity.value, new and new.severity.value),
    }


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Those of the old report in its order, then what the new one adds."""
    return list(dict.fromkeys((*old, *new)))
