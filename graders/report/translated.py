"""A document in another language: its sentences are said again from the messages they were made of.

A document of an earlier version has no messages; of it only what stands in the catalogue as a whole is translated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from graders.report.schema import Document, Element, Item, Message
from graders.report.spoken import SAID, messages_of
from graders.report.summary import of_criterion
from graders.words import ENGLISH, GAP, Speaker, Text, as_sentence, text_of
from graders.words import Message as Made

#: How a number is written: with marks of thousands, so many decimals, as a share.
FORM = re.compile(r"[,+]?(?:\.\d)?[fgd%]?")


def with_messages(document: Document, *values: Any) -> Document:
    """The document with the messages of all texts in `values`, from which it was made."""
    made = {text: tuple(map(_stored, messages)) for text, messages in messages_of(*values).items()}
    heads = {item.text for item in (*document.summary.strengths, *document.summary.concerns)}
    made |= {as_sentence(text): messages for text, messages in made.items() if as_sentence(text) in heads}
    return kept(document.model_copy(update={"messages": made}))


def kept(document: Document) -> Document:
    """The document without the messages of texts that are no longer in it: those would tell what was taken out."""
    there = set(_strings(document.model_copy(update={"messages": {}})))
    return document.model_copy(update={"messages": {text: m for text, m in document.messages.items() if text in there}})


def written(document: Document) -> bytes:
    """The messages of a document, which report.json leaves out, as bytes to keep beside it."""
    plain = {text: [m.model_dump(mode="json") for m in made] for text, made in document.messages.items()}
    return json.dumps(plain, ensure_ascii=False).encode()  # a number may be NaN, which `read` takes


def read(document: Document, data: bytes) -> Document:
    """The document that was read back from report.json, with the messages that `written` kept."""
    made = {text: tuple(map(Message.model_validate, parts)) for text, parts in json.loads(data).items()}
    return kept(document.model_copy(update={"messages": made}))


def stored(*values: Any) -> dict[str, list[dict[str, Any]]]:
    """By text anywhere in `values`, as plain values, what it was made of."""
    return {
        text: [_stored(message).model_dump(mode="json") for message in made]
        for text, made in messages_of(*values).items()
    }


def restored(text: str, made: Mapping[str, Any]) -> str:
    """A text that remembers again what it was made of, by what `stored` gave.

    Messages may come from a file that somebody sent: where one would write a number in another form than ours, the text
    stays as it is.
    """
    messages = [Message.model_validate(message) for message in made.get(text, ())]
    return text_of(map(_made, messages)) if messages and all(map(_usual, messages)) else text


def _usual(message: Message) -> bool:
    """Whether all numbers are written in few digits."""
    forms = [gap[2] or "" for sentence in (message.id, message.plural) for gap in GAP.finditer(sentence)]
    inner = [part for value in message.values.values() if isinstance(value, tuple) for part in value]
    return all(FORM.fullmatch(form) for form in forms) and all(map(_usual, inner))


def translated(document: Document, locale: str) -> Document:
    """The document in a language, such as `de`."""
    if locale == ENGLISH:
        return document
    speaker = Speaker(locale)

    def say(text: str) -> str:
        return speaker.text(text, [_made(message) for message in document.messages.get(text, ())])

    told: Document = _walk(document, say, said=False)
    criteria = {criterion.id: criterion for section in told.sections for criterion in section.criteria}

    def item(shown: Item) -> Item:
        if shown.about in criteria:
            return of_criterion(criteria[shown.about], speaker)
        return shown.model_copy(update={"title": say(shown.title), "text": say(shown.text)})

    heads = {name: tuple(map(item, getattr(document.summary, name))) for name in ("strengths", "concerns")}
    return told.model_copy(update={"summary": document.summary.model_copy(update=heads)})


def _stored(message: Made) -> Message:
    values = {
        name: tuple(map(_stored, value.messages)) if isinstance(value, Text) else value
        for name, value in message.values.items()
    }
    return Message(id=message.id, plural=message.plural, values=values)


def _made(message: Message) -> Made:
    values: dict[str, str | int | float | Text] = {}
    for name, value in message.values.items():
        if isinstance(value, tuple):
            values[name] = text_of(map(_made, value))
        else:
            values[name] = value
    return Made(message.id, values, message.plural)


def _strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, Element):
        return [text for _, value in node for text in _strings(value)]
    if isinstance(node, Mapping):
        return _strings(tuple(node.values()))
    return [text for part in node for text in _strings(part)] if isinstance(node, tuple | list) else []


def _walk(node: Any, say: Any, *, said: bool) -> Any:
    if isinstance(node, str):
        return say(node) if said else node
    if isinstance(node, tuple | list):
        return tuple(_walk(part, say, said=said) for part in node)
    if not isinstance(node, Element):
        return node
    changed = {
        name: _walk(value, say, said=name in SAID)
        for name, value in node
        if name in node.model_fields_set and name not in ("messages", "sources")
    }
    return node.model_copy(update=changed)
