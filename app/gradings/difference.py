"""What one report says that another of the same submission does not.

Both documents must be cut for the same reader first (graders/report/readers.py); then nothing here shows more than that
reader may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Document = Mapping[str, Any]
#: By version: where a document holds it.
WHERE: Mapping[str, tuple[str, str]] = {
    "image": ("provenance", "image"),
    "challenge_version": ("challenge", "version"),
    "data_fingerprint": ("challenge", "data_fingerprint"),
    "grader_version": ("provenance", "grader_version"),
    "rubric_version": ("provenance", "rubric_version"),
}
#: What of a finding a person would call a change.
SHOWN = ("status", "severity")


def compare(old: Document, new: Document) -> dict[str, Any]:
    """Versions, status, score and band, criteria and findings that differ, each as {"old": ..., "new": ...}.

    A criterion or check that one of the two lacks is null there.  `findings` are `came`, `went` and `changed`, by code.
    """
    return {
        "versions": _differing({name: (old[a][b], new[a][b]) for name, (a, b) in WHERE.items()}),
        "status": {"old": old["status"], "new": new["status"]},
        "overall": {name: {"old": _overall(old, name), "new": _overall(new, name)} for name in ("score", "band")},
        "sections": _points(_by(old["sections"], "id"), _by(new["sections"], "id")),
        "criteria": _points(_criteria(old), _criteria(new)),
        "findings": _findings(_by(old["findings"], "code"), _by(new["findings"], "code")),
    }


def _differing(pairs: Mapping[str, tuple[Any, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {"old": old, "new": new} for name, (old, new) in pairs.items() if old != new}


def _overall(document: Document, name: str) -> Any:
    return document["overall"][name] if document["overall"] else None


def _by(items: Iterable[Document], name: str) -> dict[str, Document]:
    return {item[name]: item for item in items}


def _criteria(document: Document) -> dict[str, Document]:
    return _by((criterion for section in document["sections"] for criterion in section["criteria"]), "id")


def _points(old: Mapping[str, Document], new: Mapping[str, Document]) -> list[dict[str, Any]]:
    """Where the points or what they are out of differ."""
    found = []
    for name in _names(old, new):
        before, after = old.get(name), new.get(name)
        scores = tuple((one["points"], one["max"]) if one else (None, None) for one in (before, after))
        if scores[0] != scores[1]:
            title = (after or before or {}).get("title", name)
            (points, of), (points_now, of_now) = scores
            found.append({
                "id": name,
                "title": title,
                "points": {"old": points, "new": points_now},
                "max": {"old": of, "new": of_now},
            })  # fmt: skip
    return found


def _findings(old: Mapping[str, Document], new: Mapping[str, Document]) -> dict[str, list[dict[str, Any]]]:
    def flagged(finding: Document | None) -> bool:
        return finding is not None and finding["status"] == "flagged"

    def those(which: Callable[[bool, bool], bool]) -> list[dict[str, Any]]:
        names = [name for name in _names(old, new) if which(flagged(old.get(name)), flagged(new.get(name)))]
        return [_finding(name, old.get(name), new.get(name)) for name in names]

    other = those(lambda before, after: before == after)
    return {
        "came": those(lambda before, after: after and not before),
        "went": those(lambda before, after: before and not after),
        "changed": [each for each in other if each["status"]["old"] != each["status"]["new"]
                    or each["severity"]["old"] != each["severity"]["new"]],
    }  # fmt: skip


def _finding(code: str, old: Document | None, new: Document | None) -> dict[str, Any]:
    title = (new or old or {}).get("title", code)
    sides = {name: {"old": old and old[name], "new": new and new[name]} for name in SHOWN}
    return {"code": code, "title": title, **sides}


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Those of the old report in its order, then what the new one adds."""
    return list(dict.fromkeys((*old, *new)))
