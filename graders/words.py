"""The sentences of a report in a reader's language: English, until a catalogue of another one is added.

Templates mark them with `{% trans %}` and `_()`, tables of words in Python with `N_`.  The language is a value that is
passed in: the judgement knows no setting.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

ENGLISH = "en"
DOMAIN, FOLDER = "graders", Path(__file__).with_name("locale")


@lru_cache
def catalogue(locale: str) -> NullTranslations:
    """The catalogue of a language, such as `de`; the sentences as they stand where there is none."""
    return translation(DOMAIN, FOLDER, [locale], fallback=True)


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for it
    """The sentence as it is: it is only marked here, and translated where it is shown."""
    return sentence
