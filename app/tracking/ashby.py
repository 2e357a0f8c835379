"""Ashby, after its Assessments Partner API (developers.ashbyhq.com, "Creating an assessments integration").

How Ashby shows its key to a partner is agreed with each partner and not public: ASSAY_TRACKING_KEY_HEADER names another
header than Authorization.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.tracking.port import Adapter, Desk, Progress, Request, Stage, Wish, part, text
from app.words import _

HEADERS = {"Accept": "application/json; version=1"}
#: Ashby notes the start when the status is this word.
STARTED = "Started"


def assessment_list(desk: Desk, _body: Mapping[str, Any]) -> dict[str, Any]:
    results = [
        {"assessment_type_id": challenge.id, "name": challenge.title, "description": challenge.id}
        for challenge in desk.challenges()
    ]
    return {"success": True, "results": results}


def start(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """One assessment of a type for each application."""
    person, application, kind = part(body, "candidate"), part(body, "application"), text(body, "assessment_type_id")
    if not text(application, "ashby_id"):
        raise Invalid("invalid-request", _("The request names no application."))
    wish = Wish(
        f"{text(application, 'ashby_id')} {kind}",
        kind,
        text(person, "email"),
        text(person, "first_name"),
        text(person, "last_name"),
        profile=text(person, "ashby_profile_url", longest=2000),
    )
    return _started(desk.order(wish))


def cancel(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    order_id = text(body, "assessment_id")
    desk.cancel(order_id)
    return _started(order_id)


def _started(order_id: str) -> dict[str, Any]:
    return {"success": True, "results": {"assessment_id": order_id}}


def _refusal(status: int, sentence: str) -> tuple[int, dict[str, Any]]:
    """With 422 Ashby shows `message` to whoever pressed the button."""
    known = status if status in (401, 409, 429, 500) else 422
    return known, {"success": False, "message": sentence, "errors": [sentence]}


def _request(progress: Progress, domain: str, stamp: int) -> Request | None:
    if progress.stage is Stage.SENT:  # as Ashby knows
        return None
    body: dict[str, Any] = {"assessment_id": progress.order_id, "timestamp": stamp}
    if progress.stage in (Stage.EXPIRED, Stage.WITHDRAWN):
        body["cancelled_reason"] = _blob("cancelled", _("Reason"), "string", progress.stage_words)
    else:
        words = STARTED if progress.stage is Stage.STARTED else progress.stage_words
        body["assessment_status"] = _blob("status", _("Status"), "string", words)
    if progress.stage is Stage.COMPLETE:
        body["assessment_profile_url"] = _blob("page", _("Report"), "url", progress.page)
        body["assessment_result"] = (
            _blob("result", _("Result"), "string", _("A report is there to read."))
            if progress.score is None
            else _blob("result", _("Points of 100"), "numeric_score", progress.score)
        )
    body["metadata"] = [_blob(one.key, one.label, "string", str(one.value)) for one in progress.details]
    return Request("POST", f"https://api.{domain}/assessment.update", body, HEADERS)


def _blob(identifier: str, label: str, kind: str, value: str | float) -> dict[str, Any]:
    return {"identifier": identifier, "label": label, "type": kind, "value": value}


ASHBY = Adapter(
    name="ashby",
    title="Ashby",
    domain="ashbyhq.com",
    own_key=True,
    calls={
        ("POST", "assessment.list"): assessment_list,
        ("POST", "assessment.start"): start,
        ("POST", "assessment.cancel"): cancel,
    },
    refusal=_refusal,
    request=_request,
)
