"""Every error of a domain has one status, and says what it is in the form of RFC 9457."""

from __future__ import annotations

import pytest

from app import errors
from app.errors import DomainError
from app.web.errors import Refused, body, status_of

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError)]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not DomainError], ids=lambda kind: kind.__name__)
def test_every_kind_has_a_status(kind: type[DomainError]) -> None:
    """A new kind without one would become a fault of ours."""
    assert 400 <= status_of(kind("some-code", "A sentence.")) < 600


def test_a_kind_of_a_kind_has_the_same_status() -> None:
    class Closed(errors.Conflict):
        pass

    assert status_of(Closed("closed", "It is closed.")) == 409


def test_the_web_refuses_with_a_status_of_its_own() -> None:
    assert status_of(Refused(413, "too-large", "It is too large.")) == 413


def test_members_that_are_none_are_left_out() -> None:
    """`type` is what programs look at."""
    said = body(409, "closed", "It is closed.", {"hint": None, "version": 3})
    assert said == {
        "type": "urn:assay:problem:closed",
        "title": "Conflict",
        "status": 409,
        "detail": "It is closed.",
        "version": 3,
    }
