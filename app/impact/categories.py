"""The groups that adverse impact is reported by: those of the EEO-1 report, which 6 RCNY 5-300 refers to.

A category is a name of one word; `BOTH` are the intersections of sex and race or ethnicity.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.words import N_

SEXES: Mapping[str, str] = {"female": N_("Female"), "male": N_("Male")}
#: What a person may choose besides.  The EEO-1 report has no such category, so it counts as unknown.
OTHER_SEXES: Mapping[str, str] = {"another": N_("Another")}
RACES: Mapping[str, str] = {
    "hispanic": N_("Hispanic or Latino"),
    "white": N_("White, not Hispanic or Latino"),
    "black": N_("Black or African American, not Hispanic or Latino"),
    "pacific": N_("Native Hawaiian or Pacific Islander, not Hispanic or Latino"),
    "asian": N_("Asian, not Hispanic or Latino"),
    "native": N_("Native American or Alaska Native, not Hispanic or Latino"),
    "several": N_("Two or more races, not Hispanic or Latino"),
}
BOTH: tuple[tuple[str, ...], ...] = tuple((sex, race) for sex in SEXES for race in RACES)
