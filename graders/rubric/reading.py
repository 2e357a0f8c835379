"""How far a score that is read off code may lie from an expert's judgement of the same code.

The constants come from `python -m benchmarks.quality GRADES.json`, which prints them: graded repositories, each left
out in turn.  An error is drawn once for a submission, as its criteria are read by the same means.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np

from graders.measure.scoring import RESAMPLES, constant
from graders.model.arrays import FloatArray
from graders.model.report import Score
from graders.rubric.scoring_rules import at
from graders.source import dead
from graders.source.sources import Sources

#: The standard error of a share of the points, 0 to 1: where there is enough code of a usual form, and with none read.
READ, UNREAD = 0.16, 0.26
#: From so many lines more code makes the judgement no surer.
ENOUGH_LINES = 120
#: Of notebooks and scripts with cells few were graded, so their error may be larger than it was seen to be.
RARE_FORM = 0.25
#: The error is drawn in an order of its own, so that it adds to the noise of the hidden rows.
SEED = 21


def known(sources: Sources) -> float:
    """How much of what a judgement needs is there, 0 to 1: enough lines, that can be parsed, in a usual form."""
    lines = sources.code_lines - dead.hollow_lines(sources)
    celled = sum(len(module.code_lines) for module in sources.product if module.has_cells) / max(sources.code_lines, 1)
    return at(lines, 0, ENOUGH_LINES) * (1 - sources.lost_share) * (1 - RARE_FORM * celled)


def standard_error(share_known: float) -> float:
    """Between that of code that was read and that of code that was not, by their variances."""
    return float(np.sqrt(READ**2 + (UNREAD**2 - READ**2) * (1 - share_known)))


def error(sources: Sources) -> FloatArray:
    """Normal draws of the error of a share, shape (RESAMPLES,), with mean 0; the same for the same code."""
    return standard_error(known(sources)) * _normal()


@cache
def _normal() -> FloatArray:
    ranked = [NormalDist().inv_cdf((rank + 0.5) / RESAMPLES) for rank in range(RESAMPLES)]
    return np.random.default_rng(SEED).permutation(np.asarray(ranked))


def interval(share: float, sources: Sources) -> Score:
    """A share of the points that was read off the code, with its 95 % interval."""
    return constant(share).score(0, 1, error(sources))
