"""Messages keep to what Slack, Teams and Mattermost publish of their formats, whatever a candidate is called.

The schemas are written from their documentation, and nothing of it is copied: Slack, "Block Kit: section block" and
"text object" (docs.slack.dev); Adaptive Cards 1.4, schema explorer (adaptivecards.io) and "Create incoming webhooks
with Workflows" (learn.microsoft.com); Mattermost, "Incoming webhooks" (developers.mattermost.com).
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from app.news.formats import FORMATS, MOST, Line

TEXT = {"type": "string", "minLength": 1, "maxLength": 3000}
SLACK: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 40_000},
        "blocks": {
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {
                "type": "object",
                "properties": {
                    "type": {"const": "section"},
                    "text": {
                        "type": "object",
                        "properties": {"type": {"const": "mrkdwn"}, "text": TEXT, "verbatim": {"type": "boolean"}},
                        "required": ["type", "text"],
                        "additionalProperties": False,
                    },
                },
                "required": ["type", "text"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["text"],
    "additionalProperties": False,
}
LINK = {
    "type": "object",
    "properties": {"type": {"const": "Action.OpenUrl"}, "url": {"type": "string", "pattern": "^https?://"}},
    "required": ["type", "url"],
    "additionalProperties": False,
}
RUN = {
    "type": "object",
    "properties": {
        "type": {"const": "TextRun"},
        "text": {"type": "string", "minLength": 1},
        "color": {"enum": ["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"]},
        "selectAction": LINK,
    },
    "required": ["type", "text"],
    "additionalProperties": False,
}
CARD = {
    "type": "object",
    "properties": {
        "$schema": {"const": "http://adaptivecards.io/schemas/adaptive-card.json"},
        "type": {"const": "AdaptiveCard"},
        "version": {"enum": ["1.0", "1.1", "1.2", "1.3", "1.4"]},
        "body": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"type": {"const": "RichTextBlock"}, "inlines": {"type": "array", "items": RUN}},
                "required": ["type", "inlines"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "version", "body"],
    "additionalProperties": False,
}
TEAMS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"const": "message"},
        "attachments": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "contentType": {"const": "application/vnd.microsoft.card.adaptive"},
                    "contentUrl": {"type": "null"},
                    "content": CARD,
                },
                "required": ["contentType", "content"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "attachments"],
    "additionalProperties": False,
}
MATTERMOST: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 16_383}},
    "required": ["text"],
    "additionalProperties": False,
}
SCHEMAS = {"slack": SLACK, "teams": TEAMS, "mattermost": MATTERMOST}
BYTES = {"slack": 200_000, "teams": 28_000, "mattermost": 60_000}
HOSTILE = "<!channel> @here <https://evil.example|x> [a](https://evil.example) *b* `c` # d"


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", ["Kim Lee", HOSTILE, "K" * 400, "\u202e"])
@pytest.mark.parametrize("count", [1, MOST + 1])
def test_a_message_keeps_to_its_schema(kind: str, name: str, count: int) -> None:
    lines = [Line(f"{name} has finished: Churn.", "https://assay.example/work/c/0123456789abcdef0123")] * count
    made = FORMATS[kind](lines)
    jsonschema.validate(made, SCHEMAS[kind])
    assert len(json.dumps(made).encode()) < BYTES[kind]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_name_formats_nothing_and_calls_nobody(kind: str) -> None:
    """Neither a link of its own, nor a mention, nor a heading; Teams shows text runs as they are."""
    made = json.dumps(FORMATS[kind]([Line(f"{HOSTILE} has finished.", "https://assay.example/x")]), ensure_ascii=False)
    assert "https://assay.example/x" in made
    signs = {"slack": ["<!channel>", "<https://evil"], "mattermost": ["](https://evil", "<https://evil"], "teams": []}
    for sign in (*signs[kind], *(["@here", "*b*", "`c`"] if kind != "teams" else [])):
        assert sign not in made, sign
