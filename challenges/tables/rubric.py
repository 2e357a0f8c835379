"""What earns points in a challenge on a company's own table, in words for any table."""

from __future__ import annotations

from challenges.rubric import rubric

RUBRIC = rubric(
    quality="Predictions for hidden rows, between no information and a strong model",
    calibration="What is predicted agrees with what happens",
    worst_slice="No group of rows is served much worse than the rest",
)
