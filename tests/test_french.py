"""Every language on offer is complete: no sentence is missing, and what is filled in stays what it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app.words import ENGLISH, LANGUAGES

ROOT = Path(__file__).parents[1]
CATALOGUES = {"assay": ROOT / "app" / "locale", "graders": ROOT / "graders" / "locale"}
OTHERS = [(name, locale) for name in CATALOGUES for locale in LANGUAGES if locale != ENGLISH]
#: What a translation holds as its English does: gaps, markup and code.
KEPT = re.compile(r"\{\w{1,40}(?:![rs])?(?::[^{}]{1,20})?\}|%\(\w{1,40}\)s|</?\w{1,10}[^<>]{0,200}>|`[^`]{1,80}`")
#: A sign that French parts from its word by a space that breaks no line, and here by an ordinary one or none.
TYPOGRAPHY = re.compile(r"(?<=\w) [;:?!»]|« |(?<=[a-zéè])[?!](?=\s|$)|(?<=[a-z])'(?=[a-zéèêh])")
CODE = re.compile(r"`[^`]{0,80}`|<[^<>]{0,200}>|'[^']{0,40}'|https?:\S{1,80}")


def catalogue(name: str, locale: str) -> Catalog:
    with (CATALOGUES[name] / locale / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        return read_po(file, locale=locale)


def english(name: str) -> Catalog:
    with (CATALOGUES[name] / f"{name}.pot").open("rb") as file:
        return read_po(file)


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def told(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


@pytest.mark.parametrize(("name", "locale"), OTHERS)
def test_no_sentence_is_missing_and_none_is_left_over(name: str, locale: str) -> None:
    wanted = {tuple(forms(message.id)) for message in told(english(name))}
    there = told(catalogue(name, locale))
    assert wanted - {tuple(forms(message.id)) for message in there} == set()
    assert {tuple(forms(message.id)) for message in there} - wanted == set()
    assert [message.id for message in there if message.fuzzy or not all(forms(message.string))] == []


@pytest.mark.parametrize(("name", "locale"), OTHERS)
def test_gaps_markup_and_code_stay(name: str, locale: str) -> None:
    differ = []
    for message in told(catalogue(name, locale)):
        for source, text in zip(forms(message.id), forms(message.string), strict=True):
            before, after = set(KEPT.findall(source)), set(KEPT.findall(text))
            if before != after:
                differ.append((source, before - after, after - before))
    assert differ == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_french_signs_stand_where_french_puts_them(name: str) -> None:
    odd = [
        text
        for message in told(catalogue(name, "fr"))
        for text in forms(message.string)
        if TYPOGRAPHY.search(CODE.sub("", KEPT.sub("x", text)))
    ]
    assert odd == []


def test_the_test_sees_what_it_looks_for() -> None:
    assert KEPT.findall("<b>%(n)s</b> of {total:.1f}, `x`") == ["<b>", "%(n)s", "</b>", "{total:.1f}", "`x`"]
    assert all(TYPOGRAPHY.search(text) for text in ("Quoi ?", "l'heure", "Ceci : cela", "« oui »", "Quoi?"))
