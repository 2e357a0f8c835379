"""Messages as Slack, Teams and Mattermost take them by an incoming webhook.

Nothing of a name is read as a format, a link or a call to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.words import N_, _

#: Slack takes 50 blocks and Teams 28 KB.
MOST = 20
TITLES = {"slack": "Slack", "teams": "Microsoft Teams", "mattermost": "Mattermost"}
OPEN = N_("Open in Assay")


@dataclass(frozen=True)
class Line:
    """One piece of news: a sentence that names a candidate, and where to read on; empty for nowhere."""

    sentence: str
    link: str = ""


def slack(lines: Sequence[Line]) -> dict[str, Any]:
    """A text for alerts and a section for each line (Slack's Block Kit)."""

    def said(line: Line) -> str:
        plain = _apart(line.sentence).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:2000]
        return f"{plain} <{line.link}|{_(OPEN)}>" if line.link else plain

    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": said(line), "verbatim": True}} for line in lines]
    return {"text": said(Line(lines[0].sentence)), "blocks": blocks}


def teams(lines: Sequence[Line]) -> dict[str, Any]:
    """An Adaptive Card 1.4 as workflows take it; text runs are not read as Markdown."""

    def block(line: Line) -> dict[str, Any]:
        runs: list[dict[str, Any]] = [{"type": "TextRun", "text": line.sentence}]
        if line.link:
            action = {"type": "Action.OpenUrl", "url": line.link}
            runs.append({"type": "TextRun", "text": f" {_(OPEN)}", "color": "Accent", "selectAction": action})
        return {"type": "RichTextBlock", "inlines": runs}

    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [block(line) for line in lines],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def mattermost(lines: Sequence[Line]) -> dict[str, Any]:
    """Markdown, a line each."""

    def said(line: Line) -> str:
        plain = "".join(f"\\{sign}" if sign in MARKS else sign for sign in _apart(line.sentence))
        return f"{plain} [{_(OPEN)}]({line.link})" if line.link else plain

    return {"text": "\n\n".join(map(said, lines))[:16_000]}


FORMATS: Mapping[str, Callable[[Sequence[Line]], dict[str, Any]]] = {
    "slack": slack,
    "teams": teams,
    "mattermost": mattermost,
}
MARKS = frozenset("\\`*_{}[]<>()#+-!|~:")
#: Signs that call or format are kept apart from what follows by a space of no width.
_APART = {ord(sign): f"{sign}\u200b" for sign in "@*_~`"}


def _apart(text: str) -> str:
    return text.translate(_APART)
