"""What a challenge adds to the image: its lock counts, and candidates are told."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from challenges import kit
from challenges.offered import LOCK as IMAGE
from challenges.offered import imports
from challenges.tables.challenge import LOCK, challenge_of, locked
from challenges.tables.definition import ColumnEntry, Definition, PackagesEntry
from challenges.tables.folder import brief
from challenges.tables.rubric import RUBRIC
from challenges.tables.table import TableError
from graders.model.packages import Wheel, write_lock

WHEEL = Wheel("small-help", "1.0", "small_help-1.0-py3-none-any.whl", "a" * 64, ("helpful",), ("sklearn",))


def definition(*extra: str, own: bool = False) -> Definition:
    column = (ColumnEntry(name="x", type="float"), ColumnEntry(name="y", type="float"))
    packages = PackagesEntry(extra=extra, own=own)
    return Definition(id="one", title="One", task="regression", target="y", column=column, packages=packages)


def test_without_packages_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("no lock at all")
    assert locked(definition(), tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "have not been looked for"),
        (write_lock([WHEEL], ["other"]), "have been changed"),
        ("no lock at all", "cannot be read"),
        (write_lock([WHEEL], ["small-help"]).replace("a" * 64, "../../x"), "cannot be read"),
    ],
)
def test_a_lock_that_is_not_theirs_is_told_with_what_to_do(text: str | None, says: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / LOCK).write_text(text)
    with pytest.raises(TableError, match=says) as told:
        locked(definition("small-help"), tmp_path)
    assert "`assay challenge lint one`" in str(told.value)


def test_submissions_find_them_and_candidates_are_told(tmp_path: Path) -> None:
    asked = definition("small-help", own=True)
    (tmp_path / LOCK).write_text(write_lock([WHEEL], ["small-help"]))
    challenge = challenge_of(asked, tmp_path, RUBRIC, locked(asked, tmp_path))
    assert challenge.extra == (WHEEL,)
    assert challenge.packages == {*imports(), "helpful"}
    assert "small-help==1.0\n" in kit.packages(IMAGE.read_text(), challenge.extra)
    facts = json.loads(kit.facts(challenge))
    assert facts["own"]
    assert facts["grader"]["provides"]["helpful"] == "small-help"
    assert facts["grader"]["versions"]["small-help"] == "1.0"
    text = brief(asked, pd.DataFrame({"x": [1.0], "y": [2.0]}), 10, challenge.extra)
    assert "small-help 1.0" in text
    assert "You may bring more packages" in text
    assert "You may bring" not in brief(definition(), pd.DataFrame({"x": [1.0], "y": [2.0]}), 10)
