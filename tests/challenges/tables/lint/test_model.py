"""What the linter says is kept with what it was made of, and said again in another language."""

from __future__ import annotations

import json
from gettext import NullTranslations

import pytest

from challenges.tables.lint.model import Finding, share, together
from graders import words
from graders.words import ENGLISH, say


def a_finding() -> Finding:
    told = say("{share} of the rows have no `{column}`.", share=share(3, 1_200), column="{label}")
    title = say("{columns} give the answer away together", columns=together(["a", "<b>", "c"]))
    return Finding("CHAL001", "error", title, (told,), "Why.", say("Leave `{column}` out.", column="a"), ("a",))


class Loud(NullTranslations):
    def gettext(self, message: str) -> str:
        return message.replace("answer", "ANSWER").replace("rows", "ROWS")


def test_a_finding_comes_back_from_its_file_in_any_language(monkeypatch: pytest.MonkeyPatch) -> None:
    again = Finding.of(json.loads(json.dumps(a_finding().plain())))
    assert again == a_finding()
    assert again.shown(ENGLISH) == a_finding().shown(ENGLISH)
    monkeypatch.setattr(words, "catalogue", lambda _locale: Loud())
    told = again.shown("de")
    assert told["title"] == "`a`, `<b>` and `c` give the ANSWER away together"
    assert told["evidence"] == [
        "0,2\N{NO-BREAK SPACE}% (0,1\N{NO-BREAK SPACE}% to 0,7\N{NO-BREAK SPACE}%) of the ROWS have no `{label}`."
    ]


def test_a_finding_of_an_earlier_release_stays_english() -> None:
    plain = a_finding().plain()
    del plain["messages"]
    assert Finding.of(plain) == a_finding()


@pytest.mark.parametrize("form", ["{n:>999999999}", "{n:999999999}", "{n:.999999f}"])
def test_a_file_that_somebody_sent_fills_no_memory(form: str) -> None:
    plain = a_finding().plain()
    plain["messages"][plain["title"]] = [{"id": form, "values": {"n": 1}}]
    assert Finding.of(plain).title == plain["title"]
