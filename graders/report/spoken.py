"""Parts of a document, as plain values, in another language: sentences are said again from what they were made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graders.report.clean import clean, clean_line
from graders.words import ENGLISH, Message, Speaker, Text, text_of

#: The members of a document that hold our own sentences; names, places, codes and the candidate's text are in others.
SAID = frozenset({
    "title", "note", "what", "why", "next", "message", "hint", "question", "evidence", "strong", "weak", "detect",
    "avoid", "columns", "rows", "levels",
})  # fmt: skip
#: A longer text is cut in the document, and stays English.
LONGEST = 1200


def messages_of(*values: Any) -> dict[str, tuple[Message, ...]]:
    """By English text as the document holds it, what each text anywhere in `values` was made of."""
    made: dict[str, tuple[Message, ...]] = {}
    for text in _texts(values):
        if any(message.values or len(text.messages) > 1 for message in text.messages):
            made[clean(text, LONGEST)] = tuple(map(_cleaned, text.messages))
    return made


def spoken(part: dict[str, Any], locale: str, made_from: object) -> dict[str, Any]:
    """A part of a document in a language; `made_from` is what it was made from."""
    if locale == ENGLISH:
        return part
    speaker, messages = Speaker(locale), messages_of(made_from)
    told: dict[str, Any] = _walk(part, lambda text: speaker.text(text, messages.get(text, ())), said=False)
    return told


def _walk(node: Any, say: Callable[[str], str], *, said: bool) -> Any:
    if isinstance(node, str):
        return say(node) if said else node
    if isinstance(node, tuple | list):
        return [_walk(part, say, said=said) for part in node]
    if isinstance(node, Mapping):
        return {name: _walk(value, say, said=name in SAID) for name, value in node.items()}
    return node


def _texts(value: Any) -> Sequence[Text]:
    if isinstance(value, Text):
        return (value,)
    if isinstance(value, Mapping):
        return _texts(tuple(value.values()))
    if isinstance(value, tuple | list):
        return [text for part in value for text in _texts(part)]
    members = getattr(value, "__dataclass_fields__", ()) if not isinstance(value, type) else ()
    return [text for name in members if name != "case" for text in _texts(getattr(value, name))]


def _cleaned(message: Message) -> Message:
    values = {
        name: text_of(map(_cleaned, value.messages))
        if isinstance(value, Text)
        else clean_line(value, LONGEST)
        if isinstance(value, str)
        else value
        for name, value in message.values.items()
    }
    return Message(message.id, values, message.plural)
