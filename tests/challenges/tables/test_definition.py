"""`challenge.toml` comes back as it was written, and a mistake in it is one sentence with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenges.tables.definition import ColumnEntry, Definition, LimitsEntry, UseEntry, parse, read, write
from challenges.tables.table import TableError
from graders.words import Text

TEXT = """id = "card-approvals"
title = "Who gets the card?"
task = "binary"
target = "card"
positive = "yes"
metric = "roc_auc"
group = "customer_id"
hours = [4, 6]

[use]
capacity = 0.1

[[column]]
name = "customer_id"
type = "text"

[[column]]
name = "share"
type = "float"
meaning = "what was spent"
known = "after"

[[column]]
name = "card"
type = "text"
"""


def test_an_editor_may_leave_its_mark_at_the_beginning(tmp_path: Path) -> None:
    (tmp_path / "challenge.toml").write_text(TEXT, encoding="utf-8-sig")
    assert read(tmp_path) == parse(TEXT)


def test_it_comes_back_as_it_was_written() -> None:
    hostile = ColumnEntry(name='a "b"\n\\ <script>', type="text", meaning="[[column]]\nname = 'x'", sensitive=True)
    definition = Definition(
        id="c2",
        title='ends with " and \\',
        task="multiclass",
        target="y",
        classes=("a", "b", "c \u0000"),
        use=UseEntry(loss=3.5),
        limits=LimitsEntry(memory_mb=2048),
        column=(hostile, ColumnEntry(name="y", type="text", bands=(1, 2.5), unknown=999)),
    )
    assert parse(write(definition)) == definition
    assert parse(write(parse(TEXT))) == parse(TEXT)
    assert parse(TEXT).features == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("metric =", "metrik =", 6, "Did you mean 'metric'"),
        ('"roc_auc"', '"roc_auk"', 6, "Did you mean 'roc_auc'"),
        ('"binary"', '"binry"', 3, "Did you mean 'binary'"),
        ('group = "customer_id"', 'group = "custmer_id"', 7, "Did you mean 'customer_id'"),
        ("capacity = 0.1", "capacity = 7", 11, "less than or equal to 1"),
        ("capacity", "capasity", 11, "Did you mean 'capacity'"),
        ('known = "after"', 'known = "aftr"', 21, "Did you mean 'after'"),
        ('type = "float"', 'type = "flaot"', 19, "Did you mean 'float'"),
        ("meaning", "meanin", 20, "Did you mean 'meaning'"),
        ('id = "card-approvals"', 'id = "Card Approvals"', 1, "id cannot be 'Card Approvals'"),
        ('positive = "yes"\n', "", 1, "needs the value of the target"),
        ("hours = [4, 6]", "hours = [4", 10, "Unclosed array"),
        ("[use]", '[packages]\nextra = ["not a package"]\n[use]', 11, "is no package"),
        ("[use]", '[packages]\nextra = ["x @ https://x.invalid/x.whl"]\n[use]', 11, "is no package"),
        ("[use]", '[packages]\nextra = "x"\n[use]', 11, "extra cannot be"),
        ("[use]", "[packages]\nextras = []\n[use]", 11, "Did you mean 'extra'"),
        ("hours = [4, 6]", "hours = [6, 4]", 8, "the smaller one first"),
        ("hours = [4, 6]", "hours = [4]", 8, "hours cannot be [4]: it needs at least 2 entries"),
        ('name = "share"', 'name = "card"', 13, "'card' stands there twice"),
        ('group = "customer_id"', 'group = "card"', 7, "the column 'card' cannot be group and target"),
        ("hours = [4, 6]", 'languages = ["en", "fr", "en"]', 8, "'en' stands there twice"),
        ("hours = [4, 6]", 'languages = ["de"]', 8, "languages cannot be 'de': use 'en' or 'fr'"),
        ('known = "after"', 'bands = ["x"]', 21, "bands cannot be 'x': it has to be a number"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_nearest_right_name(old: str, new: str, line: int, says: str) -> None:
    with pytest.raises(TableError) as told:
        parse(TEXT.replace(old, new, 1))
    text = str(told.value)
    assert text.startswith("challenge.toml")
    assert says in text
    assert f"line {line}" in text
    assert "\n" not in text
    assert isinstance(told.value.args[0], Text), "it can be said in another language"


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace('target = "card"', 'target = "a|b|c"'),
        TEXT.replace('"share"', '"car|d"').replace('target = "card"', 'target = "car|"'),
        TEXT.replace("capacity = 0.1", "capacity = 1" + "0" * 5000),
        TEXT.replace("hours = [4, 6]", "hours = " + "[" * 5000 + "]" * 5000),
    ],
    ids=["bars", "bars in the nearest", "a long number", "deep lists"],
)
def test_whatever_it_holds_the_answer_is_a_sentence(text: str) -> None:
    with pytest.raises(TableError, match=r"challenge\.toml"):
        parse(text)
