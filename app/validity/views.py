"""What is seen of the validity of one's own use: values for programs, words for readers."""

from __future__ import annotations

from pydantic import BaseModel, Field

from app.validity.correlation import FEWEST, Correlation
from app.validity.service import BAND, TOTAL, Line, Validity
from app.words import N_, _, number

TITLES = {TOTAL: N_("Total"), BAND: N_("Band")}


class LineView(BaseModel):
    """Spearman's rho of one number of the report with the mean of the cards and with advance (1) or reject (0)."""

    name: str = Field(examples=["total", "MODEL1"])
    title: str
    cards: Correlation
    decisions: Correlation


class ValidityView(BaseModel):
    """A challenge's total, band and criteria.  Below 20 people there is no number."""

    challenge: str
    lines: list[LineView]


def view(found: Validity) -> ValidityView:
    """For programs."""
    lines = [LineView(**(vars(line) | {"title": title(line)})) for line in found.lines]
    return ValidityView(challenge=found.challenge.id, lines=lines)


def title(line: Line) -> str:
    """What a line is called."""
    return _(TITLES[line.name]) if line.name in TITLES else line.title


def told(correlation: Correlation) -> str:
    """A correlation as people read it."""
    if correlation.rho is None or correlation.low is None or correlation.high is None:
        return "–"
    rho, low, high = (number(f"{value:.2f}") for value in (correlation.rho, correlation.low, correlation.high))
    return _("{value} ({low} to {high})").format(value=rho, low=low, high=high)


def remark(correlation: Correlation) -> str:
    """What it says, as far as its interval lets it."""
    if correlation.state == "few" or correlation.low is None or correlation.high is None:
        few = _("Fewer than {fewest} people: too few to say.").format(fewest=FEWEST)
        return few if correlation.state == "few" else _("All have the same value, so nothing can be said.")
    if correlation.low > 0:
        return _("Goes along with it.")
    if correlation.high < 0:
        return _("Goes against it.")
    return _("Cannot be told from chance.")
