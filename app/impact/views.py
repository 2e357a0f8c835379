"""What is sent of oneself, and seen of reports of adverse impact: lines for reading, rows for a spreadsheet, JSON."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.candidates.spreadsheet import safe
from app.fields import Line
from app.impact.categories import RACES, SEXES
from app.impact.figures import Figures, Outcome
from app.impact.ratios import FEWEST, FOUR_FIFTHS, Group
from app.impact.service import Report
from app.words import N_, _, number


class SelfDescriptionBody(BaseModel):
    """What you say of yourself, freely.  An empty text says nothing."""

    model_config = ConfigDict(extra="forbid")

    sex: Line = Field("", description="female, male, another, or empty.")
    race: Line = Field("", description="hispanic, white, black, pacific, asian, native, several, or empty.")


class ImpactReportIn(BaseModel):
    """Of which challenge."""

    model_config = ConfigDict(extra="forbid")

    challenge: Line = Field(examples=["ml_pipeline"])


class ImpactReportView(BaseModel):
    """A report's figures.  What is null stays unsaid: `state` says why."""

    id: str
    challenge: str
    created_at: datetime
    figures: Figures


#: The groups of a table by its name.
TABLES = {
    "sex": N_("By sex"),
    "race": N_("By race or ethnicity"),
    "both": N_("By sex and race or ethnicity together"),
}
KINDS = {
    "selection": N_("Selected to move forward"),
    "scoring": N_("Scored above the median"),
    "band": N_("Reached band {band}"),
}
SILENT = {
    "few": N_("Fewer than {fewest} people. Nothing can be said."),
    "withheld": N_("Left out. By subtraction it would tell of a group of which nothing can be said, or of few people."),
}


@dataclass(frozen=True)
class Row:
    """A group as people read it; `silent` says why the rest is empty."""

    name: str
    silent: str = ""
    people: int = 0
    favourable: int = 0
    share: str = ""
    ratio: str = ""
    p: str = ""
    remark: str = ""


def view(report: Report) -> ImpactReportView:
    """A report for programs."""
    row = report.row
    return ImpactReportView(id=row.id, challenge=row.challenge, created_at=row.created_at, figures=report.figures)


def title(outcome: Outcome) -> str:
    """What was asked of every group."""
    if outcome.kind not in KINDS:
        return outcome.title
    return _(KINDS[outcome.kind]).format(band=f"{outcome.cut or 0:.0f}")


def left_out(figures: Figures) -> str:
    """The outcomes that are left out, as people read them."""
    return ", ".join(map(_named, figures.left_out))


def _named(outcome: str) -> str:
    kind = "band" if outcome.startswith("band-") else outcome
    return _(KINDS[kind]).format(band=outcome.removeprefix("band-")) if kind in KINDS else outcome


def meaning(outcome: Outcome) -> str:
    """Who counts as favoured."""
    cut = number(f"{outcome.cut or 0:.1f}")
    if outcome.kind == "selection":
        return _("Share of those whom a person decided to advance. The others were rejected.")
    if outcome.kind == "scoring":
        return _("Share with more than {cut} points, the median of all scores.").format(cut=cut)
    if outcome.kind == "band":
        return _("Share that the program put into band {band} or a better one.").format(band=f"{outcome.cut or 0:.0f}")
    if outcome.kind == "finding":
        return _("Share without this finding.")
    sentence = _("Share with at least {cut} points.") if outcome.at_least else _("Share above {cut} points.")
    return sentence.format(cut=cut)


def category(name: tuple[str, ...]) -> str:
    """A group's name in words."""
    return ", ".join(_({**SEXES, **RACES}[part]) for part in name)


def row(group: Group) -> Row:
    """A group in words and rounded numbers."""
    if group.people is None or group.rate is None:
        silent = _(SILENT[group.state]).format(fewest=FEWEST)
        return Row(category(group.name), silent)
    share = _with_interval(number(f"{100 * group.rate:.1f} %"), group.rate_low, group.rate_high, percent=True)
    ratio = (
        "" if group.ratio is None else _with_interval(number(f"{group.ratio:.2f}"), group.ratio_low, group.ratio_high)
    )
    p = "" if group.p is None else number("< 0.001" if group.p < 0.001 else f"{group.p:.3f}")
    return Row(category(group.name), "", group.people, group.favourable or 0, share, ratio, p, remark(group))


def remark(group: Group) -> str:
    """What a ratio says, as far as its interval lets it.  It never says that all is well."""
    if group.state == "highest":
        said = N_("The highest share. The others are compared with it.")
    elif group.state == "small":
        said = N_("Below 2 % of the people, so it has no ratio (6 RCNY 5-301).")
    elif group.ratio is None:
        said = N_("Nobody was favoured, so there is no ratio.")
    elif group.ratio_high is None or group.ratio_low is None:
        said = N_("Nobody of this group was favoured.")
    elif group.ratio_high < FOUR_FIFTHS:
        said = N_("Below four fifths, and so is the whole interval.")
    elif group.ratio < FOUR_FIFTHS:
        said = N_("Below four fifths. The interval reaches above it.")
    elif group.ratio_low < FOUR_FIFTHS:
        said = N_("Not below four fifths. The interval reaches below it.")
    else:
        said = N_("Not below four fifths, with its whole interval.")
    return _(said)


def _with_interval(value: str, low: float | None, high: float | None, *, percent: bool = False) -> str:
    if low is None or high is None:
        return value
    ends = (number(f"{100 * end:.1f}" if percent else f"{end:.2f}") for end in (low, high))
    return _("{value} ({low} to {high})").format(value=value, **dict(zip(("low", "high"), ends, strict=True)))


COLUMNS = (
    *("kind", "name", "title", "cut", "at_least", "table", "sex", "race", "state", "people", "favourable"),
    *("rate", "rate_low", "rate_high", "ratio", "ratio_low", "ratio_high", "p"),
)


def as_csv(whole: Figures) -> str:
    """RFC 4180: one row for each group of each outcome, numbers unrounded, empty where nothing is said."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n", restval="")
    writer.writeheader()
    for outcome in whole.outcomes:
        asked = outcome.model_dump(include={"kind", "name", "title", "cut", "at_least"})
        for table, groups in outcome.tables:
            for group in groups:
                sex = next((part for part in group.name if part in SEXES), "")
                race = next((part for part in group.name if part in RACES), "")
                values = {name: value for name, value in vars(group).items() if name != "name"}
                cells = asked | values | {"table": table, "sex": sex, "race": race}
                writer.writerow({name: safe(value) for name, value in cells.items()})
    return out.getvalue()
