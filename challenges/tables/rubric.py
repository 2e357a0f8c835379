"""What earns points in a challenge on a company's own table, in words for any table."""

from __future__ import annotations

from challenges.rubric import rubric
from graders.words import N_

RUBRIC = rubric(
    quality=N_("Predictions for hidden rows, between no information and a strong model"),
    calibration=N_("What is predicted agrees with what happens"),
    worst_slice=N_("No group of rows is served much worse than the rest"),
)
