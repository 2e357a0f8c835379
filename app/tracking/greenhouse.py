"""Greenhouse, after its Assessment Partner API.

Source: grnhse/greenhouse-api-docs, source/includes/assessment, as of January 2026.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.tracking.port import Adapter, Desk, Progress, Request, Stage, Wish, part, text
from app.words import _

#: Characters of an address.
LONGEST = 2000


def list_tests(desk: Desk, _query: Mapping[str, Any]) -> list[dict[str, str]]:
    """Greenhouse shows the names alone, so two challenges of one title have their ids beside it."""
    challenges = desk.challenges()
    titles = Counter(challenge.title for challenge in challenges)
    return [
        {
            "partner_test_id": challenge.id,
            "partner_test_name": challenge.title
            if titles[challenge.title] == 1
            else f"{challenge.title} ({challenge.id})",
        }
        for challenge in challenges
    ]


def send_test(desk: Desk, body: Mapping[str, Any]) -> dict[str, str]:
    """`url` is both where we tell of the end and what makes a repetition the same order; one too long is refused."""
    person, url = part(body, "candidate"), text(body, "url", longest=LONGEST + 1)
    if not url:
        raise Invalid("invalid-request", _("The request names no `url`."))
    wish = Wish(
        url,
        text(body, "partner_test_id"),
        text(person, "email"),
        text(person, "preferred_name") or text(person, "first_name"),
        text(person, "last_name"),
        url,
        text(person, "greenhouse_profile_url", longest=LONGEST),
    )
    return {"partner_interview_id": desk.order(wish)}


def test_status(desk: Desk, query: Mapping[str, Any]) -> dict[str, Any]:
    """Only `complete` means something to Greenhouse; whatever else is said is shown as pending."""
    progress = desk.progress(text(query, "partner_interview_id"))
    done = progress.stage is Stage.COMPLETE
    return {
        "partner_status": progress.stage.value,
        "partner_profile_url": progress.page if done else None,
        "partner_score": progress.score,
        "metadata": {detail.label: detail.value for detail in progress.details},
    }


def response_error(desk: Desk, body: Mapping[str, Any]) -> dict[str, int]:
    """Greenhouse could not read an answer of ours."""
    errors = body.get("errors")
    desk.complain(text(body, "api_call"), [str(one) for one in errors] if isinstance(errors, list) else [])
    return {"status": 200}


def _refusal(status: int, sentence: str) -> tuple[int, dict[str, Any]]:
    """Greenhouse knows 401 and 404 alone; what was wrong is in the words."""
    return (status if status in (401, 429) or status >= 500 else 404), {"errors": [sentence]}


def _request(progress: Progress, _domain: str, _stamp: int) -> Request | None:
    """An empty PATCH: Greenhouse then asks for the status itself."""
    return Request("PATCH", progress.callback) if progress.stage is Stage.COMPLETE else None


GREENHOUSE = Adapter(
    name="greenhouse",
    title="Greenhouse",
    domain="greenhouse.io",
    own_key=False,
    calls={
        ("GET", "list_tests"): list_tests,
        ("POST", "send_test"): send_test,
        ("GET", "test_status"): test_status,
        ("POST", "response_error"): response_error,
        ("POST", "request_errors"): response_error,  # as the example in their documentation calls it
    },
    refusal=_refusal,
    request=_request,
)
