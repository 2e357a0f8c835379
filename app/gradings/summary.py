"""What lists, exports and comparisons need of a report, kept beside its grading in the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def facts(document: Document) -> dict[str, Any]:
    """The columns of a grading that its report fills: state, versions, band and summary."""
    overall, challenge, made = document["overall"], document["challenge"], document["provenance"]
    return {
        "state": document["status"],
        "image": made["image"],
        "challenge_version": challenge["version"],
        "data_fingerprint": challenge["data_fingerprint"],
        "grader_version": made["grader_version"],
        "rubric_version": made["rubric_version"],
        "band": overall["band"] if overall else None,
        "summary": summary(document),
    }


def summary(document: Document) -> dict[str, Any]:
    """Score with its interval, bands, caps, sections, verdicts and flagged codes; no text of the candidate's."""
    overall, problem = document["overall"], document["problem"]
    return {
        "score": overall["score"] if overall else None,
        "low": overall["low"] if overall else None,
        "high": overall["high"] if overall else None,
        "band": overall["band"] if overall else None,
        "bands": overall["bands"] if overall else [],
        "caps": [cap["code"] for cap in overall["caps"]] if overall else [],
        "sections": [
            {name: section[name] for name in ("id", "points", "max", "weight", "low", "high")}
            for section in document["sections"]
        ],
        "verdicts": dict(document["verdicts"]),
        "flagged": [finding["code"] for finding in document["findings"] if finding["status"] == "flagged"],
        "problem": problem["code"] if problem else None,
    }
