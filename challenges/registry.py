"""The challenges there are.  One more is one more folder and one more line here."""

from __future__ import annotations

from challenges.ml_pipeline.challenge import CHALLENGE as ML_PIPELINE
from challenges.ticket_routing.challenge import CHALLENGE as TICKET_ROUTING
from graders.model.challenge import Challenge


class UnknownChallenge(KeyError):
    """No challenge has this id."""


def all_challenges() -> tuple[Challenge, ...]:
    """Every challenge, in the order in which they are listed."""
    return (ML_PIPELINE, TICKET_ROUTING)


def get(name: str) -> Challenge:
    """The challenge of this id; raises UnknownChallenge naming those there are."""
    for challenge in all_challenges():
        if challenge.id == name:
            return challenge
    known = ", ".join(challenge.id for challenge in all_challenges())
    raise UnknownChallenge(f"There is no challenge {name!r}; there are: {known}.")
