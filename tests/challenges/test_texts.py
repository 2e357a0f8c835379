"""Brief and rubric of every shipped challenge say the same in every language on offer."""

from __future__ import annotations

import re

import pytest

from app.words import ENGLISH, LANGUAGES
from challenges.registry import all_challenges
from graders.model.challenge import Challenge

OTHERS = [locale for locale in LANGUAGES if locale != ENGLISH]
#: The first cells of the rows of tables: columns, criteria with their points, bands.
ROW = re.compile(r"^\| (`[^`|]{1,60}`) \| ([^|]{1,20}) \|", re.MULTILINE)
CODE = re.compile(r"`[^`\n]{1,80}`")
#: What a translation may say in its own way.
OWN = {"`python check.py PATH`", "`python check.py CHEMIN`"}


@pytest.mark.parametrize("locale", OTHERS)
@pytest.mark.parametrize("name", ["BRIEF", "RUBRIC"])
@pytest.mark.parametrize("challenge", all_challenges(), ids=lambda challenge: challenge.id)
def test_the_texts_of_a_challenge_name_the_same_things(challenge: Challenge, name: str, locale: str) -> None:
    told, english = ((challenge.folder / f"{name}{part}.md").read_text("utf-8") for part in (f".{locale}", ""))
    assert ROW.findall(told) == ROW.findall(english)
    assert set(CODE.findall(told)) - OWN == set(CODE.findall(english)) - OWN
    assert told.count("\n## ") == english.count("\n## ")
    assert all(f"def {function}(data" in told for function in ("train", "evaluate", "predict")) or name == "RUBRIC"
